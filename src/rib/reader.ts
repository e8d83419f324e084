/** What can be read of a routing table, and what it is made of; table.ts changes it. */
import type { Family } from '../ip/family.js'
import type { PrefixTable } from '../ip/prefix-table.js'
import type { AttributeTable } from './attributes/attributes.js'
import type { Gateway, NextHopSet, NextHopSets } from './attributes/next-hop-sets.js'
import type { NextHops } from './attributes/next-hops.js'
import { Decision, type DecisionParameters } from './decision/decide.js'
import { explainPaths, type PathExplanation } from './decision/explain.js'
import { PathOrder } from './decision/path-order.js'
import { PairCounts } from './store/pair-counts.js'
import { PathIndex } from './store/path-index.js'
import { PATH_BEST, PATH_MULTIPATH, PATH_NEW, PathStore } from './store/paths.js'
import { PREFIX_INDEXED, PREFIX_SUPPRESSED, PrefixRows } from './store/prefix-rows.js'
import { REASON_NEXT_HOP_UNREACHABLE, VALID } from './store/reasons.js'
import { type SourceState, SourceTable } from './store/sources.js'

/** What a table is built on. Attribute sets, next hops and next-hop sets are shared by both families' tables. */
export interface RibParts {
  readonly prefixes: PrefixTable
  readonly attributes: AttributeTable
  readonly nextHops: NextHops
  readonly nextHopSets: NextHopSets
  /** How many paths of a prefix are kept in order (selection.ts); 128 when left out. */
  readonly rankedPaths?: number
}

/** Totals of a table, counted when asked. */
export interface RibTotals {
  /** Prefixes with a path, valid or not. */
  readonly prefixes: number
  readonly paths: number
  /** Prefixes with two or more multipaths, and the paths in these sets. */
  readonly multipathPrefixes: number
  readonly multipathPaths: number
  /** Prefixes by width of their next-hop set. */
  readonly widths: readonly number[]
}

/** The reading side of a routing table (see table.ts). */
export class RibReader {
  readonly family: Family
  readonly prefixes: PrefixTable
  readonly attributes: AttributeTable
  readonly nextHops: NextHops
  readonly nextHopSets: NextHopSets
  protected readonly paths = new PathStore()
  protected readonly rows = new PrefixRows()
  protected readonly index = new PathIndex(this.paths)
  protected readonly sources = new SourceTable()
  protected readonly decision: Decision
  protected readonly users = new PairCounts()
  readonly #order: PathOrder

  constructor(parts: RibParts, options: DecisionParameters) {
    this.prefixes = parts.prefixes
    this.family = parts.prefixes.family
    this.attributes = parts.attributes
    this.nextHops = parts.nextHops
    this.nextHopSets = parts.nextHopSets
    this.decision = new Decision(this.paths, this.sources, this.attributes, this.nextHops, options)
    this.#order = new PathOrder(this.paths, this.rows, this.decision)
  }

  /** Live paths, valid or not. */
  get pathCount(): number {
    return this.paths.size
  }

  /** The source with this index, and its counters. */
  source(index: number): SourceState | undefined {
    return this.sources.get(index)
  }

  /** Number of paths of a prefix, valid or not. */
  count(prefix: number): number {
    return prefix < this.rows.capacity ? this.rows.count[prefix] : 0
  }

  /** The best path as last decided, or 0. */
  best(prefix: number): number {
    if (prefix >= this.rows.capacity || this.rows.marked[prefix] === 0) return 0
    const { flags, nextOfPrefix } = this.paths
    let path = this.rows.head[prefix]
    while ((flags[path] & PATH_NEW) !== 0) path = nextOfPrefix[path]
    return (flags[path] & PATH_BEST) === 0 ? 0 : path
  }

  /** Length of the multipath set, the best path included. */
  multipath(prefix: number): number {
    return prefix < this.rows.capacity ? this.rows.marked[prefix] : 0
  }

  /** True for the best path of a prefix, as last decided. */
  isBest(path: number): boolean {
    return (this.paths.flags[path] & PATH_BEST) !== 0
  }

  /** True for the best path and other multipaths. */
  isMultipath(path: number): boolean {
    return (this.paths.flags[path] & PATH_MULTIPATH) !== 0
  }

  /** The first path of a prefix, or 0: those that wait for decide(), the best, then the rest. */
  first(prefix: number): number {
    return prefix < this.rows.capacity ? this.rows.head[prefix] : 0
  }

  /** The path behind `path` in its prefix, or 0. */
  next(path: number): number {
    return this.paths.nextOfPrefix[path]
  }

  /** The set of gateways of a prefix; undefined without one. */
  nextHopSet(prefix: number): NextHopSet | undefined {
    return prefix < this.rows.capacity ? this.nextHopSets.set(this.rows.nextHopSet[prefix]) : undefined
  }

  /** Table version at the last change of a prefix. */
  versionOf(prefix: number): number {
    return prefix < this.rows.capacity ? this.rows.version[prefix] : 0
  }

  /** True when an own aggregate is announced instead of a prefix (summary only). */
  isSuppressed(prefix: number): boolean {
    return prefix < this.rows.capacity && (this.rows.flags[prefix] & PREFIX_SUPPRESSED) !== 0
  }

