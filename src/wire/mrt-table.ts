/** MRT records of tables: TABLE_DUMP_V2 (RFC 6396 §4.3, RFC 8050 §4), TABLE_DUMP (§4.2) and BGP4MP_ENTRY. */
import { formatAddress } from '../ip/address.js'
import { AFI_IPV4, AFI_IPV6, SAFI_UNICAST } from '../ip/family.js'
import { EXTENDED_LENGTH } from './attribute-row.js'
import { AttributeCode } from './codes.js'
import {
  type MrtHeader,
  type MrtRecord,
  type MrtRibEntry,
  type MrtSession,
  type MrtTableEntry,
  TableDumpV2Subtype,
} from './mrt-types.js'
import { nlriOctets } from './nlri.js'
import { printable } from './printable.js'
import type { Reader } from './reader.js'
import { Writer } from './writer.js'

const SAFI_MULTICAST = 2

/** AFI, SAFI and whether entries have path identifiers, by subtype; the generic ones say AFI and SAFI themselves. */
const RIBS = new Map<number, readonly [afi: number, safi: number, addPath: boolean]>([
  [TableDumpV2Subtype.RibIpv4Unicast, [AFI_IPV4, SAFI_UNICAST, false]],
  [TableDumpV2Subtype.RibIpv4Multicast, [AFI_IPV4, SAFI_MULTICAST, false]],
  [TableDumpV2Subtype.RibIpv6Unicast, [AFI_IPV6, SAFI_UNICAST, false]],
  [TableDumpV2Subtype.RibIpv6Multicast, [AFI_IPV6, SAFI_MULTICAST, false]],
  [TableDumpV2Subtype.RibGeneric, [0, 0, false]],
  [TableDumpV2Subtype.RibIpv4UnicastAddPath, [AFI_IPV4, SAFI_UNICAST, true]],
  [TableDumpV2Subtype.RibIpv4MulticastAddPath, [AFI_IPV4, SAFI_MULTICAST, true]],
  [TableDumpV2Subtype.RibIpv6UnicastAddPath, [AFI_IPV6, SAFI_UNICAST, true]],
  [TableDumpV2Subtype.RibIpv6MulticastAddPath, [AFI_IPV6, SAFI_MULTICAST, true]],
  [TableDumpV2Subtype.RibGenericAddPath, [0, 0, true]],
])

/** Body of a TABLE_DUMP_V2 record. @returns undefined for a subtype that is not known */
export function readTableDumpV2(header: MrtHeader, body: Reader): MrtRecord | undefined {
  if (header.subtype === TableDumpV2Subtype.PeerIndexTable) return readPeers(header, body)
  const kind = RIBS.get(header.subtype)
  if (kind === undefined) return undefined
  const [knownAfi, knownSafi, addPath] = kind
  const sequence = body.u32()
  const afi = knownAfi === 0 ? body.u16() : knownAfi
  const safi = knownAfi === 0 ? body.u8() : knownSafi
  const nlri = readNlri(body)
  const count = body.u16()
  const entries: MrtRibEntry[] = []
  for (let i = 0; i < count && !body.failed; i++) {
    const peer = body.u16()
    const originated = body.u32()
    const pathId = addPath ? body.u32() : undefined
    const attributes = octetsOf(body, body.u16())
    entries.push(
      pathId === undefined ? { peer, originated, attributes } : { peer, originated, pathId, attributes },
    )
  }
  return { kind: 'rib', ...header, sequence, afi, safi, nlri, entries }
}

/** RFC 6396 §4.3.1. The octet before each neighbor says: bit 0 an IPv6 address, bit 1 a 4-octet AS number. */
function readPeers(header: MrtHeader, body: Reader): MrtRecord {
  const collector = body.u32()
  const name = octetsOf(body, body.u16())
  const count = body.u16()
  const peers: { routerId: number; address: string; as: number }[] = []
  for (let i = 0; i < count && !body.failed; i++) {
    const type = body.u8()
    const routerId = body.u32()
    const address = body.take((type & 1) === 0 ? 4 : 16)
    const as = (type & 2) === 0 ? body.u16() : body.u32()
    if (!body.failed) peers.push({ routerId, address: formatAddress(address), as })
  }
  return { kind: 'peers', ...header, collector, view: latin(name), peers }
}

/** The view's name is ASCII (RFC 6396 §4.3.1); whatever else stands there is shown, not trusted. */
function latin(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += String.fromCharCode(octet)
  return printable(text)
}

/** Octets of a TABLE_DUMP entry: prefix, length, status, time, neighbor, its AS, attributes' length. */
const fixedOctets = (afi: number) => 2 * (afi === AFI_IPV6 ? 16 : 4) + 10

/** Body of a TABLE_DUMP record; the subtype is the AFI. @returns undefined for another AFI */
export function readTableDump(header: MrtHeader, body: Reader): MrtRecord | undefined {
  const afi = header.subtype
  if (afi !== AFI_IPV4 && afi !== AFI_IPV6) return undefined
  const octets = afi === AFI_IPV4 ? 4 : 16
  const viewNumber = body.u16()
  const sequence = body.u16()
  const entries: MrtTableEntry[] = []
  do entries.push(readEntry(body, octets))
  while (body.left > 0 && !body.failed)
  return { kind: 'table', ...header, view: viewNumber, sequence, afi, safi: SAFI_UNICAST, entries }
}

