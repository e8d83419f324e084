import t from 'tap'
import type { Resolver } from '../../../src/ports/fib.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  asPath,
  communities,
  END_OF_RIB,
  fourOctetAs,
  localPref,
  med,
  message,
  multiprotocol,
  nextHop,
  origin,
  routeRefresh,
  toHex,
  u16,
  update,
  withdraw,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const OTHER_NODE = '192.168.95.211'
const ROUTER = '192.168.95.1'
const FAR = '10.9.9.1'
const VIP = '192.168.95.123/32'

/** One subnet on eth0, another on eth1. */
const resolver: Resolver = {
  resolve(address) {
    const near = address.startsWith('192.168.95.')
    const far = address.startsWith('10.9.9.')
    if (!near && !far) return { reachable: false, metric: 0, connected: false }
    return { reachable: true, metric: 0, connected: true, interface: near ? 'eth0' : 'eth1' }
  },
  isOwn: (address) => address === SWITCH || address === '10.9.9.200',
  onChange: () => () => {},
}

const out = (address: string, remoteAs: number, more: Parameters<typeof family>[1]) =>
  neighbor(address, { remoteAs, passive: true, families: [family('ipv4-unicast', more)] })

async function up(lab: SpeakerLab, address: string, as: number, to = SWITCH): Promise<RawPeer> {
  const peer = await lab.dial(address, to)
  peer.greet({ as, routerId: address, capabilities: [multiprotocol(1), routeRefresh(), fourOctetAs(as)] })
  await lab.clock.run()
  return peer
}

async function start(
  neighbors: Parameters<typeof speakerOptions>[0],
): Promise<{ lab: SpeakerLab; sw: LabSpeaker }> {
  const lab = new SpeakerLab()
  const sw = await lab.start([SWITCH, '10.9.9.200'], speakerOptions(neighbors), resolver)
  return { lab, sw }
}

const node = neighbor(NODE, { passive: true })

t.test('nothing is exported unless it is said', async (t) => {
  const { lab, sw } = await start([node, out(ROUTER, 64999, {})])
  const router = await up(lab, ROUTER, 64999)
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  t.equal(sw.fib.size, 1)
  t.same(router.updates, [])
  t.same(peer.updates, [])
})

t.test('next-hop self: traffic passes this machine', async (t) => {
  const { lab, sw } = await start([node, out(ROUTER, 64999, { export: 'all', nextHop: 'self' })])
  const peer = await up(lab, NODE, 64512)
  peer.send(
    update({
      attributes: [origin(), asPath(64512), nextHop(NODE), med(5), communities(1)],
      announced: [VIP],
    }),
  )
  await lab.clock.run()
  const router = await up(lab, ROUTER, 64999)
  t.same(
    router.received.filter((one) => one.type === 2).map((one) => one.hex),
    [
      toHex(
        update({
          attributes: [origin(), asPath(64513, 64512), nextHop(SWITCH), communities(1)],
          announced: [VIP],
        }),
      ),
      toHex(END_OF_RIB),
    ],
  )
  t.match(sw.views.neighbor(ROUTER), { prefixesAdvertised: 1, updateGroup: 1 })
  const advertised = sw.views.advertised(ROUTER, { family: 'ipv4-unicast', limit: 10 })
  t.match(advertised, {
    total: 1,
    routes: [{ prefix: VIP, paths: [{ neighbor: NODE, nextHop: SWITCH, asPath: '64513 64512' }] }],
  })
  router.clear()
  peer.send(withdraw(VIP))
  await lab.clock.run()
  t.same(
    router.updates.map((one) => one.hex),
    [toHex(withdraw(VIP))],
  )
  t.equal(sw.views.advertised(ROUTER, { family: 'ipv4-unicast', limit: 10 }).total, 0)
})

t.test('third party: unchanged on a shared subnet, own address elsewhere', async (t) => {
  const { lab } = await start([
    node,
    out(ROUTER, 64999, { export: 'all', nextHop: 'third-party' }),
    out(FAR, 64998, { export: 'all', nextHop: 'third-party' }),
  ])
  const peer = await up(lab, NODE, 64512)
  const near = await up(lab, ROUTER, 64999)
  const far = await up(lab, FAR, 64998, '10.9.9.200')
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  const sent = (gateway: string) =>
    toHex(update({ attributes: [origin(), asPath(64513, 64512), nextHop(gateway)], announced: [VIP] }))
  t.same(
    near.updates.map((one) => one.hex),
    [sent(NODE)],
  )
  t.same(
    far.updates.map((one) => one.hex),
    [sent('10.9.9.200')],
  )
})

