import t from 'tap'
import type { NeighborOptions, SpeakerOptions } from '../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  asPath,
  attribute,
  ipv4,
  localPref,
  med,
  nextHop,
  origin,
  toHex,
  update,
  withdraw,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../support/speaker-lab.js'

const AS = 64513
const REFLECTOR = '192.168.95.200'
const CLIENT = '192.168.95.1'
const SECOND = '192.168.95.2'
const OTHER = '192.168.95.3'
const OUTSIDE = '192.168.95.4'
const VIP = '192.0.2.1/32'

const originator = (id: string) => attribute(0x80, 9, ipv4(id))
const clusters = (...ids: string[]) => attribute(0x80, 10, ids.flatMap(ipv4))

const client = (address: string, routeReflectorClient = true) =>
  neighbor(address, {
    remoteAs: AS,
    passive: true,
    families: [family('ipv4-unicast', { export: 'all', nextHop: 'third-party', routeReflectorClient })],
  })
const other = (address: string) => client(address, false)
const outside = neighbor(OUTSIDE, {
  remoteAs: 64999,
  passive: true,
  families: [family('ipv4-unicast', { export: 'all', nextHop: 'unchanged' })],
})
const ALL = [client(CLIENT), client(SECOND), other(OTHER), outside]

class Cluster {
  readonly lab = new SpeakerLab()
  readonly peers = new Map<string, RawPeer>()
  sw!: LabSpeaker

  static async start(neighbors: readonly NeighborOptions[], more: Partial<SpeakerOptions> = {}) {
    const cluster = new Cluster()
    cluster.sw = await cluster.lab.start(REFLECTOR, speakerOptions(neighbors, more))
    for (const { address, remoteAs } of neighbors) {
      const peer = await cluster.lab.dial(address, REFLECTOR)
      peer.greet({ as: remoteAs, routerId: address })
      cluster.peers.set(address, peer)
    }
    await cluster.lab.clock.run()
    return cluster
  }

  peer(address: string): RawPeer {
    return this.peers.get(address) as RawPeer
  }

  /** Sends a route of a neighbor, with LOCAL_PREF where that is internal. */
  async announce(from: string, ...more: number[][]): Promise<void> {
    const base = from === OUTSIDE ? [asPath(64999), nextHop(from)] : [asPath(), nextHop(from), localPref(100)]
    this.peer(from).send(update({ attributes: [origin(), ...base, ...more], announced: [VIP] }))
    await this.lab.clock.run()
  }

  /** Who was sent an UPDATE since the last call. */
  heard(): string[] {
    const heard = [...this.peers].filter(([, peer]) => peer.updates.length > 0).map(([address]) => address)
    for (const peer of this.peers.values()) peer.clear()
    return heard
  }

  /** Whether the last UPDATE since heard() announced the route. */
  holds(peer: RawPeer): boolean {
    const last = peer.updates.at(-1)
    return last !== undefined && last.hex !== toHex(withdraw(VIP))
  }

  /** The last UPDATE of a neighbor in hex. */
  last(address: string): string | undefined {
    return this.peer(address).updates.at(-1)?.hex
  }
}

t.test('who hears of whom', async (t) => {
  const rows: [from: string, to: string[]][] = [
    [CLIENT, [SECOND, OTHER, OUTSIDE]],
    [OTHER, [CLIENT, SECOND, OUTSIDE]],
    [OUTSIDE, [CLIENT, SECOND, OTHER]],
  ]
  for (const [from, to] of rows) {
    const cluster = await Cluster.start(ALL)
    await cluster.announce(from)
    t.same(cluster.heard(), to, `announced by ${from}`)
    cluster.peer(from).send(withdraw(VIP))
    await cluster.lab.clock.run()
    t.same(cluster.heard(), to, `withdrawn by ${from}`)
  }
})

