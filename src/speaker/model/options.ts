/** What the speaker is to be. config/ makes it, reload/ compares two of them, everything here acts on it. */

import type { Family } from '../../ip/family.js'
import type { RoutePolicy } from '../../policy/types.js'
import type { CommunityKinds, PrivateAsRemoval } from '../../rib/export/export-changes.js'
import type { PathSelection } from '../../rib/export/path-selection.js'
import type { RequiredCapability } from '../../session/types.js'
import type { Role } from '../../wire/role.js'
import type { AnnounceOptions, DefaultOriginateOptions } from './announce-options.js'
import { type Changes, termsOf } from './changes.js'

/**
 * What the speaker is to be: the resolved configuration, every default filled in. config/ makes it from
 * YAML or from the switch's text; the difference of two of them is applied neighbor by neighbor.
 */
export interface SpeakerOptions {
  /** 1 to 4294967295. */
  readonly localAs: number
  /** BGP Identifier, unsigned 32 bits, not 0 (RFC 6286 §2.1). */
  readonly routerId: number
  /** Where to listen; empty: dial only. */
  readonly listen: readonly { readonly address: string; readonly port: number }[]
  readonly neighbors: readonly NeighborOptions[]
  /** What people call the speakers at these addresses (canonical text); before all else that names them. */
  readonly names?: Readonly<Record<string, string>>
  /** Dynamic neighbors: connections from these prefixes become neighbors with these options. */
  readonly listenRanges: readonly ListenRange[]
  readonly listenLimit: number
  /**
   * Dynamic neighbors that left stay visible for `keep` seconds, 0 to 604800 (0: not at all), at most `limit` of them, the
   * last ones. Left out: 3600 and 1000.
   */
  readonly listenTraces?: { readonly keep: number; readonly limit: number }
  /** Own routes; absent: none. */
  readonly announce?: AnnounceOptions
  readonly decision: DecisionOptions
  readonly gracefulRestart: GracefulRestartOptions
  /** Cluster of a route reflector (RFC 4456 §7), unsigned 32 bits, not 0; left out: the router id. */
  readonly clusterId?: number
  /** False: the clients are fully meshed, and routes of one are not reflected to others. Default true. */
  readonly clientToClientReflection?: boolean
  /** Host name for capability 73 and for logs. */
  readonly hostName: string
  /** Longest wait for the first routes after a start (RFC 4724 §4.1), 1 to 3600 s. Left out: 120. */
  readonly selectionDeferralTime?: number
  /** All routes are announced with GRACEFUL_SHUTDOWN (RFC 8326), to iBGP with LOCAL_PREF 0. Left out: no. */
  readonly maintenance?: boolean
  /** Routes with an AS_SET are treated as withdrawn (RFC 9774 §3). Left out: they are. */
  readonly rejectAsSets?: boolean
  /** RFC 8212: eBGP neighbors without a policy exchange nothing. It is carried out where policies are resolved. */
  readonly ebgpRequiresPolicy?: boolean
}

export interface DecisionOptions {
  /** Widest ECMP set from eBGP and from iBGP; 1 is no multipath. */
  readonly maximumPathsEbgp: number
  readonly maximumPathsIbgp: number
  /** Paths with equally long but different AS_PATHs may form a multipath. */
  readonly multipathRelax: boolean
  readonly alwaysCompareMed: boolean
  /** As the document has it. Nothing reads it: MED is always compared by AS first. */
  readonly deterministicMed: boolean
  readonly missingMedAsWorst: boolean
  /** Do not compare the AS_PATH length. */
  readonly ignoreAsPath: boolean
  /** Compare router ids of eBGP paths rather than prefer the older one. Default true (deterministic). */
  readonly compareRouterId: boolean
  /** 0 to 4294967295, default 100. */
  readonly defaultLocalPref: number
}

