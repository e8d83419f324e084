/**
 * Prefixes of one family as small dense numbers. A routing table of a million prefixes as objects or strings
 * costs hundreds of megabytes and a second of garbage collection; here a prefix is its id, and everything
 * known about it lies in typed arrays that owners of the ids index by them.
 *
 * Storage: `words` 32-bit words of masked address and one octet of length for each id, and an
 * open-addressing hash (linear probing, backward-shift deletion, at most two thirds full) whose slots hold
 * id + 1. That is 11 to 17 octets in use for an IPv4 prefix, 23 to 29 for an IPv6 one.
 */
import { formatIPv4, formatIPv6 } from './address.js'
import type { Family } from './family.js'

const FREE = 255
const LARGEST = 1 << 28

/** Prefixes of one family as dense ids, as described at the head of this file. */
export class PrefixTable {
  readonly family: Family
  /** Address width: 32 or 128. */
  readonly bits: number
  readonly #words: number
  readonly #seed: number
  /** Live ids by prefix length. */
  readonly #lengthCounts: Int32Array
  /** The key being looked up, four words (IPv6 only). */
  readonly #key = new Int32Array(4)
  #keys: Int32Array
  #lengths: Uint8Array
  #slots: Int32Array
  #mask: number
  #limit = 0
  #size = 0
  #free = -1

  /**
   * @param capacity how many prefixes to make room for at once; the table grows by itself
   * @param seed any 32-bit number; a secret one keeps peers from choosing prefixes that collide
   */
  constructor(family: Family, capacity = 1024, seed = 0) {
    this.family = family
    this.bits = family === 'ipv4-unicast' ? 32 : 128
    this.#words = this.bits >>> 5
    this.#seed = seed | 0
    this.#lengthCounts = new Int32Array(this.bits + 1)
    const ids = Math.max(16, capacity)
    this.#keys = new Int32Array(ids * this.#words)
    this.#lengths = new Uint8Array(ids).fill(FREE)
    let slots = 32
    while (slots * 2 < ids * 3) slots *= 2
    this.#slots = new Int32Array(slots)
    this.#mask = slots - 1
  }

  /** How many prefixes are in the table. */
  get size(): number {
    return this.#size
  }

  /** One more than the largest id ever given: the length that an array indexed by id needs. */
  get limit(): number {
    return this.#limit
  }