function readEntry(body: Reader, octets: number): MrtTableEntry {
  const address = body.take(octets)
  const bits = body.u8()
  body.u8()
  const originated = body.u32()
  const peer = body.take(octets)
  const peerAs = body.u16()
  const attributes = octetsOf(body, body.u16())
  if (body.failed || bits > octets * 8) {
    body.failed = true
    return { nlri: attributes, originated, peerAddress: '', peerAs, attributes }
  }
  const nlri = new Uint8Array(1 + nlriOctets(bits))
  nlri[0] = bits
  nlri.set(address.subarray(0, nlri.length - 1), 1)
  return { nlri, originated, peerAddress: formatAddress(peer), peerAs, attributes }
}

/**
 * Recordings of RIPE RIS of 2000 leave view and sequence number out of a TABLE_DUMP's length. They are known by
 * that: their entries end 4 octets behind the end that the header says, and not at it.
 * @param start of the body
 * @returns octets by which the record is longer than `length`: 0 or 4
 */
export function tableDumpSurplus(bytes: Uint8Array, start: number, length: number, afi: number): number {
  if (afi !== AFI_IPV4 && afi !== AFI_IPV6) return 0
  const fixed = fixedOctets(afi)
  const end = start + length
  let at = start + 4
  while (at < end && at + fixed <= bytes.length) {
    at += fixed + ((bytes[at + fixed - 2] << 8) | bytes[at + fixed - 1])
  }
  return at === end + 4 && at <= bytes.length ? 4 : 0
}

/** Body of a BGP4MP_ENTRY behind the session: one path, its next hop beside the attributes. */
export function bgp4mpEntry(header: MrtHeader, session: MrtSession, body: Reader): MrtRecord {
  const viewNumber = body.u16()
  body.u16()
  const originated = body.u32()
  const afi = body.u16()
  const safi = body.u8()
  const nextHop = octetsOf(body, body.u8())
  const nlri = readNlri(body)
  const attributes = octetsOf(body, body.u16())
  const { peerAddress, peerAs } = session
  const whole = withNextHop(attributes, afi, safi, nextHop)
  const entries = [{ nlri, originated, peerAddress, peerAs, attributes: whole }]
  return { kind: 'table', ...header, view: viewNumber, sequence: 0, afi, safi, entries }
}

/** The next hop of a BGP4MP_ENTRY as an attribute in front of the others. */
function withNextHop(attributes: Uint8Array, afi: number, safi: number, nextHop: Uint8Array): Uint8Array {
  const out = new Writer(attributes.length + 64)
  if (afi === AFI_IPV4 && nextHop.length === 4) out.u8(0x40).u8(AttributeCode.NEXT_HOP).u8(4).bytes(nextHop)
  else if (nextHop.length <= 64) {
    out.u8(0x80).u8(AttributeCode.MP_REACH_NLRI)
    out
      .u8(nextHop.length + 5)
      .u16(afi)
      .u8(safi)
      .u8(nextHop.length)
      .bytes(nextHop)
      .u8(0)
  }
  return out.bytes(attributes).take()
}

/**
 * Attributes of a table's path as a session would have sent them: MP_REACH_NLRI, which TABLE_DUMP_V2 abbreviates
 * to the next hop (RFC 6396 §4.3.4), gets AFI and SAFI back. Not every writer abbreviates; NLRI that stand there
 * go, since the entry's prefix says it.
 * @returns octets for scanAttributes() and readAttributes() with mrtContext(); a broken block as it is
 */
export function mrtAttributes(attributes: Uint8Array, afi: number, safi: number): Uint8Array {
  const out = new Writer(attributes.length + 8)
  for (let at = 0; at < attributes.length; ) {
    const extended = (attributes[at] & EXTENDED_LENGTH) !== 0
    const value = at + (extended ? 4 : 3)
    const end = value + (extended ? (attributes[at + 2] << 8) | attributes[at + 3] : attributes[at + 2])
    if (!(end <= attributes.length)) return attributes
    if (attributes[at + 1] !== AttributeCode.MP_REACH_NLRI) out.bytes(attributes, at, end)
    else {
      const nextHop = reachNextHop(attributes.subarray(value, end))
      if (nextHop === undefined) out.bytes(attributes, at, end)
      else {
        out.u8(attributes[at] & ~EXTENDED_LENGTH).u8(AttributeCode.MP_REACH_NLRI)
        out
          .u8(nextHop.length + 5)
          .u16(afi)
          .u8(safi)
          .u8(nextHop.length)
          .bytes(nextHop)
          .u8(0)
      }
    }
    at = end
  }
  return out.take()
}

/** The next hop in MP_REACH_NLRI, abbreviated or not; undefined when it is neither. */
function reachNextHop(value: Uint8Array): Uint8Array | undefined {
  if (value.length === 0) return undefined
  const short = value[0]
  // A whole one begins with an AFI, whose first octet is 0 for every family there is.
  if (short !== 0) return short === value.length - 1 && short <= 250 ? value.subarray(1) : undefined
  const length = value[3]
  return value.length >= 5 + length && length <= 250 ? value.subarray(4, 4 + length) : undefined
}

/** A prefix in NLRI form; of an unknown family too. */
function readNlri(body: Reader): Uint8Array {
  const start = body.offset
  body.sub(nlriOctets(body.u8()))
  return body.bytes.subarray(start, body.offset)
}

/** The next `count` octets, not copied. */
function octetsOf(body: Reader, count: number): Uint8Array {
  const part = body.sub(count)
  return part.bytes.subarray(part.offset, part.end)
}
