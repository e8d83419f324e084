/** Which next hops a session may not send at all. Pure; whether one can be reached is tables/next-hop-tracking.ts. */

import { parseAddress } from '../../ip/address.js'
import { type SpecialUse, specialUse } from '../../ip/special.js'
import {
  REASON_NEXT_HOP_LOOPBACK,
  REASON_NEXT_HOP_MAPPED,
  REASON_NEXT_HOP_MULTICAST,
  REASON_NEXT_HOP_NO_HOST,
  REASON_NEXT_HOP_NOT_CONNECTED,
  REASON_NEXT_HOP_OTHER_LINK,
  REASON_NEXT_HOP_OWN,
  REASON_NEXT_HOP_RESERVED,
  VALID,
} from '../../rib/store/reasons.js'

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
  /** Packets follow the routes: an own address leads nowhere. */
  readonly forwards: boolean
  isOwn(address: string): boolean
  isConnected(address: string): boolean | undefined
}

const withoutZone = (address: string): string => address.replace(/%.*/, '')

/** What is wrong with an address of a special use as a next hop, wherever it comes from. */
const FAULTS: Readonly<Record<Exclude<SpecialUse, 'link-local'>, number>> = {
  'this-network': REASON_NEXT_HOP_NO_HOST,
  loopback: REASON_NEXT_HOP_LOOPBACK,
  multicast: REASON_NEXT_HOP_MULTICAST,
  reserved: REASON_NEXT_HOP_RESERVED,
  mapped: REASON_NEXT_HOP_MAPPED,
}

/**
 * Says whether a next hop from this session can be used at all (RFC 4271 §6.3, §5.1.3): semantically wrong
 * ones make the route be ignored, and the session stays. Whether it can be reached at the moment is another
 * question (tables/next-hop-tracking.ts).
 *
 * A neighbor on this very machine has own addresses, and so have its next hops. They are used as long as no packet
 * follows the routes; where routes are installed, an own address leads nowhere.
 * @param octets of the next hop: 4, 16, or 32 for a global and a link-local one
 * @param text its canonical text
 * @returns a REASON_NEXT_HOP_* of rib/store/reasons.ts; VALID when nothing is wrong with it
 */
export function nextHopFault(
  octets: Uint8Array,
  text: string,
  session: NextHopSession,
  knowledge: AddressKnowledge,
): number {
  const remote = withoutZone(session.remote)
  const local = withoutZone(session.local)
  const own = text === local || text === session.counterpart || knowledge.isOwn(text)
  const here = remote === local || isLoopback(remote)
  if (own && (knowledge.forwards || !here)) return REASON_NEXT_HOP_OWN
  if (own || text === remote) return VALID
  const use = specialUse(octets, 0, octets.length === 32 ? 16 : octets.length)
  if (use === 'link-local') {
    return session.singleHop || remote.startsWith('fe80:') ? VALID : REASON_NEXT_HOP_OTHER_LINK
  }
  // On one machine neighbors have loopback addresses, and so have their next hops.
  if (use === 'loopback' && isLoopback(remote)) return VALID
  if (use !== undefined) return FAULTS[use]
  if (session.singleHop && knowledge.isConnected(text) === false) return REASON_NEXT_HOP_NOT_CONNECTED
  return VALID
}

function isLoopback(address: string): boolean {
  const bytes = parseAddress(address)?.bytes
  return bytes !== undefined && specialUse(bytes, 0, bytes.length) === 'loopback'
}
