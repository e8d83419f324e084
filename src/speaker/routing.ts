import { afiOf, type Family, SAFI_UNICAST } from '../ip/family.js'
import { compilePolicy } from '../policy/route-policy.js'
import type { Clock } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { MachineRoutes } from '../ports/machine-routes.js'
import type { AttributeTable } from '../rib/attributes.js'
import { LoweringFilter } from '../rib/graceful-shutdown.js'
import { MarkingFilter } from '../rib/only-to-customer.js'
import { PrependingFilter } from '../rib/prepending-filter.js'
import { REASON_POLICY, VALID } from '../rib/reasons.js'
import type { Rib, RouteFilter } from '../rib/table.js'
import type { Source } from '../rib/types.js'
import type { End, Negotiated } from '../session/types.js'
import { MessageType } from '../wire/codes.js'
import { encodeRouteRefresh } from '../wire/refresh.js'
import { learnsOnlyForCustomers } from '../wire/role.js'
import type { DecodeContext, RouteRefreshMessage } from '../wire/types.js'
import { asPathText } from './attribute-text.js'
import type { Link } from './connection-driver.js'
import { Contexts } from './contexts.js'
import { acceptance, exportTerms, same } from './difference.js'
import type { Events } from './events.js'
import { FaultReport } from './fault-report.js'
import { Graceful } from './graceful.js'
import { longLivedTo } from './long-lived.js'
import type { FamilyRoutes, NeighborRoutes } from './neighbor-routes.js'
import type { DecisionOptions, FamilyOptions, NeighborOptions, SpeakerOptions } from './options.js'
import { OwnRoutes } from './own-routes.js'
import { PathKeeper } from './path-keeper.js'
import type { Peer } from './peer.js'
import { restartParams } from './peer-params.js'
import { isSingleHop } from './protection.js'
import { Refresh } from './refresh.js'
import { Removals } from './removals.js'
import { Resolve } from './resolve.js'
import { RouteEvents } from './route-events.js'
import type { SpeakerSizes } from './sizes.js'
import { Tables } from './tables.js'
import { UpdateIn } from './update-in.js'
import { type OutletSession, UpdateOut } from './update-out.js'
import type { Work } from './work.js'

export interface RoutingParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly work: Work
  readonly fib: FibPort | undefined
  readonly resolver: Resolver | undefined
  /** Routes of this machine, for own routes. */
  readonly machine: MachineRoutes | undefined
  /** Seeds the hash tables: an unsigned 32-bit number that neighbours can't guess. */
  readonly seed: number
  options(): SpeakerOptions
  /** The whole speaker is in maintenance. */
  maintenance(): boolean
  /** A neighbour sent more than it may: end its session. */
  overLimit(peer: Peer, family: Family, limit: number): void
  /** An End-of-RIB came. */
  endOfRib(): void
  /** What was kept for a neighbour that did not come back is gone. */
  pathsGone(peer: Peer): void
}

/** The routes of neighbours: in through the tables, out to kernel, other neighbours and events. */
export class Routing {
  readonly tables: Tables
  readonly #own: OwnRoutes
  readonly #parts: RoutingParts
  readonly #resolve: Resolve
  readonly #contexts = new Contexts()
  readonly #removals: Removals
  readonly #keeper: PathKeeper
  readonly #updateIn: UpdateIn
  readonly #updateOut: UpdateOut
  readonly #neighbors = new Map<Peer, NeighborRoutes>()
  /** Neighbours by source index; 0 is the speaker itself. */
  readonly #sources: (NeighborRoutes | undefined)[] = [undefined]
  /** Sum of the tables' versions when neighbours were written to last. */
  #written = 0

