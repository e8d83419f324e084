import type { Test } from 'tap'
import { clientCommand, monotonic, readAnswers, tally } from '../../src/demo/client.js'
import type { Lab } from '../../src/demo/lab.js'
import {
  CLIENT,
  cutOff,
  type Host,
  HTTP_PORT,
  NODES,
  rejoin,
  SWITCH,
  SWITCH_HOST,
  VIP,
} from '../../src/demo/topology.js'
import { Capture, notifications } from '../lab/capture.js'
import { Ecmpd } from '../lab/ecmpd.js'
import type { Peer, PeerOptions } from '../lab/peer.js'
import { gateways, kernelRoutes, RouteMonitor, untilGateways } from '../lab/routes.js'
import { RUIJIE } from '../lab/ruijie.js'
import { openNetwork, requests, startWebServers, steps } from '../lab/setup.js'
import { throughout, until } from '../lab/wait.js'

const SERVICE = `${VIP}/32`
/** A second route of one node, which it does not announce again after its restart. */
const FORMER = '192.168.95.124/32'
const ALL = NODES.map(({ address }) => address)
const without = (host: Host) => ALL.filter((address) => address !== host.address)

/** Seconds: long enough for a loaded machine's keepalives, short enough to wait for. */
const HOLD = 9
const RESTART = 10
/** Restart time of nodes that a test does not wait for: whatever goes earlier was not kept for it. */
const LONG_RESTART = 300

export interface StoryOptions {
  readonly kind: new (lab: Lab, host: Host, options: Partial<PeerOptions>) => Peer
  /** Whether its graceful-restart capability lists families: then the paths of a killed one are kept. */
  readonly keepsPaths: boolean
}

