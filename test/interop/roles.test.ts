import { readFileSync } from 'node:fs'
import t from 'tap'
import { type NodePlace, OwnNode } from '../../src/demo/nodes.js'
import { NODES, SWITCH, VIP } from '../../src/demo/topology.js'
import { freePort } from '../../src/testing/free-port.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Gobgp } from '../lab/gobgp.js'
import { lacks } from '../lab/require.js'
import { kernelRoutes, untilGateways } from '../lab/routes.js'
import { openLab, openNetwork } from '../lab/setup.js'
import { until } from '../lab/wait.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const ALL = NODES.map(({ address }) => address)
const skip = await lacks('gobgpd', 'gobgp')

for (const name of ['switch.yaml', 'ruijie.conf']) {
  t.test(`config/${name}: a switch`, { skip }, async (t) => {
    const lab = await openNetwork(t)
    const ecmpd = new Ecmpd(lab, { config: readFileSync(`config/${name}`, 'utf8') })
    await ecmpd.start()
    const peers = NODES.map((host) => new Gobgp(lab, host))
    for (const peer of peers) await peer.announce(SERVICE)
    await Promise.all(peers.map((peer) => peer.start()))
    await untilGateways(lab, SWITCH, SERVICE, ALL)
    const views = await ecmpd.established(ALL)
    t.same(
      views.map(({ description, holdTime, keepalive }) => ({ description, holdTime, keepalive })),
      NODES.map(({ name }) => ({ description: name, holdTime: 90, keepalive: 30 })),
    )
  })
}

t.test(
  'config/monitor.yaml: sees everything, dials nobody, announces and installs nothing',
  { skip },
  async (t) => {
    const lab = await openNetwork(t)
    const ecmpd = new Ecmpd(lab, { config: readFileSync('config/monitor.yaml', 'utf8'), fib: false })
    await ecmpd.start()
    t.same(await ecmpd.neighbors(), [], 'no neighbor before one has come')
    // As monitor-cilium.yaml has it: no graceful restart with the monitor.
    const peers = NODES.map((host) => new Gobgp(lab, host, { restartTime: 0 }))
    for (const peer of peers) await peer.announce(SERVICE)
    await Promise.all(peers.map((peer) => peer.start()))
    const route = await until('the route has three next hops', async () => {
      const view = await ecmpd.route(SERVICE)
      return view?.nextHops.length === 3 && view
    })
    t.same([...route.nextHops].sort(), ALL)
    for (const { dynamic, localPort, prefixesAdvertised } of await ecmpd.established(ALL)) {
      t.match(
        { dynamic, localPort, prefixesAdvertised },
        { dynamic: true, localPort: 179, prefixesAdvertised: 0 },
      )
    }
    for (const peer of peers) t.same(await peer.received(), [])
    t.same(await kernelRoutes(lab, SWITCH, SERVICE), [])
    t.same(await ecmpd.stop(), { code: 0, signal: null })
  },
)

t.test('config/test-peer.yaml: a test peer on a high port, without privileges', async (t) => {
  const lab = openLab(t)
  const own = '127.0.96.200'
  const port = await freePort(own)
  const ecmpd = new Ecmpd(lab, {
    config: readFileSync('config/test-peer.yaml', 'utf8'),
    namespace: null,
    fib: false,
    args: ['--listen', `${own}:${port}`],
  })
  await ecmpd.start()
  const nodes = [210, 211].map((last) => {
    const place: NodePlace = {
      name: `k8s-node-${last}`,
      address: `127.0.96.${last}`,
      port,
      neighbor: { address: own, port },
    }
    return new OwnNode(lab, place, { holdTime: 9, keepalive: 3, restartTime: 120 })
  })
  for (const node of nodes) await node.announce(SERVICE)
  await Promise.all(nodes.map((node) => node.start()))
  const route = await until('the route has both next hops', async () => {
    const view = await ecmpd.route(SERVICE)
    return view?.nextHops.length === 2 && view
  })
  t.same([...route.nextHops].sort(), ['127.0.96.210', '127.0.96.211'])
  const [first] = await ecmpd.established(['127.0.96.210'])
  t.match(first, { dynamic: true, hostName: 'k8s-node-210', remoteAs: 64512, holdTime: 9 })
  await nodes[0].kill()
  await until('the path of a killed node goes at once', async () => {
    return (await ecmpd.route(SERVICE))?.nextHops.length === 1
  })
  t.notMatch(ecmpd.child.output, /heard nothing from/, 'that is, not with the end of its hold time')
  t.same(await ecmpd.stop(), { code: 0, signal: null })
})
