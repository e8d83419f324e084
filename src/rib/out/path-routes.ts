/**
 * The routes of an update group with ADD-PATH (RFC 7911): a row for each path that is sent.
 *
 * A path's identifier on the wire is its number in the table: no two live paths have the same, and it stays
 * while the path is there, whatever becomes of its attributes, of its place among the best, or of the neighbor's
 * update group. A number is given again when its path is gone. So a row is (prefix, number): where the new path
 * is one of the same prefix, it takes the row over (which RFC 7911 §5 reads as a replacement); where it is one of
 * another prefix, the former row still has its withdrawal to say, and both are there.
 */
import type { Family } from '../../ip/family.js'
import type { PathSelection } from '../export/path-selection.js'
import { growInt32, grownCapacity } from '../store/columns.js'
import type { Rib } from '../table.js'
import type { Egress } from './egress.js'
import type { OutRoutes } from './out-routes.js'
import type { OutTable } from './out-table.js'

/** Identifier of an own route that replaces those of the table; paths are numbered from 1. */
const OWN = 0

/** The paths sent of each prefix, as described at the head of this file. */
export class PathRoutes implements OutRoutes {
  readonly family: Family
  /** One more than the largest row; row 0 is none. */
  limit = 1
  readonly #rib: Rib
  readonly #egress: Egress
  readonly #out: OutTable
  readonly #selection: PathSelection
  /** By row. */
  #prefix = new Int32Array(16)
  #path = new Int32Array(16)
  /** Rows of one prefix; of a free row the next free one. */
  #next = new Int32Array(16)
  #previous = new Int32Array(16)
  /** Rows of one path number. */
  #nextOfPath = new Int32Array(16)
  /** The update() that has last set the row. */
  #stamp = new Int32Array(16)
  #free = 0
  /** First row of a prefix, of a path number. */
  #ofPrefix = new Int32Array(16)
  #ofPath = new Int32Array(16)
  #stamps = 0
  /** With 'best-per-as': the best path of each neighboring AS so far, and its outgoing block. */
  readonly #pathOfAs = new Map<number, number>()
  readonly #blockOfAs = new Map<number, number>()

  constructor(rib: Rib, egress: Egress, out: OutTable, selection: PathSelection) {
    this.family = rib.family
    this.#rib = rib
    this.#egress = egress
    this.#out = out
    this.#selection = selection
  }

