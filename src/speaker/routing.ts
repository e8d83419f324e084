import { FAMILIES, type Family } from '../ip/family.js'
import { PrefixTable } from '../ip/prefix-table.js'
import type { Clock } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import { AttributeTable } from '../rib/attributes.js'
import { GatewaySets } from '../rib/next-hop-sets.js'
import { NextHops } from '../rib/next-hops.js'
import { Rib } from '../rib/table.js'
import { initialRefresh } from '../session/refresh.js'
import type { End, Negotiated } from '../session/types.js'
import { MessageType } from '../wire/codes.js'
import type { RouteRefreshMessage } from '../wire/types.js'
import { encodeEndOfRib } from '../wire/update.js'
import { asPathText } from './attribute-text.js'
import { ChangeBus } from './change-bus.js'
import type { Link } from './connection-driver.js'
import { Contexts } from './contexts.js'
import type { Events } from './events.js'
import { Graceful } from './graceful.js'
import type { FamilyRoutes, NeighborRoutes } from './neighbor-routes.js'
import type { FamilyOptions, SpeakerOptions } from './options.js'
import type { Peer } from './peer.js'
import { restartParams } from './peer-params.js'
import { lostGateways, Removals, reportLost } from './removals.js'
import { Resolve } from './resolve.js'
import { RouteEvents } from './route-events.js'
import { UpdateIn } from './update-in.js'
import type { Work } from './work.js'

/** Prefixes decided between two looks at the clock. */
const DECIDE_STEP = 1024
/** Milliseconds that deciding may take in one turn; a small change is far below. */
const DECIDE_BUDGET = 8

export interface RoutingParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly work: Work
  readonly fib?: FibPort
  readonly resolver?: Resolver
  /** Seeds the hash tables: an unsigned 32-bit number that neighbours can't guess. */
  readonly seed: number
  options(): SpeakerOptions
}

/** The tables, and the way of routes from neighbours through the decision to kernel, neighbours and events. */
export class Routing {
  readonly nextHops: NextHops
  readonly attributes: AttributeTable
  readonly bus: ChangeBus
  readonly #parts: RoutingParts
  readonly #ribs: ReadonlyMap<Family, Rib>
  readonly #resolve: Resolve
  readonly #contexts = new Contexts()
  readonly #removals: Removals
  readonly #updateIn: UpdateIn
  readonly #neighbors = new Map<Peer, NeighborRoutes>()
  /** Neighbours by source index; 0 is the speaker itself. */
  readonly #sources: (NeighborRoutes | undefined)[] = [undefined]
  #settling = false
  #deciding = false

