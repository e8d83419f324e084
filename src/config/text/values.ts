/** Values that stand in texts of both dialects: AS numbers, addresses, prefixes, communities, endpoints. */

import type { Checked } from '../../grammar/kinds.js'
import { canonicalAddress, parseAddress, parseIPv4 } from '../../ip/address.js'
import { bitsOf, type Family } from '../../ip/family.js'
import { formatPrefix, parsePrefix } from '../../ip/prefix.js'
import { specialUse } from '../../ip/special.js'
import { communityText, largeCommunityText, parseCommunity, parseLargeCommunity } from '../../wire/text.js'
import type { ListenAddress } from '../model/model.js'

/** An address in canonical text. */
export interface AddressText {
  readonly text: string
  readonly family: Family
}

/** A masked prefix in canonical text. */
export interface PrefixText extends AddressText {
  readonly length: number
}

/** Largest AS number (RFC 6793 §1). */
const AS_MAX = 4_294_967_295
/** AS_TRANS, which stands for a 4-octet number where only two octets fit (RFC 6793 §9). */
const AS_TRANS = 23456

/**
 * Reads an AS number: plain, or 'high.low' (RFC 5396 asdot). 0 (RFC 7607) and AS_TRANS are nobody's.
 */
export function readAs(input: number | string): Checked<number> {
  const text = String(input)
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text)
  const value = dotted ? asDot(Number(dotted[1]), Number(dotted[2])) : Number(text)
  if ((!dotted && !/^\d{1,10}$/.test(text)) || value > AS_MAX) {
    return {
      problem: `\`${text}\` is no AS number`,
      hint: 'a whole number from 1 to 4294967295, or asdot such as 1.10',
    }
  }
  if (value === 0) return { problem: 'AS 0 is reserved and never a speaker’s own (RFC 7607)', hint: AS_HINT }
  if (value === AS_TRANS)
    return { problem: 'AS 23456 is AS_TRANS, no speaker’s own (RFC 6793)', hint: AS_HINT }
  return { value }
}

const AS_HINT = 'private numbers are 64512 to 65534 and 4200000000 to 4294967294'
const asDot = (high: number, low: number) => (high > 65535 || low > 65535 ? AS_MAX + 1 : high * 65536 + low)

/** Reads an address of either family, without length; IPv4-mapped IPv6 is refused, since TCP sees IPv4. */
export function readAddress(text: string): Checked<AddressText> {
  const address = parseAddress(text)
  if (address === undefined) return { problem: `\`${text}\` is no IP address`, ...addressHint(text) }
  const canonical = canonicalAddress(text)!
  if (specialUse(address.bytes, 0, address.bytes.length) === 'mapped') {
    return {
      problem: `\`${text}\` is an IPv4-mapped IPv6 address`,
      hint: `write ${canonical.slice('::ffff:'.length)}`,
    }
  }
  return { value: { text: canonical, family: address.family } }
}

/** Reads an address that a speaker can have: no multicast, unspecified or broadcast one; link-local with zone. */
export function readHost(text: string): Checked<AddressText> {
  const read = readAddress(text)
  if ('problem' in read) return read
  const address = parseAddress(text)!
  const use = specialUse(address.bytes, 0, address.bytes.length)
  if (use === 'multicast' || use === 'reserved' || use === 'this-network') {
    return { problem: `\`${text}\` (${use}) is no address that a speaker can have` }
  }
  if (use === 'link-local' && address.family === 'ipv6-unicast' && address.zone === undefined) {
    return { problem: `\`${text}\` is link-local and says no interface`, hint: `write ${text}%eth0` }
  }
  return read
}

function addressHint(text: string): { hint?: string } {
  const slash = text.indexOf('/')
  if (slash > 0 && parseAddress(text.slice(0, slash)) !== undefined) {
    return { hint: `without a length: ${text.slice(0, slash)}` }
  }
  const octets = text.split('.')
  if (octets.length > 1 && octets.every((octet) => /^\d+$/.test(octet))) {
    const large = octets.find((octet) => Number(octet) > 255)
    if (large !== undefined) return { hint: `${large} is above 255` }
    if (octets.length !== 4) return { hint: `IPv4 has four numbers, not ${octets.length}` }
    const zero = octets.find((octet) => octet.length > 1 && octet.startsWith('0'))
    if (zero !== undefined) return { hint: `${zero} has a leading zero` }
  }
  if (text.includes('%')) return { hint: 'only link-local IPv6 addresses (fe80::/10) carry a zone' }
  return { hint: 'such as 192.168.95.210 or 2001:db8::210' }
}

