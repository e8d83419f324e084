import t from 'tap'
import { NODES, SWITCH, SWITCH_HOST, VIP } from '../../src/demo/topology.js'
import type { NeighborView } from '../../src/views/model/neighbor.js'
import { Bird } from '../lab/bird.js'
import { Capture, notifications } from '../lab/capture.js'
import { Ecmpd } from '../lab/ecmpd.js'
import { lacks } from '../lab/require.js'
import { untilGateways } from '../lab/routes.js'
import { RUIJIE } from '../lab/ruijie.js'
import { openNetwork, steps } from '../lab/setup.js'
import { sleep, until } from '../lab/wait.js'
import { nodeNeighbor, yaml } from '../lab/yaml.js'

t.setTimeout(600_000)

const SERVICE = `${VIP}/32`
const ALL = NODES.map(({ address }) => address)
const [FIRST, SECOND, THIRD] = NODES

const REBUILT = ['timers: { hold: 30, keepalive: 10 }', 'ebgpMultihop: 2']

const skip = await lacks('bird', 'birdc', 'tcpdump')

/** What tells one TCP connection of a neighbor's from another. */
const connection = ({ localPort, remotePort, since, established }: NeighborView) => ({
  localPort,
  remotePort,
  since,
  established,
})

const ways = {
  'ecmpd reload': async (t: Tap, ecmpd: Ecmpd, succeeds: boolean) => {
    const result = await ecmpd.reload()
    t.equal(result.code === 0, succeeds, `exit ${result.code}: ${result.stdout}${result.stderr}`)
    return result.stdout + result.stderr
  },
  SIGHUP: async (t: Tap, ecmpd: Ecmpd, succeeds: boolean) => {
    const from = ecmpd.child.output.length
    ecmpd.hup()
    const said = () => ecmpd.child.output.slice(from)
    const outcome = succeeds ? /applied: .*\n/ : /nothing was changed.*\n/
    await until('the log says what came of it', () => outcome.test(said()))
    t.ok(ecmpd.child.running)
    return said()
  },
}
type Tap = Parameters<typeof openNetwork>[0]

