/**
 * The read models of a neighbor. Plain JSON values; times are ISO 8601 texts in UTC, durations seconds. Names follow the
 * HTTP API, of which these types are the contract.
 */

import type { Family } from '../../ip/family.js'
import type { NeighborKey } from '../../session/neighbor-key.js'
import type { State } from '../../session/types.js'
import type { Viewed } from '../../speaker/model/changes.js'
import type { LocalAsStyle, NEIGHBOR_CHANGES, NeighborOptions } from '../../speaker/model/options.js'
import type { Pause } from '../../speaker/model/pause.js'
import type {
  AttributeFaults,
  FaultCounts,
  FaultRecord,
  LastDial,
  LastError,
  MessageCounts,
} from '../../speaker/model/session-record.js'
import type { Role } from '../../wire/role.js'
import type { Capability } from '../../wire/types.js'
import type { MaintenanceView } from './maintenance.js'
import type { NeighborFamilyView } from './neighbor-family.js'

export type { State as SessionState } from '../../session/types.js'
export type * from '../../speaker/model/session-record.js'

/** A neighbor's death as one source says it. */
export interface DeathView {
  /** 'BFD', 'neighbor table', 'probe'. */
  readonly source: string
  /** Half a sentence: 'control detection time expired'. */
  readonly cause: string
  readonly since: string
  /** No session until it is alive. Absent: one may come up. */
  readonly strict?: true
}

/**
 * One neighbor; options that are shown as they are come from their rows. It is as the HTTP API gives it
 * but for capabilities' octets, which are hexadecimal there.
 */
