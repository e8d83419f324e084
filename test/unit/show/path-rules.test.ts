import t from 'tap'
import { render } from '../../../src/show/render.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'
import type { NeighborFamilyView } from '../../../src/views/model/neighbor-family.js'
import type { RouteQuery } from '../../../src/views/model/route.js'
import { parseShow } from '../command/parse.js'
import { ask } from './ask.js'
import { familyCounts, neighbor, source } from './fixtures.js'

type Rules = NonNullable<NeighborFamilyView['rules']>

const view = (rules: Rules, more: Partial<NeighborView> = {}) =>
  neighbor({ ...more, families: [{ ...familyCounts(), rules }] })
const show = (command: string, ...args: Parameters<typeof view>) =>
  ask(command, { neighbors: [view(...args)] })
const text = (...args: Parameters<typeof view>) => show('ip bgp neighbors 192.168.95.210', ...args)
const json = async (...args: Parameters<typeof view>) => {
  const all = JSON.parse(await show('ip bgp neighbors 192.168.95.210 json', ...args))
  return all['192.168.95.210'] as { addressFamilyInfo: { ipv4Unicast: object } }
}

t.test('what is configured of paths and communities, in FRR’s sentences', async (t) => {
  for (const [rules, line, key] of [
    [{ allowAsIn: 2 }, '  Local AS allowed in path, 2 occurrences', { allowAsInCount: 2 }],
    [{ allowAsIn: 'origin' }, '  Local AS allowed as path origin', { allowAsInOrigin: true }],
    [
      { removePrivateAs: { all: false, replace: false } },
      '  Private AS numbers removed in updates to this neighbor',
      { privateAsNumsRemovedInUpdatesToNbr: true },
    ],
    [
      { removePrivateAs: { all: true, replace: true } },
      '  Private AS numbers (all) replaced in updates to this neighbor',
      { privateAsNumsAllReplacedInUpdatesToNbr: true },
    ],
    [
      { asOverride: true },
      '  Override ASNs in outbound updates if aspath equals remote-as',
      { overrideASNsInOutboundUpdates: 'ifAspathEqualRemoteAs' },
    ],
    [{ senderLoopDetection: false }, '  Paths that hold its AS are sent to this neighbor', {}],
    [
      { unchanged: { asPath: true, med: true } },
      '  AS_PATH is propagated unchanged to this neighbor\n  MED is propagated unchanged to this neighbor',
      { unchangedAsPathPropogatedToNbr: true, unchangedMedPropogatedToNbr: true },
    ],
    [
      { sendCommunity: { standard: true, extended: true, large: false } },
      '  Community attribute sent to this neighbor(both)',
      { commAttriSentToNbr: 'both' },
    ],
    [
      { sendCommunity: { standard: false, extended: false, large: false } },
      '  Community attribute sent to this neighbor(none)',
      { commAttriSentToNbr: 'none' },
    ],
    [
      { policyMissing: { import: true, export: true } },
      '  Inbound updates discarded due to missing policy\n  Outbound updates discarded due to missing policy',
      { inboundEbgpRequiresPolicy: 'Inbound updates discarded due to missing policy' },
    ],
  ] as const) {
    t.ok((await text(rules)).includes(`${line}\n`), line)
    t.match((await json(rules)).addressFamilyInfo.ipv4Unicast, key)
  }
  t.notMatch(await text({}), /Community attribute|Private AS|missing policy/)
})

t.test('another own AS, and the pace', async (t) => {
  const style = { prepend: true, showReal: true, dual: false }
  t.match(await text({}, { localAs: 64999 }), / {2}Local AS 64999 no-prepend replace-as\n/)
  t.match(await text({}, { localAs: 64999, localAsStyle: style }), / {2}Local AS 64999\n/)
  t.match(
    await text({}, { localAs: 64999, localAsStyle: { ...style, prepend: false, dual: true } }),
    /no-prepend dual-as\n/,
  )
  t.match(
    await text({}, { advertisementInterval: 30 }),
    /Minimum time between advertisement runs is 30 seconds/,
  )
  t.match(await json({}, { advertisementInterval: 30, localAsStyle: { ...style, prepend: false } }), {
    minBtwnAdvertisementRunsTimerMsecs: 30_000,
    localAsNoPrepend: true,
  })
})

t.test('a missing import policy stands where the number of prefixes would', async (t) => {
  const row = async (rules: Rules) =>
    (await show('ip bgp summary', rules)).split('\n').find((line) => line.startsWith('192.168.95.210'))
  t.match(await row({ policyMissing: { import: true, export: true } }), / \(Policy\)$/)
  t.match(await row({ policyMissing: { import: false, export: true } }), / 1$/)
})

t.test('received-routes asks for routes as they came, routes for those that were accepted', async (t) => {
  const asked: (string | undefined)[] = []
  const shown = source({ neighbors: [neighbor()] })
  const watched = {
    ...shown,
    routes: (query: RouteQuery) => {
      asked.push(query.stage)
      return shown.routes(query)
    },
  }
  for (const table of ['received-routes', 'routes']) {
    const parsed = parseShow(`ip bgp neighbors 192.168.95.210 ${table}`.split(' '))
    if ('error' in parsed) throw new Error(parsed.error)
    for await (const _ of render(parsed.show, watched, { json: false, dialect: 'ruijie' })) _.length
  }
  t.same(asked, ['received', 'accepted'])
})
