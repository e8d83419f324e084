import t from 'tap'
import type { RouteQuery } from '../../../src/views/model/route.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  asPath,
  attribute,
  endOfRibIpv6,
  fourOctetAs,
  ipv4,
  mpReachIpv6,
  mpUnreachIpv6,
  multiprotocol,
  nextHop,
  origin,
  update,
  withdraw,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODES = ['192.168.95.210', '192.168.95.211', '192.168.95.212']
const VIP = '192.168.95.123/32'
const passive = (address: string) => neighbor(address, { passive: true })
const query = (more: Partial<RouteQuery> = {}): RouteQuery => ({
  family: 'ipv4-unicast',
  limit: 100,
  ...more,
})

/** A switch and its nodes, all Established. */
async function story(
  lab: SpeakerLab,
  nodes = NODES,
  options = speakerOptions(nodes.map(passive)),
): Promise<{ lab: SpeakerLab; sw: LabSpeaker; peers: RawPeer[] }> {
  const sw = await lab.start(SWITCH, options)
  const peers: RawPeer[] = []
  for (const node of nodes) {
    const peer = await lab.dial(node, SWITCH)
    peer.greet({ as: 64512, routerId: node })
    peers.push(peer)
  }
  await lab.clock.run()
  return { lab, sw, peers }
}

t.test('three nodes make one route with three next hops', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab())
  for (const [index, peer] of peers.entries()) peer.send(announce(64512, NODES[index], VIP))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), NODES)
  const page = sw.views.routes(query())
  t.equal(page.total, 1)
  const [route] = page.routes
  t.match(route, { prefix: VIP, nextHops: NODES, fib: { state: 'installed' } })
  t.same(
    route.paths.map((path) => [path.neighbor, path.best, path.multipath, path.valid]),
    [
      [NODES[0], true, true, true],
      [NODES[1], false, true, true],
      [NODES[2], false, true, true],
    ],
  )
  t.match(route.paths[0], { nextHop: NODES[0], asPath: '64512', origin: 'IGP', localPref: 100, type: 'ebgp' })
  t.match(sw.views.neighbor(NODES[1]), { prefixesReceived: 1, prefixesAccepted: 1, prefixesAdvertised: 0 })
  t.match(sw.views.speaker(), {
    tables: [
      { family: 'ipv4-unicast', prefixes: 1, paths: 3, multipathPrefixes: 1, widths: [0, 0, 0, 1] },
      {},
    ],
  })
  t.match(
    sw.speaker.recent().filter((event) => event.type === 'route'),
    [
      { change: 'announced', prefix: VIP, nextHops: [NODES[0]] },
      { change: 'changed', nextHops: NODES.slice(0, 2) },
      { change: 'changed', nextHops: NODES, best: { neighbor: NODES[0], asPath: '64512' } },
    ],
  )
})

t.test('a withdrawal is with the kernel before the turn ends', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab())
  for (const [index, peer] of peers.entries()) peer.send(announce(64512, NODES[index], VIP))
  await lab.clock.run()
  sw.fib.take()
  peers[1].send(withdraw(VIP))
  // readPending() hands over what has arrived without another turn of the clock.
  void sw.host.to(NODES[1])?.readPending()
  t.same(sw.fib.take(), [`set ${VIP} via ${NODES[0]},${NODES[2]}`, 'flush'])
  peers[1].send(announce(64512, NODES[1], VIP))
  void sw.host.to(NODES[1])?.readPending()
  t.same(sw.fib.take(), [`set ${VIP} via ${NODES.join(',')}`, 'flush'])
})

t.test('announcing the same again is no change', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1))
  peers[0].send(announce(64512, NODES[0], VIP))
  await lab.clock.run()
  const { version } = sw.views.routes(query()).routes[0]
  const { since } = sw.views.routes(query()).routes[0].paths[0]
  const events = sw.speaker.recent().length
  await lab.clock.advance(10_000)
  sw.fib.take()
  peers[0].send(announce(64512, NODES[0], VIP), announce(64512, NODES[0], VIP))
  await lab.clock.run()
  t.same(sw.fib.take(), [])
  t.equal(sw.speaker.recent().length, events)
  t.match(sw.views.routes(query()).routes[0], { version, paths: [{ since }] })
})

