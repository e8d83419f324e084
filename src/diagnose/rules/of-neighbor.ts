/** A rule that looks at each neighbor by itself. */

import type { NeighborView } from '../../views/model/neighbor.js'
import type { Facts } from '../model/facts.js'
import type { Judgment, Rule } from '../model/rule.js'

/**
 * A rule about neighbors.
 * @param judge what is concluded of one; undefined: nothing
 */
export function neighborRule(
  rule: Omit<Rule, 'find'>,
  judge: (neighbor: NeighborView, facts: Facts) => Omit<Judgment, 'subject'> | undefined,
): Rule {
  return {
    ...rule,
    *find(facts) {
      for (const neighbor of facts.neighbors) {
        const found = judge(neighbor, facts)
        if (found !== undefined) yield { subject: { type: 'neighbor', key: neighbor.key }, ...found }
      }
    },
  }
}
