import t from 'tap'
import { NODES, SWITCH, VIP, VIP6 } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { Gobgp } from '../lab/gobgp.js'
import { Openbgpd } from '../lab/openbgpd.js'
import { lacks } from '../lab/require.js'
import { gateways, kernelRoutes, untilGateways } from '../lab/routes.js'
import { openNetwork, requests, startWebServers, steps } from '../lab/setup.js'
import { until } from '../lab/wait.js'
import { yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const ALL = { 4: NODES.map(({ address }) => address), 6: NODES.map(({ address6 }) => address6) }
const SERVICE = { 4: `${VIP}/32`, 6: `${VIP6}/128` }
/** Seconds: longer than any wait here, so that what goes was not kept for it. */
const RESTART = 300

const daemons = { gobgpd: Gobgp, FRR: Frr, BIRD: Bird, OpenBGPD: Openbgpd }
const skip = await lacks('gobgpd', 'gobgp', 'vtysh', 'bird', 'birdc', 'bgpctl')

for (const [name, Kind] of Object.entries(daemons)) {
  t.test(`IPv6 sessions beside IPv4 sessions, ${name} on the nodes`, { skip }, async (t) => {
    const lab = await openNetwork(t)
    const neighbors = NODES.flatMap(({ address, address6, name: description }) => [
      { address, description },
      { address: address6, description },
    ])
    const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, ['listen: ["0.0.0.0:179", "[::]:179"]']) })
    const options = { versions: [4, 6] as const, restartTime: RESTART, holdTime: 9, keepalive: 3 }
    const peers = NODES.map((host) => new Kind(lab, host, options))
    const step = steps(t)

    await step('six sessions, a /32 and a /128, each with three next hops', async (t) => {
      await startWebServers(lab, [VIP, VIP6])
      await ecmpd.start()
      for (const peer of peers) {
        await peer.announce(SERVICE[4])
        await peer.announce(SERVICE[6])
      }
      await Promise.all(peers.map((peer) => peer.start()))
      const views = await ecmpd.established([...ALL[4], ...ALL[6]])
      t.equal(views.length, 6)
      for (const version of [4, 6] as const) {
        await untilGateways(lab, SWITCH, SERVICE[version], ALL[version])
        const routes = await kernelRoutes(lab, SWITCH, SERVICE[version])
        t.same(
          routes.map(({ protocol }) => protocol),
          ['bgp'],
          `IPv${version}: one route, proto bgp`,
        )
      }
    })

    await step('requests over IPv6 are answered by all three nodes', async (t) => {
      const answers = await requests(lab, VIP6, 60)
      t.comment(answers)
      t.same(Object.keys(answers), NODES.map(({ name }) => name).sort())
    })

    await step('the IPv6 views: summary, table and route', async (t) => {
      const summary = await ecmpd.show('bgp', 'ipv6', 'summary')
      for (const address of ALL[6]) t.match(summary, address)
      const route = (await ecmpd.route(SERVICE[6]))!
      t.same([...route.nextHops].sort(), ALL[6])
      t.match(await ecmpd.show('bgp', 'ipv6', SERVICE[6]), /fd00:95::210/)
    })

    await step('a withdrawal of the /128 leaves the /32 alone; announced again it is back', async (t) => {
      await peers[1].withdraw(SERVICE[6])
      await untilGateways(lab, SWITCH, SERVICE[6], [ALL[6][0], ALL[6][2]])
      t.same(await gateways(lab, SWITCH, SERVICE[4]), ALL[4])
      await peers[1].announce(SERVICE[6])
      await untilGateways(lab, SWITCH, SERVICE[6], ALL[6])
    })

    await step('an orderly end takes both families’ paths at once', async () => {
      await peers[2].stop()
      for (const version of [4, 6] as const) {
        await untilGateways(lab, SWITCH, SERVICE[version], ALL[version].slice(0, 2))
      }
      await peers[2].start()
      for (const version of [4, 6] as const) await untilGateways(lab, SWITCH, SERVICE[version], ALL[version])
    })

    await step('nothing is announced back', async (t) => {
      for (const peer of peers) t.same(await peer.received(), [])
    })

    await step('SIGTERM takes the routes of both families along', async (t) => {
      t.same(await ecmpd.stop(), { code: 0, signal: null })
      for (const version of [4, 6] as const) t.same(await gateways(lab, SWITCH, SERVICE[version]), [])
      await until('the sessions ended', async () =>
        (await peers[0].sessions()).every(({ established }) => !established),
      )
    })
  })
}
