/**
 * Packs routes into UPDATEs: as many prefixes as fit behind one set of attributes. Each message carries one
 * of withdrawn routes, NLRI, MP_REACH_NLRI and MP_UNREACH_NLRI, the latter two as first attribute (RFC 7606
 * §5.1).
 *
 * Messages are written one behind the other into a chunk, which is handed out when it is full and by `flush`:
 * a table of a hundred thousand routes costs a few dozen buffers, which may go to many sessions.
 */
import { afiOf, type Family, SAFI_UNICAST } from '../ip/family.js'
import { EXTENDED_LENGTH, OPTIONAL, TRANSITIVE } from './attribute-row.js'
import { AttributeCode, MessageType } from './codes.js'
import { HEADER_LENGTH, MAX_LENGTH } from './message.js'
import { nlriOctets } from './nlri.js'

/** Who gets the messages. */
export interface UpdateSink {
  /**
   * Whole messages, `messages` of them. The octets are never written to again: they may be queued by any
   * number of connections.
   */
  chunk(bytes: Uint8Array, messages: number): void
}

const CHUNK = 65536
const NOTHING = new Uint8Array(0)

const CLOSED = 0
const NLRI = 1
const WITHDRAWN = 2
const REACH = 3
const UNREACH = 4

/** Packs routes into UPDATE messages, as described at the head of this file. */
export class UpdateWriter {
  readonly #sink: UpdateSink
  readonly #maxLength: number
  #chunk: Uint8Array = NOTHING
  /** Messages completed in the chunk, and where they end. */
  #messages = 0
  #end = 0
  /** What the messages being written carry. */
  #kind = CLOSED
  #afi = 0
  #addPath = false
  /** Attributes of the current set: before the NLRI (or in front of MP_*), and behind MP_REACH_NLRI. */
  #head: Uint8Array = NOTHING
  #tail: Uint8Array = NOTHING
  /** The open message: it starts at #end; NLRI from #first to #at, up to #limit. */
  #isOpen = false
  #first = 0
  #at = 0
  #limit = 0

  /** @param maxLength 4096, or 65535 for peers with the Extended Message capability */
  constructor(sink: UpdateSink, maxLength: number = MAX_LENGTH) {
    this.#sink = sink
    this.#maxLength = maxLength
  }

  /**
   * The routes added next are announced with these attributes.
   * @param attributes in ascending order, AS numbers as the peer wants them; a next hop in them is ignored
   * @param nextHop address octets: 4 for an IPv4 family, or 16 or 32 (global, link-local)
   * @param addPath whether each prefix gets a path identifier
   */
  announce(family: Family, attributes: Uint8Array, nextHop: Uint8Array, addPath = false): void {
    this.#close()
    const classic = family === 'ipv4-unicast' && nextHop.length === 4
    this.#kind = classic ? NLRI : REACH
    this.#afi = afiOf(family)
    this.#addPath = addPath
    if (classic) {
      this.#head = withNextHop(attributes, nextHop)
      this.#tail = NOTHING
    } else {
      this.#head = Uint8Array.of(0, this.#afi, SAFI_UNICAST, nextHop.length, ...nextHop, 0)
      this.#tail = withNextHop(attributes, undefined)
    }
  }

  /** The routes added next are withdrawn. */
  withdraw(family: Family, addPath = false): void {
    this.#close()
    this.#kind = family === 'ipv4-unicast' ? WITHDRAWN : UNREACH
    this.#afi = afiOf(family)
    this.#addPath = addPath
    this.#head = this.#kind === UNREACH ? Uint8Array.of(0, this.#afi, SAFI_UNICAST) : NOTHING
    this.#tail = NOTHING
  }

