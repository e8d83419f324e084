/** Packets by hand; checksums are 0, which nothing here looks at. */
import { parseAddress } from '../../../src/ip/address.js'

const bytesOf = (address: string) => parseAddress(address)!.bytes

export interface SegmentOptions {
  readonly from?: number
  readonly to: number
  readonly sequence?: number
  /** Default: SYN. */
  readonly flags?: number
  /** A multiple of four. */
  readonly options?: readonly number[]
}

/** A TCP segment. */
export function tcp({
  from = 40000,
  to,
  sequence = 1,
  flags = 0x02,
  options = [],
}: SegmentOptions): Uint8Array {
  const bytes = new Uint8Array(20 + options.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, from)
  view.setUint16(2, to)
  view.setUint32(4, sequence)
  bytes[12] = (bytes.length / 4) << 4
  bytes[13] = flags
  bytes.set(options, 20)
  return bytes
}

/** An IPv4 packet; `options`: so many octets of them, `fragment`: its offset. */
export function ipv4(
  from: string,
  to: string,
  protocol: number,
  payload: Uint8Array,
  { ttl = 64, options = 0, fragment = 0 } = {},
): Uint8Array {
  const header = 20 + options
  const bytes = new Uint8Array(header + payload.length)
  bytes[0] = 0x40 | (header / 4)
  new DataView(bytes.buffer).setUint16(6, fragment)
  bytes[8] = ttl
  bytes[9] = protocol
  bytes.set(bytesOf(from), 12)
  bytes.set(bytesOf(to), 16)
  bytes.set(payload, header)
  return bytes
}

/** An IPv6 packet. */
export function ipv6(from: string, to: string, next: number, payload: Uint8Array, hopLimit = 64): Uint8Array {
  const bytes = new Uint8Array(40 + payload.length)
  bytes[0] = 0x60
  bytes[6] = next
  bytes[7] = hopLimit
  bytes.set(bytesOf(from), 8)
  bytes.set(bytesOf(to), 24)
  bytes.set(payload, 40)
  return bytes
}

/** An ICMP message that quotes a packet: all of its header, and 8 octets of what it carries. */
export function icmp4(type: number, code: number, quoted: Uint8Array): Uint8Array {
  return Uint8Array.from([type, code, 0, 0, 0, 0, 0, 0, ...quoted.subarray(0, 28)])
}

/** An ICMPv6 message that quotes a packet. */
export function icmp6(type: number, code: number, quoted: Uint8Array): Uint8Array {
  return Uint8Array.from([type, code, 0, 0, 0, 0, 0, 0, ...quoted])
}
