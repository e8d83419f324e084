/**
 * The YAML document as a person writes it. The schema gives the types, the validation, the JSON Schema for
 * editors and the names for "did you mean"; what two keys say together is checked in resolve.ts.
 */

import { z } from 'zod'
import { FAMILIES } from '../../ip/family.js'
import { passwordProblem } from '../text/password.js'
import { readAddress, readEndpoint, readHost, readRouterId } from '../text/values.js'
import { announceSchema, defaultOriginateSchema } from './schema-announce.js'
import { asNumber, choice, flag, integer, list, name, prefix, text, words } from './schema-parts.js'
import { localAsSchema, pathSettings, sessionSettings } from './schema-path.js'
import { listSections, policySchema } from './schema-policy.js'

const PASSWORD = '1 to 80 octets on one line'

const ENDPOINT_FALLBACK = { address: '0.0.0.0', port: 179 }

const address = () => text(readHost, 'an IP address')
const endpointText = () => text((value) => readEndpoint(value, ENDPOINT_FALLBACK), 'ADDRESS:PORT')

const endpoint = () =>
  z.strictObject({
    address: text(readAddress, 'an IP address').describe('0.0.0.0: all of IPv4; "::": all of IPv6'),
    port: integer(1, 65535).optional().describe('Default 179'),
  })

const gracefulRestartSchema = z
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

const longLivedSchema = z
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
  ...pathSettings,
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
  description: words(1).optional().describe('Name for people'),
  remoteAs: asNumber(['internal', 'external'])
    .optional()
    .describe('The neighbor’s AS; internal: the own one; external: any other'),
  localAs: localAsSchema.optional(),
  port: integer(1, 65535).optional().describe('TCP port dialled. Default 179'),
  localAddress: address().optional().describe('Own address that the connection is made from'),
  passive: flag().optional().describe('Never dial, only accept. Default false'),
  shutdown: z
    .union([flag(), words(0)], {
      error: 'must be true, false or the text that the neighbor is told',
    })
    .optional()
    .describe('Administratively down; a text is sent as shutdown communication (RFC 9003)'),
  ebgpMultihop: integer(1, 255)
    .optional()
    .describe('Hops to an eBGP neighbor, and above 1 the TTL sent. Default 1'),
  ttl: integer(1, 255)
    .optional()
    .describe('TTL (hop limit) sent; 1 reaches no further than the next router. Default: the system’s'),
  ttlSecurity: integer(1, 254)
    .optional()
    .describe('GTSM (RFC 5082): what has come over more hops is dropped; 255 is sent. Excludes ebgpMultihop'),
  role: choice(['provider', 'rs', 'rs-client', 'customer', 'peer'])
    .optional()
    .describe('What this side is to the eBGP neighbor (RFC 9234): stops route leaks'),
  roleStrict: flag().optional().describe('Refuse a neighbor that announces no role. Default false'),
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
  maintenance: flag()
    .optional()
    .describe('Drained: its paths are the last choice, and it is told so of ours (RFC 8326). Default false'),
  honorGracefulShutdown: flag()
    .optional()
    .describe('LOCAL_PREF 0 for eBGP paths with GRACEFUL_SHUTDOWN (RFC 8326). Default true'),
  ...sessionSettings,
  weight: integer(0, 65535).optional().describe('Added to the neighbor’s paths; the highest wins. Default 0'),
}

const settingsSection = z.strictObject(settings)

const neighbor = z.strictObject({
  address: address().describe('The neighbor’s address: its key'),
  group: z.string().optional().describe('Group whose settings apply where this entry says nothing'),
  ...settings,
})

const listenRange = z.strictObject({
  prefix: prefix().describe('Connections from these addresses become neighbors'),
  group: z.string().optional().describe('Group whose settings apply where this entry says nothing'),
  ...settings,
})

const fib = z.strictObject(
  {
    enabled: flag()
      .optional()
      .describe('Install routes into the kernel. Default false; `run --fib` turns it on'),
    metric: integer(1, 4_294_967_295)
      .optional()
      .describe('Metric of own routes, neither 20 (FRR) nor 32 (BIRD). Default 195'),
    nextHopIds: z
      .strictObject({ base: integer(1, 4_294_967_295).optional(), count: integer(2, 16_777_216).optional() })
      .optional()
      .describe('Range of own next-hop objects. Default 195000000, 1000000 of them'),
    keepOnStop: flag().optional().describe('Leave the routes when the daemon stops. Default false'),
    mode: choice(['auto', 'nexthop-objects', 'plain']).optional().describe('Default auto'),
    allow: list(prefix(), 'prefixes')
      .optional()
      .describe('Learned prefixes that may cover an own address, a neighbor or a gateway'),
    retry: integer(1, 3600).optional().describe('Seconds between attempts at refused routes. Default 5'),
  },
  { error: 'must be a mapping such as { enabled: true }' },
)

const api = z.strictObject(
  {
    socket: name('a path or off')
      .optional()
      .describe('UNIX socket, or off. Default /run/ecmpd/ecmpd.sock, else under $XDG_RUNTIME_DIR'),
    tcp: z
      .union([integer(1, 65535), z.string()], { error: 'must be ADDRESS:PORT or off' })
      .superRefine((value, context) => {
        if (value === 'off') return
        const result = readEndpoint(String(value), { address: '127.0.0.1', port: 9179 })
        if ('problem' in result) {
          context.addIssue({ code: 'custom', message: result.problem, params: { hint: result.hint } })
        }
      })
      .optional()
      .describe('ADDRESS:PORT or off. Default 127.0.0.1:9179'),
    token: name('a text').optional().describe('Bearer token for other addresses than loopback'),
    tokenFile: name('a path').optional().describe('File that holds the token'),
    tokenVariable: name('a name').optional().describe('Environment variable that holds the token'),
  },
  { error: 'must be a mapping such as { tcp: 127.0.0.1:9179 }' },
)

