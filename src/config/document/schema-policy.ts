/** Policies as a person writes them: lists, route maps, and what a neighbor says of import and export. */

import { z } from 'zod'
import { regexProblem } from '../../policy/regex.js'
import { asNumber, choice, flag, integer, list, name, prefix, text, words } from '../text/schema-parts.js'
import { readAddress, readCommunity } from '../text/values.js'

const prefixRuleSchema = z
  .union(
    [
      prefix(),
      z
        .strictObject({
          permit: prefix().optional(),
          deny: prefix().optional(),
          ge: integer(0, 128).optional().describe('Shortest length matched. Default: the prefix’s own'),
          le: integer(0, 128)
            .optional()
            .describe('Longest length matched. Default: the prefix’s own; with ge, up to a host route'),
        })
        .superRefine((rule, context) => {
          if ((rule.permit === undefined) === (rule.deny === undefined)) {
            context.addIssue({ code: 'custom', message: 'needs one of permit and deny' })
          }
        }),
    ],
    { error: 'must be a prefix (permitted exactly) or { permit: PREFIX, ge: N, le: N } or { deny: … }' },
  )
  .meta({ id: 'prefixRule' })

function regex() {
  return name('a regular expression such as "_64512$"').superRefine((value, context) => {
    const problem = regexProblem(value)
    if (problem !== undefined) {
      const message = `\`${value.slice(0, 60)}\` is no regular expression: ${problem}`
      context.addIssue({ code: 'custom', message })
    }
  })
}

const asPathRuleSchema = z
  .union([regex(), z.strictObject({ permit: regex() }), z.strictObject({ deny: regex() })], {
    error: 'must be a regular expression (permitted), { permit: REGEX } or { deny: REGEX }',
  })
  .meta({ id: 'asPathRule' })

const community = () => text(readCommunity, 'a community')

const communities = () =>
  z.union([community(), list(community(), 'communities')], {
    error: 'must be a community such as "64512:100", or a list of them',
  })

const communityRuleSchema = z
  .union(
    [
      community(),
      z.strictObject({ permit: communities() }),
      z.strictObject({ deny: communities() }),
      z.strictObject({ permitRegex: regex() }),
      z.strictObject({ denyRegex: regex() }),
    ],
    {
      error:
        'must be a community (permitted), { permit: COMMUNITIES } (all of them), { deny: … } or { permitRegex: REGEX }',
    },
  )
  .meta({ id: 'communityRule' })

const names = (what: string) =>
  z.union([name(`the name of ${what}`), list(name(`the name of ${what}`), 'names')], {
    error: `must be the name of ${what}, or a list of names, one of which must match`,
  })

const asPath = () =>
  z.union([regex(), list(asPathRuleSchema, 'AS path rules')], {
    error: 'must be a regular expression, or a list of AS path rules',
  })

const prefixes = () => list(prefixRuleSchema, 'prefix rules')

const U32 = 4_294_967_295
/** Names of ORIGIN in the document, by value (RFC 4271 §4.3). */
export const ORIGINS = ['igp', 'egp', 'incomplete'] as const

const matchSchema = z
  .strictObject(
    {
      prefix: prefixes().optional().describe('Prefix rules; the first that matches decides'),
      prefixList: names('a prefix list').optional().describe('Prefix lists, one of which permits the prefix'),
      prefixLength: z
        .union(
          [
            integer(0, 128),
            z.strictObject({ ge: integer(0, 128).optional(), le: integer(0, 128).optional() }),
          ],
          {
            error: 'must be a prefix length, or { ge: N, le: N }',
          },
        )
        .optional()
        .describe('Length of the prefix'),
      nextHop: prefixes().optional().describe('Prefix rules for the next hop, a host route'),
      nextHopList: names('a prefix list')
        .optional()
        .describe('Prefix lists, one of which permits the next hop'),
      asPath: asPath().optional().describe('Regular expression over the AS path, or AS path rules'),
      asPathList: names('an AS path list')
        .optional()
        .describe('AS path lists, one of which permits the path'),
      community: communities().optional().describe('Communities, all of which the route carries'),
      communityList: names('a community list').optional(),
      exactCommunities: flag().optional().describe('The route has no other communities. Default false'),
      neighborAs: z
        .union([asNumber(), list(asNumber(), 'AS numbers')], {
          error: 'must be an AS number, or a list of them',
        })
        .optional()
        .describe('First AS of the path'),
      origin: choice(ORIGINS).optional(),
      med: integer(0, U32).optional(),
      localPref: integer(0, U32).optional(),
    },
    { error: 'must be a mapping such as { prefixList: LAN }' },
  )
  .meta({ id: 'routeMatch' })

const NEXT_HOP = 'must be an address, self, unchanged'

