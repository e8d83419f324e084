/**
 * Keeps each prefix's list of paths in the order that the decision gave it, and marks the best path and the
 * multipath set. New paths wait at the front of the list, marked NEW, until `decide` weighs them.
 *
 * Where comparing two paths is a total order (decide.ts: `flat`), the front of the list is ranked: its first
 * paths in order, up to a limit, and nothing behind them is better. A new path then costs a comparison with
 * the first and the last ranked one, rarely a place between; when a best path goes, the next is known. So a
 * thousand neighbors that come and go with the same thousand prefixes are not a million walks over a
 * thousand paths. Elsewhere every change looks at all paths of its prefix.
 */

import type { NextHopSets } from '../attributes/next-hop-sets.js'
import { insertOfPrefix, pushOfPrefix, unlinkOfPrefix } from '../store/path-lists.js'
import { PATH_BEST, PATH_MULTIPATH, PATH_NEW, PATH_RANKED, type PathStore } from '../store/paths.js'
import {
  PREFIX_DIRTY,
  PREFIX_FULL,
  PREFIX_REST,
  PREFIX_SAME_AS,
  PREFIX_SAME_MED,
  PREFIX_TOUCHED,
  type PrefixRows,
} from '../store/prefix-rows.js'
import { STEP_METRIC } from '../store/reasons.js'
import type { SourceTable } from '../store/sources.js'
import type { Decision } from './decide.js'

/** Ranked paths of a prefix, unless maximum-paths wants more. */
const RANKED = 128

/** What placing new paths did. */
const NOTHING = 0
const PLACED = 1
const START_OVER = 2

/** Keeps the order of each prefix's paths, as described at the head of this file. */
export class Selection {
  readonly #paths: PathStore
  readonly #rows: PrefixRows
  readonly #sources: SourceTable
  readonly #decision: Decision
  readonly #sets: NextHopSets
  readonly #rankedPaths: number
  /** New, or valid, paths of the prefix being decided. */
  #list = new Int32Array(64)
  /** Its former multipath set, or its gateways. */
  #former = new Int32Array(64)
  /** Its best paths in order. */
  #order = new Int32Array(RANKED)

  constructor(
    paths: PathStore,
    rows: PrefixRows,
    sources: SourceTable,
    decision: Decision,
    sets: NextHopSets,
    rankedPaths = RANKED,
  ) {
    this.#rankedPaths = rankedPaths
    this.#paths = paths
    this.#rows = rows
    this.#sources = sources
    this.#decision = decision
    this.#sets = sets
  }

