/** Options of the routes that the speaker itself originates; part of SpeakerOptions (options.ts). */

import type { Family } from '../../ip/family.js'
import type { NamedList, RouteRule } from '../../policy/types.js'
import type { MachineRouteKind } from '../../ports/machine-routes.js'

/** Routes that the speaker itself originates. Absent from the options where there is none. */
export interface AnnounceOptions {
  /** In ascending order of their text; each prefix once. */
  readonly networks: readonly NetworkOptions[]
  /** At most one for each pair of `family` and `from`. */
  readonly redistribute: readonly RedistributeOptions[]
  /** Each prefix once. */
  readonly aggregates: readonly AggregateOptions[]
}

/** One prefix, announced as it stands here. */
export interface NetworkOptions {
  /** Masked prefix text; its family follows from it. */
  readonly prefix: string
  /** What becomes of the route; a route that it denies is not announced. */
  readonly routeMap?: NamedList<RouteRule>
  /** Announced only while the machine has a route for exactly this prefix that is not BGP's. */
  readonly ifInTable: boolean
}

/** Routes of the machine, announced as they come and go. */
export interface RedistributeOptions {
  readonly from: MachineRouteKind
  readonly family: Family
  /** What becomes of the routes, and which are announced at all. */
  readonly routeMap?: NamedList<RouteRule>
  /** MULTI_EXIT_DISC, 0 to 4294967295; left out: the route's own metric, 0 for connected ones. */
  readonly metric?: number
  /** The default route, too. */
  readonly defaultRoute: boolean
}

/** A prefix that is announced while the table has a more specific one (RFC 4271 §9.2.2.2). */
export interface AggregateOptions {
  /** Masked prefix text; its family follows from it. */
  readonly prefix: string
  /** The more specific routes are not announced. */
  readonly summaryOnly: boolean
}

/** A default route for one neighbor and family, whatever the table holds. */
export interface DefaultOriginateOptions {
  /**
   * Decides whether it is sent, and what it is sent with: of the first entry whose conditions a route of the
   * table meets (or that has none), `permit` sends the default route with what the entry sets, `deny` does not.
   */
  readonly routeMap?: NamedList<RouteRule>
}
