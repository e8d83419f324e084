/**
 * NLRI octets (RFC 4271 §4.3): a length in bits and as many octets as it needs; with ADD-PATH a 4-octet path
 * identifier before it (RFC 7911 §3). Walking over checked NLRI needs nothing of this file:
 *
 *     for (let at = start; at < end; ) {
 *       // with ADD-PATH: identifier at `at`, then at += 4
 *       const bits = bytes[at]
 *       // address octets at at + 1
 *       at += 1 + nlriOctets(bits)
 *     }
 */
import { formatPrefix, mask } from '../ip/prefix.js'
import { UpdateError } from './codes.js'
import { resetFault } from './fault.js'
import type { Fault } from './types.js'

/** Address octets of a prefix of so many bits. */
export function nlriOctets(bits: number): number {
  return (bits + 7) >>> 3
}

/**
 * Hot: checks NLRI (RFC 7606 §5.3).
 * @param maxBits 32 or 128
 * @param addPath whether each prefix has a path identifier
 * @returns the offset of the first prefix that is too long or cut, or -1
 */
export function checkNlri(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxBits: number,
  addPath: boolean,
): number {
  const before = addPath ? 4 : 0
  let at = start
  while (at < end) {
    const length = at + before
    if (length >= end) return at
    const bits = bytes[length]
    const next = length + 1 + ((bits + 7) >>> 3)
    if (bits > maxBits || next > end) return at
    at = next
  }
  return -1
}

/** Where NLRI stand in an UPDATE. */
export type NlriField = 'nlri' | 'withdrawn' | 'reach' | 'unreach'

const FIELD_NAMES = {
  nlri: 'the NLRI field',
  withdrawn: 'the withdrawn routes',
  reach: 'MP_REACH_NLRI',
  unreach: 'MP_UNREACH_NLRI',
} as const

/**
 * The fault of NLRI that `checkNlri` refused at `at`: reset with 3/10, in a multiprotocol attribute 3/9.
 * @param bytes holds the field's NLRI in [start, end)
 */
export function nlriFault(
  field: NlriField,
  bytes: Uint8Array,
  start: number,
  end: number,
  at: number,
): Fault {
  const text = `${FIELD_NAMES[field]} has a prefix that is too long or cut at octet ${at - start} of ${end - start}`
  const multiprotocol = field === 'reach' || field === 'unreach'
  const subcode = multiprotocol ? UpdateError.OptionalAttributeError : UpdateError.InvalidNetworkField
  const fault = resetFault(3, subcode, 'RFC 7606 §5.3', text, bytes.slice(at, end))
  return multiprotocol ? { ...fault, attribute: field === 'reach' ? 14 : 15 } : fault
}

/** A prefix as an object, for the cold ways. */
export interface NlriText {
  /** Canonical 'address/length', host bits cleared. */
  readonly prefix: string
  /** Path identifier, with ADD-PATH only. */
  readonly pathId?: number
}

/** Reads checked NLRI; `octets` is the address width, 4 or 16. */
export function readNlri(
  bytes: Uint8Array,
  start: number,
  end: number,
  octets: number,
  addPath: boolean,
): NlriText[] {
  const list: NlriText[] = []
  for (let at = start; at < end; ) {
    const pathId = addPath ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at) : undefined
    if (addPath) at += 4
    const bits = bytes[at]
    const address = new Uint8Array(octets)
    const next = at + 1 + nlriOctets(bits)
    address.set(bytes.subarray(at + 1, next))
    mask(address, bits)
    const prefix = formatPrefix(address, bits)
    list.push(pathId === undefined ? { prefix } : { prefix, pathId })
    at = next
  }
  return list
}
