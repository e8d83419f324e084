/** Rows of the three attributes that say where routes go: NEXT_HOP, MP_REACH_NLRI and MP_UNREACH_NLRI. */
import { formatIPv4, formatIPv6, parseAddress, parseIPv4 } from '../ip/address.js'
import { AFI_IPV4, AFI_IPV6, familyOf, SAFI_UNICAST } from '../ip/family.js'
import { specialUse } from '../ip/special.js'
import {
  ANY_LENGTH,
  type AttributeRow,
  attributeFault,
  attributeOctets,
  malformed,
  OPTIONAL,
  USUAL,
  u32At,
  WELL_KNOWN,
  writeU32,
} from './attribute-row.js'
import { AttributeCode, UpdateError } from './codes.js'
import type { AttributeScan } from './scan.js'

/** RFC 4271 §5.1.3. Whether the address can be a next hop is not the codec's question. */
export const nextHop: AttributeRow = {
  ...USUAL,
  code: AttributeCode.NEXT_HOP,
  name: 'NEXT_HOP',
  flags: WELL_KNOWN,
  rule: 'RFC 7606 §7.3',
  scan(_bytes, start, _end, _context, out) {
    out.nextHopStart = start
    out.nextHopLength = 4
    return true
  },
  read(bytes, start, _end, draft) {
    draft.nextHop = formatIPv4(u32At(bytes, start))
  },
  write: ({ nextHop: text }, _as4, out) => text !== undefined && writeU32(parseIPv4(text), out),
}

/**
 * RFC 4760 §3. AFI, SAFI, next hop length, next hop, a reserved octet, NLRI:
 *
 *     | AFI (2) | SAFI (1) | length (1) | next hop | reserved (1) | NLRI |
 */
export const mpReach: AttributeRow = {
  ...USUAL,
  code: AttributeCode.MP_REACH_NLRI,
  name: 'MP_REACH_NLRI',
  flags: OPTIONAL,
  min: 5,
  max: ANY_LENGTH,
  onFault: 'reset',
  rule: 'RFC 7606 §5.3',
  subcode: UpdateError.OptionalAttributeError,
  scan(bytes, start, end, context, out) {
    const afi = (bytes[start] << 8) | bytes[start + 1]
    const safi = bytes[start + 2]
    const length = bytes[start + 3]
    const nlri = start + 5 + length
    if (nlri > end) {
      return malformed(mpReach, out, bytes, start, end, `has a next hop of ${length} octets, past its end`)
    }
    out.reachAfi = afi
    out.reachSafi = safi
    out.reachNextHopStart = start + 4
    out.reachNextHopLength = length
    out.reachStart = nlri
    out.reachEnd = end
    const isIPv6 = afi === AFI_IPV6 && safi === SAFI_UNICAST
    const long = length === 16 || length === 32
    if (isIPv6 && long) {
      if (nlri !== end || bytes[nlri - 1] !== 0) out.canonical = false
      return true
    }
    out.canonical = false
    if (familyOf(afi, safi) === undefined || (!isIPv6 && length === 4)) return true
    if (isIPv6 || !long) {
      const text = `has a next hop of ${length} octets, which its family does not know (RFC 7606 §7.11)`
      return malformed(mpReach, out, bytes, start, end, text)
    }
    if (!context.extendedNextHop) unexpectedIPv6(bytes, start, end, out)
    return true
  },
  read(bytes, start, _end, draft) {
    const first = start + 4
    const { from, length } = nextHopMeant(bytes, first, bytes[start + 3])
    if (specialUse(bytes, from, 16) === 'link-local') {
      draft.linkLocalNextHop = formatIPv6(bytes, from)
      return
    }
    draft.nextHop = formatIPv6(bytes, from)
    if (length === 32) draft.linkLocalNextHop = formatIPv6(bytes, from + 16)
  },
  write({ nextHop: text, linkLocalNextHop }, _as4, out) {
    if (text !== undefined && parseIPv4(text) !== undefined) return false
    const global = text === undefined ? undefined : parseAddress(text)?.bytes
    const linkLocal = linkLocalNextHop === undefined ? undefined : parseAddress(linkLocalNextHop)?.bytes
    const octets = [...(global ?? []), ...(linkLocal ?? [])]
    if (octets.length === 0) return false
    out.u16(AFI_IPV6).u8(SAFI_UNICAST).u8(octets.length).bytes(octets).u8(0)
    return true
  },
}

/**
 * The part of a next hop that means something (RFC 2545 §3). Of 32 octets the second half counts only when it is
 * link-local, and counts alone when the first half is no global address: `::` (BIRD over link-local sessions), another
 * link-local or an IPv4-mapped one (over IPv4 sessions). FRR takes the link-local one of these, too. A first half that
 * is wrong (multicast, loopback, an own address) stays, and is refused as a next hop.
 * @param length 4, 16 or 32
 * @returns where it begins, and its octets: 4, 16, or 32 for a global and a link-local one
 */
export function nextHopMeant(
  bytes: Uint8Array,
  offset: number,
  length: number,
): { readonly from: number; readonly length: number } {
  if (length !== 32) return { from: offset, length }
  if (specialUse(bytes, offset + 16, 16) !== 'link-local') return { from: offset, length: 16 }
  const first = specialUse(bytes, offset, 16)
  const alone = first === 'this-network' || first === 'link-local' || first === 'mapped'
  return alone ? { from: offset + 16, length: 16 } : { from: offset, length }
}

/** The NLRI can be found, so the routes go and the session stays (RFC 8950 §4 forbids only the sending). */
function unexpectedIPv6(bytes: Uint8Array, start: number, end: number, out: AttributeScan): void {
  out.add(
    attributeFault(
      'withdraw',
      UpdateError.OptionalAttributeError,
      AttributeCode.MP_REACH_NLRI,
      'RFC 8950 §4',
      `MP_REACH_NLRI of AFI ${AFI_IPV4} has an IPv6 next hop, which was not negotiated`,
      attributeOctets(bytes, start, end, AttributeCode.MP_REACH_NLRI),
    ),
  )
}

/** RFC 4760 §4: AFI, SAFI, NLRI. It belongs to the message, not to the set of attributes. */
export const mpUnreach: AttributeRow = {
  ...USUAL,
  code: AttributeCode.MP_UNREACH_NLRI,
  name: 'MP_UNREACH_NLRI',
  flags: OPTIONAL,
  min: 3,
  max: ANY_LENGTH,
  onFault: 'reset',
  rule: 'RFC 7606 §5.3',
  subcode: UpdateError.OptionalAttributeError,
  scan(bytes, start, end, _context, out) {
    out.unreachAfi = (bytes[start] << 8) | bytes[start + 1]
    out.unreachSafi = bytes[start + 2]
    out.unreachStart = start + 3
    out.unreachEnd = end
    out.canonical = false
    return false
  },
  read: () => undefined,
  write: () => false,
}
