/** Which next hops a session may not send at all. Pure; whether one can be reached is tables/next-hop-tracking.ts. */

import { parseAddress } from '../../ip/address.js'
import { specialUse } from '../../ip/special.js'

/** What the rules about next hops need to know of a session. */
export interface NextHopSession {
  /** The neighbor's address, perhaps with a zone. */
  readonly remote: string
  /** The own address of the TCP connection. */
  readonly local: string
  /** The own address of the other IP version beside it, if there is one. */
  readonly counterpart?: string
  /** An eBGP neighbor one hop away: its next hops must lie on the shared link (RFC 4271 §5.1.3). */
  readonly singleHop: boolean
}

/** What the machine knows of addresses (tables/next-hop-tracking.ts). */
export interface AddressKnowledge {
  isOwn(address: string): boolean
  isConnected(address: string): boolean | undefined
}

const withoutZone = (address: string): string => address.replace(/%.*/, '')

/**
 * Says whether a next hop from this session can be used at all (RFC 4271 §6.3, §5.1.3): semantically wrong
 * ones make the route be ignored, and the session stays. Whether it can be reached at the moment is another
 * question (tables/next-hop-tracking.ts).
 * @param octets of the next hop: 4, 16, or 32 for a global and a link-local one
 * @param text its canonical text
 * @returns what is wrong with it, half a sentence; undefined when nothing is
 */
export function nextHopFault(
  octets: Uint8Array,
  text: string,
  session: NextHopSession,
  knowledge: AddressKnowledge,
): string | undefined {
  const remote = withoutZone(session.remote)
  if (text === withoutZone(session.local) || text === session.counterpart || knowledge.isOwn(text)) {
    return 'is an own address'
  }
  if (text === remote) return undefined
  const length = octets.length === 32 ? 16 : octets.length
  switch (specialUse(octets, 0, length)) {
    case 'this-network':
      return 'is no host address'
    case 'loopback':
      // On one machine neighbors have loopback addresses, and so have their next hops.
      if (length === 4 && parseAddress(remote)?.bytes[0] === 127) return undefined
      return 'is a loopback address'
    case 'multicast':
      return 'is a multicast address'
    case 'reserved':
      return 'is a reserved address'
    case 'mapped':
      return 'is an IPv4-mapped IPv6 address: announce IPv6 prefixes over an IPv6 session'
    case 'link-local':
      if (session.singleHop || remote.startsWith('fe80:')) return undefined
      return 'is a link-local address of another link'
  }
  if (session.singleHop && knowledge.isConnected(text) === false) {
    return 'does not lie on a subnet shared with this machine (set ebgp-multihop if that is meant)'
  }
  return undefined
}
