/**
 * The paths of one prefix in the order of the decision, one after the other: the best, the best of the others,
 * and so on (RFC 4271 §9.1.2.2 over and over). The front of the table's list is in that order already
 * (selection.ts); only who asks for more, or where MED makes no total order, pays for working it out.
 */

import { PATH_NEW, PATH_RANKED, type PathStore } from '../store/paths.js'
import type { PrefixRows } from '../store/prefix-rows.js'
import { STEP_MED } from '../store/reasons.js'
import type { Decision } from './decide.js'

/** An iteration over a prefix's valid paths; one object, started anew for each prefix. */
export class PathOrder {
  readonly #paths: PathStore
  readonly #rows: PrefixRows
  readonly #decision: Decision
  /** Next of the list's front; 0 when that has been handed out. */
  #front = 0
  /** Whether what is behind the front has been collected. */
  #collected = false
  /** Paths not handed out, `#left` of them; in reverse order when #sorted. */
  #rest = new Int32Array(16)
  #left = 0
  #sorted = false
  /** Where the front of the list ends. */
  #head = 0
  readonly #survivors: number[] = []

  constructor(paths: PathStore, rows: PrefixRows, decision: Decision) {
    this.#paths = paths
    this.#rows = rows
    this.#decision = decision
  }

  /** Begins with a prefix; the table must not change until its last next(). */
  start(prefix: number): this {
    this.#head = prefix < this.#rows.capacity ? this.#rows.head[prefix] : 0
    // Paths that wait for the decision have no place yet: the order is worked out with them.
    const waits = this.#head !== 0 && (this.#paths.flags[this.#head] & PATH_NEW) !== 0
    this.#front = waits ? 0 : this.#ranked(this.#head)
    this.#collected = false
    return this
  }

  /** The next path, 0 behind the last. */
  next(): number {
    const path = this.#front
    if (path !== 0) {
      this.#front = this.#ranked(this.#paths.nextOfPrefix[path])
      if (this.#front === 0) this.#head = this.#paths.nextOfPrefix[path]
      return path
    }
    if (!this.#collected) this.#collect()
    if (this.#left === 0) return 0
    return this.#sorted ? this.#rest[--this.#left] : this.#takeBest()
  }

  #ranked(path: number): number {
    return path !== 0 && (this.#paths.flags[path] & PATH_RANKED) !== 0 ? path : 0
  }

  /** Collects the valid paths from #head on, sorted where that is possible. */
  #collect(): void {
    const { nextOfPrefix } = this.#paths
    const decision = this.#decision
    this.#collected = true
    this.#left = 0
    let first = 0
    let sameMed = true
    let sameAs = true
    for (let path = this.#head; path !== 0; path = nextOfPrefix[path]) {
      if (!decision.valid(path)) continue
      if (first === 0) first = path
      if (decision.med(path) !== decision.med(first)) sameMed = false
      if (decision.neighborAs(path) !== decision.neighborAs(first)) sameAs = false
      if (this.#left === this.#rest.length) {
        const grown = new Int32Array(this.#left * 2)
        grown.set(this.#rest)
        this.#rest = grown
      }
      this.#rest[this.#left++] = path
    }
    // As the table's own marks say it, which do not know of paths that wait.
    this.#sorted = decision.options.alwaysCompareMed || sameMed || sameAs
    if (this.#sorted) this.#rest.subarray(0, this.#left).sort((a, b) => decision.compare(b, a))
  }

  /** Takes out what the stages of elimination leave (decide.ts). */
  #takeBest(): number {
    const decision = this.#decision
    const survivors = this.#survivors
    survivors.length = 0
    for (let i = 0; i < this.#left; i++) {
      const path = this.#rest[i]
      if (survivors.length > 0) {
        const order = decision.compare(path, survivors[0])
        if (decision.step < STEP_MED) {
          if (order > 0) continue
          survivors.length = 0
        }
      }
      survivors.push(path)
    }
    const lowest = new Map<number, number>()
    for (const path of survivors) {
      const as = decision.neighborAs(path)
      lowest.set(as, Math.min(lowest.get(as) ?? Number.POSITIVE_INFINITY, decision.med(path)))
    }
    let best = 0
    for (const path of survivors) {
      if (decision.med(path) !== lowest.get(decision.neighborAs(path))) continue
      // What is left of one AS has one MED: the rest of the steps is a total order.
      if (best === 0 || decision.compare(path, best) < 0) best = path
    }
    for (let i = 0; i < this.#left; i++) {
      if (this.#rest[i] !== best) continue
      this.#rest[i] = this.#rest[--this.#left]
      break
    }
    return best
  }
}
