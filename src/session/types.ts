/**
 * What the session machines hear and what they ask for.
 *
 *     driver (speaker)                          machines (this room)
 *       clock, sockets ── PeerEvent ─────────▶  stepPeer(state, event, params)      peer.ts
 *                      ◀─ PeerAction[] ───────    └ stepConnection(…) for each TCP connection   fsm.ts
 *       RIB            ── RestartEvent ──────▶  stepRestart(state, event, params)   restart.ts
 *                      ◀─ RestartAction[] ────
 *
 * One PeerState a neighbor. The driver feeds every event to `stepPeer` and carries out the actions in their
 * order; events which arrive meanwhile wait until the list is done. A machine never throws, and has an answer
 * to every event in every state; an event for a connection that is gone is ignored.
 *
 * Connections are named by numbers that the driver gives (unique in the life of the neighbor). Timers are
 * named by (timer, connection); starting a running one restarts it. When a connection is closed by an action
 * its timers end without a stop action, and the driver feeds no further event for it (events that do come are
 * ignored).
 */

import type { Family } from '../ip/family.js'
import type { Role } from '../wire/role.js'
import type { Capability, NotificationMessage, OpenMessage, RouteRefreshMessage } from '../wire/types.js'
import type { Cause, EndReason } from './reasons.js'

/** States of RFC 4271 §8.2.2. Of a neighbor with several connections: that of the furthest one. */
export type State = 'Idle' | 'Connect' | 'Active' | 'OpenSent' | 'OpenConfirm' | 'Established'

/** A connection's name. */
export type ConnectionId = number

/** Timers of a neighbor, independent of connections. */
export type PeerTimer = 'connect-retry' | 'idle-hold'
/** Timers of one connection; 'send-hold' is RFC 9687's. */
export type ConnectionTimer = 'hold' | 'keepalive' | 'delay-open' | 'send-hold'

/** Parameters of one neighbor; they may change between two steps. Times are seconds. */
export interface PeerParams {
  /** How sentences name the neighbor: its address. */
  readonly peer: string
  /** What may keep just this neighbor from answering a dial: 'has it the same password'. */
  readonly questions?: readonly string[]
  /** 1 to 4294967295. */
  readonly localAs: number
  /** Offered in place of `localAs` to a peer that refuses that with 2/2, and the other way round. */
  readonly otherAs?: number
  /** 0: any AS but the own one is accepted (RFC 4271 has no such thing; listen ranges do). */
  readonly remoteAs: number
  /** Own BGP Identifier, unsigned, not 0. */
  readonly routerId: number
  /** Never dial. */
  readonly passive: boolean
  /** Proposed hold time: 0, or 3 to 65535. */
  readonly holdTime: number
  /** Least hold time that is accepted of the peer, beside 0; left out: every one that BGP allows. */
  readonly minimumHold?: number
  /** Wished keepalive interval; at most a third of the negotiated hold time is used, at least 1 s. */
  readonly keepalive: number
  /** Longest interval between two dials. */
  readonly connectRetry: number
  /** Hold timer before the peer's OPEN is here (RFC 4271 §8.2.2 suggests 240). */
  readonly openHold: number
  /** First delay before dialling again, doubled with each failure up to connectRetry. */
  readonly idleHold: number
  /** RFC 9687 SendHoldTime; 0: max(480, twice the negotiated hold time). */
  readonly sendHold: number
  /** RFC 4271 §8.1.1 DelayOpenTime: wait for the peer's OPEN so long before sending the own. 0: send at once. */
  readonly delayOpen: number
  readonly advertise: AdvertiseOptions
  /** Own role towards an eBGP peer (RFC 9234 §4); strict: the peer's OPEN must have one, too. */
  readonly role?: { readonly own: Role; readonly strict: boolean }
  /** Capabilities without which the session is refused with 2/7 (RFC 5492 §3); by default none. */
  readonly required: readonly RequiredCapability[]
  /** The own OPEN never has capabilities. */
  readonly plainOpen?: boolean
  /** The own families are used whatever the peer announces. */
  readonly overrideFamilies?: boolean
}

