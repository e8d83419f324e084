import { AFI_IPV4, bitsOf, type Family, familyOf, SAFI_UNICAST } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import { ATTR_HAS_ORIGINATOR, ATTR_HAS_OTC, type AttributeTable } from '../../rib/attributes/attributes.js'
import {
  REASON_AS_LOOP,
  REASON_CLUSTER_LOOP,
  REASON_FIRST_AS,
  REASON_NEXT_HOP_INVALID,
  REASON_ORIGINATOR_LOOP,
  REASON_ROUTE_LEAK,
  VALID,
} from '../../rib/store/reasons.js'
import type { Rib } from '../../rib/table.js'
import type { Negotiated } from '../../session/types.js'
import { checkNlri, type NlriField, nlriFault } from '../../wire/nlri.js'
import type { Fault } from '../../wire/types.js'
import { endOfRibOf, splitUpdate, UpdateFields, updateLengthFault } from '../../wire/update.js'
import type { Link } from '../peer/connection-driver.js'
import type { FamilyRoutes, NeighborRoutes } from '../retention/neighbor-routes.js'
import { hasAsLoop } from './as-loop.js'
import type { FaultReport, NlriRange } from './fault-report.js'
import { nextHopFault } from './next-hop-rules.js'
import type { Resolve } from './resolve.js'

/** What reading UPDATEs needs of the tables around it. */
export interface UpdateInHost {
  readonly clock: Clock
  readonly log: Log
  readonly faults: FaultReport
  readonly attributes: AttributeTable
  readonly resolve: Resolve
  localAs(): number
  /** Own BGP Identifier, which is the cluster id, too. */
  routerId(): number
  /** Own cluster (RFC 4456 §7). */
  clusterId(): number
  rib(family: Family): Rib
  endOfRib(routes: NeighborRoutes, family: FamilyRoutes): void
  /** Looks whether there are more paths than the neighbor may have. */
  checkLimit(routes: NeighborRoutes, family: FamilyRoutes): void
}

/**
 * Takes UPDATEs apart and brings them into the tables. The order of work is RFC 7606's: structure first, then
 * the attributes, whose strongest fault decides what becomes of the routes; what is only wrong for this
 * neighbor (a loop, an unusable next hop) makes the routes be stored and not used.
 */
export class UpdateIn {
  readonly #host: UpdateInHost
  readonly #fields = new UpdateFields()

  constructor(host: UpdateInHost) {
    this.#host = host
  }

