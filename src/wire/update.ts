/**
 * UPDATE (RFC 4271 §4.3). The hot path takes it in pieces: `splitUpdate`, `checkNlri` (nlri.ts),
 * `scanAttributes` (scan-attributes.ts), each filling an object that is reused.
 */
import { AFI_IPV4, AFI_IPV6, type Family, SAFI_UNICAST } from '../ip/family.js'
import { MessageType, UpdateError } from './codes.js'
import { resetFault } from './fault.js'
import { beginMessage, finishMessage, HEADER_LENGTH } from './message.js'
import type { Fault } from './types.js'

/** Where the three parts of an UPDATE lie, as offsets into the octets it was split from. */
export class UpdateFields {
  withdrawnStart = 0
  withdrawnEnd = 0
  attributesStart = 0
  attributesEnd = 0
  nlriStart = 0
  nlriEnd = 0
}

/**
 * Hot: finds the parts of an UPDATE of at least 23 octets (the framer has seen to that).
 * @param bytes holds the message, header included, in [start, end)
 * @returns false when its lengths do not fit the message: `updateLengthFault` says how
 */
export function splitUpdate(bytes: Uint8Array, start: number, end: number, out: UpdateFields): boolean {
  const withdrawn = start + HEADER_LENGTH + 2
  const withdrawnLength = (bytes[withdrawn - 2] << 8) | bytes[withdrawn - 1]
  if (withdrawnLength + 2 > end - withdrawn) return false
  const attributes = withdrawn + withdrawnLength + 2
  const attributesLength = (bytes[attributes - 2] << 8) | bytes[attributes - 1]
  if (attributesLength > end - attributes) return false
  out.withdrawnStart = withdrawn
  out.withdrawnEnd = attributes - 2
  out.attributesStart = attributes
  out.attributesEnd = attributes + attributesLength
  out.nlriStart = out.attributesEnd
  out.nlriEnd = end
  return true
}

/** The fault of an UPDATE that `splitUpdate` refused: reset with 3/1 (RFC 7606 §3 b). */
export function updateLengthFault(start: number, end: number): Fault {
  return resetFault(
    3,
    UpdateError.MalformedAttributeList,
    'RFC 7606 §3 b',
    `withdrawn routes and attributes are longer than the UPDATE of ${end - start} octets`,
  )
}

/** End-of-RIB marker of a family (RFC 4724 §2): an empty UPDATE, or MP_UNREACH_NLRI without NLRI. */
export function encodeEndOfRib(family: Family): Uint8Array {
  const writer = beginMessage(MessageType.Update).u16(0)
  if (family === 'ipv4-unicast') return finishMessage(writer.u16(0))
  return finishMessage(writer.u16(6).u8(0x80).u8(15).u8(3).u16(AFI_IPV6).u8(SAFI_UNICAST))
}

/**
 * AFI of the End-of-RIB marker that an UPDATE is, with its SAFI in the low octet (afi * 256 + safi), or 0
 * when it is none. Both forms are known for IPv4.
 */
export function endOfRibOf(bytes: Uint8Array, fields: UpdateFields): number {
  if (fields.withdrawnEnd > fields.withdrawnStart || fields.nlriEnd > fields.nlriStart) return 0
  const at = fields.attributesStart
  const length = fields.attributesEnd - at
  if (length === 0) return AFI_IPV4 * 256 + SAFI_UNICAST
  const short = length === 6 && (bytes[at] & 0xd0) === 0x80 && bytes[at + 2] === 3
  const long = length === 7 && (bytes[at] & 0xd0) === 0x90 && bytes[at + 2] === 0 && bytes[at + 3] === 3
  if (bytes[at + 1] !== 15 || !(short || long)) return 0
  const value = at + length - 3
  return ((bytes[value] << 8) | bytes[value + 1]) * 256 + bytes[value + 2]
}
