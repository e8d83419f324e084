import t from 'tap'
import { interfacesInUse, parseLinks, parseTable, reaches, readNetwork } from '../../../src/host/network.js'

const ADDRESSES = JSON.stringify([
  {
    ifindex: 1,
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
    mtu: 65536,
    addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }],
  },
  {
    ifindex: 2,
    ifname: 'eth0',
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    mtu: 1500,
    addr_info: [
      { family: 'inet', local: '192.168.95.200', prefixlen: 24 },
      { family: 'inet6', local: 'fe80::200', prefixlen: 64 },
    ],
  },
  {
    ifindex: 3,
    ifname: 'eth1',
    flags: ['BROADCAST', 'UP', 'NO-CARRIER'],
    mtu: 9000,
    addr_info: [
      { family: 'inet', local: '192.168.95.201', prefixlen: 28 },
      { family: 'inet', local: '10.9.0.1', prefixlen: 24 },
      { family: 'inet6', local: 'fe80::201', prefixlen: 64 },
    ],
  },
  {
    ifindex: 4,
    ifname: 'ppp0',
    flags: ['POINTOPOINT', 'UP', 'LOWER_UP'],
    mtu: 1400,
    addr_info: [{ family: 'inet', local: '10.8.0.1', address: '10.8.0.2', prefixlen: 32 }],
  },
])
const TABLE = JSON.stringify([
  { dst: '192.168.95.210', dev: 'eth0', lladdr: '02:00:00:00:00:01', state: ['REACHABLE'] },
  { dst: '192.168.95.211', dev: 'eth0', state: ['FAILED'] },
  { dst: 'fe80::1', dev: 'eth1', lladdr: '02:00:00:00:00:02', router: null, state: ['STALE'] },
  { dst: '10.0.0.1', dev: 'eth0', state: ['SOMETHING'] },
])
const links = parseLinks(ADDRESSES)
const table = parseTable(TABLE)

t.test('interfaces and neighbor table as `ip` prints them', async (t) => {
  t.match(links[2], { index: 3, name: 'eth1', adminUp: true, up: false, mtu: 9000 })
  t.same(links[3].addresses, [{ address: '10.8.0.1', length: 32, peer: '10.8.0.2' }])
  t.equal(table.length, 3, 'a state that nobody knows is passed over')
  t.same(parseLinks(''), [])
  t.same(parseTable('{}'), [])
  t.throws(() => parseLinks('nonsense'), SyntaxError)
})

t.test('how an address is reached', async (t) => {
  const of = (address: string) => reaches([address], links, table)[0]
  t.same(of('192.168.95.210'), {
    address: '192.168.95.210',
    own: false,
    connected: true,
    subnet: '192.168.95.0/24',
    interface: 'eth0',
    table: 'REACHABLE',
    lladdr: '02:00:00:00:00:01',
  })
  t.match(of('192.168.95.211'), { connected: true, table: 'FAILED' }, 'a host that is off')
  t.match(of('192.168.95.205'), { interface: 'eth0', table: 'NONE' }, 'up comes before longer')
  t.match(of('10.9.0.7'), { connected: true, interface: 'eth1' }, 'a link that is down counts too')
  t.same(of('203.0.113.9'), { address: '203.0.113.9', own: false, connected: false, table: 'NONE' })
  t.match(of('192.168.95.200'), { own: true })
  t.match(of('10.8.0.2'), { connected: true, subnet: '10.8.0.2/32', interface: 'ppp0' })
  t.match(of('fe80::1%eth1'), { connected: true, interface: 'eth1', table: 'STALE' })
  t.match(of('fe80::1%eth0'), { connected: true, interface: 'eth0', table: 'NONE' })
  t.match(of('FE80:0::1%eth1'), { table: 'STALE' }, 'whatever its spelling')
  t.match(of('2001:db8::1'), { connected: false })
  t.match(of('nonsense'), { connected: false, own: false })
})

t.test('the interfaces in use', async (t) => {
  t.same(interfacesInUse({ links, neighbors: reaches(['192.168.95.210', '192.168.95.211'], links, table) }), [
    'eth0',
  ])
  t.same(interfacesInUse({ links, neighbors: reaches(['203.0.113.9'], links, table) }), ['eth0', 'ppp0'])
  t.same(
    interfacesInUse({ links, neighbors: reaches(['127.0.0.1'], links, table) }),
    ['eth0', 'ppp0'],
    'not the own one',
  )
})

t.test('two commands; one that fails says why', async (t) => {
  const asked: string[] = []
  const run = async (argv: readonly string[]) => {
    asked.push(argv.join(' '))
    return argv.includes('address') ? ADDRESSES : TABLE
  }
  const found = await readNetwork(run, ['ip', '-n', 'lab'], ['10.9.0.7'], '2026-01-01T00:00:00.000Z')
  t.same(asked, ['ip -n lab -j address show', 'ip -n lab -j neighbor show'])
  t.match(found, { known: true, at: '2026-01-01T00:00:00.000Z', neighbors: [{ address: '10.9.0.7' }] })
  const failing = (why: string) => readNetwork(() => Promise.reject(new Error(why)), ['ip'], [], '')
  t.same(await failing('no such program: ip'), {
    known: false,
    why: 'no such program: ip; install iproute2',
  })
  t.same(await failing('ip: exit 2'), { known: false, why: 'ip: exit 2' })
  t.match(await readNetwork(async () => 'nonsense', ['ip'], [], ''), { known: false, why: /JSON/ })
})
