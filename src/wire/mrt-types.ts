/** Records of an MRT recording as values, and the numbers of their kinds (RFC 6396 §4, §5). */
import type { DecodeContext } from './types.js'

/** Record types that are read. */
export const MrtType = {
  /** Deprecated; recordings of 1999 and 2000 have it. */
  Bgp: 5,
  TableDump: 12,
  TableDumpV2: 13,
  Bgp4mp: 16,
  Bgp4mpEt: 17,
} as const

/** Subtypes of BGP4MP and BGP4MP_ET (RFC 6396 §4.4, RFC 8050 §3); Entry and Snapshot are deprecated. */
export const Bgp4mpSubtype = {
  StateChange: 0,
  Message: 1,
  Entry: 2,
  Snapshot: 3,
  MessageAs4: 4,
  StateChangeAs4: 5,
  MessageLocal: 6,
  MessageAs4Local: 7,
  MessageAddPath: 8,
  MessageAs4AddPath: 9,
  MessageLocalAddPath: 10,
  MessageAs4LocalAddPath: 11,
} as const

/** Subtypes of TABLE_DUMP_V2 (RFC 6396 §4.3, RFC 8050 §4). */
export const TableDumpV2Subtype = {
  PeerIndexTable: 1,
  RibIpv4Unicast: 2,
  RibIpv4Multicast: 3,
  RibIpv6Unicast: 4,
  RibIpv6Multicast: 5,
  RibGeneric: 6,
  RibIpv4UnicastAddPath: 8,
  RibIpv4MulticastAddPath: 9,
  RibIpv6UnicastAddPath: 10,
  RibIpv6MulticastAddPath: 11,
  RibGenericAddPath: 12,
} as const

/** What every record has. */
export interface MrtHeader {
  /** Where the record begins in the recording, octets. */
  readonly offset: number
  /** Seconds since 1970, UTC. */
  readonly time: number
  /** 0 to 999999 with an _ET type; 0 otherwise. */
  readonly microseconds: number
  readonly type: number
  readonly subtype: number
}

/** The two ends of a recorded session. */
export interface MrtSession {
  readonly peerAs: number
  readonly localAs: number
  /** Canonical text. */
  readonly peerAddress: string
  readonly localAddress: string
  /** SNMP ifIndex, 0 for none. */
  readonly interfaceIndex: number
}

/** A BGP message that was received or sent. */
export interface MrtMessage extends MrtHeader, MrtSession {
  readonly kind: 'message'
  /** AS_PATH and AGGREGATOR have 4-octet AS numbers. */
  readonly as4: boolean
  /** NLRI have path identifiers (RFC 8050). */
  readonly addPath: boolean
  /** The recording speaker sent it; else it received it. */
  readonly sent: boolean
  /** The whole message, header included, as it was recorded: its length field is not checked. */
  readonly message: Uint8Array
}

/** A session changed its state: 1 Idle, 2 Connect, 3 Active, 4 OpenSent, 5 OpenConfirm, 6 Established. */
export interface MrtStateChange extends MrtHeader, MrtSession {
  readonly kind: 'state'
  readonly from: number
  readonly to: number
}

/** Neighbors that the entries of a table refer to by their position (PEER_INDEX_TABLE). */
export interface MrtPeers extends MrtHeader {
  readonly kind: 'peers'
  /** BGP Identifier of the collector. */
  readonly collector: number
  readonly view: string
  readonly peers: readonly { readonly routerId: number; readonly address: string; readonly as: number }[]
}

/** All paths of one prefix (TABLE_DUMP_V2). */
export interface MrtRib extends MrtHeader {
  readonly kind: 'rib'
  readonly sequence: number
  readonly afi: number
  readonly safi: number
  /** The prefix as NLRI: a length in bits, then as many octets as it needs. */
  readonly nlri: Uint8Array
  readonly entries: readonly MrtRibEntry[]
}

export interface MrtRibEntry {
  /** Position in the last 'peers' record. */
  readonly peer: number
  /** Seconds since 1970. */
  readonly originated: number
  /** With ADD-PATH only (RFC 8050 §4). */
  readonly pathId?: number
  /** As recorded, 4-octet AS numbers; MP_REACH_NLRI may be abbreviated: see mrtAttributes(). */
  readonly attributes: Uint8Array
}

/** Paths of a table without neighbor index: TABLE_DUMP, and the deprecated BGP4MP_ENTRY. */
export interface MrtTable extends MrtHeader {
  readonly kind: 'table'
  readonly view: number
  /** 0 for BGP4MP_ENTRY, which has none. */
  readonly sequence: number
  readonly afi: number
  readonly safi: number
  /** One; recordings of 2000 have many in a record. */
  readonly entries: readonly MrtTableEntry[]
}

export interface MrtTableEntry {
  readonly nlri: Uint8Array
  readonly originated: number
  readonly peerAddress: string
  readonly peerAs: number
  /** As recorded, 2-octet AS numbers. */
  readonly attributes: Uint8Array
}

/** A kind that is not read: another protocol's, or a newer one. */
export interface MrtOther extends MrtHeader {
  readonly kind: 'other'
  readonly body: Uint8Array
}

/** A record that is broken. */
export interface MrtFault extends MrtHeader {
  readonly kind: 'fault'
  /** The recording ends within it. */
  readonly cut: boolean
  /** What is wrong, half a sentence. */
  readonly text: string
  readonly body: Uint8Array
}

export type MrtRecord = MrtMessage | MrtStateChange | MrtPeers | MrtRib | MrtTable | MrtOther | MrtFault

/**
 * How the octets of a recording are to be read: leniently, since what was recorded has passed somebody's checks.
 * @param as4 whether AS numbers have 4 octets
 */
export function mrtContext(as4: boolean): DecodeContext {
  return { id: -1, peerType: 'ibgp', as4, rejectAsSet: false, extendedNextHop: true, aigp: true }
}
