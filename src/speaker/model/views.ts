import type { Family } from '../../ip/family.js'
import type { PathSelection } from '../../rib/export/path-selection.js'
import type { Role } from '../../wire/role.js'
import type { Capability } from '../../wire/types.js'
import type { NeighborOperation } from './operation.js'
import type { FamilyOptions, LocalAsStyle } from './options.js'

/**
 * Read models: plain JSON values for API, CLI, metrics and tests. Times are ISO 8601 texts in UTC; durations
 * are seconds. Names follow the HTTP API, of which these types are the contract.
 */

/** State of RFC 4271 §8.2.2; 'Idle (Admin)' is shown for a neighbor that is shut down. */
export type SessionState = 'Idle' | 'Connect' | 'Active' | 'OpenSent' | 'OpenConfirm' | 'Established'

/** Why a session ended or a connection was refused. */
export interface LastError {
  readonly at: string
  /** One sentence for people, with what to do where it is known. */
  readonly text: string
  /** The NOTIFICATION, if one was sent or received. */
  readonly notification?: {
    readonly direction: 'sent' | 'received'
    readonly code: number
    readonly subcode: number
    /** 'Cease/Administrative Shutdown'. */
    readonly name: string
    /** Shutdown communication, escaped (RFC 9003). */
    readonly message?: string
    /** Data octets in hex. */
    readonly data: string
  }
}

export interface MessageCounts {
  readonly open: number
  readonly update: number
  readonly notification: number
  readonly keepalive: number
  readonly routeRefresh: number
}

export interface NeighborFamilyView {
  readonly family: Family
  /** Both sides announced the family. */
  readonly negotiated: boolean
  readonly prefixesReceived: number
  readonly prefixesAccepted: number
  /** Paths of this neighbor that are best, and that are best or multipath. */
  readonly prefixesBest: number
  readonly prefixesMultipath: number
  readonly prefixesAdvertised: number
  /** Paths kept while the neighbor restarts. */
  readonly prefixesStale: number
  readonly endOfRibReceived: boolean
  readonly endOfRibSent: boolean
  /** With a limit: `threshold` is the number from which on a warning is logged. */
  readonly maximumPrefix?: {
    readonly limit: number
    readonly threshold: number
    readonly warningOnly: boolean
    /** Seconds that the neighbor is kept out for; absent with warningOnly. */
    readonly restart?: number
    /** 'near': at the threshold or above; 'exceeded': the last session went above the limit. */
    readonly state: 'below' | 'near' | 'exceeded'
  }
  /** Present, and true, for a client of this route reflector (RFC 4456). */
  readonly routeReflectorClient?: boolean
  /** What is configured of paths and communities; absent when it is nothing. */
  readonly rules?: Pick<
    FamilyOptions,
    | 'policyMissing'
    | 'allowAsIn'
    | 'removePrivateAs'
    | 'asOverride'
    | 'senderLoopDetection'
    | 'sendCommunity'
    | 'unchanged'
  >
  /** ADD-PATH (RFC 7911) as configured, and what the session that is up has agreed on. */
  readonly addPath?: {
    readonly receive: boolean
    readonly send?: PathSelection
    readonly receiving: boolean
    readonly sending: boolean
  }
}

/** Counts by what became of the routes or the session (RFC 7606 §2). */
export interface FaultCounts {
  /** The attribute was left out, the routes were taken. */
  readonly discard: number
  /** The routes were treated as withdrawn. */
  readonly withdraw: number
  /** The session was reset. */
  readonly reset: number
}

/** Faults that lay in one attribute. */
export interface AttributeFaults extends FaultCounts {
  /** Type code; absent for what lay in no attribute: lengths, NLRI. */
  readonly attribute?: number
  /** 'ORIGIN'; 'message' when there is no attribute. */
  readonly name: string
}

/** A faulty UPDATE as it came. */
export interface FaultView {
  readonly at: string
  readonly verdict: 'discard' | 'withdraw' | 'reset'
  /** Type code of the attribute that decided, when it was one. */
  readonly attribute?: number
  /** 'RFC 7606 §7.1'. */
  readonly rule: string
  readonly text: string
  /** Announced in it; at most 100. */
  readonly prefixes: readonly string[]
  /** The whole message, hexadecimal; of one above 4,096 octets the beginning. */
  readonly message: string
  /** Octets of the whole message. */
  readonly size: number
}

/** Who put the speaker, or a neighbor, into maintenance. */
export interface MaintenanceView {
  /** 'operator': until it is ended or this process ends; a changed file does not lift it. */
  readonly source: 'configuration' | 'operator'
  /** The operator who asked, and when. */
  readonly by?: string
  readonly at?: string
}

