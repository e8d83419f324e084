import type { Family } from '../../ip/family.js'
import { growInt32 } from '../store/columns.js'
import type { Rib } from '../table.js'
import type { NlriRows } from './bucket.js'

/**
 * Routes that a neighbor holds from us, by their names on the wire alone: kept while it changes its update
 * group, so that what the new one does not send can be withdrawn. Their prefixes stay until release().
 */
export class AdvertisedNlri implements NlriRows {
  readonly family: Family
  readonly #rib: Rib
  readonly #addPath: boolean
  #prefixes = new Int32Array(16)
  #pathIds = new Int32Array(16)
  #count = 0

  /** @param addPath whether path identifiers are part of the name */
  constructor(rib: Rib, addPath: boolean) {
    this.family = rib.family
    this.#rib = rib
    this.#addPath = addPath
  }

  /** @param pathId 0 without ADD-PATH */
  add(prefix: number, pathId: number): void {
    if (this.#count === this.#prefixes.length) {
      this.#prefixes = growInt32(this.#prefixes, this.#count * 2)
      this.#pathIds = growInt32(this.#pathIds, this.#count * 2)
    }
    // Paths of one prefix stand together, mostly: a hold for each would be many.
    if (!this.#follows(this.#count, prefix)) this.#rib.retainPrefix(prefix)
    this.#prefixes[this.#count] = prefix
    this.#pathIds[this.#count++] = pathId
  }

  /** Adds those of `others` that are not `known`. */
  addMissing(others: AdvertisedNlri, known: (prefix: number, pathId: number) => boolean): void {
    for (let i = 0; i < others.#count; i++) {
      const prefix = others.#prefixes[i]
      const pathId = others.#pathIds[i]
      if (!known(prefix, pathId)) this.add(prefix, pathId)
    }
  }

  /** The rows (as the names are packed by) of those that are not `known`. */
  missing(known: (prefix: number, pathId: number) => boolean): Int32Array {
    const rows = new Int32Array(this.#count)
    let count = 0
    for (let i = 0; i < this.#count; i++) if (!known(this.#prefixes[i], this.#pathIds[i])) rows[count++] = i
    return rows.slice(0, count)
  }

  /** Gives the prefixes up. */
  release(): void {
    for (let i = 0; i < this.#count; i++) {
      if (!this.#follows(i, this.#prefixes[i])) this.#rib.releasePrefix(this.#prefixes[i])
    }
    this.#count = 0
  }

  size(row: number): number {
    return (this.#addPath ? 5 : 1) + ((this.#rib.prefixes.length(this.#prefixes[row]) + 7) >>> 3)
  }

  write(row: number, bytes: Uint8Array, at: number): number {
    let to = at
    if (this.#addPath) {
      const pathId = this.#pathIds[row]
      bytes[to++] = pathId >>> 24
      bytes[to++] = pathId >>> 16
      bytes[to++] = pathId >>> 8
      bytes[to++] = pathId
    }
    return this.#rib.prefixes.write(this.#prefixes[row], bytes, to)
  }

  #follows(at: number, prefix: number): boolean {
    return at > 0 && this.#prefixes[at - 1] === prefix
  }
}