  follow(changed: (prefix: number) => void, done: () => void): () => void {
    return this.#rib.subscribePaths((batch) => {
      for (let i = 0; i < batch.count; i++) changed(batch.prefixes[i])
      done()
    })
  }

  update(prefix: number): void {
    this.#begin()
    if (!this.#rib.isSuppressed(prefix)) {
      if (this.#selection === 'all') this.#setAll(prefix)
      else if (this.#selection === 'best-per-as') this.#setBestPerAs(prefix)
      else this.#setBest(prefix, this.#selection)
    }
    this.#end(prefix)
  }

  replace(prefix: number, block: number): void {
    this.#begin()
    this.#set(prefix, OWN, block, 0)
    this.#end(prefix)
  }

  opened(): void {
    // The prefix is held with its first row.
  }

  closed(row: number): void {
    const prefix = this.#prefix[row]
    const path = this.#path[row]
    const next = this.#next[row]
    const previous = this.#previous[row]
    if (next !== 0) this.#previous[next] = previous
    if (previous !== 0) this.#next[previous] = next
    else this.#ofPrefix[prefix] = next
    if (this.#ofPath[path] === row) this.#ofPath[path] = this.#nextOfPath[row]
    else {
      let before = this.#ofPath[path]
      while (this.#nextOfPath[before] !== row) before = this.#nextOfPath[before]
      this.#nextOfPath[before] = this.#nextOfPath[row]
    }
    this.#prefix[row] = -1
    this.#next[row] = this.#free
    this.#free = row
    if (this.#ofPrefix[prefix] === 0) this.#rib.releasePrefix(prefix)
  }

  hasFrom(source: number): boolean {
    return (this.#rib.source(source)?.accepted ?? 0) > 0
  }

  rowsOf(prefix: number): readonly number[] {
    const rows: number[] = []
    let row = prefix < this.#ofPrefix.length ? this.#ofPrefix[prefix] : 0
    for (; row !== 0; row = this.#next[row]) rows.push(row)
    return rows
  }

  find(prefix: number, pathId: number): number {
    const row = this.#find(prefix, pathId)
    return row === 0 ? -1 : row
  }

  prefixOf(row: number): number {
    return this.#prefix[row]
  }

  pathIdOf(row: number): number {
    return this.#path[row]
  }

  size(row: number): number {
    return 5 + ((this.#rib.prefixes.length(this.#prefix[row]) + 7) >>> 3)
  }

  write(row: number, bytes: Uint8Array, at: number): number {
    const path = this.#path[row]
    bytes[at] = path >>> 24
    bytes[at + 1] = path >>> 16
    bytes[at + 2] = path >>> 8
    bytes[at + 3] = path
    return this.#rib.prefixes.write(this.#prefix[row], bytes, at + 4)
  }

  #setAll(prefix: number): void {
    const rib = this.#rib
    for (let path = rib.first(prefix); path !== 0; path = rib.next(path)) {
      if (!rib.isValid(path)) continue
      const source = rib.sourceOf(path)
      this.#set(prefix, path, this.#egress.block(prefix, rib.attributeOf(path), source), source)
    }
  }

  /** The best of those that may be sent, in the order of the decision. */
  #setBest(prefix: number, count: number): void {
    const rib = this.#rib
    const order = rib.inOrder(prefix)
    let left = count
    for (let path = order.next(); left > 0 && path !== 0; path = order.next()) {
      const source = rib.sourceOf(path)
      const block = this.#egress.block(prefix, rib.attributeOf(path), source)
      if (block === 0) continue
      this.#set(prefix, path, block, source)
      left--
    }
  }

  #setBestPerAs(prefix: number): void {
    const rib = this.#rib
    const best = this.#pathOfAs
    for (let path = rib.first(prefix); path !== 0; path = rib.next(path)) {
      if (!rib.isValid(path)) continue
      const as = rib.neighborAsOf(path)
      const known = best.get(as)
      if (known !== undefined && rib.compare(path, known) > 0) continue
      const block = this.#egress.block(prefix, rib.attributeOf(path), rib.sourceOf(path))
      if (block === 0) continue
      best.set(as, path)
      this.#blockOfAs.set(as, block)
    }
    for (const [as, path] of best) this.#set(prefix, path, this.#blockOfAs.get(as)!, rib.sourceOf(path))
    best.clear()
    this.#blockOfAs.clear()
  }

  #begin(): void {
    this.#stamps = (this.#stamps + 1) | 0
  }

  #set(prefix: number, path: number, block: number, source: number): void {
    if (block === 0) return
    const row = this.#find(prefix, path) || this.#open(prefix, path)
    this.#stamp[row] = this.#stamps
    this.#out.set(row, block, source)
  }

  /** Withdraws the rows of a prefix that were not set. */
  #end(prefix: number): void {
    let row = prefix < this.#ofPrefix.length ? this.#ofPrefix[prefix] : 0
    while (row !== 0) {
      // The row may go at once, when nobody has been told of it.
      const next = this.#next[row]
      if (this.#stamp[row] !== this.#stamps) this.#out.set(row, 0, 0)
      row = next
    }
  }

  #find(prefix: number, path: number): number {
    if (path >= this.#ofPath.length) return 0
    let row = this.#ofPath[path]
    while (row !== 0 && this.#prefix[row] !== prefix) row = this.#nextOfPath[row]
    return row
  }

  #open(prefix: number, path: number): number {
    let row = this.#free
    if (row !== 0) this.#free = this.#next[row]
    else {
      row = this.limit++
      if (row >= this.#prefix.length) this.#growRows()
    }
    if (prefix >= this.#ofPrefix.length) this.#ofPrefix = grown(this.#ofPrefix, prefix)
    if (path >= this.#ofPath.length) this.#ofPath = grown(this.#ofPath, path)
    const first = this.#ofPrefix[prefix]
    this.#prefix[row] = prefix
    this.#path[row] = path
    this.#next[row] = first
    this.#previous[row] = 0
    if (first !== 0) this.#previous[first] = row
    else this.#rib.retainPrefix(prefix)
    this.#ofPrefix[prefix] = row
    this.#nextOfPath[row] = this.#ofPath[path]
    this.#ofPath[path] = row
    return row
  }

  #growRows(): void {
    this.#prefix = grown(this.#prefix, this.limit)
    const capacity = this.#prefix.length
    this.#path = growInt32(this.#path, capacity)
    this.#next = growInt32(this.#next, capacity)
    this.#previous = growInt32(this.#previous, capacity)
    this.#nextOfPath = growInt32(this.#nextOfPath, capacity)
    this.#stamp = growInt32(this.#stamp, capacity)
  }
}

function grown(column: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  return growInt32(column, grownCapacity(column.length, index + 1))
}
