/**
 * A cursor over octets with a hard end. Reading past the end gives zeros and marks the reader as failed for
 * good, so a decoder reads its fields in one go and asks once. A nested length makes a sub-reader, which
 * can't reach outside its parent.
 */
export class Reader {
  readonly bytes: Uint8Array
  /** Offset of the next octet in `bytes`. */
  offset: number
  readonly end: number
  /** True once something reached past the end. */
  failed = false

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.end = Math.min(end, bytes.length)
    this.offset = Math.min(start, this.end)
  }

  /** Octets not yet read. */
  get left(): number {
    return this.end - this.offset
  }

  u8(): number {
    return this.#take(1) ? this.bytes[this.offset - 1] : 0
  }

  u16(): number {
    if (!this.#take(2)) return 0
    return (this.bytes[this.offset - 2] << 8) | this.bytes[this.offset - 1]
  }

  u24(): number {
    return this.u8() * 65536 + this.u16()
  }

  u32(): number {
    return this.u16() * 65536 + this.u16()
  }

  /** A copy of the next `count` octets; empty when they are not there. */
  take(count: number): Uint8Array {
    return this.#take(count) ? this.bytes.slice(this.offset - count, this.offset) : new Uint8Array(0)
  }

  /** A reader of the next `count` octets; this one goes on behind them. It has failed when they are not there. */
  sub(count: number): Reader {
    const start = this.offset
    const whole = this.#take(count)
    const reader = new Reader(this.bytes, start, this.offset)
    reader.failed = !whole
    return reader
  }

  #take(count: number): boolean {
    if (count > this.end - this.offset) {
      this.failed = true
      this.offset = this.end
      return false
    }
    this.offset += count
    return true
  }
}

/**
 * The same octets as a bare Uint8Array. A Buffer's slice() makes no copy: what decoders take out of a message
 * would hold on to the whole chunk that it came in.
 */
export function plain(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
