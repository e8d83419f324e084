/** Octets being written; grows by doubling. */
export class Writer {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length
  }

  u8(value: number): this {
    this.#room(1)
    this.#bytes[this.#length++] = value
    return this
  }

  u16(value: number): this {
    this.#room(2)
    this.#bytes[this.#length++] = value >>> 8
    this.#bytes[this.#length++] = value
    return this
  }

  u24(value: number): this {
    return this.u8(value >>> 16).u16(value)
  }

  /** @param value 0 to 4294967295 */
  u32(value: number): this {
    this.#room(4)
    const bytes = this.#bytes
    const at = this.#length
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
    this.#length = at + 4
    return this
  }

  bytes(value: ArrayLike<number>, start = 0, end = value.length): this {
    this.#room(end - start)
    for (let i = start; i < end; i++) this.#bytes[this.#length++] = value[i]
    return this
  }

  /** Overwrites an octet or two written before, for lengths that are known later. */
  patch8(offset: number, value: number): void {
    this.#bytes[offset] = value
  }

  patch16(offset: number, value: number): void {
    this.#bytes[offset] = value >>> 8
    this.#bytes[offset + 1] = value
  }

  /** An octet written before. */
  at(offset: number): number {
    return this.#bytes[offset]
  }

  /** Puts an octet in front of the one at `offset`. */
  insert8(offset: number, value: number): void {
    this.#room(1)
    this.#bytes.copyWithin(offset + 1, offset, this.#length++)
    this.#bytes[offset] = value
  }

  /** Forgets everything from `length` on. */
  cut(length: number): void {
    this.#length = length
  }

  /** A copy of everything written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
  }
}