t.test('without clients nothing is reflected', async (t) => {
  const cluster = await Cluster.start([other(CLIENT), other(SECOND), outside])
  await cluster.announce(CLIENT)
  t.same(cluster.heard(), [OUTSIDE])
})

t.test('what a reflector adds, and what it leaves alone', async (t) => {
  const cluster = await Cluster.start(ALL, { clusterId: 0x0a0b0c0d })
  const far = nextHop('10.7.7.7')
  cluster.peer(CLIENT).send(
    update({
      attributes: [origin(1), asPath(65001, 65002), far, med(7), localPref(345)],
      announced: [VIP],
    }),
  )
  await cluster.lab.clock.run()
  const added = [originator(CLIENT), clusters('10.11.12.13')]
  const reflected = toHex(
    update({
      attributes: [origin(1), asPath(65001, 65002), far, med(7), localPref(345), ...added],
      announced: [VIP],
    }),
  )
  t.equal(cluster.last(SECOND), reflected)
  t.equal(cluster.last(OTHER), reflected)
  t.equal(
    cluster.last(OUTSIDE),
    toHex(update({ attributes: [origin(1), asPath(AS, 65001, 65002), far], announced: [VIP] })),
  )
  await cluster.announce(OTHER, originator('10.1.1.1'), clusters('10.2.2.2', '10.3.3.3'))
  const again = [originator('10.1.1.1'), clusters('10.11.12.13', '10.2.2.2', '10.3.3.3')]
  cluster.peer(CLIENT).send(withdraw(VIP))
  await cluster.lab.clock.run()
  t.equal(
    cluster.last(CLIENT),
    toHex(
      update({
        attributes: [origin(), asPath(), nextHop(OTHER), localPref(100), ...again],
        announced: [VIP],
      }),
    ),
    'ORIGINATOR_ID stays, the own cluster is put in front',
  )
  const [path] = cluster.sw.views.routes({ family: 'ipv4-unicast', prefix: VIP, limit: 1 }).routes[0].paths
  t.match(path, { neighbor: OTHER, originatorId: '10.1.1.1', clusterList: ['10.2.2.2', '10.3.3.3'] })
  t.equal(path.fromClient, undefined)
})

t.test(
  'a route from outside is announced within as it is, without ORIGINATOR_ID and CLUSTER_LIST',
  async (t) => {
    const cluster = await Cluster.start(ALL)
    await cluster.announce(OUTSIDE)
    t.equal(
      cluster.last(CLIENT),
      toHex(
        update({
          attributes: [origin(), asPath(64999), nextHop(OUTSIDE), localPref(100)],
          announced: [VIP],
        }),
      ),
    )
  },
)

t.test('routes that have come round are ignored', async (t) => {
  const cases: [what: string, more: number[][], clusterId: number | undefined, used: boolean][] = [
    ['own router id as originator', [originator(REFLECTOR)], undefined, false],
    ['router id as cluster id', [originator('10.1.1.1'), clusters('10.2.2.2', REFLECTOR)], undefined, false],
    [
      'another cluster id is the own one',
      [originator('10.1.1.1'), clusters('10.11.12.13')],
      0x0a0b0c0d,
      false,
    ],
    ['the router id is not, then', [originator('10.1.1.1'), clusters(REFLECTOR)], 0x0a0b0c0d, true],
    ['others', [originator('10.1.1.1'), clusters('10.2.2.2')], undefined, true],
  ]
  for (const [what, more, clusterId, used] of cases) {
    const cluster = await Cluster.start(ALL, { clusterId })
    await cluster.announce(CLIENT, ...more)
    t.same(cluster.heard(), used ? [SECOND, OTHER, OUTSIDE] : [], what)
    const { paths } = cluster.sw.views.routes({ family: 'ipv4-unicast', prefix: VIP, limit: 1 }).routes[0]
    t.match(paths, [{ valid: used, fromClient: true }], what)
    if (!used) t.match(paths[0].unusable?.reason, /originator-loop|cluster-loop/)
  }
})

