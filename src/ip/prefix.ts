/** Prefixes as values and text; tables of many prefixes are in prefix-table.ts. */
import { formatAddress, parseAddress } from './address.js'
import { bitsOf, type Family } from './family.js'

/** A prefix: `length` leading bits of `bytes` (4 or 16 octets), the rest zero. */
export interface Prefix {
  readonly family: Family
  readonly bytes: Uint8Array
  readonly length: number
}

/** A prefix as a person wrote it. */
export interface ParsedPrefix extends Prefix {
  /** True when bits beyond the length were set in the text ('10.0.0.1/8'); `bytes` has them cleared. */
  readonly hostBits: boolean
}

/**
 * Parses 'address/length'; the length is a decimal number without sign or leading zero, no zone.
 * @returns the masked prefix, or undefined
 */
export function parsePrefix(text: string): ParsedPrefix | undefined {
  const slash = text.indexOf('/')
  if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(text.slice(slash + 1))) return undefined
  const address = parseAddress(text.slice(0, slash))
  const length = Number(text.slice(slash + 1))
  if (address === undefined || address.zone !== undefined || length > bitsOf(address.family)) return undefined
  const bytes = Uint8Array.from(address.bytes)
  mask(bytes, length)
  const hostBits = bytes.some((octet, i) => octet !== address.bytes[i])
  return { family: address.family, bytes, length, hostBits }
}

/** Clears every bit after the first `length`. */
export function mask(bytes: Uint8Array, length: number): void {
  const whole = length >>> 3
  if (whole >= bytes.length) return
  bytes[whole] &= 0xff00 >>> (length & 7)
  bytes.fill(0, whole + 1)
}

/** 'address/length' of 4 or 16 octets. */
export function formatPrefix(bytes: Uint8Array, length: number): string {
  return `${formatAddress(bytes)}/${length}`
}

/** The one spelling of a prefix text with host bits cleared, or undefined when it is none. */
export function canonicalPrefix(text: string): string | undefined {
  const prefix = parsePrefix(text)
  return prefix && formatPrefix(prefix.bytes, prefix.length)
}

/** True when the first `length` bits of `a` and `b` (as many octets each) are equal. */
function sameBits(a: Uint8Array, b: Uint8Array, length: number): boolean {
  const whole = length >>> 3
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false
  const rest = 0xff00 >>> (length & 7)
  return whole >= a.length || ((a[whole] ^ b[whole]) & rest & 0xff) === 0
}

/** True when `outer` covers `inner`: equal or less specific. Prefixes of two families never do. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  return (
    outer.family === inner.family &&
    outer.length <= inner.length &&
    sameBits(outer.bytes, inner.bytes, outer.length)
  )
}
