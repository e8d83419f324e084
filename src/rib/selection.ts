/**
 * Keeps each prefix's list of paths in the order that the decision gave it: the multipath set first, best
 * path at the head, the rest behind. New paths wait at the front, marked NEW, until `settle` weighs them.
 */
import type { Decision } from './decide.js'
import type { GatewaySets } from './next-hop-sets.js'
import { insertOfPrefix, pushOfPrefix, unlinkOfPrefix } from './path-lists.js'
import { PATH_BEST, PATH_MULTIPATH, PATH_NEW, type PathStore } from './paths.js'
import {
  PREFIX_CAPPED,
  PREFIX_DIRTY,
  PREFIX_FULL,
  PREFIX_SAME_AS,
  PREFIX_SAME_MED,
  PREFIX_TOUCHED,
  type PrefixRows,
} from './prefix-rows.js'
import { STEP_METRIC } from './reasons.js'
import type { SourceTable } from './sources.js'

export class Selection {
  readonly #paths: PathStore
  readonly #rows: PrefixRows
  readonly #sources: SourceTable
  readonly #decision: Decision
  readonly #sets: GatewaySets
  /** NEW paths of the prefix being settled. */
  #fresh = new Int32Array(64)
  /** Gateways, or the former multipath set, of the prefix being settled. */
  #scratch = new Int32Array(64)

  constructor(
    paths: PathStore,
    rows: PrefixRows,
    sources: SourceTable,
    decision: Decision,
    sets: GatewaySets,
  ) {
    this.#paths = paths
    this.#rows = rows
    this.#sources = sources
    this.#decision = decision
    this.#sets = sets
  }

