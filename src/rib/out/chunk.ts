/** A packed stretch of one of an update group's logs, kept for the members that have not passed it. */
import type { Packed } from './bucket.js'

export interface Chunk extends Packed {
  /** The stretch: entries from `start`, the last one before `end`. */
  readonly start: number
  readonly end: number
  /** Rows in the order in which they stand in the messages. */
  readonly rows: Int32Array
  /** For each run of rows from one source: source, end in `rows`, end in `bytes`, updates up to there. */
  readonly runs: Int32Array
  /** Sources that occur in `runs`. */
  readonly sources: ReadonlySet<number>
  /** Members that have not passed it. */
  waiting: number
}

/** Octets of chunks that a group keeps. */
const KEPT_OCTETS = 16 * 1048576

/** Packed stretches of a log, kept while members may still want them. */
export class ChunkCache {
  readonly #chunks = new Map<number, Chunk>()
  #octets = 0

  /** The chunk that starts at a position. */
  get(start: number): Chunk | undefined {
    return this.#chunks.get(start)
  }

  /** Keeps a chunk; the oldest go when there are too many octets. */
  add(chunk: Chunk): void {
    this.remove(chunk.start)
    this.#chunks.set(chunk.start, chunk)
    this.#octets += chunk.bytes.length
    for (const oldest of this.#chunks.values()) {
      if (this.#octets <= KEPT_OCTETS || oldest === chunk) break
      this.remove(oldest.start)
    }
  }

  remove(start: number): void {
    const chunk = this.#chunks.get(start)
    if (chunk === undefined) return
    this.#chunks.delete(start)
    this.#octets -= chunk.bytes.length
  }

  /** Drops the chunk that the entry at `position` (from 1) is in: what it says is no longer so. */
  invalidate(position: number): void {
    for (const chunk of this.#chunks.values()) {
      if (chunk.start < position && position <= chunk.end) this.remove(chunk.start)
    }
  }

  clear(): void {
    this.#chunks.clear()
    this.#octets = 0
  }
}
