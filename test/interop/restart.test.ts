import t from 'tap'
import { cutOff, NODES, rejoin, SWITCH, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Capture, notifications } from '../lab/capture.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { lacks } from '../lab/require.js'
import { gateways, untilGateways } from '../lab/routes.js'
import { openNetwork, steps } from '../lab/setup.js'
import { throughout, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const ALL = NODES.map(({ address }) => address)
const [, SECOND, THIRD] = NODES
const neighbors = NODES.map((host) => nodeNeighbor(host))

t.test(
  'RFC 8538, when configured: paths outlive the hold timer, not a Hard Reset',
  { skip: await lacks('vtysh', 'tcpdump') },
  async (t) => {
    const [hold, restart] = [6, 12]
    const lab = await openNetwork(t)
    const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, ['gracefulRestart: { notification: true }']) })
    const options = { holdTime: hold, keepalive: 2, restartTime: restart }
    // The third one's path would be kept for minutes, if it were kept.
    const peers = NODES.map(
      (host) => new Frr(lab, host, host === THIRD ? { ...options, restartTime: 300 } : options),
    )
    const hops = () => gateways(lab, SWITCH, SERVICE)
    const step = steps(t)

    await step('both sides set the N bit', async (t) => {
      await ecmpd.start()
      for (const peer of peers) await peer.announce(SERVICE)
      await Promise.all(peers.map((peer) => peer.start()))
      await untilGateways(lab, SWITCH, SERVICE, ALL)
      const { capabilities } = await ecmpd.neighbor(SECOND.address)
      for (const list of [capabilities.sent, capabilities.received]) {
        t.match(
          list.find(({ code }) => code === 64),
          { notification: true },
        )
      }
    })

    await step(
      'a node falls silent: its path is kept when the hold timer ends, for the restart time',
      async (t) => {
        await cutOff(lab, SECOND)
        const helper = async () => (await ecmpd.neighbor(SECOND.address)).gracefulRestart.helper
        await until('the hold timer ended', async () => (await helper()) === 'waiting')
        t.same(await hops(), ALL)
        const stale = (await ecmpd.route(SERVICE))?.paths.find(({ neighbor }) => neighbor === SECOND.address)
        t.match(stale, { stale: true })
        await throughout('the path stays', async () => (await hops()).length === 3, (restart - 8) * 1000)
        await untilGateways(lab, SWITCH, SERVICE, [ALL[0], ALL[2]])
        await rejoin(lab, SECOND)
        await untilGateways(lab, SWITCH, SERVICE, ALL)
      },
    )

    await step('a node is shut down: it sends a Hard Reset, its path goes at once', async (t) => {
      const capture = await Capture.start(lab, SWITCH, 'eth0')
      const stopping = peers[2].stop()
      await untilGateways(lab, SWITCH, SERVICE, ALL.slice(0, 2))
      await stopping
      const seen = notifications(await capture.stop()).filter(({ from }) => from === THIRD.address)
      t.match(seen[0], { code: 6, subcode: 9 }, 'Cease/Hard Reset')
    })
  },
)

t.test('stalePathTime bounds how long paths are kept', { skip: await lacks('bird', 'birdc') }, async (t) => {
  const lab = await openNetwork(t)
  const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, ['gracefulRestart: { stalePathTime: 9 }']) })
  const peers = NODES.map((host) => new Bird(lab, host, { restartTime: 120 }))
  await ecmpd.start()
  for (const peer of peers) await peer.announce(SERVICE)
  await Promise.all(peers.map((peer) => peer.start()))
  await untilGateways(lab, SWITCH, SERVICE, ALL)
  await peers[0].kill()
  const hops = () => gateways(lab, SWITCH, SERVICE)
  await throughout('the path stays', async () => (await hops()).length === 3, 3000)
  await untilGateways(lab, SWITCH, SERVICE, ALL.slice(1))
  t.equal((await ecmpd.neighbor(ALL[0])).gracefulRestart.helper, 'none')
})

t.test(
  'without graceful restart the path of a killed node goes at once',
  { skip: await lacks('bird', 'birdc') },
  async (t) => {
    const lab = await openNetwork(t)
    const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, ['gracefulRestart: false']) })
    const peers = NODES.map((host) => new Bird(lab, host))
    await ecmpd.start()
    for (const peer of peers) await peer.announce(SERVICE)
    await Promise.all(peers.map((peer) => peer.start()))
    await untilGateways(lab, SWITCH, SERVICE, ALL)
    await peers[0].kill()
    await untilGateways(lab, SWITCH, SERVICE, ALL.slice(1))
    t.equal((await ecmpd.neighbor(ALL[0])).gracefulRestart.negotiated, false)
  },
)
