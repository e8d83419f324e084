/** Why paths take no part in the decision, for people and programs. Plain JSON values. */

import type { ReasonId } from '../../rib/store/reasons.js'

/**
 * The reason by name. 'policy': import policy rejects it, 'ebgp-requires-policy': because there is none (RFC 8212);
 * 'own-as', 'first-as', 'originator-loop', 'cluster-loop', 'route-leak' (RFC 9234): what it carries;
 * 'next-hop-unreachable': nothing leads there at the moment; the other 'next-hop-…': it can't be one at all.
 */
export type UnusedReason = ReasonId | 'ebgp-requires-policy'

/** Why one path takes no part. */
export interface UnusableView {
  readonly reason: UnusedReason
  /** What is wrong, with the values: 'next hop 192.0.2.1 unreachable: there is no route to it'. No full stop. */
  readonly text: string
  /** What to do about it, an imperative; absent: nothing here. */
  readonly remedy?: string
  /** The next hop concerned, canonical text. */
  readonly nextHop?: string
  /** The list that rejects it, with its kind: 'prefix list nodes', 'route map IN entry 20'. */
  readonly list?: string
}

/** Paths that take no part, counted by reason; a reason without any is absent. */
export type UnusedCounts = { readonly [R in UnusedReason]?: number }