export interface GracefulRestartOptions {
  /** Off: the capability is not sent and nothing is kept. */
  readonly enabled: boolean
  /** Restart Time announced, 0 to 4095 s. */
  readonly restartTime: number
  /** Longest retention of a neighbor's stale paths from loss to End-of-RIB, seconds. */
  readonly stalePathTime: number
  /** RFC 8538: announce the N bit and keep paths across NOTIFICATION and hold time expiry. Default false. */
  readonly notification: boolean
  /** Neighbors are asked to keep our routes while this speaker restarts (RFC 4724 §4.1). Left out: no. */
  readonly restarter?: boolean
  /** Long-lived graceful restart (RFC 9494); left out: off. */
  readonly longLived?: LongLivedOptions
}

export interface LongLivedOptions {
  /** Most of a neighbor's Long-lived Stale Time that is granted, and what is asked for: 1 to 16777215 s. */
  readonly staleTime: number
  /**
   * Stale routes reach iBGP neighbors without the capability, with NO_EXPORT and LOCAL_PREF 0 (RFC 9494 §4.6),
   * instead of being withdrawn from them.
   */
  readonly partialDeployment: boolean
}

/** A neighbor's TCP and BGP parameters. Times are seconds. */
export interface NeighborOptions {
  /** Canonical text, with a zone for link-local addresses. Its key is made of it (session/neighbor-key.ts). */
  readonly address: string
  readonly description?: string
  /** 0: any AS but the own one ("external"). */
  readonly remoteAs: number
  /** Local AS towards this neighbor; the speaker's own unless set. */
  readonly localAs: number
  /** How the speaker's real AS shows beside another `localAs`; left out: it does not. */
  readonly localAsStyle?: LocalAsStyle
  readonly port: number
  readonly localAddress?: string
  /** Never dial. */
  readonly passive: boolean
  /** Administratively down; the text is sent as shutdown communication (RFC 9003). */
  readonly shutdown?: { readonly message?: string }
  /** Hops to an eBGP neighbor; 1: directly connected. */
  readonly ebgpMultihop: number
  /** TTL, or hop limit, sent: 1 to 255. Default: ebgpMultihop if that is above 1, else the system's. */
  readonly ttl?: number
  /** GTSM (RFC 5082): the neighbor is at most so many hops away, 1 to 254; 255 is sent. Excludes `ttl`. */
  readonly ttlSecurity?: number
  /** Key of TCP-MD5 (RFC 2385), 1 to 80 octets of UTF-8. A secret: never logged, shown or returned. */
  readonly password?: string
  /** Where the password came from, unless it stood in the configuration itself: shown instead of it. */
  readonly passwordFrom?: { readonly file: string } | { readonly variable: string }
  /** Own role towards this eBGP neighbor (RFC 9234); strict: it must announce the matching one. */
  readonly role?: { readonly own: Role; readonly strict: boolean }
  readonly timers: TimerOptions
  readonly families: readonly FamilyOptions[]
  readonly gracefulRestart: GracefulRestartOptions
  /** Added to every path received (weight, Cisco style), 0 to 65535. */
  readonly weight: number
  /** Drained: its paths count as with GRACEFUL_SHUTDOWN, all that it is sent carries it. Left out: no. */
  readonly maintenance?: boolean
  /** GRACEFUL_SHUTDOWN on the paths of an eBGP neighbor does not lower their LOCAL_PREF to 0. Left out: it does. */
  readonly ignoreGracefulShutdown?: boolean
  /** False: paths that do not begin with the neighbor's AS are used, too (RFC 4271 §6.3). */
  readonly enforceFirstAs?: false
  /** False: the neighbor need not be on a connected subnet, although it is reached with a TTL of 1. */
  readonly connectedCheck?: false
  /** Seconds between two runs of announcements, 1 to 600 (MinRouteAdvertisementIntervalTimer); left out: none. */
  readonly advertisementInterval?: number
  readonly capabilities?: CapabilityOptions
}