export interface NeighborView extends Pick<NeighborOptions, Viewed<typeof NEIGHBOR_CHANGES>> {
  /** Names it everywhere: paths of the API, labels of metrics, events (session/neighbor-key.ts). */
  readonly key: NeighborKey
  /** Canonical text, with a zone for link-local addresses. */
  readonly address: string
  /** What people call it: by `names`, its `description` or its own `hostName`. Absent: nobody gave it a name. */
  readonly name?: string
  /** As configured. */
  readonly description?: string
  /** Name from capability 73, escaped. */
  readonly hostName?: string
  /** Configured, else from its OPEN; 0 while neither is known. */
  readonly remoteAs: number
  /** AS towards this neighbor, 1 to 4294967295. */
  readonly localAs: number
  /** How the speaker's real AS shows beside another `localAs`; absent: it does not. */
  readonly localAsStyle?: LocalAsStyle
  /** Of the session that is up, else by the AS numbers configured. */
  readonly type: 'ebgp' | 'ibgp'
  /** True for a neighbor made from a listen range. */
  readonly dynamic: boolean
  /** It came from a listen range and has left, at `at`; forgotten at `until` unless it is back. Absent: it is there. */
  readonly departed?: { readonly at: string; readonly until: string }
  /** State of RFC 4271 §8.2.2. */
  readonly state: State
  /** Shut down, by `shutdown.source`. */
  readonly adminDown: boolean
  readonly shutdown?: {
    /** 'operator': until it is started or this process ends; a changed file does not lift it. */
    readonly source: 'configuration' | 'operator'
    /** The text that the neighbor got (RFC 9003). */
    readonly message?: string
    /** The operator who asked. */
    readonly by?: string
    /** When the operator asked. */
    readonly at?: string
  }
  /** Why connections from its address are refused for a while. Absent: they are not. */
  readonly paused?: Pause
  /** Drained: its paths are the last choice, and what it is sent carries GRACEFUL_SHUTDOWN. Absent: it is not. */
  readonly maintenance?: MaintenanceView
  /** Since when it is in this state (Established: since when up). */
  readonly since: string
  /** BGP Identifier of the session that is up, dotted decimal. */
  readonly routerId?: string
  /** Of the connection, else as configured. */
  readonly localAddress?: string
  /** Of the connection, 1 to 65535. */
  readonly localPort?: number
  /** Of the connection, 1 to 65535. */
  readonly remotePort?: number
  /** Never dialled. */
  readonly passive: boolean
  /** How the connections are protected: TCP-MD5 (RFC 2385). */
  readonly authentication?: 'md5'
  /** BGP roles (RFC 9234): the own one, and the neighbor's when it announced one. */
  readonly role?: { readonly own: Role; readonly strict: boolean; readonly neighbor?: Role }
  /** Sum over the families. */
  readonly prefixesReceived: number
  /** Sum over the families. */
  readonly prefixesAccepted: number
  /** Sum over the families. */
  readonly prefixesAdvertised: number
  /** Negotiated while Established, else configured; seconds. */
  readonly holdTime: number
  /** Negotiated while Established, else configured; seconds. */
  readonly keepalive: number
  /** Seconds; 0, or 3 to 65535. */
  readonly configuredHoldTime: number
  /** Seconds. */
  readonly configuredKeepalive: number
  /** Seconds between two attempts to connect. */
  readonly connectRetry: number
  /** Seconds for which nothing can be sent until the session ends (RFC 9687); 0 with a hold time of 0. */
  readonly sendHoldTime: number
  /** Who calls it dead, the earliest first (ports/liveness.ts). Absent: nobody. */
  readonly dead?: readonly DeathView[]
  /** What explains that it is not up: `lastFailure`, else what `lastDial` says. Absent while it is Established. */
  readonly lastError?: LastError
  /**
   * Why the last connection that got as far as an OPEN failed, dialled by either side, or the last session ended. Absent
   * when a session came up since; one that failed beside the session that is up is named all the same.
   */
  readonly lastFailure?: LastError
  /** What the last own dial came to. Most nodes dial by themselves and answer none. */
  readonly lastDial?: LastDial
  /** Of the last OPENs: both are empty before the first. */
  readonly capabilities: { readonly sent: readonly Capability[]; readonly received: readonly Capability[] }
  /** RFC 4724: what is agreed on, and what the helper does. */
  readonly gracefulRestart: {
    /** Both sides announced it in the session that is up. */
    readonly negotiated: boolean
    /** The neighbor's announced restart time, seconds. */
    readonly restartTime: number
    /** 'none'; 'waiting' for its return, 'receiving' its routes until End-of-RIB. */
    readonly helper: 'none' | 'waiting' | 'receiving'
    /** Seconds until stale paths are removed. */
    readonly remaining?: number
    /** Long-lived graceful restart (RFC 9494), where it is configured. */
    readonly longLived?: {
      /** Both sides announced it in the session that is up. */
      readonly negotiated: boolean
      /** The longest stale time granted, seconds. */
      readonly configured: number
      /** Families with stale paths that are the last choice, and the seconds until these are removed. */
      readonly families: readonly { readonly family: Family; readonly remaining: number }[]
    }
  }
  /** Those configured, in their order. */
  readonly families: readonly NeighborFamilyView[]
  /** Over all its sessions. */
  readonly messages: { readonly sent: MessageCounts; readonly received: MessageCounts }
  /** Faulty UPDATEs over all sessions (RFC 7606), and the faults in them by attribute, ascending. */
  readonly faults: FaultCounts & { readonly attributes: readonly AttributeFaults[] }
  /** The last faulty UPDATEs, the newest first. */
  readonly lastFaults: readonly FaultRecord[]
  /** Sessions that came up, since it was configured. */
  readonly established: number
  /** Of these, those that ended. */
  readonly dropped: number
  /** When the last established session ended, ISO 8601; unlike `since` it stays while connecting is retried. */
  readonly downSince?: string
  /** Why it ended; unlike `lastError`, failed attempts to connect do not overwrite it. */
  readonly lastReset?: LastError
  /** Seconds since the last message was read. */
  readonly lastRead?: number
  /** Seconds since the last message was written. */
  readonly lastWrite?: number
  /** Octets that wait for its connections to take them. */
  readonly outputQueue: number
  /** Number of the update group that its first family with routes to send is in. */
  readonly updateGroup?: number
}
