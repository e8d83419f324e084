import { AFI_IPV4, bitsOf, type Family, familyOf, SAFI_UNICAST } from '../ip/family.js'
import { isMartian } from '../ip/special.js'
import type { Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import type { AttributeTable } from '../rib/attributes.js'
import { REASON_AS_LOOP, REASON_FIRST_AS, REASON_NEXT_HOP_INVALID, VALID } from '../rib/reasons.js'
import type { Rib } from '../rib/table.js'
import { checkNlri, type NlriField, nlriFault, nlriOctets, readNlri } from '../wire/nlri.js'
import { hex } from '../wire/printable.js'
import type { Fault } from '../wire/types.js'
import { endOfRibOf, splitUpdate, UpdateFields, updateLengthFault } from '../wire/update.js'
import type { Link } from './connection-driver.js'
import type { Events } from './events.js'
import type { FamilyRoutes, NeighborRoutes } from './neighbor-routes.js'
import { nextHopFault } from './next-hop-rules.js'
import type { Resolve } from './resolve.js'

/** What reading UPDATEs needs of the tables around it. */
export interface UpdateInHost {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly attributes: AttributeTable
  readonly resolve: Resolve
  localAs(): number
  rib(family: Family): Rib
  endOfRib(routes: NeighborRoutes, family: FamilyRoutes): void
  /** More paths than the neighbour may have. */
  overLimit(routes: NeighborRoutes, family: FamilyRoutes): void
}

/** Prefixes named in the log and the event of a faulty UPDATE. */
const MOST_PREFIXES = 100

/**
 * Takes UPDATEs apart and brings them into the tables. The order of work is RFC 7606's: structure first, then
 * the attributes, whose strongest fault decides what becomes of the routes; what is only wrong for this
 * neighbour (a loop, an unusable next hop) makes the routes be stored and not used.
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
    const fields = this.#fields
    if (!splitUpdate(bytes, start, end, fields)) {
      this.#reset(routes, link, updateLengthFault(start, end), bytes, start, end)
      return
    }
    const { withdrawnStart, withdrawnEnd, attributesStart, attributesEnd, nlriStart, nlriEnd } = fields
    const hasNlri = nlriEnd > nlriStart
    // RFC 4760 §8: the NLRI field, too, only means something when IPv4 was announced by both.
    const ipv4 =
      hasNlri || withdrawnEnd > withdrawnStart ? this.#family(routes, AFI_IPV4, SAFI_UNICAST) : undefined
    const addPath4 = ipv4?.addPathReceive ?? false
    let fault =
      this.#check('withdrawn', bytes, withdrawnStart, withdrawnEnd, 32, addPath4) ??
      this.#check('nlri', bytes, nlriStart, nlriEnd, 32, addPath4)
    if (fault !== undefined) {
      this.#reset(routes, link, fault, bytes, start, end)
      return
    }
    if (attributesEnd - attributesStart <= 7 && this.#endOfRib(routes, bytes, fields)) return

    const { attributes } = this.#host
    this.#host.resolve.reading(routes.peer.address)
    const result = attributes.intern(bytes, attributesStart, attributesEnd, hasNlri, session.context)
    const reach = this.#family(routes, result.reachAfi, result.reachSafi)
    const unreach = this.#family(routes, result.unreachAfi, result.unreachSafi)
    if (result.verdict !== 'reset') {
      if (unreach !== undefined)
        fault = this.#checkFamily('unreach', bytes, result.unreachStart, result.unreachEnd, unreach)
      if (reach !== undefined)
        fault ??= this.#checkFamily('reach', bytes, result.reachStart, result.reachEnd, reach)
    } else fault = result.faults.find((one) => one.verdict === 'reset')
    if (fault !== undefined) {
      this.#reset(routes, link, fault, bytes, start, end)
      return
    }

    const broken = result.verdict === 'withdraw'
    if (withdrawnEnd > withdrawnStart && ipv4 !== undefined) {
      this.#host.rib('ipv4-unicast').withdraw(routes.source, bytes, withdrawnStart, withdrawnEnd, addPath4)
    }
    if (unreach !== undefined) {
      const { unreachStart, unreachEnd } = result
      this.#host
        .rib(unreach.family)
        .withdraw(routes.source, bytes, unreachStart, unreachEnd, unreach.addPathReceive)
    }
    // The ids are taken now: what follows may intern other sets and use the result object again.
    const { id, reachId, reachStart, reachEnd } = result
    const { faults } = result
    if (hasNlri && ipv4 !== undefined) {
      this.#take(routes, ipv4, bytes, nlriStart, nlriEnd, broken ? 0 : id)
    }
    if (reach !== undefined && reachEnd > reachStart) {
      this.#take(routes, reach, bytes, reachStart, reachEnd, broken ? 0 : reachId)
    }
    if (faults.length > 0) {
      this.#faults(routes, faults, broken ? 'withdraw' : 'discard', bytes, start, end, [
        ...(hasNlri ? this.#prefixes(ipv4, bytes, nlriStart, nlriEnd) : []),
        ...this.#prefixes(reach, bytes, reachStart, reachEnd),
      ])
    }
  }

  /** Announces routes with attribute set `attribute`, or withdraws them when it is 0. */
  #take(
    routes: NeighborRoutes,
    family: FamilyRoutes,
    bytes: Uint8Array,
    start: number,
    end: number,
    attribute: number,
  ): void {
    // Going over a limit may have ended the session in the middle of this message.
    if (family.overLimit || routes.session === undefined) return
    const { source } = routes
    const rib = this.#host.rib(family.family)
    if (attribute === 0) {
      rib.withdraw(source, bytes, start, end, family.addPathReceive)
      return
    }
    const reason = this.reason(routes, attribute)
    const martians = rib.announce(
      source,
      bytes,
      start,
      end,
      family.addPathReceive,
      attribute,
      reason,
      family.filter,
      this.#host.clock.wall(),
    )
    if (martians > 0) this.#martians(routes, family, bytes, start, end)
    const { maximumPrefix } = family.options
    if (maximumPrefix > 0 && (rib.source(source)?.accepted ?? 0) > maximumPrefix) {
      family.overLimit = true
      this.#host.overLimit(routes, family)
    }
  }

  /** VALID, or why paths with this attribute set take no part when they come from this neighbour. */
  reason(routes: NeighborRoutes, attribute: number): number {
    const { session, peer } = routes
    if (session === undefined) return VALID
    const { attributes } = this.#host
    const localAs = this.#host.localAs()
    const { terms } = session
    // RFC 4271 §9.1.2: a path that went through this AS is not used; no NOTIFICATION.
    if (attributes.hasAs(attribute, terms.localAs)) return REASON_AS_LOOP
    if (terms.localAs !== localAs && attributes.hasAs(attribute, localAs)) return REASON_AS_LOOP
    // RFC 4271 §6.3: the leftmost AS is the neighbour's.
    if (terms.peerType === 'ebgp' && attributes.firstAs(attribute) !== terms.remoteAs) return REASON_FIRST_AS
    const nextHop = attributes.nextHop[attribute]
    let fault = session.nextHopFaults.get(nextHop)
    if (fault === undefined) {
      fault = this.nextHopFault(routes, nextHop)
      session.nextHopFaults.set(nextHop, fault)
      if (fault !== '') {
        const text = `neighbor ${peer.name}: routes with next hop ${attributes.nextHops.text(nextHop)} are not used: it ${fault}`
        this.#host.log.warn({ neighbor: peer.address }, text)
      }
    }
    return fault === '' ? VALID : REASON_NEXT_HOP_INVALID
  }

  /** What is wrong with a next hop from this neighbour, '' when nothing is. */
  nextHopFault(routes: NeighborRoutes, nextHop: number): string {
    const { session } = routes
    if (session === undefined || nextHop === 0) return ''
    const { nextHops } = this.#host.attributes
    return (
      nextHopFault(nextHops.octets(nextHop), nextHops.text(nextHop), session.nextHop, this.#host.resolve) ??
      ''
    )
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
    if (session !== undefined && !session.ignoredFamilies.has(key)) {
      session.ignoredFamilies.add(key)
      const name = family ?? `AFI ${afi} SAFI ${safi}`
      const text = `neighbor ${peer.name} sends routes of ${name}, which was not negotiated: they are ignored`
      this.#host.log.warn({ neighbor: peer.address }, text)
    }
    return undefined
  }

  #check(
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

  #checkFamily(
    field: NlriField,
    bytes: Uint8Array,
    start: number,
    end: number,
    family: FamilyRoutes,
  ): Fault | undefined {
    return this.#check(field, bytes, start, end, bitsOf(family.family), family.addPathReceive)
  }

  #reset(
    routes: NeighborRoutes,
    link: Link,
    fault: Fault,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.#faults(routes, [fault], 'reset', bytes, start, end, [])
    link.fault(fault)
  }

  /** RFC 7606 §6: what was wrong, the routes concerned and the whole message, for people to find the culprit. */
  #faults(
    routes: NeighborRoutes,
    faults: readonly Fault[],
    verdict: 'discard' | 'withdraw' | 'reset',
    bytes: Uint8Array,
    start: number,
    end: number,
    prefixes: readonly string[],
  ): void {
    const { peer } = routes
    const fault = faults.find((one) => one.verdict === verdict) ?? faults[0]
    if (verdict !== 'reset') peer.faults[verdict]++
    const text = faults.map((one) => one.text).join('; ')
    peer.lastFault = { at: new Date(this.#host.clock.wall()).toISOString(), text: `${text} (${fault.rule})` }
    const message = hex(bytes.subarray(start, end), end - start)
    const consequence =
      verdict === 'discard'
        ? 'the attribute is ignored'
        : verdict === 'withdraw'
          ? `its routes are treated as withdrawn: ${prefixes.slice(0, 10).join(' ')}`
          : 'the session is reset'
    this.#host.log.warn(
      { neighbor: peer.address, rule: fault.rule, prefixes, message },
      `neighbor ${peer.name} sent a faulty UPDATE: ${text} (${fault.rule}); ${consequence}`,
    )
    this.#host.events.add({
      type: 'fault',
      neighbor: peer.address,
      verdict,
      rule: fault.rule,
      text,
      prefixes,
      message,
    })
  }

  #prefixes(family: FamilyRoutes | undefined, bytes: Uint8Array, start: number, end: number): string[] {
    if (family === undefined || end <= start) return []
    return readNlri(bytes, start, end, bitsOf(family.family) / 8, family.addPathReceive)
      .slice(0, MOST_PREFIXES)
      .map((route) => route.prefix)
  }

  /** RFC 4271 §6.3: a prefix that is no unicast one is ignored by itself, and said. */
  #martians(
    routes: NeighborRoutes,
    family: FamilyRoutes,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const width = bitsOf(family.family)
    const named: string[] = []
    for (let at = start; at < end && named.length < MOST_PREFIXES; ) {
      if (family.addPathReceive) at += 4
      const bits = bytes[at]
      const next = at + 1 + nlriOctets(bits)
      if (isMartian(bytes, at + 1, bits, width))
        named.push(...this.#prefixes({ ...family, addPathReceive: false }, bytes, at, next))
      at = next
    }
    const { peer } = routes
    this.#host.log.warn(
      { neighbor: peer.address, prefixes: named },
      `neighbor ${peer.name} announced prefixes that are not for routing, ignored: ${named.slice(0, 10).join(' ')}`,
    )
  }
}
