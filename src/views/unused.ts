/** How many paths of a neighbor take no part in the decision, and why. */

import { rejecters } from '../policy/rejection.js'
import {
  REASON_IDS,
  REASON_NEXT_HOP_UNREACHABLE,
  REASON_POLICY,
  type ReasonId,
} from '../rib/store/reasons.js'
import type { FamilyOptions } from '../speaker/model/options.js'
import type { FamilyReads, TableReads } from '../speaker/model/reads.js'
import type { UnusedCounts, UnusedReason } from './model/unusable.js'
import { rejecterText } from './unusable.js'

/**
 * Counts by reason. The table keeps those of refused paths; unreachable ones cost a look at each next hop of the
 * neighbor. No path is walked.
 * @param source undefined while the neighbor has no place in the tables
 */
export function unusedOf(
  table: TableReads,
  source: number | undefined,
  { options }: FamilyReads,
): UnusedCounts {
  const counts: { [R in UnusedReason]?: number } = {}
  const refused = source === undefined ? undefined : table.source(source)?.refused
  if (source === undefined || refused === undefined) return counts
  for (let code = 1; code < refused.length; code++) {
    const count = code === REASON_NEXT_HOP_UNREACHABLE ? table.unreachableOf(source) : refused[code]
    if (count === 0) continue
    const missing = code === REASON_POLICY && options.policyMissing?.import === true
    counts[missing ? 'ebgp-requires-policy' : (REASON_IDS[code] as ReasonId)] = count
  }
  return counts
}

/** What may reject routes, in words; undefined: nothing. */
export function importListsOf(options: FamilyOptions): readonly string[] | undefined {
  const parts = rejecters(options.import)
  if (parts.length === 0) return undefined
  return parts.map((part) => rejecterText(part) ?? 'none')
}
