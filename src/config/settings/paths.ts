/**
 * Settings of what becomes of paths in an address family: loops, private AS numbers, communities, what stays as it
 * was received. They may stand at one family or at all; the family's word counts first.
 */

import { z } from 'zod'
import { choice, flag, integer, list } from '../text/schema-parts.js'
import { type Found, ofFamily, type Place } from './setting.js'

const KINDS = ['standard', 'extended', 'large'] as const

const flagJson = { type: 'boolean' }

/** What changes nothing towards iBGP says so. */
function warnIfInternal(found: Found<unknown>, key: string, { internal, warn }: Place): void {
  if (internal) warn(found.path, `\`${key}\` has no effect on an iBGP neighbor`)
}

/** In the order in which they are written. */
export const PATH_SETTINGS = {
  sendCommunity: ofFamily({
    option: 'sendCommunity',
    schema: z
      .union([flag(), list(choice(KINDS), KINDS.join(', '))], {
        error: `must be true, false or a list of ${KINDS.join(', ')}`,
      })
      .optional()
      .describe('Kinds of communities sent. Default true: all'),
    resolve(found) {
      if (found === undefined || found.value === true) return undefined
      const sent = found.value === false ? [] : found.value
      const [standard, extended, large] = KINDS.map((kind) => sent.includes(kind))
      return standard && extended && large ? undefined : { standard, extended, large }
    },
    describe({ sendCommunity: kinds }) {
      if (kinds === undefined) return undefined
      const sent = KINDS.filter((kind) => kinds[kind])
      return sent.length === 0 ? false : sent
    },
    lines({ sendCommunity: sent }) {
      if (sent === undefined) return []
      const kept = KINDS.filter((kind) => !sent[kind])
      return kept.length === 3 ? ['no send-community all'] : kept.map((kind) => `no send-community ${kind}`)
    },
    shown: {
      json: {
        type: 'object',
        required: [...KINDS],
        properties: { standard: flagJson, extended: flagJson, large: flagJson },
      },
      lines: (kinds) => [`  Community attribute sent to this neighbor(${kindsText(kinds)})`],
      frr: (kinds) => ({ commAttriSentToNbr: kindsText(kinds) }),
    },
  }),
  allowAsIn: ofFamily({
    option: 'allowAsIn',
    schema: z
      .union([integer(1, 10), z.literal('origin'), z.literal(false)], {
        error: 'must be a whole number from 1 to 10, origin or false',
      })
      .optional()
      .describe(
        'How often the own AS may stand in a path; origin: in any path that begins there. Default false: never',
      ),
    resolve: (found) => found?.value || undefined,
    describe: ({ allowAsIn }) => allowAsIn,
    words: [
      {
        syntax: 'allowas-in [{<count:1-10>|origin}]',
        help: 'take paths that hold the own AS: so many times, without a number 3; origin: when they begin there',
        value: (args) => (args.has('origin') ? 'origin' : args.has('count') ? args.number('count') : 3),
        no: { over: false },
      },
    ],
    lines: ({ allowAsIn }) => (allowAsIn === undefined ? [] : [`allowas-in ${allowAsIn}`]),
    shown: {
      json: { description: 'a number of times, or origin' },
      lines: (allowed) => [
        allowed === 'origin'
          ? '  Local AS allowed as path origin'
          : `  Local AS allowed in path, ${allowed} occurrences`,
      ],
      frr: (allowed) => (allowed === 'origin' ? { allowAsInOrigin: true } : { allowAsInCount: allowed }),
    },
  }),
  removePrivateAs: ofFamily({
    option: 'removePrivateAs',
    schema: z
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
    resolve(found, at) {
      if (found === undefined || found.value === false) return undefined
      warnIfInternal(found, 'removePrivateAs', at)
      const { all = false, replace = false } = found.value === true ? {} : found.value
      return { all, replace }
    },
    describe: ({ removePrivateAs: removal }) => removal && { ...removal },
    words: [
      {
        syntax: '{remove-private-as|remove-private-AS} [all] [replace-as]',
        help: 'take private AS numbers out of paths that have no others, or out of all; replace-as: put the own AS there',
        value: (args) => ({ all: args.has('all'), replace: args.has('replace-as') }),
        no: { over: false },
      },
    ],
    lines: ({ removePrivateAs: removal }) =>
      removal === undefined
        ? []
        : [`remove-private-AS${removal.all ? ' all' : ''}${removal.replace ? ' replace-as' : ''}`],
    shown: {
      json: {
        type: 'object',
        required: ['all', 'replace'],
        properties: { all: flagJson, replace: flagJson },
      },
      lines: ({ all, replace }) => [
        `  Private AS numbers ${all ? '(all) ' : ''}${replace ? 'replaced' : 'removed'} in updates to this neighbor`,
      ],
      frr: ({ all, replace }) => ({
        [`privateAsNums${all ? 'All' : ''}${replace ? 'Replaced' : 'Removed'}InUpdatesToNbr`]: true,
      }),
    },
  }),
  asOverride: ofFamily({
    option: 'asOverride',
    schema: flag()
      .optional()
      .describe('Replace the eBGP neighbor’s AS in paths by the own one. Default false'),
    resolve(found, at) {
      if (found?.value !== true) return undefined
      warnIfInternal(found, 'asOverride', at)
      return true
    },
    describe: ({ asOverride }) => asOverride,
    words: [
      {
        syntax: 'as-override',
        help: 'put the own AS in the place of the neighbor’s in paths',
        value: () => true,
        no: { over: false },
      },
    ],
    lines: ({ asOverride }) => (asOverride === undefined ? [] : ['as-override']),
    shown: {
      json: flagJson,
      lines: () => ['  Override ASNs in outbound updates if aspath equals remote-as'],
      frr: () => ({ overrideASNsInOutboundUpdates: 'ifAspathEqualRemoteAs' }),
    },
  }),
  senderLoopDetection: ofFamily({
    option: 'senderLoopDetection',
    schema: flag()
      .optional()
      .describe('Keep paths that hold the eBGP neighbor’s AS from it, which would drop them. Default true'),
    resolve: (found) => (found?.value === false ? false : undefined),
    describe: ({ senderLoopDetection }) => senderLoopDetection,
    words: [
      {
        syntax: 'sender-as-path-loop-detection',
        help: 'keep paths that hold its AS from the neighbor; on in ecmpd',
        value: () => true,
        no: { value: false },
        ofNeighbor: true,
      },
    ],
    lines: ({ senderLoopDetection }) =>
      senderLoopDetection === undefined ? [] : ['no sender-as-path-loop-detection'],
    shown: {
      json: flagJson,
      lines: (on) => (on === false ? ['  Paths that hold its AS are sent to this neighbor'] : []),
    },
  }),
  unchanged: ofFamily({
    option: 'unchanged',
    schema: list(choice(['as-path', 'med']), 'as-path, med')
      .optional()
      .describe('What an eBGP neighbor gets as it was received: [as-path, med] makes a route server'),
    resolve(found, at) {
      if (found === undefined || found.value.length === 0) return undefined
      warnIfInternal(found, 'unchanged', at)
      return { asPath: found.value.includes('as-path'), med: found.value.includes('med') }
    },
    describe: ({ unchanged }) =>
      unchanged && [
        ...(unchanged.asPath ? (['as-path'] as const) : []),
        ...(unchanged.med ? (['med'] as const) : []),
      ],
    lines: ({ unchanged }) =>
      unchanged === undefined
        ? []
        : [`attribute-unchanged${unchanged.asPath ? ' as-path' : ''}${unchanged.med ? ' med' : ''}`],
    shown: {
      json: {
        type: 'object',
        required: ['asPath', 'med'],
        properties: { asPath: flagJson, med: flagJson },
      },
      lines: ({ asPath, med }) => [
        ...(asPath ? ['  AS_PATH is propagated unchanged to this neighbor'] : []),
        ...(med ? ['  MED is propagated unchanged to this neighbor'] : []),
      ],
      frr: ({ asPath, med }) => ({
        ...(asPath ? { unchangedAsPathPropogatedToNbr: true } : {}),
        ...(med ? { unchangedMedPropogatedToNbr: true } : {}),
      }),
    },
  }),
}

type Kinds = Readonly<Record<(typeof KINDS)[number], boolean>>

/** 'all', 'extended', 'standard', 'both', 'large', 'none', or kinds joined by ' and ', in FRR's words. */
function kindsText({ standard, extended, large }: Kinds): string {
  if (standard && extended && !large) return 'both'
  const sent = [
    ...(standard ? ['standard'] : []),
    ...(extended ? ['extended'] : []),
    ...(large ? ['large'] : []),
  ]
  return sent.length === 0 ? 'none' : sent.join(' and ')
}
