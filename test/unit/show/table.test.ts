import t from 'tap'
import { ask } from './ask.js'
import { path, STATUS, vip } from './fixtures.js'

/** Parses rows as ntc-templates' cisco_ios_show_ip_bgp does: fixed columns after a header. */
function ntcRows(text: string): object[] {
  const rows: object[] = []
  const codes = '[bdhimrsSx*> ]'
  const status = `^\\s{0,1}(${codes.replace(' ', '')})(${codes})(${codes})\\s{0,2}`
  const rest =
    '(?=(?<nextHop>\\S{0,15})).{15}\\s(?=\\s{0,10}(?<metric>\\S{0,10})).{10}\\s(?=\\s{0,6}(?<localPref>\\S{0,6})).{6}\\s(?=\\s{0,6}(?<weight>\\S{0,6})).{6}\\s*(?<path>.*?)\\s*(?<origin>[ie?])$'
  const wrapped = new RegExp(`${status}(?=(?<network>\\S{0,18})).{17,18}$`)
  const continued = new RegExp(`^\\s{20,25}${rest}`)
  const same = new RegExp(`${status}\\s{16}\\s${rest}`)
  const full = new RegExp(`${status}(?=(?<network>\\S{0,18})).{16}\\s${rest}`)
  let network = ''
  let header = false
  for (const line of text.split('\n')) {
    if (!header) {
      header = /^\s+Network\s+Next Hop\s+Metric\s+LocPrf\s+Weight\s+Path/.test(line)
      continue
    }
    const alone = wrapped.exec(line)
    if (alone) {
      network = alone.groups!.network
      continue
    }
    const row = continued.exec(line) ?? same.exec(line) ?? full.exec(line)
    if (!row) continue
    network = row.groups!.network ?? network
    const { nextHop, metric, localPref, weight, path, origin } = row.groups!
    rows.push({ network, nextHop, metric, localPref, weight, path, origin })
  }
  return rows
}

const expected = [212, 210, 211].map((host) => ({
  network: '192.168.95.123/32',
  nextHop: `192.168.95.${host}`,
  metric: '0',
  localPref: '',
  weight: '0',
  path: '64512',
  origin: 'i',
}))

/** The story's route from nodes that send MED 0. */
const withMed = vip({ paths: [212, 210, 211].map((host) => path(host, { med: 0 })) })

t.test('the ruijie layout is one line a path, next hop at column 23', async (t) => {
  const text = await ask('ip bgp', { routes: [withMed] })
  t.equal(
    text,
    `BGP table version is 4, local router ID is 192.168.95.200
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, L Long-lived stale, m multipath
Origin codes: i - IGP, e - EGP, ? - incomplete

    Network            Next Hop            Metric LocPrf Weight Path
*m  192.168.95.123/32  192.168.95.212           0             0 64512 i
*>                     192.168.95.210           0             0 64512 i
*m                     192.168.95.211           0             0 64512 i

Total number of prefixes 1
`,
  )
})

t.test('the ios layout is read by the columns of ntc-templates', async (t) => {
  const text = await ask('ip bgp', { routes: [withMed] }, 'ios')
  t.match(
    text,
    ' *m  192.168.95.123/32\n                       192.168.95.212           0             0 64512 i\n',
  )
  t.match(text, '\n *>                   192.168.95.210           0             0 64512 i\n')
  t.same(ntcRows(text), expected)
})

t.test('short prefixes, long paths, iBGP, MED and no MED keep the columns', async (t) => {
  const routes = [
    vip({
      prefix: '10.0.0.0/8',
      paths: [
        path(210, {
          type: 'ibgp',
          localPref: 150,
          med: 4294967295,
          asPath: '',
          asPathLength: 0,
          multipath: false,
        }),
        path(211, { asPath: '64512 {64513,64514}', origin: 'incomplete', weight: 65535, multipath: false }),
      ],
    }),
    vip({ prefix: '0.0.0.0/0', paths: [path(210, { origin: 'EGP' })] }),
  ]
  const text = await ask('ip bgp', { routes }, 'ios')
  t.same(ntcRows(text), [
    {
      network: '10.0.0.0/8',
      nextHop: '192.168.95.210',
      metric: '4294967295',
      localPref: '150',
      weight: '0',
      path: '',
      origin: 'i',
    },
    {
      network: '10.0.0.0/8',
      nextHop: '192.168.95.211',
      metric: '',
      localPref: '',
      weight: '65535',
      path: '64512 {64513,64514}',
      origin: '?',
    },
    {
      network: '0.0.0.0/0',
      nextHop: '192.168.95.210',
      metric: '',
      localPref: '',
      weight: '0',
      path: '64512',
      origin: 'e',
    },
  ])
  t.match(text, / \*>i 10\.0\.0\.0\/8 {7}192/)
})

