/** Carries out what the graceful-restart helper decides about the paths of one neighbor, and says so in the log. */

import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { RetentionChange } from '../../ports/observer.js'
import type { Events } from '../events/events.js'
import type { SessionWatch } from '../observers/sessions.js'
import type { Peer } from '../peer/peer.js'
import type { Tables } from '../tables/tables.js'
import type { RestartActions } from './graceful.js'
import { type FamilyRemoval, lostGateways, type Removals } from './removals.js'

/** What the retention sides of all neighbors share. */
export interface RetentionParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  readonly tables: Tables
  readonly removals: Removals
  readonly sessions: SessionWatch
  /** What was kept for a neighbor that did not come back is gone. */
  ended(peer: Peer): void
}

/** The paths of one neighbor that outlive what announced them: a session, or a refresh. */
export class PathKeeper implements RestartActions {
  /** A session is up: gateways have users, whatever is removed. */
  connected = false
  readonly #parts: RetentionParts
  readonly #peer: Peer
  readonly #source: number
  readonly #families: readonly FamilyRemoval[]

  /** @param source the neighbor's index as a source of paths */
  constructor(parts: RetentionParts, peer: Peer, source: number) {
    this.#parts = parts
    this.#peer = peer
    this.#source = source
    this.#families = peer.options.families.map(({ family }) => ({
      family,
      rib: parts.tables.rib(family),
      removal: undefined,
    }))
  }

  /** Marks the paths of these families as stale and goes on using them. */
  keep(families: readonly Family[], reason: string, ms: number): void {
    this.#say(families, 'stale', reason, ms)
    this.#each(families, (family) => {
      this.#parts.removals.finish(family)
      family.rib.markStale(this.#source)
    })
  }

  /** A refresh begins: the paths of a family are stale until they come again (RFC 7313 §4). */
  mark(family: Family): void {
    this.#tell([family], 'stale', 'all routes are being sent again')
    this.#parts.tables.rib(family).markStale(this.#source)
  }

  /** Removes all paths of these families. */
  drop(families: readonly Family[], reason: string): void {
    this.#say(families, 'removed', reason)
    this.#reportLost(families)
    this.#each(families, (family) => this.#parts.removals.drop(this.#source, family))
  }

  /** Removes the paths of these families that are still stale. */
  sweep(families: readonly Family[], reason: string): void {
    this.#say(families, 'swept', reason)
    if (!this.connected) this.#reportLost(families)
    this.#each(families, (family) => this.#parts.removals.sweep(this.#source, family))
  }

  /** Makes stale paths of these families the last choice. */
  depreference(families: readonly Family[], reason: string, ms: number): void {
    this.#say(families, 'long-lived', reason, ms)
    const { removals, clock } = this.#parts
    this.#each(families, (family) => removals.depreference(this.#source, family, clock.wall()))
  }

  /** What a timer of the helper caused is done. */
  decide(): void {
    this.#parts.tables.decide()
    this.#parts.ended(this.#peer)
  }

  /** Brings removals under way to their end: new paths are about to come, or the neighbor is forgotten. */
  finish(): void {
    for (const family of this.#families) this.#parts.removals.finish(family)
  }

  #each(families: readonly Family[], act: (family: FamilyRemoval) => void): void {
    for (const family of this.#families) {
      if (families.includes(family.family) && family.rib.source(this.#source) !== undefined) act(family)
    }
  }

  /** The kernel hears of gateways without users before the routes themselves are worked on. */
  #reportLost(families: readonly Family[]): void {
    const { tables } = this.#parts
    const { bus, nextHops } = tables
    bus.gatewaysLost(() => lostGateways(this.#source, families, (family) => tables.rib(family), nextHops))
  }

  /** @param ms until something else becomes of the paths, as far as anything will */
  #say(
    families: readonly Family[],
    what: RetentionChange['what'],
    reason: string,
    ms = Number.POSITIVE_INFINITY,
  ): void {
    const paths = this.#tell(families, what, reason)
    if (paths === 0) return
    const peer = this.#peer
    const { clock, log, events } = this.#parts
    const until = Number.isFinite(ms) ? { until: new Date(clock.wall() + ms).toISOString() } : {}
    const change = CHANGES[what]
    events.add({ type: 'retention', neighbor: peer.key, families, change, paths, reason, ...until })
    log.info(
      { neighbor: peer.key, families, paths },
      `neighbor ${peer.name}: ${paths} paths (${families.join(', ')}) ${SAID[what]}: ${reason}`,
    )
  }

  /** @returns how many paths that concerns; of none observers hear nothing */
  #tell(families: readonly Family[], what: RetentionChange['what'], reason: string): number {
    const count = what === 'stale' || what === 'removed' ? 'received' : 'stale'
    let paths = 0
    for (const family of families) paths += this.#parts.tables.rib(family).source(this.#source)?.[count] ?? 0
    if (paths === 0) return 0
    const told = { families, what, paths, reason }
    this.#parts.sessions.retention(() => ({ neighbor: this.#peer.observed, ...told }))
    return paths
  }
}

const CHANGES = {
  stale: 'kept',
  removed: 'removed',
  swept: 'removed',
  'long-lived': 'last-choice',
} as const satisfies Record<RetentionChange['what'], string>

const SAID: Record<RetentionChange['what'], string> = {
  stale: 'are kept as stale',
  removed: 'are removed',
  swept: 'that were stale are removed',
  'long-lived': 'are the last choice',
}
