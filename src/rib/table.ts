/**
 * The routing table of one family: Adj-RIB-In of every source and Loc-RIB in one store.
 *
 * How the speaker drives it:
 *
 * 1. `setSource` when a neighbor is Established (again, with the new router id, after a restart).
 * 2. For each UPDATE: `withdraw` and `announce` with ranges of NLRI octets that the codec has checked. Nothing
 *    is decided yet; the prefixes concerned are marked dirty, each once.
 * 3. `decide(max)` when the turn has read what was there, and again while `pending` is not 0. It runs the
 *    decision process over dirty prefixes and hands one ChangeBatch to every subscriber (Adj-RIB-Out, FIB,
 *    events), then returns it. Within a subscriber `best`, `nextHopSet`, `first` and `next` show the new state;
 *    a prefix whose last path went is still known then, and afterwards only while somebody holds it.
 * 4. Session lost: `dropSource(source, budget)` until it returns true, or `markStale` (graceful restart, route
 *    refresh) and later `sweepStale` until true; `decide` between the slices. `soleGateways`, asked before
 *    dropping, says which gateways no other source uses.
 * 5. `nextHops.resolve` whenever the answer for a next hop may have changed; the next decide() re-evaluates the
 *    paths concerned.
 *
 * A prefix with one path costs a table row; one with hundreds is not walked: a new path is weighed against the
 * best one alone wherever MED can't make the order circular (decide.ts), and the path that an announcement
 * replaces is found by hash from INDEX_FROM paths on.
 */

import type { DecisionParameters } from './decision/decide.js'
import type { RibParts } from './reader.js'
import { growInt32 } from './store/columns.js'
import { PATH_MULTIPATH } from './store/paths.js'
import { PREFIX_DIRTY, PREFIX_SUPPRESSED, PREFIX_TOUCHED } from './store/prefix-rows.js'
import type { ChangeBatch } from './store/types.js'
import { RibWriter } from './writer.js'

export type { RibParts, RibTotals } from './reader.js'
export type { RouteFilter } from './writer.js'

/** The routing table of one family, as described at the head of this file. */
export class Rib extends RibWriter {
  /** Ascends by one with each decide() that changed something. */
  version = 0
  /** Ascends by one with each decide() that told subscribers of either kind something. */
  revision = 0
  readonly #subscribers: ((batch: ChangeBatch) => void)[] = []
  readonly #pathSubscribers: ((batch: ChangeBatch) => void)[] = []
  /** Prefixes of the running decide(), for who follows every path. */
  #decided = new Int32Array(0)
  #changed = new Int32Array(1024)
  /** Prefixes of the running decide() that have no path any more. */
  #empty = new Int32Array(64)
  #emptyCount = 0
  /** Next hops whose resolution changed since the last decide(). */
  readonly #moved = new Set<number>()
  /** Subscribers are hearing of a batch: its prefixes stay. */
  #deciding = false