t.test('messages split at any octet give the same result', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive(NODES[0])]))
  const peer = await lab.dial(NODES[0], SWITCH)
  const connection = sw.host.to(NODES[0])
  if (connection !== undefined) connection.segment = 1
  peer.greet({ as: 64512, routerId: NODES[0] })
  peer.send(announce(64512, NODES[0], VIP), announce(64512, NODES[0], '10.1.0.0/16', '10.2.0.0/16'))
  await lab.clock.run()
  t.equal(sw.fib.size, 3)
  peer.send(withdraw('10.1.0.0/16'))
  await lab.clock.run()
  t.same(sw.fib.via('10.1.0.0/16'), undefined)
  t.equal(sw.fib.size, 2)
})

t.test('session lost without graceful restart: gateway first, then the routes', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab())
  for (const [index, peer] of peers.entries()) peer.send(announce(64512, NODES[index], VIP, '10.0.0.0/24'))
  await lab.clock.run()
  sw.fib.take()
  peers[2].connection.close()
  await lab.clock.run()
  const [first, ...rest] = sw.fib.take()
  t.equal(first, `lost ${NODES[2]}`)
  t.same(rest.sort(), [
    'flush',
    `set 10.0.0.0/24 via ${NODES[0]},${NODES[1]}`,
    `set ${VIP} via ${NODES[0]},${NODES[1]}`,
  ])
  t.match(sw.views.neighbor(NODES[2]), { prefixesReceived: 0, dropped: 1 })
})

t.test('a gateway that another session uses is not lost', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab())
  peers[0].send(announce(64512, NODES[0], VIP))
  peers[1].send(announce(64512, NODES[0], '10.0.0.0/24'))
  await lab.clock.run()
  sw.fib.take()
  peers[0].connection.close()
  await lab.clock.run()
  t.same(sw.fib.take(), [`set ${VIP} none`, 'flush'])
})

t.test('what is wrong for this neighbor is stored and not used', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1))
  const [peer] = peers
  peer.send(
    update({ attributes: [origin(), asPath(64512, 64513), nextHop(NODES[0])], announced: ['10.1.0.0/16'] }),
    update({ attributes: [origin(), asPath(64999), nextHop(NODES[0])], announced: ['10.2.0.0/16'] }),
    announce(64512, SWITCH, '10.3.0.0/16'),
    announce(64512, '127.0.0.1', '10.4.0.0/16'),
    announce(64512, '0.0.0.0', '10.5.0.0/16'),
    announce(64512, '224.0.0.1', '10.6.0.0/16'),
    announce(64512, NODES[0], '224.0.0.0/8', '127.0.0.0/8', '10.7.0.0/16'),
  )
  await lab.clock.run()
  t.equal(sw.views.neighbor(NODES[0])?.state, 'Established')
  t.same(
    sw.views.routes(query()).routes.map((route) => [route.prefix, route.paths[0].unusable?.reason]),
    [
      ['10.1.0.0/16', 'own-as'],
      ['10.2.0.0/16', 'first-as'],
      ['10.3.0.0/16', 'next-hop-own'],
      ['10.4.0.0/16', 'next-hop-loopback'],
      ['10.5.0.0/16', 'next-hop-no-host'],
      ['10.6.0.0/16', 'next-hop-multicast'],
      ['10.7.0.0/16', undefined],
    ],
  )
  t.equal(sw.fib.size, 1)
  t.ok(sw.lines.some((line) => line.includes(`next hop ${SWITCH} are not used: it is an own address`)))
  t.ok(sw.lines.some((line) => line.includes('ignored: 224.0.0.0/8 127.0.0.0/8')))
})