/** What the own OPEN announces. Only what the speaker can do belongs here. */
export interface AdvertiseOptions {
  /** One multiprotocol capability each (RFC 4760 §8). */
  readonly families: readonly Family[]
  readonly routeRefresh: boolean
  readonly enhancedRouteRefresh: boolean
  readonly extendedMessage: boolean
  /** IPv4 unicast with IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean
  /** Capability 73; left out when undefined. */
  readonly fqdn?: { readonly host: string; readonly domain: string }
  /** Capability 75; sent to iBGP peers only. */
  readonly softwareVersion?: string
  /** Capability 64; left out when undefined. No families: helper only (RFC 4724 §3). */
  readonly gracefulRestart?: RestartOffer
  /** Capability 71 (RFC 9494 §3); left out when undefined, or without `gracefulRestart`. */
  readonly longLived?: readonly LongLivedFamily[]
  /** Capability 69 (RFC 7911 §4). */
  readonly addPath?: readonly { readonly family: Family; readonly receive: boolean; readonly send: boolean }[]
}

export interface RestartOffer {
  /** Restart Time announced, 0 to 4095 s. */
  readonly time: number
  /** R bit. */
  readonly restarting: boolean
  /** N bit (RFC 8538). */
  readonly notification: boolean
  readonly families: readonly { readonly family: Family; readonly forwarding: boolean }[]
}

/** A family of the long-lived graceful restart capability. */
export interface LongLivedFamily {
  readonly family: Family
  /** F bit. */
  readonly forwarding: boolean
  /** Long-lived Stale Time, 0 to 16777215 s. */
  readonly time: number
}

/** A capability that the peer's OPEN must hold. */
export type RequiredCapability =
  | { readonly code: 1; readonly family: Family }
  | { readonly code: 2 | 5 | 6 | 64 | 65 | 70 }

/** The peer's graceful restart capability as received. */
export interface PeerRestart {
  readonly restarting: boolean
  readonly notification: boolean
  /** Restart Time, s. */
  readonly time: number
  /** Only families that ecmpd knows; empty for a helper-only peer (OpenBGPD). */
  readonly families: readonly { readonly family: Family; readonly forwarding: boolean }[]
}

/** The result of both OPENs (negotiate.ts). */
export interface Negotiated {
  readonly peerType: 'ebgp' | 'ibgp'
  readonly localAs: number
  /** The peer's 4-octet AS. */
  readonly remoteAs: number
  /** The peer's BGP Identifier. */
  readonly routerId: number
  /** Seconds; 0: neither hold nor keepalive timer. */
  readonly holdTime: number
  /** Seconds between keepalives before jitter; 0 with holdTime 0. */
  readonly keepalive: number
  /** Seconds; 0 with holdTime 0: no send hold timer. */
  readonly sendHold: number
  /** Families that both announced, in the fixed order. */
  readonly families: readonly Family[]
  readonly as4: boolean
  /** Messages up to 65535 octets, when both announced them (RFC 8654 §4). */
  readonly extendedMessage: { readonly send: boolean; readonly receive: boolean }
  readonly routeRefresh: boolean
  readonly enhancedRouteRefresh: boolean
  /** IPv4 NLRI with IPv6 next hops: may be sent when both announced it, are accepted when we did. RFC 8950 §4. */
  readonly extendedNextHop: { readonly send: boolean; readonly receive: boolean }
  /** Families with a path identifier, per direction (RFC 7911 §4). */
  readonly addPath: { readonly send: readonly Family[]; readonly receive: readonly Family[] }
  /** Undefined when either side did not announce graceful restart. */
  readonly gracefulRestart?: PeerRestart
  /**
   * The peer's long-lived graceful restart capability; undefined when either side did not announce it, or not
   * together with graceful restart (RFC 9494 §4.5).
   */
  readonly longLived?: readonly LongLivedFamily[]
  /** Both sides set the N bit (RFC 8538 §2). */
  readonly restartOnNotification: boolean
  /** Roles of an eBGP session with an own one; `peer` is missing when its OPEN had none (RFC 9234). */
  readonly role?: { readonly own: Role; readonly peer?: Role }
  readonly hostName?: string
  readonly domainName?: string
  readonly softwareVersion?: string
  /** Capabilities of both OPENs, for show. */
  readonly sent: readonly Capability[]
  readonly received: readonly Capability[]
}

