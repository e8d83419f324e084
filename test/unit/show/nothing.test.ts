/** Views that have nothing to show, or not all of it, say so and where to look. */
import t from 'tap'
import { ask } from './ask.js'
import { CONFIG, downNeighbor, familyCounts, neighbor, path, STATUS, vip } from './fixtures.js'

const six = neighbor({ address: '2001:db8::1', families: [familyCounts({ family: 'ipv6-unicast' })] })
const both = neighbor({ families: [familyCounts(), familyCounts({ family: 'ipv6-unicast' })] })
const route6 = vip({
  prefix: '2001:db8::5/128',
  family: 'ipv6-unicast',
  paths: [path(210, { nextHop: '2001:db8::210' })],
})
/** Tables as a speaker has them that learned `four` and `six` prefixes. */
const tables = (four: number, six: number) => ({
  ...STATUS,
  tables: STATUS.tables.map((one) => ({ ...one, prefixes: one.family === 'ipv6-unicast' ? six : four })),
})

t.test('without neighbors, how to add one', async (t) => {
  for (const line of [
    'ip bgp summary',
    'bgp summary',
    'bgp all summary',
    'bgp ipv6 summary',
    'ip bgp neighbors',
    'bgp neighbors',
  ]) {
    t.match(
      await ask(line, { neighbors: [] }),
      /^% No neighbors: none is configured: write `neighbors: .*` into \/etc\/ecmpd\/ecmpd\.yaml, then `ecmpd reload`$/m,
      line,
    )
  }
  t.match(await ask('bgp summary', { neighbors: [] }), /^BGP router identifier 192\.168\.95\.200/)
  const config = { ...CONFIG, source: { file: 'ruijie.conf', dialect: 'ios' } } as typeof CONFIG
  t.match(await ask('ip bgp summary', { neighbors: [], config }), '`neighbor ADDRESS remote-as AS` under')
  const template = { ...CONFIG.bgp.neighbors[0] }
  const range = { prefix: '192.0.2.0/24', remoteAs: [64512], template }
  const ranges = { ...CONFIG, bgp: { ...CONFIG.bgp, listenRanges: [range] } } as unknown as typeof CONFIG
  t.match(
    await ask('ip bgp neighbors', { neighbors: [], config: ranges }),
    '% No neighbors: nobody from 192.0.2.0/24 has connected yet\n',
  )
  t.same(JSON.parse(await ask('ip bgp neighbors json', { neighbors: [] })), {})
})

t.test('neighbors of the other family alone: where they are', async (t) => {
  const neighbors = [six]
  t.match(
    await ask('ip bgp summary', { neighbors }),
    '% No neighbors of IPv4 Unicast (IPv6 Unicast has 1 neighbor: `show bgp ipv6 summary`)\n',
  )
  t.equal(
    await ask('ip bgp neighbors', { neighbors }),
    '% No neighbors of IPv4 Unicast (IPv6 Unicast has 1 neighbor: `show bgp ipv6 neighbors`)\n',
  )
  t.match(await ask('bgp ipv6 summary', { neighbors: [downNeighbor()] }), '`show bgp ipv4 summary`')
  t.notMatch(await ask('bgp summary', { neighbors }), '% No')
})

t.test('an empty table points to the one that is not', async (t) => {
  const content = { routes: [route6], status: tables(0, 2) }
  const where = '% No routes of IPv4 Unicast (IPv6 Unicast has 2 prefixes: '
  t.match(await ask('ip bgp', content), `${where}\`show bgp ipv6\`)\n`)
  t.match(await ask('ip route', content), `${where}\`show ipv6 route\`)\n`)
  const four = { status: tables(1, 0) }
  t.match(await ask('ipv6 route', four), '(IPv4 Unicast has 1 prefix: `show ip route`)\n')
  t.notMatch(await ask('bgp all', content), '% No')
  t.notMatch(await ask('ip bgp', { routes: [], status: tables(0, 0) }), '% No')
  t.equal(await ask('events'), '% No events yet\n')
})

