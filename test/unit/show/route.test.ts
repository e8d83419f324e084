import t from 'tap'
import { ask } from './ask.js'
import { path, vip } from './fixtures.js'

t.test('three routing descriptor blocks, in the form of IOS', async (t) => {
  const text = await ask('ip route 192.168.95.123')
  t.equal(
    text,
    `Routing entry for 192.168.95.123/32
  Known via "bgp 64513", distance 20, metric 0
  Tag 64512, type external
  Last update from 192.168.95.210 on eth0, 02:30:11 ago
  Routing Descriptor Blocks:
  * 192.168.95.210, from 192.168.95.210, 02:30:11 ago, via eth0
      Route metric is 0, traffic share count is 1
      AS Hops 1
      Route tag 64512
    192.168.95.211, from 192.168.95.211, 02:30:11 ago, via eth0
      Route metric is 0, traffic share count is 1
      AS Hops 1
      Route tag 64512
    192.168.95.212, from 192.168.95.212, 02:30:11 ago, via eth0
      Route metric is 0, traffic share count is 1
      AS Hops 1
      Route tag 64512
`,
  )
})

t.test('the blocks match the expressions of Genie', async (t) => {
  const text = await ask('ip route 192.168.95.123')
  t.match(text, /^ *Known +via +"[\w\s]+", +distance +\d+, +metric +\d+/m)
  t.match(text, /^ *Tag +\d+, +type +external$/m)
  t.match(text, /^ *Last +update +from +[\d.]+ +on +\S+, +[\w:]+ +ago$/m)
  const block = /^[* ]+ *[\d.]+, +from +[\d.]+, +[\w:]+ +ago, +via +\S+$/gm
  t.equal(text.match(block)?.length, 3)
  t.equal(text.match(/^ *Route +metric +is +\d+, +traffic +share +count +is +\d+$/gm)?.length, 3)
})

t.test('what the kernel says is said', async (t) => {
  const refused = vip({
    fib: { state: 'refused', reason: 'foreign route with metric 195' },
    gateways: undefined,
  })
  t.match(
    await ask('ip route 192.168.95.123', { routes: [refused] }),
    'FIB refused this route: foreign route with',
  )
  const off = vip({ fib: { state: 'off' } })
  t.match(await ask('ip route 192.168.95.123', { routes: [off] }), 'FIB is off: not installed')
  const pending = vip({ fib: { state: 'pending' } })
  t.match(await ask('ip route 192.168.95.123', { routes: [pending] }), 'FIB: waiting to be installed')
})

t.test('a route without a usable path or without an entry is not in the table', async (t) => {
  const unusable = vip({
    paths: [path(210, { valid: false, best: false, multipath: false })],
    nextHops: [],
    gateways: undefined,
  })
  t.match(await ask('ip route 192.168.95.123', { routes: [unusable] }), /^% Network not in table: 192/)
  await t.rejects(ask('ip route 10.9.9.9'), /^% Network not in table: 10\.9\.9\.9\n$/)
  await t.rejects(ask('ip bgp 10.9.9.0/24'), /^% Network not in table: 10\.9\.9\.0\/24\n$/)
})

t.test('show ip route lists every next hop in the columns of ntc-templates', async (t) => {
  const text = await ask('ip route')
  t.match(text, /^Gateway/m)
  const first =
    /^(?<protocol>\w)(\s|\*)(\w{0,2})\s+(?<network>[\d.]+)\/(?<mask>\d+)\s\[20\/0\]\svia\s(?<nextHop>[\d.]+)(,\s(\d[\w:.]+))?(,\s(?<name>[A-Za-z][\w\-.:/]+))?/m
  t.match(first.exec(text)?.groups, { protocol: 'B', network: '192.168.95.123', mask: '32', name: 'eth0' })
  t.equal(text.match(/^\s+\[20\/0\] via [\d.]+, 02:30:11, eth0$/gm)?.length, 2)
})