  constructor(parts: RibParts, options: DecisionParameters) {
    super(parts, options)
    this.nextHops.onChange((id) => this.#moved.add(id))
  }

  /** Prefixes that wait for the decision; resolved next hops count as one. */
  get pending(): number {
    return this.dirty.length + (this.#moved.size > 0 ? 1 : 0)
  }

  /** Changes the options of the decision; every prefix is decided anew. */
  setOptions(options: DecisionParameters): void {
    this.decision.options = options
    for (let prefix = 0; prefix < this.prefixes.limit; prefix++) {
      if (this.count(prefix) > 0) this.dirty.addFull(prefix)
    }
  }

  /**
   * Runs the decision process for at most `max` dirty prefixes.
   * @returns the prefixes whose best path, multipath set, or attributes of these changed; valid until the next
   *   call
   */
  decide(max = Number.MAX_SAFE_INTEGER): ChangeBatch {
    this.#applyMoves()
    const rows = this.rows
    const due = Math.min(this.dirty.length, max)
    if (this.#changed.length < due) this.#changed = new Int32Array(Math.max(this.#changed.length * 2, due))
    const everyPath = this.everyPath
    if (everyPath && this.#decided.length < due) this.#decided = new Int32Array(this.#changed.length)
    let count = 0
    for (let i = 0; i < due; i++) {
      const prefix = this.dirty.shift()
      if (everyPath) this.#decided[i] = prefix
      if (this.selection.decide(prefix)) this.#changed[count++] = prefix
      if (rows.count[prefix] === 0) {
        if (this.#emptyCount === this.#empty.length)
          this.#empty = growInt32(this.#empty, this.#emptyCount * 2)
        this.#empty[this.#emptyCount++] = prefix
      }
    }
    if (count > 0) {
      this.version++
      for (let i = 0; i < count; i++) rows.version[this.#changed[i]] = this.version
    }
    this.#deciding = true
    const { family, version } = this
    const batch: ChangeBatch = { family, version, count, prefixes: this.#changed }
    if (count > 0 || (everyPath && due > 0)) this.revision++
    try {
      if (count > 0) for (const subscriber of this.#subscribers) subscriber(batch)
      if (everyPath && due > 0) {
        const decided = { family, version, count: due, prefixes: this.#decided }
        for (const subscriber of this.#pathSubscribers) subscriber(decided)
      }
    } finally {
      this.#deciding = false
    }
    for (let i = 0; i < this.#emptyCount; i++) this.#releaseIfUnused(this.#empty[i])
    this.#emptyCount = 0
    this.attributes.reclaim()
    return batch
  }

  /** Calls `subscriber` with each batch that is not empty. @returns unsubscribe */
  subscribe(subscriber: (batch: ChangeBatch) => void): () => void {
    this.#subscribers.push(subscriber)
    return () => {
      const index = this.#subscribers.indexOf(subscriber)
      if (index >= 0) this.#subscribers.splice(index, 1)
    }
  }

  /**
   * Says whether an own aggregate is announced instead of a prefix, until its last path goes. Adj-RIB-Outs look
   * when the prefix changes: who says it at another time has them reevaluate().
   */
  suppress(prefix: number, suppressed: boolean): void {
    this.rows.ensure(prefix)
    if (suppressed) this.rows.flags[prefix] |= PREFIX_SUPPRESSED
    else this.rows.flags[prefix] &= ~PREFIX_SUPPRESSED
  }

  /**
   * Calls `subscriber` with the prefixes of each decide() in which any path may have come, gone or changed,
   * whether it is used or not. @returns unsubscribe
   */
  subscribePaths(subscriber: (batch: ChangeBatch) => void): () => void {
    this.#pathSubscribers.push(subscriber)
    this.everyPath = true
    return () => {
      const index = this.#pathSubscribers.indexOf(subscriber)
      if (index >= 0) this.#pathSubscribers.splice(index, 1)
      this.everyPath = this.#pathSubscribers.length > 0
    }
  }

  /** Keeps a prefix id alive although its paths may go; undo with releasePrefix(). */
  retainPrefix(prefix: number): void {
    this.rows.ensure(prefix)
    this.rows.retained[prefix]++
  }

  releasePrefix(prefix: number): void {
    this.rows.retained[prefix]--
    if (!this.#deciding) this.#releaseIfUnused(prefix)
  }

  /** Marks the prefixes that have a path through a next hop that was resolved anew: one scan for all of them. */
  #applyMoves(): void {
    if (this.#moved.size === 0) return
    const moved = new Uint8Array(this.nextHops.size + 1)
    for (const nextHop of this.#moved) moved[nextHop] = 1
    this.#moved.clear()
    const paths = this.paths
    const nextHop = this.attributes.nextHop
    for (let path = 1; path < paths.limit; path++) {
      const attribute = paths.attrUse[path]
      if (attribute === 0 || moved[nextHop[attribute]] === 0) continue
      const prefix = paths.prefix[path]
      if ((paths.flags[path] & PATH_MULTIPATH) !== 0) this.rows.flags[prefix] |= PREFIX_TOUCHED
      this.dirty.addFull(prefix)
    }
  }

  #releaseIfUnused(prefix: number): void {
    const rows = this.rows
    if (rows.count[prefix] > 0 || rows.retained[prefix] > 0 || (rows.flags[prefix] & PREFIX_DIRTY) !== 0)
      return
    rows.flags[prefix] = 0
    rows.version[prefix] = 0
    this.prefixes.release(prefix)
  }
}
