/**
 * The decision process: RFC 4271 §9.1.2.2, whose letters are given, with what other RFCs put in between and the local
 * steps that every implementation has. A path takes part when policy accepted it and its next hop can be reached
 * (§9.1.2); then, in this order,
 *
 *   RFC 9494 §4.4      not long-lived stale
 *   local              higher weight
 *   RFC 4271 §9.1.1    higher LOCAL_PREF (the degree of preference)
 *   local              originated here
 *   a)                 shorter AS_PATH
 *   b)                 lower ORIGIN
 *   c)                 lower MED, among paths of the same neighboring AS
 *   d)                 eBGP over iBGP
 *   e)                 lower metric of the next hop (interior cost)        ── what is left here may form a multipath
 *   local              older, among eBGP paths, when router ids are not compared (in the manner of RFC 5004)
 *   f)                 lower router id; ORIGINATOR_ID counts as that (RFC 4456 §9)
 *   RFC 4456 §9        shorter CLUSTER_LIST
 *   g)                 lower neighbor address
 *   local              lower path identifier (several paths of one neighbor, RFC 7911)
 *
 * Below, `compare` and the three parts that it consists of stand in that order.
 *
 * MED is compared only within a neighboring AS, so "better" is not an order: A may beat B, B beat C and C
 * beat A. `select` therefore eliminates in stages over the whole set, as the RFC words it, and its result
 * does not depend on the order in which paths came. `compare` weighs just two; where MED can't differ within
 * a prefix (`flat`), it is a total order that agrees with `select`, and one new path costs one comparison.
 *
 * Multipath: what is left after e) and has the best path's AS_PATH (the same length is enough with
 * multipathRelax). Of paths through the same gateway only the first counts. eBGP and iBGP never mix, because
 * that step is behind us.
 */
import { POLICY_WEIGHT } from '../../wire/policy-flags.js'
import {
  ATTR_HAS_LOCAL_PREF,
  ATTR_HAS_MED,
  ATTR_HAS_ORIGINATOR,
  ATTR_LLGR_STALE,
  type AttributeTable,
} from '../attributes/attributes.js'
import type { NextHops } from '../attributes/next-hops.js'
import type { PathStore } from '../store/paths.js'
import {
  STEP_ADDRESS,
  STEP_AGE,
  STEP_AS_PATH,
  STEP_CLUSTER_LIST,
  STEP_LLGR_STALE,
  STEP_LOCAL_ORIGIN,
  STEP_LOCAL_PREF,
  STEP_MED,
  STEP_METRIC,
  STEP_ORIGIN,
  STEP_PATH_ID,
  STEP_ROUTER_ID,
  STEP_TYPE,
  STEP_WEIGHT,
  VALID,
} from '../store/reasons.js'
import { SOURCE_EBGP, SOURCE_IBGP, SOURCE_LOCAL, type SourceTable } from '../store/sources.js'

/** Options of the decision; the speaker's DecisionOptions has the same shape. */
export interface DecisionParameters {
  /** Widest ECMP set from eBGP and from iBGP; 1 is no multipath. */
  readonly maximumPathsEbgp: number
  readonly maximumPathsIbgp: number
  /** Paths with equally long but different AS_PATHs may form a multipath. */
  readonly multipathRelax: boolean
  /** Compare MED between different neighboring ASes too. */
  readonly alwaysCompareMed: boolean
  readonly missingMedAsWorst: boolean
  /** Do not compare the AS_PATH length. */
  readonly ignoreAsPath: boolean
  /** Compare router ids of eBGP paths rather than prefer the older one. */
  readonly compareRouterId: boolean
  /** LOCAL_PREF of paths without one, unsigned 32 bits. */
  readonly defaultLocalPref: number
}

/** Compares paths (RFC 4271 §9.1.2.2), as described at the head of this file. */
export class Decision {
  /** The multipath set that select() found, best first. */
  ranked = new Int32Array(64)
  /** What select() saw: all valid paths have one MED; all come from one neighboring AS. */
  sameMed = true
  sameAs = true
  /** The step that decided the last compare(). */
  step = STEP_PATH_ID
  options: DecisionParameters
  readonly #paths: PathStore
  readonly #sources: SourceTable
  readonly #attributes: AttributeTable
  readonly #nextHops: NextHops
  #survivors = new Int32Array(64)

