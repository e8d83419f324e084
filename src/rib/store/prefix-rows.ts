/** What a table knows of each prefix, as columns indexed by prefix id. */
import { growInt32, grownCapacity, growUint8, growUint16, growUint32 } from './columns.js'

/** All valid paths have the same MED; come from the same neighboring AS (decide.ts: then order is total). */
export const PREFIX_SAME_MED = 1
export const PREFIX_SAME_AS = 2
/** Valid paths stand behind the ranked ones. */
export const PREFIX_REST = 4
/** Waits for the decision. */
export const PREFIX_DIRTY = 8
/** The decision must look at every path. */
export const PREFIX_FULL = 16
/** A path of the multipath set has gone or changed. */
export const PREFIX_TOUCHED = 32
/** Its paths are in the PathIndex. */
export const PREFIX_INDEXED = 64
/** Covered by an own aggregate that is announced instead: not to be sent to neighbors. */
export const PREFIX_SUPPRESSED = 128

/** Columns of a table, one element for each prefix id. */
export class PrefixRows {
  /** First path of the list, 0 without paths. */
  head: Int32Array
  /** Paths, valid or not. */
  count: Int32Array
  /** Length of the multipath set as last decided, the best path included; 0 without a valid path. */
  multipath: Uint16Array
  /** Paths marked MULTIPATH that are in the list now. */
  marked: Uint16Array
  /** Ranked paths at the front of the list, and the last of them; 0 where comparing two is no total order. */
  ranked: Uint16Array
  last: Int32Array
  flags: Uint8Array
  /** Id of the next-hop set (NextHopSets), 0 for none. */
  nextHopSet: Int32Array
  /** Table version of the last change. */
  version: Uint32Array
  /** How many others keep the prefix id alive. */
  retained: Uint16Array
  #capacity: number

  constructor(capacity = 1024) {
    const rows = Math.max(16, capacity)
    this.#capacity = rows
    this.head = new Int32Array(rows)
    this.count = new Int32Array(rows)
    this.multipath = new Uint16Array(rows)
    this.marked = new Uint16Array(rows)
    this.ranked = new Uint16Array(rows)
    this.last = new Int32Array(rows)
    this.flags = new Uint8Array(rows)
    this.nextHopSet = new Int32Array(rows)
    this.version = new Uint32Array(rows)
    this.retained = new Uint16Array(rows)
  }

  /** How many prefix ids have a row. */
  get capacity(): number {
    return this.#capacity
  }

  /** Makes room for a prefix id. */
  ensure(prefix: number): void {
    if (prefix >= this.#capacity) this.#grow(prefix)
  }

  #grow(prefix: number): void {
    const capacity = grownCapacity(this.#capacity, prefix + 1)
    this.#capacity = capacity
    this.head = growInt32(this.head, capacity)
    this.count = growInt32(this.count, capacity)
    this.multipath = growUint16(this.multipath, capacity)
    this.marked = growUint16(this.marked, capacity)
    this.ranked = growUint16(this.ranked, capacity)
    this.last = growInt32(this.last, capacity)
    this.flags = growUint8(this.flags, capacity)
    this.nextHopSet = growInt32(this.nextHopSet, capacity)
    this.version = growUint32(this.version, capacity)
    this.retained = growUint16(this.retained, capacity)
  }
}
