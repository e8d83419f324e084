/**
 * AS_PATH octets (RFC 4271 §4.3): segments of a type, a count and so many AS numbers of 2 or 4 octets. Inside
 * ecmpd a path always has 4-octet numbers; paths of 2-octet sessions are widened and merged with AS4_PATH
 * (RFC 6793 §4.2.3) when they arrive.
 */
import type { AsPathSegment } from './types.js'
import { AS_CONFED_SET, AS_SEQUENCE, AS_SET } from './types.js'
import type { Writer } from './writer.js'

/** What one pass over a path finds; one object, reused. */
export class PathScan {
  /** Length for the decision: each AS of a sequence counts, a set counts 1, confederation segments 0. */
  hops = 0
  /** First AS number of the path when it opens with a sequence; else 0. */
  firstAs = 0
  /** Last AS number of the path when it ends with a sequence; else 0 (RFC 6811 §2 NONE). */
  originAs = 0
  /** An AS_SET or AS_CONFED_SET occurs. */
  sets = false
  /** An AS_CONFED_SEQUENCE or AS_CONFED_SET occurs. */
  confederation = false
  /** What is wrong, as the end of a sentence; '' for a well-formed path. */
  problem = ''

  /**
   * Reads the path in [start, end).
   * @param width octets of an AS number: 2 or 4
   * @returns true when it is well-formed (RFC 7606 §7.2, RFC 7607 §2)
   */
  read(bytes: Uint8Array, start: number, end: number, width: number): boolean {
    this.hops = 0
    this.firstAs = 0
    this.originAs = 0
    this.sets = false
    this.confederation = false
    this.problem = ''
    let at = start
    while (at < end) {
      if (end - at < 2) return this.#fail('ends inside a segment header')
      const type = bytes[at]
      const count = bytes[at + 1]
      if (type < AS_SET || type > AS_CONFED_SET) return this.#fail('has a segment of unknown type')
      if (count === 0) return this.#fail('has an empty segment')
      const first = at + 2
      at = first + count * width
      if (at > end) return this.#fail('has a segment that reaches past its end')
      for (let i = first; i < at; i += width) {
        if (asAt(bytes, i, width) === 0) return this.#fail('holds AS 0')
      }
      if (type === AS_SEQUENCE) {
        this.hops += count
        this.originAs = asAt(bytes, at - width, width)
        if (first === start + 2) this.firstAs = asAt(bytes, first, width)
      } else if (type === AS_SET) {
        this.hops++
        this.originAs = 0
        this.sets = true
      } else {
        this.originAs = 0
        this.confederation = true
        if (type === AS_CONFED_SET) this.sets = true
      }
    }
    return true
  }

  #fail(problem: string): boolean {
    this.problem = problem
    return false
  }
}

function asAt(bytes: Uint8Array, at: number, width: number): number {
  const high = (bytes[at] << 8) | bytes[at + 1]
  return width === 2 ? high : high * 65536 + ((bytes[at + 2] << 8) | bytes[at + 3])
}

/** A path being widened to 4-octet numbers; one object, reused. */
export class WidePath {
  bytes: Uint8Array = new Uint8Array(256)
  length = 0
  #sequence = -1

  /**
   * Widens a well-formed 2-octet AS_PATH, and merges the AS4_PATH when there is one (RFC 6793 §4.2.3): so many
   * leading hops of AS_PATH as AS4_PATH lacks, then AS4_PATH without confederation segments.
   * @param lead hops of AS_PATH to take; Infinity for the whole
   */
  merge(bytes: Uint8Array, start: number, end: number, lead: number, as4Start: number, as4End: number): void {
    const room = 4 * (end - start) + 2 * (as4End - as4Start)
    if (this.bytes.length < room) this.bytes = new Uint8Array(room * 2)
    this.length = 0
    this.#sequence = -1
    this.#append(bytes, start, end, 2, lead)
    this.#append(bytes, as4Start, as4End, 4, Number.POSITIVE_INFINITY)
  }

  #append(bytes: Uint8Array, start: number, end: number, width: number, hops: number): void {
    for (let at = start; at < end && hops > 0; ) {
      const type = bytes[at]
      const first = at + 2
      at = first + bytes[at + 1] * width
      if (type === AS_SEQUENCE) {
        for (let i = first; i < at && hops > 0; i += width, hops--) this.#sequenceAs(bytes, i, width)
      } else if (type === AS_SET) {
        this.#sequence = -1
        this.bytes[this.length++] = type
        this.bytes[this.length++] = bytes[first - 1]
        for (let i = first; i < at; i += width) this.#as(bytes, i, width)
        hops--
      }
    }
  }

  #sequenceAs(bytes: Uint8Array, at: number, width: number): void {
    if (this.#sequence < 0 || this.bytes[this.#sequence + 1] === 255) {
      this.#sequence = this.length
      this.bytes[this.length++] = AS_SEQUENCE
      this.bytes[this.length++] = 0
    }
    this.bytes[this.#sequence + 1]++
    this.#as(bytes, at, width)
  }

  #as(bytes: Uint8Array, at: number, width: number): void {
    const out = this.bytes
    out[this.length++] = width === 4 ? bytes[at] : 0
    out[this.length++] = width === 4 ? bytes[at + 1] : 0
    out[this.length++] = bytes[at + width - 2]
    out[this.length++] = bytes[at + width - 1]
  }
}

/**
 * True when `as` stands anywhere in a path: the loop check (RFC 4271 §9.1.2), sets and all.
 * @param start of a well-formed path with 4-octet AS numbers
 * @param length its octets
 */
export function pathContains(bytes: Uint8Array, start: number, length: number, as: number): boolean {
  return pathCount(bytes, start, length, as) > 0
}

/** How often `as` stands in a path, as for allowed own-AS occurrences; arguments as `pathContains`. */
export function pathCount(bytes: Uint8Array, start: number, length: number, as: number): number {
  const end = start + length
  let found = 0
  for (let at = start; at < end; ) {
    const next = at + 2 + bytes[at + 1] * 4
    for (let i = at + 2; i < next; i += 4) if (asAt(bytes, i, 4) === as) found++
    at = next
  }
  return found
}

/** The segments of a well-formed path with 4-octet AS numbers. */
export function readPath(bytes: Uint8Array, start: number, end: number): AsPathSegment[] {
  const segments: AsPathSegment[] = []
  for (let at = start; at < end; ) {
    const next = at + 2 + bytes[at + 1] * 4
    const asns: number[] = []
    for (let i = at + 2; i < next; i += 4) asns.push(asAt(bytes, i, 4))
    segments.push({ type: bytes[at], asns })
    at = next
  }
  return segments
}

/**
 * Writes segments; one of more than 255 AS numbers becomes several, an empty one is left out.
 * @param width octets of an AS number
 * @param substitute stands for numbers that do not fit two octets
 */
export function writePath(
  segments: readonly AsPathSegment[],
  out: Writer,
  width: 2 | 4,
  substitute: number,
): void {
  for (const { type, asns } of segments) {
    for (let first = 0; first < asns.length; first += 255) {
      const last = Math.min(first + 255, asns.length)
      out.u8(type).u8(last - first)
      for (let i = first; i < last; i++) {
        if (width === 4) out.u32(asns[i])
        else out.u16(asns[i] > 65535 ? substitute : asns[i])
      }
    }
  }
}
