/** What a stream that is not BGP may be instead, by its first octets (RFC 4271 §4.1: BGP begins with 16 times 255). */

import { printable } from './printable.js'

/** Beginnings of text protocols. */
const TEXTS: readonly (readonly [beginning: RegExp, name: string])[] = [
  [/^HTTP\/\d|^(GET|POST|PUT|HEAD|OPTIONS|CONNECT|PRI) /, 'HTTP'],
  [/^SSH-/, 'SSH'],
  [/^220[ -].*(SMTP|mail)/i, 'SMTP'],
  [/^220[ -]/, 'FTP or SMTP'],
  [/^RFB \d/, 'VNC'],
]
/** Octets of a text that are quoted. */
const QUOTED = 60
const PRINTED = /^[\x20-\x7e\r\n\t]+$/

/**
 * Half a sentence: 'looks like HTTP ("HTTP/1.1 400 Bad Request")'; undefined for octets that are neither text nor known.
 * @param bytes the first octets of the stream are [start, end)
 */
export function otherProtocol(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (isTls(bytes, start, end)) return 'looks like TLS'
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + QUOTED)))
  if (end - start < 3 || !PRINTED.test(text)) return undefined
  const line = printable(text.split(/\r?\n/, 1)[0])
  const known = TEXTS.find(([beginning]) => beginning.test(text))
  return known === undefined ? `looks like text ("${line}")` : `looks like ${known[1]} ("${line}")`
}

/** A TLS record: alert or handshake, version 3.x (RFC 8446 §5.1). */
function isTls(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 3) return false
  const type = bytes[start]
  return (type === 21 || type === 22) && bytes[start + 1] === 3 && bytes[start + 2] <= 4
}
