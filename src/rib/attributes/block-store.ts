/**
 * Interned blocks of octets: equal blocks are one id, stored once. Blocks lie in slabs of one MiB on 8-octet
 * boundaries; the room of a freed block is kept on a free list of its size class and given to the next
 * block of that size, so that a table under churn stays as small as it was. Ids are counted references: the
 * last release() only notes the id, and reclaim() frees what nobody took up again, because a flapping route
 * brings the same block back a moment later.
 */
import { growInt32, grownCapacity } from '../store/columns.js'

const SLAB_SHIFT = 20
const SLAB_OCTETS = 1 << SLAB_SHIFT
/** Offsets count in units of 8 octets. */
const UNIT_SHIFT = 3
const UNITS_MASK = (1 << (SLAB_SHIFT - UNIT_SHIFT)) - 1
const LARGEST_BLOCK = 65535

/** Interned blocks of octets, as described at the head of this file. */
export class BlockStore {
  /** Length of each block in octets, by id. */
  lengths: Int32Array
  /** Reference counts, by id. */
  refs: Int32Array
  /** Number of blocks with or without references. */
  size = 0
  /** One more than the largest id ever given. */
  limit = 1
  /** Slabs; the block of an id starts at `offset(id)` of `slab(id)`. */
  readonly #slabs: Uint8Array[] = []
  /** Start of each block in units over all slabs. */
  #units: Int32Array
  /** Hash of each block; of a free id the next free one. */
  #hashes: Int32Array
  #slots: Int32Array
  #mask: number
  #free = 0
  /** Next unused unit; slabs are filled from the front. */
  #nextUnit = 0
  /** Head of the free list of each size class (length in units), unit + 1; the link stands in the block. */
  readonly #freeUnits = new Int32Array((LARGEST_BLOCK >>> UNIT_SHIFT) + 2)
  /** Ids whose count fell to zero since the last reclaim(), or that never had a reference. */
  #idle: Int32Array
  #idleCount = 0
  /** Told each id that reclaim() frees, before its octets go. */
  readonly #listeners: ((id: number) => void)[] = []
  /** Slot found by the last failed find(), and its hash: intern() after find() needs no second walk. */
  #slotAt = 0
  #lastHash = 0

  readonly #seed: number

  /**
   * @param capacity blocks to make room for at once; the store grows by itself
   * @param seed any 32-bit number; a secret one keeps peers from choosing blocks that collide
   */
  constructor(capacity = 1024, seed = 0) {
    this.#seed = seed | 0
    const ids = Math.max(16, capacity)
    this.lengths = new Int32Array(ids)
    this.refs = new Int32Array(ids)
    this.#units = new Int32Array(ids)
    this.#hashes = new Int32Array(ids)
    this.#idle = new Int32Array(64)
    let slots = 32
    while (slots * 2 < ids * 3) slots *= 2
    this.#slots = new Int32Array(slots)
    this.#mask = slots - 1
  }

  /** Capacity of the columns, for owners of parallel ones. */
  get capacity(): number {
    return this.lengths.length
  }

  /** The slab that holds a block. Its octets are only read. */
  slab(id: number): Uint8Array {
    return this.#slabs[this.#units[id] >>> (SLAB_SHIFT - UNIT_SHIFT)]
  }

  /** Where in its slab a block starts. */
  offset(id: number): number {
    return (this.#units[id] & UNITS_MASK) << UNIT_SHIFT
  }

  /** The octets of a block; a view that is valid until the id is freed. */
  octets(id: number): Uint8Array {
    const start = this.offset(id)
    return this.slab(id).subarray(start, start + this.lengths[id])
  }

  /** The id of a block, or 0 when it is not in the store. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOctets(bytes, start, end, this.#seed)
    this.#lastHash = hash
    const slots = this.#slots
    const mask = this.#mask
    let at = hash & mask
    for (let id = slots[at]; id !== 0; id = slots[at]) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id
      at = (at + 1) & mask
    }
    this.#slotAt = at
    return 0
  }

  /**
   * The id of a block, given now if it is new (then without a reference: take one with retain() before the
   * next reclaim()).
   * @throws RangeError for more than 65,535 octets
   */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const known = this.find(bytes, start, end)
    return known !== 0 ? known : this.add(bytes, start, end)
  }

  /** Stores a block that the immediately preceding find() of the same octets did not know. @returns its id */
  add(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length > LARGEST_BLOCK) throw new RangeError(`a block of ${length} octets exceeds ${LARGEST_BLOCK}`)
    let id = this.#free
    if (id !== 0) this.#free = this.#hashes[id]
    else {
      id = this.limit
      if (id === this.lengths.length) this.#growIds()
      this.limit++
    }
    const unit = this.#allocate(length)
    this.#units[id] = unit
    this.lengths[id] = length
    this.#hashes[id] = this.#lastHash
    this.refs[id] = 0
    const slab = this.#slabs[unit >>> (SLAB_SHIFT - UNIT_SHIFT)]
    let to = (unit & UNITS_MASK) << UNIT_SHIFT
    for (let at = start; at < end; at++) slab[to++] = bytes[at]
    this.#slots[this.#slotAt] = id
    this.size++
    this.#note(id)
    if (this.size * 3 > this.#mask * 2) this.#growSlots()
    return id
  }