/** What a listen range gives the neighbors that come from it. */
export type NeighborTemplate = Omit<NeighborOptions, 'address'>

/** The real AS beside a `localAs` that is another one. */
export interface LocalAsStyle {
  /** Paths from the neighbor get `localAs` in front. */
  readonly prepend: boolean
  /** Paths to the neighbor have the real AS behind `localAs`. */
  readonly showReal: boolean
  /** A neighbor that refuses `localAs` (2/2) is offered the real AS, and so on in turn. */
  readonly dual: boolean
}

/** Exceptions from what is announced and expected in OPENs. */
export interface CapabilityOptions {
  /** False: the own OPEN has no capabilities; the session carries IPv4 with 2-octet AS numbers. */
  readonly negotiate?: false
  /** Capabilities without which the session is refused (RFC 5492 §3). */
  readonly required?: readonly RequiredCapability[]
  /** The configured families are used whatever the neighbor announces. */
  readonly override?: true
  /** IPv4 routes with IPv6 next hops (RFC 8950); left out: over IPv6 connections. */
  readonly extendedNextHop?: boolean
}

export interface TimerOptions {
  /** Proposed hold time: 0, or 3 to 65535. */
  readonly holdTime: number
  /** Keepalive interval, at most a third of the negotiated hold time is used; 0 with holdTime 0. */
  readonly keepalive: number
  readonly connectRetry: number
  /** Hold timer of OpenSent (RFC 4271 §8.2.2 suggests 240). */
  readonly openHold: number
  /** Delay before the automatic restart of a session that went down, doubled each time up to connectRetry. */
  readonly idleHold: number
  /** RFC 9687 SendHoldTime, 0: max(480, twice the hold time). */
  readonly sendHold: number
  /** Seconds to wait for the neighbor's OPEN before the own is sent (RFC 4271 DelayOpenTime); left out: none. */
  readonly delayOpen?: number
  /** Least hold time accepted of the neighbor (0 is accepted in any case), 3 to 65535; left out: any. */
  readonly minimumHold?: number
}

/** One address family of a neighbor. */
export interface FamilyOptions {
  readonly family: Family
  readonly import: RoutePolicy
  readonly export: RoutePolicy
  /**
   * Next hop sent. 'self': own address. 'third-party': as a switch does: unchanged when it lies on a subnet
   * shared with an eBGP neighbor, own address otherwise; unchanged to iBGP. 'unchanged': never touched.
   */
  readonly nextHop: 'self' | 'third-party' | 'unchanged'
  /** A default route of our own for this neighbor, whatever `export` says. */
  readonly defaultOriginate?: DefaultOriginateOptions
  /** Paths accepted before the session is ended with 6/1; 0: no limit. */
  readonly maximumPrefix: number
  /** Percentage of the limit, 1 to 100, from which on a warning is logged; 75 when left out. */
  readonly maximumPrefixThreshold?: number
  /**
   * What happens above the limit. 'warning-only': a warning, nothing else. A number: minutes, 1 to 65535,
   * after which the ended session is started again. Left out: one minute.
   */
  readonly maximumPrefixAction?: 'warning-only' | number
  /** What import policy refuses counts, too. */
  readonly maximumPrefixReceived?: true
  /** The iBGP neighbor is a client of this route reflector (RFC 4456 §6). Default false. */
  readonly routeReflectorClient?: boolean
  /** ADD-PATH (RFC 7911); left out: in neither direction. */
  readonly addPath?: AddPathOptions
  /** Directions that nothing passes in because a policy is required and there is none (RFC 8212). */
  readonly policyMissing?: { readonly import: boolean; readonly export: boolean }
  /** How often the own AS may stand in a path, 1 to 10; 'origin': any number of times when the path begins there. */
  readonly allowAsIn?: number | 'origin'
  readonly removePrivateAs?: PrivateAsRemoval
  /** The neighbor's AS in paths is replaced by the own one. */
  readonly asOverride?: true
  /** False: paths that hold the neighbor's AS are announced to it, too. */
  readonly senderLoopDetection?: false
  /** Kinds of communities sent; left out: all. */
  readonly sendCommunity?: CommunityKinds
  /** What an eBGP neighbor gets as it was received; for the next hop: `nextHop`. */
  readonly unchanged?: { readonly asPath: boolean; readonly med: boolean }
}

