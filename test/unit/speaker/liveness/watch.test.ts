import t from 'tap'
import { showEvents } from '../../../../src/show/events.js'
import { ManualLiveness } from '../../../../src/testing/manual-liveness.js'
import { neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  asPath,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  mpReachIpv6,
  multiprotocol,
  open,
  origin,
  update,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const OTHER = '192.168.95.211'
const VIP = '192.168.95.123/32'
const SECOND = '192.168.95.124/32'

const EXPIRED = 'control detection time expired'
const dead = { cause: EXPIRED, forwardingDead: true }
const silent = { cause: EXPIRED, forwardingDead: false }
const strict = { ...dead, strict: true }

function greeting(address: string, restart: boolean, notification = false) {
  const families = [{ afi: 1, forwarding: true }]
  const graceful = gracefulRestart({ time: 120, restarting: false, notification, families })
  const capabilities = [multiprotocol(1), fourOctetAs(64512), ...(restart ? [graceful] : [])]
  return { as: 64512, routerId: address, capabilities }
}

/** Two nodes that announce the same two addresses; the first one's death is what the tests are about. */
async function up(restart = false, notification = false) {
  const lab = new SpeakerLab()
  const bfd = new ManualLiveness('BFD')
  const table = new ManualLiveness('neighbor table')
  const graceful = { gracefulRestart: { enabled: true, notification } }
  const options = [NODE, OTHER].map((address) => neighbor(address, { passive: true, ...graceful }))
  const sw = await lab.start(SWITCH, speakerOptions(options), undefined, undefined, 0, [bfd, table])
  const peers: RawPeer[] = []
  const join = async (address: string) => {
    const peer = await lab.dial(address, SWITCH)
    peer.greet(greeting(address, restart, notification))
    peer.send(announce(64512, address, VIP, SECOND), END_OF_RIB)
    await lab.clock.run()
    peers.push(peer)
    return peer
  }
  await join(NODE)
  await join(OTHER)
  t.same(sw.fib.via(VIP), [NODE, OTHER])
  sw.fib.take()
  return { lab, sw, bfd, table, peers, join, node: () => sw.views.neighbor(NODE) }
}

t.test('BFD down: the session ends within the call, with Cease/BFD Down and the cause', async (t) => {
  const { lab, sw, bfd, peers, node } = await up()
  bfd.neighbor(NODE, dead)
  t.same(sw.fib.take()[0], `lost ${NODE}`, 'the kernel hears of it first')
  t.same(sw.fib.via(VIP), [OTHER])
  t.match(node(), {
    state: 'Idle',
    lastReset: {
      text: `${NODE} is dead: BFD: ${EXPIRED}`,
      notification: { direction: 'sent', code: 6, subcode: 10, name: 'Cease/BFD Down' },
    },
  })
  t.equal(sw.views.neighbor(OTHER)?.state, 'Established')
  await lab.clock.run()
  t.equal(peers[0].notification, '6/10')
  t.match(
    sw.speaker.recent().findLast((event) => event.type === 'session'),
    { neighbor: NODE, from: 'Established', to: 'Idle', cause: `${NODE} is dead: BFD: ${EXPIRED}` },
  )
  t.ok(sw.lines.includes(`warn neighbor ${NODE} is dead: BFD: ${EXPIRED}`))
})

t.test('others than BFD end a session as if the hold time had passed (RFC 5882 §4.2.1)', async (t) => {
  const { lab, table, peers, node } = await up()
  table.neighbor(NODE, { cause: 'FAILED', forwardingDead: true })
  await lab.clock.run()
  t.equal(peers[0].notification, '4/0')
  t.match(node(), { lastReset: { text: `${NODE} is dead: neighbor table: FAILED` } })
})

t.test('who forwards nothing leaves nothing behind, graceful restart or not', async (t) => {
  for (const notification of [false, true]) {
    const { lab, sw, bfd, peers, node } = await up(true, notification)
    bfd.neighbor(NODE, dead)
    t.same(sw.fib.via(VIP), [OTHER])
    t.match(node(), { gracefulRestart: { helper: 'none' }, prefixesReceived: 0 })
    await lab.clock.run()
    t.equal(
      peers[0].notification,
      notification ? '6/9 060a' : '6/10',
      'RFC 9384 §4: a Hard Reset with the N bit',
    )
  }
})

t.test('its control plane alone may be silent: paths are kept as after a lost connection', async (t) => {
  const { lab, sw, bfd, peers, node } = await up(true)
  bfd.neighbor(NODE, silent)
  t.same(sw.fib.take(), [])
  t.match(node(), {
    state: 'Idle',
    gracefulRestart: { helper: 'waiting', remaining: 120 },
    families: [{ prefixesStale: 2 }],
    lastReset: { text: `${NODE} is dead: BFD: ${EXPIRED}` },
  })
  await lab.clock.run()
  t.equal(peers[0].notification, undefined, 'a NOTIFICATION would end graceful restart there')
  t.ok(peers[0].closed !== undefined)

  bfd.neighbor(NODE, dead)
  t.same(
    sw.fib.take()[0],
    `lost ${NODE}`,
    'now it is known: the restart under way is given up (RFC 5882 §4.3.1)',
  )
  t.same(sw.fib.via(VIP), [OTHER])
  t.match(node(), { gracefulRestart: { helper: 'none' } })
})

t.test('without graceful restart there is nothing to spare', async (t) => {
  const { lab, sw, bfd, peers } = await up()
  bfd.neighbor(NODE, silent)
  t.same(sw.fib.via(VIP), [OTHER])
  await lab.clock.run()
  t.equal(peers[0].notification, '6/10')
})

t.test('a session may come back while the source still calls the neighbor dead', async (t) => {
  const { lab, sw, bfd, join, node } = await up()
  bfd.neighbor(NODE, dead)
  await lab.clock.run()
  await join(NODE)
  t.match(node(), { state: 'Established' })
  bfd.neighbor(NODE, { ...dead, cause: 'neighbor signaled session down' })
  t.match(node(), { state: 'Established' }, 'another cause is no other death')
  bfd.neighbor(NODE)
  bfd.neighbor(NODE, dead)
  t.match(node(), { state: 'Idle' }, 'the next death ends it again')
  t.same(sw.fib.via(VIP), [OTHER])
})

t.test('strict: no session until the neighbor is alive', async (t) => {
  const { lab, sw, bfd, join, node } = await up()
  bfd.neighbor(NODE, strict)
  await lab.clock.run()
  const refused = await lab.dial(NODE, SWITCH)
  await lab.clock.run()
  t.equal(refused.notification, '6/5')
  t.match(
    sw.speaker.recent().findLast((event) => event.type === 'refused'),
    { address: NODE, cause: new RegExp(`is dead: BFD: ${EXPIRED}`) },
  )
  t.match(sw.speaker.operate(NODE, { type: 'reset' }, 'a test'), { ok: false, text: /is dead: BFD/ })
  t.match(sw.speaker.operate(NODE, { type: 'start' }, 'a test'), { ok: true, text: /once it is alive/ })
  await lab.clock.advance(600_000)
  t.match(node(), { state: 'Idle' })
  bfd.neighbor(NODE)
  t.match(node(), { state: 'Active' })
  await join(NODE)
  t.match(node(), { state: 'Established' })
  t.ok(sw.lines.includes(`info neighbor ${NODE} is alive again: BFD`))
})

t.test('strict, and taken back while it is still called dead: a session may come', async (t) => {
  const { lab, bfd, node } = await up()
  bfd.neighbor(NODE, strict)
  await lab.clock.advance(60_000)
  t.match(node(), { state: 'Idle' })
  bfd.neighbor(NODE, dead)
  t.match(node(), { state: 'Active' })
})

t.test('strict, and said before the start: the neighbor is not even dialled', async (t) => {
  const lab = new SpeakerLab()
  const bfd = new ManualLiveness('BFD')
  bfd.neighbor(NODE, strict)
  const options = speakerOptions([neighbor(NODE)])
  const { speaker, views, host } = await lab.start(SWITCH, options, undefined, undefined, 0, [bfd])
  await lab.clock.advance(60_000)
  t.equal(host.dials.length, 0)
  t.match(views.neighbor(NODE), { state: 'Idle', lastError: { text: `${NODE} is dead: BFD: ${EXPIRED}` } })
  t.same(speaker.incomplete(), [], 'nobody waits for its routes')
  t.equal(speaker.converged(), true)
  bfd.neighbor(NODE)
  await lab.clock.advance(1000)
  t.ok(host.dials.length > 0)
})

t.test('strict: who was shut down by an operator is not started by being alive', async (t) => {
  const { lab, sw, bfd, node } = await up()
  bfd.neighbor(NODE, strict)
  sw.speaker.operate(NODE, { type: 'shutdown' }, 'a test')
  bfd.neighbor(NODE)
  await lab.clock.run()
  t.match(node(), { state: 'Idle', adminDown: true })
})

t.test('strict holds for who comes from a listen range, too', async (t) => {
  const lab = new SpeakerLab()
  const bfd = new ManualLiveness('BFD')
  const { address: _, ...template } = neighbor(NODE, { passive: true })
  const options = speakerOptions([], { listenRanges: [{ prefix: '192.168.95.0/24', template }] })
  const { views } = await lab.start(SWITCH, options, undefined, undefined, 0, [bfd])
  bfd.neighbor(NODE, strict)
  const refused = await lab.dial(NODE, SWITCH)
  await lab.clock.run()
  t.equal(refused.notification, '6/5')
  t.same(views.neighbors(), [])
  bfd.neighbor(NODE)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet(greeting(NODE, false))
  await lab.clock.run()
  t.match(views.neighbors(), [{ address: NODE, state: 'Established' }])
  bfd.neighbor(NODE, dead)
  await lab.clock.run()
  t.match(
    views.neighbors(),
    [{ departed: { at: String }, lastReset: { reason: 'dead' } }],
    'it leaves a trace',
  )
})

t.test('several sources: alive when none says dead', async (t) => {
  const { lab, sw, bfd, table, node } = await up()
  bfd.neighbor(NODE, strict)
  table.neighbor(NODE, { cause: 'FAILED', forwardingDead: true, strict: true })
  bfd.neighbor(NODE)
  await lab.clock.advance(60_000)
  t.match(node(), { state: 'Idle' })
  t.ok(sw.lines.includes(`info neighbor ${NODE} is dead: neighbor table: FAILED; alive, says BFD`))
  table.neighbor(NODE)
  t.match(node(), { state: 'Active' })
})

t.test('a dead gateway takes its paths out of use at once, and its session stays', async (t) => {
  const { lab, sw, table, node } = await up()
  table.gateway(NODE, 'FAILED since 12:00:03')
  t.same(sw.fib.take(), [`lost ${NODE}`, `set ${VIP} via ${OTHER}`, `set ${SECOND} via ${OTHER}`, 'flush'])
  t.match(node(), { state: 'Established', prefixesReceived: 2 })
  table.gateway(NODE)
  t.same(sw.fib.take(), [`set ${VIP} via ${NODE},${OTHER}`, `set ${SECOND} via ${NODE},${OTHER}`, 'flush'])
  t.ok(sw.lines.includes(`warn gateway ${NODE} is dead: neighbor table: FAILED since 12:00:03`))
  t.ok(sw.lines.includes(`info gateway ${NODE} is alive again: neighbor table`))
  await lab.clock.run()
})

t.test('paths that come through a dead gateway are not used before it is alive', async (t) => {
  const { lab, sw, table, join } = await up()
  table.gateway('192.168.95.212', 'FAILED')
  t.same(sw.fib.take(), [], 'nobody uses it')
  const options = [NODE, OTHER, '192.168.95.212'].map((address) => neighbor(address, { passive: true }))
  await sw.speaker.apply(speakerOptions(options))
  await join('192.168.95.212')
  t.same(sw.fib.via(VIP), [NODE, OTHER])
  table.gateway('192.168.95.212')
  t.same(sw.fib.via(VIP), [NODE, OTHER, '192.168.95.212'])
  await lab.clock.run()
})

t.test('a gateway is dead as long as one source says so', async (t) => {
  const { sw, bfd, table } = await up()
  bfd.gateway(NODE, EXPIRED)
  table.gateway(NODE, 'FAILED')
  sw.fib.take()
  bfd.gateway(NODE)
  t.same(sw.fib.take(), [])
  t.same(sw.fib.via(VIP), [OTHER])
  table.gateway(NODE)
  t.same(sw.fib.via(VIP), [NODE, OTHER])
})

t.test('after its end the speaker listens to nobody', async (t) => {
  const { lab, sw, bfd } = await up()
  const stopped = sw.speaker.stop('bye')
  await lab.clock.advance(2000)
  await stopped
  const before = sw.lines.length
  bfd.neighbor(NODE, dead)
  bfd.gateway(NODE, EXPIRED)
  t.equal(sw.lines.length, before)
})

t.test('an OPEN that is on its way when the neighbor dies comes to nothing', async (t) => {
  const lab = new SpeakerLab()
  const bfd = new ManualLiveness('BFD')
  const options = speakerOptions([neighbor(NODE, { passive: true })])
  const { views } = await lab.start(SWITCH, options, undefined, undefined, 0, [bfd])
  const peer = await lab.dial(NODE, SWITCH)
  peer.send(open(greeting(NODE, true)))
  await lab.clock.run()
  bfd.neighbor(NODE, silent)
  await lab.clock.run()
  t.equal(peer.notification, '6/10')
  t.match(views.neighbor(NODE), { lastError: { text: `${NODE} is dead: BFD: ${EXPIRED}` } })
})

t.test('views and events say who is dead, by whose word and why', async (t) => {
  const { sw, bfd, table, node } = await up()
  t.equal(node()?.dead, undefined)
  bfd.neighbor(NODE, strict)
  table.neighbor(NODE, { cause: 'FAILED', forwardingDead: true })
  t.match(node()?.dead, [
    { source: 'BFD', cause: EXPIRED, strict: true, since: /^2026-01-01T/ },
    { source: 'neighbor table', cause: 'FAILED', strict: undefined },
  ])
  table.gateway(OTHER, 'FAILED since 12:00:03')
  const [path] = sw.views.routes({ family: 'ipv4-unicast', prefix: VIP, limit: 1 }).routes[0].paths
  t.match(path, {
    valid: false,
    reason: `next hop ${OTHER} is dead: neighbor table: FAILED since 12:00:03`,
  })
  bfd.neighbor(NODE)
  table.gateway(OTHER)
  const told = sw.speaker.recent().filter((event) => event.type === 'liveness')
  t.match(told, [
    { subject: 'neighbor', address: NODE, source: 'BFD', change: 'dead', dead: true, cause: EXPIRED },
    { subject: 'neighbor', address: NODE, source: 'neighbor table', change: 'dead', cause: 'FAILED' },
    { subject: 'gateway', address: OTHER, change: 'dead', dead: true },
    { subject: 'neighbor', address: NODE, source: 'BFD', change: 'alive', dead: true, cause: undefined },
    { subject: 'gateway', address: OTHER, source: 'neighbor table', change: 'alive', dead: false },
  ])
  t.same(
    showEvents(told)
      .split('\n')
      .map((line) => line.slice(25)),
    [
      `neighbor ${NODE} is dead: BFD: ${EXPIRED}`,
      `neighbor ${NODE} is dead: neighbor table: FAILED`,
      `gateway ${OTHER} is dead: neighbor table: FAILED since 12:00:03`,
      `neighbor ${NODE} is alive, says BFD; others still call it dead`,
      `gateway ${OTHER} is alive again: neighbor table`,
      '',
    ],
  )
})

t.test('a link-local gateway has the zone of its session', async (t) => {
  const lab = new SpeakerLab()
  const bfd = new ManualLiveness('BFD')
  const here = 'fe80::1%eth0'
  const there = 'fe80::2%eth0'
  const options = speakerOptions([neighbor(there, { passive: true })], {
    listen: [{ address: '::', port: 179 }],
  })
  const sw = await lab.start(here, options, undefined, undefined, 0, [bfd])
  const peer = await lab.dial(there, here)
  peer.greet({ as: 64512, routerId: NODE, capabilities: [multiprotocol(2), fourOctetAs(64512)] })
  peer.send(update({ attributes: [origin(), asPath(64512), mpReachIpv6('fe80::2', '2001:db8::/64')] }))
  await lab.clock.run()
  t.same(sw.fib.via('2001:db8::/64'), ['fe80::2'])
  bfd.gateway('fe80::2%eth1', EXPIRED)
  t.same(sw.fib.via('2001:db8::/64'), ['fe80::2'], 'another link')
  bfd.gateway(there, EXPIRED)
  t.equal(sw.fib.via('2001:db8::/64'), undefined)
  const [path] = sw.views.routes({ family: 'ipv6-unicast', prefix: '2001:db8::/64', limit: 1 }).routes[0]
    .paths
  t.match(path, { reason: `next hop ${there} is dead: BFD: ${EXPIRED}` })
})
