/**
 * The storing half of a routing table: paths come and go, with the references, counters, lists and indexes that
 * belong to them. What changed is marked dirty; table.ts decides.
 */
import { isMartian } from '../ip/special.js'
import { Community } from '../wire/community.js'
import { ATTR_LLGR_STALE, ATTR_NO_LLGR } from './attributes/attributes.js'
import type { DecisionParameters } from './decision/decide.js'
import { Selection } from './decision/selection.js'
import { type RibParts, RibReader } from './reader.js'
import { DirtyQueue } from './store/dirty-queue.js'
import { appendOfSource, pushOfPrefix, unlinkOfSource } from './store/path-lists.js'
import { PATH_NEW } from './store/paths.js'
import { PREFIX_INDEXED } from './store/prefix-rows.js'
import { REASON_POLICY, VALID } from './store/reasons.js'
import type { SourceRow, SourceState } from './store/sources.js'
import type { Source } from './store/types.js'

/** A prefix with as many paths has them in the PathIndex. */
const INDEX_FROM = 9

/** Policy of one neighbor, family and direction, compiled (policy/ makes it). */
export interface RouteFilter {
  /**
   * @param bytes address octets of the prefix from `offset`, `bits` of them
   * @param attribute the set as received
   * @returns the attribute set in use; 0: rejected
   */
  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number
  /** True when routes with this set come out as they went in, whatever their prefix. */
  passes?(attribute: number): boolean
  /** Gives up what it keeps of attribute sets. */
  close?(): void
}

/** Takes routes in: the part of a table that sources change (see table.ts). */
export class RibWriter extends RibReader {
  protected readonly dirty: DirtyQueue
  protected readonly selection: Selection
  /** Somebody follows every path: one that goes makes its prefix dirty even where the decision is not concerned. */
  protected everyPath = false
  readonly #width: number

  constructor(parts: RibParts, options: DecisionParameters) {
    super(parts, options)
    this.#width = parts.prefixes.bits
    this.dirty = new DirtyQueue(this.rows)
    this.selection = new Selection(
      this.paths,
      this.rows,
      this.sources,
      this.decision,
      this.nextHopSets,
      parts.rankedPaths,
    )
  }

  /**
   * Adds a source, or changes what is known of one (`source.index` names it); its paths are decided anew when
   * that matters to the decision.
   */
  setSource(source: Source): SourceState {
    const known = this.sources.get(source.index)?.source
    const row = this.sources.set(source)
    if (
      known !== undefined &&
      (known.type !== source.type ||
        known.routerId !== source.routerId ||
        known.weight !== source.weight ||
        known.address !== source.address)
    ) {
      for (let path = row.head; path !== 0; path = this.paths.nextOfSource[path]) {
        this.dirty.addFull(this.paths.prefix[path])
      }
    }
    return row
  }

  /** Forgets a source. @throws Error while it has paths */
  removeSource(index: number): void {
    if ((this.sources.get(index)?.received ?? 0) > 0) {
      throw new Error(`source ${index} still has paths: drop them first`)
    }
    this.sources.remove(index)
  }