/** What is announced of ADD-PATH for a family, and which paths of a prefix are sent when it is agreed on. */
export interface AddPathOptions {
  readonly receive: boolean
  /** Left out: none but the best, without path identifiers. */
  readonly send?: PathSelection
}

/** Dynamic neighbors. */
export interface ListenRange {
  /** 'a.b.c.d/n' or IPv6. The longest match wins. */
  readonly prefix: string
  /** Options of the neighbors; `address` is the connecting one's. */
  readonly template: NeighborTemplate
}

/** What a change of a family's option asks for, key by key. */
export const FAMILY_CHANGES = {
  family: { asks: 'session' },
  import: { asks: 'import' },
  export: { asks: 'export' },
  nextHop: { asks: 'export' },
  defaultOriginate: { asks: 'export' },
  maximumPrefix: { asks: 'nothing' },
  maximumPrefixThreshold: { asks: 'nothing' },
  maximumPrefixAction: { asks: 'nothing' },
  maximumPrefixReceived: { asks: 'nothing' },
  routeReflectorClient: { asks: 'export', of: (client) => client ?? false },
  addPath: [
    { asks: 'session', of: (addPath) => [addPath?.receive ?? false, addPath?.send !== undefined] },
    { asks: 'export', of: (addPath) => addPath?.send },
  ],
  policyMissing: { asks: 'nothing', viewed: true },
  allowAsIn: { asks: 'import', viewed: true },
  removePrivateAs: { asks: 'export', viewed: true },
  asOverride: { asks: 'export', viewed: true },
  senderLoopDetection: { asks: 'export', viewed: true },
  sendCommunity: { asks: 'export', viewed: true },
  unchanged: { asks: 'export', viewed: true },
} as const satisfies Changes<FamilyOptions>

/** What a change of a neighbor's option asks for, key by key. */
export const NEIGHBOR_CHANGES = {
  description: { asks: 'nothing' },
  remoteAs: { asks: 'session' },
  localAs: { asks: 'session' },
  localAsStyle: { asks: 'session' },
  port: { asks: 'session' },
  localAddress: { asks: 'session' },
  passive: { asks: 'nothing' },
  // Being shut down ends the session by itself; see shutOrStarted.
  shutdown: { asks: 'nothing' },
  ebgpMultihop: { asks: 'session' },
  ttl: { asks: 'session' },
  ttlSecurity: { asks: 'session', viewed: true },
  password: { asks: 'session' },
  passwordFrom: { asks: 'nothing' },
  role: { asks: 'session' },
  // Agreed on at the next session, and no reason to end one.
  timers: { asks: 'nothing' },
  // In whichever order they stand.
  families: {
    asks: 'session',
    of: (families) =>
      families.map((family) => JSON.stringify(termsOf(FAMILY_CHANGES, 'session', family))).sort(),
  },
  gracefulRestart: [
    {
      asks: 'session',
      of: ({ enabled, notification, restarter, longLived }) => [
        enabled,
        notification,
        restarter ?? false,
        longLived !== undefined,
      ],
    },
    { asks: 'export', of: ({ longLived }) => longLived },
  ],
  weight: { asks: 'nothing' },
  maintenance: [{ asks: 'import' }, { asks: 'export' }],
  ignoreGracefulShutdown: { asks: 'import' },
  enforceFirstAs: { asks: 'import' },
  connectedCheck: { asks: 'session' },
  advertisementInterval: { asks: 'nothing', viewed: true },
  capabilities: { asks: 'session' },
} as const satisfies Changes<NeighborTemplate>
