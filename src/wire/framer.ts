/**
 * Cuts the octets of a TCP connection into messages. Marker, length and type are judged as soon as the 19
 * octets of a header are here: a bad length is never waited for.
 */
import { ErrorCode, HeaderError, MessageType, messageName } from './codes.js'
import { resetFault } from './fault.js'
import { HEADER_LENGTH, MAX_EXTENDED_LENGTH, MAX_LENGTH } from './message.js'
import { otherProtocol } from './other-protocol.js'
import { plain } from './reader.js'
import type { Fault } from './types.js'

/** Who gets the messages. One object for the life of the framer. */
export interface FrameHandler {
  /**
   * One whole message with a sound header.
   * @param bytes holds it in [start, end), header included; valid only during the call
   * @returns false to stop here for now: the rest is kept until `resume` or the next `push`
   */
  message(type: number, bytes: Uint8Array, start: number, end: number): boolean
  /** The stream is broken; nothing follows. */
  fault(fault: Fault): void
}

/** Shortest message of each type (RFC 4271 §6.1; RFC 2918 §3), indexed by type; 0: no such type. */
const SHORTEST = [0, 29, 23, 21, 19, 23]

/** Cuts a stream into messages (RFC 4271 §4.1), as described at the head of this file. */
export class Framer {
  /** Longest acceptable message: 4096, or 65535 once Extended Message was negotiated (RFC 8654 §4). */
  maxLength: number = MAX_LENGTH
  #buffer: Uint8Array = new Uint8Array(0)
  #first = 0
  #count = 0
  #broken = false
  /** A header was sound: whoever is there speaks BGP. */
  #begun = false

  /** Octets kept: of a message not yet complete, unread because the handler stopped, or the message at fault. */
  get buffered(): number {
    return this.#count
  }

  /** True after a fault or `close`. */
  get broken(): boolean {
    return this.#broken
  }

  /** A copy of the octets that are kept: after a fault those from its message on, as far as they were here then. */
  unread(): Uint8Array {
    return this.#buffer.slice(this.#first, this.#first + this.#count)
  }

