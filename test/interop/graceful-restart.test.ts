import t from 'tap'
import { NODES, SWITCH, VIP } from '../../src/demo/topology.js'
import { Bird } from '../lab/bird.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { Frr } from '../lab/frr.js'
import { Gobgp } from '../lab/gobgp.js'
import type { Peer, PeerOptions } from '../lab/peer.js'
import { lacks } from '../lab/require.js'
import { gateways, RouteMonitor, untilGateways } from '../lab/routes.js'
import { openNetwork, steps } from '../lab/setup.js'
import { sleep, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
/** Announced by one node each, for the other two. */
const THEIRS = ['203.0.113.0/24', '203.0.114.0/24', '203.0.115.0/24']
const OWN = '198.51.100.0/24'
const ALL = NODES.map(({ address }) => address)
const AS = [64601, 64602, 64603]

const options = (index: number): Partial<PeerOptions> => ({ as: AS[index], restartTime: 60 })

/** Prefixes that the node with this index has of ecmpd. */
const expected = (index: number) => [...THEIRS.filter((_, i) => i !== index), OWN]

/** Watches until stop() that every helper and the kernel have all they had. */
function watch(peers: readonly Peer[], kernel: () => Promise<string[]>) {
  const lost = new Set<string>()
  let least = ALL.length
  const looks: number[] = []
  let watching = true
  const loop = async (look: () => Promise<void>) => {
    const index = looks.push(0) - 1
    while (watching) {
      await look()
      looks[index]++
      await sleep(100)
    }
  }
  const helpers = peers.map((peer, index) =>
    loop(async () => {
      const has = await peer.received()
      for (const prefix of expected(index)) if (!has.includes(prefix)) lost.add(`${peer.kind}: ${prefix}`)
    }),
  )
  const done = Promise.all([
    ...helpers,
    loop(async () => {
      least = Math.min(least, (await kernel()).length)
    }),
  ])
  return async () => {
    await until('each was looked at often', () => looks.every((count) => count >= 10))
    watching = false
    await done
    return { lost: [...lost], least }
  }
}

t.test(
  'ecmpd restarts; FRR, BIRD and GoBGP keep its routes, and the kernel too',
  { skip: await lacks('vtysh', 'birdc', 'gobgpd') },
  async (t) => {
    const lab = await openNetwork(t)
    const neighbors = NODES.map((host, index) => ({
      ...nodeNeighbor(host, 'export: all', 'timers: { hold: 30, connectRetry: 2 }'),
      as: AS[index],
    }))
    const top = [
      'multipathRelax: true',
      'gracefulRestart: { restarter: true, restartTime: 60 }',
      `announce: [${OWN}]`,
      'fib: { keepOnStop: true }',
    ]
    const ecmpd = new Ecmpd(lab, { config: yaml(neighbors, top) })
    const peers: Peer[] = [
      new Frr(lab, NODES[0], options(0)),
      new Bird(lab, NODES[1], options(1)),
      new Gobgp(lab, NODES[2], options(2)),
    ]
    const kernel = () => gateways(lab, SWITCH, SERVICE)
    const complete = async (peer: Peer, index: number) => {
      const has = await peer.received()
      return expected(index).every((prefix) => has.includes(prefix))
    }
    await ecmpd.start()
    for (const [index, peer] of peers.entries()) {
      await peer.announce(SERVICE)
      await peer.announce(THEIRS[index])
    }
    await Promise.all(peers.map((peer) => peer.start()))
    await untilGateways(lab, SWITCH, SERVICE, ALL, 60_000)
    for (const [index, peer] of peers.entries()) {
      await until(`${peer.kind} has the routes`, () => complete(peer, index), 60_000)
    }
    const step = steps(t)

    for (const how of ['SIGKILL', 'SIGTERM']) {
      await step(`${how} and a start: no route leaves a helper, nor the kernel`, async (t) => {
        const monitor = await RouteMonitor.start(lab, SWITCH)
        const stop = watch(peers, kernel)
        if (how === 'SIGKILL') await ecmpd.child.kill()
        else t.same(await ecmpd.stop(), { code: 0, signal: null })
        await sleep(2000)
        await ecmpd.start()
        const sent = (await ecmpd.neighbor(ALL[0])).capabilities.sent.find(({ code }) => code === 64)
        if (sent !== undefined) t.match(sent, { restarting: true, families: [{ forwarding: true }] })
        await ecmpd.established(ALL)
        await until(
          'End-of-RIB went to all',
          async () => (await ecmpd.neighbors()).every(({ families }) => families[0].endOfRibSent),
          60_000,
        )
        await sleep(3000)
        const { lost, least } = await stop()
        await monitor.stop()
        t.same(lost, [], 'every helper has every route all the time')
        t.equal(least, ALL.length, 'the kernel’s next hops stay')
        const gone = monitor.changes.filter(
          ({ text }) => /^Deleted/.test(text) && text.includes('metric 195'),
        )
        t.same(gone, [], 'no route is taken out of the kernel')
        for (const [index, peer] of peers.entries()) t.ok(await complete(peer, index), peer.kind)
      })
    }

    await step('what is announced no longer after the restart goes with its End-of-RIB', async () => {
      await ecmpd.child.kill()
      ecmpd.write(
        yaml(
          neighbors,
          top.filter((line) => !line.startsWith('announce')),
        ),
      )
      await ecmpd.start()
      for (const peer of peers) {
        const gone = async () => !(await peer.received()).includes(OWN)
        await until(`${peer.kind} has removed it`, gone, 60_000)
      }
      await untilGateways(lab, SWITCH, SERVICE, ALL)
    })
  },
)