/** Reads 'address/length'; bits behind the length must be zero. */
export function readPrefix(text: string): Checked<PrefixText> {
  const prefix = parsePrefix(text)
  if (prefix === undefined) {
    const address = parseAddress(text)
    const hint =
      address !== undefined
        ? `add the length: ${text}/${bitsOf(address.family)}`
        : 'such as 192.168.95.0/24 or 2001:db8::/32'
    return { problem: `\`${text}\` is no prefix`, hint }
  }
  const canonical = formatPrefix(prefix.bytes, prefix.length)
  if (prefix.hostBits) {
    return { problem: `\`${text}\` has bits set behind /${prefix.length}`, hint: `write ${canonical}` }
  }
  return { value: { text: canonical, family: prefix.family, length: prefix.length } }
}

/**
 * Reads a community ('a:b', a well-known name, a number) or a large one ('a:b:c').
 * @returns its canonical text
 */
export function readCommunity(text: string): Checked<string> {
  const large = parseLargeCommunity(text)
  if (large !== undefined) return { value: largeCommunityText(large) }
  const community = parseCommunity(COMMUNITY_ALIASES.get(text) ?? text)
  if (community !== undefined) return { value: communityText(community) }
  return {
    problem: `\`${text}\` is no community`,
    hint: 'such as "64512:100", no-export or "64512:1:100"',
  }
}

/** What switches call NO_EXPORT_SUBCONFED. */
const COMMUNITY_ALIASES = new Map([
  ['local-AS', 'no-export-subconfed'],
  ['local-as', 'no-export-subconfed'],
  ['gshut', 'graceful-shutdown'],
])

/** Reads a BGP Identifier: four octets in dotted decimal, not 0.0.0.0 (RFC 6286 §2.1). */
export function readRouterId(text: string): Checked<number> {
  const value = parseIPv4(text)
  if (value === undefined) {
    return {
      problem: `\`${text}\` is no router id`,
      hint: 'four numbers such as 192.168.95.200, also for IPv6',
    }
  }
  if (value === 0) return { problem: 'router id 0.0.0.0 is not allowed (RFC 6286)' }
  return { value }
}

/** Reads a TCP port from 1 to 65535. */
export function readPort(text: string): Checked<number> {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= 65535) return { value }
  return { problem: `\`${text}\` is no TCP port`, hint: 'a number from 1 to 65535' }
}

/**
 * Reads 'ADDRESS:PORT', '[IPV6]:PORT', ':PORT', 'PORT' or 'ADDRESS'.
 * @param fallback address and port where the text has none
 */
export function readEndpoint(text: string, fallback: ListenAddress): Checked<ListenAddress> {
  if (/^\d+$/.test(text)) return withPort(fallback.address, text)
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed) return withAddress(bracketed[1], bracketed[2] ?? String(fallback.port))
  const colon = text.lastIndexOf(':')
  if (colon < 0 || (text.indexOf(':') !== colon && parseAddress(text) !== undefined)) {
    return withAddress(text, String(fallback.port))
  }
  const address = text.slice(0, colon)
  return address === ''
    ? withPort(fallback.address, text.slice(1))
    : withAddress(address, text.slice(colon + 1))
}

function withPort(address: string, text: string): Checked<ListenAddress> {
  const port = readPort(text)
  return 'problem' in port ? port : { value: { address, port: port.value } }
}

function withAddress(text: string, port: string): Checked<ListenAddress> {
  const address = readAddress(text)
  return 'problem' in address ? address : withPort(address.value.text, port)
}

/** 'ADDRESS:PORT', IPv6 in brackets. */
export function formatEndpoint(endpoint: ListenAddress): string {
  const { address, port } = endpoint
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