for (const [way, apply] of Object.entries(ways)) {
  t.test(`a changed file, applied by ${way}`, { skip }, async (t) => {
    const lab = await openNetwork(t)
    const peers = NODES.map((host) => new Bird(lab, host))
    const two = [nodeNeighbor(FIRST), nodeNeighbor(SECOND)]
    const ecmpd = new Ecmpd(lab, { config: yaml(two) })
    const step = steps(t)
    const seen = async (address: string) => connection(await ecmpd.neighbor(address))
    let first: ReturnType<typeof connection>
    let second: ReturnType<typeof connection>

    await step('two neighbors', async () => {
      await ecmpd.start()
      for (const peer of peers) await peer.announce(SERVICE)
      await Promise.all(peers.map((peer) => peer.start()))
      await untilGateways(lab, SWITCH, SERVICE, ALL.slice(0, 2))
      // Both sides dial: now no session is on a connection that is given up for the other.
      const views = await ecmpd.established(ALL.slice(0, 2))
      ;[first, second] = views.map(connection)
    })

    await step('the same file again changes nothing', async (t) => {
      await apply(t, ecmpd, true)
      await sleep(500)
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
    })

    await step('a neighbor is added; the others keep their connections', async (t) => {
      ecmpd.write(yaml([...two, nodeNeighbor(THIRD)]))
      await apply(t, ecmpd, true)
      await ecmpd.established([THIRD.address])
      await untilGateways(lab, SWITCH, SERVICE, ALL)
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
    })

    await step('a description changes: no connection does', async (t) => {
      ecmpd.write(
        yaml([nodeNeighbor(FIRST), { ...nodeNeighbor(SECOND), description: 'renamed' }, nodeNeighbor(THIRD)]),
      )
      await apply(t, ecmpd, true)
      await until('the description is the new one', async () => {
        return (await ecmpd.neighbor(SECOND.address)).description === 'renamed'
      })
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
    })

    await step('an import policy changes: its routes follow, no connection changes', async (t) => {
      const denied = nodeNeighbor(SECOND, 'import: none')
      ecmpd.write(yaml([nodeNeighbor(FIRST), denied, nodeNeighbor(THIRD)]))
      await apply(t, ecmpd, true)
      await untilGateways(lab, SWITCH, SERVICE, [FIRST.address, THIRD.address])
      t.same(await seen(SECOND.address), second)
      ecmpd.write(yaml([nodeNeighbor(FIRST), nodeNeighbor(SECOND), nodeNeighbor(THIRD)]))
      await apply(t, ecmpd, true)
      await untilGateways(lab, SWITCH, SERVICE, ALL)
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
    })

    await step('times change: they are for the next session, no connection changes', async (t) => {
      const changed = nodeNeighbor(SECOND, 'timers: { hold: 30, keepalive: 10 }')
      ecmpd.write(yaml([nodeNeighbor(FIRST), changed, nodeNeighbor(THIRD)]))
      await apply(t, ecmpd, true)
      await until('the hold time is configured', async () => {
        return (await ecmpd.neighbor(SECOND.address)).configuredHoldTime === 30
      })
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
    })

    await step('what a session is built on changes: that neighbor gets a new one, no other', async (t) => {
      ecmpd.write(yaml([nodeNeighbor(FIRST), nodeNeighbor(SECOND, ...REBUILT), nodeNeighbor(THIRD)]))
      await apply(t, ecmpd, true)
      await until('the second neighbor is back with hold time 30', async () => {
        const { state, holdTime } = await ecmpd.neighbor(SECOND.address)
        return state === 'Established' && holdTime === 30
      })
      await untilGateways(lab, SWITCH, SERVICE, ALL)
      const now = await seen(SECOND.address)
      t.equal(now.established, second.established + 1)
      t.same(await seen(FIRST.address), first)
      second = now
    })

    await step('a wrong file changes nothing, and its line is named', async (t) => {
      const wrong = yaml([nodeNeighbor(FIRST)]).replace('neighbors:', 'neigbors:')
      ecmpd.write(wrong)
      const said = await apply(t, ecmpd, false)
      t.match(said, /neighbors/, 'the nearest known name')
      const line = wrong.split('\n').findIndex((text) => text.startsWith('neigbors')) + 1
      t.match(said, new RegExp(`:${line}\\b`), `line ${line}`)
      await sleep(500)
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
      t.equal((await ecmpd.neighbors()).length, 3)
    })

    await step('a neighbor is removed: Cease to it alone, its path goes, the others stay', async (t) => {
      const capture = await Capture.start(lab, SWITCH, 'eth0')
      ecmpd.write(yaml([nodeNeighbor(FIRST), nodeNeighbor(SECOND, ...REBUILT)]))
      await apply(t, ecmpd, true)
      await untilGateways(lab, SWITCH, SERVICE, ALL.slice(0, 2))
      await sleep(300)
      const sent = notifications(await capture.stop()).filter(({ from }) => from === SWITCH_HOST.address)
      t.match(sent[0], { to: THIRD.address, code: 6, subcode: 3 }, 'Peer De-configured')
      t.same([...new Set(sent.map(({ to }) => to))], [THIRD.address])
      t.same(await seen(FIRST.address), first)
      t.same(await seen(SECOND.address), second)
      t.equal((await ecmpd.neighbors()).length, 2)
    })
  })
}

t.test("the switch's text", { skip }, async (t) => {
  const lab = await openNetwork(t)
  const peers = NODES.map((host) => new Bird(lab, host))
  const ecmpd = new Ecmpd(lab, { config: RUIJIE })
  await ecmpd.start()
  for (const peer of peers) await peer.announce(SERVICE)
  await Promise.all(peers.map((peer) => peer.start()))
  await untilGateways(lab, SWITCH, SERVICE, ALL)
  const before = (await ecmpd.established(ALL)).map(connection)
  const now = async () => (await ecmpd.neighbors()).map(connection)

  await t.test('pasted again, it changes nothing', async (t) => {
    await ways['ecmpd reload'](t, ecmpd, true)
    await sleep(500)
    t.same(await now(), before)
  })

  await t.test('pasted with CRLF, tabs and prompts, it is the same text', async (t) => {
    const pasted = RUIJIE.split('\n')
      .map((line) => (line ? `Ruijie(config-router)#${line.replace(/^ +/, '\t')}` : line))
      .join('\r\n')
    ecmpd.write(pasted)
    await ways['ecmpd reload'](t, ecmpd, true)
    await sleep(500)
    t.same(await now(), before)
  })

  await t.test('an unknown line changes nothing', async (t) => {
    ecmpd.write(RUIJIE.replace('maximum-paths ebgp 10', 'maximum-pathz ebgp 10'))
    const said = await ways['ecmpd reload'](t, ecmpd, false)
    t.match(said, /maximum-paths/)
    t.same(await now(), before)
  })

  await t.test('without one neighbor: that one ends, the others keep their connections', async (t) => {
    ecmpd.write(
      RUIJIE.split('\n')
        .filter((line) => !line.includes(THIRD.address))
        .join('\n'),
    )
    await ways['ecmpd reload'](t, ecmpd, true)
    await untilGateways(lab, SWITCH, SERVICE, ALL.slice(0, 2))
    t.same(await now(), before.slice(0, 2))
  })
})