  constructor(
    paths: PathStore,
    sources: SourceTable,
    attributes: AttributeTable,
    nextHops: NextHops,
    options: DecisionParameters,
  ) {
    this.#paths = paths
    this.#sources = sources
    this.#attributes = attributes
    this.#nextHops = nextHops
    this.options = options
  }

  /** True when a path takes part in the decision. */
  valid(path: number): boolean {
    return (
      this.#paths.reason[path] === VALID &&
      this.#nextHops.reachable[this.#attributes.nextHop[this.#paths.attrUse[path]]] === 1
    )
  }

  /** MED as compared, unsigned 32 bits. */
  med(path: number): number {
    const attribute = this.#paths.attrUse[path]
    if ((this.#attributes.flags[attribute] & ATTR_HAS_MED) !== 0) return this.#attributes.med[attribute]
    return this.options.missingMedAsWorst ? 0xffffffff : 0
  }

  /** Neighboring AS: the first of AS_PATH; 0 for an empty path. */
  neighborAs(path: number): number {
    return this.#attributes.firstAsOf[this.#paths.attrUse[path]]
  }

  /** Gateway id of a path, 0 for none. */
  gateway(path: number): number {
    return this.#nextHops.gateway[this.#attributes.nextHop[this.#paths.attrUse[path]]]
  }

  /** How many paths a multipath set with this best path may have. */
  maximumPaths(best: number): number {
    const type = this.#sources.type[this.#paths.source[best]]
    if (type === SOURCE_LOCAL) return 1
    return type === SOURCE_IBGP ? this.options.maximumPathsIbgp : this.options.maximumPathsEbgp
  }

  /** True when two paths that are equal through the IGP metric may form a multipath. */
  samePath(a: number, b: number): boolean {
    const left = this.#paths.attrUse[a]
    const right = this.#paths.attrUse[b]
    if (this.options.multipathRelax) return this.#attributes.hops[left] === this.#attributes.hops[right]
    return this.#attributes.sameAsPath(left, right)
  }

  /**
   * Weighs two valid paths against each other.
   * @returns negative when `a` is better, positive when `b` is, 0 only for a path and itself; `step` names
   *   the step that decided
   */
  compare(a: number, b: number): number {
    const early = this.#compareEarly(a, b)
    if (early !== 0) return early
    // c) MED.
    if (this.options.alwaysCompareMed || this.neighborAs(a) === this.neighborAs(b)) {
      this.step = STEP_MED
      const med = this.med(a) - this.med(b)
      if (med !== 0) return med
    }
    const middle = this.#compareMiddle(a, b)
    return middle !== 0 ? middle : this.compareLate(a, b)
  }

  /** What comes before MED: from long-lived stale to b). */
  #compareEarly(a: number, b: number): number {
    const paths = this.#paths
    const left = paths.attrUse[a]
    const right = paths.attrUse[b]
    const leftSource = paths.source[a]
    const rightSource = paths.source[b]
    if (left === right && leftSource === rightSource) return 0
    const attributes = this.#attributes
    const sources = this.#sources
    const leftFlags = attributes.flags[left]
    const rightFlags = attributes.flags[right]
    // RFC 9494 §4.4: a long-lived stale path is the last choice.
    const stale = (leftFlags & ATTR_LLGR_STALE) - (rightFlags & ATTR_LLGR_STALE)
    if (stale !== 0) {
      this.step = STEP_LLGR_STALE
      return stale
    }
    // Local: weight, of an import policy or of the neighbor.
    const policyFlags = attributes.policyFlags
    const weight =
      ((policyFlags[right] & POLICY_WEIGHT) !== 0
        ? policyFlags[right] & 0xffff
        : sources.weight[rightSource]) -
      ((policyFlags[left] & POLICY_WEIGHT) !== 0 ? policyFlags[left] & 0xffff : sources.weight[leftSource])
    if (weight !== 0) {
      this.step = STEP_WEIGHT
      return weight
    }
    // RFC 4271 §9.1.1: LOCAL_PREF.
    const fallback = this.options.defaultLocalPref
    const preference =
      ((rightFlags & ATTR_HAS_LOCAL_PREF) !== 0 ? attributes.localPref[right] : fallback) -
      ((leftFlags & ATTR_HAS_LOCAL_PREF) !== 0 ? attributes.localPref[left] : fallback)
    if (preference !== 0) {
      this.step = STEP_LOCAL_PREF
      return preference
    }
    // Local: own routes.
    const leftLocal = sources.type[leftSource] === SOURCE_LOCAL ? 0 : 1
    const rightLocal = sources.type[rightSource] === SOURCE_LOCAL ? 0 : 1
    if (leftLocal !== rightLocal) {
      this.step = STEP_LOCAL_ORIGIN
      return leftLocal - rightLocal
    }
    // a) AS_PATH.
    if (!this.options.ignoreAsPath) {
      const hops = attributes.hops[left] - attributes.hops[right]
      if (hops !== 0) {
        this.step = STEP_AS_PATH
        return hops
      }
    }
    // b) ORIGIN.
    const origin = attributes.origin[left] - attributes.origin[right]
    if (origin !== 0) this.step = STEP_ORIGIN
    return origin
  }

  /** What comes after MED: d) and e). */
  #compareMiddle(a: number, b: number): number {
    const paths = this.#paths
    const types = this.#sources.type
    // d) eBGP over iBGP.
    const leftInside = types[paths.source[a]] === SOURCE_IBGP ? 1 : 0
    const rightInside = types[paths.source[b]] === SOURCE_IBGP ? 1 : 0
    if (leftInside !== rightInside) {
      this.step = STEP_TYPE
      return leftInside - rightInside
    }
    // e) Interior cost.
    const nextHop = this.#attributes.nextHop
    const metric = this.#nextHops.metric
    this.step = STEP_METRIC
    return metric[nextHop[paths.attrUse[a]]] - metric[nextHop[paths.attrUse[b]]]
  }