t.test('a next hop in 127/8 is valid from a neighbor that is there itself', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start('127.0.0.1', speakerOptions([passive('127.0.0.2')]))
  const peer = await lab.dial('127.0.0.2', '127.0.0.1')
  peer.greet({ as: 64512, routerId: '10.0.0.2' })
  peer.send(announce(64512, '127.0.0.2', VIP), announce(64512, '127.0.0.3', '10.0.0.0/8'))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), ['127.0.0.2'])
  t.same(sw.fib.via('10.0.0.0/8'), ['127.0.0.3'])
})

t.test('RFC 7606: routes with a malformed attribute go, the session stays, and it is said', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1))
  const [peer] = peers
  peer.send(announce(64512, NODES[0], VIP, '10.0.0.0/8'))
  await lab.clock.run()
  t.equal(sw.fib.size, 2)
  const broken = update({ attributes: [origin(7), asPath(64512), nextHop(NODES[0])], announced: [VIP] })
  peer.send(broken)
  // LOCAL_PREF from an external neighbor is left out, the route stays.
  peer.send(
    update({
      attributes: [origin(), asPath(64512), nextHop(NODES[0]), attribute(0x40, 5, [0, 0, 1, 0])],
      announced: ['10.9.0.0/16'],
    }),
  )
  await lab.clock.run()
  t.same(sw.fib.via(VIP), undefined)
  t.same(sw.fib.via('10.9.0.0/16'), [NODES[0]])
  t.match(sw.views.neighbor(NODES[0]), {
    state: 'Established',
    faults: {
      withdraw: 1,
      discard: 1,
      reset: 0,
      attributes: [
        { attribute: 1, name: 'ORIGIN', withdraw: 1, discard: 0, reset: 0 },
        { attribute: 5, name: 'LOCAL_PREF', withdraw: 0, discard: 1, reset: 0 },
      ],
    },
    lastFaults: [
      { verdict: 'discard', attribute: 5, text: /LOCAL_PREF/, prefixes: ['10.9.0.0/16'] },
      {
        verdict: 'withdraw',
        attribute: 1,
        prefixes: [VIP],
        message: Buffer.from(broken).toString('hex'),
        size: broken.length,
      },
    ],
  })
  const [fault] = sw.speaker.recent().filter((event) => event.type === 'fault')
  t.match(fault, { verdict: 'withdraw', neighbor: NODES[0], prefixes: [VIP], rule: 'RFC 7606 §7.1' })
  t.equal(fault.type === 'fault' && fault.message, Buffer.from(broken).toString('hex'))
})

t.test('an UPDATE that cannot be read ends the session', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1))
  const [peer] = peers
  peer.send(announce(64512, NODES[0], VIP))
  peer.send(update({ attributes: [origin(), asPath(64512), nextHop(NODES[0])], announced: ['10.0.0.0/33'] }))
  await lab.clock.run()
  t.match(peer.notification, /^3\/10/)
  t.equal(sw.fib.size, 0)
  t.match(sw.views.neighbor(NODES[0]), {
    lastError: { notification: { direction: 'sent', name: 'UPDATE Message Error/Invalid Network Field' } },
    faults: { reset: 1, attributes: [{ name: 'message', reset: 1 }] },
    lastFaults: [{ verdict: 'reset', rule: 'RFC 7606 §5.3' }],
  })
})

t.test('IPv6 over an IPv6 session, End-of-RIB included', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start('2001:db8::200', speakerOptions([passive('2001:db8::210')]))
  const peer = await lab.dial('2001:db8::210', '2001:db8::200')
  peer.greet({ as: 64512, routerId: NODES[0], capabilities: [multiprotocol(2), fourOctetAs(64512)] })
  await lab.clock.run()
  peer.send(
    update({ attributes: [origin(), asPath(64512), mpReachIpv6('2001:db8::210', '2001:db8:1::123/128')] }),
    endOfRibIpv6(),
  )
  await lab.clock.run()
  t.same(sw.fib.via('2001:db8:1::123/128'), ['2001:db8::210'])
  t.match(sw.views.neighbor('2001:db8::210'), {
    families: [{ family: 'ipv6-unicast', endOfRibReceived: true, endOfRibSent: true, prefixesBest: 1 }],
  })
  peer.send(update({ attributes: [mpUnreachIpv6('2001:db8:1::123/128')] }))
  await lab.clock.run()
  t.equal(sw.fib.size, 0)
})