  /** True when a path takes part in the decision. */
  isValid(path: number): boolean {
    return this.decision.valid(path)
  }

  /** Why a path takes no part in the decision: a code of reasons.ts, VALID when it does. */
  reasonOf(path: number): number {
    const reason = this.paths.reason[path]
    return reason === VALID && !this.decision.valid(path) ? REASON_NEXT_HOP_UNREACHABLE : reason
  }

  /**
   * How many accepted paths of a source have a next hop that can't be reached. It costs a look at each of the source's
   * next hops, not at its paths.
   */
  unreachableOf(source: number): number {
    let count = 0
    for (const nextHop of this.users.nextHops(source)) {
      if (this.nextHops.reachable[nextHop] === 0) count += this.users.count(source, nextHop)
    }
    return count
  }

  /** The first AS of a path's AS_PATH; 0 for an empty one. */
  neighborAsOf(path: number): number {
    return this.decision.neighborAs(path)
  }

  /** Weighs two valid paths of a prefix (decide.ts): negative when `a` is better, positive when `b` is. */
  compare(a: number, b: number): number {
    return this.decision.compare(a, b)
  }

  /** The valid paths of a prefix, best first; the one iteration there is, begun anew by each call. */
  inOrder(prefix: number): PathOrder {
    return this.#order.start(prefix)
  }

  /** Prefix id of a path. */
  prefixOf(path: number): number {
    return this.paths.prefix[path]
  }

  /** Source index of a path. */
  sourceOf(path: number): number {
    return this.paths.source[path]
  }

  /** ADD-PATH identifier of a path. */
  pathIdOf(path: number): number {
    return this.paths.pathId(path)
  }

  /** Attribute set in use; the one received for a rejected path. */
  attributeOf(path: number): number {
    return this.paths.attrUse[path] || this.paths.attrIn[path]
  }

  /** True unless policy or a check refused the path. */
  isAccepted(path: number): boolean {
    return this.paths.attrUse[path] !== 0
  }

  /** Attribute set as received. */
  receivedAttributeOf(path: number): number {
    return this.paths.attrIn[path]
  }

  /** When the path's attributes last changed, in the caller's milliseconds. */
  sinceOf(path: number): number {
    return this.paths.since[path]
  }

  isStale(path: number): boolean {
    return this.paths.generation[path] !== this.sources.get(this.paths.source[path])!.generation
  }

  /** Each path of a prefix in list order with its part in the decision. */
  explain(prefix: number): PathExplanation[] {
    return explainPaths(this.paths, this.decision, this.first(prefix))
  }

  /** A source's path for a prefix, or 0. */
  find(prefix: number, source: number, pathId = 0): number {
    if (this.count(prefix) === 0) return 0
    if ((this.rows.flags[prefix] & PREFIX_INDEXED) !== 0) return this.index.find(prefix, source, pathId)
    const paths = this.paths
    let path = this.rows.head[prefix]
    while (path !== 0 && (paths.source[path] !== source || paths.pathId(path) !== pathId)) {
      path = paths.nextOfPrefix[path]
    }
    return path
  }

  /** Calls `visit` with each path of a source; the table must not be changed meanwhile. */
  forEachOfSource(source: number, visit: (path: number) => void): void {
    let path = this.sources.get(source)?.head ?? 0
    for (; path !== 0; path = this.paths.nextOfSource[path]) visit(path)
  }

  /** How many sources have an accepted path with this next hop. */
  nextHopUsers(nextHop: number): number {
    return this.users.users(nextHop)
  }

  /**
   * Gateways that accepted paths of this source use and those of no other source do. Asked before the
   * source's paths are dropped.
   */
  soleGateways(source: number): Gateway[] {
    const gateways = new Set<number>()
    for (const nextHop of this.users.nextHops(source)) gateways.add(this.nextHops.gateway[nextHop])
    gateways.delete(0)
    for (let nextHop = 1; nextHop <= this.nextHops.size; nextHop++) {
      const gateway = this.nextHops.gateway[nextHop]
      if (!gateways.has(gateway)) continue
      const own = this.users.count(source, nextHop) > 0 ? 1 : 0
      if (this.users.users(nextHop) > own) gateways.delete(gateway)
    }
    return [...gateways].map((gateway) => this.nextHopSets.gatewayOf(gateway))
  }

  /** Totals, counted now. */
  totals(): RibTotals {
    const rows = this.rows
    const widths: number[] = []
    let prefixes = 0
    let multipathPrefixes = 0
    let multipathPaths = 0
    const limit = Math.min(this.prefixes.limit, rows.capacity)
    for (let prefix = 0; prefix < limit; prefix++) {
      if (rows.count[prefix] === 0) continue
      prefixes++
      if (rows.marked[prefix] > 1) {
        multipathPrefixes++
        multipathPaths += rows.marked[prefix]
      }
      const width = this.nextHopSets.set(rows.nextHopSet[prefix])?.gateways.length ?? 0
      while (widths.length <= width) widths.push(0)
      widths[width]++
    }
    return { prefixes, paths: this.paths.size, multipathPrefixes, multipathPaths, widths }
  }
}