export interface NeighborView {
  readonly address: string
  readonly description?: string
  /** Name from capability 73, escaped. */
  readonly hostName?: string
  readonly remoteAs: number
  readonly localAs: number
  /** How the speaker's real AS shows beside another `localAs`; absent: it does not. */
  readonly localAsStyle?: LocalAsStyle
  /** Seconds between two runs of announcements, when there are any. */
  readonly advertisementInterval?: number
  readonly type: 'ebgp' | 'ibgp'
  /** True for a neighbor made from a listen range. */
  readonly dynamic: boolean
  readonly state: SessionState
  /** Shut down, by `shutdown.source`. */
  readonly adminDown: boolean
  readonly shutdown?: {
    /** 'operator': until it is started or this process ends; a changed file does not lift it. */
    readonly source: 'configuration' | 'operator'
    /** What the neighbor was told (RFC 9003). */
    readonly message?: string
    /** The operator who asked, and when. */
    readonly by?: string
    readonly at?: string
  }
  /** Drained: its paths are the last choice, and what it is sent carries GRACEFUL_SHUTDOWN. Absent: it is not. */
  readonly maintenance?: MaintenanceView
  /** Since when it is in this state (Established: since when up). */
  readonly since: string
  readonly routerId?: string
  readonly localAddress?: string
  readonly localPort?: number
  readonly remotePort?: number
  readonly passive: boolean
  /** How the connections are protected: TCP-MD5 (RFC 2385). */
  readonly authentication?: 'md5'
  /** GTSM (RFC 5082): most hops to the neighbor. */
  readonly ttlSecurity?: number
  /** BGP roles (RFC 9234): the own one, and the neighbor's when it announced one. */
  readonly role?: { readonly own: Role; readonly strict: boolean; readonly neighbor?: Role }
  readonly prefixesReceived: number
  readonly prefixesAccepted: number
  readonly prefixesAdvertised: number
  /** Negotiated while Established, else configured. */
  readonly holdTime: number
  readonly keepalive: number
  readonly configuredHoldTime: number
  readonly configuredKeepalive: number
  readonly connectRetry: number
  /** Seconds for which nothing can be sent until the session ends (RFC 9687); 0 with a hold time of 0. */
  readonly sendHoldTime: number
  readonly lastError?: LastError
  readonly capabilities: { readonly sent: readonly Capability[]; readonly received: readonly Capability[] }
  readonly gracefulRestart: {
    readonly negotiated: boolean
    /** The neighbor's announced restart time, seconds. */
    readonly restartTime: number
    /** 'none'; 'waiting' for its return, 'receiving' its routes until End-of-RIB. */
    readonly helper: 'none' | 'waiting' | 'receiving'
    /** Seconds until stale paths are removed. */
    readonly remaining?: number
    /** Long-lived graceful restart (RFC 9494), where it is configured. */
    readonly longLived?: {
      readonly negotiated: boolean
      /** The longest stale time granted, seconds. */
      readonly configured: number
      /** Families with stale paths that are the last choice, and the seconds until these are removed. */
      readonly families: readonly { readonly family: Family; readonly remaining: number }[]
    }
  }
  readonly families: readonly NeighborFamilyView[]
  readonly messages: { readonly sent: MessageCounts; readonly received: MessageCounts }
  /** Faulty UPDATEs over all sessions (RFC 7606), and the faults in them by attribute, ascending. */
  readonly faults: FaultCounts & { readonly attributes: readonly AttributeFaults[] }
  /** The last faulty UPDATEs, the newest first. */
  readonly lastFaults: readonly FaultView[]
  readonly established: number
  readonly dropped: number
  /** When the last established session ended, ISO 8601; unlike `since` it stays while connecting is retried. */
  readonly downSince?: string
  /** Why it ended; unlike `lastError`, failed attempts to connect do not overwrite it. */
  readonly lastReset?: LastError
  /** Seconds since the last message was read and written. */
  readonly lastRead?: number
  readonly lastWrite?: number
  readonly outputQueue: number
  readonly updateGroup?: number
}

export interface PathView {
  /** The neighbor that sent it; 'local' for an own route. */
  readonly neighbor: string
  readonly neighborDescription?: string
  readonly neighborRouterId: string
  readonly type: 'ebgp' | 'ibgp' | 'local'
  readonly nextHop: string
  readonly linkLocalNextHop?: string
  readonly origin: 'IGP' | 'EGP' | 'incomplete'
  /** '64512 {64513,64514}'; empty for an empty path. */
  readonly asPath: string
  readonly asPathLength: number
  readonly med?: number
  readonly localPref: number
  readonly weight: number
  readonly communities: readonly string[]
  readonly largeCommunities: readonly string[]
  readonly extendedCommunities: readonly string[]
  readonly originatorId?: string
  readonly clusterList?: readonly string[]
  /** Present, and true, when the neighbor is a client of this route reflector. */
  readonly fromClient?: boolean
  readonly atomicAggregate: boolean
  readonly aggregator?: string
  /** Only to Customer (RFC 9234 §5): the AS that put it there. */
  readonly onlyToCustomer?: number
  readonly best: boolean
  readonly multipath: boolean
  readonly stale: boolean
  /** The last choice: it carries LLGR_STALE (RFC 9494). Absent: it does not. */
  readonly longLivedStale?: boolean
  /** Takes part in the decision; `reason` says why not. */
  readonly valid: boolean
  readonly reason?: string
  /** The step of the decision process that this path lost at, or, on the best path, won at. */
  readonly decidedBy?: string
  /** When its attributes last changed; a re-sent identical path is no change. */
  readonly since: string
  /** ADD-PATH identifier: the neighbor's own, or, among advertised routes, the one sent. */
  readonly pathId?: number
}