t.test('a family that was not negotiated is ignored and said once', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1))
  const reach = update({ attributes: [origin(), asPath(64512), mpReachIpv6('2001:db8::1', '2001:db8::/32')] })
  peers[0].send(reach, reach, announce(64512, NODES[0], VIP))
  await lab.clock.run()
  t.equal(sw.views.neighbor(NODES[0])?.state, 'Established')
  t.equal(sw.views.routes(query({ family: 'ipv6-unicast' })).total, 0)
  t.same(sw.fib.via(VIP), [NODES[0]])
  t.equal(sw.lines.filter((line) => line.includes('ipv6-unicast, which was not negotiated')).length, 1)
})

t.test('routes reflected back to where they came from are ignored', async (t) => {
  const lab = new SpeakerLab()
  const inner = neighbor(NODES[0], { remoteAs: 64513, passive: true })
  const sw = await lab.start(SWITCH, speakerOptions([inner]))
  const peer = await lab.dial(NODES[0], SWITCH)
  peer.greet({ as: 64513, routerId: NODES[0] })
  const path = [origin(), asPath(), nextHop(NODES[0]), attribute(0x40, 5, [0, 0, 0, 100])]
  peer.send(
    update({ attributes: [...path, attribute(0x80, 9, ipv4(SWITCH))], announced: ['10.1.0.0/16'] }),
    update({
      attributes: [...path, attribute(0x80, 9, ipv4(NODES[1])), attribute(0x80, 10, ipv4(SWITCH))],
      announced: ['10.2.0.0/16'],
    }),
    update({
      attributes: [...path, attribute(0x80, 9, ipv4(NODES[1])), attribute(0x80, 10, ipv4(NODES[2]))],
      announced: ['10.3.0.0/16'],
    }),
  )
  await lab.clock.run()
  t.same(
    sw.views.routes(query()).routes.map((route) => route.paths[0].unusable?.reason),
    ['originator-loop', 'cluster-loop', undefined],
  )
})

t.test('import policy', async (t) => {
  const rules = [{ action: 'permit', prefix: '192.168.95.0/24', ge: 32, le: 32 }] as const
  const options = speakerOptions([
    neighbor(NODES[0], { passive: true, families: [family('ipv4-unicast', { import: rules })] }),
  ])
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1), options)
  peers[0].send(announce(64512, NODES[0], VIP, '10.0.0.0/8'))
  await lab.clock.run()
  t.equal(sw.fib.size, 1)
  t.match(sw.views.neighbor(NODES[0]), { prefixesReceived: 2, prefixesAccepted: 1 })
  t.match(sw.views.routes(query({ prefix: '10.0.0.0/8' })).routes[0].paths[0], {
    valid: false,
    reason: 'rejected by the prefix list of its import policy',
  })
})

t.test('more prefixes than allowed: 6/1 with family and limit, and a pause', async (t) => {
  const limited = neighbor(NODES[0], {
    passive: true,
    families: [family('ipv4-unicast', { maximumPrefix: 2 })],
  })
  const { lab, sw, peers } = await story(new SpeakerLab(), NODES.slice(0, 1), speakerOptions([limited]))
  peers[0].send(announce(64512, NODES[0], '10.1.0.0/16', '10.2.0.0/16'))
  await lab.clock.run()
  t.equal(sw.views.neighbor(NODES[0])?.state, 'Established')
  peers[0].send(announce(64512, NODES[0], '10.3.0.0/16'))
  await lab.clock.run()
  t.equal(peers[0].notification, '6/1 00010100000002')
  t.equal(sw.fib.size, 0)
  const again = await lab.dial(NODES[0], SWITCH)
  await lab.clock.run()
  t.equal(again.notification, '6/5')
  await lab.clock.advance(61_000)
  const later = await lab.dial(NODES[0], SWITCH)
  later.greet({ as: 64512, routerId: NODES[0] })
  await lab.clock.run()
  t.equal(sw.views.neighbor(NODES[0])?.state, 'Established')
})

