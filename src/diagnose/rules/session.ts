/** Sessions that are not up, or that are up in vain. */

import { duration, named, nameOf } from '../model/names.js'
import type { RuleFamily } from '../model/rule.js'
import { neighborRule } from './of-neighbor.js'

const NOT_UP = neighborRule(
  {
    id: 'neighbor-down',
    severity: 'error',
    group: 'down',
    title: 'A neighbor is not up, and nothing says more about why',
    next: 'look whether its BGP daemon runs and has this machine as a neighbor',
  },
  (neighbor, { now }) => {
    if (neighbor.state === 'Established' || neighbor.adminDown) return undefined
    const { lastError, since } = neighbor
    if (lastError !== undefined) return { text: named(neighbor, lastError.text), since }
    const seconds = (now - Date.parse(since)) / 1000
    return { text: `${nameOf(neighbor)} is not up, for ${duration(seconds)}`, since }
  },
)

/** The family. */
export const SESSION: RuleFamily = { title: 'Sessions', rules: [NOT_UP] }
