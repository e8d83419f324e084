import type { Family } from '../../src/ip/family.js'
import { v4, v6 } from './prefixes.js'

/** BGP messages as the feeder sends them, written without ecmpd's own codec (RFC 4271 §4). */
export const HEADER = 19
/** Longest message (RFC 4271 §4). */
export const LONGEST = 4096

export const OPEN = 1
export const UPDATE = 2
export const NOTIFICATION = 3
export const KEEPALIVE = 4

const SAFI_UNICAST = 1
const afi = (family: Family) => (family === 'ipv4-unicast' ? 1 : 2)

/** A message of this type around a body. */
export function message(type: number, body: Uint8Array = new Uint8Array(0)): Buffer {
  const octets = Buffer.alloc(HEADER + body.length, 0xff)
  octets.writeUInt16BE(octets.length, 16)
  octets[18] = type
  octets.set(body, HEADER)
  return octets
}

/** OPEN with the family (RFC 4760) and four-octet AS numbers (RFC 6793), and nothing else. */
export function open(options: {
  readonly as: number
  /** Seconds. */
  readonly holdTime: number
  readonly routerId: string
  readonly family: Family
}): Buffer {
  const { as, holdTime, routerId, family } = options
  const capabilities = [1, 4, 0, afi(family), 0, SAFI_UNICAST, 65, 4, 0, 0, 0, 0]
  const body = Buffer.alloc(10 + 2 + capabilities.length)
  body[0] = 4
  body.writeUInt16BE(as > 65535 ? 23456 : as, 1)
  body.writeUInt16BE(holdTime, 3)
  body.set(v4(routerId), 5)
  body[9] = 2 + capabilities.length
  body[10] = 2
  body[11] = capabilities.length
  body.set(capabilities, 12)
  body.writeUInt32BE(as, body.length - 4)
  return message(OPEN, body)
}

/** End-of-RIB (RFC 4724 §2). */
export function endOfRib(family: Family): Buffer {
  if (family === 'ipv4-unicast') return message(UPDATE, new Uint8Array(4))
  return message(UPDATE, Uint8Array.of(0, 0, 0, 6, 0x80, 15, 3, 0, 2, SAFI_UNICAST))
}

/** What the feeder says about a group of prefixes. */
export interface AttributeSet {
  /** From the left; the first is the feeder's own AS. */
  readonly asPath: readonly number[]
  readonly nextHop: string
  readonly communities: readonly number[]
  readonly med?: number
  /** 0 IGP, 1 EGP, 2 incomplete. */
  readonly origin?: number
  /** For iBGP. */
  readonly localPref?: number
}

/** Attributes in the order of their types, without NEXT_HOP for IPv6. */
function attributes(set: AttributeSet, family: Family): number[] {
  const { asPath, nextHop, communities, med, origin = 0, localPref } = set
  const octets = [0x40, 1, 1, origin]
  if (asPath.length === 0) octets.push(0x40, 2, 0)
  else {
    octets.push(0x40, 2, 2 + 4 * asPath.length, 2, asPath.length)
    for (const as of asPath) octets.push(...quad(as))
  }
  if (family === 'ipv4-unicast') octets.push(0x40, 3, 4, ...v4(nextHop))
  if (med !== undefined) octets.push(0x80, 4, 4, ...quad(med))
  if (localPref !== undefined) octets.push(0x40, 5, 4, ...quad(localPref))
  if (communities.length) {
    octets.push(0xc0, 8, 4 * communities.length)
    for (const community of communities) octets.push(...quad(community))
  }
  return octets
}

const quad = (value: number) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

/**
 * One UPDATE that announces prefixes.
 * @param nlri prefixes in NLRI form; must fit
 */
export function announcement(set: AttributeSet, family: Family, nlri: Uint8Array): Buffer {
  return Updates.body(attributes(set, family), family, set.nextHop, nlri)
}

/** Announcing messages one behind the other, as full as they may be. */
export class Updates {
  #octets = Buffer.allocUnsafe(1 << 20)
  #length = 0
  /** Messages so far. */
  count = 0