  constructor(parts: RoutingParts) {
    this.#parts = parts
    const { clock, log, events, work, fib, seed } = parts
    const { decision } = parts.options()
    this.tables = new Tables({
      ...{ clock, work, fib, decision, seed },
      decided: () => this.#decided(),
      batch: () => this.#own.follow(),
    })
    const { tables } = this
    this.#own = new OwnRoutes({
      ...{ clock, log, work, machine: parts.machine, options: parts.options, ribs: tables.ribs() },
      settle: () => tables.settle(),
    })
    const rib = (family: Family) => tables.rib(family)
    this.#resolve = new Resolve(tables.nextHops, parts.resolver, () => this.#resolutionChanged())
    this.#removals = new Removals(work, rib)
    this.#keeper = new PathKeeper(tables, this.#removals, log, clock)
    this.#updateOut = new UpdateOut(clock, work, this.#resolve, rib, seed)
    const routeEvents = new RouteEvents(clock, events, (table, path) => this.#describe(table, path))
    for (const table of tables.ribs()) routeEvents.watch(table)
    tables.bus.listen((_rib, batch) => routeEvents.batch(batch))
    this.#updateIn = new UpdateIn({
      clock,
      log,
      faults: new FaultReport(clock, log, events),
      attributes: tables.attributes,
      resolve: this.#resolve,
      localAs: () => parts.options().localAs,
      routerId: () => parts.options().routerId,
      clusterId: () => parts.options().clusterId ?? parts.options().routerId,
      rib,
      endOfRib: (routes, family) => this.#endOfRib(routes, family),
      checkLimit: (routes, family) => this.#checkLimit(routes, family),
    })
  }

  /** Puts own routes into the tables. */
  start(): Promise<void> {
    return this.#own.start()
  }

  /** The options of own routes changed, or who the speaker is. */
  announceChanged(): void {
    if (!this.#own.changed()) return
    this.#updateOut.reevaluate()
    this.#written = -1
  }

  /** Whether AS_SETs are rejected has changed: the routes of everybody who can send them again are read anew. */
  asSetsChanged(): void {
    for (const [peer, { session }] of this.#neighbors) {
      if (session === undefined) continue
      session.context = this.#contextOf(session.terms)
      this.refresh(peer, 'in')
    }
  }

  #contextOf(terms: Negotiated): DecodeContext {
    return this.#contexts.of(terms, this.#parts.options().rejectAsSets ?? true)
  }

  /** What the tables know of a neighbour; undefined after remove(). */
  of(peer: Peer): NeighborRoutes | undefined {
    return this.#neighbors.get(peer)
  }

  /** The neighbour with this source index. */
  bySource(source: number): NeighborRoutes | undefined {
    return this.#sources[source]
  }

  /** Makes room for a neighbour. @throws RangeError for a policy that is none */
  add(peer: Peer): NeighborRoutes {
    let source = 1
    while (this.#sources[source] !== undefined) source++
    const routes: NeighborRoutes = {
      peer,
      source,
      families: new Map(
        peer.options.families.map((family) => [family.family, familyRoutes(family, this.tables.attributes)]),
      ),
      graceful: new Graceful(this.#parts.clock, () => restartParams(peer.options), {
        keep: (families, reason) => this.#keeper.keep(routes, families, reason),
        drop: (families, reason) => this.#keeper.drop(routes, families, reason),
        sweep: (families, reason) => this.#keeper.sweep(routes, families, reason),
        depreference: (families, reason) => this.#keeper.depreference(routes, families, reason),
        settle: () => {
          this.tables.settle()
          this.#parts.pathsGone(peer)
        },
      }),
      session: undefined,
    }
    this.#sources[source] = routes
    this.#neighbors.set(peer, routes)
    return routes
  }

  /** Forgets a neighbour whose session has ended; paths that were kept for it go. */
  remove(peer: Peer): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    routes.graceful.feed({ type: 'give-up' })
    routes.graceful.close()
    this.#neighbors.delete(peer)
    for (const family of routes.families.values()) {
      this.#removals.finish(family)
      family.filter?.close?.()
    }
    const ribs = [...this.tables.ribs()].filter((rib) => rib.source(routes.source) !== undefined)
    for (const rib of ribs) rib.dropSource(routes.source, Number.MAX_SAFE_INTEGER)
    this.tables.settle()
    for (const rib of ribs) rib.removeSource(routes.source)
    this.#sources[routes.source] = undefined
  }

  /** The session is up. */
  established(peer: Peer, link: Link, terms: Negotiated): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    for (const family of routes.families.values()) {
      this.#removals.finish(family)
      family.negotiated = terms.families.includes(family.family)
      family.addPathReceive = terms.addPath.receive.includes(family.family)
      family.addPathSend = terms.addPath.send.includes(family.family)
      family.endOfRibReceived = false
      family.endOfRibSent = false
      family.overLimit = false
      family.limitSaid = 'nothing'
      this.#compile(peer, family)?.close?.()
      if (family.negotiated || this.tables.rib(family.family).source(routes.source) !== undefined) {
        this.#setSource(routes, family.options, terms)
      }
    }
    routes.session = {
      terms,
      link,
      context: this.#contextOf(terms),
      nextHop: {
        remote: peer.address,
        local: link.connection.local.address,
        counterpart: link.connection.counterpart,
        singleHop: terms.peerType === 'ebgp' && isSingleHop(peer.options),
      },
      nextHopFaults: new Map(),
      ignoredFamilies: new Set(),
      refresh: this.#refreshOf(routes, link, terms),
    }
    const { remote, local, singleHop } = routes.session.nextHop
    if (singleHop) this.#resolve.adjacent(remote, local)
    const session = this.#outletSession(routes, link, terms)
    for (const family of routes.families.values()) {
      if (!family.negotiated) continue
      family.outlet = this.#updateOut.open(session, family.options, {
        markerSent: () => {
          family.endOfRibSent = true
          routes.session?.refresh.feed({ type: 'end-of-rib-sent', family: family.family })
        },
        resent: () => routes.session?.refresh.feed({ type: 'resent', family: family.family }),
      })
    }
    routes.graceful.feed({ type: 'established', negotiated: terms })
  }

  /** A session that was up has ended. */
  down(peer: Peer, end: End, terms: Negotiated): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    routes.session?.refresh.close()
    routes.session = undefined
    for (const family of routes.families.values()) {
      if (family.outlet !== undefined) this.#updateOut.close(family.outlet)
      family.outlet = undefined
      family.negotiated = false
      family.addPathReceive = false
      family.addPathSend = false
    }
    routes.graceful.feed({ type: 'lost', cause: end.cause, negotiated: terms })
  }

  /** What was kept for a neighbour goes: it is not coming back. */
  giveUp(peer: Peer): void {
    this.#neighbors.get(peer)?.graceful.feed({ type: 'give-up' })
  }

  /** A neighbour's options changed in a way that its session survives. */
  changed(peer: Peer, before: NeighborOptions): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    const { session } = routes
    for (const options of peer.options.families) {
      const family = routes.families.get(options.family)
      if (family === undefined) continue
      const was = family.options
      family.options = options
      const source = this.tables.rib(options.family).source(routes.source)
      if (source !== undefined)
        this.#sourceChanged(options, { ...source.source, ...sourceTerms(peer, options) })
      const recompiled = !same(was.import, options.import) || lowersOtherwise(before, peer.options)
      const accepted = same(acceptance(before, was), acceptance(peer.options, options))
      if (source !== undefined && !accepted && !recompiled) this.#reapply(routes, family)
      if (recompiled) {
        const former = this.#compile(peer, family)
        if (source !== undefined) this.#reapply(routes, family)
        former?.close?.()
      }
      const exports =
        !same(exportTerms(was), exportTerms(options)) ||
        before.maintenance !== peer.options.maintenance ||
        !same(before.gracefulRestart.longLived, peer.options.gracefulRestart.longLived)
      if (exports && session !== undefined && family.outlet !== undefined) {
        const { link, terms } = session
        this.#updateOut.change(family.outlet, this.#outletSession(routes, link, terms), options)
      }
      family.outlet?.pace.change(peer.options.advertisementInterval ?? 0)
      this.#checkLimit(routes, family)
    }
    if (before.gracefulRestart.enabled && !peer.options.gracefulRestart.enabled) this.giveUp(peer)
  }

  /** The rules of the decision changed: every prefix is decided anew. */
  decisionChanged(before: DecisionOptions): void {
    const { decision } = this.#parts.options()
    for (const rib of this.tables.ribs()) rib.setOptions(decision)
    if (decision.defaultLocalPref === before.defaultLocalPref) return
    // Internal neighbours are told the preference of paths that have none.
    this.#reexport(({ peerType }) => peerType === 'ibgp')
  }

  /** What concerns all that is sent began or ended: every neighbour is sent its routes as they are to be now. */
  exportChanged(): void {
    this.#reexport(() => true)
  }

  /** A neighbour is to be drained, or no longer. */
  drainChanged(peer: Peer): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    for (const family of routes.families.values()) {
      const former = this.#compile(peer, family)
      const known = this.tables.rib(family.family).source(routes.source) !== undefined
      if (known) this.#reapply(routes, family)
      former?.close?.()
    }
    this.#reexport(() => true, [routes])
  }

  #reexport(
    concerns: (terms: Negotiated) => boolean,
    neighbors: Iterable<NeighborRoutes> = this.#neighbors.values(),
  ): void {
    for (const routes of neighbors) {
      const { session } = routes
      if (session === undefined || !concerns(session.terms)) continue
      const outlet = this.#outletSession(routes, session.link, session.terms)
      for (const family of routes.families.values()) {
        if (family.outlet !== undefined) this.#updateOut.change(family.outlet, outlet, family.options)
      }
    }
  }

  /** The cluster id or client-to-client reflection changed: which paths have come round, and what is reflected. */
  reflectionChanged(): void {
    for (const routes of this.#neighbors.values()) {
      if (routes.session?.terms.peerType !== 'ibgp') continue
      for (const family of routes.families.values()) if (family.negotiated) this.#reapply(routes, family)
    }
    this.#reexport(({ peerType }) => peerType === 'ibgp')
  }

  /** One UPDATE in [start, end). */
  update(peer: Peer, link: Link, bytes: Uint8Array, start: number, end: number): void {
    const routes = this.#neighbors.get(peer)
    if (routes !== undefined) this.#updateIn.receive(routes, link, bytes, start, end)
  }

  /** A ROUTE-REFRESH of the session that is up. */
  routeRefresh(peer: Peer, message: RouteRefreshMessage): void {
    this.#neighbors.get(peer)?.session?.refresh.feed({ type: 'message', message })
  }

  /**
   * Asks for all routes of every negotiated family again, or sends all again.
   * @returns false without a session, or when the neighbour does not know route refresh
   */
  refresh(peer: Peer, direction: 'in' | 'out'): boolean {
    const session = this.#neighbors.get(peer)?.session
    if (session === undefined || (direction === 'in' && !session.terms.routeRefresh)) return false
    const type = direction === 'in' ? 'request' : 'resend'
    for (const family of session.terms.families) session.refresh.feed({ type, family })
    return true
  }

  /** See UpdateOut.defer. */
  deferExport(deferred: boolean): void {
    this.#updateOut.defer(deferred)
  }

  /** The neighbour's connection takes octets again. */
  drained(peer: Peer): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    for (const { outlet } of routes.families.values()) if (outlet !== undefined) this.#updateOut.pump(outlet)
  }

  /** What is held because of neighbours. */
  sizes(): SpeakerSizes {
    return { ...this.tables.sizes(), ...this.#updateOut.sizes(), tasks: this.#parts.work.size }
  }

  close(): void {
    this.#resolve.close()
    this.#own.close()
    for (const routes of this.#neighbors.values()) routes.graceful.close()
  }

  /**
   * Makes the import filter of a family anew, with what the terms of the last session add to the policy.
   * @returns the former one, to be closed when nothing passes it any more
   */
  #compile(peer: Peer, family: FamilyRoutes): RouteFilter | undefined {
    const former = family.filter
    const { attributes } = this.tables
    const terms = peer.negotiated
    const policy = this.#prepending(
      peer,
      compilePolicy(family.options.import, family.family, attributes, 'in'),
    )
    const marked =
      terms?.role !== undefined && learnsOnlyForCustomers(terms.role.own)
        ? new MarkingFilter(attributes, terms.remoteAs, policy)
        : policy
    const heeded = terms?.peerType === 'ebgp' && peer.options.ignoreGracefulShutdown !== true
    family.filter =
      peer.inMaintenance || heeded
        ? new LoweringFilter(attributes, peer.inMaintenance ? 'all' : 'marked', marked)
        : marked
    return former
  }

  /** A `local-as` that is to be seen in the paths from its neighbour. */
  #prepending({ options, negotiated }: Peer, policy: RouteFilter | undefined): RouteFilter | undefined {
    const shown = negotiated?.localAs ?? 0
    const other = negotiated?.peerType === 'ebgp' && shown !== this.#parts.options().localAs
    if (!other || options.localAsStyle?.prepend !== true) return policy
    return new PrependingFilter(this.tables.attributes, shown, policy)
  }

  #decided(): void {
    let version = 0
    for (const rib of this.tables.ribs()) version += rib.revision
    if (version === this.#written) return
    this.#written = version
    this.#updateOut.pumpAll()
  }

  #setSource(routes: NeighborRoutes, options: FamilyOptions, terms: Negotiated): void {
    const { peer, source } = routes
    this.tables.rib(options.family).setSource({
      index: source,
      type: terms.peerType,
      routerId: terms.routerId,
      address: peer.address,
      remoteAs: terms.remoteAs,
      ...sourceTerms(peer, options),
    })
  }

  #sourceChanged(options: FamilyOptions, source: Source): void {
    const rib = this.tables.rib(options.family)
    const { weight, client } = rib.source(source.index)!.source
    if (weight === source.weight && client === source.client) return
    rib.setSource(source)
    if (client === source.client) return
    this.#updateOut.reevaluate()
    this.#written = -1
  }

  #outletSession(routes: NeighborRoutes, link: Link, terms: Negotiated): OutletSession {
    const { decision, clusterId, routerId, clientToClientReflection } = this.#parts.options()
    return {
      link,
      source: routes.source,
      type: terms.peerType,
      remoteAs: terms.remoteAs,
      localAs: terms.localAs,
      ownAs: this.#shownAs(routes, terms),
      as4: terms.as4,
      extendedNextHop: terms.extendedNextHop.send,
      role: terms.role?.own,
      extendedMessage: terms.extendedMessage.send,
      singleHop: isSingleHop(routes.peer.options),
      defaultLocalPref: decision.defaultLocalPref,
      advertisementInterval: routes.peer.options.advertisementInterval ?? 0,
      clusterId: clusterId ?? routerId,
      clientToClient: clientToClientReflection ?? true,
      longLived: longLivedTo(routes.peer.options, terms, this.#parts.options()),
      addPath: (family) => terms.addPath.send.includes(family),
      gracefulShutdown: this.#parts.maintenance() || routes.peer.inMaintenance,
    }
  }

  /** The speaker's real AS where it stands behind the one that the neighbour knows. */
  #shownAs({ peer }: NeighborRoutes, terms: Negotiated): number | undefined {
    const { localAs } = this.#parts.options()
    return localAs !== terms.localAs && peer.options.localAsStyle?.showReal ? localAs : undefined
  }

  #refreshOf(routes: NeighborRoutes, link: Link, terms: Negotiated): Refresh {
    const { peer } = routes
    return new Refresh(this.#parts.clock, terms, {
      send: (message) => link.write(encodeRouteRefresh(message), MessageType.RouteRefresh),
      resend: (family) => {
        const outlet = routes.families.get(family)?.outlet
        if (outlet !== undefined) this.#updateOut.resend(outlet)
      },
      mark: (family) => this.tables.rib(family).markStale(routes.source),
      sweep: (family, reason) => this.#keeper.sweep(routes, [family], reason),
      ignored: (text) =>
        this.#parts.log.debug({ neighbor: peer.address }, `neighbor ${peer.name}: ${text}: ignored`),
      settle: () => this.tables.settle(),
    })
  }

  #reapply(routes: NeighborRoutes, family: FamilyRoutes): void {
    this.tables.rib(family.family).reapply(
      routes.source,
      family.filter,
      (attribute, former) => {
        if (routes.session !== undefined) return this.#updateIn.reason(routes, family, attribute)
        // Paths kept for a restart: what was wrong with them is known from the session that brought them.
        return former === REASON_POLICY ? VALID : former
      },
      this.#parts.clock.wall(),
    )
  }

  #checkLimit(routes: NeighborRoutes, family: FamilyRoutes): void {
    const { maximumPrefix, maximumPrefixAction, maximumPrefixReceived } = family.options
    if (maximumPrefix === 0 || routes.session === undefined || family.overLimit) return
    const source = this.tables.rib(family.family).source(routes.source)
    const accepted = (maximumPrefixReceived ? source?.received : source?.accepted) ?? 0
    this.#sayLimit(routes, family, accepted)
    if (accepted <= maximumPrefix || maximumPrefixAction === 'warning-only') return
    family.overLimit = true
    this.#parts.overLimit(routes.peer, family.family, maximumPrefix)
  }

  /** Each line once until the number falls below the threshold. */
  #sayLimit(routes: NeighborRoutes, family: FamilyRoutes, accepted: number): void {
    const { peer } = routes
    const { maximumPrefix, maximumPrefixAction } = family.options
    if (accepted < limitThreshold(family.options)) {
      family.limitSaid = 'nothing'
      return
    }
    const exceeded = accepted > maximumPrefix
    if (family.limitSaid === 'exceeded' || (family.limitSaid === 'threshold' && !exceeded)) return
    family.limitSaid = exceeded ? 'exceeded' : 'threshold'
    if (exceeded && maximumPrefixAction !== 'warning-only') return
    const what = exceeded ? 'more than' : `${Math.floor((accepted * 100) / maximumPrefix)} % of`
    const kept = exceeded ? '; maximum-prefix is warning-only: they are used' : ''
    this.#parts.log.warn(
      { neighbor: peer.address, family: family.family, accepted, limit: maximumPrefix },
      `neighbor ${peer.name}: ${accepted} prefixes of ${family.family}, ${what} the ${maximumPrefix} allowed${kept}`,
    )
  }

  #endOfRib(routes: NeighborRoutes, family: FamilyRoutes): void {
    const { peer } = routes
    if (!family.endOfRibReceived) {
      const received = this.tables.rib(family.family).source(routes.source)?.received ?? 0
      this.#parts.log.info(
        { neighbor: peer.address, family: family.family },
        `neighbor ${peer.name} End-of-RIB for ${family.family}: ${received} prefixes`,
      )
    }
    family.endOfRibReceived = true
    routes.graceful.feed({ type: 'end-of-rib', family: family.family })
    routes.session?.refresh.feed({ type: 'end-of-rib-received', family: family.family })
    this.#parts.endOfRib()
  }

  /** Links, addresses or routes of the machine changed: what was said about next hops is looked at again. */
  #resolutionChanged(): void {
    for (const routes of this.#neighbors.values()) {
      const { session } = routes
      if (session === undefined) continue
      let moved = false
      for (const [nextHop, { octets, fault }] of session.nextHopFaults) {
        if (octets !== this.tables.nextHops.octets(nextHop)) {
          session.nextHopFaults.delete(nextHop)
          continue
        }
        const now = this.#updateIn.nextHopFault(routes, nextHop)
        if (now === fault) continue
        session.nextHopFaults.set(nextHop, { octets, fault: now })
        if ((now === '') !== (fault === '')) moved = true
      }
      if (!moved) continue
      for (const family of routes.families.values()) if (family.negotiated) this.#reapply(routes, family)
    }
    this.#updateOut.subnetsChanged()
    this.#written = -1
    this.tables.settle()
  }

  #describe(rib: Rib, path: number): { neighbor: string; asPath: string } {
    const neighbor = this.#sources[rib.sourceOf(path)]?.peer.address ?? 'local'
    return { neighbor, asPath: asPathText(rib.attributes.get(rib.attributeOf(path)).asPath) }
  }
}

