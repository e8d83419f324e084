/**
 * Packs changes into UPDATE messages. Announcements are put into buckets by outgoing attribute block, so that
 * a message carries as many prefixes as fit; withdrawals need no buckets. A message never mixes withdrawn
 * routes, NLRI, MP_REACH_NLRI and MP_UNREACH_NLRI, and the MP attribute stands first (RFC 7606 §5.1).
 */
import { AFI_IPV4, AFI_IPV6, type Family, SAFI_UNICAST } from '../../ip/family.js'
import { EXTENDED_LENGTH, OPTIONAL } from '../../wire/attribute-row.js'
import { AttributeCode, MessageType } from '../../wire/codes.js'
import type { BlockStore } from '../attributes/block-store.js'
import { growInt32 } from '../store/columns.js'

const HEADER = 19
/** Header, withdrawn routes length, total path attribute length. */
const EMPTY_UPDATE = HEADER + 4
/** Header of an MP attribute: flags, code, two octets of length. */
const MP_HEADER = 4
/** AFI, SAFI, next hop length, reserved octet. */
const REACH_FIXED = 5
const UNREACH_FIXED = 3

/** What messages announce and withdraw by number: a prefix, or a path of one (RFC 7911 §3). */
export interface NlriRows {
  readonly family: Family
  /** Octets that write() takes. */
  size(row: number): number
  /** Writes the NLRI of a row at `at`. @returns the offset behind it */
  write(row: number, bytes: Uint8Array, at: number): number
}

/** Messages, one behind the other in `bytes`. */
export interface Packed {
  readonly bytes: Uint8Array
  readonly updates: number
}

/**
 * How many octets the NLRI of one message may have.
 * @param block outgoing block (rib/export/export.ts)
 * @returns less than a prefix needs when nothing fits
 */
export function nlriRoom(blocks: BlockStore, block: number, maximumMessage: number): number {
  const nextHop = blocks.slab(block)[blocks.offset(block)]
  const fixed = EMPTY_UPDATE + (nextHop === 0 ? 0 : MP_HEADER + REACH_FIXED)
  return maximumMessage - fixed - (blocks.lengths[block] - 1)
}

/** Writes messages into a buffer that grows; what was packed is taken as a copy of the right size. */
export class Packer {
  readonly #rows: NlriRows
  readonly #blocks: BlockStore
  readonly #afi: number
  readonly #maximumMessage: number
  #bytes = new Uint8Array(65536)
  #length = 0
  #updates = 0
  /** Start of the open message, and where its NLRI begin. */
  #start = 0
  #nlri = 0
  #block = 0

  constructor(rows: NlriRows, blocks: BlockStore, maximumMessage: number) {
    this.#rows = rows
    this.#blocks = blocks
    this.#afi = rows.family === 'ipv4-unicast' ? AFI_IPV4 : AFI_IPV6
    this.#maximumMessage = maximumMessage
  }

  /** Octets packed so far; take() and its marks count in them. */
  get length(): number {
    return this.#length
  }

  get updates(): number {
    return this.#updates
  }

  /** Starts afresh. */
  clear(): void {
    this.#length = 0
    this.#updates = 0
  }

  /** Announces `count` rows with one block; at least one fits (nlriRoom). */
  announce(block: number, list: Int32Array, start: number, count: number): void {
    this.#block = block
    this.#pack(list, start, count)
  }

  /** Withdraws `count` rows. */
  withdraw(list: Int32Array, start: number, count: number): void {
    if (count === 0) return
    this.#block = 0
    this.#pack(list, start, count)
  }

