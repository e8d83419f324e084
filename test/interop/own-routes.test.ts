import t from 'tap'
import type { Lab } from '../../src/demo/lab.js'
import { type Host, join, NODES, SWITCH, SWITCH_HOST } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { Gobgp } from '../lab/gobgp.js'
import { lacks } from '../lab/require.js'
import { openNetwork, steps } from '../lab/setup.js'
import { sleep, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const skip = await lacks('gobgpd', 'gobgp', 'bird', 'birdc', 'vtysh')

const [NODE] = NODES
/** An eBGP router that runs FRR, and an iBGP one that runs BIRD. */
const OUTSIDE: Host = {
  namespace: 'outside',
  name: 'outside',
  address: '192.168.95.1',
  address6: 'fd00:95::1',
}
const INSIDE: Host = { namespace: 'inside', name: 'inside', address: '192.168.95.2', address6: 'fd00:95::2' }

/** What FRR's bgpd has for a prefix from the switch; undefined without it. */
interface Learned {
  readonly aspath: { readonly string: string }
  readonly origin: string
  readonly metric?: number
  readonly aggregatorAs?: number
  readonly atomicAggregate?: boolean
  readonly nexthops: readonly { readonly ip: string }[]
}

async function learned(lab: Lab, prefix: string): Promise<Learned | undefined> {
  const text = await lab.must(OUTSIDE.namespace, [
    ...['vtysh', '--vty_socket', lab.path(`${OUTSIDE.namespace}-frr.vty`), '-d', 'bgpd'],
    ...['-c', `show bgp ipv4 unicast ${prefix} json`],
  ])
  return (JSON.parse(text || '{}') as { paths?: Learned[] }).paths?.[0]
}

async function network(t: Parameters<typeof openNetwork>[0]) {
  const lab = await openNetwork(t)
  await join(lab, OUTSIDE)
  await join(lab, INSIDE)
  await lab.ip(SWITCH, ['link add stub0 type veth peer name stub1', 'link set stub1 up', 'link set stub0 up'])
  return {
    lab,
    node: new Gobgp(lab, NODE),
    outside: new Frr(lab, OUTSIDE, { as: 64999, neighborAs: 64513 }),
    inside: new Bird(lab, INSIDE, { as: 64513, neighborAs: 64513 }),
  }
}

const holds = (what: string, peer: { received(): Promise<string[]> }, ...prefixes: string[]) =>
  until(what, async () => {
    const has = (await peer.received()).sort()
    if (JSON.stringify(has) !== JSON.stringify([...prefixes].sort())) throw new Error(has.join(' '))
    return true
  })

for (const fib of [false, true]) {
  t.test(`own routes, ${fib ? 'with' : 'without'} routes in the kernel`, { skip }, async (t) => {
    const { lab, node, outside, inside } = await network(t)
    const neighbors = (...lines: string[]) => [
      { ...nodeNeighbor(NODE), lines: ['import: all'] },
      { address: OUTSIDE.address, as: 64999, lines: ['export: all', ...lines] },
      { address: INSIDE.address, as: 64513 },
    ]
    const ecmpd = new Ecmpd(lab, {
      fib,
      config: yaml(neighbors(), ['announce: [198.51.100.0/24]']),
    })
    const step = steps(t)
    const apply = async (top: string[], ...lines: string[]) => {
      ecmpd.write(yaml(neighbors(...lines), top))
      const { code, stdout, stderr } = await ecmpd.reload()
      t.equal(code, 0, stdout + stderr)
    }
    const since = async () => (await ecmpd.neighbors()).map(({ address, since }) => `${address} ${since}`)
    let sessions: string[] = []

    await step('a network: own AS towards eBGP, empty path towards iBGP', async (t) => {
      await ecmpd.start()
      await Promise.all([node, outside, inside].map((peer) => peer.start()))
      await ecmpd.established([NODE.address, OUTSIDE.address, INSIDE.address])
      await holds('FRR has the network', outside, '198.51.100.0/24')
      await holds('BIRD has the network', inside, '198.51.100.0/24')
      sessions = await since()
      t.match(await learned(lab, '198.51.100.0/24'), {
        aspath: { string: '64513' },
        origin: 'IGP',
        nexthops: [{ ip: SWITCH_HOST.address }],
      })
      t.same(await node.received(), [], 'a node that nothing is exported to')
      t.match(await ecmpd.show('ip', 'bgp'), /\*>\s+198\.51\.100\.0\/24 +0\.0\.0\.0 +0 +32768 i\n/)
      const kernel = await lab.must(SWITCH, ['ip', 'route', 'show', '198.51.100.0/24'])
      t.equal(kernel, '')
    })

    await step('redistribute connected and static, as they come and go', async (t) => {
      await lab.ip(SWITCH, [
        'address add 10.77.0.1/24 dev stub0',
        `route add 10.78.0.0/16 via ${NODE.address} proto static`,
      ])
      const own = '[{ from: connected, routeMap: TEN }, { from: static, families: [ipv4-unicast] }]'
      const map = 'routeMaps: { TEN: [{ match: { prefix: [{ permit: 10.0.0.0/8, le: 32 }] } }] }'
      await apply([`announce: { networks: [198.51.100.0/24], redistribute: ${own} }`, map])
      await holds('FRR has both', outside, '198.51.100.0/24', '10.77.0.0/24', '10.78.0.0/16')
      t.match(await learned(lab, '10.77.0.0/24'), { origin: 'incomplete', aspath: { string: '64513' } })
      await lab.ip(SWITCH, [
        `route add 10.79.0.0/16 via ${NODE.address} proto static`,
        'route del 10.78.0.0/16',
        'address add 10.77.9.9/32 dev stub0',
      ])
      await holds(
        'one came, one went',
        outside,
        '198.51.100.0/24',
        '10.77.0.0/24',
        '10.77.9.9/32',
        '10.79.0.0/16',
      )
      await lab.ip(SWITCH, ['link set stub0 down'])
      await holds('the link went down', outside, '198.51.100.0/24', '10.79.0.0/16')
      await lab.ip(SWITCH, ['link set stub0 up'])
      await holds('and up', outside, '198.51.100.0/24', '10.77.0.0/24', '10.77.9.9/32', '10.79.0.0/16')
      await lab.ip(SWITCH, ['link set stub0 down'])
    })

    await step('an aggregate instead of what a node announces', async (t) => {
      await apply(['announce: { aggregates: [{ prefix: 10.0.0.0/8, summaryOnly: true }] }'])
      await holds('nothing to aggregate', outside)
      await node.announce('10.1.1.1/32')
      await node.announce('10.1.1.2/32')
      await holds('FRR has the aggregate alone', outside, '10.0.0.0/8')
      t.match(await learned(lab, '10.0.0.0/8'), {
        aspath: { string: '64513' },
        aggregatorAs: 64513,
        atomicAggregate: true,
      })
      t.match(await ecmpd.show('ip', 'bgp'), /s>\s+10\.1\.1\.1\/32 /)
      await node.withdraw('10.1.1.1/32')
      await sleep(500)
      await holds('one more specific route is enough', outside, '10.0.0.0/8')
      await apply(['announce: { aggregates: [10.0.0.0/8] }'])
      await holds('no longer suppressed', outside, '10.0.0.0/8', '10.1.1.2/32')
      await node.withdraw('10.1.1.2/32')
      await holds('the aggregate goes with the last one', outside)
    })

    await step('a default route for one neighbor', async (t) => {
      await node.announce('10.1.1.1/32')
      await apply([], 'defaultOriginate: true')
      await holds('FRR has a default route', outside, '0.0.0.0/0', '10.1.1.1/32')
      t.match(await learned(lab, '0.0.0.0/0'), { aspath: { string: '64513' }, origin: 'IGP' })
      t.notOk((await inside.received()).includes('0.0.0.0/0'))
      t.match(
        await ecmpd.show('ip', 'bgp', 'neighbors', OUTSIDE.address, 'advertised-routes'),
        /0\.0\.0\.0\/0/,
      )
      await node.announce('0.0.0.0/0')
      await until('BIRD has the node’s', async () => (await inside.received()).includes('0.0.0.0/0'))
      t.match(await learned(lab, '0.0.0.0/0'), { aspath: { string: '64513' } }, 'FRR keeps ours')
      await apply([])
      await until(
        'FRR has the node’s',
        async () => (await learned(lab, '0.0.0.0/0'))?.aspath.string === '64513 64512',
      )
      await node.withdraw('0.0.0.0/0')
      await holds('and it is withdrawn', outside, '10.1.1.1/32')
    })

    await step('no session was touched, and nothing of it is in the kernel', async (t) => {
      t.same(await since(), sessions)
      const own = await lab.must(SWITCH, ['ip', 'route', 'show', 'proto', 'bgp'])
      t.same(
        own
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split(' ')[0]),
        fib ? ['10.1.1.1'] : [],
      )
    })
  })
}

