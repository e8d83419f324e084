/** A neighbor, a group, a listen range or the settings of all, as a person writes them. */

import { z } from 'zod'
import { FAMILIES } from '../../ip/family.js'
import { shapeOf } from '../settings/setting.js'
import { FAMILY_SETTINGS, NEIGHBOR_SETTINGS } from '../settings/table.js'
import { passwordProblem } from '../text/password.js'
import { asNumber, choice, flag, integer, list, name, prefix, text, words } from '../text/schema-parts.js'
import { readHost } from '../text/values.js'
import { defaultOriginateSchema } from './schema-announce.js'
import { policySchema } from './schema-policy.js'
import { localAsSchema, sessionSettings } from './schema-session.js'

const PASSWORD = '1 to 80 octets on one line'

const address = () => text(readHost, 'an IP address')
export const gracefulRestartSchema = z
  .union(
    [
      flag(),
      z.strictObject({
        enabled: flag().optional().describe('Default true'),
        restartTime: integer(0, 4095).optional().describe('Restart Time announced, seconds. Default 120'),
        stalePathTime: integer(1, 86400)
          .optional()
          .describe('Longest retention of stale paths, from loss to End-of-RIB, seconds. Default 360'),
        notification: flag()
          .optional()
          .describe('RFC 8538: keep paths across NOTIFICATION and hold time expiry too. Default false'),
        restarter: flag()
          .optional()
          .describe(
            'Ask neighbors to keep our routes while ecmpd restarts; goes with fib.keepOnStop. Default false: helper only',
          ),
      }),
    ],
    { error: 'must be true, false or a mapping with restartTime, stalePathTime, notification, restarter' },
  )
  .meta({ id: 'gracefulRestart' })

export const longLivedSchema = z
  .union(
    [
      flag(),
      z.strictObject({
        enabled: flag().optional().describe('Default true'),
        staleTime: integer(1, 16_777_215)
          .optional()
          .describe('Longest retention after the restart time, seconds. Default 86400'),
        partialDeployment: flag()
          .optional()
          .describe(
            'Send stale routes to iBGP neighbors without the capability too, with NO_EXPORT and LOCAL_PREF 0. Default false',
          ),
      }),
    ],
    { error: 'must be true, false or a mapping with staleTime, partialDeployment' },
  )
  .meta({ id: 'longLivedGracefulRestart' })

const timersSchema = z
  .strictObject(
    {
      hold: integer(0, 65535)
        .optional()
        .describe('Hold time proposed, seconds: 0 (never) or 3 to 65535. Default 90'),
      keepalive: integer(0, 65535).optional().describe('Seconds between KEEPALIVEs. Default a third of hold'),
      connectRetry: integer(1, 65535).optional().describe('Seconds between attempts to connect. Default 10'),
      openHold: integer(3, 65535)
        .optional()
        .describe('Seconds to wait for the neighbor’s OPEN. Default 240 (RFC 4271 §8.2.2)'),
      idleHold: integer(0, 65535)
        .optional()
        .describe('Seconds before a lost session is started again; doubles up to connectRetry. Default 1'),
      sendHold: integer(0, 65535)
        .optional()
        .describe(
          'RFC 9687: seconds without progress in sending. Default 0: the larger of 480 and twice hold',
        ),
      minimumHold: integer(0, 65535)
        .optional()
        .describe('Least hold time accepted of the neighbor, beside 0. Default 0: any'),
      delayOpen: integer(0, 240)
        .optional()
        .describe('Seconds to wait for the neighbor’s OPEN before the own is sent. Default 0'),
    },
    { error: 'must be a mapping such as { hold: 9, keepalive: 3 }' },
  )
  .meta({ id: 'timers' })

const SELECTION = { error: 'must be all, best-per-as or a mapping such as { best: 2 }' }

