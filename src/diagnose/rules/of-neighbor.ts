/** A rule that looks at each neighbor by itself. */

import type { NeighborView } from '../../views/model/neighbor.js'
import type { Facts } from '../model/facts.js'
import type { Judgment, Rule } from '../model/rule.js'

/** What is concluded of one neighbor; undefined: nothing. */
export type Judge = (neighbor: NeighborView, facts: Facts) => Omit<Judgment, 'subject'> | undefined

/** A rule about neighbors. */
export function neighborRule(rule: Omit<Rule, 'find'>, judge: Judge): Rule {
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

/**
 * A rule that says why neighbors are down: only those are judged that should be up, are not, and are not kept out for a
 * while by this side.
 */
export function downRule(words: Pick<Rule, 'id' | 'title' | 'next'>, judge: Judge): Rule {
  return neighborRule({ ...words, severity: 'error', group: 'down' }, (neighbor, facts) => {
    const { state, adminDown, paused } = neighbor
    const down = state !== 'Established' && !adminDown && paused === undefined
    return down ? judge(neighbor, facts) : undefined
  })
}
