/** MRT records of sessions: BGP4MP (RFC 6396 §4.4, RFC 8050 §3) and the BGP type of the first recordings. */
import { formatAddress } from '../ip/address.js'
import { AFI_IPV4, AFI_IPV6 } from '../ip/family.js'
import { MessageType } from './codes.js'
import { beginMessage, finishMessage } from './message.js'
import { bgp4mpEntry } from './mrt-table.js'
import { Bgp4mpSubtype, type MrtHeader, type MrtRecord, type MrtSession } from './mrt-types.js'
import type { Reader } from './reader.js'

/** Subtypes with 4-octet AS numbers, of sent messages, and of messages with path identifiers. */
const AS4 = new Set<number>([
  Bgp4mpSubtype.MessageAs4,
  Bgp4mpSubtype.StateChangeAs4,
  Bgp4mpSubtype.MessageAs4Local,
  Bgp4mpSubtype.MessageAs4AddPath,
  Bgp4mpSubtype.MessageAs4LocalAddPath,
])
const SENT = new Set<number>([
  Bgp4mpSubtype.MessageLocal,
  Bgp4mpSubtype.MessageAs4Local,
  Bgp4mpSubtype.MessageLocalAddPath,
  Bgp4mpSubtype.MessageAs4LocalAddPath,
])
const ADD_PATH = new Set<number>([
  Bgp4mpSubtype.MessageAddPath,
  Bgp4mpSubtype.MessageAs4AddPath,
  Bgp4mpSubtype.MessageLocalAddPath,
  Bgp4mpSubtype.MessageAs4LocalAddPath,
])

/**
 * Body of a BGP4MP record, behind the microseconds of an _ET one.
 * @returns undefined for a subtype or an address family that is not known
 */
export function readBgp4mp(header: MrtHeader, body: Reader): MrtRecord | undefined {
  const { subtype } = header
  if (subtype > Bgp4mpSubtype.MessageAs4LocalAddPath || subtype === Bgp4mpSubtype.Snapshot) return undefined
  const as4 = AS4.has(subtype)
  const isState = subtype === Bgp4mpSubtype.StateChange || subtype === Bgp4mpSubtype.StateChangeAs4
  const session = readSession(body, as4, isState)
  if (session === undefined) return body.failed ? failed(header) : undefined
  if (isState) return { kind: 'state', ...header, ...session, from: body.u16(), to: body.u16() }
  if (subtype === Bgp4mpSubtype.Entry) return bgp4mpEntry(header, session, body)
  const addPath = ADD_PATH.has(subtype)
  const sent = SENT.has(subtype)
  return { kind: 'message', ...header, ...session, as4, addPath, sent, message: rest(body) }
}

/**
 * Zebra left interface, family and addresses out of what it recorded before it knew the neighbor: a change of
 * state then has 8 octets, and a message begins where the interface should stand.
 */
function lacksAddresses(body: Reader, isState: boolean): boolean {
  if (isState) return body.left === 4
  const { bytes, offset } = body
  for (let i = 0; i < 4; i++) if (bytes[offset + i] !== 255) return false
  return body.left >= 16
}

/** @returns undefined for an address family that is not known */
function readSession(body: Reader, as4: boolean, isState: boolean): MrtSession | undefined {
  const peerAs = as4 ? body.u32() : body.u16()
  const localAs = as4 ? body.u32() : body.u16()
  if (lacksAddresses(body, isState)) {
    return { peerAs, localAs, interfaceIndex: 0, peerAddress: '0.0.0.0', localAddress: '0.0.0.0' }
  }
  const interfaceIndex = body.u16()
  const afi = body.u16()
  if (afi !== AFI_IPV4 && afi !== AFI_IPV6) return undefined
  const octets = afi === AFI_IPV4 ? 4 : 16
  const peer = body.take(octets)
  const local = body.take(octets)
  if (body.failed) return undefined
  return {
    peerAs,
    localAs,
    interfaceIndex,
    peerAddress: formatAddress(peer),
    localAddress: formatAddress(local),
  }
}

/** Subtypes of the deprecated BGP type: messages without their headers, and changes of state. */
const LEGACY_STATE_CHANGE = 3
const LEGACY_MESSAGES = new Map<number, number>([
  [1, MessageType.Update],
  [5, MessageType.Open],
  [6, MessageType.Notification],
  [7, MessageType.Keepalive],
])

/**
 * Body of a record of type BGP, as the Multi-threaded Routing Toolkit and early RIPE RIS wrote it: IPv4 and
 * 2-octet AS numbers only. A change of state has the peer alone.
 * @returns undefined for a subtype that is not known
 */
export function readLegacyBgp(header: MrtHeader, body: Reader): MrtRecord | undefined {
  const type = LEGACY_MESSAGES.get(header.subtype)
  if (type === undefined && header.subtype !== LEGACY_STATE_CHANGE) return undefined
  const peerAs = body.u16()
  const peer = body.take(4)
  const localAs = type === undefined ? 0 : body.u16()
  const local = type === undefined ? new Uint8Array(4) : body.take(4)
  if (body.failed) return failed(header)
  const session = {
    peerAs,
    localAs,
    interfaceIndex: 0,
    peerAddress: formatAddress(peer),
    localAddress: formatAddress(local),
  }
  if (type === undefined) return { kind: 'state', ...header, ...session, from: body.u16(), to: body.u16() }
  const message = finishMessage(beginMessage(type).bytes(rest(body)))
  return { kind: 'message', ...header, ...session, as4: false, addPath: false, sent: false, message }
}

function rest(body: Reader): Uint8Array {
  const { bytes, offset, end } = body
  return bytes.subarray(offset, end)
}

/** Stands for a record whose reader has failed: the caller knows. */
function failed(header: MrtHeader): MrtRecord {
  return { kind: 'other', ...header, body: new Uint8Array(0) }
}
