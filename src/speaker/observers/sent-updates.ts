/**
 * What UPDATEs tell a neighbor, read from the octets that were written to it: so it is what the neighbor has, however
 * they came about. Members of an update group are written the same octets, which are read once.
 */

import { bitsOf, type Family, familyOf } from '../../ip/family.js'
import type { AdvertisedChange, RouteAttributes } from '../../ports/observer.js'
import { AttributeCode } from '../../wire/codes.js'
import { readNlri } from '../../wire/nlri.js'
import { endOfRibOf, splitUpdate, UpdateFields } from '../../wire/update.js'
import { sentAttributes } from './values.js'

/** What the UPDATEs of one family say. */
export interface SentUpdates {
  readonly changes: readonly AdvertisedChange[]
  /** The End-of-RIB marker is among them. */
  readonly endOfRib: boolean
}

const EXTENDED_LENGTH = 0x10
const NO_OCTETS = new Uint8Array(0)

/** Reads UPDATEs that this speaker made, as described at the head of this file. */
export class SentReader {
  /** By the buffer that was written: a chunk of an update group stays the same object for all members. */
  readonly #read = new WeakMap<Uint8Array, SentUpdates>()
  readonly #fields = new UpdateFields()
  /** The last set and the octets it was read from: what overflows one message goes on in the next. */
  #lastOctets = NO_OCTETS
  #lastNextHop = NO_OCTETS
  #last: RouteAttributes | undefined

  /**
   * @param bytes whole UPDATEs of one family as Adj-RIB-Out packs them (each withdraws or announces, in one way);
   *   never changed afterwards
   * @param addPath NLRI have path identifiers
   */
  read(bytes: Uint8Array, family: Family, addPath: boolean): SentUpdates {
    const known = this.#read.get(bytes)
    if (known !== undefined) return known
    const changes: AdvertisedChange[] = []
    let endOfRib = false
    for (let start = 0; start < bytes.length; ) {
      const end = start + ((bytes[start + 16] << 8) | bytes[start + 17])
      if (this.#update(bytes, start, end, family, addPath, changes)) endOfRib = true
      start = end
    }
    const read = { changes, endOfRib }
    this.#read.set(bytes, read)
    return read
  }

  /** @returns whether it is the End-of-RIB marker */
  #update(
    bytes: Uint8Array,
    start: number,
    end: number,
    family: Family,
    addPath: boolean,
    changes: AdvertisedChange[],
  ): boolean {
    const fields = this.#fields
    if (!splitUpdate(bytes, start, end, fields)) return false
    if (endOfRibOf(bytes, fields) !== 0) return true
    const add = (from: number, to: number, attributes: RouteAttributes | undefined) => {
      for (const { prefix, pathId = 0 } of readNlri(bytes, from, to, bitsOf(family) / 8, addPath))
        changes.push({ prefix, pathId, attributes })
    }
    const { attributesStart, attributesEnd } = fields
    add(fields.withdrawnStart, fields.withdrawnEnd, undefined)
    if (attributesStart === attributesEnd) return false
    const code = bytes[attributesStart + 1]
    const extended = (bytes[attributesStart] & EXTENDED_LENGTH) !== 0
    const value = attributesStart + (extended ? 4 : 3)
    const length = extended
      ? (bytes[attributesStart + 2] << 8) | bytes[attributesStart + 3]
      : bytes[attributesStart + 2]
    const next = value + length
    const multiprotocol = familyOf((bytes[value] << 8) | bytes[value + 1], bytes[value + 2]) === family
    if (code === AttributeCode.MP_UNREACH_NLRI && multiprotocol) add(value + 3, next, undefined)
    else if (code === AttributeCode.MP_REACH_NLRI && multiprotocol) {
      const nextHopEnd = value + 4 + bytes[value + 3]
      add(
        nextHopEnd + 1,
        next,
        this.#set(bytes.subarray(value + 4, nextHopEnd), bytes.subarray(next, attributesEnd)),
      )
    } else {
      add(
        fields.nlriStart,
        fields.nlriEnd,
        this.#set(NO_OCTETS, bytes.subarray(attributesStart, attributesEnd)),
      )
    }
    return false
  }

  #set(nextHop: Uint8Array, rest: Uint8Array): RouteAttributes {
    if (this.#last !== undefined && equal(rest, this.#lastOctets) && equal(nextHop, this.#lastNextHop))
      return this.#last
    this.#last = sentAttributes(nextHop, rest)
    this.#lastOctets = rest.slice()
    this.#lastNextHop = nextHop.slice()
    return this.#last
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