const log = z.strictObject(
  {
    level: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .optional()
      .describe('Default info'),
    format: choice(['auto', 'json', 'pretty']).optional().describe('Default auto: pretty on a terminal'),
  },
  { error: 'must be a mapping such as { level: info }' },
)

const HOST_NAME = 'must be up to 253 letters, digits, dots and hyphens'

/** The whole document. */
export const documentSchema = z.strictObject(
  {
    as: asNumber().describe('Own AS number'),
    routerId: text(readRouterId, 'a router id')
      .optional()
      .describe('BGP Identifier. Default: the highest IPv4 address of this machine'),
    hostName: z
      .string({ error: HOST_NAME })
      .regex(/^[\w.-]{1,253}$/, { error: HOST_NAME })
      .optional()
      .describe('Name told to neighbors. Default: the machine’s'),
    listen: z
      .union([integer(1, 65535), z.string(), list(z.union([endpointText(), endpoint()]), 'ADDRESS:PORT')], {
        error: 'must be ADDRESS:PORT, a list of them, a port, or off',
      })
      .superRefine((value, context) => {
        if (Array.isArray(value) || value === 'off') return
        const result = readEndpoint(String(value), ENDPOINT_FALLBACK)
        if ('problem' in result) {
          context.addIssue({ code: 'custom', message: result.problem, params: { hint: result.hint } })
        }
      })
      .optional()
      .describe('Where to listen; off: dial only. Default port 179 of each family in use'),
    maximumPaths: z
      .union(
        [
          integer(1, 1024),
          z.strictObject({ ebgp: integer(1, 1024).optional(), ibgp: integer(1, 1024).optional() }),
        ],
        { error: 'must be a whole number from 1 to 1024, or { ebgp: N, ibgp: N }' },
      )
      .optional()
      .describe('Widest ECMP set. Default 32; 1: no multipath'),
    multipathRelax: flag()
      .optional()
      .describe('Balance over equally long AS paths that differ too. Default false'),
    bestPath: z
      .strictObject({
        alwaysCompareMed: flag().optional().describe('Compare MED between different ASes. Default false'),
        deterministicMed: flag().optional().describe('Compare MED by AS first. Default false'),
        missingMedAsWorst: flag().optional().describe('No MED is the largest one. Default false'),
        ignoreAsPath: flag().optional().describe('Do not compare AS path lengths. Default false'),
        compareRouterId: flag()
          .optional()
          .describe('Lowest router id rather than oldest eBGP path. Default true'),
      })
      .optional(),
    defaultLocalPref: integer(0, 4_294_967_295).optional().describe('Default 100'),
    maintenance: flag()
      .optional()
      .describe('Announce all routes with GRACEFUL_SHUTDOWN (RFC 8326). Default false'),
    rejectAsSets: flag()
      .optional()
      .describe('Routes with an AS_SET are treated as withdrawn (RFC 9774). Default true'),
    clusterId: text(readRouterId, 'a cluster id')
      .optional()
      .describe('Cluster of this route reflector (RFC 4456), as an IPv4 address. Default: the router id'),
    clientToClientReflection: flag()
      .optional()
      .describe('Reflect routes of clients to other clients; false: they are fully meshed. Default true'),
    ebgpRequiresPolicy: flag()
      .optional()
      .describe('RFC 8212: eBGP neighbors without import or export take or get nothing. Default false'),
    gracefulRestart: gracefulRestartSchema
      .optional()
      .describe('Of every neighbor that does not say it itself'),
    selectionDeferralTime: integer(1, 3600)
      .optional()
      .describe('Longest wait for the neighbors’ routes after a start, seconds. Default 120'),
    longLivedGracefulRestart: longLivedSchema
      .optional()
      .describe('RFC 9494, of every neighbor that does not say it itself. Default false'),
    defaults: settingsSection.optional().describe('Settings of every neighbor, below groups'),
    groups: z
      .record(z.string(), settingsSection, { error: 'must be a mapping of names to settings' })
      .optional()
      .describe('Named settings that neighbors refer to with `group`'),
    neighbors: list(neighbor, 'neighbors, each with an address').optional(),
    listenRanges: list(listenRange, 'ranges, each with a prefix').optional().describe('Dynamic neighbors'),
    listenLimit: integer(1, 100_000).optional().describe('Most dynamic neighbors. Default 1000'),
    announce: announceSchema.optional().describe('Own routes. Neighbors get them as `export` says'),
    ...listSections,
    fib: fib.optional().describe('Routes in the kernel'),
    api: api.optional().describe('HTTP API'),
    log: log.optional(),
  },
  { error: 'must be a mapping; a minimal one is `as: 64513` and a list of `neighbors`' },
)

/** A document that the schema has accepted. */
export type Document = z.infer<typeof documentSchema>
/** What can be said of a neighbor, a group, a range, or of all. */
export type Settings = z.infer<typeof settingsSection>
export type NeighborEntry = z.infer<typeof neighbor>
export type RangeEntry = z.infer<typeof listenRange>
export type FamilySettings = z.infer<typeof familySection>
export type {
  AsPathRuleEntry,
  CommunityRuleEntry,
  PolicyEntry,
  PrefixRuleEntry,
  RouteRuleEntry,
} from './schema-policy.js'
