/** How the read models of ECMP sets are made. */

import { gatewayText } from '../speaker/events/attribute-text.js'
import type { TableReads } from '../speaker/model/reads.js'
import type { NextHopSetView } from './model/next-hops.js'

/**
 * The ECMP sets of a table that a prefix uses, those of most prefixes first; of equally used ones the wider first, then
 * by their text. Walks the whole table: some milliseconds with a full one.
 */
export function nextHopSets(table: TableReads): NextHopSetView[] {
  const { family, prefixes } = table
  const users = new Map<number, number>()
  const texts = new Map<number, readonly string[]>()
  for (let prefix = 0; prefix < prefixes.limit; prefix++) {
    const set = table.nextHopSet(prefix)
    if (set === undefined) continue
    const count = users.get(set.id) ?? 0
    if (count === 0) texts.set(set.id, set.gateways.map(gatewayText))
    users.set(set.id, count + 1)
  }
  const views = [...users].map(([id, count]) => ({ family, nextHops: texts.get(id) ?? [], prefixes: count }))
  return views.sort(
    (a, b) =>
      b.prefixes - a.prefixes ||
      b.nextHops.length - a.nextHops.length ||
      (a.nextHops.join() < b.nextHops.join() ? -1 : 1),
  )
}
