/** Prefixes that wait for the decision, each once, in the order in which they came to. */
import { growInt32 } from './columns.js'
import { PREFIX_DIRTY, PREFIX_FULL, type PrefixRows } from './prefix-rows.js'

const SMALL = 1024
/** A queue that was longer gives its memory back when it is empty. */
const LARGE = 65536

/** Prefixes that wait for a decision, each once. */
export class DirtyQueue {
  readonly #rows: PrefixRows
  #prefixes = new Int32Array(SMALL)
  #start = 0
  #end = 0

  constructor(rows: PrefixRows) {
    this.#rows = rows
  }

  get length(): number {
    return this.#end - this.#start
  }

  /** Marks a prefix. */
  add(prefix: number): void {
    const { flags } = this.#rows
    if ((flags[prefix] & PREFIX_DIRTY) !== 0) return
    flags[prefix] |= PREFIX_DIRTY
    if (this.#end === this.#prefixes.length) this.#makeRoom()
    this.#prefixes[this.#end++] = prefix
  }

  /** Marks a prefix all of whose paths must be looked at. */
  addFull(prefix: number): void {
    this.#rows.flags[prefix] |= PREFIX_FULL
    this.add(prefix)
  }

  /** Takes the first prefix out; there must be one. The mark stays for who decides it. */
  shift(): number {
    const prefix = this.#prefixes[this.#start++]
    if (this.#start < this.#end) return prefix
    this.#start = 0
    this.#end = 0
    if (this.#prefixes.length > LARGE) this.#prefixes = new Int32Array(SMALL)
    return prefix
  }

  #makeRoom(): void {
    if (this.#start > this.#prefixes.length >>> 1) {
      this.#prefixes.copyWithin(0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
    } else this.#prefixes = growInt32(this.#prefixes, this.#prefixes.length * 2)
  }
}
