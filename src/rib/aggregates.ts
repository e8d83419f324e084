/**
 * Own aggregates of one table: which of them have a more specific route, and what these routes say together
 * (RFC 4271 §9.2.2.2). Nothing is ever counted anew: what a prefix has contributed is remembered in one octet,
 * a change of its best path takes that back and adds the new contribution, to every aggregate that covers it.
 *
 * An own aggregate is no contribution to a shorter one and is not suppressed by it: the routes that it stands
 * for contribute by themselves, and who configures both wants both.
 */
import { PrefixTable } from '../ip/prefix-table.js'
import { ATTR_ATOMIC_AGGREGATE } from './attributes/attributes.js'
import type { ChangeBatch } from './store/types.js'
import type { Rib } from './table.js'

/** An aggregate as it is wanted. */
export interface AggregateRule {
  /** Address octets, 4 or 16, masked. */
  readonly bytes: Uint8Array
  readonly length: number
  /** The more specific routes are not sent to neighbors. */
  readonly summaryOnly: boolean
}

/** What the more specific routes of an aggregate say together. */
export interface AggregateSum {
  /** How many prefixes with a best path there are; with 0 there is nothing to aggregate. */
  readonly count: number
  /** The highest ORIGIN among them: 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin: number
  /** Some have an AS_PATH, or are atomic aggregates themselves: the aggregate's own path says less. */
  readonly lossy: boolean
}

/** Sums of one aggregate. */
class Sum implements AggregateSum {
  readonly rule: AggregateRule
  count = 0
  readonly origins = new Int32Array(3)
  lossyCount = 0

  constructor(rule: AggregateRule) {
    this.rule = rule
  }

  get origin(): number {
    return this.origins[2] > 0 ? 2 : this.origins[1] > 0 ? 1 : 0
  }

  get lossy(): boolean {
    return this.lossyCount > 0
  }

  /** @param by 1 or -1 */
  add(contribution: number, by: number): void {
    this.count += by
    this.origins[(contribution >>> 1) & 3] += by
    if ((contribution & LOSSY) !== 0) this.lossyCount += by
  }
}

/** A contribution: 1 for being there, ORIGIN above it, and this. */
const LOSSY = 8

/** Aggregates of one table, as described at the head of this file. */
export class Aggregates {
  readonly #rib: Rib
  readonly #isAggregate: (prefix: number) => boolean
  readonly #changed: (rule: AggregateRule) => void
  /** The aggregates' prefixes; a covering one is found by looking a prefix up cut to each length. */
  #table: PrefixTable
  /** By id in #table. */
  #sums: Sum[] = []
  /** Different lengths of aggregates, ascending. */
  #lengths: readonly number[] = []
  /** Contribution of each prefix of the routing table, 0 for none. */
  #contributions = new Uint8Array(1024)
  readonly #octets = new Uint8Array(16)
  readonly #touched = new Set<Sum>()

  /**
   * @param isAggregate whether the best path of a prefix is an own aggregate
   * @param changed is called when the sum of an aggregate has changed, within the batch that changed it: the
   *   table is not to be touched then
   */
  constructor(rib: Rib, isAggregate: (prefix: number) => boolean, changed: (rule: AggregateRule) => void) {
    this.#rib = rib
    this.#isAggregate = isAggregate
    this.#changed = changed
    this.#table = new PrefixTable(rib.family, 16)
    rib.subscribe((batch) => this.#update(batch))
  }

  /**
   * Replaces the aggregates: one pass over the table. Neighbors are sent what follows from it when their
   * Adj-RIB-Outs reevaluate().
   */
  configure(rules: readonly AggregateRule[]): void {
    this.#table = new PrefixTable(this.#rib.family, rules.length)
    this.#sums = []
    for (const rule of rules) {
      this.#sums[this.#table.intern(rule.bytes, 0, rule.length)] = new Sum(rule)
    }
    this.#lengths = [...new Set(rules.map(({ length }) => length))].sort((a, b) => a - b)
    this.#contributions.fill(0)
    const rib = this.#rib
    for (let prefix = 0; prefix < rib.prefixes.limit; prefix++) {
      if (rib.isSuppressed(prefix)) rib.suppress(prefix, false)
      if (rules.length > 0 && rib.best(prefix) !== 0) this.#look(prefix)
    }
    this.#touched.clear()
  }

  /** What the more specific routes of a configured aggregate say. */
  sum(bytes: Uint8Array, length: number): AggregateSum | undefined {
    const id = this.#table.find(bytes, 0, length)
    return id < 0 ? undefined : this.#sums[id]
  }

  #update(batch: ChangeBatch): void {
    if (this.#lengths.length === 0) return
    for (let i = 0; i < batch.count; i++) this.#look(batch.prefixes[i])
    for (const { rule } of this.#touched) this.#changed(rule)
    this.#touched.clear()
  }

  /** Brings the sums in line with the best path of a prefix. */
  #look(prefix: number): void {
    const rib = this.#rib
    const was = prefix < this.#contributions.length ? this.#contributions[prefix] : 0
    const now = this.#contributionOf(prefix)
    if (was === now) return
    if (prefix >= this.#contributions.length) this.#grow(prefix)
    this.#contributions[prefix] = now
    const length = rib.prefixes.length(prefix)
    rib.prefixes.writeAddress(prefix, this.#octets, 0)
    let suppressed = false
    for (const shorter of this.#lengths) {
      if (shorter >= length) break
      const id = this.#table.find(this.#octets, 0, shorter)
      if (id < 0) continue
      const sum = this.#sums[id]
      if (was !== 0) sum.add(was, -1)
      if (now !== 0) sum.add(now, 1)
      this.#touched.add(sum)
      if (now !== 0 && sum.rule.summaryOnly) suppressed = true
    }
    rib.suppress(prefix, suppressed)
  }

  #contributionOf(prefix: number): number {
    const rib = this.#rib
    const path = rib.best(prefix)
    if (path === 0 || this.#isAggregate(prefix)) return 0
    const attribute = rib.attributeOf(path)
    const { attributes } = rib
    const lossy =
      attributes.pathLength[attribute] > 0 || (attributes.flags[attribute] & ATTR_ATOMIC_AGGREGATE) !== 0
    return 1 | (Math.min(2, attributes.origin[attribute]) << 1) | (lossy ? LOSSY : 0)
  }

  #grow(prefix: number): void {
    const grown = new Uint8Array(Math.max(prefix + 1, this.#contributions.length * 2))
    grown.set(this.#contributions)
    this.#contributions = grown
  }
}