const familySettings = {
  import: policySchema.optional().describe('What is accepted from the neighbor. Default all'),
  export: policySchema
    .optional()
    .describe('What is announced to the neighbor. Default none for eBGP, all for iBGP'),
  nextHop: choice(['self', 'third-party', 'unchanged'])
    .optional()
    .describe('Next hop sent. Default self for eBGP, third-party (unchanged) for iBGP'),
  nextHopSelf: flag().optional().describe('Short for nextHop: self'),
  defaultOriginate: defaultOriginateSchema
    .optional()
    .describe('Announce a default route of our own, whatever `export` says. Default false'),
  maximumPrefix: z
    .union(
      [
        integer(0, 100_000_000),
        z
          .strictObject({
            limit: integer(1, 100_000_000),
            threshold: integer(1, 100)
              .optional()
              .describe('Percentage from which on a warning is logged. Default 75'),
            received: flag().optional().describe('Count what import policy refuses, too. Default false'),
            warningOnly: flag().optional().describe('Only log what exceeds the limit. Default false'),
            restart: integer(1, 65535)
              .optional()
              .describe('Minutes after which an ended session is started again. Default 1'),
          })
          .superRefine((value, context) => {
            if (value.warningOnly === true && value.restart !== undefined) {
              const message = 'warningOnly and restart exclude each other'
              context.addIssue({ code: 'custom', message })
            }
          }),
      ],
      { error: 'must be a whole number, or a mapping such as { limit: 1000, threshold: 80, restart: 5 }' },
    )
    .optional()
    .describe('More accepted prefixes end the session (Cease 6/1). Default 0: no limit'),
  routeReflectorClient: flag()
    .optional()
    .describe('The iBGP neighbor is a client of this route reflector (RFC 4456). Default false'),
  addPath: z
    .strictObject(
      {
        receive: flag().optional().describe('Take several paths of a prefix. Default false'),
        send: z
          .union(
            [z.enum(['all', 'best-per-as'], SELECTION), z.strictObject({ best: integer(1, 255) })],
            SELECTION,
          )
          .optional()
          .describe(
            'Paths sent: all, the best of each neighboring AS, or the N best. Default the best alone',
          ),
      },
      { error: 'must be a mapping such as { receive: true, send: all }' },
    )
    .optional()
    .describe('Several paths of a prefix in one session (RFC 7911), where the neighbor agrees'),
  ...shapeOf(FAMILY_SETTINGS),
}

const familySection = z.strictObject(familySettings).meta({ id: 'family' })

const familiesSchema = z
  .union(
    [
      list(choice(['ipv4-unicast', 'ipv6-unicast']), 'ipv4-unicast, ipv6-unicast'),
      z.strictObject({
        'ipv4-unicast': familySection.nullable().optional(),
        'ipv6-unicast': familySection.nullable().optional(),
      }),
    ],
    { error: `must be a list of ${FAMILIES.join(', ')}, or a mapping with these as keys` },
  )
  .meta({ id: 'families' })

const settings = {
  ...shapeOf(NEIGHBOR_SETTINGS),
  remoteAs: asNumber(['internal', 'external'])
    .optional()
    .describe('The neighbor’s AS; internal: the own one; external: any other'),
  localAs: localAsSchema.optional(),
  localAddress: address().optional().describe('Own address that the connection is made from'),
  shutdown: z
    .union([flag(), words(0)], {
      error: 'must be true, false or the text for the neighbor',
    })
    .optional()
    .describe('Administratively down; a text is sent as shutdown communication (RFC 9003)'),
  password: z
    .string({ error: 'must be text; put it in quotes' })
    .superRefine((value, context) => {
      const problem = passwordProblem(value)
      if (problem !== undefined)
        context.addIssue({ code: 'custom', message: `the password ${problem}`, params: { hint: PASSWORD } })
    })
    .optional()
    .describe('TCP-MD5 (RFC 2385), 1 to 80 octets'),
  passwordFile: name('a path').optional().describe('File that holds the password'),
  passwordEnv: name('a name').optional().describe('Environment variable that holds the password'),
  timers: timersSchema.optional(),
  families: familiesSchema.optional().describe('Address families. Default: that of the neighbor’s address'),
  ...familySettings,
  gracefulRestart: gracefulRestartSchema.optional(),
  longLivedGracefulRestart: longLivedSchema
    .optional()
    .describe('RFC 9494: keep paths as the last choice when the restart time is over. Default false'),
  ...sessionSettings,
}

export const settingsSection = z.strictObject(settings)

export const neighborSchema = z.strictObject({
  address: address().describe('The neighbor’s address: its key'),
  group: z.string().optional().describe('Group whose settings apply where this entry says nothing'),
  ...settings,
})

export const listenRangeSchema = z.strictObject({
  prefix: prefix().describe('Connections from these addresses become neighbors'),
  group: z.string().optional().describe('Group whose settings apply where this entry says nothing'),
  ...settings,
})

/** Settings of a neighbor, a group, a range, or of all. */
export type Settings = z.infer<typeof settingsSection>
export type NeighborEntry = z.infer<typeof neighborSchema>
export type RangeEntry = z.infer<typeof listenRangeSchema>
export type FamilySettings = z.infer<typeof familySection>
