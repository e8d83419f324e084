/** The read model of ECMP sets. Plain JSON values. */

import type { Family } from '../../ip/family.js'

/** One ECMP set and how much hangs on it. */
export interface NextHopSetView {
  readonly family: Family
  /** Next hops in the order in which they are installed; a link-local one with its interface, 'fe80::1%eth0'. */
  readonly nextHops: readonly string[]
  /** Prefixes that use just this set, from 1. */
  readonly prefixes: number
}
