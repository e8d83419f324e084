/** A neighbor's place in an update group. */

import { growInt32 } from '../store/columns.js'
import type { Packed } from './bucket.js'

/** Behind any position of a log. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** One neighbor's positions in the logs of its update group, and what it was sent. */
export class OutMember {
  /** Its index as a source of routes, which are not sent back to it. */
  readonly source: number
  /** How many entries of each log it has passed. */
  announced = 0
  withdrawn = 0
  /** Messages to send when it has passed `markAt` announcements: End-of-RIB, EoRR. */
  markers: Uint8Array[] = []
  markerAt = 0
  /** Made and not handed over yet. */
  readonly queue: Packed[] = []
  /** Rows whose source alone changed, from or to this neighbor. */
  revisit = new Set<number>()
  /** How many rows it holds. */
  advertised = 0
  #bits = new Int32Array(32)

  constructor(source: number) {
    this.source = source
  }

  /** Whether the neighbor holds the row from us. */
  has(row: number): boolean {
    const word = row >>> 5
    return word < this.#bits.length && (this.#bits[word] & (1 << (row & 31))) !== 0
  }

  /** Notes that `count` rows have been announced. */
  setAll(rows: Int32Array, start: number, count: number): void {
    for (let i = start; i < start + count; i++) this.set(rows[i])
  }

  set(row: number): void {
    const word = row >>> 5
    if (word >= this.#bits.length) {
      this.#bits = growInt32(this.#bits, Math.max(word + 1, this.#bits.length * 2))
    }
    const bit = 1 << (row & 31)
    const bits = this.#bits[word]
    if ((bits & bit) !== 0) return
    this.#bits[word] = bits | bit
    this.advertised++
  }

  /** Notes that the row has been withdrawn. @returns whether it was held */
  clear(row: number): boolean {
    if (!this.has(row)) return false
    this.#bits[row >>> 5] &= ~(1 << (row & 31))
    this.advertised--
    return true
  }
}
