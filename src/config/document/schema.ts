/**
 * The YAML document as a person writes it. The schema gives the types, the validation, the JSON Schema for
 * editors and the names for "did you mean"; what two keys say together is checked in resolve.ts.
 */

import { z } from 'zod'
import { asNumber, flag, integer, list, text } from '../text/schema-parts.js'
import { readAddress, readEndpoint, readRouterId } from '../text/values.js'
import { announceSchema } from './schema-announce.js'
import {
  gracefulRestartSchema,
  listenRangeSchema,
  longLivedSchema,
  neighborSchema,
  settingsSection,
} from './schema-neighbor.js'
import { listSections } from './schema-policy.js'
import { apiSchema, fibSchema, logSchema, namesSchema } from './schema-services.js'

const ENDPOINT_FALLBACK = { address: '0.0.0.0', port: 179 }

const endpointText = () => text((value) => readEndpoint(value, ENDPOINT_FALLBACK), 'ADDRESS:PORT')

const endpoint = () =>
  z.strictObject({
    address: text(readAddress, 'an IP address').describe('0.0.0.0: all of IPv4; "::": all of IPv6'),
    port: integer(1, 65535).optional().describe('Default 179'),
  })

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
        deterministicMed: flag().optional().describe('Compare MED by AS first. Always so here'),
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
    neighbors: list(neighborSchema, 'neighbors, each with an address').optional(),
    names: namesSchema
      .optional()
      .describe('What people call the speakers at these addresses, in views, events, metrics and log'),
    listenRanges: list(listenRangeSchema, 'ranges, each with a prefix')
      .optional()
      .describe('Dynamic neighbors'),
    listenLimit: integer(1, 100_000).optional().describe('Most dynamic neighbors. Default 1000'),
    listenTraces: z
      .strictObject(
        {
          keep: integer(0, 604_800).optional().describe('Seconds; 0: forgotten at once. Default 3600'),
          limit: integer(1, 100_000).optional().describe('The last ones, at most so many. Default 1000'),
        },
        { error: 'must be a mapping such as { keep: 3600 }' },
      )
      .optional()
      .describe('How long dynamic neighbors that left, or whose OPEN failed, are shown as not up'),
    announce: announceSchema.optional().describe('Own routes. Neighbors get them as `export` says'),
    ...listSections,
    fib: fibSchema.optional().describe('Routes in the kernel'),
    api: apiSchema.optional().describe('HTTP API'),
    log: logSchema.optional(),
  },
  { error: 'must be a mapping; a minimal one is `as: 64513` and a list of `neighbors`' },
)

/** A document that the schema has accepted. */
export type Document = z.infer<typeof documentSchema>

export type { FamilySettings, NeighborEntry, RangeEntry, Settings } from './schema-neighbor.js'
export type {
  AsPathRuleEntry,
  CommunityRuleEntry,
  PolicyEntry,
  PrefixRuleEntry,
  RouteRuleEntry,
} from './schema-policy.js'