  /** Takes `count` references. */
  retain(id: number, count = 1): void {
    this.refs[id] += count
  }

  /** Gives `count` references back. */
  release(id: number, count = 1): void {
    this.refs[id] -= count
    if (this.refs[id] === 0) this.#note(id)
  }

  /** Frees every block that has no reference now. */
  reclaim(): void {
    // What a listener releases comes to the end of the same list, which may grow meanwhile.
    for (let i = 0; i < this.#idleCount; i++) {
      const id = this.#idle[i]
      if (this.refs[id] === 0) this.#remove(id)
    }
    this.#idleCount = 0
    if (this.#idle.length > 65536) this.#idle = new Int32Array(64)
  }

  /** Calls `listener` with each id that reclaim() frees, while its octets are still there. @returns undo */
  onFree(listener: (id: number) => void): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index >= 0) this.#listeners.splice(index, 1)
    }
  }

  #note(id: number): void {
    if (this.#idleCount === this.#idle.length) this.#idle = growInt32(this.#idle, this.#idle.length * 2)
    this.#idle[this.#idleCount++] = id
  }

  #remove(id: number): void {
    for (const listener of this.#listeners) listener(id)
    const slots = this.#slots
    const mask = this.#mask
    let hole = this.#hashes[id] & mask
    while (slots[hole] !== id) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashes[slots[at]] & mask
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at]
        hole = at
      }
    }
    slots[hole] = 0
    this.#recycle(this.#units[id], this.lengths[id])
    // A count below zero marks the id as free: it may stand twice among the idle ones.
    this.refs[id] = -1
    this.lengths[id] = 0
    this.#hashes[id] = this.#free
    this.#free = id
    this.size--
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.lengths[id] !== end - start) return false
    const unit = this.#units[id]
    const slab = this.#slabs[unit >>> (SLAB_SHIFT - UNIT_SHIFT)]
    let at = (unit & UNITS_MASK) << UNIT_SHIFT
    for (let i = start; i < end; i++) if (bytes[i] !== slab[at++]) return false
    return true
  }

  #allocate(length: number): number {
    const units = Math.max(1, (length + 7) >>> UNIT_SHIFT)
    const free = this.#freeUnits[units]
    if (free !== 0) {
      const slab = this.#slabs[(free - 1) >>> (SLAB_SHIFT - UNIT_SHIFT)]
      const at = ((free - 1) & UNITS_MASK) << UNIT_SHIFT
      this.#freeUnits[units] = slab[at] | (slab[at + 1] << 8) | (slab[at + 2] << 16) | (slab[at + 3] << 24)
      return free - 1
    }
    const room = this.#slabs.length * (UNITS_MASK + 1) - this.#nextUnit
    if (room < units) {
      // The rest of the slab serves smaller blocks.
      if (room > 0) this.#recycle(this.#nextUnit, room << UNIT_SHIFT)
      this.#nextUnit = this.#slabs.length * (UNITS_MASK + 1)
      this.#slabs.push(new Uint8Array(SLAB_OCTETS))
    }
    const unit = this.#nextUnit
    this.#nextUnit += units
    return unit
  }

  #recycle(unit: number, length: number): void {
    const units = Math.min(Math.max(1, (length + 7) >>> UNIT_SHIFT), this.#freeUnits.length - 1)
    const slab = this.#slabs[unit >>> (SLAB_SHIFT - UNIT_SHIFT)]
    const at = (unit & UNITS_MASK) << UNIT_SHIFT
    const next = this.#freeUnits[units]
    slab[at] = next
    slab[at + 1] = next >>> 8
    slab[at + 2] = next >>> 16
    slab[at + 3] = next >>> 24
    this.#freeUnits[units] = unit + 1
  }

  #growIds(): void {
    const capacity = grownCapacity(this.lengths.length, this.limit + 1)
    this.lengths = growInt32(this.lengths, capacity)
    this.refs = growInt32(this.refs, capacity)
    this.#units = growInt32(this.#units, capacity)
    this.#hashes = growInt32(this.#hashes, capacity)
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let id = 1; id < this.limit; id++) {
      if (this.refs[id] < 0) continue
      let at = this.#hashes[id] & mask
      while (slots[at] !== 0) at = (at + 1) & mask
      slots[at] = id
    }
    this.#slots = slots
    this.#mask = mask
  }
}

/** A 32-bit hash of octets; four at a time, because blocks of attributes are some hundred octets long. */
function hashOctets(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ Math.imul(end - start + 1, 0x9e3779b1)
  let at = start
  for (; at + 3 < end; at += 4) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    hash = Math.imul(hash ^ word, 0x85ebca6b)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return hash ^ (hash >>> 15)
}