t.test("the switch's text: network waits for a route of the machine", { skip }, async (t) => {
  const { lab, outside } = await network(t)
  const ecmpd = new Ecmpd(lab, {
    config: `router bgp 64513
 bgp router-id ${SWITCH_HOST.address}
 neighbor ${OUTSIDE.address} remote-as 64999
 neighbor ${OUTSIDE.address} timers connect 5
 network 10.90.0.0 mask 255.255.0.0
 network 10.91.0.0 mask 255.255.0.0
 aggregate-address 10.64.0.0 255.192.0.0 summary-only
 redistribute static
`,
  })
  await ecmpd.start()
  await lab.ip(SWITCH, ['route add blackhole 10.90.0.0/16 metric 4294967295'])
  await outside.start()
  await ecmpd.established([OUTSIDE.address])
  await holds('the aggregate of the network whose route is there', outside, '10.64.0.0/10')
  t.match(await ecmpd.show('ip', 'bgp'), /s>\s+10\.90\.0\.0\/16 +0\.0\.0\.0 +0 +32768 i\n/)
  t.match(await ecmpd.show('running-config'), / {2}network 10\.90\.0\.0\/16\n/)
  await lab.ip(SWITCH, ['route del blackhole 10.90.0.0/16'])
  await holds('nothing', outside)
})
