import t from 'tap'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import { announce, asPath, communities, nextHop, origin, update, withdraw } from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { pseudoRandom, SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '10.0.0.254'
const nodes = Array.from({ length: 20 }, (_, i) => `10.0.0.${i + 1}`)
const prefixes = Array.from({ length: 300 }, (_, i) => `172.${16 + (i >> 8)}.${i & 255}.0/24`)

/** All nodes Established with a switch that exports to a router. */
async function start(lab: SpeakerLab) {
  const neighbors = [
    ...nodes.map((address) => neighbor(address, { passive: true })),
    neighbor('10.0.0.100', {
      remoteAs: 64999,
      passive: true,
      families: [family('ipv4-unicast', { export: 'all' })],
    }),
  ]
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  const peers: RawPeer[] = []
  for (const address of nodes) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet({ as: 64512, routerId: address })
    peers.push(peer)
  }
  const router = await lab.dial('10.0.0.100', SWITCH)
  router.greet({ as: 64999, routerId: '10.0.0.100' })
  await lab.clock.run()
  return { sw, peers, router }
}

/** What a neighbor holds after these UPDATEs, read by hand: IPv4 /24s only. */
function held(peer: RawPeer): Set<string> {
  const table = new Set<string>()
  for (const { body } of peer.updates) {
    const withdrawn = body[0] * 256 + body[1]
    const attributes = body[2 + withdrawn] * 256 + body[3 + withdrawn]
    const text = (at: number) => `${body[at + 1]}.${body[at + 2]}.${body[at + 3]}.0/${body[at]}`
    for (let at = 2; at < 2 + withdrawn; at += 4) table.delete(text(at))
    for (let at = 4 + withdrawn + attributes; at < body.length; at += 4) table.add(text(at))
  }
  return table
}

/** Announces and withdraws at random; what is true in the end. */
async function churn(
  lab: SpeakerLab,
  peers: readonly RawPeer[],
  steps: number,
): Promise<Map<string, Set<string>>> {
  const random = pseudoRandom(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  const truth = new Map<string, Set<string>>(prefixes.map((prefix) => [prefix, new Set()]))
  for (let step = 0; step < steps; step++) {
    const index = Math.floor(random() * peers.length)
    const some = Array.from({ length: 1 + Math.floor(random() * 20) }, () => pick(prefixes))
    if (random() < 0.6) {
      peers[index].send(announce(64512, nodes[index], ...some))
      for (const prefix of some) truth.get(prefix)?.add(nodes[index])
    } else {
      peers[index].send(withdraw(...some))
      for (const prefix of some) truth.get(prefix)?.delete(nodes[index])
    }
    if (step % 16 === 0) await lab.clock.run()
  }
  await lab.clock.run()
  return truth
}

const numeric = (address: string) => Number(address.split('.')[3])

for (const slowness of [0, 0.7]) {
  t.test(
    `20 neighbors at random, ${slowness} ms a look at the clock: kernel and router have the truth`,
    async (t) => {
      const lab = new SpeakerLab()
      lab.clock.slowness = slowness
      const { sw, peers, router } = await start(lab)
      const truth = await churn(lab, peers, 1500)
      for (const [prefix, via] of truth) {
        const expected = via.size === 0 ? undefined : [...via].sort((a, b) => numeric(a) - numeric(b))
        if (JSON.stringify(sw.fib.via(prefix)) !== JSON.stringify(expected)) {
          t.same(sw.fib.via(prefix), expected, prefix)
        }
      }
      const reachable = [...truth].filter(([, via]) => via.size > 0).map(([prefix]) => prefix)
      t.same([...held(router)].sort(), reachable.sort())
      t.equal(sw.fib.size, reachable.length)
      t.equal(sw.views.neighbor('10.0.0.100')?.prefixesAdvertised, reachable.length)
      t.ok(sw.views.neighbors().every((view) => view.state === 'Established'))
    },
  )
}

t.test(
  'a flood is read in slices: the sender is slowed down, keepalives leave, others are served',
  async (t) => {
    const lab = new SpeakerLab()
    const sw = await lab.start(
      SWITCH,
      speakerOptions([
        neighbor(nodes[0], { passive: true, timers: { holdTime: 3, keepalive: 1 } }),
        neighbor(nodes[1], { passive: true }),
      ]),
    )
    const flooder = await lab.dial(nodes[0], SWITCH)
    flooder.greet({ as: 64512, routerId: nodes[0] })
    const other = await lab.dial(nodes[1], SWITCH)
    other.greet({ as: 64512, routerId: nodes[1] })
    await lab.clock.run()
    let paused = 0
    const connection = sw.host.to(nodes[0])
    if (connection === undefined) throw new Error('no connection')
    const pause = connection.pause.bind(connection)
    connection.pause = () => {
      paused++
      pause()
    }
    lab.clock.slowness = 1
    for (let i = 0; i < 6000; i++) {
      flooder.send(
        update({
          attributes: [
            origin(),
            asPath(64512),
            nextHop(nodes[0]),
            communities(...Array.from({ length: 40 }, (_, c) => i + c)),
          ],
          announced: [`${20 + (i >> 8)}.${i & 255}.0.0/16`],
        }),
      )
    }
    other.send(announce(64512, nodes[1], '172.16.0.0/12'))
    flooder.clear()
    await lab.clock.run()
    t.equal(sw.fib.size, 6001)
    t.ok(paused > 0, 'the connection stopped reading for a while')
    t.ok(lab.clock.now() > 3000, 'it took longer than the hold time')
    t.ok(flooder.names.filter((name) => name === 'KEEPALIVE').length >= 2, 'keepalives left meanwhile')
    t.equal(sw.views.neighbor(nodes[0])?.state, 'Established')
  },
)
