/**
 * Whether the routes of a session may take part in the decision at all: loops, the leftmost AS, roles, next hops. What
 * is wrong here is wrong for this neighbor alone; the routes are stored and not used, and the session stays.
 */

import { ATTR_HAS_ORIGINATOR, ATTR_HAS_OTC } from '../../rib/attributes/attributes.js'
import {
  REASON_AS_LOOP,
  REASON_CLUSTER_LOOP,
  REASON_FIRST_AS,
  REASON_ORIGINATOR_LOOP,
  REASON_ROUTE_LEAK,
  REASON_TEXTS,
  VALID,
} from '../../rib/store/reasons.js'
import type { Negotiated } from '../../session/types.js'
import type { Peer } from '../peer/peer.js'
import { hasAsLoop } from './as-loop.js'
import type { FamilyIn } from './family-in.js'
import type { InboundParts } from './inbound-parts.js'
import { type NextHopSession, nextHopFault } from './next-hop-accepted.js'

/** The rules of one session, with what they have found about its next hops. */
export class Validity {
  readonly #parts: InboundParts
  readonly #peer: Peer
  readonly #terms: Negotiated
  readonly #nextHop: NextHopSession
  /**
   * What is wrong with a next hop (VALID: nothing), by next-hop id. Ids are given again: an answer holds for the next
   * hop with these very octets.
   */
  readonly #nextHopFaults = new Map<number, { readonly octets: Uint8Array; readonly fault: number }>()

  constructor(parts: InboundParts, peer: Peer, terms: Negotiated, nextHop: NextHopSession) {
    this.#parts = parts
    this.#peer = peer
    this.#terms = terms
    this.#nextHop = nextHop
  }

  /**
   * VALID, or why paths with this attribute set take no part in the decision: a REASON_* of rib/store/reasons.ts.
   * @param attribute the set as received, by its id
   */
  reason(family: FamilyIn, attribute: number): number {
    const { attributes } = this.#parts.tables
    const terms = this.#terms
    // RFC 4271 §9.1.2: a path that went through this AS is not used; no NOTIFICATION.
    const { allowAsIn } = family.options
    if (hasAsLoop(attributes, attribute, terms.localAs, this.#parts.options().localAs, allowAsIn)) {
      return REASON_AS_LOOP
    }
    // RFC 4271 §6.3: the leftmost AS is the neighbor's.
    const enforced = terms.peerType === 'ebgp' && this.#peer.options.enforceFirstAs !== false
    if (enforced && attributes.firstAs(attribute) !== terms.remoteAs) return REASON_FIRST_AS
    if ((attributes.flags[attribute] & ATTR_HAS_OTC) !== 0 && this.#leaked(attribute)) {
      return REASON_ROUTE_LEAK
    }
    if (terms.peerType === 'ibgp') {
      const loop = this.#reflectionLoop(attribute)
      if (loop !== VALID) return loop
    }
    return this.#nextHopReason(attributes.nextHop[attribute])
  }

  /** Asks anew about the next hops of the session. @returns whether an answer is another one */
  nextHopsMoved(): boolean {
    const { nextHops } = this.#parts.tables
    const faults = this.#nextHopFaults
    let moved = false
    for (const [nextHop, { octets, fault }] of faults) {
      if (octets !== nextHops.octets(nextHop)) {
        faults.delete(nextHop)
        continue
      }
      const now = this.#nextHopFault(nextHop)
      if (now === fault) continue
      faults.set(nextHop, { octets, fault: now })
      moved = true
    }
    return moved
  }

  /** RFC 9234 §5: a route with OTC comes from no customer, and from a peer only with the peer's own AS. */
  #leaked(attribute: number): boolean {
    const { role, remoteAs } = this.#terms
    if (role === undefined) return false
    if (role.own === 'provider' || role.own === 'rs') return true
    return role.own === 'peer' && this.#parts.tables.attributes.get(attribute).otc !== remoteAs
  }

  /** RFC 4456 §8: a route that was reflected back to where it came from, or through this cluster, is ignored. */
  #reflectionLoop(attribute: number): number {
    const { attributes } = this.#parts.tables
    const { routerId, clusterId } = this.#parts.options()
    const originated = (attributes.flags[attribute] & ATTR_HAS_ORIGINATOR) !== 0
    if (originated && attributes.originatorId[attribute] === routerId) return REASON_ORIGINATOR_LOOP
    if (attributes.clusterLength[attribute] === 0) return VALID
    const passed = attributes.get(attribute).clusterList?.includes(clusterId ?? routerId) ?? false
    return passed ? REASON_CLUSTER_LOOP : VALID
  }

  /** The answer is remembered, and said once when something is wrong. */
  #nextHopReason(nextHop: number): number {
    const { nextHops } = this.#parts.tables
    const octets = nextHops.octets(nextHop)
    const known = this.#nextHopFaults.get(nextHop)
    if (known?.octets === octets) return known.fault
    const fault = this.#nextHopFault(nextHop)
    this.#nextHopFaults.set(nextHop, { octets, fault })
    if (fault === VALID) return VALID
    const peer = this.#peer
    const what = REASON_TEXTS[fault].replace('next hop', 'it')
    const about = { nextHop: nextHops.text(nextHop), change: 'unusable', reason: what } as const
    this.#parts.events.add({ type: 'next-hop', neighbor: peer.key, ...about })
    const text = `neighbor ${peer.name}: routes with next hop ${nextHops.text(nextHop)} are not used: ${what}`
    this.#parts.log.warn({ neighbor: peer.key }, text)
    return fault
  }

  /** What is wrong with a next hop from this neighbor: a REASON_NEXT_HOP_*, or VALID. */
  #nextHopFault(nextHop: number): number {
    if (nextHop === 0) return VALID
    const { nextHops } = this.#parts.tables
    const octets = nextHops.octets(nextHop)
    return nextHopFault(octets, nextHops.text(nextHop), this.#nextHop, this.#parts.tracking)
  }
}