t.test(
  'ORIGINATOR_ID stands in the place of the router id, then the shorter CLUSTER_LIST wins',
  async (t) => {
    const cluster = await Cluster.start(ALL)
    const best = () => {
      const [route] = cluster.sw.views.routes({ family: 'ipv4-unicast', prefix: VIP, limit: 1 }).routes
      return route.paths.find((path) => path.best)
    }
    await cluster.announce(CLIENT, originator('10.0.0.9'), clusters('10.2.2.2'))
    await cluster.announce(SECOND, originator('10.0.0.8'), clusters('10.2.2.2', '10.3.3.3'))
    t.match(best(), { neighbor: SECOND, decidedBy: 'router id' })
    await cluster.announce(SECOND, originator('10.0.0.9'), clusters('10.2.2.2', '10.3.3.3'))
    t.match(best(), { neighbor: CLIENT, decidedBy: 'cluster list length' })
  },
)

t.test('no client-to-client reflection: a client’s routes go to the rest alone', async (t) => {
  const cluster = await Cluster.start(ALL, { clientToClientReflection: false })
  await cluster.announce(CLIENT)
  t.same(cluster.heard(), [OTHER, OUTSIDE])
  cluster.peer(CLIENT).send(withdraw(VIP))
  await cluster.lab.clock.run()
  t.same(cluster.heard(), [OTHER, OUTSIDE])
  await cluster.announce(OTHER)
  t.same(cluster.heard(), [CLIENT, SECOND, OUTSIDE])
})

t.test('every change of reflection is taken over by running sessions', async (t) => {
  const cluster = await Cluster.start(ALL)
  /** Applies a configuration. @returns who has the route afterwards */
  const apply = async (neighbors: readonly NeighborOptions[], more: Partial<SpeakerOptions> = {}) => {
    const report = await cluster.sw.speaker.apply(speakerOptions(neighbors, more))
    await cluster.lab.clock.run()
    t.same(report.reset, [])
    return [...cluster.peers].filter(([, peer]) => cluster.holds(peer)).map(([address]) => address)
  }
  await cluster.announce(OTHER)
  t.same(cluster.heard(), [CLIENT, SECOND, OUTSIDE])
  await apply(ALL, { clusterId: 77 })
  t.same(cluster.heard(), [CLIENT, SECOND], 'told with another CLUSTER_LIST')
  t.same(await apply([client(CLIENT), other(SECOND), other(OTHER), outside], { clusterId: 77 }), [])
  t.same(cluster.heard(), [SECOND], 'withdrawn from who is no client any more, unknown to the rest')
  const three = [client(CLIENT), other(SECOND), client(OTHER), outside]
  t.same(await apply(three, { clusterId: 77 }), [SECOND])
  t.match(cluster.sw.views.neighbor(OTHER), { families: [{ routeReflectorClient: true }] })
  cluster.heard()
  await apply(three, { clusterId: 77, clientToClientReflection: false })
  t.same(cluster.heard(), [CLIENT], 'withdrawn from the other client')
  await apply([other(CLIENT), other(SECOND), other(OTHER), outside])
  for (const address of [CLIENT, SECOND, OTHER]) {
    t.equal(cluster.sw.views.neighbor(address)?.prefixesAdvertised, 0, 'no client, no reflection')
  }
  await cluster.announce(SECOND, originator('10.1.1.1'), clusters('0.0.0.77'))
  const valid = () =>
    cluster.sw.views
      .routes({ family: 'ipv4-unicast', prefix: VIP, limit: 1 })
      .routes[0].paths.filter((path) => path.valid).length
  t.equal(valid(), 2)
  await apply([other(CLIENT), other(SECOND), other(OTHER), outside], { clusterId: 77 })
  t.equal(valid(), 1, 'what has come through this cluster is not used any more')
  t.same(
    [...cluster.peers.values()].map((peer) => peer.closed),
    [undefined, undefined, undefined, undefined],
  )
})