/** Why a session or an attempt ended; the restart machine decides by it. */
export type EndCause =
  /** FIN, RST, timeout of TCP. */
  | 'tcp'
  /** A NOTIFICATION was sent or received. */
  | 'notification'
  /** A Cease/Hard Reset (6/9) was sent or received, or a NOTIFICATION meant as one. */
  | 'hard-reset'
  | 'hold-expired'
  | 'send-hold-expired'
  /** Shut down, de-configured, or reset here (a Cease was sent). */
  | 'admin'
  /** Lost a connection collision. */
  | 'collision'
  /** An Established session whose peer opened a new connection (RFC 4724 §4.2). */
  | 'replaced'
  /** Somebody who watches the peer says that it is dead, and that it forwards nothing (RFC 5882 §4.3.1). */
  | 'dead'
  /** The same, though it may be its control plane alone (RFC 5882 §4.3.2): closed without a NOTIFICATION. */
  | 'control-dead'
  /** The dial did not succeed. */
  | 'dial'

/** How and why a connection ended: `cause` for the restart machine, the rest for those who look why. */
export interface End extends Cause {
  readonly cause: EndCause
  readonly notification?: {
    readonly direction: 'sent' | 'received'
    readonly code: number
    readonly subcode: number
    readonly data: Uint8Array
  }
}

/** What happens to a neighbor. Numbers in brackets are RFC 4271 §8.1's events. */
export type PeerEvent =
  /** Operator or configuration starts the neighbor [1, 4]. */
  | { readonly type: 'manual-start' }
  /** The speaker starts by itself [3, 5, 6, 7]. */
  | { readonly type: 'automatic-start' }
  /** Cease with this subcode to every connection; no restart until the next start [2]. */
  | {
      readonly type: 'manual-stop'
      readonly subcode: number
      readonly data: Uint8Array
      readonly text: string
    }
  /**
   * The same with an automatic restart after the idle hold time [8]: 6/1, 6/4, 6/6, 6/8, 6/10.
   * `idleHold` (ms) replaces the computed time; 0 restarts at once.
   */
  | {
      readonly type: 'automatic-stop'
      readonly subcode: number
      readonly data: Uint8Array
      readonly text: string
      readonly idleHold?: number
    }
  /**
   * Somebody who watches the peer says that it is dead (RFC 5882 §4.2): what is up or under way ends, and the
   * automatic restart follows after the idle hold time.
   */
  | {
      readonly type: 'dead'
      /** BFD says it: Cease/BFD Down (RFC 9384 §3). Else as if the hold time had passed (RFC 5882 §4.2.1). */
      readonly bfd: boolean
      /** False: a session with graceful restart ends without a NOTIFICATION, which would end that, too. */
      readonly forwardingDead: boolean
      readonly text: string
    }
  /** A timer ran out [9 to 13]. Before 'hold' is fed the driver lets the connection readPending(). */
  | { readonly type: 'timer'; readonly timer: PeerTimer }
  | { readonly type: 'timer'; readonly timer: ConnectionTimer; readonly connection: ConnectionId }
  /** The dial succeeded [16]. */
  | { readonly type: 'tcp-acked'; readonly connection: ConnectionId }
  /** The peer dialled [17]. */
  | { readonly type: 'tcp-confirmed'; readonly connection: ConnectionId }
  /** The dial failed [18]. */
  | { readonly type: 'dial-failed'; readonly failure: Cause }
  /** The connection is gone [18]. */
  | { readonly type: 'tcp-fails'; readonly connection: ConnectionId; readonly reason: string }
  /** OPEN [19, 20]; the codec found no fault in it, meaning is checked here. */
  | { readonly type: 'open'; readonly connection: ConnectionId; readonly message: OpenMessage }
  /** NOTIFICATION [24, 25]. */
  | {
      readonly type: 'notification'
      readonly connection: ConnectionId
      readonly message: NotificationMessage
    }
  | { readonly type: 'keepalive'; readonly connection: ConnectionId }
  /** An UPDATE without a fault that resets [27]. One event may stand for several UPDATEs read together. */
  | { readonly type: 'update'; readonly connection: ConnectionId }
  | {
      readonly type: 'route-refresh'
      readonly connection: ConnectionId
      readonly message: RouteRefreshMessage
    }
  /**
   * The framer or the codec asks for a reset [21, 22, 28]: the NOTIFICATION to send, and why. Code 0: close
   * without one, as for a malformed NOTIFICATION (RFC 4271 §6.4).
   */
  | {
      readonly type: 'fault'
      readonly connection: ConnectionId
      readonly code: number
      readonly subcode: number
      readonly data: Uint8Array
      readonly text: string
      readonly remedy?: string
      /** Left out: by code and subcode (faultReason). */
      readonly reason?: EndReason
    }
  /** The kernel took octets from this connection's queue, or the queue is empty (RFC 9687 §4.3). */
  | { readonly type: 'sent'; readonly connection: ConnectionId }

