import t, { type Test } from 'tap'
import { type HostScope, HostWatch } from '../../../src/host/watch.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import type { NeighborView } from '../../../src/views/model/neighbor.js'
import { netstat, proc } from './proc.js'

const ETH0 = [
  {
    ifindex: 2,
    ifname: 'eth0',
    flags: ['UP', 'LOWER_UP'],
    mtu: 1500,
    addr_info: [{ local: '192.168.95.200', prefixlen: 24 }],
  },
]
const FILES = {
  'sys/net/ipv4/ip_forward': '1',
  'sys/net/ipv4/fib_multipath_hash_policy': '1',
  'sys/net/ipv4/conf/all/send_redirects': '0',
  'sys/net/ipv4/conf/eth0/send_redirects': '0',
  'net/netstat': netstat({}),
}
const NODE = { address: '192.168.95.210', state: 'Active', adminDown: false, dynamic: false }

function watch(t: Test, more: Partial<HostScope> = {}) {
  const clock = new ManualClock()
  const files = proc(t, FILES)
  const lines: string[] = []
  const commands: string[] = []
  const loads: (number | string)[] = []
  const put = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`)
  const scope: { -readonly [K in keyof HostScope]: HostScope[K] } = {
    forwards: true,
    ipv4: true,
    ipv6: false,
    neighbors: [NODE as NeighborView],
    ranges: [],
    ports: { own: [179], dialled: [179] },
    ...more,
  }
  const table: { state: string } = { state: 'REACHABLE' }
  const made = new HostWatch({
    clock,
    log: { debug: put('debug'), info: put('info'), warn: put('warn'), error: put('error') },
    read: files.read,
    ip: ['ip'],
    run: async (argv) => {
      commands.push(argv.join(' '))
      return JSON.stringify(
        argv.includes('address') ? ETH0 : [{ dst: NODE.address, dev: 'eth0', state: [table.state] }],
      )
    },
    scope: () => scope,
    report() {},
    preferred: () => (more.forwards === false ? undefined : []),
    loadPacketSocket: async () => {
      loads.push(clock.wall())
      return (protocol) => ({ read() {}, close: () => void loads.push(`${protocol} closed`) })
    },
  })
  return { clock, made, files, lines, commands, scope, table, loads }
}

t.test('everything is read at the start, and what is wrong is logged', async (t) => {
  const { made, files, lines, commands, clock } = watch(t)
  files.write({ 'sys/net/ipv4/conf/eth0/send_redirects': '1' })
  await made.start()
  t.match(lines, [/^warn ICMP redirects are sent \(eth0\)/], 'on the interface in use')
  t.equal(commands.length, 2)
  t.match(made.facts(), {
    at: '2026-01-01T00:00:00.000Z',
    sysctls: [{ name: 'net.ipv4.ip_forward', value: 1 }],
    network: { known: true, links: [{ name: 'eth0' }], neighbors: [{ table: 'REACHABLE' }] },
  })
  t.match(made.facts().counters, [{ name: 'TCPMD5NotFound', total: 0 }])
  made.stop()
  t.equal(clock.pending, 0)
})

t.test('forwarding switched off while running', async (t) => {
  const { made, files, lines, clock } = watch(t)
  await made.start()
  await clock.advance(10_000)
  t.same(lines, [])
  files.write({ 'sys/net/ipv4/ip_forward': '0' })
  await clock.advance(10_000)
  t.match(lines.splice(0), [/^warn IPv4 forwarding is off/])
  await clock.advance(10_000)
  t.match(made.facts(), {
    at: '2026-01-01T00:00:30.000Z',
    sysctls: [{ value: 0, since: '2026-01-01T00:00:20.000Z', before: 1 }],
  })
  files.write({ 'sys/net/ipv4/ip_forward': '1' })
  await clock.advance(10_000)
  t.same(lines, ['info net.ipv4.ip_forward is 1 again'])
  made.stop()
})

t.test('without the FIB no setting is looked at', async (t) => {
  const { made, files, lines, clock } = watch(t, { forwards: false })
  files.write({ 'sys/net/ipv4/ip_forward': '0' })
  await made.start()
  await clock.advance(60_000)
  t.same(made.facts().sysctls, [])
  t.same(lines, [])
  made.stop()
})

t.test('drops are logged at the look that sees them', async (t) => {
  const neighbors = [
    { ...NODE, authentication: 'md5' },
    { ...NODE, address: '192.168.95.211', ttlSecurity: 1 },
  ] as NeighborView[]
  const { made, files, lines, clock } = watch(t, { neighbors })
  files.write({ 'net/netstat': netstat({ TCPMD5Failure: 5, TCPMinTTLDrop: 5 }) })
  await made.start()
  await clock.advance(10_000)
  t.same(lines, [], 'what was there at the start is old')
  files.write({ 'net/netstat': netstat({ TCPMD5Failure: 6, TCPMinTTLDrop: 7 }) })
  await clock.advance(10_000)
  t.match(lines, [/by MD5 in the last 10 s: 1 signed/, /by GTSM in the last 10 s: 2 with a TTL/])
  const facts = made.facts().counters.filter(({ grown }) => grown > 0)
  t.match(facts, [
    { name: 'TCPMD5Failure', total: 6, grown: 1, lastGrown: '2026-01-01T00:00:20.000Z' },
    { name: 'TCPMinTTLDrop', total: 7, grown: 2 },
  ])
  made.stop()
})

t.test(
  'commands run every half minute, and only while somebody is missing or routes are installed',
  async (t) => {
    const { made, commands, clock, scope, table } = watch(t, { forwards: false })
    await made.start()
    table.state = 'FAILED'
    await clock.advance(29_000)
    t.equal(commands.splice(0).length, 2, 'those of the start')
    await clock.advance(1000)
    t.equal(commands.splice(0).length, 2)
    t.match(made.facts().network, { at: '2026-01-01T00:00:30.000Z', neighbors: [{ table: 'FAILED' }] })
    scope.neighbors = [{ ...NODE, state: 'Established' } as NeighborView]
    await clock.advance(60_000)
    t.same(commands, [], 'nobody is missing')
    scope.forwards = true
    await clock.advance(30_000)
    t.equal(commands.splice(0).length, 2)
    scope.forwards = false
    scope.ranges = [{ prefix: '10.0.0.0/8', password: false, ttlSecurity: false }]
    await clock.advance(30_000)
    t.equal(commands.length, 2, 'of a range anybody may be missing')
    made.stop()
  },
)

t.test('it is listened for arrivals while somebody is missing', async (t) => {
  const { made, clock, scope, loads, files } = watch(t, { forwards: false })
  files.write({ 'self/status': 'Name:\tnode\nCapEff:\t0000000000002000' })
  await made.start()
  await clock.advance(9000)
  t.same(loads, [], 'not in the first seconds, in which sessions come up')
  t.match(made.facts(), {
    arrivals: { known: false, why: /nobody has been missing/ },
    preferred: { known: false },
  })
  await clock.advance(1000)
  t.equal(loads.splice(0).length, 1)
  t.match(made.facts().arrivals, { known: true, since: '2026-01-01T00:00:10.000Z', listening: true })
  scope.neighbors = [{ ...NODE, state: 'Established' } as NeighborView]
  await clock.advance(10_000)
  t.same(loads.splice(0), ['ipv4 closed', 'ipv6 closed'])
  t.match(made.facts().arrivals, { known: true, listening: false })
  scope.neighbors = [NODE as NeighborView]
  await clock.advance(10_000)
  t.match(made.facts().arrivals, { known: true, since: '2026-01-01T00:00:10.000Z', listening: true })
  made.stop()
  t.equal(clock.pending, 0)
  t.equal(loads.filter((one) => typeof one === 'string').length, 2)
})

t.test('stopped while it starts', async (t) => {
  const { made, clock } = watch(t)
  const starting = made.start()
  made.stop()
  await starting
  t.equal(clock.pending, 0)
})
