import type { Family } from '../ip/family.js'
import type { Clock } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { MachineRoutes } from '../ports/machine-routes.js'
import type { Rib } from '../rib/table.js'
import type { End, Negotiated } from '../session/types.js'
import { MessageType } from '../wire/codes.js'
import { encodeRouteRefresh } from '../wire/refresh.js'
import type { DecodeContext, RouteRefreshMessage } from '../wire/types.js'
import { asPathText } from './events/attribute-text.js'
import type { Events } from './events/events.js'
import { RouteEvents } from './events/route-events.js'
import { Contexts } from './inbound/contexts.js'
import { FaultReport } from './inbound/fault-report.js'
import { renewFilter } from './inbound/import-filter.js'
import { PrefixLimit } from './inbound/prefix-limit.js'
import { Resolve } from './inbound/resolve.js'
import { UpdateIn } from './inbound/update-in.js'
import type { FamilyOptions, NeighborOptions, SpeakerOptions } from './model/options.js'
import type { SpeakerSizes } from './model/sizes.js'
import { outletSession } from './outbound/outlet-session.js'
import { OwnRoutes } from './outbound/own-routes.js'
import { UpdateOut } from './outbound/update-out.js'
import type { Link } from './peer/connection-driver.js'
import type { Peer } from './peer/peer.js'
import { restartParams } from './peer/peer-params.js'
import { isSingleHop } from './peer/protection.js'
import { Reconsider } from './reconsider.js'
import { Graceful } from './retention/graceful.js'
import {
  type FamilyRoutes,
  familyRoutes,
  type NeighborRoutes,
  sourceTerms,
} from './retention/neighbor-routes.js'
import { PathKeeper } from './retention/path-keeper.js'
import { Refresh } from './retention/refresh.js'
import { Removals } from './retention/removals.js'
import { Tables } from './tables/tables.js'
import type { Work } from './turn/work.js'

export interface RoutingParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly work: Work
  readonly fib: FibPort | undefined
  readonly resolver: Resolver | undefined
  /** Routes of this machine, for own routes. */
  readonly machine: MachineRoutes | undefined
  /** Seeds the hash tables: an unsigned 32-bit number that neighbors can't guess. */
  readonly seed: number
  options(): SpeakerOptions
  /** The whole speaker is in maintenance. */
  maintenance(): boolean
  /** A neighbor sent more than it may: end its session. */
  overLimit(peer: Peer, family: Family, limit: number): void
  /** An End-of-RIB came. */
  endOfRib(): void
  /** What was kept for a neighbor that did not come back is gone. */
  pathsGone(peer: Peer): void
}

/** The routes of neighbors: in through the tables, out to kernel, other neighbors and events. */
export class Routing {
  readonly tables: Tables
  /** Routes that are there, when options have changed. */
  readonly reconsider: Reconsider
  readonly #own: OwnRoutes
  readonly #parts: RoutingParts
  readonly #resolve: Resolve
  readonly #contexts = new Contexts()
  readonly #removals: Removals
  readonly #keeper: PathKeeper
  readonly #limit: PrefixLimit
  readonly #updateIn: UpdateIn
  readonly #updateOut: UpdateOut
  readonly #neighbors = new Map<Peer, NeighborRoutes>()
  /** Neighbors by source index; 0 is the speaker itself. */
  readonly #sources: (NeighborRoutes | undefined)[] = [undefined]
  /** Sum of the tables' versions when neighbors were written to last. */
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
    this.#resolve = new Resolve(tables.nextHops, parts.resolver, () => this.reconsider.nextHops())
    this.#removals = new Removals(work, rib)
    this.#keeper = new PathKeeper(tables, this.#removals, log, clock)
    this.#updateOut = new UpdateOut(clock, work, this.#resolve, rib, seed)
    const routeEvents = new RouteEvents(clock, events, (table, path) => this.#describe(table, path))
    for (const table of tables.ribs()) routeEvents.watch(table)
    tables.bus.listen((_rib, batch) => routeEvents.batch(batch))
    this.#limit = new PrefixLimit(tables, log, parts.overLimit)
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
      checkLimit: (routes, family) => this.#limit.check(routes, family),
    })
    this.reconsider = new Reconsider({
      ...{ clock, tables, neighbors: this.#neighbors, limit: this.#limit },
      updateIn: this.#updateIn,
      updateOut: this.#updateOut,
      options: parts.options,
      maintenance: parts.maintenance,
      written: () => {
        this.#written = -1
      },
    })
  }

  /** Puts own routes into the tables. */
  start(): Promise<void> {
    return this.#own.start()
  }

  /** What the tables know of a neighbor; undefined after remove(). */
  of(peer: Peer): NeighborRoutes | undefined {
    return this.#neighbors.get(peer)
  }

  /** The options of own routes changed, or who the speaker is. */
  announceChanged(): void {
    if (this.#own.changed()) this.reconsider.own()
  }

  /** Whether AS_SETs are rejected has changed: the routes of everybody who can send them again are read anew. */
  asSetsChanged(): void {
    for (const [peer, { session }] of this.#neighbors) {
      if (session === undefined) continue
      session.context = this.#contextOf(session.terms)
      this.refresh(peer, 'in')
    }
  }

  /** A neighbor's options changed in a way that its session survives. */
  changed(peer: Peer, before: NeighborOptions): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    this.reconsider.neighbor(routes, before)
    if (before.gracefulRestart.enabled && !peer.options.gracefulRestart.enabled) this.giveUp(peer)
  }

  /** A neighbor is to be drained, or no longer. */
  drainChanged(peer: Peer): void {
    const routes = this.#neighbors.get(peer)
    if (routes !== undefined) this.reconsider.drain(routes)
  }

  /** The neighbor with this source index. */
  bySource(source: number): NeighborRoutes | undefined {
    return this.#sources[source]
  }

  /** Makes room for a neighbor. @throws RangeError for a policy that is none */
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

  /** Forgets a neighbor whose session has ended; paths that were kept for it go. */
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
      renewFilter(family, peer, this.tables.attributes, this.#parts.options().localAs)?.close?.()
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
    const session = outletSession(routes, link, terms, this.#parts.options(), this.#parts.maintenance())
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

  /** What was kept for a neighbor goes: it is not coming back. */
  giveUp(peer: Peer): void {
    this.#neighbors.get(peer)?.graceful.feed({ type: 'give-up' })
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
   * @returns false without a session, or when the neighbor does not know route refresh
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

  /** The neighbor's connection takes octets again. */
  drained(peer: Peer): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    for (const { outlet } of routes.families.values()) if (outlet !== undefined) this.#updateOut.pump(outlet)
  }

  /** What is held because of neighbors. */
  sizes(): SpeakerSizes {
    return { ...this.tables.sizes(), ...this.#updateOut.sizes(), tasks: this.#parts.work.size }
  }

  close(): void {
    this.#resolve.close()
    this.#own.close()
    for (const routes of this.#neighbors.values()) routes.graceful.close()
  }

  #contextOf(terms: Negotiated): DecodeContext {
    return this.#contexts.of(terms, this.#parts.options().rejectAsSets ?? true)
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

  #describe(rib: Rib, path: number): { neighbor: string; asPath: string } {
    const neighbor = this.#sources[rib.sourceOf(path)]?.peer.address ?? 'local'
    return { neighbor, asPath: asPathText(rib.attributes.get(rib.attributeOf(path)).asPath) }
  }
}