  /** The tie-breaks among paths that are equal through e): f), g) and those around them. A total order. */
  compareLate(a: number, b: number): number {
    const paths = this.#paths
    const sources = this.#sources
    const attributes = this.#attributes
    const leftSource = paths.source[a]
    const rightSource = paths.source[b]
    // Local: the older of two eBGP paths, in the manner of RFC 5004.
    if (!this.options.compareRouterId && sources.type[leftSource] === SOURCE_EBGP) {
      this.step = STEP_AGE
      const age = paths.since[a] - paths.since[b]
      if (age !== 0) return age
    }
    // f) BGP Identifier, or ORIGINATOR_ID (RFC 4456 §9).
    const left = paths.attrUse[a]
    const right = paths.attrUse[b]
    this.step = STEP_ROUTER_ID
    const leftId =
      (attributes.flags[left] & ATTR_HAS_ORIGINATOR) !== 0
        ? attributes.originatorId[left]
        : sources.routerId[leftSource]
    const rightId =
      (attributes.flags[right] & ATTR_HAS_ORIGINATOR) !== 0
        ? attributes.originatorId[right]
        : sources.routerId[rightSource]
    if (leftId !== rightId) return leftId - rightId
    // RFC 4456 §9, between f) and g): CLUSTER_LIST.
    this.step = STEP_CLUSTER_LIST
    const cluster = attributes.clusterLength[left] - attributes.clusterLength[right]
    if (cluster !== 0) return cluster
    // g) Neighbor address.
    this.step = STEP_ADDRESS
    const address = leftSource === rightSource ? 0 : sources.compareAddresses(leftSource, rightSource)
    if (address !== 0) return address
    // Local: path identifier.
    this.step = STEP_PATH_ID
    return paths.pathId(a) - paths.pathId(b) || leftSource - rightSource
  }