  /**
   * Takes a path out of the prefix's list because it goes or changes.
   * @returns whether the prefix must be settled
   */
  detach(path: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const prefix = paths.prefix[path]
    const flags = paths.flags[path]
    unlinkOfPrefix(paths, rows, path)
    if ((flags & PATH_NEW) !== 0) return false
    if ((flags & PATH_MULTIPATH) !== 0) {
      this.#unmark(path)
      const left = --rows.multipath[prefix]
      rows.flags[prefix] |= PREFIX_TOUCHED
      if (left === 0 || (rows.flags[prefix] & PREFIX_CAPPED) !== 0) rows.flags[prefix] |= PREFIX_FULL
      else if (!this.#flat(prefix)) rows.flags[prefix] |= PREFIX_FULL
      return true
    }
    if (this.#flat(prefix)) return false
    // Without it, a path that its MED had eliminated may come back.
    rows.flags[prefix] |= PREFIX_FULL
    return true
  }

  /**
   * Runs the decision for a dirty prefix.
   * @returns whether the best path, the multipath set, or a path in it changed
   */
  settle(prefix: number): boolean {
    const rows = this.#rows
    const flags = rows.flags[prefix]
    rows.flags[prefix] = flags & ~(PREFIX_DIRTY | PREFIX_FULL | PREFIX_TOUCHED)
    let changed = (flags & PREFIX_TOUCHED) !== 0
    if ((flags & PREFIX_FULL) !== 0) changed = this.#selectAll(prefix) || changed
    else changed = this.#placeFresh(prefix) || changed
    if (changed) this.#finish(prefix)
    return changed
  }

  /** Whether comparing two paths is enough (decide.ts). */
  #flat(prefix: number): boolean {
    return (
      (this.#rows.flags[prefix] & (PREFIX_SAME_MED | PREFIX_SAME_AS)) !== 0 ||
      this.#decision.options.alwaysCompareMed
    )
  }

  #placeFresh(prefix: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    let count = 0
    let path = rows.head[prefix]
    while (path !== 0 && (paths.flags[path] & PATH_NEW) !== 0) {
      if (count === this.#fresh.length) {
        const fresh = new Int32Array(count * 2)
        fresh.set(this.#fresh)
        this.#fresh = fresh
      }
      this.#fresh[count++] = path
      path = paths.nextOfPrefix[path]
    }
    rows.head[prefix] = path
    if (path !== 0) paths.previousOfPrefix[path] = 0
    let changed = false
    // Oldest first, as they came.
    for (let i = count - 1; i >= 0; i--) {
      const fresh = this.#fresh[i]
      if (!this.#decision.valid(fresh)) this.#putLast(prefix, fresh)
      else if (rows.multipath[prefix] === 0) {
        this.#first(prefix, fresh)
        changed = true
      } else if (this.#keepsFlat(prefix, fresh)) changed = this.#place(prefix, fresh) || changed
      else {
        for (; i >= 0; i--) pushOfPrefix(paths, rows, this.#fresh[i])
        return this.#selectAll(prefix) || changed
      }
    }
    return changed
  }

  /** Updates the marks for one more valid path. @returns whether comparing two paths is still enough */
  #keepsFlat(prefix: number, path: number): boolean {
    const flags = this.#rows.flags
    const best = this.#rows.head[prefix]
    if (this.#decision.med(path) !== this.#decision.med(best)) flags[prefix] &= ~PREFIX_SAME_MED
    if (this.#decision.neighborAs(path) !== this.#decision.neighborAs(best)) flags[prefix] &= ~PREFIX_SAME_AS
    return this.#flat(prefix)
  }

  /** The only valid path so far. */
  #first(prefix: number, path: number): void {
    const rows = this.#rows
    pushOfPrefix(this.#paths, rows, path)
    this.#paths.flags[path] = PATH_MULTIPATH
    this.#sources.get(this.#paths.source[path])!.multipath++
    rows.multipath[prefix] = 1
    rows.flags[prefix] = (rows.flags[prefix] & ~PREFIX_CAPPED) | PREFIX_SAME_MED | PREFIX_SAME_AS
  }

  /** Weighs one new valid path against the best. @returns whether the multipath set changed */
  #place(prefix: number, path: number): boolean {
    const rows = this.#rows
    const decision = this.#decision
    const best = rows.head[prefix]
    const order = decision.compare(path, best)
    if (decision.step <= STEP_METRIC) {
      if (order > 0) {
        this.#putLast(prefix, path)
        return false
      }
      decision.ranked[0] = path
      this.#rank(prefix, 1, path)
      rows.flags[prefix] &= ~PREFIX_CAPPED
      return true
    }
    const maximum = decision.maximumPaths(best)
    if (maximum <= 1 || !decision.samePath(path, best)) {
      if (order > 0) {
        rows.flags[prefix] |= PREFIX_CAPPED
        this.#putLast(prefix, path)
        return false
      }
      pushOfPrefix(this.#paths, rows, path)
      return this.#selectAll(prefix)
    }
    if (decision.ranked.length < maximum) decision.ranked = new Int32Array(maximum)
    const length = rows.multipath[prefix]
    let member = best
    for (let i = 0; i < length; i++) {
      decision.ranked[i] = member
      member = this.#paths.nextOfPrefix[member]
    }
    const grown = decision.insertRanked(path, length, maximum)
    if (grown === length) rows.flags[prefix] |= PREFIX_CAPPED
    for (let i = 0; i < grown; i++) {
      if (decision.ranked[i] !== path) continue
      this.#rank(prefix, grown, path)
      return true
    }
    this.#putLast(prefix, path)
    return false
  }

  /** Full decision over the prefix's list. @returns whether the multipath set changed */
  #selectAll(prefix: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const decision = this.#decision
    const length = decision.select(rows.head[prefix])
    const flags = rows.flags[prefix] & ~(PREFIX_CAPPED | PREFIX_SAME_MED | PREFIX_SAME_AS)
    rows.flags[prefix] =
      flags |
      (decision.capped ? PREFIX_CAPPED : 0) |
      (decision.sameMed ? PREFIX_SAME_MED : 0) |
      (decision.sameAs ? PREFIX_SAME_AS : 0)
    for (let path = rows.head[prefix]; path !== 0; path = paths.nextOfPrefix[path]) {
      paths.flags[path] &= ~PATH_NEW
    }
    return this.#rank(prefix, length, 0)
  }

  /**
   * Makes the first `length` paths of decision.ranked the multipath set.
   * @param unlinked one of them that is not in the list yet, or 0
   * @returns whether the set or its order changed
   */
  #rank(prefix: number, length: number, unlinked: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const ranked = this.#decision.ranked
    // The former set: marked paths, wherever they stand.
    let former = 0
    const had = rows.multipath[prefix]
    if (had > this.#scratch.length) this.#scratch = new Int32Array(had * 2)
    for (let path = rows.head[prefix]; former < had; path = paths.nextOfPrefix[path]) {
      if ((paths.flags[path] & PATH_MULTIPATH) !== 0) this.#scratch[former++] = path
    }
    let same = former === length && unlinked === 0
    for (let i = 0; same && i < length; i++) same = this.#scratch[i] === ranked[i]
    for (let i = 0; i < former; i++) this.#unmark(this.#scratch[i])
    if (unlinked !== 0) pushOfPrefix(paths, rows, unlinked)
    for (let i = length - 1; i >= 0; i--) {
      const path = ranked[i]
      if (rows.head[prefix] !== path) {
        unlinkOfPrefix(paths, rows, path)
        pushOfPrefix(paths, rows, path)
      }
      paths.flags[path] = (paths.flags[path] & ~PATH_NEW) | PATH_MULTIPATH
      this.#sources.get(paths.source[path])!.multipath++
    }
    rows.multipath[prefix] = length
    if (length > 0) this.#markBest(rows.head[prefix])
    return !same
  }

  /** Puts a settled path behind the multipath set. */
  #putLast(prefix: number, path: number): void {
    const paths = this.#paths
    const rows = this.#rows
    paths.flags[path] &= ~PATH_NEW
    const length = rows.multipath[prefix]
    if (length === 0) {
      pushOfPrefix(paths, rows, path)
      return
    }
    let last = rows.head[prefix]
    for (let i = 1; i < length; i++) last = paths.nextOfPrefix[last]
    insertOfPrefix(paths, path, last)
  }

  #unmark(path: number): void {
    const flags = this.#paths.flags[path]
    const source = this.#sources.get(this.#paths.source[path])!
    if ((flags & PATH_MULTIPATH) !== 0) source.multipath--
    if ((flags & PATH_BEST) !== 0) source.best--
    this.#paths.flags[path] = flags & ~(PATH_MULTIPATH | PATH_BEST)
  }

  #markBest(path: number): void {
    if ((this.#paths.flags[path] & PATH_BEST) !== 0) return
    this.#paths.flags[path] |= PATH_BEST
    this.#sources.get(this.#paths.source[path])!.best++
  }

  /** Marks the best path and brings the gateway set up to date. */
  #finish(prefix: number): void {
    const paths = this.#paths
    const rows = this.#rows
    const length = rows.multipath[prefix]
    if (length > 0) this.#markBest(rows.head[prefix])
    if (length > this.#scratch.length) this.#scratch = new Int32Array(length * 2)
    let path = rows.head[prefix]
    for (let i = 0; i < length; i++) {
      this.#scratch[i] = this.#decision.gateway(path)
      path = paths.nextOfPrefix[path]
    }
    const former = rows.gatewaySet[prefix]
    rows.gatewaySet[prefix] = this.#sets.acquire(this.#scratch, length)
    this.#sets.release(former)
  }
}