  constructor(parts: RoutingParts) {
    this.#parts = parts
    const { clock, log, events, work, seed } = parts
    const gatewaySets = new GatewaySets()
    this.nextHops = new NextHops(gatewaySets)
    this.attributes = new AttributeTable(this.nextHops, 1024, seed)
    const { decision } = parts.options()
    this.#ribs = new Map(
      FAMILIES.map((family) => {
        const prefixes = new PrefixTable(family, 1024, seed)
        return [
          family,
          new Rib({ prefixes, attributes: this.attributes, nextHops: this.nextHops, gatewaySets }, decision),
        ]
      }),
    )
    this.#resolve = new Resolve(this.nextHops, parts.resolver, () => this.#resolutionChanged())
    this.#removals = new Removals(work, (family) => this.rib(family))
    this.bus = new ChangeBus(parts.fib)
    const routeEvents = new RouteEvents(clock, events, (rib, path) => this.#describe(rib, path))
    for (const rib of this.#ribs.values()) {
      this.bus.attach(rib)
      routeEvents.watch(rib)
    }
    this.bus.listen((_rib, batch) => routeEvents.batch(batch))
    this.#updateIn = new UpdateIn({
      clock,
      log,
      events,
      attributes: this.attributes,
      resolve: this.#resolve,
      localAs: parts.options().localAs,
      rib: (family) => this.rib(family),
      endOfRib: (routes, family) => this.#endOfRib(routes, family),
      overLimit: (routes, family) => this.#overLimit(routes, family),
    })
  }

  rib(family: Family): Rib {
    return this.#ribs.get(family) as Rib
  }

  /** What the tables know of a neighbour; undefined after remove(). */
  of(peer: Peer): NeighborRoutes | undefined {
    return this.#neighbors.get(peer)
  }

  /** The neighbour with this source index. */
  bySource(source: number): NeighborRoutes | undefined {
    return this.#sources[source]
  }

  /** Makes room for a neighbour. */
  add(peer: Peer): NeighborRoutes {
    let source = 1
    while (this.#sources[source] !== undefined) source++
    const { clock } = this.#parts
    const routes: NeighborRoutes = {
      peer,
      source,
      families: new Map(peer.options.families.map((family) => [family.family, familyRoutes(family)])),
      graceful: new Graceful(clock, () => restartParams(peer.options), {
        keep: (families, reason) => this.#keep(routes, families, reason),
        drop: (families, reason) => this.#drop(routes, families, reason),
        sweep: (families, reason) => this.#sweep(routes, families, reason),
        settle: () => this.settle(),
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
    for (const family of routes.families.values()) this.#removals.finish(family)
    for (const rib of this.#ribs.values()) {
      if (rib.source(routes.source) === undefined) continue
      rib.dropSource(routes.source, Number.MAX_SAFE_INTEGER)
    }
    this.settle()
    for (const rib of this.#ribs.values()) rib.removeSource(routes.source)
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
      family.endOfRibReceived = false
      family.endOfRibSent = false
      family.overLimit = false
      if (family.negotiated || this.rib(family.family).source(routes.source) !== undefined) {
        this.#setSource(routes, family.family, terms)
      }
    }
    routes.session = {
      terms,
      context: this.#contexts.of(terms),
      nextHop: {
        remote: peer.address,
        local: link.connection.local.address,
        singleHop: terms.peerType === 'ebgp' && peer.options.ebgpMultihop === 1,
      },
      nextHopFaults: new Map(),
      ignoredFamilies: new Set(),
      refresh: initialRefresh(terms),
    }
    for (const family of terms.families) {
      link.write(encodeEndOfRib(family), MessageType.Update)
      const state = routes.families.get(family)
      if (state !== undefined) state.endOfRibSent = true
    }
    routes.graceful.feed({ type: 'established', negotiated: terms })
  }

  /** A session that was up has ended. */
  down(peer: Peer, end: End, terms: Negotiated): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    routes.session = undefined
    routes.graceful.feed({ type: 'lost', cause: end.cause, negotiated: terms })
    for (const family of routes.families.values()) family.negotiated = false
  }

  /** One UPDATE in [start, end). */
  update(peer: Peer, link: Link, bytes: Uint8Array, start: number, end: number): void {
    const routes = this.#neighbors.get(peer)
    if (routes !== undefined) this.#updateIn.receive(routes, link, bytes, start, end)
  }

  /**
   * Decides what has changed and hands on what follows from it: the kernel at once, so that no packet waits
   * for a batch to fill. What does not fit the turn goes on in slices.
   */
  settle(): void {
    if (this.#settling) return
    this.#settling = true
    try {
      const done = this.#decide()
      this.bus.flush()
      if (!done && !this.#deciding) {
        this.#deciding = true
        this.#parts.work.add({
          step: () => {
            this.settle()
            return !this.#pending()
          },
          done: () => {
            this.#deciding = false
          },
        })
      }
    } finally {
      this.#settling = false
    }
  }

  /** A ROUTE-REFRESH of the session that is up. */
  routeRefresh(_peer: Peer, _message: RouteRefreshMessage): void {}

  /** The neighbour's connection takes octets again. */
  drained(_peer: Peer): void {}

  /** The update group that a neighbour's routes are sent with; undefined for none. */
  updateGroupOf(_routes: NeighborRoutes): number | undefined {
    return undefined
  }

  /** Prefixes sent to a neighbour and not withdrawn. */
  advertisedCount(_routes: NeighborRoutes, _family: Family): number {
    return 0
  }

  close(): void {
    this.#resolve.close()
    for (const routes of this.#neighbors.values()) routes.graceful.close()
  }

  /** @returns true when nothing is left to decide */
  #decide(): boolean {
    const { clock } = this.#parts
    const end = clock.now() + DECIDE_BUDGET
    for (const rib of this.#ribs.values()) {
      while (rib.pending > 0) {
        rib.decide(DECIDE_STEP)
        if (clock.now() >= end) return !this.#pending()
      }
    }
    return true
  }

  #pending(): boolean {
    for (const rib of this.#ribs.values()) if (rib.pending > 0) return true
    return false
  }

  #setSource(routes: NeighborRoutes, family: Family, terms: Negotiated): void {
    const { peer, source } = routes
    this.rib(family).setSource({
      index: source,
      type: terms.peerType,
      routerId: terms.routerId,
      address: peer.address,
      remoteAs: terms.remoteAs,
      weight: peer.options.weight,
    })
  }

  // Graceful restart

  #each(routes: NeighborRoutes, families: readonly Family[], act: (family: FamilyRoutes) => void): void {
    for (const family of routes.families.values()) {
      if (!families.includes(family.family)) continue
      if (this.rib(family.family).source(routes.source) !== undefined) act(family)
    }
  }

  #keep(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    this.#each(routes, families, (family) => this.rib(family.family).markStale(routes.source))
    this.#say(routes, families, 'kept as stale', reason)
  }

  #drop(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    this.#lost(routes, families)
    this.#say(routes, families, 'removed', reason)
    this.#each(routes, families, (family) => this.#removals.drop(routes, family))
  }

  #sweep(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    if (routes.session === undefined) this.#lost(routes, families)
    const stale = [...routes.families.values()].some(
      (family) =>
        families.includes(family.family) && (this.rib(family.family).source(routes.source)?.stale ?? 0) > 0,
    )
    if (stale) this.#say(routes, families, 'removed where stale', reason)
    this.#each(routes, families, (family) => this.#removals.sweep(routes, family))
  }

  /** The kernel hears of gateways without users before the routes themselves are worked on. */
  #lost(routes: NeighborRoutes, families: readonly Family[]): void {
    const { fib } = this.#parts
    if (fib === undefined) return
    reportLost(
      fib,
      lostGateways(routes.source, families, (family) => this.rib(family), this.nextHops),
    )
  }

  #say(routes: NeighborRoutes, families: readonly Family[], what: string, reason: string): void {
    const { peer } = routes
    let paths = 0
    for (const family of families) paths += this.rib(family).source(routes.source)?.received ?? 0
    if (paths === 0) return
    this.#parts.log.info(
      { neighbor: peer.address, families, paths },
      `neighbor ${peer.name}: ${families.join(', ')} paths ${what} (${paths}): ${reason}`,
    )
  }

  // What UPDATEs bring

  #endOfRib(routes: NeighborRoutes, family: FamilyRoutes): void {
    const first = !family.endOfRibReceived
    family.endOfRibReceived = true
    routes.graceful.feed({ type: 'end-of-rib', family: family.family })
    if (first) {
      const received = this.rib(family.family).source(routes.source)?.received ?? 0
      this.#parts.log.info(
        { neighbor: routes.peer.address, family: family.family },
        `neighbor ${routes.peer.name} End-of-RIB for ${family.family}: ${received} prefixes`,
      )
    }
  }

  #overLimit(routes: NeighborRoutes, family: FamilyRoutes): void {
    void routes
    void family
  }

  #resolutionChanged(): void {
    this.settle()
  }

  #describe(rib: Rib, path: number): { neighbor: string; asPath: string } {
    const neighbor = this.#sources[rib.sourceOf(path)]?.peer.address ?? 'local'
    return { neighbor, asPath: asPathText(this.attributes.get(rib.attributeOf(path)).asPath) }
  }
}

function familyRoutes(options: FamilyOptions): FamilyRoutes {
  return {
    family: options.family,
    options,
    filter: undefined,
    negotiated: false,
    addPathReceive: false,
    endOfRibReceived: false,
    endOfRibSent: false,
    overLimit: false,
    removal: undefined,
  }
}