t.test('routes of a neighbor: every family that it has, none in silence', async (t) => {
  const routes = [vip(), route6]
  for (const table of ['routes', 'received-routes', 'advertised-routes']) {
    const content = { neighbors: [both], routes, advertised: [vip()] }
    const text = await ask(`bgp all neighbors 192.168.95.210 ${table}`, content)
    t.match(text, /^For address family: IPv4 Unicast$[\s\S]*^For address family: IPv6 Unicast$/m, table)
    if (table !== 'advertised-routes') t.match(text, '2001:db8::5/128')
    const json = JSON.parse(await ask(`bgp all neighbors 192.168.95.210 ${table} json`, content))
    t.same(Object.keys(json), ['ipv4Unicast', 'ipv6Unicast'])
  }
  const one = await ask('bgp all neighbors 192.168.95.210 routes', { neighbors: [neighbor()], routes })
  t.notMatch(one, 'For address family')
  t.match(
    await ask('ip bgp neighbors 2001:db8::1 routes', { neighbors: [six], routes: [route6] }),
    '% 2001:db8::1 has no IPv4 Unicast (it has IPv6 Unicast: `show bgp ipv6 neighbors 2001:db8::1 routes`)\n',
  )
})

t.test('show ip route marks what the kernel does not have, and what is stale', async (t) => {
  const one = async (change: Parameters<typeof vip>[0]) =>
    (await ask('ip route', { routes: [vip(change)] })).split('\n')
  const row = (code: string) => (line: string) => line.startsWith(`B ${code}   192.168.95.123/32 [20/0] via `)
  t.ok((await one({})).some(row(' ')))
  t.ok((await one({ fib: { state: 'refused', reason: 'no' } })).some(row('r')))
  t.ok((await one({ fib: { state: 'pending' } })).some(row('q')))
  t.match((await one({})).join('\n'), /^Codes: B - BGP, r - rejected by the kernel .*, q - queued$/m)
  const status = { ...STATUS, fib: { ...STATUS.fib, enabled: false } }
  t.match(await ask('ip route', { status }), /^FIB is off: none of these is in the kernel/m)
  const stale = vip({ paths: [path(212), path(210, { stale: true }), path(211)] })
  const lines = (await ask('ip route', { routes: [stale] }))
    .split('\n')
    .filter((line) => line.includes('via'))
  t.same(
    lines.map((line) => line.endsWith(', eth0 (stale)')),
    [true, false, false],
  )
  t.match(await ask('ip route 192.168.95.123', { routes: [stale] }), /Stale: kept while its neighbor is away/)
  const json = JSON.parse(await ask('ip route json', { routes: [{ ...stale, fib: { state: 'refused' } }] }))
  t.match(json['192.168.95.123/32'][0], { failed: true, nexthops: [{ stale: true }, {}, {}] })
})

t.test('a path that cannot be used is one of those that are there', async (t) => {
  const paths = [path(210, { valid: false, best: false, multipath: false, reason: 'unreachable' })]
  const text = await ask('ip bgp 192.168.95.123', { routes: [vip({ paths, nextHops: [] })] })
  t.match(text, 'Paths: (1 available, no best path, table default, 1 not usable)\n')
})

t.test('advertised routes are shown as FRR does: before the session prepends the own AS', async (t) => {
  const shown = async (sent: string, change: Parameters<typeof neighbor>[0] = {}) => {
    const advertised = [vip({ paths: [path(210, { asPath: sent })] })]
    const content = { advertised, neighbors: [neighbor(change)] }
    const text = await ask('ip bgp neighbors 192.168.95.210 advertised-routes', content)
    const json = JSON.parse(await ask('ip bgp neighbors 192.168.95.210 advertised-routes json', content))
    const { path: inJson } = json.advertisedRoutes['192.168.95.123/32']
    t.match(text, ` 0 ${inJson === '' ? '' : `${inJson} `}i\n`)
    return inJson
  }
  t.equal(await shown('64513 64512'), '64512')
  t.equal(await shown('64513'), '')
  t.equal(await shown('64513 64513 64512'), '64513 64512', 'one that policy put there is shown')
  t.equal(await shown('65000 64513 64512', { localAs: 65000 }), '64512', 'local-as')
  t.equal(await shown('65000 64512', { localAs: 65000 }), '64512', 'local-as … replace-as')
  t.equal(await shown('64512 64496'), '64512 64496', 'unchanged as-path')
  t.equal(await shown('64513 64512', { type: 'ibgp', remoteAs: 64513 }), '64513 64512')
})
