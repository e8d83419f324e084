/**
 * Which next hop goes out with a route (RFC 4271 §5.1.3, RFC 2545 §3, RFC 4760 §3, RFC 4456 §10). The first that
 * applies:
 *
 * 1. A route without a next hop is an own one: the own address.
 * 2. Export policy said `set next-hop self`: the own address; `set next-hop A` or `unchanged`: that of the set.
 * 3. A route of this speaker's own: the own address.
 * 4. Reflected (iBGP to iBGP): that of the set, whatever `nextHop` says.
 * 5. `nextHop: self`: the own address. `third-party` to eBGP: that of the set when it lies on a subnet shared with the
 *    neighbor, else the own address. `third-party` to iBGP, and `unchanged`: that of the set.
 *
 * One that can't go to this neighbor gives way to the own address: a link-local address, which means something on
 * its own link alone, or one of the other IP version without RFC 8950. Where that does not fit either, nothing
 * is sent. The own address is that of the session (speaker/outbound/update-groups.ts).
 */
import type { Family } from '../../ip/family.js'
import { POLICY_NEXT_HOP, POLICY_NEXT_HOP_SELF } from '../../wire/policy-flags.js'
import type { AttributeTable } from '../attributes/attributes.js'
import type { Source } from '../store/types.js'
import type { ExportTreatment } from './treatment.js'

const NONE = new Uint8Array(0)

/**
 * The next hop that the members of an update group get with a path.
 * @param attribute attribute set of the path, after export policy
 * @param source where the path came from
 * @param shared whether a next hop (NextHops id) lies on a subnet shared with the members
 * @returns 4, 16, or 32 octets (the own address alone has 32: global and link-local), not to be changed; none when
 *   there is no next hop for these neighbors
 */
export function nextHopSent(
  attribute: number,
  source: Source,
  treatment: ExportTreatment,
  attributes: AttributeTable,
  shared: (nextHop: number) => boolean,
): Uint8Array {
  const { family, type, nextHop: mode, ownAddress, extendedNextHop } = treatment
  const id = attributes.nextHop[attribute]
  const marks = attributes.policyFlags[attribute]
  let octets = attributes.nextHops.octets(id)
  const reflected = type === 'ibgp' && source.type === 'ibgp'
  const own =
    octets.length === 0 ||
    (marks & POLICY_NEXT_HOP_SELF) !== 0 ||
    ((marks & POLICY_NEXT_HOP) === 0 &&
      (source.type === 'local' ||
        (mode === 'self' && !reflected) ||
        (mode === 'third-party' && type === 'ebgp' && !shared(id))))
  // The link-local address beside the global one means something on its own link alone (RFC 2545 §3).
  if (octets.length === 32) octets = octets.subarray(0, 16)
  const onLink = octets.length === 16 && octets[0] === 0xfe && (octets[1] & 0xc0) === 0x80
  if (!own && !onLink && fits(octets, family, extendedNextHop)) return octets
  return fits(ownAddress, family, extendedNextHop) ? ownAddress : NONE
}

/** Whether a family's routes can be sent with such a next hop. */
function fits(octets: Uint8Array, family: Family, extendedNextHop: boolean): boolean {
  if (octets.length === 4) return family === 'ipv4-unicast'
  return octets.length > 0 && (family === 'ipv6-unicast' || extendedNextHop)
}