  /**
   * Adds a prefix in NLRI form (length octet first), from `bytes` at `start`.
   * @param pathId used with ADD-PATH only
   * @returns false when it does not fit a message with these attributes: such a route must not be announced,
   *   and must be withdrawn if it was (RFC 4271 §9.2, RFC 8654 §4)
   */
  addOctets(bytes: Uint8Array, start: number, pathId = 0): boolean {
    const octets = 1 + nlriOctets(bytes[start])
    if (!this.#room(this.#addPath ? octets + 4 : octets)) return false
    if (this.#addPath) this.#pathId(pathId)
    for (let i = 0; i < octets; i++) this.#chunk[this.#at + i] = bytes[start + i]
    this.#at += octets
    return true
  }

  /** Puts a whole other message (End-of-RIB, ROUTE-REFRESH) behind those written so far. */
  message(bytes: Uint8Array): void {
    this.#close()
    this.#reserve(bytes.length)
    this.#chunk.set(bytes, this.#end)
    this.#end += bytes.length
    this.#messages++
  }

  /** Completes the message being written and hands everything out. */
  flush(): void {
    this.#close()
    this.#handOut()
  }

  #handOut(): void {
    if (this.#messages === 0) return
    const { length } = this.#chunk
    // A few octets must not hold a whole chunk alive in a slow peer's queue.
    const small = this.#end * 2 < length
    this.#sink.chunk(
      small ? this.#chunk.slice(0, this.#end) : this.#chunk.subarray(0, this.#end),
      this.#messages,
    )
    if (!small) this.#chunk = NOTHING
    this.#end = 0
    this.#messages = 0
  }

  #reserve(octets: number): void {
    if (this.#end + octets > this.#chunk.length) this.#handOut()
    if (this.#end + octets > this.#chunk.length) this.#chunk = new Uint8Array(Math.max(CHUNK, octets))
  }

  #pathId(pathId: number): void {
    const chunk = this.#chunk
    chunk[this.#at] = pathId >>> 24
    chunk[this.#at + 1] = pathId >>> 16
    chunk[this.#at + 2] = pathId >>> 8
    chunk[this.#at + 3] = pathId
    this.#at += 4
  }

  #room(octets: number): boolean {
    if (this.#isOpen && this.#at + octets > this.#limit) this.#close()
    if (!this.#isOpen && !this.#open()) return false
    return this.#at + octets <= this.#limit
  }

  /**
   * Starts a message up to where its NLRI begin. Multiprotocol attributes get two length octets; `#close` makes
   * one of them when that is enough.
   */
  #open(): boolean {
    const kind = this.#kind
    const before = HEADER_LENGTH + 4 + (kind === REACH || kind === UNREACH ? 4 : 0) + this.#head.length
    if (kind === CLOSED || before + this.#tail.length > this.#maxLength) return false
    this.#reserve(this.#maxLength)
    const chunk = this.#chunk
    const start = this.#end
    chunk.fill(255, start, start + 16)
    chunk[start + 18] = MessageType.Update
    put16(chunk, start + 19, 0)
    put16(chunk, start + 21, 0)
    // Withdrawn routes stand before the attributes' length, which follows them.
    this.#first = kind === WITHDRAWN ? start + 21 : start + before
    chunk.set(this.#head, start + before - this.#head.length)
    this.#at = this.#first
    this.#limit = start + this.#maxLength - this.#tail.length - (kind === WITHDRAWN ? 2 : 0)
    this.#isOpen = true
    return true
  }

  #close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    if (this.#at === this.#first) return
    const chunk = this.#chunk
    const start = this.#end
    let end = this.#at
    if (this.#kind === WITHDRAWN) {
      put16(chunk, start + 19, end - start - 21)
      put16(chunk, end, 0)
      end += 2
    } else if (this.#kind === NLRI) {
      put16(chunk, start + 21, this.#head.length)
    } else {
      end = this.#closeMultiprotocol(start, end)
    }
    put16(chunk, start + 16, end - start)
    this.#end = end
    this.#messages++
  }

  #closeMultiprotocol(start: number, at: number): number {
    const chunk = this.#chunk
    const value = start + HEADER_LENGTH + 8
    const length = at - value
    const long = length > 255
    chunk[value - 4] = long ? OPTIONAL | EXTENDED_LENGTH : OPTIONAL
    chunk[value - 3] = this.#kind === REACH ? AttributeCode.MP_REACH_NLRI : AttributeCode.MP_UNREACH_NLRI
    let end = at
    if (long) put16(chunk, value - 2, length)
    else {
      chunk[value - 2] = length
      chunk.copyWithin(value - 1, value, at)
      end--
    }
    chunk.set(this.#tail, end)
    end += this.#tail.length
    put16(chunk, start + 21, end - start - 23)
    return end
  }
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

/** The attributes with this NEXT_HOP in its place; without any next hop or MP_* attribute when undefined. */
function withNextHop(attributes: Uint8Array, nextHop: Uint8Array | undefined): Uint8Array {
  const out = new Uint8Array(attributes.length + 7)
  let length = 0
  let pending = nextHop
  for (let at = 0; at < attributes.length; ) {
    const code = attributes[at + 1]
    const extended = (attributes[at] & EXTENDED_LENGTH) !== 0
    const size = extended ? 4 + ((attributes[at + 2] << 8) | attributes[at + 3]) : 3 + attributes[at + 2]
    if (pending !== undefined && code > AttributeCode.NEXT_HOP) {
      length = putNextHop(out, length, pending)
      pending = undefined
    }
    const isNextHop = code === AttributeCode.NEXT_HOP || code === AttributeCode.MP_REACH_NLRI
    if (!isNextHop && code !== AttributeCode.MP_UNREACH_NLRI) {
      out.set(attributes.subarray(at, at + size), length)
      length += size
    }
    at += size
  }
  if (pending !== undefined) length = putNextHop(out, length, pending)
  return out.subarray(0, length)
}

function putNextHop(out: Uint8Array, at: number, nextHop: Uint8Array): number {
  out[at] = TRANSITIVE
  out[at + 1] = AttributeCode.NEXT_HOP
  out[at + 2] = 4
  out.set(nextHop, at + 3)
  return at + 7
}
