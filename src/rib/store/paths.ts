/**
 * Paths as rows over columns: a path is a number, its fields stand in typed arrays. Rows of one prefix form a
 * doubly linked list, rows of one source another; freed rows are kept on a free list. Row 0 is no path.
 *
 * Order of a prefix's list, kept by Selection: paths not looked at yet (NEW), then the best path and others in
 * rank order, then the rest. Order of a source's list: stale paths first, so that sweeping takes
 * from the front and never searches.
 */
import { growFloat64, growInt32, grownCapacity, growUint8, growUint16, growUint32 } from './columns.js'

/** Not looked at by the decision yet. */
export const PATH_NEW = 1
/** Best or multipath. */
export const PATH_MULTIPATH = 2
export const PATH_BEST = 4
/** In order at the front of its prefix's list (selection.ts). */
export const PATH_RANKED = 8

/** Paths as rows over columns, as described at the head of this file. */
export class PathStore {
  prefix: Int32Array
  source: Uint16Array
  /** Attribute set as received. */
  attrIn: Int32Array
  /** Attribute set in use, after import policy; 0 when the path was rejected. */
  attrUse: Int32Array
  flags: Uint8Array
  /** VALID or why the path takes no part (reasons.ts). */
  reason: Uint8Array
  /** Generation of the source when it last sent this path. */
  generation: Uint8Array
  /** When the attributes last changed, in the caller's milliseconds. */
  since: Float64Array
  /** Neighbors in the list of the prefix and in that of the source; 0 at the ends. */
  nextOfPrefix: Int32Array
  previousOfPrefix: Int32Array
  nextOfSource: Int32Array
  previousOfSource: Int32Array
  /** Live paths. */
  size = 0
  /** One more than the largest row ever used. */
  limit = 1
  #capacity: number
  #free = 0
  /** ADD-PATH identifiers; empty until the first one other than 0 comes. */
  #pathIds = new Uint32Array(0)

  constructor(capacity = 1024) {
    const rows = Math.max(16, capacity)
    this.#capacity = rows
    this.prefix = new Int32Array(rows)
    this.source = new Uint16Array(rows)
    this.attrIn = new Int32Array(rows)
    this.attrUse = new Int32Array(rows)
    this.flags = new Uint8Array(rows)
    this.reason = new Uint8Array(rows)
    this.generation = new Uint8Array(rows)
    this.since = new Float64Array(rows)
    this.nextOfPrefix = new Int32Array(rows)
    this.previousOfPrefix = new Int32Array(rows)
    this.nextOfSource = new Int32Array(rows)
    this.previousOfSource = new Int32Array(rows)
  }

  /** ADD-PATH identifier (RFC 7911) of a path; 0 without. */
  pathId(path: number): number {
    return path < this.#pathIds.length ? this.#pathIds[path] : 0
  }

  /** A fresh row with prefix, source and path identifier set; the caller sets the rest. */
  allocate(prefix: number, source: number, pathId: number): number {
    let path = this.#free
    if (path !== 0) this.#free = this.prefix[path]
    else {
      path = this.limit
      if (path === this.#capacity) this.#grow()
      this.limit++
    }
    this.size++
    this.prefix[path] = prefix
    this.source[path] = source
    this.flags[path] = PATH_NEW
    if (pathId !== 0 || path < this.#pathIds.length) this.#setPathId(path, pathId)
    return path
  }

  /** Gives a row back; both its lists must be left before. */
  release(path: number): void {
    this.prefix[path] = this.#free
    // No attribute set in use marks a free row for those who scan all of them.
    this.attrIn[path] = 0
    this.attrUse[path] = 0
    this.flags[path] = 0
    this.#free = path
    this.size--
  }

  #setPathId(path: number, pathId: number): void {
    if (path >= this.#pathIds.length) this.#pathIds = growUint32(this.#pathIds, this.#capacity)
    this.#pathIds[path] = pathId
  }

  #grow(): void {
    const capacity = grownCapacity(this.#capacity, this.limit + 1)
    this.#capacity = capacity
    this.prefix = growInt32(this.prefix, capacity)
    this.source = growUint16(this.source, capacity)
    this.attrIn = growInt32(this.attrIn, capacity)
    this.attrUse = growInt32(this.attrUse, capacity)
    this.flags = growUint8(this.flags, capacity)
    this.reason = growUint8(this.reason, capacity)
    this.generation = growUint8(this.generation, capacity)
    this.since = growFloat64(this.since, capacity)
    this.nextOfPrefix = growInt32(this.nextOfPrefix, capacity)
    this.previousOfPrefix = growInt32(this.previousOfPrefix, capacity)
    this.nextOfSource = growInt32(this.nextOfSource, capacity)
    this.previousOfSource = growInt32(this.previousOfSource, capacity)
  }
}
