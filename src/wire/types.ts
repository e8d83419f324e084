/**
 * Messages as values. The codec is pure and total: bytes in, a value and a list of faults out, and back.
 * Router ids and other 4-octet identifiers are unsigned 32-bit numbers; AS numbers are plain numbers
 * (0 to 4294967295); times are whole seconds, as on the wire.
 */

/** A fault's consequence, weakest first; the strongest of an UPDATE wins (RFC 7606 §3 h). */
export type Verdict = 'none' | 'discard' | 'withdraw' | 'reset'

/** One thing wrong with a message, for log, counters and `show ip bgp neighbors`. */
export interface Fault {
  readonly verdict: Verdict
  /** NOTIFICATION code and subcode that a reset sends; code 0: close without sending any (RFC 4271 §6.4). */
  readonly code: number
  readonly subcode: number
  /** Data field of that NOTIFICATION; empty when the RFC names none. */
  readonly data: Uint8Array
  /** Attribute type code, when the fault lies in one. */
  readonly attribute?: number
  /** The rule broken, for people: 'RFC 7606 §7.8'. */
  readonly rule: string
  /** One sentence saying what is wrong. */
  readonly text: string
  /** Set when the stream's first octets are no BGP: what they look like, 'looks like HTTP ("HTTP/1.1 400")'. */
  readonly notBgp?: string
}

/** A capability of the OPEN (RFC 5492). Unknown ones keep their octets, so that they can be shown. */
export type Capability =
  | { readonly code: 1; readonly name: 'multiprotocol'; readonly afi: number; readonly safi: number }
  | { readonly code: 2; readonly name: 'route-refresh' }
  | {
      readonly code: 5
      readonly name: 'extended-next-hop'
      readonly tuples: readonly { afi: number; safi: number; nextHopAfi: number }[]
    }
  | { readonly code: 6; readonly name: 'extended-message' }
  | { readonly code: 9; readonly name: 'role'; readonly role: number }
  | {
      readonly code: 64
      readonly name: 'graceful-restart'
      /** R bit (RFC 4724 §3): the speaker has restarted. */
      readonly restarting: boolean
      /** N bit (RFC 8538 §2). */
      readonly notification: boolean
      /** Restart Time, 0 to 4095 s. */
      readonly time: number
      readonly families: readonly { afi: number; safi: number; forwarding: boolean }[]
    }
  | { readonly code: 65; readonly name: 'four-octet-as'; readonly as: number }
  | {
      readonly code: 69
      readonly name: 'add-path'
      /** mode: 1 receive, 2 send, 3 both (RFC 7911 §4). */
      readonly families: readonly { afi: number; safi: number; mode: number }[]
    }
  | { readonly code: 70; readonly name: 'enhanced-route-refresh' }
  | {
      readonly code: 71
      readonly name: 'long-lived-graceful-restart'
      /** time: long-lived stale time, 0 to 16777215 s (RFC 9494 §3). */
      readonly families: readonly { afi: number; safi: number; forwarding: boolean; time: number }[]
    }
  | { readonly code: 73; readonly name: 'fqdn'; readonly host: string; readonly domain: string }
  | { readonly code: 75; readonly name: 'software-version'; readonly version: string }
  | { readonly code: number; readonly name: 'unknown'; readonly data: Uint8Array }

/** OPEN (RFC 4271 §4.2). */
export interface OpenMessage {
  readonly type: 'open'
  readonly version: number
  /** "My Autonomous System" as on the wire, 16 bits (23456 stands for a larger one). */
  readonly myAs: number
  /** Proposed Hold Time in seconds: 0, or 3 to 65535. */
  readonly holdTime: number
  readonly routerId: number
  readonly capabilities: readonly Capability[]
}

/** NOTIFICATION (RFC 4271 §4.5). */
export interface NotificationMessage {
  readonly type: 'notification'
  readonly code: number
  readonly subcode: number
  readonly data: Uint8Array
}

/** ROUTE-REFRESH (RFC 2918, RFC 7313): subtype 0 request, 1 BoRR, 2 EoRR. */
export interface RouteRefreshMessage {
  readonly type: 'route-refresh'
  readonly afi: number
  readonly subtype: number
  readonly safi: number
}

/** Segment types of AS_PATH (RFC 4271 §4.3, RFC 5065 §3). */
export const AS_SET = 1
export const AS_SEQUENCE = 2
export const AS_CONFED_SEQUENCE = 3
export const AS_CONFED_SET = 4

export interface AsPathSegment {
  readonly type: number
  readonly asns: readonly number[]
}

/** An attribute that ecmpd does not interpret; transitive ones are passed on with the Partial bit. */
export interface UnknownAttribute {
  readonly code: number
  readonly flags: number
  readonly value: Uint8Array
}

/**
 * A path's attributes as an object: the slow, readable form (show, policy, tests). The hot path keeps the
 * canonical octets and a few numbers per attribute set instead (rib/attributes/attributes.ts).
 */
export interface PathAttributes {
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin?: number
  /** Always 4-octet AS numbers (AS4_PATH merged, RFC 6793 §4.2.3). */
  readonly asPath?: readonly AsPathSegment[]
  /** Canonical text of the next hop: NEXT_HOP or the global one of MP_REACH_NLRI. */
  readonly nextHop?: string
  /** Link-local next hop beside or instead of the global one (RFC 2545 §3). */
  readonly linkLocalNextHop?: string
  readonly med?: number
  readonly localPref?: number
  readonly atomicAggregate?: boolean
  readonly aggregator?: { readonly as: number; readonly address: string }
  readonly communities?: readonly number[]
  readonly originatorId?: number
  readonly clusterList?: readonly number[]
  /** Each 8 octets. */
  readonly extendedCommunities?: readonly Uint8Array[]
  /** Each 20 octets (RFC 5701). */
  readonly ipv6ExtendedCommunities?: readonly Uint8Array[]
  readonly largeCommunities?: readonly (readonly [number, number, number])[]
  /** AIGP metric (RFC 7311), a 64-bit number. */
  readonly aigp?: bigint
  /** Only to Customer (RFC 9234 §5). */
  readonly otc?: number
  /** Codes of interpreted attributes above that carry the Partial bit, which must stay set (RFC 4271 §5). */
  readonly partial?: readonly number[]
  readonly unknown?: readonly UnknownAttribute[]
}

/**
 * What the meaning of an UPDATE's octets depends on: what was negotiated, and the kind of session. One
 * immutable object per session, made at Established; `id` is small and equal for equal contexts, so that
 * attribute blocks can be cached across sessions.
 */
export interface DecodeContext {
  readonly id: number
  readonly peerType: 'ebgp' | 'ibgp'
  /** Both sides sent capability 65: AS numbers in AS_PATH and AGGREGATOR are 4 octets. */
  readonly as4: boolean
  /** RFC 9774: treat AS_SET and AS_CONFED_SET as malformed (treat-as-withdraw). Default true. */
  readonly rejectAsSet: boolean
  /** IPv4 NLRI with an IPv6 next hop was negotiated (RFC 8950). */
  readonly extendedNextHop: boolean
  readonly aigp: boolean
}