  /**
   * Stores an announcement: the NLRI in [start, end) with one attribute set. A path that is already there with
   * the same attributes stays as it is and keeps its age.
   * @param bytes a message whose NLRI the codec has checked
   * @param addPath prefixes are preceded by a path identifier (RFC 7911 §3)
   * @param attribute the set as received
   * @param reason VALID, or why these paths take no part (reasons.ts)
   * @param filter import policy; undefined accepts all
   * @param now milliseconds, for the paths' age
   * @returns how many martian prefixes (RFC 7454 §6.1) were left out
   */
  announce(
    source: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    addPath: boolean,
    attribute: number,
    reason: number,
    filter: RouteFilter | undefined,
    now: number,
  ): number {
    const row = this.#row(source)
    let martians = 0
    let at = start
    while (at < end) {
      let pathId = 0
      if (addPath) {
        pathId = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
        at += 4
      }
      const bits = bytes[at++]
      if (isMartian(bytes, at, bits, this.#width)) martians++
      else {
        let use = 0
        let why = reason
        if (reason === VALID) {
          use = filter === undefined ? attribute : filter.apply(bytes, at, bits, attribute)
          if (use === 0) why = REASON_POLICY
        }
        this.#put(row, this.prefixes.intern(bytes, at, bits), pathId, attribute, use, why, now)
      }
      at += (bits + 7) >>> 3
    }
    return martians
  }

  /** Stores one path, without policy: own routes. Parameters as for announce(). */
  announceOne(
    source: number,
    bytes: Uint8Array,
    offset: number,
    bits: number,
    pathId: number,
    attribute: number,
    now: number,
  ): void {
    const prefix = this.prefixes.intern(bytes, offset, bits)
    this.#put(this.#row(source), prefix, pathId, attribute, attribute, VALID, now)
  }

  /** Removes the paths of the NLRI in [start, end); unknown ones are ignored. @returns how many it removed */
  withdraw(source: number, bytes: Uint8Array, start: number, end: number, addPath: boolean): number {
    const row = this.#row(source)
    let removed = 0
    let at = start
    while (at < end) {
      let pathId = 0
      if (addPath) {
        pathId = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
        at += 4
      }
      const bits = bytes[at++]
      if (this.#withdrawOne(row, bytes, at, bits, pathId)) removed++
      at += (bits + 7) >>> 3
    }
    return removed
  }

  /** Removes one path. @returns whether it was there */
  withdrawOne(source: number, bytes: Uint8Array, offset: number, bits: number, pathId: number): boolean {
    return this.#withdrawOne(this.#row(source), bytes, offset, bits, pathId)
  }

  /**
   * Marks every path of a source as stale (RFC 4724 §4.2, RFC 7313 §4): they take part as before until they
   * are announced again, swept or dropped.
   */
  markStale(source: number): void {
    const row = this.#row(source)
    // Generations count in one octet; older stale paths must be gone before a number comes round again.
    if (row.staleGenerations === 254) while (!this.sweepStale(source, 65536));
    row.generation = (row.generation + 1) & 255
    row.stale = row.received
    if (row.stale > 0) row.staleGenerations++
  }

  /**
   * Removes stale paths of a source, at most `budget` of them.
   * @returns true when none is left
   */
  sweepStale(source: number, budget: number): boolean {
    const row = this.#row(source)
    for (let left = budget; row.stale > 0; left--) {
      if (left === 0) return false
      this.#remove(row, row.head)
    }
    row.staleGenerations = 0
    row.longLived = false
    return true
  }

  /** Removes paths of a source, at most `budget` of them. @returns true when none is left */
  dropSource(source: number, budget: number): boolean {
    const row = this.#row(source)
    for (let left = budget; row.head !== 0; left--) {
      if (left === 0) return false
      this.#remove(row, row.head)
    }
    row.staleGenerations = 0
    row.longLived = false
    return true
  }

  /**
   * Begins the long-lived period of a source whose session is gone and whose paths are all stale (RFC 9494 §4.2):
   * call markLongLived() until it is done.
   */
  beginLongLived(source: number): void {
    const row = this.#row(source)
    row.longLived = true
    row.unmarked = row.received
  }

  /**
   * Puts LLGR_STALE on paths of a source, at most `budget` of them; those with NO_LLGR are removed.
   * @param now milliseconds, for the paths' age
   * @returns true when all are done
   */
  markLongLived(source: number, budget: number, now: number): boolean {
    const row = this.#row(source)
    const { paths } = this
    const { flags } = this.attributes
    const marked = new Map<number, number>()
    for (let left = budget; row.unmarked > 0 && row.head !== 0; left--) {
      if (left === 0) return false
      const path = row.head
      row.unmarked--
      const use = paths.attrUse[path]
      if (((flags[paths.attrIn[path]] | flags[use]) & ATTR_NO_LLGR) !== 0) {
        this.#remove(row, path)
        continue
      }
      if (use !== 0) {
        const made = marked.get(use) ?? this.#longLived(use)
        marked.set(use, made)
        if (made !== use) this.#change(row, path, paths.attrIn[path], made, paths.reason[path], now)
      }
      unlinkOfSource(paths, row, path)
      appendOfSource(paths, row, path)
    }
    row.unmarked = 0
    return true
  }

  /**
   * Applies a changed import policy to the paths as received (soft reconfiguration), without asking the
   * neighbor.
   * @param reasonOf VALID, or why a path with this attribute set takes no part now; `former` is why it took none
   */
  reapply(
    source: number,
    filter: RouteFilter | undefined,
    reasonOf: (attribute: number, former: number) => number,
    now: number,
  ): void {
    const row = this.#row(source)
    const paths = this.paths
    const octets = new Uint8Array(16)
    for (let path = row.head; path !== 0; path = paths.nextOfSource[path]) {
      const prefix = paths.prefix[path]
      const attribute = paths.attrIn[path]
      this.prefixes.writeAddress(prefix, octets, 0)
      let why = reasonOf(attribute, paths.reason[path])
      let use = 0
      if (why === VALID) {
        use =
          filter === undefined ? attribute : filter.apply(octets, 0, this.prefixes.length(prefix), attribute)
        if (row.longLived && use !== 0) use = this.#stillLongLived(row, path, use)
        if (use === 0) why = REASON_POLICY
      }
      if (use !== paths.attrUse[path] || why !== paths.reason[path]) {
        this.#change(row, path, attribute, use, why, now)
      }
    }
  }

  /** The set in use instead of one that a policy has made anew; 0: the policy gave it NO_LLGR. */
  #stillLongLived(row: SourceRow, path: number, use: number): number {
    const { flags } = this.attributes
    const before = this.paths.attrUse[path]
    const marked = before === 0 || (flags[before] & ATTR_LLGR_STALE) !== 0
    if (!marked || this.paths.generation[path] === row.generation) return use
    return (flags[use] & ATTR_NO_LLGR) !== 0 ? 0 : this.#longLived(use)
  }

  /** The set with LLGR_STALE. */
  #longLived(use: number): number {
    const { attributes } = this
    if ((attributes.flags[use] & ATTR_LLGR_STALE) !== 0) return use
    const { communities = [], ...rest } = attributes.get(use)
    const marked = { ...rest, communities: [...communities, Community.LLGR_STALE] }
    return attributes.internAttributes(marked, attributes.policyFlagsOf(use))
  }

  #row(source: number): SourceRow {
    const row = this.sources.get(source)
    if (row === undefined) throw new RangeError(`no source ${source}: call setSource first`)
    return row
  }