export interface RouteView {
  readonly prefix: string
  readonly family: Family
  /** Table version at the last change of this prefix. */
  readonly version: number
  readonly paths: readonly PathView[]
  /** An own aggregate is announced to neighbors instead (summary only). */
  readonly suppressed?: true
  /** Gateways of the ECMP set, canonical order. */
  readonly nextHops: readonly string[]
  readonly fib?: { readonly state: 'installed' | 'pending' | 'refused' | 'off'; readonly reason?: string }
}

/** A page of routes in ascending prefix order. */
export interface RoutePage {
  readonly routes: readonly RouteView[]
  /** Prefixes that match in all. */
  readonly total: number
  /** Pass it on as `cursor` for the next page. */
  readonly next?: string
}

export interface RouteQuery {
  readonly family: Family
  /** Exactly this prefix. */
  readonly prefix?: string
  /** The longest prefix that covers this address. */
  readonly longest?: string
  /** Only prefixes with a path of this neighbor, and only its paths. */
  readonly neighbor?: string
  /**
   * With `neighbor`: 'received' shows the paths as they came, before import policy; 'accepted' leaves those out
   * that policy or a check refused. Left out: all, as they are used.
   */
  readonly stage?: 'received' | 'accepted'
  readonly limit: number
  readonly cursor?: string
}

export interface SpeakerView {
  readonly localAs: number
  readonly routerId: string
  readonly hostName: string
  readonly started: string
  /** Back from a restart: no route is announced yet (RFC 4724 §4.1). Absent: routes are announced. */
  readonly restarting?: true
  /** All routes are announced with GRACEFUL_SHUTDOWN (RFC 8326). Absent: they are not. */
  readonly maintenance?: MaintenanceView
  readonly maximumPaths: { readonly ebgp: number; readonly ibgp: number }
  readonly listen: readonly { readonly address: string; readonly port: number }[]
  readonly tables: readonly {
    readonly family: Family
    readonly version: number
    readonly prefixes: number
    readonly paths: number
    readonly multipathPrefixes: number
    readonly multipathPaths: number
    readonly attributeSets: number
    /** Prefixes by width of their ECMP set: widths[3] is the number with three next hops. */
    readonly widths: readonly number[]
  }[]
}

/** What happened, for `/api/v1/events`, journal and alerts. `id` ascends by one within a run. */
export type SpeakerEvent =
  | {
      readonly type: 'session'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly description?: string
      readonly from: SessionState
      readonly to: SessionState
      /** Why, for people. */
      readonly cause: string
    }
  | {
      readonly type: 'route'
      readonly id: number
      readonly at: string
      readonly family: Family
      readonly prefix: string
      /** 'announced': the first path; 'changed': best or ECMP set; 'withdrawn': the last path is gone. */
      readonly change: 'announced' | 'changed' | 'withdrawn'
      readonly nextHops: readonly string[]
      readonly best?: { readonly neighbor: string; readonly asPath: string }
    }
  /**
   * Changes that were too many to tell one by one: a full table that arrives or goes, a storm. They are
   * counted instead, and the single 'route' events of that time are incomplete.
   */
  | {
      readonly type: 'routes'
      readonly id: number
      readonly at: string
      readonly family: Family
      readonly announced: number
      readonly changed: number
      readonly withdrawn: number
    }
  | {
      readonly type: 'neighbor'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly change: 'added' | 'removed' | 'changed'
    }
  /** An operator acted on a neighbor. */
  | {
      readonly type: 'operation'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly operation: NeighborOperation['type']
      /** Who asked. */
      readonly by: string
      readonly message?: string
      readonly direction?: 'in' | 'out' | 'both'
    }
  /** Maintenance of the whole speaker began or ended. */
  | {
      readonly type: 'maintenance'
      readonly id: number
      readonly at: string
      readonly on: boolean
      /** Who asked: an operator, or 'the configuration'. */
      readonly by: string
    }
  | {
      readonly type: 'refused'
      readonly id: number
      readonly at: string
      /** Who connected. */
      readonly address: string
      readonly port: number
      readonly cause: string
    }
  | {
      readonly type: 'fault'
      readonly id: number
      readonly at: string
      readonly neighbor: string
      readonly verdict: 'discard' | 'withdraw' | 'reset'
      readonly rule: string
      readonly text: string
      readonly prefixes: readonly string[]
      /** The whole message in hex (RFC 7606 §6). */
      readonly message: string
    }

/** What applying a configuration did. */
export interface ApplyReport {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Changed in place: the session kept its TCP connection. */
  readonly changed: readonly string[]
  /** Changed in a way that needs a new session, or that ends the session: shut down, or started. */
  readonly reset: readonly string[]
  readonly unchanged: number
}