/** The switch's story with one kind of daemon on the nodes. */
export async function story(t: Test, { kind: Kind, keepsPaths }: StoryOptions): Promise<void> {
  const lab = await openNetwork(t)
  const ecmpd = new Ecmpd(lab, { config: RUIJIE })
  const options = { holdTime: HOLD, keepalive: HOLD / 3, restartTime: LONG_RESTART }
  const peers = NODES.map((host) => new Kind(lab, host, options))
  const servers = await startWebServers(lab, [VIP])
  const step = steps(t)

  const three = () => untilGateways(lab, SWITCH, SERVICE, ALL)
  const serviceGateways = () => gateways(lab, SWITCH, SERVICE)
  const helper = async (host: Host) => (await ecmpd.neighbor(host.address)).gracefulRestart.helper

  await step('three sessions are Established, the kernel has one route with three next hops', async (t) => {
    await ecmpd.start()
    for (const peer of peers) await peer.announce(SERVICE)
    await Promise.all(peers.map((peer) => peer.start()))
    const neighbors = await ecmpd.established(ALL)
    t.same(
      neighbors.map(({ description }) => description),
      NODES.map(({ name }) => name),
    )
    t.ok(neighbors.every(({ holdTime }) => holdTime === HOLD))
    await three()
    const routes = await kernelRoutes(lab, SWITCH, SERVICE)
    t.equal(routes.length, 1)
    t.equal(routes[0].protocol, 'bgp')
    t.notOk([20, 32].includes(routes[0].metric ?? 0), "neither FRR's metric nor BIRD's")
  })

  await step('show ip bgp summary, show ip bgp and show ip route print what a switch prints', async (t) => {
    const summary = await ecmpd.show('ip', 'bgp', 'summary')
    for (const address of ALL) {
      const line = summary.split('\n').find((line) => line.startsWith(address)) ?? ''
      t.match(line, /^\S+\s+4\s+64512\s.*\s1\s*$/, `${address}: one prefix`)
    }
    const table = await ecmpd.show('ip', 'bgp')
    t.equal(table.match(/^\s*\*>/gm)?.length, 1, 'one best path')
    t.equal(table.match(/^\s*\*m/gm)?.length, 2, 'two more multipaths')
    const route = await ecmpd.show('ip', 'route', VIP)
    t.match(route, /Routing Descriptor Blocks/i)
    for (const address of ALL) t.match(route, new RegExp(`${address}.*, from ${address}`))
    t.match(await ecmpd.json('ip', 'bgp', 'summary'), Object)
  })

  await step('60 requests of the client are answered by all three nodes', async (t) => {
    const answers = await requests(lab, VIP, 60)
    t.comment(answers)
    t.same(Object.keys(answers), NODES.map(({ name }) => name).sort())
  })

  await step('nothing is announced back: every node says that it received 0', async (t) => {
    for (const peer of peers) {
      t.ok((await peer.sessions()).every(({ established }) => established))
      t.same(await peer.received(), [])
      t.equal((await ecmpd.neighbor(peer.host.address)).prefixesAdvertised, 0)
    }
  })

  await step(
    'a node withdraws: two next hops, no connection begun after the kernel changed fails; announces: three',
    async (t) => {
      const [, node] = NODES
      const monitor = await RouteMonitor.start(lab, SWITCH)
      const stream = { count: 0, interval: 10, timeout: 20_000 }
      const client = lab.start(CLIENT, 'client', clientCommand(VIP, HTTP_PORT, stream))
      await until('the client has answers', () => readAnswers(client.stdout).length > 30)
      // What the last pod's end does: nothing answers on the node any more, and the route is withdrawn.
      await servers[1].stop()
      const began = monotonic()
      await peers[1].withdraw(SERVICE)
      await untilGateways(lab, SWITCH, SERVICE, without(node))
      const changed = await until('the monitor saw the change', () => {
        const route = monitor.changes.find(({ text }) => text.startsWith(VIP) && !text.includes(node.address))
        return route?.at
      })
      t.comment(monitor.changes.map(({ at, text }) => `${Math.round(at - began)} ms ${text}`).join('\n'))
      t.comment(`from the daemon's command to the kernel's change: ${Math.round(changed - began)} ms`)
      const begun = () => readAnswers(client.stdout).filter((answer) => answer.began > changed)
      await until('the client went on', () => begun().length > 100)
      client.signal('SIGTERM')
      await client.exited
      await monitor.stop()
      const answers = readAnswers(client.stdout)
      // Counted are connections begun after the kernel's message about its change was read. Those begun
      // before may have met the node without a server, and a rehash may move them.
      const after = answers.filter((answer) => answer.began > changed)
      t.comment('begun before:', tally(answers.filter((answer) => answer.began <= changed)))
      t.comment('begun after:', tally(after))
      t.same(
        after.filter(({ error }) => error),
        [],
      )
      t.same(Object.keys(tally(after)), [NODES[0].name, NODES[2].name])
      await startWebServers(lab, [VIP], [node])
      await peers[1].announce(SERVICE)
      await three()
    },
  )

  await step('a node ends its session with a NOTIFICATION: its path goes at once', async (t) => {
    const [, , node] = NODES
    const capture = await Capture.start(lab, SWITCH, 'eth0')
    const stopping = peers[2].stop()
    await untilGateways(lab, SWITCH, SERVICE, without(node))
    await stopping
    const seen = notifications(await capture.stop()).filter(({ from }) => from === node.address)
    t.ok(seen.length >= 1, 'the node sent a NOTIFICATION')
    t.equal(seen[0]?.code, 6, 'Cease')
    const route = await ecmpd.route(SERVICE)
    t.notOk(route?.paths.some(({ neighbor }) => neighbor === node.address))
    t.equal(await helper(node), 'none')
    // The last error may be that of a dial since then.
    const { lastReset } = await ecmpd.neighbor(node.address)
    t.match(lastReset?.notification, { direction: 'received', code: 6 })
    await peers[2].start()
    await three()
  })

  if (keepsPaths) {
    await step(
      'a killed node’s paths are kept as stale and swept on End-of-RIB after its return',
      async (t) => {
        const [node] = NODES
        await peers[0].announce(FORMER)
        await untilGateways(lab, SWITCH, FORMER, [node.address])
        peers[0].announced.delete(FORMER)
        await peers[0].kill()
        await until('ecmpd saw the connection close', async () => (await helper(node)) === 'waiting')
        for (const prefix of [SERVICE, FORMER]) {
          const path = (await ecmpd.route(prefix))?.paths.find(({ neighbor }) => neighbor === node.address)
          t.match(path, { stale: true }, `${prefix} is kept as stale`)
        }
        t.same(await serviceGateways(), ALL)
        t.same(await gateways(lab, SWITCH, FORMER), [node.address])
        let kept = true
        const watching = throughout(
          'three next hops while the node restarts',
          async () => !kept || (await serviceGateways()).length === 3,
          RESTART * 1000,
        )
        peers[0].reconfigure({ restartTime: RESTART })
        await peers[0].start()
        await ecmpd.established([node.address])
        await untilGateways(lab, SWITCH, FORMER, [])
        const route = await until('the service’s path is fresh', async () => {
          const view = await ecmpd.route(SERVICE)
          return view?.paths.every(({ stale }) => !stale) && view
        })
        t.equal(route.paths.length, 3)
        kept = false
        await watching
        t.equal(await helper(node), 'none')
        t.same(await serviceGateways(), ALL)
      },
    )

    await step(
      'a killed node that does not return: its path goes when its restart time is over',
      async (t) => {
        const [node] = NODES
        // Its time begins with the end of its connection, and that comes before kill() tells.
        const began = monotonic()
        await peers[0].kill()
        await throughout(
          'its path stays',
          async () => (await serviceGateways()).length === 3,
          (RESTART - 6) * 1000,
        )
        await untilGateways(lab, SWITCH, SERVICE, without(node))
        const kept = (monotonic() - began) / 1000
        t.comment(`kept for ${kept.toFixed(1)} s, restart time ${RESTART} s`)
        t.ok(kept > RESTART - 1)
        await peers[0].start()
        await three()
      },
    )
  } else {
    await step(
      'a killed node, which lists no family for graceful restart: its path goes at once',
      async (t) => {
        const [node] = NODES
        await peers[0].kill()
        await untilGateways(lab, SWITCH, SERVICE, without(node))
        t.equal(await helper(node), 'none')
        await peers[0].start()
        await three()
      },
    )
  }

  await step('a node falls silent: its path goes at once when the hold timer ends', async (t) => {
    const [, node] = NODES
    const began = monotonic()
    await cutOff(lab, node)
    await untilGateways(lab, SWITCH, SERVICE, without(node))
    const kept = (monotonic() - began) / 1000
    t.comment(`kept for ${kept.toFixed(1)} s, hold time ${HOLD} s`)
    t.ok(kept > HOLD / 2, 'not before')
    t.equal(await helper(node), 'none', 'nothing is kept as stale')
    t.match((await ecmpd.neighbor(node.address)).lastReset?.notification, { direction: 'sent', code: 4 })
    await rejoin(lab, node)
    await three()
  })

  await step(
    'SIGTERM: Cease with a shutdown communication, the routes leave the kernel, exit 0',
    async (t) => {
      await ecmpd.established(ALL)
      const capture = await Capture.start(lab, SWITCH, 'eth0')
      t.same(await ecmpd.stop(), { code: 0, signal: null })
      t.same(await serviceGateways(), [])
      t.equal((await lab.must(SWITCH, ['ip', 'nexthop', 'show'])).trim(), '', 'nor do next-hop objects stay')
      for (const peer of peers) {
        await until(`${peer.host.name} sees its session end`, async () =>
          (await peer.sessions()).every(({ established }) => !established),
        )
      }
      const sent = notifications(await capture.stop()).filter(({ from }) => from === SWITCH_HOST.address)
      for (const address of ALL) {
        const cease = sent.find(({ to }) => to === address)
        t.match(cease, { code: 6, subcode: 2 }, `${address} got Administrative Shutdown`)
        t.ok(cease?.communication, `… and why: ${cease?.communication}`)
      }
    },
  )
}
