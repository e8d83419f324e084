import t from 'tap'
import {
  ManualClock,
  MemoryNetwork,
  TestPeer,
  TransportCounters,
  TransportFaults,
} from '../../../src/testing/index.js'

const TOP = '10.0.0.1'
const NODES = ['10.0.0.11', '10.0.0.12']

const top = {
  as: 64513,
  routerId: TOP,
  neighbors: NODES.map((address) => ({ address, remoteAs: 64512, passive: true })),
}

function node(address: string, announce: readonly string[]) {
  return {
    ...{ as: 64512, routerId: address, announce },
    neighbors: [{ address: TOP, remoteAs: 64513, export: 'all' }],
  }
}

/** A switch and two nodes on one network. */
async function stage() {
  const clock = new ManualClock()
  const network = new MemoryNetwork(clock)
  const start = (address: string, configuration: object) =>
    TestPeer.start({
      ...{ clock, random: () => 0.5, transport: network.host(address) },
      configuration: configuration as Record<string, unknown>,
    })
  const peer = await start(TOP, top)
  const nodes = await Promise.all(NODES.map((address) => start(address, node(address, ['10.96.0.10/32']))))
  return { clock, network, peer, nodes }
}

t.test('sessions and routes are waited for, and seen in the views', async (t) => {
  const { clock, peer, nodes } = await stage()
  t.match(await clock.until(peer.established(NODES[0])), { state: 'Established', remoteAs: 64512 })
  t.match(await clock.until(peer.routed('10.96.0.10/32', [...NODES].reverse())), { nextHops: NODES })
  t.match(peer.status(), { localAs: 64513, routerId: TOP })
  t.same(
    peer.routes().map(({ prefix }) => prefix),
    ['10.96.0.10/32'],
  )
  t.same(peer.routes('ipv6-unicast'), [])
  t.equal(nodes[0].advertised(TOP).length, 1)
  t.ok(peer.events().some((event) => event.type === 'session' && event.to === 'Established'))

  await nodes[0].apply(node(NODES[0], []))
  t.match(await clock.until(peer.routed('10.96.0.10/32', 1)), { nextHops: [NODES[1]] })
  await nodes[1].apply(node(NODES[1], []))
  await clock.until(peer.withdrawn('10.96.0.10/32'))
  t.equal(peer.route('10.96.0.10/32'), undefined)

  t.equal(peer.operate(NODES[0], { type: 'shutdown', message: 'off' }).ok, true)
  await clock.until(nodes[0].down(TOP))
  t.match(nodes[0].neighbor(TOP), { lastReset: { notification: { message: 'off' } } })
  t.match(peer.neighbor(NODES[0]), { shutdown: { by: 'a test' } })
  for (const one of [peer, ...nodes]) await clock.until(one.stop())
})

t.test('what does not come is said with what there is instead', async (t) => {
  const { clock, network, peer, nodes } = await stage()
  network.unreachable.add(NODES[1])
  await clock.until(peer.established(NODES[0]))
  await t.rejects(clock.until(peer.established(NODES[1], 5000)), {
    message:
      /^neighbor 10\.0\.0\.12 Established: not within 5000 ms; neighbor 10\.0\.0\.11 is Established with 1 prefix, neighbor 10\.0\.0\.12 is Active/,
  })
  await t.rejects(clock.until(nodes[1].established(TOP, 5000)), {
    message: /neighbor 10\.0\.0\.1 is .*EHOSTUNREACH/,
  })
  const never = peer.routed('10.96.0.99/32')
  const stopped = peer.stop()
  await t.rejects(never, { message: 'route 10.96.0.99/32: the peer was stopped' })
  await clock.until(stopped)
  for (const one of nodes) await clock.until(one.stop())
})

t.test('a configuration that is none is refused with the place', async (t) => {
  await t.rejects(TestPeer.start({ configuration: 'as: 64513\nneigbors: []' }), {
    message: /^configuration:2:1: error: .*neighbors/,
  })
  await t.rejects(TestPeer.start({ configuration: { as: 'x' } }), { message: /^configuration:1:/ })
})

t.test('peers come and go, and leave no timer behind', async (t) => {
  const { clock, peer, nodes } = await stage()
  await clock.until(peer.established(NODES[0]))
  for (const one of [...nodes, peer]) await clock.until(one.stop())
  // The last octets of closed connections.
  await clock.advance(2000)
  t.equal(clock.pending, 0)
})

t.test('faults of the network are put around a peer’s transport', async (t) => {
  const clock = new ManualClock()
  const network = new MemoryNetwork(clock)
  const faults = new TransportFaults(clock)
  const counters = new TransportCounters()
  const peer = await TestPeer.start({
    ...{ clock, random: () => 0.5, transport: network.host(TOP), configuration: top },
    decorators: [counters.decorator, faults.decorator],
  })
  const start = { clock, random: () => 0.5, transport: network.host(NODES[0]) }
  const other = await TestPeer.start({ ...start, configuration: node(NODES[0], ['10.96.0.10/32']) })
  await clock.until(peer.routed('10.96.0.10/32'))
  t.match(counters.of(NODES[0]), { accepted: 1, opened: 0 })

  faults.set(NODES[0], { in: { lost: true } })
  await clock.until(peer.down(NODES[0], 120_000))
  t.match(peer.neighbor(NODES[0]), { lastReset: { notification: { direction: 'sent', code: 4 } } })
  faults.set(NODES[0], { refuse: true })
  await t.rejects(clock.until(peer.established(NODES[0], 60_000)), { message: /not within 60000 ms/ })
  faults.clear()
  await clock.until(peer.established(NODES[0], 60_000))
  faults.break(NODES[0])
  await clock.until(peer.down(NODES[0]))
  t.match(peer.neighbor(NODES[0]), { lastReset: { text: /reset by peer/ } })
  for (const one of [peer, other]) await clock.until(one.stop())
})
