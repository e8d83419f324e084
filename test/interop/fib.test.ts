import t from 'tap'
import { CLIENT, type Host, NODES, SWITCH, SWITCH_HOST, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { lacks } from '../lab/require.js'
import { gateways, kernelRoutes, RouteMonitor, untilGateways } from '../lab/routes.js'
import { openNetwork, requests, startWebServers, steps } from '../lab/setup.js'
import { throughout, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const ALL = NODES.map(({ address }) => address)
const OTHER = '192.168.95.124/32'
const skip = await lacks('bird', 'birdc')

t.test("another program's route for the prefix is reported, not overwritten", { skip }, async (t) => {
  const lab = await openNetwork(t)
  const neighbors = NODES.map((host) => nodeNeighbor(host))
  const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, ['fib: { retry: 1 }']) })
  const peers = NODES.map((host) => new Bird(lab, host))
  const foreign = [`${VIP}/32`, 'via', ALL[1], 'metric', '195', 'proto', 'static']
  await lab.must(SWITCH, ['ip', 'route', 'add', ...foreign])
  await ecmpd.start()
  for (const peer of peers) await peer.announce(SERVICE)
  await peers[0].announce(OTHER)
  await Promise.all(peers.map((peer) => peer.start()))
  await ecmpd.established(ALL)
  await untilGateways(lab, SWITCH, OTHER, [ALL[0]])
  const refused = await until('the route is refused', async () => {
    const route = await ecmpd.route(SERVICE)
    return route?.fib?.state === 'refused' && route
  })
  t.ok(refused.fib?.reason, `with a reason: ${refused.fib?.reason}`)
  await until('it is logged', () => ecmpd.child.output.includes(VIP))
  t.match(await kernelRoutes(lab, SWITCH, SERVICE), [{ protocol: 'static', gateways: [ALL[1]] }])

  await lab.must(SWITCH, ['ip', 'route', 'del', ...foreign])
  await untilGateways(lab, SWITCH, SERVICE, ALL)
  const installed = await until('it is installed', async () => {
    const route = await ecmpd.route(SERVICE)
    return route?.fib?.state === 'installed' && route
  })
  t.equal(installed.fib?.reason, undefined)
  t.same(await ecmpd.stop(), { code: 0, signal: null })
})

t.test('a link goes down and comes up', { skip }, async (t) => {
  // A fourth node behind the other interface: its next hop shares no link with the rest.
  const behind: Host = {
    namespace: CLIENT,
    name: 'behind-eth1',
    address: '192.168.96.2',
    address6: 'fd00:96::2',
  }
  const lab = await openNetwork(t)
  const neighbors = [...NODES, behind].map((host) => nodeNeighbor(host))
  const ecmpd = new Ecmpd(lab, { config: yaml(neighbors) })
  const neighbor: Host = { ...SWITCH_HOST, address: '192.168.96.1' }
  const peers = [...NODES.map((host) => new Bird(lab, host)), new Bird(lab, behind, { neighbor })]
  const four = [...ALL, behind.address]
  await ecmpd.start()
  for (const peer of peers) await peer.announce(SERVICE)
  await Promise.all(peers.map((peer) => peer.start()))
  await untilGateways(lab, SWITCH, SERVICE, four)
  const sessions = async () => (await ecmpd.neighbors()).map(({ state, established }) => [state, established])
  const before = await sessions()
  const step = steps(t)

  await step('the next hop on the link that is down leaves at once, the others stay', async (t) => {
    await lab.ip(SWITCH, ['link set eth1 down'])
    await untilGateways(lab, SWITCH, SERVICE, ALL)
    t.same(await sessions(), before, 'while every session still stands')
  })

  await step('it is back when the link is', async (t) => {
    await lab.ip(SWITCH, ['link set eth1 up'])
    await untilGateways(lab, SWITCH, SERVICE, four)
    t.same(await sessions(), before)
  })

  await step('the link of all other next hops: one stays', async () => {
    await lab.ip(SWITCH, ['link set eth0 down'])
    await untilGateways(lab, SWITCH, SERVICE, [behind.address])
  })

  await step('all are back when the link is', async (t) => {
    await lab.ip(SWITCH, ['link set eth0 up'])
    await untilGateways(lab, SWITCH, SERVICE, four)
    t.same(await sessions(), before)
  })

  await step('a carrier that is lost counts as a link that is down', async () => {
    await lab.ip(CLIENT, ['link set eth0 down'])
    await untilGateways(lab, SWITCH, SERVICE, ALL)
    await lab.ip(CLIENT, ['link set eth0 up', 'route replace default via 192.168.96.1'])
    await untilGateways(lab, SWITCH, SERVICE, four)
  })
})

t.test('routes across an end and a start of ecmpd', { skip }, async (t) => {
  const lab = await openNetwork(t)
  const neighbors = NODES.map((host) => nodeNeighbor(host))
  const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, ['fib: { keepOnStop: true }']) })
  const peers = NODES.map((host) => new Bird(lab, host, { holdTime: 9, keepalive: 3 }))
  await startWebServers(lab, [VIP])
  await ecmpd.start()
  for (const peer of peers) await peer.announce(SERVICE)
  await peers[0].announce(OTHER)
  await Promise.all(peers.map((peer) => peer.start()))
  await untilGateways(lab, SWITCH, SERVICE, ALL)
  await untilGateways(lab, SWITCH, OTHER, [ALL[0]])
  const step = steps(t)

  for (const how of ['SIGTERM with keepOnStop', 'SIGKILL']) {
    await step(`${how}: the routes stay and traffic passes`, async (t) => {
      if (how === 'SIGKILL') await ecmpd.child.kill()
      else t.same(await ecmpd.stop(), { code: 0, signal: null })
      t.same(await gateways(lab, SWITCH, SERVICE), ALL)
      t.same(await gateways(lab, SWITCH, OTHER), [ALL[0]])
      t.same(Object.keys(await requests(lab, VIP, 30)), NODES.map(({ name }) => name).sort())
    })

    await step(
      'meanwhile a prefix is withdrawn; the start finds its routes and removes only that one',
      async (t) => {
        await peers[0].withdraw(OTHER)
        const monitor = await RouteMonitor.start(lab, SWITCH)
        let least = ALL.length
        const watching = throughout(
          'the service has next hops',
          async () => {
            least = Math.min(least, (await gateways(lab, SWITCH, SERVICE)).length)
            return least > 0
          },
          6000,
          20,
        )
        await ecmpd.start()
        await ecmpd.established(ALL)
        await untilGateways(lab, SWITCH, OTHER, [])
        await watching
        await monitor.stop()
        const gone = monitor.changes.filter(({ text }) => /^Deleted/.test(text) && text.includes(`${VIP} `))
        t.same(gone, [], 'the service’s route was never taken away')
        t.equal(least, ALL.length, 'nor was it narrowed while the sessions came back')
        t.comment(monitor.changes.map(({ text }) => text).join('\n'))
        await peers[0].announce(OTHER)
        await untilGateways(lab, SWITCH, OTHER, [ALL[0]])
      },
    )
  }

  await step('with keepOnStop off again, SIGTERM takes them along', async (t) => {
    ecmpd.write(yaml(neighbors))
    await ecmpd.reload()
    t.same(await ecmpd.stop(), { code: 0, signal: null })
    t.same(await gateways(lab, SWITCH, SERVICE), [])
    t.equal((await lab.must(SWITCH, ['ip', 'nexthop', 'show'])).trim(), '')
  })
})