  /**
   * Decides among all paths of a prefix.
   * @param head first path of the prefix's list
   * @returns how many paths `ranked` holds: 0 when no path is valid
   */
  select(head: number): number {
    let count = this.#firstStage(head)
    if (count === 0) return 0
    if (count > 1 && !this.sameMed) count = this.#keepLowestMed(count)
    if (count > 1) count = this.#keepNearest(count)
    return this.#rank(count)
  }

  /** Through b). @returns number of survivors */
  #firstStage(head: number): number {
    const next = this.#paths.nextOfPrefix
    let count = 0
    let first = 0
    let med = 0
    let neighbor = 0
    this.sameMed = true
    this.sameAs = true
    for (let path = head; path !== 0; path = next[path]) {
      if (!this.valid(path)) continue
      if (first === 0) {
        first = path
        med = this.med(path)
        neighbor = this.neighborAs(path)
      } else {
        if (this.med(path) !== med) this.sameMed = false
        if (this.neighborAs(path) !== neighbor) this.sameAs = false
        const order = this.#compareEarly(path, this.#survivors[0])
        if (order > 0) continue
        if (order < 0) count = 0
      }
      if (count === this.#survivors.length) {
        const survivors = new Int32Array(count * 2)
        survivors.set(this.#survivors)
        this.#survivors = survivors
      }
      this.#survivors[count++] = path
    }
    return count
  }

  /** c): within each neighboring AS only the lowest MED stays. */
  #keepLowestMed(count: number): number {
    const survivors = this.#survivors
    const together = this.options.alwaysCompareMed || this.sameAs
    const lowest = new Map<number, number>()
    for (let i = 0; i < count; i++) {
      const group = together ? 0 : this.neighborAs(survivors[i])
      const med = this.med(survivors[i])
      const known = lowest.get(group)
      if (known === undefined || med < known) lowest.set(group, med)
    }
    let kept = 0
    for (let i = 0; i < count; i++) {
      const group = together ? 0 : this.neighborAs(survivors[i])
      if (this.med(survivors[i]) === lowest.get(group)) survivors[kept++] = survivors[i]
    }
    return kept
  }

  /** d) and e). */
  #keepNearest(count: number): number {
    const survivors = this.#survivors
    let kept = 1
    for (let i = 1; i < count; i++) {
      const order = this.#compareMiddle(survivors[i], survivors[0])
      if (order > 0) continue
      if (order < 0) kept = 0
      survivors[kept++] = survivors[i]
    }
    return kept
  }

  /** From f) on, and the multipath set. */
  #rank(count: number): number {
    const survivors = this.#survivors
    let best = survivors[0]
    for (let i = 1; i < count; i++) if (this.compareLate(survivors[i], best) < 0) best = survivors[i]
    this.ranked[0] = best
    const maximum = this.maximumPaths(best)
    if (count === 1 || maximum <= 1) return 1
    if (maximum > this.ranked.length) {
      this.ranked = new Int32Array(maximum)
      this.ranked[0] = best
    }
    let length = 1
    for (let i = 0; i < count; i++) {
      const path = survivors[i]
      if (path === best) continue
      if (this.samePath(path, best)) length = this.insertRanked(path, length, maximum)
    }
    return length
  }

  /**
   * Puts a path into `ranked`, where it belongs by compareLate: not when a better path uses its gateway, and
   * instead of the worst when the set is full.
   * @param length paths in `ranked`
   * @returns the new length; unchanged when a path (this one or another) had to stay outside
   */
  insertRanked(path: number, length: number, maximum: number): number {
    const ranked = this.ranked
    const gateway = this.gateway(path)
    let at = length
    while (at > 0 && this.compareLate(path, ranked[at - 1]) < 0) at--
    let same = length
    if (gateway !== 0) {
      for (same = 0; same < length; same++) if (this.gateway(ranked[same]) === gateway) break
      if (same < at) return length
    }
    if (same === length && length < maximum) {
      ranked.copyWithin(at + 1, at, length)
      ranked[at] = path
      return length + 1
    }
    // It takes the place of the path with its gateway, or of the last.
    if (at < length) {
      ranked.copyWithin(at + 1, at, Math.min(same, length - 1))
      ranked[at] = path
    }
    return length
  }
}
