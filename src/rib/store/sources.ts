/** Sources of paths in one table: what the decision needs to know of each, its paths, and its counters. */
import { parseAddress } from '../../ip/address.js'
import { growUint8, growUint16, growUint32 } from './columns.js'
import { REASON_IDS } from './reasons.js'
import type { Source } from './types.js'

/** Type codes of the `type` column. */
export const SOURCE_LOCAL = 0
export const SOURCE_EBGP = 1
export const SOURCE_IBGP = 2

/** A source's part of one table. Counters are read by anyone; Rib alone writes. */
export interface SourceState {
  readonly source: Source
  /** Paths in the table (Adj-RIB-In). */
  readonly received: number
  /** Paths that import policy and the checks of RFC 4271 §9.1.2 let pass. */
  readonly accepted: number
  /** Paths that are best, and that are best or multipath. */
  readonly best: number
  readonly multipath: number
  /** Paths kept while the neighbor restarts, or not refreshed since a refresh began. */
  readonly stale: number
  /** Paths that were not accepted, by the code of the reason (reasons.ts). */
  readonly refused: Readonly<Uint32Array>
}

/** The writable form of SourceState. */
export class SourceRow implements SourceState {
  source: Source
  received = 0
  accepted = 0
  best = 0
  multipath = 0
  stale = 0
  readonly refused = new Uint32Array(REASON_IDS.length)
  /** Ends of the list of its paths, stale ones first. */
  head = 0
  tail = 0
  /** Paths of another generation are stale. */
  generation = 0
  /** Generations that may still have stale paths. */
  staleGenerations = 0
  /** Stale paths are long-lived (RFC 9494): they carry LLGR_STALE. */
  longLived = false
  /** Paths from the head on that do not have it yet. */
  unmarked = 0

  constructor(source: Source) {
    this.source = source
  }
}

/** Sources by index, with their paths and counters. */
export class SourceTable {
  type = new Uint8Array(16)
  routerId = new Uint32Array(16)
  weight = new Uint16Array(16)
  readonly #addresses: Uint8Array[] = []
  readonly #rows: (SourceRow | undefined)[] = []

  /** Adds a source, or changes what is known of it. @returns its row, the same one after a change */
  set(source: Source): SourceRow {
    const index = source.index
    if (index >= this.type.length) {
      const capacity = Math.max(index + 1, this.type.length * 2)
      this.type = growUint8(this.type, capacity)
      this.routerId = growUint32(this.routerId, capacity)
      this.weight = growUint16(this.weight, capacity)
    }
    this.type[index] =
      source.type === 'ebgp' ? SOURCE_EBGP : source.type === 'ibgp' ? SOURCE_IBGP : SOURCE_LOCAL
    this.routerId[index] = source.routerId
    this.weight[index] = source.weight
    this.#addresses[index] = parseAddress(source.address)?.bytes ?? new Uint8Array(0)
    const row = this.#rows[index]
    if (row === undefined) {
      const added = new SourceRow(source)
      this.#rows[index] = added
      return added
    }
    row.source = source
    return row
  }

  get(index: number): SourceRow | undefined {
    return this.#rows[index]
  }

  remove(index: number): void {
    this.#rows[index] = undefined
  }

  /** Order of the neighbors' addresses: IPv4 before IPv6, then numeric. Negative, 0 or positive. */
  compareAddresses(a: number, b: number): number {
    const left = this.#addresses[a]
    const right = this.#addresses[b]
    if (left.length !== right.length) return left.length - right.length
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i] - right[i]
    return 0
  }
}
