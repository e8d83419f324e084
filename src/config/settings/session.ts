/** Settings of a neighbor's session: its role, what its paths must be like, the interval between announcements. */

import type { NeighborTemplate } from '../../speaker/model/options.js'
import { choice, flag, integer } from '../text/schema-parts.js'
import { ofNeighbor, type Part } from './setting.js'

const strict = flag().optional().describe('Refuse a neighbor that announces no role. Default false')

const roleStrict: Part<NeighborTemplate, typeof strict> = {
  schema: strict,
  describe: ({ role }) => role?.strict,
}

/** In the order in which they are written. */
export const SESSION_SETTINGS = {
  role: ofNeighbor({
    option: 'role',
    schema: choice(['provider', 'rs', 'rs-client', 'customer', 'peer'])
      .optional()
      .describe('What this side is to the eBGP neighbor (RFC 9234): stops route leaks'),
    resolve(found, { internal, name, other, error, warn }) {
      const strict = other('roleStrict')
      if (found === undefined) {
        if (strict?.value === true)
          error(strict.path, `${name} has \`roleStrict\`, but no role`, 'add `role`, or take it away')
        return undefined
      }
      if (!internal) return { own: found.value, strict: strict?.value === true }
      warn(found.path, `\`role\` has no effect on ${name}, which is iBGP`)
      return undefined
    },
    describe: ({ role }) => role?.own,
    lines({ role }) {
      if (role === undefined) return []
      return [`local-role ${role.own === 'rs' ? 'rs-server' : role.own}${role.strict ? ' strict-mode' : ''}`]
    },
  }),
  roleStrict,
  enforceFirstAs: ofNeighbor({
    option: 'enforceFirstAs',
    schema: flag()
      .optional()
      .describe('Do not use paths that do not begin with the eBGP neighbor’s AS. Default true'),
    resolve: (found, { internal }) => (!internal && found?.value === false ? false : undefined),
    describe: ({ enforceFirstAs }) => enforceFirstAs,
    words: [
      {
        syntax: 'enforce-first-as',
        help: 'use no path that does not begin with the neighbor’s AS; on in ecmpd',
        value: () => true,
        no: { value: false },
      },
    ],
    lines: ({ enforceFirstAs }) => (enforceFirstAs === false ? ['no enforce-first-as'] : []),
  }),
  connectedCheck: ofNeighbor({
    option: 'connectedCheck',
    schema: flag()
      .optional()
      .describe('An eBGP neighbor without ebgpMultihop is on a connected subnet. Default true'),
    resolve: (found, { internal }) => (!internal && found?.value === false ? false : undefined),
    describe: ({ connectedCheck }) => connectedCheck,
    words: [
      {
        syntax: 'disable-connected-check',
        help: 'an eBGP neighbor need not be on a connected subnet, although the TTL stays 1',
        value: () => false,
        no: { value: true },
      },
    ],
    lines: ({ connectedCheck }) => (connectedCheck === false ? ['disable-connected-check'] : []),
  }),
  advertisementInterval: ofNeighbor({
    option: 'advertisementInterval',
    schema: integer(0, 600)
      .optional()
      .describe('Seconds between two runs of announcements; withdrawals do not wait. Default 0'),
    resolve: (found) => found?.value || undefined,
    describe: ({ advertisementInterval }) => advertisementInterval,
    words: [
      {
        syntax: 'advertisement-interval <seconds:0-600>',
        help: 'seconds between two runs of announcements; withdrawals do not wait; default 0',
        value: (args) => args.number('seconds'),
      },
    ],
    lines: ({ advertisementInterval: seconds }) =>
      seconds === undefined ? [] : [`advertisement-interval ${seconds}`],
    shown: {
      json: { type: 'number', minimum: 0 },
      lines: (seconds) => [`  Minimum time between advertisement runs is ${seconds} seconds`],
      frr: (seconds) => ({ minBtwnAdvertisementRunsTimerMsecs: seconds * 1000 }),
    },
  }),
  weight: ofNeighbor({
    option: 'weight',
    schema: integer(0, 65535)
      .optional()
      .describe('Added to the neighbor’s paths; the highest wins. Default 0'),
    resolve: (found) => found?.value ?? 0,
    describe: ({ weight }) => weight,
    words: [
      {
        syntax: 'weight <weight:0-65535>',
        help: 'weight of its paths; the highest wins',
        value: (args) => args.number('weight'),
        inFamily: true,
      },
    ],
    lines: ({ weight }) => (weight === 0 ? [] : [`weight ${weight}`]),
  }),
  maintenance: ofNeighbor({
    option: 'maintenance',
    schema: flag()
      .optional()
      .describe('Drained: its paths are the last choice here, and ours there (RFC 8326). Default false'),
    resolve: (found) => found?.value || undefined,
    describe: ({ maintenance }) => maintenance ?? false,
    words: [
      {
        syntax: 'graceful-shutdown',
        help: 'drained: its paths are the last choice here, and ours there (RFC 8326)',
        value: () => true,
        no: { value: false },
      },
    ],
    lines: ({ maintenance }) => (maintenance === true ? ['graceful-shutdown'] : []),
  }),
  honorGracefulShutdown: ofNeighbor({
    option: 'ignoreGracefulShutdown',
    schema: flag()
      .optional()
      .describe('LOCAL_PREF 0 for eBGP paths with GRACEFUL_SHUTDOWN (RFC 8326). Default true'),
    resolve: (found) => (found?.value === false ? true : undefined),
    describe: ({ ignoreGracefulShutdown }) => ignoreGracefulShutdown !== true,
    lines({ ignoreGracefulShutdown }, { path, lost }) {
      if (ignoreGracefulShutdown === true) lost.push(`${path}.honorGracefulShutdown: false`)
      return []
    },
  }),
}
