/** Schemas of the AS that a neighbor knows this speaker by, and of what is announced and expected in OPENs. */

import { z } from 'zod'
import { asNumber, choice, flag, list } from '../text/schema-parts.js'

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

/** Settings of a neighbor's OPEN. */
export const sessionSettings = {
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
