/** The read models of paths and routes. Plain JSON values; times are ISO 8601 texts in UTC. */

import type { Family } from '../../ip/family.js'
import type { Gateway } from '../../ports/fib.js'
import type { UnusableView } from './unusable.js'

/** One path of a prefix, with its part in the decision. */
export interface PathView {
  /** Key of the neighbor that sent it; 'local' for an own route. */
  readonly neighbor: string
  /** What people call that neighbor; absent: nobody gave it a name. */
  readonly neighborName?: string
  /** As configured. */
  readonly neighborDescription?: string
  /** BGP Identifier, dotted decimal. */
  readonly neighborRouterId: string
  /** How it was learned. */
  readonly type: 'ebgp' | 'ibgp' | 'local'
  /** Canonical text; '0.0.0.0' or '::' for an own route. */
  readonly nextHop: string
  /** The second next hop of RFC 2545 §3. */
  readonly linkLocalNextHop?: string
  /** ORIGIN. */
  readonly origin: 'IGP' | 'EGP' | 'incomplete'
  /** '64512 {64513,64514}'; empty for an empty path. */
  readonly asPath: string
  /** As the decision counts it: a set counts 1, confederation segments 0. */
  readonly asPathLength: number
  /** MULTI_EXIT_DISC, 0 to 4294967295; absent: the path has none. */
  readonly med?: number
  /** 0 to 4294967295; the default where the path has none. */
  readonly localPref: number
  /** 0 to 65535. */
  readonly weight: number
  /** '64512:100', 'no-export' (RFC 1997). */
  readonly communities: readonly string[]
  /** '64512:1:2' (RFC 8092). */
  readonly largeCommunities: readonly string[]
  /** 'rt:64512:1', else 16 hexadecimal digits (RFC 4360). */
  readonly extendedCommunities: readonly string[]
  /** ORIGINATOR_ID, dotted decimal (RFC 4456). */
  readonly originatorId?: string
  /** CLUSTER_LIST, dotted decimal each (RFC 4456). */
  readonly clusterList?: readonly string[]
  /** Present, and true, when the neighbor is a client of this route reflector. */
  readonly fromClient?: boolean
  /** ATOMIC_AGGREGATE is there. */
  readonly atomicAggregate: boolean
  /** AS and address: '64512 192.0.2.1'. */
  readonly aggregator?: string
  /** Only to Customer (RFC 9234 §5): the AS that put it there. */
  readonly onlyToCustomer?: number
  /** The best path of its prefix. */
  readonly best: boolean
  /** In the ECMP set; true of the best path, too. */
  readonly multipath: boolean
  /** Kept while its neighbor restarts (RFC 4724). */
  readonly stale: boolean
  /** The last choice: it carries LLGR_STALE (RFC 9494). Absent: it does not. */
  readonly longLivedStale?: boolean
  /** Takes part in the decision; `unusable` says why not. */
  readonly valid: boolean
  /** Why it takes no part in the decision: the text of `unusable`. */
  readonly reason?: string
  /** Why it takes no part in the decision, and what to do about it. */
  readonly unusable?: UnusableView
  /** The step of the decision process that this path lost at, or, on the best path, won at. */
  readonly decidedBy?: string
  /** When its attributes last changed; a re-sent identical path is no change. */
  readonly since: string
  /** ADD-PATH identifier: the neighbor's own, or, among advertised routes, the one sent. */
  readonly pathId?: number
}

/** A prefix with its paths and what the kernel was given. */
export interface RouteView {
  /** Masked, canonical text. */
  readonly prefix: string
  readonly family: Family
  /** Table version at the last change of this prefix. */
  readonly version: number
  /** In the order of the decision, the best first. */
  readonly paths: readonly PathView[]
  /** An own aggregate is announced to neighbors instead (summary only). */
  readonly suppressed?: true
  /** Gateways of the ECMP set, canonical order. */
  readonly nextHops: readonly string[]
  /** What the kernel has; 'off': nothing is installed at all. Absent: the kernel was not asked for it. */
  readonly fib?: { readonly state: 'installed' | 'pending' | 'refused' | 'off'; readonly reason?: string }
}

/** A page of routes in ascending prefix order. */
export interface RoutePage {
  /** At most as many as were asked for. */
  readonly routes: readonly RouteView[]
  /** Prefixes that match in all. */
  readonly total: number
  /** Pass it on as `cursor` for the next page. */
  readonly next?: string
}

/** Which routes of one family are asked for. */
export interface RouteQuery {
  /** The table. */
  readonly family: Family
  /** Exactly this prefix. */
  readonly prefix?: string
  /** The longest prefix that covers this address. */
  readonly longest?: string
  /** Key of a neighbor: only prefixes with a path of it, and only its paths. */
  readonly neighbor?: string
  /**
   * With `neighbor`: 'received' shows the paths as they came, before import policy; 'accepted' leaves those out
   * that policy or a check refused. Left out: all, as they are used.
   */
  readonly stage?: 'received' | 'accepted'
  /** Prefixes of one page at most, from 1. */
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string
}

/** A route with the interfaces of its gateways, where the kernel's side knows them. */
export interface RouteDetail extends RouteView {
  /** Of the ECMP set, in the order of `nextHops`. */
  readonly gateways?: readonly Gateway[]
}

/** A page of routes as the API gives it. */
export interface RouteDetailPage extends Omit<RoutePage, 'routes'> {
  /** At most as many as were asked for. */
  readonly routes: readonly RouteDetail[]
}