/** What a driver must do. */
export type PeerAction =
  /** Begin to connect; `tcp-acked` or `dial-failed` answers. At most one dial is under way. */
  | { readonly type: 'dial' }
  | { readonly type: 'cancel-dial' }
  | { readonly type: 'send-open'; readonly connection: ConnectionId; readonly message: OpenMessage }
  | { readonly type: 'send-keepalive'; readonly connection: ConnectionId }
  /** Send the NOTIFICATION, if any, and close; the connection's timers end, its events count no more. */
  | {
      readonly type: 'close'
      readonly connection: ConnectionId
      readonly notification?: NotificationMessage
    }
  | { readonly type: 'start'; readonly timer: PeerTimer; readonly ms: number }
  | {
      readonly type: 'start'
      readonly timer: ConnectionTimer
      readonly connection: ConnectionId
      readonly ms: number
    }
  | { readonly type: 'stop'; readonly timer: PeerTimer }
  | { readonly type: 'stop'; readonly timer: ConnectionTimer; readonly connection: ConnectionId }
  /** The peer's OPEN was accepted: from here on decode with this result. */
  | { readonly type: 'negotiated'; readonly connection: ConnectionId; readonly result: Negotiated }
  /** The session is up. */
  | { readonly type: 'established'; readonly connection: ConnectionId; readonly result: Negotiated }
  /** A session that was Established ended. Comes before an 'established' that replaces it. */
  | {
      readonly type: 'down'
      readonly connection: ConnectionId
      readonly end: End
      readonly result: Negotiated
    }
  /** An attempt ended before Established; `connection` is missing for a dial that failed. */
  | { readonly type: 'failed'; readonly connection?: ConnectionId; readonly end: End }
  /** The neighbor's state changed; for log, views and events. */
  | { readonly type: 'changed'; readonly from: State; readonly to: State; readonly cause: string }
  /** A ROUTE-REFRESH in Established, for refresh.ts and Adj-RIB-Out. */
  | {
      readonly type: 'route-refresh'
      readonly connection: ConnectionId
      readonly message: RouteRefreshMessage
    }

/** A step's result; `state` is the same object when nothing changed. */
export interface Step<S, A> {
  readonly state: S
  readonly actions: readonly A[]
}

/** One TCP connection of a neighbor (fsm.ts). */
export interface ConnectionState {
  readonly id: ConnectionId
  /** True when the peer dialled. */
  readonly incoming: boolean
  /** 'Connect' (dialled) and 'Active' (accepted) only while DelayOpenTimer runs. */
  readonly state: Exclude<State, 'Idle'>
  /** The OPEN sent, once it is. */
  readonly sent?: OpenMessage
  /** The OPEN received, from OpenConfirm on. */
  readonly received?: OpenMessage
  /** From OpenConfirm on. */
  readonly negotiated?: Negotiated
  /** The connection that was Established when this one's TCP connection came up (collision.ts). */
  readonly after?: ConnectionId
  /** Keepalive timer expiries in Established, counted up to the number that makes a session stable. */
  readonly ticks: number
}