  /**
   * One UPDATE of an Established session.
   * @param bytes holds it in [start, end), header included
   */
  receive(routes: NeighborRoutes, link: Link, bytes: Uint8Array, start: number, end: number): void {
    const { session } = routes
    if (session === undefined) return
    const { faults } = this.#host
    const reset = (fault: Fault) => {
      faults.update(routes.peer, [fault], 'reset', bytes, start, end, [])
      link.fault(fault)
    }
    const fields = this.#fields
    if (!splitUpdate(bytes, start, end, fields)) {
      reset(updateLengthFault(start, end))
      return
    }
    const { withdrawnStart, withdrawnEnd, attributesStart, attributesEnd, nlriStart, nlriEnd } = fields
    const hasNlri = nlriEnd > nlriStart
    const hasWithdrawn = withdrawnEnd > withdrawnStart
    // RFC 4760 §8: these fields, too, only mean something when IPv4 was announced by both.
    const ipv4 = hasNlri || hasWithdrawn ? this.#family(routes, AFI_IPV4, SAFI_UNICAST) : undefined
    const addPath4 = ipv4?.addPathReceive ?? false
    let fault =
      check('withdrawn', bytes, withdrawnStart, withdrawnEnd, 32, addPath4) ??
      check('nlri', bytes, nlriStart, nlriEnd, 32, addPath4)
    if (fault !== undefined) {
      reset(fault)
      return
    }
    if (attributesEnd - attributesStart <= 7 && this.#endOfRib(routes, bytes, fields)) return

    this.#host.resolve.reading(routes.peer.address)
    const { attributes } = this.#host
    const result = attributes.intern(bytes, attributesStart, attributesEnd, hasNlri, session.context)
    const { verdict, reachStart, reachEnd, unreachStart, unreachEnd } = result
    const reach = this.#family(routes, result.reachAfi, result.reachSafi)
    const unreach = this.#family(routes, result.unreachAfi, result.unreachSafi)
    if (verdict === 'reset') fault = result.faults.find((one) => one.verdict === 'reset')
    else {
      if (unreach !== undefined) fault = checkFamily('unreach', bytes, unreachStart, unreachEnd, unreach)
      if (reach !== undefined) fault ??= checkFamily('reach', bytes, reachStart, reachEnd, reach)
    }
    if (fault !== undefined) {
      reset(fault)
      return
    }

    // The result object serves the next UPDATE again: what is needed of it is taken now.
    const broken = verdict === 'withdraw'
    const id = broken ? 0 : result.id
    const reachId = broken ? 0 : result.reachId
    const found = result.faults
    if (hasWithdrawn && ipv4 !== undefined) {
      this.#host.rib('ipv4-unicast').withdraw(routes.source, bytes, withdrawnStart, withdrawnEnd, addPath4)
    }
    if (unreach !== undefined) {
      const { family, addPathReceive } = unreach
      this.#host.rib(family).withdraw(routes.source, bytes, unreachStart, unreachEnd, addPathReceive)
    }
    const announced: NlriRange[] = []
    if (hasNlri && ipv4 !== undefined) announced.push({ family: ipv4, start: nlriStart, end: nlriEnd })
    if (announced.length > 0) this.#take(routes, bytes, announced[0], id)
    if (reach !== undefined && reachEnd > reachStart) {
      const range = { family: reach, start: reachStart, end: reachEnd }
      announced.push(range)
      this.#take(routes, bytes, range, reachId)
    }
    if (found.length > 0) {
      faults.update(routes.peer, found, broken ? 'withdraw' : 'discard', bytes, start, end, announced)
    }
  }

  /** VALID, or why paths with this attribute set take no part when they come from this neighbor. */
  reason(routes: NeighborRoutes, family: FamilyRoutes, attribute: number): number {
    const { session, peer } = routes
    if (session === undefined) return VALID
    const { attributes } = this.#host
    const { terms } = session
    // RFC 4271 §9.1.2: a path that went through this AS is not used; no NOTIFICATION.
    const { allowAsIn } = family.options
    if (hasAsLoop(attributes, attribute, terms.localAs, this.#host.localAs(), allowAsIn))
      return REASON_AS_LOOP
    // RFC 4271 §6.3: the leftmost AS is the neighbor's.
    const enforced = terms.peerType === 'ebgp' && peer.options.enforceFirstAs !== false
    if (enforced && attributes.firstAs(attribute) !== terms.remoteAs) return REASON_FIRST_AS
    if ((attributes.flags[attribute] & ATTR_HAS_OTC) !== 0 && this.#leaked(attribute, terms)) {
      return REASON_ROUTE_LEAK
    }
    if (terms.peerType === 'ibgp') {
      const loop = this.#reflectionLoop(attribute)
      if (loop !== VALID) return loop
    }
    const nextHop = attributes.nextHop[attribute]
    const octets = attributes.nextHops.octets(nextHop)
    const known = session.nextHopFaults.get(nextHop)
    const fault = known?.octets === octets ? known.fault : this.nextHopFault(routes, nextHop)
    if (known?.octets !== octets) {
      session.nextHopFaults.set(nextHop, { octets, fault })
      if (fault !== '') {
        const text = `neighbor ${peer.name}: routes with next hop ${attributes.nextHops.text(nextHop)} are not used: it ${fault}`
        this.#host.log.warn({ neighbor: peer.address }, text)
      }
    }
    return fault === '' ? VALID : REASON_NEXT_HOP_INVALID
  }

  /** RFC 9234 §5: a route with OTC comes from no customer, and from a peer only with the peer's own AS. */
  #leaked(attribute: number, { role, remoteAs }: Negotiated): boolean {
    if (role === undefined) return false
    if (role.own === 'provider' || role.own === 'rs') return true
    return role.own === 'peer' && this.#host.attributes.get(attribute).otc !== remoteAs
  }

  /** RFC 4456 §8: a route that was reflected back to where it came from, or through this cluster, is ignored. */
  #reflectionLoop(attribute: number): number {
    const { attributes } = this.#host
    const routerId = this.#host.routerId()
    const originated = (attributes.flags[attribute] & ATTR_HAS_ORIGINATOR) !== 0
    if (originated && attributes.originatorId[attribute] === routerId) return REASON_ORIGINATOR_LOOP
    if (attributes.clusterLength[attribute] === 0) return VALID
    const passed = attributes.get(attribute).clusterList?.includes(this.#host.clusterId()) ?? false
    return passed ? REASON_CLUSTER_LOOP : VALID
  }

  /** What is wrong with a next hop from this neighbor, '' when nothing is. */
  nextHopFault(routes: NeighborRoutes, nextHop: number): string {
    const { session } = routes
    if (session === undefined || nextHop === 0) return ''
    const { nextHops } = this.#host.attributes
    const octets = nextHops.octets(nextHop)
    return nextHopFault(octets, nextHops.text(nextHop), session.nextHop, this.#host.resolve) ?? ''
  }

  /** Announces routes with attribute set `attribute`, or withdraws them when it is 0. */
  #take(routes: NeighborRoutes, bytes: Uint8Array, range: NlriRange, attribute: number): void {
    const { family, start, end } = range
    // Going over a limit may have ended the session in the middle of this message.
    if (family.overLimit || routes.session === undefined) return
    const { source } = routes
    const rib = this.#host.rib(family.family)
    const { addPathReceive } = family
    if (attribute === 0) {
      rib.withdraw(source, bytes, start, end, addPathReceive)
      return
    }
    const reason = this.reason(routes, family, attribute)
    const now = this.#host.clock.wall()
    // Asked once here rather than for each prefix.
    const filter = family.filter?.passes?.(attribute) === true ? undefined : family.filter
    const martians = rib.announce(source, bytes, start, end, addPathReceive, attribute, reason, filter, now)
    if (martians > 0) this.#host.faults.martians(routes.peer, bytes, range)
    if (family.options.maximumPrefix > 0) this.#host.checkLimit(routes, family)
  }

  #endOfRib(routes: NeighborRoutes, bytes: Uint8Array, fields: UpdateFields): boolean {
    const marker = endOfRibOf(bytes, fields)
    if (marker === 0) return false
    const family = this.#family(routes, marker >>> 8, marker & 255)
    if (family !== undefined) this.#host.endOfRib(routes, family)
    return true
  }

  /** The family of an AFI and SAFI; undefined for one that was not negotiated, which is said once. */
  #family(routes: NeighborRoutes, afi: number, safi: number): FamilyRoutes | undefined {
    if (afi === 0) return undefined
    const family = familyOf(afi, safi)
    const known = family === undefined ? undefined : routes.families.get(family)
    if (known?.negotiated) return known
    const { session, peer } = routes
    const key = afi * 256 + safi
    // RFC 4760 §7 allows to end the session; practice is to ignore the routes.
    if (session !== undefined && session.ignoredFamilies.size < 16 && !session.ignoredFamilies.has(key)) {
      session.ignoredFamilies.add(key)
      const name = family ?? `AFI ${afi} SAFI ${safi}`
      const text = `neighbor ${peer.name} sends routes of ${name}, which was not negotiated: they are ignored`
      this.#host.log.warn({ neighbor: peer.address }, text)
    }
    return undefined
  }
}

function check(
  field: NlriField,
  bytes: Uint8Array,
  start: number,
  end: number,
  bits: number,
  addPath: boolean,
): Fault | undefined {
  if (start === end) return undefined
  const at = checkNlri(bytes, start, end, bits, addPath)
  return at < 0 ? undefined : nlriFault(field, bytes, start, end, at)
}

function checkFamily(
  field: NlriField,
  bytes: Uint8Array,
  start: number,
  end: number,
  family: FamilyRoutes,
): Fault | undefined {
  return check(field, bytes, start, end, bitsOf(family.family), family.addPathReceive)
}