  #put(
    row: SourceRow,
    prefix: number,
    pathId: number,
    attribute: number,
    use: number,
    reason: number,
    now: number,
  ): void {
    const rows = this.rows
    const paths = this.paths
    const source = row.source.index
    rows.ensure(prefix)
    const known = rows.count[prefix] === 0 ? 0 : this.find(prefix, source, pathId)
    if (known !== 0) {
      if (paths.generation[known] !== row.generation) this.#refresh(row, known)
      if (
        paths.attrIn[known] !== attribute ||
        paths.attrUse[known] !== use ||
        paths.reason[known] !== reason
      ) {
        this.#change(row, known, attribute, use, reason, now)
      }
      return
    }
    const path = paths.allocate(prefix, source, pathId)
    paths.attrIn[path] = attribute
    paths.attrUse[path] = use
    paths.reason[path] = reason
    paths.generation[path] = row.generation
    paths.since[path] = now
    appendOfSource(paths, row, path)
    pushOfPrefix(paths, rows, path)
    row.received++
    this.#retain(row, attribute, use, reason)
    if (++rows.count[prefix] >= INDEX_FROM || (rows.flags[prefix] & PREFIX_INDEXED) !== 0) {
      this.#indexPath(prefix, path)
    }
    this.dirty.add(prefix)
  }

  /** New attributes or another verdict for a path that is there. */
  #change(row: SourceRow, path: number, attribute: number, use: number, reason: number, now: number): void {
    const paths = this.paths
    this.selection.detach(path)
    const formerIn = paths.attrIn[path]
    const formerUse = paths.attrUse[path]
    if (formerIn !== attribute || formerUse !== use) paths.since[path] = now
    this.#retain(row, attribute, use, reason)
    this.#release(row, formerIn, formerUse, paths.reason[path])
    paths.attrIn[path] = attribute
    paths.attrUse[path] = use
    paths.reason[path] = reason
    paths.flags[path] = PATH_NEW
    pushOfPrefix(paths, this.rows, path)
    this.dirty.add(paths.prefix[path])
  }

  /** A stale path was announced again. */
  #refresh(row: SourceRow, path: number): void {
    this.paths.generation[path] = row.generation
    row.stale--
    unlinkOfSource(this.paths, row, path)
    appendOfSource(this.paths, row, path)
  }

  #withdrawOne(row: SourceRow, bytes: Uint8Array, offset: number, bits: number, pathId: number): boolean {
    const prefix = this.prefixes.find(bytes, offset, bits)
    if (prefix < 0) return false
    const path = this.find(prefix, row.source.index, pathId)
    if (path === 0) return false
    this.#remove(row, path)
    return true
  }

  #remove(row: SourceRow, path: number): void {
    const paths = this.paths
    const rows = this.rows
    const prefix = paths.prefix[path]
    if ((rows.flags[prefix] & PREFIX_INDEXED) !== 0) this.index.remove(path)
    const dirty = this.selection.detach(path)
    unlinkOfSource(paths, row, path)
    row.received--
    if (paths.generation[path] !== row.generation) row.stale--
    this.#release(row, paths.attrIn[path], paths.attrUse[path], paths.reason[path])
    paths.release(path)
    if (--rows.count[prefix] === 0) {
      rows.flags[prefix] &= ~PREFIX_INDEXED
      this.dirty.add(prefix)
    } else if (dirty || this.everyPath) this.dirty.add(prefix)
  }

  #retain(row: SourceRow, attribute: number, use: number, reason: number): void {
    this.attributes.retain(attribute)
    if (use === 0) {
      row.refused[reason]++
      return
    }
    this.attributes.retain(use)
    row.accepted++
    this.users.add(row.source.index, this.attributes.nextHop[use], 1)
  }

  #release(row: SourceRow, attribute: number, use: number, reason: number): void {
    this.attributes.release(attribute)
    if (use === 0) {
      row.refused[reason]--
      return
    }
    this.attributes.release(use)
    row.accepted--
    this.users.add(row.source.index, this.attributes.nextHop[use], -1)
  }

  #indexPath(prefix: number, path: number): void {
    const rows = this.rows
    if ((rows.flags[prefix] & PREFIX_INDEXED) !== 0) {
      this.index.add(path)
      return
    }
    rows.flags[prefix] |= PREFIX_INDEXED
    for (let at = rows.head[prefix]; at !== 0; at = this.paths.nextOfPrefix[at]) this.index.add(at)
  }
}