/** One neighbor (peer.ts). Made by `initialPeer(seed)`. */
export interface PeerState {
  /** 'Idle' when stopped or in idle hold, 'Connect' while dialling, 'Active' while waiting. */
  readonly phase: 'Idle' | 'Connect' | 'Active'
  /** False until started and after manual-stop: connections are refused. */
  readonly running: boolean
  readonly connections: readonly ConnectionState[]
  /** RFC 4271's ConnectRetryCounter: failures in a row since the last Established session. */
  readonly retries: number
  /** The peer answered 2/4: the next OPEN carries no capabilities (RFC 5492 §3). */
  readonly plainOpen: boolean
  /** The peer answered 2/2: the next OPEN is from `otherAs`. */
  readonly otherAs: boolean
  /** State of the jitter's generator, an unsigned 32-bit number. */
  readonly seed: number
}

/** Parameters of the graceful-restart helper. Times are seconds. */
export interface RestartParams {
  /** False: nothing is ever kept. */
  readonly enabled: boolean
  /** Bounds the retention from loss to End-of-RIB, and the peer's restart time. */
  readonly stalePathTime: number
  /** Most of a peer's Long-lived Stale Time that is granted; undefined: no long-lived graceful restart. */
  readonly longLived?: number
}

/** The long-lived stale timer of a family. */
export type LongLivedTimer = `long-lived ${Family}`
export type RestartTimer = 'restart' | 'stale' | LongLivedTimer

/** What happens to the helper of one neighbor. */
export type RestartEvent =
  /** From the `down` action. */
  | { readonly type: 'lost'; readonly cause: EndCause; readonly negotiated: Negotiated }
  | { readonly type: 'timer'; readonly timer: RestartTimer }
  /** From the `established` action. */
  | { readonly type: 'established'; readonly negotiated: Negotiated }
  | { readonly type: 'end-of-rib'; readonly family: Family }
  /** Neighbor shut down, removed or dead, or helper switched off, while it waits. `reason`: half a sentence. */
  | { readonly type: 'give-up'; readonly reason?: string }

/** What the driver does with the neighbor's paths. */
export type RestartAction =
  /** Mark all paths of these families as stale and keep using them. */
  | { readonly type: 'keep'; readonly families: readonly Family[]; readonly reason: string }
  /**
   * The long-lived period begins (RFC 9494 §4.2): put LLGR_STALE on the stale paths of these families, remove those
   * with NO_LLGR.
   */
  | { readonly type: 'depreference'; readonly families: readonly Family[]; readonly reason: string }
  /** Remove all paths of these families. */
  | { readonly type: 'drop'; readonly families: readonly Family[]; readonly reason: string }
  /** Remove those paths of these families that are still stale. */
  | { readonly type: 'sweep'; readonly families: readonly Family[]; readonly reason: string }
  | { readonly type: 'start'; readonly timer: RestartTimer; readonly ms: number }
  | { readonly type: 'stop'; readonly timer: RestartTimer }

export interface RestartState {
  /** 'waiting' for the peer's return; 'receiving' its routes until End-of-RIB. */
  readonly phase: 'none' | 'waiting' | 'receiving'
  /** Families that may hold stale paths. */
  readonly stale: readonly Family[]
  /** Undefined where nothing is long-lived. */
  readonly longLived?: LongLivedState
}

/** Long-lived graceful restart of one neighbor. */
export interface LongLivedState {
  /** Stale time granted to each stale family that has one, seconds. */
  readonly times: ReadonlyMap<Family, number>
  /** Families whose stale timer runs; it ends with End-of-RIB, not with the session's return. */
  readonly running: readonly Family[]
  /** Families whose stale time ran out while the session was up again, before End-of-RIB. */
  readonly spent: readonly Family[]
}