  /**
   * Takes the next octets of the stream; the chunk is not kept. Nothing happens after a fault or `close`.
   * @returns false when the handler stopped or the stream broke
   */
  push(octets: Uint8Array, handler: FrameHandler): boolean {
    const chunk = plain(octets)
    let at = 0
    while (!this.#broken && this.#count > 0) {
      at = this.#fill(chunk, at, HEADER_LENGTH)
      if (this.#count < HEADER_LENGTH) return this.#judgeMarker(handler)
      const length = this.#judge(this.#buffer, this.#first, chunk, at, handler)
      if (length === 0) return false
      at = this.#fill(chunk, at, length)
      if (this.#count < length) return true
      const start = this.#first
      this.#first += length
      this.#count -= length
      if (!handler.message(this.#buffer[start + 18], this.#buffer, start, start + length)) {
        this.#keep(chunk, at, chunk.length)
        return false
      }
    }
    while (!this.#broken && chunk.length - at >= HEADER_LENGTH) {
      const length = this.#judge(chunk, at, chunk, at, handler)
      if (length === 0) return false
      if (chunk.length - at < length) break
      const start = at
      at += length
      if (!handler.message(chunk[start + 18], chunk, start, at)) {
        this.#keep(chunk, at, chunk.length)
        return false
      }
    }
    this.#keep(chunk, at, chunk.length)
    return !this.#broken && this.#judgeMarker(handler)
  }

  /** Goes on with kept octets after the handler had stopped. @returns as `push` */
  resume(handler: FrameHandler): boolean {
    return this.push(EMPTY, handler)
  }

  /** Forgets what is kept and ignores what still comes. May be called by the handler. */
  close(): void {
    this.#broken = true
    this.#count = 0
    this.#buffer = EMPTY
  }

  /** Tops up the kept octets from the chunk to `wanted`. @returns the chunk's next offset */
  #fill(chunk: Uint8Array, at: number, wanted: number): number {
    const count = Math.min(wanted - this.#count, chunk.length - at)
    if (count <= 0) return at
    this.#keep(chunk, at, at + count)
    return at + count
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const count = end - start
    if (count <= 0 || this.#broken) return
    const needed = this.#count + count
    if (this.#count === 0) this.#first = 0
    if (this.#first + needed > this.#buffer.length) {
      const old = this.#buffer.subarray(this.#first, this.#first + this.#count)
      if (needed > this.#buffer.length) {
        this.#buffer = new Uint8Array(
          Math.max(needed, Math.min(this.#buffer.length * 2, MAX_EXTENDED_LENGTH), 512),
        )
      }
      this.#buffer.set(old, 0)
      this.#first = 0
    }
    this.#buffer.set(chunk.subarray(start, end), this.#first + this.#count)
    this.#count = needed
  }

  /**
   * Looks at the marker of a header that has not come whole: who says "hello" gets its answer at once, not when the
   * hold timer ends.
   */
  #judgeMarker(handler: FrameHandler): boolean {
    if (this.#count >= HEADER_LENGTH) return true
    const fault = markerFault(this.#buffer, this.#first, Math.min(this.#count, MARKER_LENGTH))
    if (fault === undefined) return true
    this.#fail(fault, handler)
    return false
  }

  /**
   * @param bytes holds a header at `start`
   * @param chunk holds what nobody has looked at, from `rest` on
   * @returns the message's length, or 0 after reporting a fault
   */
  #judge(bytes: Uint8Array, start: number, chunk: Uint8Array, rest: number, handler: FrameHandler): number {
    const length = (bytes[start + 16] << 8) | bytes[start + 17]
    const type = bytes[start + 18]
    const fault = headerFault(bytes, start, length, type, this.maxLength)
    if (fault === undefined) {
      this.#begun = true
      return length
    }
    // Evidence for who wants it, until close().
    this.#keep(chunk, rest, chunk.length)
    this.#fail(fault, handler)
    return 0
  }

  #fail(fault: Fault, handler: FrameHandler): void {
    this.#broken = true
    const unsynchronized = fault.code === ErrorCode.MessageHeaderError && fault.subcode === NOT_SYNCHRONIZED
    if (this.#begun || !unsynchronized) handler.fault(fault)
    else {
      const end = this.#first + this.#count
      const notBgp = otherProtocol(this.#buffer, this.#first, end) ?? 'it is no protocol known here'
      handler.fault({ ...fault, notBgp })
    }
  }
}

const EMPTY = new Uint8Array(0)
const MARKER_LENGTH = 16
const NOT_SYNCHRONIZED = HeaderError.ConnectionNotSynchronized

/** The first of `count` octets of a marker that is not all ones, as a fault. */
function markerFault(bytes: Uint8Array, start: number, count: number): Fault | undefined {
  for (let i = start; i < start + count; i++) {
    if (bytes[i] !== 255) {
      return resetFault(
        ErrorCode.MessageHeaderError,
        HeaderError.ConnectionNotSynchronized,
        'RFC 4271 §6.1',
        `the marker's octet ${i - start} is ${bytes[i]} instead of 255`,
      )
    }
  }
  return undefined
}

function headerFault(
  bytes: Uint8Array,
  start: number,
  length: number,
  type: number,
  maxLength: number,
): Fault | undefined {
  const marker = markerFault(bytes, start, MARKER_LENGTH)
  if (marker !== undefined) return marker
  if (length < HEADER_LENGTH || length > maxLength) {
    return lengthFault(length, `a length of ${length} octets lies outside ${HEADER_LENGTH} to ${maxLength}`)
  }
  const shortest = type < SHORTEST.length ? SHORTEST[type] : 0
  if (shortest === 0) {
    return resetFault(
      ErrorCode.MessageHeaderError,
      HeaderError.BadMessageType,
      'RFC 4271 §6.1',
      `there is no message of type ${type}`,
      Uint8Array.of(type),
    )
  }
  if (length < shortest) {
    const text = `a ${messageName(type)} of ${length} octets is shorter than ${shortest}`
    if (type !== MessageType.Notification) return lengthFault(length, text)
    // §6.4 forbids to answer a NOTIFICATION with one, §6.1 asks for it here: closing is what both allow.
    return resetFault(0, 0, 'RFC 4271 §6.4', text)
  }
  const fixed = type === MessageType.Keepalive
  const longest = type === MessageType.Open ? MAX_LENGTH : fixed ? HEADER_LENGTH : maxLength
  if (length <= longest) return undefined
  return lengthFault(length, `${messageName(type)} of ${length} octets is longer than ${longest}`)
}

function lengthFault(length: number, text: string): Fault {
  return resetFault(
    ErrorCode.MessageHeaderError,
    HeaderError.BadMessageLength,
    'RFC 4271 §6.1',
    text,
    Uint8Array.of(length >>> 8, length),
  )
}
