/** Own routes as a person writes them. */

import { z } from 'zod'
import { choice, flag, integer, list, prefix } from '../text/schema-parts.js'
import { routeMapUse } from './schema-policy.js'

const networkSchema = z
  .union(
    [
      prefix(),
      z.strictObject({
        prefix: prefix(),
        routeMap: routeMapUse().optional().describe('What becomes of the route'),
        ifInTable: flag()
          .optional()
          .describe('Only while the machine has a route for exactly this prefix, BGP’s apart. Default false'),
      }),
    ],
    { error: 'must be a prefix, or a mapping such as { prefix: 10.0.0.0/8, ifInTable: true }' },
  )
  .meta({ id: 'network' })

const source = () => choice(['connected', 'static', 'kernel'])

const redistributeSchema = z
  .union(
    [
      source(),
      z.strictObject({
        from: source().describe('kernel: what is neither connected nor `proto static` nor BGP’s'),
        families: list(choice(['ipv4-unicast', 'ipv6-unicast']), 'ipv4-unicast, ipv6-unicast')
          .optional()
          .describe('Default: both'),
        routeMap: routeMapUse().optional().describe('Which routes, and what becomes of them'),
        metric: integer(0, 4_294_967_295)
          .optional()
          .describe('MED. Default: the route’s own metric; connected: 0'),
        defaultRoute: flag().optional().describe('The default route, too. Default false'),
      }),
    ],
    { error: 'must be connected, static or kernel, or a mapping such as { from: static, metric: 10 }' },
  )
  .meta({ id: 'redistribute' })

const aggregateSchema = z
  .union(
    [
      prefix(),
      z.strictObject({
        prefix: prefix(),
        summaryOnly: flag().optional().describe('More specific routes are not announced. Default false'),
      }),
    ],
    { error: 'must be a prefix, or a mapping such as { prefix: 10.0.0.0/8, summaryOnly: true }' },
  )
  .meta({ id: 'aggregate' })

/** `announce`: a list of prefixes is a short form of `networks`. */
export const announceSchema = z
  .union(
    [
      list(networkSchema, 'prefixes'),
      z.strictObject({
        networks: list(networkSchema, 'prefixes')
          .optional()
          .describe('Prefixes announced as they stand here'),
        redistribute: list(redistributeSchema, 'connected, static, kernel')
          .optional()
          .describe('Routes of this machine, announced as they come and go'),
        aggregates: list(aggregateSchema, 'prefixes')
          .optional()
          .describe('Prefixes announced while the table has a more specific route'),
      }),
    ],
    { error: 'must be a list of prefixes, or a mapping with networks, redistribute, aggregates' },
  )
  .meta({ id: 'announce' })

/** `defaultOriginate` of a neighbor. */
export const defaultOriginateSchema = z.union(
  [
    flag(),
    z.strictObject({
      routeMap: routeMapUse().describe(
        'The first entry whose conditions a route of the table meets decides; its `set` is applied',
      ),
    }),
  ],
  { error: 'must be true, false or { routeMap: NAME }' },
)

export type NetworkEntry = z.infer<typeof networkSchema>
export type RedistributeEntry = z.infer<typeof redistributeSchema>
export type AggregateEntry = z.infer<typeof aggregateSchema>