  /**
   * Takes a path out of the prefix's list because it goes or changes.
   * @returns whether the prefix must be decided
   */
  detach(path: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const prefix = paths.prefix[path]
    const flags = paths.flags[path]
    if (rows.last[prefix] === path) rows.last[prefix] = paths.previousOfPrefix[path]
    unlinkOfPrefix(paths, rows, path)
    if ((flags & PATH_NEW) !== 0) return false
    if ((flags & PATH_RANKED) !== 0) {
      paths.flags[path] = flags & ~PATH_RANKED
      if (--rows.ranked[prefix] === 0) {
        rows.last[prefix] = 0
        if ((rows.flags[prefix] & PREFIX_REST) !== 0) rows.flags[prefix] |= PREFIX_FULL
      }
    }
    const chosen = (flags & PATH_MULTIPATH) !== 0
    if (chosen) {
      this.#unmark(path)
      rows.flags[prefix] |= PREFIX_TOUCHED
    }
    if (this.#flat(prefix)) return chosen
    // Without it, a path that its MED had eliminated may come back.
    rows.flags[prefix] |= PREFIX_FULL
    return true
  }

  /**
   * Runs the decision for a dirty prefix.
   * @returns whether the best path, the multipath set, or a path in it changed
   */
  decide(prefix: number): boolean {
    const rows = this.#rows
    const flags = rows.flags[prefix]
    rows.flags[prefix] = flags & ~(PREFIX_DIRTY | PREFIX_FULL | PREFIX_TOUCHED)
    let changed = (flags & PREFIX_TOUCHED) !== 0
    const placed = (flags & PREFIX_FULL) !== 0 ? START_OVER : this.#placeFresh(prefix)
    if (placed === START_OVER) changed = this.#startOver(prefix) || changed
    else if (placed === PLACED || changed) changed = this.#choose(prefix, placed) || changed
    if (changed) this.#finish(prefix)
    return changed
  }

  /** Whether comparing two paths is a total order. */
  #flat(prefix: number): boolean {
    return (
      (this.#rows.flags[prefix] & (PREFIX_SAME_MED | PREFIX_SAME_AS)) !== 0 ||
      this.#decision.options.alwaysCompareMed
    )
  }

  /** Puts the new paths where they belong. */
  #placeFresh(prefix: number): number {
    const paths = this.#paths
    const rows = this.#rows
    let count = 0
    let path = rows.head[prefix]
    for (; path !== 0 && (paths.flags[path] & PATH_NEW) !== 0; path = paths.nextOfPrefix[path]) {
      if (count === this.#list.length) this.#list = longer(this.#list)
      this.#list[count++] = path
    }
    if (count > 0 && rows.multipath[prefix] > 0 && !this.#flat(prefix)) return START_OVER
    rows.head[prefix] = path
    if (path !== 0) paths.previousOfPrefix[path] = 0
    let result = NOTHING
    // Oldest first, as they came.
    for (let i = count - 1; i >= 0; i--) {
      const fresh = this.#list[i]
      paths.flags[fresh] &= ~PATH_NEW
      const placed = this.#decision.valid(fresh) ? this.#place(prefix, fresh) : this.#putBehind(prefix, fresh)
      if (placed === START_OVER) {
        while (--i >= 0) pushOfPrefix(paths, rows, this.#list[i])
        return START_OVER
      }
      if (placed === PLACED) result = PLACED
    }
    return result
  }

  /** Puts one valid path where it belongs. */
  #place(prefix: number, path: number): number {
    const paths = this.#paths
    const rows = this.#rows
    const decision = this.#decision
    const best = rows.head[prefix]
    const last = rows.last[prefix]
    if (last === 0) {
      // No valid path yet.
      pushOfPrefix(paths, rows, path)
      rows.last[prefix] = path
      rows.flags[prefix] = (rows.flags[prefix] & ~PREFIX_REST) | PREFIX_SAME_MED | PREFIX_SAME_AS
    } else if (!this.#keepsFlat(prefix, path)) {
      pushOfPrefix(paths, rows, path)
      return START_OVER
    } else if (decision.compare(path, best) < 0) pushOfPrefix(paths, rows, path)
    else if (decision.compare(path, last) > 0) {
      const closed = (rows.flags[prefix] & PREFIX_REST) !== 0 || rows.ranked[prefix] >= this.#limit()
      insertOfPrefix(paths, path, last)
      if (closed) {
        rows.flags[prefix] |= PREFIX_REST
        return this.#joins(prefix, path) ? START_OVER : NOTHING
      }
      rows.last[prefix] = path
    } else {
      let before = paths.previousOfPrefix[last]
      while (decision.compare(path, before) < 0) before = paths.previousOfPrefix[before]
      insertOfPrefix(paths, path, before)
    }
    paths.flags[path] |= PATH_RANKED
    rows.ranked[prefix]++
    if (rows.ranked[prefix] <= this.#limit()) return PLACED
    return this.#joins(prefix, this.#dropLast(prefix)) ? START_OVER : PLACED
  }

  /** Puts a path that takes no part behind the ranked ones. */
  #putBehind(prefix: number, path: number): number {
    const last = this.#rows.last[prefix]
    if (last === 0) pushOfPrefix(this.#paths, this.#rows, path)
    else insertOfPrefix(this.#paths, path, last)
    return NOTHING
  }

  /** Makes the last ranked path the first behind. @returns it */
  #dropLast(prefix: number): number {
    const rows = this.#rows
    const last = rows.last[prefix]
    this.#paths.flags[last] &= ~PATH_RANKED
    rows.last[prefix] = this.#paths.previousOfPrefix[last]
    rows.ranked[prefix]--
    rows.flags[prefix] |= PREFIX_REST
    return last
  }

  #limit(): number {
    const { maximumPathsEbgp, maximumPathsIbgp } = this.#decision.options
    return Math.max(this.#rankedPaths, maximumPathsEbgp, maximumPathsIbgp)
  }

  /** Updates the marks for one more valid path. @returns whether comparing two paths is still enough */
  #keepsFlat(prefix: number, path: number): boolean {
    const flags = this.#rows.flags
    const best = this.#rows.head[prefix]
    if (this.#decision.med(path) !== this.#decision.med(best)) flags[prefix] &= ~PREFIX_SAME_MED
    if (this.#decision.neighborAs(path) !== this.#decision.neighborAs(best)) flags[prefix] &= ~PREFIX_SAME_AS
    return this.#flat(prefix)
  }

  /**
   * Whether a path behind the ranked ones may change the multipath set: it brings a gateway that the set lacks
   * and has room for, or it is better than a member that stands behind too.
   */
  #joins(prefix: number, path: number): boolean {
    const { flags, nextOfPrefix } = this.#paths
    const decision = this.#decision
    const best = this.#rows.head[prefix]
    const gateway = decision.gateway(path)
    let known = false
    let left = this.#rows.marked[prefix]
    for (let at = best; left > 0; at = nextOfPrefix[at]) {
      if ((flags[at] & PATH_MULTIPATH) === 0) continue
      if ((flags[at] & PATH_RANKED) === 0 && decision.compare(path, at) < 0) return true
      if (gateway !== 0 && decision.gateway(at) === gateway) known = true
      left--
    }
    if (known || this.#rows.multipath[prefix] >= decision.maximumPaths(best)) return false
    decision.compare(path, best)
    return decision.step > STEP_METRIC && decision.samePath(path, best)
  }

  /**
   * Takes the multipath set from the ranked paths.
   * @param placed what happened since it was taken last
   * @returns whether it changed
   */
  #choose(prefix: number, placed: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const decision = this.#decision
    const best = rows.head[prefix]
    if (rows.ranked[prefix] === 0) return this.#mark(prefix, 0)
    const maximum = decision.maximumPaths(best)
    if (decision.ranked.length < maximum) decision.ranked = new Int32Array(maximum)
    decision.ranked[0] = best
    let length = 1
    let path = paths.nextOfPrefix[best]
    let left = rows.ranked[prefix] - 1
    for (; left > 0 && length < maximum; left--, path = paths.nextOfPrefix[path]) {
      decision.compare(best, path)
      if (decision.step <= STEP_METRIC) break
      if (decision.samePath(path, best) && this.#isNewGateway(path, length)) decision.ranked[length++] = path
    }
    // Equal paths may go on behind the ranked ones.
    const open = left === 0 && length < maximum && (rows.flags[prefix] & PREFIX_REST) !== 0
    if (open && placed !== START_OVER) {
      if (!this.#isWhole(prefix, length, placed === PLACED)) return this.#startOver(prefix)
    } else if (open) {
      length = decision.select(best)
      this.#keepNear(prefix, length)
    }
    return this.#mark(prefix, length)
  }

  /**
   * Whether the set found among the ranked paths is all there is, because no path behind can have a gateway
   * that the former set lacked: true when that one was of the same kind and each of its gateways is here.
   */
  #isWhole(prefix: number, length: number, placed: boolean): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const decision = this.#decision
    const best = decision.ranked[0]
    let left = rows.marked[prefix]
    const lost = left < rows.multipath[prefix]
    if (left === 0 || (lost && (placed || length < rows.multipath[prefix]))) return false
    let sameKind = false
    for (let path = best; left > 0; path = paths.nextOfPrefix[path]) {
      if ((paths.flags[path] & PATH_MULTIPATH) === 0) continue
      left--
      if (!sameKind) {
        if (path !== best) decision.compare(best, path)
        sameKind = path === best || (decision.step > STEP_METRIC && decision.samePath(best, path))
        if (!sameKind) return false
      }
      if (this.#isNewGateway(path, length)) return false
    }
    return true
  }

  /** Moves multipaths from far behind to right behind the ranked paths, so that walks stay short. */
  #keepNear(prefix: number, length: number): void {
    for (let i = 0; i < length; i++) {
      const path = this.#decision.ranked[i]
      if ((this.#paths.flags[path] & PATH_RANKED) !== 0) continue
      unlinkOfPrefix(this.#paths, this.#rows, path)
      insertOfPrefix(this.#paths, path, this.#rows.last[prefix])
    }
  }

  #isNewGateway(path: number, length: number): boolean {
    const decision = this.#decision
    const gateway = decision.gateway(path)
    if (gateway === 0) return true
    for (let i = 0; i < length; i++) if (decision.gateway(decision.ranked[i]) === gateway) return false
    return true
  }

  /** Full decision over the prefix's list. @returns whether the multipath set changed */
  #startOver(prefix: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const decision = this.#decision
    const count = this.#survey(prefix)
    rows.ranked[prefix] = 0
    rows.last[prefix] = 0
    if (count === 0) return this.#mark(prefix, 0)
    if (!this.#flat(prefix)) {
      const length = decision.select(rows.head[prefix])
      for (let i = length - 1; i >= 0; i--) this.#toFront(decision.ranked[i])
      return this.#mark(prefix, length)
    }
    const ranked = this.#sort(count)
    for (let i = ranked - 1; i >= 0; i--) {
      this.#toFront(this.#order[i])
      paths.flags[this.#order[i]] |= PATH_RANKED
    }
    rows.ranked[prefix] = ranked
    rows.last[prefix] = this.#order[ranked - 1]
    if (count > ranked) rows.flags[prefix] |= PREFIX_REST
    return this.#choose(prefix, START_OVER)
  }

  /** Collects the valid paths into #list and sets the marks of the prefix. @returns how many there are */
  #survey(prefix: number): number {
    const paths = this.#paths
    const decision = this.#decision
    let count = 0
    let med = 0
    let neighbor = 0
    let marks = PREFIX_SAME_MED | PREFIX_SAME_AS
    for (let path = this.#rows.head[prefix]; path !== 0; path = paths.nextOfPrefix[path]) {
      paths.flags[path] &= ~(PATH_NEW | PATH_RANKED)
      if (!decision.valid(path)) continue
      if (count === 0) {
        med = decision.med(path)
        neighbor = decision.neighborAs(path)
      } else {
        if (decision.med(path) !== med) marks &= ~PREFIX_SAME_MED
        if (decision.neighborAs(path) !== neighbor) marks &= ~PREFIX_SAME_AS
      }
      if (count === this.#list.length) this.#list = longer(this.#list)
      this.#list[count++] = path
    }
    const flags = this.#rows.flags[prefix] & ~(PREFIX_SAME_MED | PREFIX_SAME_AS | PREFIX_REST)
    this.#rows.flags[prefix] = flags | marks
    return count
  }

  /** Puts the best of the first `count` paths of #list into #order. @returns how many, up to the limit */
  #sort(count: number): number {
    const decision = this.#decision
    const limit = this.#limit()
    if (this.#order.length < limit) this.#order = new Int32Array(limit)
    const order = this.#order
    let length = 0
    for (let i = 0; i < count; i++) {
      const path = this.#list[i]
      if (length === limit && decision.compare(path, order[length - 1]) > 0) continue
      let low = 0
      let high = length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (decision.compare(path, order[middle]) < 0) high = middle
        else low = middle + 1
      }
      if (length < limit) length++
      order.copyWithin(low + 1, low, length - 1)
      order[low] = path
    }
    return length
  }

  #toFront(path: number): void {
    if (this.#rows.head[this.#paths.prefix[path]] === path) return
    unlinkOfPrefix(this.#paths, this.#rows, path)
    pushOfPrefix(this.#paths, this.#rows, path)
  }

  /** Makes the first `length` paths of decision.ranked the multipath set. @returns whether the set changed */
  #mark(prefix: number, length: number): boolean {
    const paths = this.#paths
    const rows = this.#rows
    const ranked = this.#decision.ranked
    let former = 0
    const marked = rows.marked[prefix]
    if (marked > this.#former.length) this.#former = new Int32Array(marked * 2)
    for (let path = rows.head[prefix]; former < marked; path = paths.nextOfPrefix[path]) {
      if ((paths.flags[path] & PATH_MULTIPATH) !== 0) this.#former[former++] = path
    }
    rows.multipath[prefix] = length
    let same = former === length && (length === 0 || (paths.flags[ranked[0]] & PATH_BEST) !== 0)
    for (let i = 0; same && i < length; i++) same = this.#former[i] === ranked[i]
    if (same) return false
    for (let i = 0; i < former; i++) this.#unmark(this.#former[i])
    for (let i = 0; i < length; i++) {
      paths.flags[ranked[i]] |= PATH_MULTIPATH
      this.#sources.get(paths.source[ranked[i]])!.multipath++
    }
    rows.marked[prefix] = length
    return true
  }

  #unmark(path: number): void {
    const flags = this.#paths.flags[path]
    const source = this.#sources.get(this.#paths.source[path])!
    source.multipath--
    if ((flags & PATH_BEST) !== 0) source.best--
    this.#paths.flags[path] = flags & ~(PATH_MULTIPATH | PATH_BEST)
    this.#rows.marked[this.#paths.prefix[path]]--
  }

  /** Marks the best path and brings the next-hop set up to date. */
  #finish(prefix: number): void {
    const paths = this.#paths
    const rows = this.#rows
    const length = rows.marked[prefix]
    const best = rows.head[prefix]
    if (length > 0 && (paths.flags[best] & PATH_BEST) === 0) {
      paths.flags[best] |= PATH_BEST
      this.#sources.get(paths.source[best])!.best++
    }
    if (length > this.#former.length) this.#former = new Int32Array(length * 2)
    let path = best
    for (let i = 0; i < length; path = paths.nextOfPrefix[path]) {
      if ((paths.flags[path] & PATH_MULTIPATH) === 0) continue
      this.#former[i++] = this.#decision.gateway(path)
    }
    const former = rows.nextHopSet[prefix]
    rows.nextHopSet[prefix] = this.#sets.acquire(this.#former, length)
    this.#sets.release(former)
  }
}

function longer(list: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(list.length * 2)
  grown.set(list)
  return grown
}