t.test(
  'a local preference that a policy set shows, of eBGP and own paths too; the default does not',
  async (t) => {
    const paths = [path(210, { localPref: 200 }), path(211, { localPref: 0 }), path(212)]
    const routes = [
      vip({ paths }),
      vip({ prefix: '10.0.0.0/8', paths: [path(1, { type: 'local', localPref: 300 })] }),
    ]
    const shown = ntcRows(await ask('ip bgp', { routes }, 'ios')).map(
      (row) => (row as { readonly localPref?: string }).localPref,
    )
    t.same(shown, ['200', '0', '', '300'])
    const table = JSON.parse(await ask('ip bgp json', { routes })).routes['192.168.95.123/32']
    const detail = JSON.parse(await ask('ip bgp 192.168.95.123 json', { routes })).paths
    for (const list of [table, detail]) {
      t.same(
        list.map(({ locPrf }: { readonly locPrf?: number }) => locPrf),
        [200, 0, undefined],
      )
    }
  },
)

t.test('status characters say stale, refused, invalid', async (t) => {
  const paths = [
    path(210),
    path(211, { stale: true }),
    path(212, { valid: false, multipath: false, reason: 'next hop unreachable' }),
  ]
  const rows = async (fib: 'installed' | 'refused') =>
    (await ask('ip bgp', { routes: [vip({ paths, fib: { state: fib } })] }))
      .split('\n')
      .slice(6, 9)
      .map((line) => line.slice(0, 3))
  t.same(await rows('installed'), ['*> ', 'Sm ', '   '])
  t.same(await rows('refused'), ['r> ', 'Sm ', '   '])
})

t.test('IPv6 next hops wider than their column stand alone on the line', async (t) => {
  const route = vip({
    prefix: '2001:db8:95::123/128',
    family: 'ipv6-unicast',
    paths: [path(210, { nextHop: '2001:db8:95::210', med: 5 })],
  })
  const text = await ask('bgp ipv6 unicast', { routes: [route] })
  t.match(text, '*>  2001:db8:95::123/128\n                       2001:db8:95::210\n')
  t.match(text, /\n {48}5 {13}0 64512 i\n/)
})

t.test('a table of several pages is printed whole, and counted', async (t) => {
  const routes = [1, 2, 3, 4, 5].map((n) => vip({ prefix: `10.0.0.${n}/32`, paths: [path(210)] }))
  const text = await ask('ip bgp', { routes })
  t.equal(text.split('\n').filter((line) => line.startsWith('*>')).length, 5)
  t.match(text, 'Total number of prefixes 5\n')
  const parsed = JSON.parse(await ask('ip bgp json', { routes }))
  t.same(Object.keys(parsed.routes).length, 5)
})

t.test('JSON has the keys of FRR', async (t) => {
  const parsed = JSON.parse(await ask('ip bgp json'))
  t.same(Object.keys(parsed), [
    'vrfId',
    'vrfName',
    'tableVersion',
    'routerId',
    'defaultLocPrf',
    'localAS',
    'routes',
  ])
  const paths = parsed.routes['192.168.95.123/32']
  t.equal(paths.length, 3)
  const best = paths.find((entry: { bestpath?: boolean }) => entry.bestpath)
  t.match(best, {
    valid: true,
    selectionReason: 'Router ID',
    pathFrom: 'external',
    prefix: '192.168.95.123',
    prefixLen: 32,
    network: '192.168.95.123/32',
    version: 4,
    weight: 0,
    peerId: '192.168.95.210',
    path: '64512',
    origin: 'IGP',
    nexthops: [{ ip: '192.168.95.210', afi: 'ipv4', used: true }],
  })
  t.equal(paths.filter((entry: { multipath?: boolean }) => entry.multipath).length, 2)
})

t.test('an empty table is a table', async (t) => {
  t.match(await ask('ip bgp', { routes: [] }), 'Total number of prefixes 0\n')
  t.same(JSON.parse(await ask('ip bgp json', { routes: [] })).routes, {})
  t.same(Object.keys(JSON.parse(await ask('bgp json', { routes: [] }))), ['ipv4Unicast', 'ipv6Unicast'])
})

t.test('the routes of a neighbor', async (t) => {
  const advertised = [vip({ paths: [path(210)] })]
  t.match(
    await ask('ip bgp neighbors 192.168.95.211 advertised-routes', { advertised }),
    '*>  192.168.95.123/32',
  )
  t.match(await ask('ip bgp neighbors 192.168.95.211 advertised-routes'), 'Total number of prefixes 0')
  t.match(await ask('ip bgp neighbors 192.168.95.211 routes'), 'Total number of prefixes 1')
  t.match(await ask('ip bgp neighbors 192.168.95.211 received-routes'), 'Total number of prefixes 1')
  const parsed = JSON.parse(
    await ask('ip bgp neighbors 192.168.95.211 advertised-routes json', { advertised }),
  )
  t.match(parsed, {
    bgpTableVersion: 4,
    bgpLocalRouterId: '192.168.95.200',
    advertisedRoutes: { '192.168.95.123/32': { nextHop: '192.168.95.210', bgpOriginCode: 'i' } },
    totalPrefixCounter: 1,
  })
  await t.rejects(ask('ip bgp neighbors 192.0.2.1 routes'), /No such neighbor: 192\.0\.2\.1 \(neighbors: /)
})

t.test('the head carries the family own table version', async (t) => {
  const tables = STATUS.tables.map((table) => ({
    ...table,
    version: table.family === 'ipv6-unicast' ? 9 : 4,
  }))
  t.match(await ask('bgp ipv6', { status: { ...STATUS, tables } }), /^BGP table version is 9, /)
})
