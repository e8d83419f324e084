import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { Tables } from '../tables/tables.js'
import type { FamilyRoutes, NeighborRoutes } from './neighbor-routes.js'
import { lostGateways, type Removals } from './removals.js'

/** Carries out what the graceful-restart helper decides about the paths of neighbors. */
export class PathKeeper {
  readonly #tables: Tables
  readonly #removals: Removals
  readonly #log: Log
  readonly #clock: Clock

  constructor(tables: Tables, removals: Removals, log: Log, clock: Clock) {
    this.#clock = clock
    this.#tables = tables
    this.#removals = removals
    this.#log = log
  }

  /** Marks the paths of these families as stale and goes on using them. */
  keep(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    this.#say(routes, families, 'are kept as stale', reason, 'received')
    this.#each(routes, families, (family) => {
      this.#removals.finish(family)
      this.#tables.rib(family.family).markStale(routes.source)
    })
  }

  /** Removes all paths of these families. */
  drop(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    this.#say(routes, families, 'are removed', reason, 'received')
    this.#reportLost(routes, families)
    this.#each(routes, families, (family) => this.#removals.drop(routes, family))
  }

  /** Removes the paths of these families that are still stale. */
  sweep(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    this.#say(routes, families, 'that were stale are removed', reason, 'stale')
    if (routes.session === undefined) this.#reportLost(routes, families)
    this.#each(routes, families, (family) => this.#removals.sweep(routes, family))
  }

  /** Makes stale paths of these families the last choice. */
  depreference(routes: NeighborRoutes, families: readonly Family[], reason: string): void {
    this.#say(routes, families, 'are the last choice', reason, 'stale')
    this.#each(routes, families, (family) => this.#removals.depreference(routes, family, this.#clock.wall()))
  }

  #each(routes: NeighborRoutes, families: readonly Family[], act: (family: FamilyRoutes) => void): void {
    for (const family of routes.families.values()) {
      if (!families.includes(family.family)) continue
      if (this.#tables.rib(family.family).source(routes.source) !== undefined) act(family)
    }
  }

  /** The kernel hears of gateways without users before the routes themselves are worked on. */
  #reportLost(routes: NeighborRoutes, families: readonly Family[]): void {
    const { bus, nextHops } = this.#tables
    const lost = () => lostGateways(routes.source, families, (family) => this.#tables.rib(family), nextHops)
    bus.gatewaysLost(lost)
  }

  #say(
    routes: NeighborRoutes,
    families: readonly Family[],
    what: string,
    reason: string,
    count: 'received' | 'stale',
  ): void {
    const { peer } = routes
    let paths = 0
    for (const family of families) paths += this.#tables.rib(family).source(routes.source)?.[count] ?? 0
    if (paths === 0) return
    this.#log.info(
      { neighbor: peer.address, families, paths },
      `neighbor ${peer.name}: ${paths} paths (${families.join(', ')}) ${what}: ${reason}`,
    )
  }
}