t.test('pages and filters of routes', async (t) => {
  const { lab, sw, peers } = await story(new SpeakerLab())
  const prefixes = Array.from({ length: 25 }, (_, i) => `10.0.${i}.0/24`)
  peers[0].send(announce(64512, NODES[0], ...prefixes))
  peers[1].send(announce(64512, NODES[1], '10.0.3.0/24', '10.0.3.128/25', '0.0.0.0/0'))
  await lab.clock.run()
  const first = sw.views.routes(query({ limit: 10 }))
  t.equal(first.total, 27)
  t.equal(first.routes.length, 10)
  const all = [...first.routes]
  for (let page = first; page.next !== undefined; ) {
    page = sw.views.routes(query({ limit: 10, cursor: page.next }))
    all.push(...page.routes)
  }
  t.same(
    all.map((route) => route.prefix),
    ['0.0.0.0/0', ...prefixes.slice(0, 4), '10.0.3.128/25', ...prefixes.slice(4)],
  )
  t.equal(sw.views.routes(query({ longest: '10.0.3.200' })).routes[0].prefix, '10.0.3.128/25')
  t.equal(sw.views.routes(query({ longest: '172.16.0.1' })).routes[0].prefix, '0.0.0.0/0')
  t.same(sw.views.routes(query({ prefix: '10.9.9.0/24' })), { routes: [], total: 0 })
  const ofNode = sw.views.routes(query({ neighbor: NODES[1] }))
  t.same(
    ofNode.routes.map((route) => [route.prefix, route.paths.length]),
    [
      ['0.0.0.0/0', 1],
      ['10.0.3.0/24', 1],
      ['10.0.3.128/25', 1],
    ],
  )
  t.same(sw.views.routes(query({ neighbor: '192.0.2.1' })), { routes: [], total: 0 })
  t.throws(() => sw.views.routes(query({ cursor: 'x' })), RangeError)
})

t.test(
  'AS_SETs are rejected unless the configuration accepts them; a change asks for the routes again',
  async (t) => {
    const lab = new SpeakerLab()
    const options = speakerOptions([passive(NODES[0])])
    const sw = await lab.start('127.0.0.1', options)
    const peer = await lab.dial(NODES[0], '127.0.0.1')
    peer.greet({ as: 64512, routerId: '10.0.0.2' })
    await lab.clock.run()
    // 64512 {7, 8}
    const path = attribute(0x40, 2, [2, 1, 0, 0, 252, 0, 1, 2, 0, 0, 0, 7, 0, 0, 0, 8])
    const withSet = update({ attributes: [origin(), path, nextHop(NODES[0])], announced: [VIP] })
    const length = () => {
      const [route] = sw.views.routes({ family: 'ipv4-unicast', limit: 10 }).routes
      return route?.paths[0].asPathLength
    }
    for (const [rejectAsSets, expected] of [
      [undefined, undefined],
      [false, 2],
      [true, undefined],
    ] as const) {
      if (rejectAsSets !== undefined) {
        peer.clear()
        const report = await sw.speaker.apply({ ...options, rejectAsSets })
        await lab.clock.run()
        t.match(report, { reset: [], changed: [] })
        t.same(peer.names, ['ROUTE-REFRESH'])
      }
      peer.send(withSet)
      await lab.clock.run()
      t.equal(length(), expected, `rejectAsSets ${rejectAsSets}`)
    }
    t.equal(sw.views.neighbor(NODES[0])?.faults.withdraw, 2)
  },
)
