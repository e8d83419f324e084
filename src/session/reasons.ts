/**
 * Why connections, sessions and dials end, for machines: a fixed word for each cause, beside the sentences for people.
 * What is drawn from failures (findings, metrics, alerts) goes by these words and never by the sentences.
 */

/** The own check of the peer's OPEN refuses it, or the peer refuses ours (RFC 4271 §6.2). */
type OpenReason =
  /** Another BGP version, on either side (2/1). */
  | 'version'
  /** Its AS is neither the configured one nor ours. */
  | 'as-wrong'
  /** Its AS is ours, where another one is configured. */
  | 'as-swapped'
  /** Its AS is ours, where any but ours is welcome. */
  | 'as-own'
  | 'as-zero'
  | 'as-trans'
  /** It refuses our AS (2/2). */
  | 'peer-as-refused'
  /** Its hold time is below what BGP or the configuration allows. */
  | 'hold-time-low'
  /** It refuses our hold time (2/6). */
  | 'hold-time-refused'
  | 'router-id-zero'
  | 'router-id-own'
  /** It refuses our router id (2/3). */
  | 'router-id-refused'
  /** It lacks a capability that is required here. */
  | 'capability-missing'
  /** It misses a capability of ours, or refuses one (2/7), and no family is among those it names. */
  | 'capability-refused'
  /** The same, and it names a family or nothing: FRR's answer to an OPEN without a family in common. */
  | 'no-common-family'
  /** It refuses an optional parameter (2/4), which may be the capabilities as such. */
  | 'parameter-refused'
  | 'role'
  /** It reports an authentication failure (2/5, deprecated). */
  | 'authentication'
  | 'open-refused'
  /** Its OPEN is malformed. */
  | 'faulty-open'

/** The peer ended it by another NOTIFICATION. */
type PeerReason =
  | 'peer-hold-expired'
  | 'peer-send-hold-expired'
  | 'peer-prefix-limit'
  | 'peer-shutdown'
  | 'peer-deconfigured'
  | 'peer-reset'
  | 'peer-rejected'
  | 'peer-config-change'
  | 'peer-out-of-resources'
  | 'peer-bfd-down'
  /** Another Cease. */
  | 'peer-cease'
  /** It found an error in the header of our message, in our UPDATE, or in our ROUTE-REFRESH (1, 3, 7). */
  | 'message-refused'
  /** It did not expect our message (5). */
  | 'peer-unexpected-message'
  /** A code that nobody knows. */
  | 'peer-notification'

/** What happened to a connection. */
type ConnectionReason =
  | 'hold-expired'
  | 'send-hold-expired'
  /** TCP is up, and no OPEN came. */
  | 'no-open'
  /** TCP ended before the peer's OPEN. */
  | 'closed-before-open'
  /** TCP ended between OPEN and Established. */
  | 'closed-after-open'
  /** TCP ended while Established. */
  | 'connection-lost'
  | 'collision'
  | 'replaced'
  /** Octets that are no BGP, from the first one on. */
  | 'not-bgp'
  | 'faulty-message'
  | 'faulty-update'
  | 'unexpected-message'

/** This side ended it. */
type OwnReason =
  | 'shut-down'
  | 'deconfigured'
  | 'reset'
  | 'rejected'
  | 'config-change'
  | 'out-of-resources'
  | 'prefix-limit'
  /** A source of liveness calls the neighbor dead. */
  | 'dead'
  /** Its connections can't be protected as configured. */
  | 'protection'
  | 'internal'

/** Why a dial has no connection. */
export type DialReason =
  /** Nothing came back. */
  | 'dial-no-answer'
  /** RST: nothing listens. */
  | 'dial-refused'
  /** No answer from the host on its network, or a router says so. */
  | 'dial-unreachable'
  /** A firewall on the way or on the other machine answered that it forbids it. */
  | 'dial-rejected'
  /** A local firewall, or a local rule, forbids it. */
  | 'dial-forbidden'
  | 'dial-no-route'
  | 'dial-reset'
  /** The address to dial from is not one of this machine. */
  | 'dial-local-address'
  /** No local port is free. */
  | 'dial-no-port'
  /** An address that can't be dialled: a link-local one without its interface. */
  | 'dial-bad-address'
  | 'protection'
  | 'dial-failed'

/** Why a session, an attempt or a dial ended. The words are stable: they are in the API. */
export type EndReason = OpenReason | PeerReason | ConnectionReason | OwnReason | DialReason

/** True of the reasons that a dial has, and no connection. */
export function isDialReason(reason: EndReason): boolean {
  return reason.startsWith('dial-')
}

/** A cause in a word for machines and in a sentence for people. */
export interface Cause {
  readonly reason: EndReason
  /** What is wrong, one sentence. */
  readonly text: string
  /** What to do about it; left out where nothing is known. */
  readonly remedy?: string
}

/** Cause and remedy in one line. */
export function said({ text, remedy }: { readonly text: string; readonly remedy?: string }): string {
  return remedy === undefined ? text : `${text}: ${remedy}`
}

const STOPS: Readonly<Record<number, EndReason>> = {
  1: 'prefix-limit',
  2: 'shut-down',
  3: 'deconfigured',
  4: 'reset',
  5: 'rejected',
  6: 'config-change',
  8: 'out-of-resources',
  10: 'dead',
}

/** Why this side ends a session with Cease/`subcode` (RFC 4486 §4, RFC 9384 §3). */
export function stopReason(subcode: number): EndReason {
  return STOPS[subcode] ?? 'reset'
}

const PEER_CEASES: Readonly<Record<number, EndReason>> = {
  1: 'peer-prefix-limit',
  2: 'peer-shutdown',
  3: 'peer-deconfigured',
  4: 'peer-reset',
  5: 'peer-rejected',
  6: 'peer-config-change',
  7: 'collision',
  8: 'peer-out-of-resources',
  10: 'peer-bfd-down',
}

const PEER_OPEN_ERRORS: Readonly<Record<number, EndReason>> = {
  1: 'version',
  2: 'peer-as-refused',
  3: 'router-id-refused',
  4: 'parameter-refused',
  5: 'authentication',
  6: 'hold-time-refused',
  11: 'role',
}

/**
 * Why the peer sent a NOTIFICATION; of a hard reset that holds another one (RFC 8538 §3), that one's reason.
 * @param code 0 to 255; so is `subcode`
 */
export function peerReason(code: number, subcode: number, data: Uint8Array): EndReason {
  switch (code) {
    case 2:
      if (subcode === 7) return refusedCapability(data)
      return PEER_OPEN_ERRORS[subcode] ?? 'open-refused'
    case 1:
    case 3:
    case 7:
      return 'message-refused'
    case 4:
      return 'peer-hold-expired'
    case 5:
      return 'peer-unexpected-message'
    case 6:
      if (subcode === 9 && data.length >= 2) return peerReason(data[0], data[1], data.subarray(2))
      return PEER_CEASES[subcode] ?? 'peer-cease'
    case 8:
      return 'peer-send-hold-expired'
    default:
      return 'peer-notification'
  }
}

/** RFC 5492 §5: the data field lists the capabilities, as in an OPEN; multiprotocol is code 1. */
function refusedCapability(data: Uint8Array): EndReason {
  return data.length === 0 || data[0] === 1 ? 'no-common-family' : 'capability-refused'
}

/** Why a message that is not as it should be ends a session, by the NOTIFICATION that answers it. */
export function faultReason(code: number, subcode: number): EndReason {
  if (code === 2 && subcode === 1) return 'version'
  return code === 2 ? 'faulty-open' : code === 3 ? 'faulty-update' : 'faulty-message'
}
