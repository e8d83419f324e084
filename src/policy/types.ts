/**
 * What may pass, per neighbor, family and direction, and what becomes of it. 'all' and 'none' say it whole; a
 * list of rules is read from the top, the first match decides, and what matches none is denied; a RulePolicy
 * has lists and a route map, all of which must let a route pass.
 */
export type RoutePolicy = 'all' | 'none' | readonly PrefixRule[] | RulePolicy

/** A line of a prefix list. */
export interface PrefixRule {
  readonly action: 'permit' | 'deny'
  /** Masked prefix text, 'a.b.c.d/n' or IPv6. */
  readonly prefix: string
  /** Shortest and longest prefix length matched; both equal the prefix's own length by default. */
  readonly ge: number
  readonly le: number
}

/** A list of rules with its name in the configuration; '' for one that was written where it is used. */
export interface NamedList<T> {
  readonly name: string
  readonly rules: readonly T[]
}

/** A line of an AS path list. */
export interface AsPathRule {
  readonly action: 'permit' | 'deny'
  /** Regular expression over the path's text (regex.ts): '_64512$'. */
  readonly regex: string
}

/** A line of a community list: it matches routes that carry all of `all`, or whose text `regex` matches. */
export interface CommunityRule {
  readonly action: 'permit' | 'deny'
  /** Canonical texts: 'a:b', 'no-export', or 'a:b:c' for large communities. */
  readonly all?: readonly string[]
  /** Over the text of all communities, and over that of all large ones. */
  readonly regex?: string
}

/** Prefix list, AS path list and route map of one neighbor; what is absent lets all pass. */
export interface RulePolicy {
  readonly prefixList?: NamedList<PrefixRule>
  readonly asPathList?: NamedList<AsPathRule>
  readonly routeMap?: NamedList<RouteRule>
}

/** An entry of a route map. Entries are tried in the order of the list; what none permits is denied. */
export interface RouteRule {
  /** Number of the entry, 1 to 65535, ascending in the list. */
  readonly seq: number
  readonly action: 'permit' | 'deny'
  readonly description?: string
  readonly match: RouteMatch
  readonly set: RouteSet
  /** After a match of a permit entry, go on with the first entry of at least this number. */
  readonly continue?: number
}

/** Conditions of an entry: all of those given must hold; of several lists one is enough. */
export interface RouteMatch {
  readonly prefixLists?: readonly NamedList<PrefixRule>[]
  /** Prefix lengths from `ge` to `le`. */
  readonly prefixLength?: { readonly ge: number; readonly le: number }
  /** Lists that the next hop is looked up in, as a host route. */
  readonly nextHopLists?: readonly NamedList<PrefixRule>[]
  readonly asPathLists?: readonly NamedList<AsPathRule>[]
  readonly communityLists?: readonly NamedList<CommunityRule>[]
  /** The communities of a line of communityLists are all that the route has. */
  readonly exactCommunities?: boolean
  /** First AS of the path: that of the neighbor, or of the one that iBGP got it from. */
  readonly neighborAs?: readonly number[]
  readonly origin?: number
  readonly med?: number
  readonly localPref?: number
}

/** What an entry changes. */
export interface RouteSet {
  readonly localPref?: number
  /** A value, a change of the value there is, or 'none': remove it. */
  readonly med?: number | { readonly change: number } | 'none'
  /** On the way in: counts in place of the neighbor's weight, 0 to 65535. */
  readonly weight?: number
  readonly origin?: number
  /** AS numbers put in front of the path, the first one outermost. */
  readonly prepend?: readonly number[]
  /** The first AS of the path put in front of it so many times. */
  readonly prependLast?: number
  /** An address, or (on the way out) 'self' or 'unchanged'. */
  readonly nextHop?: string
  /** All communities, all large ones, instead of those there are. */
  readonly communities?: readonly string[]
  readonly largeCommunities?: readonly string[]
  /** Communities of both kinds. */
  readonly addCommunities?: readonly string[]
  /** Every community that one of the list's lines permits alone goes. */
  readonly removeCommunities?: NamedList<CommunityRule>
}