t.test(
  'third party without knowledge of interfaces: neighbors of one own address share a subnet',
  async (t) => {
    const lab = new SpeakerLab()
    await lab.start(
      [SWITCH, '10.9.9.200'],
      speakerOptions([
        node,
        out(ROUTER, 64999, { export: 'all', nextHop: 'third-party' }),
        out(FAR, 64998, { export: 'all', nextHop: 'third-party' }),
      ]),
    )
    const peer = await up(lab, NODE, 64512)
    const near = await up(lab, ROUTER, 64999)
    const far = await up(lab, FAR, 64998, '10.9.9.200')
    peer.send(announce(64512, NODE, VIP))
    await lab.clock.run()
    const sent = (gateway: string) =>
      toHex(update({ attributes: [origin(), asPath(64513, 64512), nextHop(gateway)], announced: [VIP] }))
    t.same(
      [near, far].map((one) => one.updates.map(({ hex }) => hex)),
      [[sent(NODE)], [sent('10.9.9.200')]],
    )
  },
)

t.test('a path goes to no neighbor whose AS it holds, nor back to where it came from', async (t) => {
  const everything = { export: 'all', nextHop: 'third-party' } as const
  const { lab, sw } = await start([
    out(NODE, 64512, everything),
    out(OTHER_NODE, 64512, everything),
    out(ROUTER, 64999, everything),
  ])
  const peer = await up(lab, NODE, 64512)
  const other = await up(lab, OTHER_NODE, 64512)
  const router = await up(lab, ROUTER, 64999)
  peer.send(announce(64512, NODE, VIP))
  other.send(announce(64512, OTHER_NODE, VIP))
  router.send(announce(64999, ROUTER, '0.0.0.0/0'))
  await lab.clock.run()
  t.same(
    [peer, other].map((one) => one.updates.length),
    [1, 1],
    'the default route alone',
  )
  t.same([router.updates.length, sw.views.neighbor(ROUTER)?.prefixesAdvertised], [1, 1])
})

t.test('to iBGP: LOCAL_PREF, path and next hop as they are; from iBGP nothing to iBGP', async (t) => {
  const everything = { export: 'all', nextHop: 'third-party' } as const
  const { lab } = await start([node, out(ROUTER, 64513, everything), out('192.168.95.2', 64513, everything)])
  const peer = await up(lab, NODE, 64512)
  const inner = await up(lab, ROUTER, 64513)
  const second = await up(lab, '192.168.95.2', 64513)
  peer.send(announce(64512, NODE, VIP))
  inner.send(
    update({ attributes: [origin(), asPath(), nextHop(ROUTER), localPref(200)], announced: ['10.0.0.0/8'] }),
  )
  await lab.clock.run()
  const expected = update({
    attributes: [origin(), asPath(64512), nextHop(NODE), localPref(100)],
    announced: [VIP],
  })
  for (const one of [inner, second]) {
    t.same(
      one.updates.map((received) => received.hex),
      [toHex(expected)],
    )
  }
})

t.test('ROUTE-REFRESH is answered with everything', async (t) => {
  const { lab } = await start([node, out(ROUTER, 64999, { export: 'all' })])
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, VIP, '10.0.0.0/8'))
  const router = await up(lab, ROUTER, 64999)
  router.clear()
  router.send(message(5, [...u16(1), 0, 1]))
  await lab.clock.run()
  t.equal(router.updates.length, 1)
  // Another family and another subtype are ignored.
  router.clear()
  router.send(message(5, [...u16(2), 0, 1]), message(5, [...u16(1), 7, 1]))
  await lab.clock.run()
  t.same(router.names, [])
  t.equal(router.closed, undefined)
})