t.test('JSON has the keys of FRR', async (t) => {
  const parsed = JSON.parse(await ask('ip route 192.168.95.123 json'))
  const [entry] = parsed['192.168.95.123/32']
  t.match(Object.keys(entry), [
    'prefix',
    'prefixLen',
    'protocol',
    'vrfId',
    'vrfName',
    'selected',
    'destSelected',
    'distance',
    'metric',
    'installed',
  ])
  t.match(entry, { protocol: 'bgp', distance: 20, installed: true, internalNextHopNum: 3 })
  t.match(entry.nexthops[0], {
    fib: true,
    ip: '192.168.95.210',
    afi: 'ipv4',
    interfaceName: 'eth0',
    active: true,
  })
  const off = JSON.parse(await ask('ip route json', { routes: [vip({ fib: { state: 'off' } })] }))
  const [other] = off['192.168.95.123/32']
  t.equal(other.installed, undefined)
  t.equal(other.fibState, 'off')
  t.same(JSON.parse(await ask('ip route json', { routes: [] })), {})
})

t.test('show ip bgp PREFIX tells everything and why', async (t) => {
  const route = vip({
    paths: [
      path(210, {
        med: 5,
        communities: ['64512:100'],
        largeCommunities: ['64512:1:2'],
        extendedCommunities: ['rt 1:2'],
        aggregator: '64512 192.0.2.1',
        atomicAggregate: true,
      }),
      path(211, { multipath: false, decidedBy: 'AS path length', asPath: '64512 64512', asPathLength: 2 }),
      path(212, { valid: false, multipath: false, reason: 'next hop 192.168.95.212 is unreachable' }),
    ],
  })
  const text = await ask('ip bgp 192.168.95.123/32', { routes: [route] })
  t.match(text, /^BGP routing table entry for 192\.168\.95\.123\/32, version 4$/m)
  t.match(text, /^Paths: \(3 available, best #1, table default, 1 not usable\)$/m)
  t.match(text, /^ {4}192\.168\.95\.210 from 192\.168\.95\.210 \(192\.168\.95\.210\), k8s-master-0$/m)
  t.match(text, /Origin IGP, metric 5, localpref 100, valid, external, atomic-aggregate, multipath, best$/m)
  t.match(text, /^ {6}Community: 64512:100$/m)
  t.match(text, /^ {6}Large Community: 64512:1:2$/m)
  t.match(text, /^ {6}Extended Community: rt 1:2$/m)
  t.match(text, /^ {6}Best: Router ID$/m)
  t.match(text, /^ {6}Not best: AS path length$/m)
  t.match(text, /^ {6}Not used: next hop 192\.168\.95\.212 is unreachable$/m)
  t.match(text, /^ {6}Last update: Sun Nov 22 09:29:49 2026$/m)
  t.equal(await ask('ip bgp 192.168.95.123 255.255.255.255', { routes: [route] }), text)
})

t.test('show ip bgp PREFIX json has the keys of FRR', async (t) => {
  const route = vip({ paths: [path(210, { asPath: '64512 65001 {65002,65003}', asPathLength: 3 })] })
  const parsed = JSON.parse(await ask('ip bgp 192.168.95.123/32 json', { routes: [route] }))
  t.match(parsed, { prefix: '192.168.95.123/32', version: 4 })
  const [entry] = parsed.paths
  t.same(entry.aspath, {
    string: '64512 65001 {65002,65003}',
    segments: [
      { type: 'as-sequence', list: [64512, 65001] },
      { type: 'as-set', list: [65002, 65003] },
    ],
    length: 3,
  })
  t.match(entry, {
    origin: 'IGP',
    valid: true,
    version: 4,
    multipath: true,
    bestpath: { overall: true, selectionReason: 'Router ID' },
    lastUpdate: { epoch: 1795339789, string: 'Sun Nov 22 09:29:49 2026\n' },
    nexthops: [{ ip: '192.168.95.210', afi: 'ipv4', metric: 0, accessible: true, used: true }],
    peer: { peerId: '192.168.95.210', routerId: '192.168.95.210', type: 'external' },
  })
})