  /** @param set attributes as octets, without MP_REACH_NLRI */
  static body(set: readonly number[], family: Family, nextHop: string, nlri: Uint8Array): Buffer {
    const v4 = family === 'ipv4-unicast'
    const more = v4 ? [] : reach(nextHop, nlri.length)
    const attributes = set.length + more.length + (v4 ? 0 : nlri.length)
    const octets = Buffer.allocUnsafe(HEADER + 4 + set.length + more.length + nlri.length)
    octets.fill(0xff, 0, 16)
    octets.writeUInt16BE(octets.length, 16)
    octets[18] = UPDATE
    octets.writeUInt16BE(0, HEADER)
    octets.writeUInt16BE(attributes, HEADER + 2)
    octets.set(set, HEADER + 4)
    octets.set(more, HEADER + 4 + set.length)
    octets.set(nlri, HEADER + 4 + set.length + more.length)
    return octets
  }

  /** Appends a whole message. */
  add(octets: Uint8Array): void {
    if (this.#length + octets.length > this.#octets.length) {
      const larger = Buffer.allocUnsafe(this.#octets.length * 2)
      this.#octets.copy(larger, 0, 0, this.#length)
      this.#octets = larger
    }
    this.#octets.set(octets, this.#length)
    this.#length += octets.length
    this.count++
  }

  /** Appends as many messages as these prefixes need. @param nlri each in NLRI form */
  announce(set: AttributeSet, family: Family, nlri: readonly Uint8Array[]): void {
    const head = attributes(set, family)
    const room = LONGEST - HEADER - 4 - head.length - (family === 'ipv4-unicast' ? 0 : REACH)
    for (const part of fill(nlri, room)) this.add(Updates.body(head, family, set.nextHop, part))
  }

  /** Appends as many messages as these IPv4 prefixes need. @param block attributes as octets */
  announceBlock(block: readonly number[], nlri: readonly Uint8Array[]): void {
    const room = LONGEST - HEADER - 4 - block.length
    for (const part of fill(nlri, room)) this.add(Updates.body(block, 'ipv4-unicast', '', part))
  }

  /** Appends as many messages as withdrawing these prefixes needs. */
  withdraw(family: Family, nlri: readonly Uint8Array[]): void {
    for (const part of fill(nlri, LONGEST - HEADER - 11)) {
      const v4 = family === 'ipv4-unicast'
      const head = v4 ? [part.length >> 8, part.length & 255] : [0, 0, ...word(part.length + 7)]
      const unreach = v4 ? [] : [0x90, 15, ...word(part.length + 3), 0, 2, SAFI_UNICAST]
      this.add(
        message(UPDATE, Buffer.concat([Buffer.from([...head, ...unreach]), part, Buffer.alloc(v4 ? 2 : 0)])),
      )
    }
  }

  /** All of it. */
  bytes(): Buffer {
    return this.#octets.subarray(0, this.#length)
  }
}

const word = (value: number) => [value >> 8, value & 255]

let lastText = ''
let lastOctets: readonly number[] = []

/** Octets of a next hop; the same one comes over and over. */
function hop6(nextHop: string): readonly number[] {
  if (nextHop !== lastText) {
    lastText = nextHop
    lastOctets = v6(nextHop)
  }
  return lastOctets
}

/** Head of MP_REACH_NLRI (RFC 4760 §3), with extended length, before that many octets of NLRI. */
function reach(nextHop: string, length: number): number[] {
  return [0x90, 14, ...word(length + 21), 0, 2, SAFI_UNICAST, 16, ...hop6(nextHop), 0]
}

/** Octets of that head. */
const REACH = 25

function* fill(nlri: readonly Uint8Array[], room: number): Generator<Buffer> {
  let part: Uint8Array[] = []
  let length = 0
  for (const prefix of nlri) {
    if (length + prefix.length > room) {
      yield Buffer.concat(part, length)
      part = []
      length = 0
    }
    part.push(prefix)
    length += prefix.length
  }
  if (length) yield Buffer.concat(part, length)
}