t.test('a changed export policy sends the difference over the same connection', async (t) => {
  const only = (prefix: string) => [{ action: 'permit', prefix, ge: 0, le: 32 }] as const
  const rules = (prefix: string) => [{ ...only(prefix)[0], ge: Number(prefix.split('/')[1]) }]
  const configured = (policy: Parameters<typeof family>[1]) =>
    speakerOptions([node, out(ROUTER, 64999, policy)])
  const { lab, sw } = await start([node, out(ROUTER, 64999, { export: 'all' })])
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, VIP, '10.0.0.0/8', '172.16.0.0/12'))
  const router = await up(lab, ROUTER, 64999)
  t.equal(sw.views.neighbor(ROUTER)?.prefixesAdvertised, 3)
  router.clear()
  await sw.speaker.apply(configured({ export: rules('10.0.0.0/8') }))
  await lab.clock.run()
  t.equal(sw.views.neighbor(ROUTER)?.prefixesAdvertised, 1)
  const withdrawn = router.updates.filter((one) => one.body[0] * 256 + one.body[1] > 0)
  t.equal(withdrawn.length, 1)
  t.equal(withdrawn[0].body[1], 5 + 3, 'a /32 and a /12')
  await sw.speaker.apply(configured({ export: 'none' }))
  await lab.clock.run()
  t.equal(sw.views.neighbor(ROUTER)?.prefixesAdvertised, 0)
  t.equal(router.updates.at(-1)?.hex, toHex(withdraw('10.0.0.0/8')))
  await sw.speaker.apply(configured({ export: 'all' }))
  await lab.clock.run()
  t.match(sw.views.neighbor(ROUTER), { state: 'Established', established: 1, prefixesAdvertised: 3 })
})

t.test('members of one update group get the same octets; a late one gets everything', async (t) => {
  const routers = [1, 2, 3].map((i) => `192.168.95.${i}`)
  const { lab, sw } = await start([
    node,
    ...routers.map((address) => out(address, 64999, { export: 'all', nextHop: 'self' })),
  ])
  const peer = await up(lab, NODE, 64512)
  const first = await up(lab, routers[0], 64999)
  peer.send(announce(64512, NODE, ...Array.from({ length: 200 }, (_, i) => `10.0.${i}.0/24`)))
  await lab.clock.run()
  const late = [await up(lab, routers[1], 64999), await up(lab, routers[2], 64999)]
  t.same(
    late.map((one) => one.updates.length),
    [1, 1],
    'one message holds all',
  )
  t.equal(first.updates[0].hex, late[0].updates[0].hex)
  t.equal(new Set(routers.map((address) => sw.views.neighbor(address)?.updateGroup)).size, 1)
  late[0].connection.close()
  peer.send(withdraw('10.0.0.0/24'))
  await lab.clock.run()
  t.same(
    [first, late[1]].map((one) => one.updates.at(-1)?.hex),
    [toHex(withdraw('10.0.0.0/24')), toHex(withdraw('10.0.0.0/24'))],
  )
})

t.test('a neighbor that does not read costs no memory and gets the last state', async (t) => {
  const { lab, sw } = await start([
    node,
    out(ROUTER, 64999, { export: 'all' }),
    out('192.168.95.2', 64999, { export: 'all' }),
  ])
  const peer = await up(lab, NODE, 64512)
  const slow = await up(lab, ROUTER, 64999)
  const quick = await up(lab, '192.168.95.2', 64999)
  const receiving = sw.host.to(ROUTER)?.other
  if (receiving === undefined) throw new Error('no connection')
  receiving.stalled = true
  // Attribute sets of their own, so that nothing packs: some 60 octets a route.
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 2000; i++) {
      peer.send(
        update({
          attributes: [origin(), asPath(64512), nextHop(NODE), communities(round * 2000 + i, i)],
          announced: [`10.${i >> 8}.${i & 255}.0/24`],
        }),
      )
    }
    await lab.clock.run()
  }
  const written = sw.host.to(ROUTER)?.written.reduce((sum, bytes) => sum + bytes.length, 0) ?? 0
  t.ok(written < 700_000, `${written} octets for the slow one`)
  t.ok(quick.updates.length > 19_000, 'the other one has seen every change')
  t.equal(sw.views.neighbor(ROUTER)?.state, 'Established')
  receiving.stalled = false
  receiving.resume()
  await lab.clock.run()
  t.equal(sw.views.neighbor(ROUTER)?.prefixesAdvertised, 2000)
  t.ok(slow.updates.length < 10_000, `${slow.updates.length} messages`)
  const last = (one: RawPeer) => new Set(one.updates.slice(-100).map((received) => received.hex))
  t.same(last(slow), last(quick))
})
