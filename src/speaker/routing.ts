/**
 * The routes of all neighbors: makes what the sides of a neighbor share, knows who is there, and writes to neighbors
 * after each round of decisions.
 */

import type { Resolver } from '../ports/fib.js'
import type { MachineRoutes } from '../ports/machine-routes.js'
import type { Rib } from '../rib/table.js'
import { UpdateFields } from '../wire/update.js'
import { asPathText } from './events/attribute-text.js'
import { NextHopEvents } from './events/next-hop-events.js'
import { RouteEvents } from './events/route-events.js'
import { DecodeContexts } from './inbound/decode-contexts.js'
import { FaultReport } from './inbound/fault-report.js'
import { PrefixLimit } from './inbound/prefix-limit.js'
import type { SpeakerSizes } from './model/sizes.js'
import type { NeighborHost } from './neighbor-host.js'
import { NeighborRoutes, type NeighborRoutesParts } from './neighbor-routes.js'
import { OwnRoutes } from './outbound/own-routes.js'
import { UpdateOut } from './outbound/update-out.js'
import type { Peer } from './peer/peer.js'
import { Reconsider } from './reconsider.js'
import { Removals } from './retention/removals.js'
import { NextHopTracking } from './tables/next-hop-tracking.js'
import type { Tables } from './tables/tables.js'

export interface RoutingParts {
  readonly host: NeighborHost
  readonly resolver: Resolver | undefined
  /** Routes of this machine, for own routes. */
  readonly machine: MachineRoutes | undefined
  /** Seeds the hash tables: an unsigned 32-bit number that neighbors can't guess. */
  readonly seed: number
}

/** The routes of neighbors: in through the tables, out to kernel, other neighbors and events. */
export class Routing {
  readonly tables: Tables
  /** Routes that are there, when options have changed. */
  readonly reconsider: Reconsider
  /** What neighbors are sent. */
  readonly updateOut: UpdateOut
  readonly #host: NeighborHost
  readonly #own: OwnRoutes
  readonly #tracking: NextHopTracking
  /** What all neighbors share. */
  readonly #shared: NeighborRoutesParts
  readonly #neighbors = new Map<Peer, NeighborRoutes>()
  /** Neighbors by source index; 0 is the speaker itself. */
  readonly #sources: (NeighborRoutes | undefined)[] = [undefined]
  /** Sum of the tables' versions when neighbors were written to last. */
  #written = 0

  constructor({ host, resolver, machine, seed }: RoutingParts) {
    this.#host = host
    const { clock, log, events, work, tables, options } = host
    this.tables = tables
    this.#own = new OwnRoutes({
      ...{ clock, log, work, machine, options, ribs: tables.ribs() },
      decide: () => tables.decide(),
    })
    tables.follow({ batch: () => this.#own.follow(), decided: () => this.#decided() })
    this.#tracking = new NextHopTracking(
      tables.nextHops,
      resolver,
      () => this.reconsider.nextHops(),
      host.gatewayDead,
      new NextHopEvents(clock, events),
    )
    this.updateOut = new UpdateOut(clock, work, this.#tracking, tables, host.observers.sent, seed)
    const routeEvents = new RouteEvents(clock, events, (table, path) => this.#describe(table, path))
    for (const table of tables.ribs()) routeEvents.watch(table)
    tables.bus.listen((_rib, batch) => routeEvents.batch(batch))
    const { updateOut } = this
    this.#shared = {
      host,
      inbound: {
        ...{ clock, log, events, tables, options, tracking: this.#tracking },
        contexts: new DecodeContexts(),
        faults: new FaultReport(clock, log, events),
        limit: new PrefixLimit(log, events, host.overLimit),
        fields: new UpdateFields(),
        endOfRib: host.checkConvergence,
      },
      outbound: { updateOut, options, maintenance: host.maintenance },
      retention: {
        ...{ clock, log, events, tables, removals: new Removals(work), ended: host.ended },
        sessions: host.observers.sessions,
      },
    }
    this.reconsider = new Reconsider({
      ...{ tables, neighbors: this.#neighbors, updateOut, options },
      written: () => {
        this.#written = -1
      },
    })
  }

  /** Puts own routes into the tables. */
  start(): Promise<void> {
    return this.#own.start()
  }

  /** What the tables have of a neighbor; undefined after remove(). */
  of(peer: Peer): NeighborRoutes | undefined {
    return this.#neighbors.get(peer)
  }

  /** The options of own routes changed, or who the speaker is. */
  announceChanged(): void {
    if (this.#own.changed()) this.reconsider.own()
  }

  /**
   * A source of liveness calls a gateway dead, or none does any longer: paths through it are out of use, or can be
   * used again. The kernel hears of a death before the first path is decided anew.
   */
  gatewayChanged(gateway: string): void {
    const { tables } = this
    this.#tracking.gatewayChanged(gateway, (lost) => tables.bus.gatewaysLost(() => [lost]))
    tables.decide()
  }

  /** Why a next hop, by its id, can't be reached, for people; undefined when it can, or when nobody knows. */
  nextHopProblem(nextHop: number): string | undefined {
    return this.#tracking.problem(nextHop)
  }

  /** The neighbor with this source index. */
  bySource(source: number): NeighborRoutes | undefined {
    return this.#sources[source]
  }

  /** Makes room for a neighbor. @throws RangeError for a policy that is none */
  add(peer: Peer): void {
    let source = 1
    while (this.#sources[source] !== undefined) source++
    const routes = new NeighborRoutes(this.#shared, peer, source)
    this.#sources[source] = routes
    this.#neighbors.set(peer, routes)
    peer.routes = routes
  }

  /** Forgets a neighbor whose session has ended; paths that were kept for it go. */
  remove(peer: Peer): void {
    const routes = this.#neighbors.get(peer)
    if (routes === undefined) return
    routes.close()
    this.#neighbors.delete(peer)
    this.#sources[routes.source] = undefined
    peer.routes = undefined
  }

  /** What is held because of neighbors. */
  sizes(): SpeakerSizes {
    return { ...this.tables.sizes(), ...this.updateOut.sizes(), tasks: this.#host.work.size }
  }

  close(): void {
    this.#tracking.close()
    this.#own.close()
    for (const { retained } of this.#neighbors.values()) retained.graceful.close()
  }

  #decided(): void {
    let version = 0
    for (const rib of this.tables.ribs()) version += rib.revision
    if (version === this.#written) return
    this.#written = version
    this.updateOut.pumpAll()
  }

  #describe(rib: Rib, path: number): { neighbor: string; asPath: string } {
    const neighbor = this.#sources[rib.sourceOf(path)]?.peer.key ?? 'local'
    return { neighbor, asPath: asPathText(rib.attributes.get(rib.attributeOf(path)).asPath) }
  }
}
