/** Neighbors that this side keeps down, for a while or on purpose. */

import { duration, nameOf } from '../model/names.js'
import type { RuleFamily } from '../model/rule.js'
import { neighborRule } from './of-neighbor.js'

const SHUT_DOWN = neighborRule(
  {
    id: 'shut-down-here',
    severity: 'note',
    group: 'down',
    title: 'A neighbor is shut down on this side',
    next: '`ecmpd neighbor A start`, or take `shutdown` out of the configuration',
  },
  (neighbor) => {
    const { adminDown, shutdown } = neighbor
    if (!adminDown) return undefined
    const by = shutdown?.source === 'operator' ? `by ${shutdown.by ?? 'an operator'}` : 'by the configuration'
    return {
      text: `${nameOf(neighbor)} is shut down here ${by}`,
      ...(shutdown?.source === 'operator'
        ? { next: `\`ecmpd neighbor ${neighbor.key} start\` lets it in again` }
        : { next: 'take `shutdown` out of its configuration, then `ecmpd reload`' }),
      ...(shutdown?.at === undefined ? {} : { since: shutdown.at }),
    }
  },
)

const PREFIX_LIMIT = neighborRule(
  {
    id: 'prefix-limit',
    severity: 'error',
    group: 'down',
    title: 'A neighbor announced more prefixes than it may, and is kept out for a while (maximum-prefix)',
    next: 'raise the limit here, or let it announce fewer prefixes',
  },
  (neighbor, { now }) => {
    const { paused } = neighbor
    if (paused?.reason !== 'maximum-prefix') return undefined
    const { family, limit, count, until } = paused
    const seconds = Math.max(0, (Date.parse(until) - now) / 1000)
    return {
      text: `${nameOf(neighbor)} announced ${count} ${family} prefixes, and may announce ${limit} (maximum-prefix); it is let in again in ${duration(seconds)}`,
      next: `raise the limit (\`maximum-prefix\`) above ${count}, or let it announce fewer; \`ecmpd neighbor ${neighbor.key} start\` tries at once`,
      since: neighbor.downSince,
    }
  },
)

const FAILS_AGAIN = neighborRule(
  {
    id: 'fails-again',
    severity: 'error',
    group: 'down',
    title: 'A neighbor failed several times in a row: its connections are refused for a growing time',
    next: 'mend what ended its sessions before',
  },
  (neighbor, { now }) => {
    const { paused, lastReset, lastError } = neighbor
    if (paused?.reason !== 'failures' || neighbor.state === 'Established') return undefined
    const seconds = Math.max(0, (Date.parse(paused.until) - now) / 1000)
    const last = lastError ?? lastReset
    const why = last === undefined ? '' : `, the last time since ${last.text}`
    return {
      text: `${nameOf(neighbor)} failed ${paused.count} times in a row${why}; it is let in again in ${duration(seconds)}`,
      next: last?.remedy,
      since: neighbor.downSince,
    }
  },
)

const DEAD = neighborRule(
  {
    id: 'dead',
    severity: 'error',
    group: 'down',
    title: 'A source of liveness calls the neighbor dead',
    next: 'look at the link to it, and at its machine',
  },
  (neighbor) => {
    const [death] = neighbor.dead ?? []
    if (death === undefined || neighbor.state === 'Established') return undefined
    const { source, cause, since, strict } = death
    const held = strict ? ', and no session is let up until it is alive' : ''
    return { text: `${nameOf(neighbor)} is dead, says ${source}: ${cause}${held}`, since }
  },
)

const LIMIT_NEAR = neighborRule(
  {
    id: 'prefix-limit-near',
    severity: 'warning',
    title: 'A neighbor announces nearly as many prefixes as it may, or more where that is only a warning',
    next: 'raise the limit here (`maximum-prefix`), or let it announce fewer prefixes',
  },
  (neighbor) => {
    if (neighbor.state !== 'Established') return undefined
    for (const { family, prefixesReceived, maximumPrefix } of neighbor.families) {
      if (maximumPrefix === undefined || prefixesReceived < maximumPrefix.threshold) continue
      const { limit, warningOnly } = maximumPrefix
      const then = warningOnly ? 'only a warning' : 'above it the session ends'
      return {
        text: `${nameOf(neighbor)} announces ${prefixesReceived} ${family} prefixes, the limit is ${limit} (${then})`,
      }
    }
    return undefined
  },
)

const DRAINED = neighborRule(
  {
    id: 'drained',
    severity: 'note',
    title: 'A neighbor is drained on this side: its paths are the last choice',
    next: '`ecmpd neighbor A undrain` when the work on it is done',
  },
  (neighbor) => {
    const { maintenance } = neighbor
    if (maintenance === undefined) return undefined
    const by =
      maintenance.source === 'operator' ? `by ${maintenance.by ?? 'an operator'}` : 'by the configuration'
    return {
      text: `${nameOf(neighbor)} is drained here ${by}: its paths are the last choice`,
      ...(maintenance.source === 'operator'
        ? { next: `\`ecmpd neighbor ${neighbor.key} undrain\` when the work is done` }
        : { next: 'take `maintenance` out of its configuration, then `ecmpd reload`' }),
      ...(maintenance.at === undefined ? {} : { since: maintenance.at }),
    }
  },
)

/** Before anything else is asked why a neighbor is down. */
export const OWN: RuleFamily = {
  title: 'Kept down by this side',
  rules: [SHUT_DOWN, PREFIX_LIMIT, FAILS_AGAIN, DEAD, LIMIT_NEAR, DRAINED],
}