  /**
   * The id of a prefix, given now if it is new. Bits after the first `bits` are ignored, octets after the
   * last needed one are not read (NLRI form, RFC 4271 §4.3).
   * @param offset of the first address octet in `bytes`
   * @param bits prefix length
   * @throws RangeError when `bits` exceeds the address width or the octets reach past the end of `bytes`
   */
  intern(bytes: Uint8Array, offset: number, bits: number): number {
    if (bits > this.bits || offset + ((bits + 7) >>> 3) > bytes.length) {
      throw new RangeError(
        `a prefix of ${bits} bits at octet ${offset} of ${bytes.length} is not ${this.family}`,
      )
    }
    if (this.#words === 1) return this.#intern4(read32(bytes, offset, bits), bits)
    this.#readKey(bytes, offset, bits)
    return this.#intern6(bits)
  }

  /** The id of a prefix, or -1 when it is not in the table (or is none of this family). */
  find(bytes: Uint8Array, offset: number, bits: number): number {
    if (bits > this.bits || offset + ((bits + 7) >>> 3) > bytes.length) return -1
    if (this.#words === 1) return this.#find4(read32(bytes, offset, bits), bits)
    this.#readKey(bytes, offset, bits)
    return this.#find6(bits)
  }

  /** True when the id is in use. */
  has(id: number): boolean {
    return id >= 0 && id < this.#limit && this.#lengths[id] !== FREE
  }

  /** Prefix length of a live id. */
  length(id: number): number {
    return this.#lengths[id]
  }

  /** Takes a prefix out; its id is given again to a later one. A free id is left alone. */
  release(id: number): void {
    if (!this.has(id)) return
    const slots = this.#slots
    const mask = this.#mask
    let hole = this.#hashOf(id) & mask
    while (slots[hole] !== id + 1) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf(slots[at] - 1) & mask
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at]
        hole = at
      }
    }
    slots[hole] = 0
    this.#lengthCounts[this.#lengths[id]]--
    this.#lengths[id] = FREE
    this.#keys[id * this.#words] = this.#free
    this.#free = id
    this.#size--
  }

  /**
   * The most specific prefix that covers an address.
   * @param address 4 or 16 octets at `offset`
   * @param maxBits looks only at prefixes of this length or shorter
   * @returns its id, or -1
   */
  longest(address: Uint8Array, offset = 0, maxBits = this.bits): number {
    if (offset + this.#words * 4 > address.length) return -1
    const counts = this.#lengthCounts
    for (let bits = Math.min(maxBits, this.bits); bits >= 0; bits--) {
      if (counts[bits] === 0) continue
      const id = this.find(address, offset, bits)
      if (id >= 0) return id
    }
    return -1
  }

  /** By address, then the shorter length first. Negative, 0 or positive. */
  compare(a: number, b: number): number {
    const words = this.#words
    for (let word = 0; word < words; word++) {
      const left = this.#keys[a * words + word] >>> 0
      const right = this.#keys[b * words + word] >>> 0
      if (left !== right) return left < right ? -1 : 1
    }
    return this.#lengths[a] - this.#lengths[b]
  }

  /**
   * A page of the table in the order of `compare`: the first `count` ids behind a prefix, which itself
   * need not be in the table any more. One pass over the ids, no sort of the whole.
   * @param after address octets (4 or 16); undefined starts at the beginning
   * @param afterBits the length of that prefix
   */
  page(count: number, after?: Uint8Array, afterBits = 0): Int32Array {
    const wanted = Math.max(0, Math.min(count, this.#size))
    const buffer = new Int32Array(wanted * 2)
    const words = this.#words
    if (after !== undefined) this.#readKey(after, 0, afterBits)
    let filled = 0
    let ceiling = -1
    for (let id = 0; id < this.#limit && wanted > 0; id++) {
      if (this.#lengths[id] === FREE) continue
      if (after !== undefined && !this.#isAfterKey(id * words, this.#lengths[id], afterBits)) continue
      if (ceiling >= 0 && this.compare(id, ceiling) > 0) continue
      buffer[filled++] = id
      if (filled < buffer.length) continue
      buffer.sort((a, b) => this.compare(a, b))
      filled = wanted
      ceiling = buffer[wanted - 1]
    }
    return buffer
      .subarray(0, filled)
      .sort((a, b) => this.compare(a, b))
      .slice(0, wanted)
  }

  /** Writes the whole masked address. @returns the offset behind it */
  writeAddress(id: number, out: Uint8Array, offset: number): number {
    return this.#writeOctets(id, out, offset, this.#words * 4)
  }

  /**
   * Writes the NLRI form: length octet and as many address octets as it needs (RFC 4271 §4.3).
   * @returns the offset behind it; at most 5 (IPv4) or 17 (IPv6) octets further
   */
  write(id: number, out: Uint8Array, offset: number): number {
    const bits = this.#lengths[id]
    out[offset] = bits
    return this.#writeOctets(id, out, offset + 1, (bits + 7) >>> 3)
  }

  /** 'address/length', canonical. */
  text(id: number): string {
    if (this.#words === 1) return `${formatIPv4(this.#keys[id])}/${this.#lengths[id]}`
    const bytes = new Uint8Array(16)
    this.writeAddress(id, bytes, 0)
    return `${formatIPv6(bytes)}/${this.#lengths[id]}`
  }

  #writeOctets(id: number, out: Uint8Array, offset: number, octets: number): number {
    const first = id * this.#words
    for (let i = 0; i < octets; i++) out[offset + i] = this.#keys[first + (i >>> 2)] >>> (24 - ((i & 3) << 3))
    return offset + octets
  }

  #intern4(word: number, bits: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let at = hash4(word, bits, this.#seed) & mask
    for (let slot = slots[at]; slot !== 0; slot = slots[at]) {
      if (this.#keys[slot - 1] === word && this.#lengths[slot - 1] === bits) return slot - 1
      at = (at + 1) & mask
    }
    const id = this.#take(at, bits)
    this.#keys[id] = word
    if (this.#size * 3 > mask * 2) this.#grow()
    return id
  }

  #find4(word: number, bits: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let at = hash4(word, bits, this.#seed) & mask
    for (let slot = slots[at]; slot !== 0; slot = slots[at]) {
      if (this.#keys[slot - 1] === word && this.#lengths[slot - 1] === bits) return slot - 1
      at = (at + 1) & mask
    }
    return -1
  }

  #intern6(bits: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const key = this.#key
    let at = hash6(key, 0, bits, this.#seed) & mask
    for (let slot = slots[at]; slot !== 0; slot = slots[at]) {
      if (this.#lengths[slot - 1] === bits && this.#isKey((slot - 1) * 4)) return slot - 1
      at = (at + 1) & mask
    }
    const id = this.#take(at, bits)
    for (let word = 0; word < 4; word++) this.#keys[id * 4 + word] = key[word]
    if (this.#size * 3 > mask * 2) this.#grow()
    return id
  }

  #find6(bits: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let at = hash6(this.#key, 0, bits, this.#seed) & mask
    for (let slot = slots[at]; slot !== 0; slot = slots[at]) {
      if (this.#lengths[slot - 1] === bits && this.#isKey((slot - 1) * 4)) return slot - 1
      at = (at + 1) & mask
    }
    return -1
  }

  #isKey(first: number): boolean {
    const keys = this.#keys
    const key = this.#key
    return (
      keys[first] === key[0] &&
      keys[first + 1] === key[1] &&
      keys[first + 2] === key[2] &&
      keys[first + 3] === key[3]
    )
  }

  #isAfterKey(first: number, bits: number, afterBits: number): boolean {
    for (let word = 0; word < this.#words; word++) {
      const left = this.#keys[first + word] >>> 0
      const right = this.#key[word] >>> 0
      if (left !== right) return left > right
    }
    return bits > afterBits
  }

  #readKey(bytes: Uint8Array, offset: number, bits: number): void {
    const key = this.#key
    for (let word = 0; word < this.#words; word++) {
      const rest = bits - 32 * word
      key[word] = rest <= 0 ? 0 : read32(bytes, offset + 4 * word, Math.min(rest, 32))
    }
  }

  #take(slot: number, bits: number): number {
    let id = this.#free
    if (id >= 0) this.#free = this.#keys[id * this.#words]
    else {
      id = this.#limit
      if (id === this.#lengths.length) this.#growIds()
      this.#limit++
    }
    this.#lengths[id] = bits
    this.#lengthCounts[bits]++
    this.#slots[slot] = id + 1
    this.#size++
    return id
  }

  #growIds(): void {
    const ids = this.#lengths.length
    // In large steps: copying is what growth costs, untouched pages of the fresh arrays take no memory.
    const grown = ids < 1048576 ? ids * 4 : ids * 2
    if (grown > LARGEST) throw new RangeError(`more than ${LARGEST} prefixes of ${this.family}`)
    const keys = new Int32Array(grown * this.#words)
    keys.set(this.#keys)
    this.#keys = keys
    const lengths = new Uint8Array(grown).fill(FREE, ids)
    lengths.set(this.#lengths)
    this.#lengths = lengths
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * (this.#slots.length < 524288 ? 4 : 2))
    const mask = slots.length - 1
    for (let id = 0; id < this.#limit; id++) {
      if (this.#lengths[id] === FREE) continue
      let at = this.#hashOf(id) & mask
      while (slots[at] !== 0) at = (at + 1) & mask
      slots[at] = id + 1
    }
    this.#slots = slots
    this.#mask = mask
  }

  #hashOf(id: number): number {
    const bits = this.#lengths[id]
    return this.#words === 1
      ? hash4(this.#keys[id], bits, this.#seed)
      : hash6(this.#keys, id * 4, bits, this.#seed)
  }
}

/** The first `bits` (0 to 32) bits at `offset` as a signed word; reads only the octets they lie in. */
function read32(bytes: Uint8Array, offset: number, bits: number): number {
  if (bits === 0) return 0
  let word = bytes[offset] << 24
  if (bits > 8) word |= bytes[offset + 1] << 16
  if (bits > 16) word |= bytes[offset + 2] << 8
  if (bits > 24) word |= bytes[offset + 3]
  return word & (-1 << (32 - bits))
}

function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return hash ^ (hash >>> 16)
}

/**
 * Eight neighboring prefixes of one length get eight neighboring slots: tables come more or less in order, and
 * then most look-ups find their slot in the cache.
 */
function hash4(word: number, bits: number, seed: number): number {
  const suffix = word >>> (32 - bits)
  return (finish((suffix >>> 3) ^ seed ^ Math.imul(bits + 1, 0x9e3779b1)) << 3) | (suffix & 7)
}

function hash6(keys: Int32Array, first: number, bits: number, seed: number): number {
  let hash = seed ^ Math.imul(bits + 1, 0x9e3779b1)
  hash = Math.imul(hash ^ keys[first], 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ keys[first + 1], 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 13) ^ keys[first + 2], 0x27d4eb2f)
  return finish(hash ^ (hash >>> 15) ^ keys[first + 3])
}