/** GRACEFUL_SHUTDOWN of a neighbour's paths means something else than before. */
function lowersOtherwise(before: NeighborOptions, after: NeighborOptions): boolean {
  return (
    before.maintenance !== after.maintenance || before.ignoreGracefulShutdown !== after.ignoreGracefulShutdown
  )
}

function familyRoutes(options: FamilyOptions, attributes: AttributeTable): FamilyRoutes {
  return {
    family: options.family,
    options,
    filter: compilePolicy(options.import, options.family, attributes, 'in'),
    negotiated: false,
    addPathReceive: false,
    addPathSend: false,
    endOfRibReceived: false,
    endOfRibSent: false,
    overLimit: false,
    limitSaid: 'nothing',
    outlet: undefined,
    removal: undefined,
  }
}

/** What a neighbour's options say of it as a source of paths. */
function sourceTerms(peer: Peer, options: FamilyOptions): Pick<Source, 'weight' | 'client'> {
  return { weight: peer.options.weight, client: options.routeReflectorClient ?? false }
}

/** Number of accepted prefixes from which on a warning is logged; at least 1. */
export function limitThreshold({ maximumPrefix, maximumPrefixThreshold = 75 }: FamilyOptions): number {
  return Math.max(1, Math.ceil((maximumPrefix * maximumPrefixThreshold) / 100))
}

/** Data of Cease/Maximum Number of Prefixes Reached: AFI, SAFI and the limit (RFC 4486 §4). */
export function limitData(family: Family, limit: number): Uint8Array {
  const afi = afiOf(family)
  return Uint8Array.of(afi >>> 8, afi, SAFI_UNICAST, limit >>> 24, limit >>> 16, limit >>> 8, limit)
}
