/**
 * The header that all messages share (RFC 4271 §4.1). Decoders take a message as `(bytes, start, end)`, its
 * header included; the framer has checked marker, type and length.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |                       marker, 16 octets of ff                 |
 *     |             length            |     type      |
 */
import { MessageType } from './codes.js'
import { Writer } from './writer.js'

export const HEADER_LENGTH = 19
/** Longest message without the Extended Message capability, and any OPEN or KEEPALIVE. */
export const MAX_LENGTH = 4096
/** Longest message with it (RFC 8654 §2). */
export const MAX_EXTENDED_LENGTH = 65535

/** A writer that starts with a header; `finish` completes it. */
export function beginMessage(type: number): Writer {
  return new Writer().bytes(MARKER).u16(0).u8(type)
}

/** The whole message, length filled in. */
export function finishMessage(writer: Writer): Uint8Array {
  writer.patch16(16, writer.length)
  return writer.take()
}

const MARKER = new Uint8Array(16).fill(255)

/** The KEEPALIVE message. Shared: never write to it. */
export const KEEPALIVE: Uint8Array = finishMessage(beginMessage(MessageType.Keepalive))