  #pack(list: Int32Array, start: number, count: number): void {
    const rows = this.#rows
    this.#open()
    for (let i = start; i < start + count; i++) {
      const row = list[i]
      if (this.#length + rows.size(row) - this.#start > this.#limit()) {
        this.#close()
        this.#open()
      }
      this.#length = rows.write(row, this.#bytes, this.#length)
    }
    this.#close()
  }

  /** Everything packed since clear(). */
  take(): Packed {
    return { bytes: this.#bytes.slice(0, this.#length), updates: this.#updates }
  }

  /** Octets that the open message may reach without what follows its NLRI. */
  #limit(): number {
    const block = this.#block
    if (block === 0) return this.#maximumMessage - (this.#afi === AFI_IPV4 ? 2 : 0)
    const nextHop = this.#blocks.slab(block)[this.#blocks.offset(block)]
    // In MP_REACH_NLRI the other attributes come behind.
    return nextHop === 0
      ? this.#maximumMessage
      : this.#maximumMessage - (this.#blocks.lengths[block] - 1 - nextHop)
  }

  /** Starts a message up to where its NLRI begin. */
  #open(): void {
    if (this.#length + this.#maximumMessage > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + this.#maximumMessage))
      bytes.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = bytes
    }
    const bytes = this.#bytes
    this.#start = this.#length
    let at = this.#start + HEADER
    if (this.#block === 0) {
      if (this.#afi === AFI_IPV4) at += 2
      else at = this.#openMp(at + 4, AttributeCode.MP_UNREACH_NLRI)
    } else {
      const slab = this.#blocks.slab(this.#block)
      const from = this.#blocks.offset(this.#block)
      const nextHop = slab[from]
      if (nextHop === 0) {
        const attributes = this.#blocks.lengths[this.#block] - 1
        bytes[at] = 0
        bytes[at + 1] = 0
        bytes[at + 2] = attributes >>> 8
        bytes[at + 3] = attributes
        at += 4
        for (let i = 1; i <= attributes; i++) bytes[at++] = slab[from + i]
      } else {
        at = this.#openMp(at + 4, AttributeCode.MP_REACH_NLRI)
        bytes[at++] = nextHop
        for (let i = 1; i <= nextHop; i++) bytes[at++] = slab[from + i]
        bytes[at++] = 0
      }
    }
    this.#nlri = at
    this.#length = at
  }

  #openMp(at: number, code: number): number {
    const bytes = this.#bytes
    bytes[at] = OPTIONAL | EXTENDED_LENGTH
    bytes[at + 1] = code
    bytes[at + 4] = 0
    bytes[at + 5] = this.#afi
    bytes[at + 6] = SAFI_UNICAST
    return at + MP_HEADER + UNREACH_FIXED
  }

  /** Ends the open message: lengths, and what follows its NLRI. */
  #close(): void {
    const bytes = this.#bytes
    const withdrawn = this.#start + HEADER
    if (this.#block === 0) {
      if (this.#afi === AFI_IPV4) {
        const length = this.#length - this.#nlri
        bytes[withdrawn] = length >>> 8
        bytes[withdrawn + 1] = length
        bytes[this.#length++] = 0
        bytes[this.#length++] = 0
      } else this.#closeMp(withdrawn)
    } else {
      const slab = this.#blocks.slab(this.#block)
      const from = this.#blocks.offset(this.#block)
      const nextHop = slab[from]
      if (nextHop !== 0) {
        const mpEnd = this.#length
        const end = from + this.#blocks.lengths[this.#block]
        for (let at = from + 1 + nextHop; at < end; at++) bytes[this.#length++] = slab[at]
        this.#closeMp(withdrawn, mpEnd)
      }
    }
    writeHeader(bytes, this.#start, this.#length - this.#start)
    this.#updates++
  }

  /** Fills in the lengths around an MP attribute that starts the attributes. */
  #closeMp(withdrawn: number, mpEnd = this.#length): void {
    const bytes = this.#bytes
    bytes[withdrawn] = 0
    bytes[withdrawn + 1] = 0
    const total = this.#length - (withdrawn + 4)
    bytes[withdrawn + 2] = total >>> 8
    bytes[withdrawn + 3] = total
    const value = mpEnd - (withdrawn + 4 + MP_HEADER)
    bytes[withdrawn + 6] = value >>> 8
    bytes[withdrawn + 7] = value
  }
}

/** Puts rows with equal (block, source) next to each other; one object, reused. */
export class Buckets {
  /** Number of buckets. Bucket b is `rows[starts[b]]` to `rows[starts[b + 1]]`, in order of arrival. */
  count = 0
  rows = new Int32Array(1024)
  starts = new Int32Array(256)
  blocks = new Int32Array(256)
  sources = new Int32Array(256)
  /** Bucket + 1 of a block; the next bucket of the same block (another source). */
  #first = new Int32Array(1024)
  #next = new Int32Array(256)
  #bucketOf = new Int32Array(1024)
  #incoming = new Int32Array(1024)
  #length = 0

  clear(): void {
    for (let bucket = 0; bucket < this.count; bucket++) this.#first[this.blocks[bucket]] = 0
    this.count = 0
    this.#length = 0
  }

  /** @returns whether this opened a bucket */
  add(row: number, block: number, source: number): boolean {
    if (block >= this.#first.length) this.#first = growInt32(this.#first, block * 2)
    let bucket = this.#first[block] - 1
    while (bucket >= 0 && this.sources[bucket] !== source) bucket = this.#next[bucket] - 1
    const opened = bucket < 0
    if (opened) bucket = this.#open(block, source)
    if (this.#length === this.#incoming.length) {
      this.#incoming = growInt32(this.#incoming, this.#length * 2)
      this.#bucketOf = growInt32(this.#bucketOf, this.#length * 2)
      this.rows = new Int32Array(this.#length * 2)
    }
    this.#incoming[this.#length] = row
    this.#bucketOf[this.#length++] = bucket
    this.starts[bucket + 1]++
    return opened
  }

  /** Arranges `rows` and `starts` after the last add(). */
  arrange(): void {
    for (let bucket = 0; bucket < this.count; bucket++) this.starts[bucket + 1] += this.starts[bucket]
    const at = this.#next
    for (let bucket = 0; bucket < this.count; bucket++) at[bucket] = this.starts[bucket]
    for (let i = 0; i < this.#length; i++) this.rows[at[this.#bucketOf[i]]++] = this.#incoming[i]
  }

  #open(block: number, source: number): number {
    const bucket = this.count++
    if (bucket + 2 > this.starts.length) {
      const capacity = this.starts.length * 2
      this.starts = growInt32(this.starts, capacity)
      this.blocks = growInt32(this.blocks, capacity)
      this.sources = growInt32(this.sources, capacity)
      this.#next = growInt32(this.#next, capacity)
    }
    if (bucket === 0) this.starts[0] = 0
    this.starts[bucket + 1] = 0
    this.blocks[bucket] = block
    this.sources[bucket] = source
    this.#next[bucket] = this.#first[block]
    this.#first[block] = bucket + 1
    return bucket
  }
}

function writeHeader(bytes: Uint8Array, at: number, length: number): void {
  bytes.fill(255, at, at + 16)
  bytes[at + 16] = length >>> 8
  bytes[at + 17] = length
  bytes[at + 18] = MessageType.Update
}
