/** Schemas of what is said of paths, communities, OPEN and the pace of announcements. */

import { z } from 'zod'
import { asNumber, choice, flag, integer, list } from './schema-parts.js'

/** Names of capabilities that a neighbor can be required to announce. */
export const REQUIRABLE = [
  'ipv4-unicast',
  'ipv6-unicast',
  'route-refresh',
  'extended-next-hop',
  'extended-message',
  'graceful-restart',
  'four-octet-as',
  'enhanced-route-refresh',
] as const

const COMMUNITY_KINDS = ['standard', 'extended', 'large'] as const

const LOCAL_AS = 'must be an AS number, or a mapping such as { as: 64999, noPrepend: true }'

export const localAsSchema = z
  .union(
    [
      asNumber(),
      z.strictObject({
        as: asNumber(),
        noPrepend: flag()
          .optional()
          .describe('Paths from the neighbor do not get it in front. Default false'),
        replaceAs: flag().optional().describe('Paths to the neighbor do not show the real AS. Default false'),
        dualAs: flag()
          .optional()
          .describe('A neighbor that refuses it (2/2) is offered the real AS. Default false'),
      }),
    ],
    { error: LOCAL_AS },
  )
  .describe(
    'Own AS towards this neighbor, when it differs from `as`. A number alone: the real AS is not seen at all',
  )

/** What is said of paths and communities, for a neighbor or for one of its address families. */
export const pathSettings = {
  allowAsIn: z
    .union([integer(1, 10), z.literal('origin'), z.literal(false)], {
      error: 'must be a whole number from 1 to 10, origin or false',
    })
    .optional()
    .describe(
      'How often the own AS may stand in a path; origin: in any path that begins there. Default false: never',
    ),
  removePrivateAs: z
    .union(
      [
        flag(),
        z.strictObject({
          all: flag().optional().describe('Of paths with public ones, too. Default false'),
          replace: flag().optional().describe('Put the own AS in their place. Default false'),
        }),
      ],
      { error: 'must be true, false or a mapping such as { all: true, replace: true }' },
    )
    .optional()
    .describe('Take private AS numbers (RFC 6996) out of what is announced to eBGP. Default false'),
  asOverride: flag()
    .optional()
    .describe('Replace the eBGP neighbor’s AS in paths by the own one. Default false'),
  senderLoopDetection: flag()
    .optional()
    .describe('Keep paths that hold the eBGP neighbor’s AS from it, which would drop them. Default true'),
  sendCommunity: z
    .union([flag(), list(choice(COMMUNITY_KINDS), COMMUNITY_KINDS.join(', '))], {
      error: `must be true, false or a list of ${COMMUNITY_KINDS.join(', ')}`,
    })
    .optional()
    .describe('Kinds of communities sent. Default true: all'),
  unchanged: list(choice(['as-path', 'med']), 'as-path, med')
    .optional()
    .describe('What an eBGP neighbor gets as it was received: [as-path, med] makes a route server'),
}

/** What is said of a neighbor's OPEN and of the pace of announcements. */
export const sessionSettings = {
  enforceFirstAs: flag()
    .optional()
    .describe('Do not use paths that do not begin with the eBGP neighbor’s AS. Default true'),
  connectedCheck: flag()
    .optional()
    .describe('An eBGP neighbor without ebgpMultihop is on a connected subnet. Default true'),
  advertisementInterval: integer(0, 600)
    .optional()
    .describe('Seconds between two runs of announcements; withdrawals do not wait. Default 0'),
  extendedNextHop: flag()
    .optional()
    .describe('IPv4 routes with IPv6 next hops (RFC 8950). Default: over IPv6 sessions'),
  negotiateCapabilities: flag()
    .optional()
    .describe('Send capabilities. Default true; false is for neighbors that break down over them'),
  overrideCapabilities: flag()
    .optional()
    .describe('Use the configured families whatever the neighbor announces. Default false'),
  strictCapabilities: flag()
    .optional()
    .describe('Refuse a neighbor that does not announce every configured family. Default false'),
  requiredCapabilities: list(choice(REQUIRABLE), REQUIRABLE.join(', '))
    .optional()
    .describe('Capabilities without which a neighbor is refused (RFC 5492 §3)'),
}
