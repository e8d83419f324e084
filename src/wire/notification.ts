/** NOTIFICATION (RFC 4271 §4.5), shutdown communication (RFC 9003) and hard reset (RFC 8538 §3). */
import { CeaseError, ErrorCode, errorName, MessageType } from './codes.js'
import { NO_DATA } from './fault.js'
import { beginMessage, finishMessage, HEADER_LENGTH, MAX_LENGTH } from './message.js'
import { decodeUtf8, encodeUtf8, hex, printable } from './printable.js'
import type { NotificationMessage } from './types.js'

/**
 * The message's octets. Data that would exceed `maxLength` (4096 for a peer without the Extended Message
 * capability, RFC 8654 §5) is cut.
 */
export function encodeNotification(message: NotificationMessage, maxLength: number = MAX_LENGTH): Uint8Array {
  const room = maxLength - HEADER_LENGTH - 2
  const writer = beginMessage(MessageType.Notification).u8(message.code).u8(message.subcode)
  return finishMessage(writer.bytes(message.data, 0, Math.min(message.data.length, room)))
}

/** Any NOTIFICATION that the framer lets through is decoded; it must never be answered (RFC 4271 §6.4). */
export function decodeNotification(bytes: Uint8Array, start: number, end: number): NotificationMessage {
  const body = start + HEADER_LENGTH
  return {
    type: 'notification',
    code: bytes[body],
    subcode: bytes[body + 1],
    data: bytes.slice(body + 2, end),
  }
}

/**
 * Data of a Cease/Administrative Shutdown or Reset with a text for the peer's operator (RFC 9003 §2).
 * @param limit octets; 128 suits peers that only know RFC 8203, 255 is the most
 */
export function shutdownData(text: string, limit = 128): Uint8Array {
  const octets = encodeUtf8(text, Math.min(limit, 255))
  return octets.length === 0 ? NO_DATA : Uint8Array.of(octets.length, ...octets)
}

/**
 * The shutdown communication of a received Cease 6/2 or 6/4, escaped for display. Invalid UTF-8 is not
 * interpreted but given as hexadecimal; a length octet beyond the data is not trusted.
 * @returns undefined when there is none
 */
export function shutdownText(message: NotificationMessage): string | undefined {
  const { code, subcode, data } = message
  if (code !== ErrorCode.Cease || data.length === 0) return undefined
  if (subcode !== CeaseError.AdministrativeShutdown && subcode !== CeaseError.AdministrativeReset) {
    return undefined
  }
  const length = data[0]
  if (length === 0) return undefined
  if (length > data.length - 1) return `malformed shutdown communication, hex ${hex(data)}`
  const octets = data.subarray(1, 1 + length)
  const text = decodeUtf8(octets)
  return text === undefined ? `not UTF-8, hex ${hex(octets)}` : printable(text)
}

/** True for a Cease/Hard Reset, whatever its data. */
function isHardReset(message: NotificationMessage): boolean {
  return message.code === ErrorCode.Cease && message.subcode === CeaseError.HardReset
}

/** The NOTIFICATION inside a Hard Reset; undefined when it is none or too short to hold one. */
export function hardResetReason(message: NotificationMessage): NotificationMessage | undefined {
  if (!isHardReset(message) || message.data.length < 2) return undefined
  const [code, subcode] = message.data
  return { type: 'notification', code, subcode, data: message.data.slice(2) }
}

/**
 * One line for people: 'Cease/Administrative Shutdown (6/2): "back at noon"'. Text from the peer is escaped
 * and quoted.
 */
export function describeNotification(message: NotificationMessage): string {
  const inner = hardResetReason(message)
  const head = `${errorName(message.code, message.subcode)} (${message.code}/${message.subcode})`
  if (inner !== undefined && !isHardReset(inner)) return `${head} because of ${describeNotification(inner)}`
  const text = shutdownText(message)
  if (text !== undefined) return `${head}: "${text}"`
  const { data } = message
  if (data.length === 0) return head
  return `${head}: ${detail(message) ?? `data ${hex(data, 32)}`}`
}

function detail({ code, subcode, data }: NotificationMessage): string | undefined {
  if (
    code === ErrorCode.Cease &&
    subcode === CeaseError.MaximumNumberOfPrefixesReached &&
    data.length === 7
  ) {
    const limit = ((data[3] << 24) | (data[4] << 16) | (data[5] << 8) | data[6]) >>> 0
    return `AFI ${(data[0] << 8) | data[1]} SAFI ${data[2]}, limit ${limit}`
  }
  if (code === ErrorCode.OPENMessageError && subcode === 1 && data.length === 2) {
    return `the sender speaks version ${(data[0] << 8) | data[1]} at most`
  }
  return undefined
}
