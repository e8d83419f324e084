/** Reads the packets that filter.ts lets through. */

import { formatAddress } from '../ip/address.js'

/** A TCP SYN (RFC 9293 §3.1). */
export interface Syn {
  readonly type: 'syn'
  readonly from: string
  readonly to: string
  readonly sourcePort: number
  readonly port: number
  readonly sequence: number
  /** TTL or hop limit. */
  readonly ttl: number
  /** It carries a TCP-MD5 signature (RFC 2385 §3.0). */
  readonly signed: boolean
}

/** An ICMP message that a segment could not be delivered (RFC 792, RFC 4443 §3.1). */
export interface Unreachable {
  readonly type: 'unreachable'
  /** Who says so. */
  readonly from: string
  /** Whom the segment was for. */
  readonly to: string
  readonly port: number
  /** Who had sent the segment. */
  readonly sender: string
  readonly reason: 'prohibited' | 'host' | 'network' | 'port' | 'other'
}

/** RFC 792, RFC 1812 §5.2.7.1: codes of ICMP's type 3. */
const REASONS_4: Readonly<Record<number, Unreachable['reason']>> = {
  0: 'network',
  1: 'host',
  3: 'port',
  6: 'network',
  7: 'host',
  9: 'prohibited',
  10: 'prohibited',
  13: 'prohibited',
}
/** RFC 4443 §3.1: codes of ICMPv6's type 1. */
const REASONS_6: Readonly<Record<number, Unreachable['reason']>> = {
  0: 'network',
  1: 'prohibited',
  3: 'host',
  4: 'port',
  5: 'prohibited',
  6: 'prohibited',
}
/** Kinds of TCP options. */
const END = 0
const NO_OPERATION = 1
const MD5 = 19

/**
 * @param bytes from the IP header on; may be cut short
 * @returns undefined for any other packet, and for one too short
 */
export function parsePacket(bytes: Uint8Array): Syn | Unreachable | undefined {
  const six = bytes[0] >> 4 === 6
  const header = six ? 40 : (bytes[0] & 15) * 4
  const protocol = bytes[six ? 6 : 9]
  if (protocol === 6) return bytes.length < header + 20 ? undefined : syn(bytes, header, six)
  return bytes.length < header + (six ? 52 : 32) ? undefined : unreachable(bytes, header, six)
}

function syn(bytes: Uint8Array, tcp: number, six: boolean): Syn {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    type: 'syn',
    ...ends(bytes, 0, six),
    sourcePort: view.getUint16(tcp),
    port: view.getUint16(tcp + 2),
    sequence: view.getUint32(tcp + 4),
    ttl: bytes[six ? 7 : 8],
    signed: hasOption(bytes.subarray(tcp + 20, tcp + (bytes[tcp + 12] >> 4) * 4), MD5),
  }
}

function unreachable(bytes: Uint8Array, icmp: number, six: boolean): Unreachable {
  const quoted = icmp + 8
  const ports = quoted + (six ? 40 : 20)
  const segment = ends(bytes, quoted, six)
  return {
    type: 'unreachable',
    from: ends(bytes, 0, six).from,
    to: segment.to,
    sender: segment.from,
    port: (bytes[ports + 2] << 8) | bytes[ports + 3],
    reason: (six ? REASONS_6 : REASONS_4)[bytes[icmp + 1]] ?? 'other',
  }
}

function ends(bytes: Uint8Array, at: number, six: boolean): { readonly from: string; readonly to: string } {
  const [start, octets] = six ? [at + 8, 16] : [at + 12, 4]
  return { from: formatAddress(bytes, start, octets), to: formatAddress(bytes, start + octets, octets) }
}

function hasOption(options: Uint8Array, kind: number): boolean {
  for (let at = 0; at < options.length && options[at] !== END; ) {
    if (options[at] === kind) return true
    at += options[at] === NO_OPERATION ? 1 : Math.max(2, options[at + 1] ?? 2)
  }
  return false
}