const setSchema = z
  .strictObject(
    {
      localPref: integer(0, U32).optional(),
      med: z
        .union([integer(0, U32), z.string().regex(/^([+-]\d{1,10}|none)$/)], {
          error: `must be a whole number from 0 to ${U32}, "+10" or "-10" (a change), or none`,
        })
        .optional(),
      weight: integer(0, 65535).optional().describe('In place of the neighbor’s. On the way in only'),
      origin: choice(ORIGINS).optional(),
      prepend: z
        .union([asNumber(), list(asNumber(), 'AS numbers')], {
          error: 'must be an AS number, or a list of them',
        })
        .optional()
        .describe('AS numbers put in front of the path'),
      prependLast: integer(1, 10).optional().describe('The path’s first AS, so many times more'),
      nextHop: z
        .string({ error: NEXT_HOP })
        .superRefine((value, context) => {
          if (value === 'self' || value === 'unchanged') return
          const read = readAddress(value)
          if ('problem' in read)
            context.addIssue({ code: 'custom', message: read.problem, params: { hint: read.hint } })
        })
        .optional()
        .describe('An address; on the way out also self or unchanged'),
      communities: z
        .union([z.literal('none'), communities()], { error: 'must be communities, or none' })
        .optional()
        .describe('In place of all communities'),
      largeCommunities: z
        .union([z.literal('none'), communities()], { error: 'must be large communities, or none' })
        .optional()
        .describe('In place of all large communities'),
      addCommunities: communities().optional().describe('Communities of both kinds'),
      removeCommunities: z
        .union([name('the name of a community list, or a community'), list(community(), 'communities')], {
          error: 'must be the name of a community list, or a list of communities',
        })
        .optional()
        .describe('Communities that go'),
    },
    { error: 'must be a mapping such as { localPref: 200 }' },
  )
  .meta({ id: 'routeSet' })

const routeRuleSchema = z
  .strictObject(
    {
      seq: integer(1, 65535).optional().describe('Number of the entry. Default: 10 more than the one before'),
      action: choice(['permit', 'deny']).optional().describe('Default permit'),
      description: words(1).optional(),
      match: matchSchema.optional().describe('What must all hold. Default: every route'),
      set: setSchema.optional().describe('What is changed'),
      continue: z
        .union([z.literal(true), integer(1, 65535)], { error: 'must be true (the next entry) or a number' })
        .optional()
        .describe('After a match, go on with the entry of this number'),
    },
    { error: 'must be a mapping such as { match: { prefixList: LAN }, set: { localPref: 200 } }' },
  )
  .meta({ id: 'routeRule' })

/** The entries of a route map. */
const routeMapSchema = () => list(routeRuleSchema, 'entries')

/** The name of a route map, or its entries. */
export const routeMapUse = () =>
  z.union([name('the name of a route map'), routeMapSchema()], {
    error: 'must be the name of a route map, or a list of entries',
  })

/** What `import` and `export` say. */
export const policySchema = z
  .union(
    [
      z.string(),
      prefixes(),
      z.strictObject({
        prefix: prefixes().optional(),
        prefixList: name('the name of a prefix list').optional(),
        asPath: asPath().optional(),
        asPathList: name('the name of an AS path list').optional(),
        routeMap: routeMapUse().optional(),
      }),
    ],
    {
      error:
        'must be all, none, the name of a prefix list or route map, a list of prefix rules, or a mapping with prefixList, asPathList, routeMap',
    },
  )
  .meta({ id: 'policy' })

function named<T extends z.ZodType>(item: T, what: string) {
  return z.record(z.string(), list(item, what), { error: 'must be a mapping of names to lists' })
}

/** Named lists, at the top level of the document. */
export const listSections = {
  prefixLists: named(prefixRuleSchema, 'prefix rules')
    .optional()
    .describe('Named lists of prefix rules for `import` and `export`'),
  asPathLists: named(asPathRuleSchema, 'AS path rules')
    .optional()
    .describe('Named lists of regular expressions over the AS path'),
  communityLists: named(communityRuleSchema, 'community rules')
    .optional()
    .describe('Named lists of communities and large communities'),
  routeMaps: named(routeRuleSchema, 'entries')
    .optional()
    .describe('Named lists of match and set rules for `import` and `export`'),
}

export type PrefixRuleEntry = z.infer<typeof prefixRuleSchema>
export type AsPathRuleEntry = z.infer<typeof asPathRuleSchema>
export type CommunityRuleEntry = z.infer<typeof communityRuleSchema>
export type RouteRuleEntry = z.infer<typeof routeRuleSchema>
export type RouteMatchEntry = z.infer<typeof matchSchema>
export type RouteSetEntry = z.infer<typeof setSchema>
export type PolicyEntry = z.infer<typeof policySchema>
