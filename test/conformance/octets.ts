/**
 * More builders of messages, octet by octet from the RFCs' drawings. Like those of raw-bytes.ts they use
 * nothing of src/, so that a mistake in the codec cannot hide itself.
 */
import { attribute, capability, hex, ipv4, ipv6, message, nlri, u16, u32 } from '../support/raw-bytes.js'

export * from '../support/raw-bytes.js'

/** Octets of a text of hexadecimal digits. */
export const raw = (text: string): Uint8Array => Uint8Array.from(hex(text))

export const enhancedRefresh = (): number[] => capability(70)
export const extendedMessage = (): number[] => capability(6)
/** ADD-PATH (RFC 7911 §4); mode 1 receive, 2 send, 3 both. */
export const addPath = (...families: readonly (readonly [afi: number, mode: number])[]): number[] =>
  capability(
    69,
    families.flatMap(([afi, mode]) => [...u16(afi), 1, mode]),
  )
/** BGP Role (RFC 9234 §4.1). */
export const role = (value: number): number[] => capability(9, [value])
/** IPv4 unicast with IPv6 next hops (RFC 8950 §4). */
export const extendedNextHop = (): number[] => capability(5, [...u16(1), ...u16(1), ...u16(2)])
/** Long-lived graceful restart (RFC 9494 §3.1). */
export const longLived = (
  ...families: readonly { afi: number; forwarding: boolean; time: number }[]
): number[] =>
  capability(
    71,
    families.flatMap(({ afi, forwarding, time }) => [
      ...u16(afi),
      1,
      forwarding ? 0x80 : 0,
      time >>> 16,
      ...u16(time & 0xffff),
    ]),
  )

export const SEQUENCE = 2
export const SET = 1

/** AS_PATH of any segments, with four-octet or two-octet numbers. */
export function asPathOf(
  segments: readonly (readonly [type: number, ...asns: number[]])[],
  size: 2 | 4 = 4,
): number[] {
  const number = size === 4 ? u32 : u16
  return attribute(
    0x40,
    2,
    segments.flatMap(([type, ...asns]) => [type, asns.length, ...asns.flatMap(number)]),
  )
}

export const as4Path = (...asns: number[]): number[] =>
  attribute(0xc0, 17, [SEQUENCE, asns.length, ...asns.flatMap(u32)])
export const aggregator = (as: number, address: string, size: 2 | 4 = 4): number[] =>
  attribute(0xc0, 7, [...(size === 4 ? u32 : u16)(as), ...ipv4(address)])
export const as4Aggregator = (as: number, address: string): number[] =>
  attribute(0xc0, 18, [...u32(as), ...ipv4(address)])
export const originatorId = (id: string): number[] => attribute(0x80, 9, ipv4(id))
export const clusterList = (...ids: string[]): number[] => attribute(0x80, 10, ids.flatMap(ipv4))
/** Each value is sixteen hexadecimal digits. */
export const extendedCommunities = (...values: string[]): number[] => attribute(0xc0, 16, values.flatMap(hex))
export const largeCommunities = (...values: readonly (readonly [number, number, number])[]): number[] =>
  attribute(
    0xc0,
    32,
    values.flatMap((value) => value.flatMap(u32)),
  )
export const onlyToCustomer = (as: number): number[] => attribute(0xc0, 35, u32(as))

/** MP_REACH_NLRI of unicast prefixes; the next hop as it stands there. */
export const mpReach = (afi: 1 | 2, nextHop: readonly number[], ...prefixes: string[]): number[] =>
  attribute(0x80, 14, [...u16(afi), 1, nextHop.length, ...nextHop, 0, ...prefixes.flatMap(nlri)])

/** NLRI with a path identifier (RFC 7911 §3). */
export const pathNlri = (id: number, prefix: string): number[] => [...u32(id), ...nlri(prefix)]

/** UPDATE of fields that are octets already. */
export function rawUpdate(
  withdrawn: readonly number[],
  attributes: readonly number[],
  announced: readonly number[],
): Uint8Array {
  return message(2, [
    ...u16(withdrawn.length),
    ...withdrawn,
    ...u16(attributes.length),
    ...attributes,
    ...announced,
  ])
}

/** ROUTE-REFRESH; subtype 0 asks, 1 begins, 2 ends (RFC 7313 §3). */
export const refresh = (afi: number, subtype = 0, safi = 1): Uint8Array =>
  message(5, [...u16(afi), subtype, safi])

/** '2001:db8::1' as a global next hop, or with a link-local one behind it. */
export const nextHop6 = (...addresses: string[]): number[] => addresses.flatMap(ipv6)

/** 'a:b' → the 32 bits of a community. */
export function community(text: string): number {
  const [high, low] = text.split(':').map(Number)
  return high * 65536 + low
}
