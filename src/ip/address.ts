/**
 * Text of IPv4 and IPv6 addresses, both ways. Parsers are strict and return undefined for anything else;
 * formatters give the one canonical text (RFC 5952 for IPv6), so that texts can be compared as strings.
 */
import { FAMILIES, type Family } from './family.js'

/** An address as octets in network order: 4 for IPv4, 16 for IPv6. */
export interface Address {
  readonly family: Family
  readonly bytes: Uint8Array
  /** Zone of a scoped IPv6 address without the percent sign ('eth0'); undefined when there is none. */
  readonly zone?: string
}

/**
 * Parses dotted-decimal IPv4: four numbers 0 to 255 without leading zeros.
 * @returns the unsigned 32-bit value, or undefined
 */
export function parseIPv4(text: string): number | undefined {
  let value = 0
  let octet = -1
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 46) {
      if (octet < 0 || ++dots > 3) return undefined
      value = value * 256 + octet
      octet = -1
    } else {
      if (c < 48 || c > 57 || octet === 0) return undefined
      octet = octet < 0 ? c - 48 : octet * 10 + c - 48
      if (octet > 255) return undefined
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined
}

/** Dotted-decimal text of an unsigned (or signed) 32-bit value, as for a BGP Identifier. */
export function formatIPv4(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/**
 * Parses IPv6 (RFC 4291 §2.2, embedded IPv4 tail included), without a zone.
 * @returns 16 octets, or undefined
 */
export function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0], halves.length === 1)
  const tail = halves.length === 2 ? groups(halves[1], true) : []
  if (head === undefined || tail === undefined) return undefined
  const zeros = 8 - head.length - tail.length
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined
  const bytes = new Uint8Array(16)
  for (let i = 0; i < head.length; i++) put(bytes, i, head[i])
  for (let i = 0; i < tail.length; i++) put(bytes, 8 - tail.length + i, tail[i])
  return bytes
}

function put(bytes: Uint8Array, group: number, value: number): void {
  bytes[2 * group] = value >>> 8
  bytes[2 * group + 1] = value
}

function groups(text: string, ipv4Tail: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const values: number[] = []
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (ipv4Tail && i === parts.length - 1 && part.includes('.')) {
      const value = parseIPv4(part)
      if (value === undefined) return undefined
      values.push(value >>> 16, value & 0xffff)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
      values.push(Number.parseInt(part, 16))
    }
  }
  return values
}

/** Canonical text (RFC 5952) of 16 octets from `offset`; IPv4-mapped addresses end in dotted decimal (§5). */
export function formatIPv6(bytes: Uint8Array, offset = 0): string {
  const group: number[] = []
  for (let i = 0; i < 8; i++) group.push((bytes[offset + 2 * i] << 8) | bytes[offset + 2 * i + 1])
  if (group[5] === 0xffff && !(group[0] | group[1] | group[2] | group[3] | group[4])) {
    return `::ffff:${formatIPv4((group[6] << 16) | group[7])}`
  }
  let at = -1
  let run = 1
  for (let i = 0; i < 8; ) {
    let end = i
    while (end < 8 && group[end] === 0) end++
    if (end - i > run) {
      at = i
      run = end - i
    }
    i = end + 1
  }
  const hex = group.map((value) => value.toString(16))
  return at < 0 ? hex.join(':') : `${hex.slice(0, at).join(':')}::${hex.slice(at + run).join(':')}`
}

/** Canonical text of the 4 or 16 octets at `offset`. */
export function formatAddress(bytes: Uint8Array, offset = 0, octets = bytes.length - offset): string {
  return octets === 4 ? formatIPv4(readU32(bytes, offset)) : formatIPv6(bytes, offset)
}

/**
 * Parses an address of either family. A zone ('fe80::1%eth0') is accepted on link-local IPv6 addresses
 * only (RFC 4007 §11), where it is needed.
 */
export function parseAddress(text: string): Address | undefined {
  const value = parseIPv4(text)
  if (value !== undefined) return { family: FAMILIES[0], bytes: u32Bytes(value) }
  const percent = text.indexOf('%')
  if (percent < 0) {
    const bytes = parseIPv6(text)
    return bytes && { family: FAMILIES[1], bytes }
  }
  const bytes = parseIPv6(text.slice(0, percent))
  const zone = text.slice(percent + 1)
  if (bytes === undefined || bytes[0] !== 0xfe || (bytes[1] & 0xc0) !== 0x80) return undefined
  return /^[^\s%/]{1,15}$/.test(zone) ? { family: FAMILIES[1], bytes, zone } : undefined
}

/** The one spelling of an address text (zone kept), or undefined when it is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text)
  if (address === undefined) return undefined
  const canonical = formatAddress(address.bytes)
  return address.zone === undefined ? canonical : `${canonical}%${address.zone}`
}

/** The four octets of an unsigned 32-bit value in network order. */
export function u32Bytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** The unsigned 32-bit value of four octets in network order. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
  )
}
