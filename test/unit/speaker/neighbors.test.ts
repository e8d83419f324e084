import t from 'tap'
import { type EndReason, said } from '../../../src/session/reasons.js'
import { neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  fourOctetAs,
  hex,
  KEEPALIVE,
  message,
  multiprotocol,
  notification,
  open,
  type RawOpen,
} from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const passive = neighbor(NODE, { passive: true })
const { address: _address, ...template } = passive

t.test('an unknown address gets no OPEN; the log says who it was and what to do', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const stranger = await lab.dial('192.168.95.99', SWITCH)
  await lab.clock.run()
  t.same(stranger.names, [])
  t.type(stranger.closed, 'string')
  t.ok(
    sw.lines.some(
      (line) =>
        line.startsWith('warn refused a connection from 192.168.95.99 port ') &&
        line.includes('not configured as a neighbor') &&
        line.includes('add neighbor 192.168.95.99'),
    ),
  )
  t.match(
    sw.speaker.recent().filter((event) => event.type === 'refused'),
    [{ address: '192.168.95.99', cause: /not configured as a neighbor/ }],
  )
  // It tries again and again; that is said once a minute.
  for (let i = 0; i < 5; i++) {
    await lab.dial('192.168.95.99', SWITCH)
    await lab.clock.advance(2000)
  }
  const refusals = () => sw.lines.filter((line) => line.includes('refused a connection')).length
  t.equal(refusals(), 1)
  await lab.clock.advance(60_000)
  await lab.dial('192.168.95.99', SWITCH)
  t.equal(refusals(), 2)
  t.ok(sw.lines.some((line) => line.includes('(and 5 times before)')))
})

t.test('OPENs that are refused: the NOTIFICATION of the RFC, and a line with the remedy', async (t) => {
  const good: RawOpen = { as: 64512, routerId: NODE }
  const cases: [string, Uint8Array, string, EndReason, RegExp][] = [
    [
      'wrong AS',
      open({ ...good, as: 64999 }),
      '2/2',
      'as-wrong',
      /says AS 64999, configured is 64512: set remote-as 64999/,
    ],
    ['our own AS', open({ ...good, as: 64513 }), '2/2', 'as-swapped', /look swapped/],
    ['AS 0', open({ ...good, as: 0, capabilities: [multiprotocol(1)] }), '2/2', 'as-zero', /AS 0/],
    ['hold time 1', open({ ...good, hold: 1 }), '2/6', 'hold-time-low', /hold time of 1 s/],
    ['router id 0', open({ ...good, routerId: '0.0.0.0' }), '2/3', 'router-id-zero', /router-id 0.0.0.0/],
    ['version 3', open({ ...good, version: 3 }), '2/1 0004', 'version', /version 3/],
    [
      'garbage',
      Uint8Array.from(hex('47455420 2f204854 54502f31 2e310d0a 0d0a0d')),
      '1/1',
      'not-bgp',
      /does not speak BGP.*looks like HTTP/,
    ],
    [
      'a length of 18',
      Uint8Array.from([...new Array(16).fill(255), 0, 18, 1]),
      '1/2 0012',
      'faulty-message',
      /length/,
    ],
    ['an unknown type', message(9, []), '1/3 09', 'faulty-message', /type 9/],
    ['KEEPALIVE before OPEN', KEEPALIVE, '5/1 04', 'unexpected-message', /KEEPALIVE in state OpenSent/],
  ]
  for (const [what, octets, expected, reason, words] of cases) {
    const lab = new SpeakerLab()
    const sw = await lab.start(SWITCH, speakerOptions([passive]))
    const peer = await lab.dial(NODE, SWITCH)
    peer.send(octets)
    await lab.clock.run()
    t.equal(peer.notification, expected, what)
    t.type(peer.closed, 'string', `${what}: closed`)
    const { lastError } = sw.views.neighbor(NODE) ?? {}
    t.equal(lastError?.reason, reason, `${what}: reason`)
    t.match(lastError && said(lastError), words, `${what}: view`)
    t.ok(
      sw.lines.some((line) => line.startsWith('warn neighbor 192.168.95.210') && words.test(line)),
      `${what}: log`,
    )
  }
})

t.test('a NOTIFICATION is not answered', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.send(notification(2, 2))
  await lab.clock.run()
  t.same(peer.names, ['OPEN'])
  t.match(sw.views.neighbor(NODE)?.lastError, {
    text: /refuses our AS 64513/,
    notification: { direction: 'received', name: 'OPEN Message Error/Bad Peer AS' },
  })
})

t.test('a neighbor that is off is dialled at growing intervals, and that is said once', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { timers: { connectRetry: 30 } })]))
  await lab.clock.advance(300_000)
  const { dials } = sw.host
  t.ok(dials.length > 8 && dials.length < 60, `${dials.length} dials`)
  const gaps = dials.slice(1).map((dial, i) => dial.at - dials[i].at)
  t.ok(Math.max(...gaps) <= 30_000, 'never more than connectRetry apart')
  t.ok(gaps[0] < 1100 && (gaps.at(-1) ?? 0) > 20_000, 'soon at first, then rarely')
  t.ok(new Set(gaps.slice(-5)).size > 1, 'jitter')
  t.equal(sw.lines.filter((line) => line.startsWith('warn')).length, 1)
  t.match(sw.views.neighbor(NODE), { lastError: { text: /ECONNREFUSED/ } })
})

t.test('a neighbor that is shut down is refused and not dialled', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(
    SWITCH,
    speakerOptions([neighbor(NODE, { shutdown: { message: 'maintenance' } })]),
  )
  const peer = await lab.dial(NODE, SWITCH)
  await lab.clock.advance(60_000)
  t.equal(peer.notification, '6/5')
  t.same(peer.names, ['NOTIFICATION'])
  t.equal(sw.host.dials.length, 0)
  t.match(sw.views.neighbor(NODE), { state: 'Idle', adminDown: true })
})

t.test('dynamic neighbors come from a listen range and go with their session', async (t) => {
  const lab = new SpeakerLab()
  const options = speakerOptions([], {
    listenRanges: [
      { prefix: '192.168.95.0/24', template: { ...template, remoteAs: 0, description: 'node' } },
    ],
    listenLimit: 2,
  })
  const sw = await lab.start(SWITCH, options)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64600, routerId: NODE })
  peer.send(announce(64600, NODE, '10.0.0.0/8'))
  await lab.clock.run()
  t.match(sw.views.neighbor(NODE), {
    dynamic: true,
    state: 'Established',
    remoteAs: 64600,
    type: 'ebgp',
    description: 'node',
    prefixesReceived: 1,
  })
  const second = await lab.dial('192.168.95.211', SWITCH)
  second.greet({ as: 64601, routerId: '192.168.95.211' })
  await lab.clock.run()
  const third = await lab.dial('192.168.95.212', SWITCH)
  await lab.clock.run()
  t.same(third.names, ['NOTIFICATION'])
  t.equal(third.notification, '6/5')
  t.ok(sw.lines.some((line) => line.includes('there are 2 dynamic neighbors already')))
  peer.connection.close()
  await lab.clock.run()
  t.match(sw.views.neighbor(NODE), { state: 'Idle', departed: { at: String } })
  t.equal(sw.fib.size, 0)
  t.same([...sw.speaker.reads.neighbors()].length, 1)
  t.match(
    sw.speaker.recent().filter((event) => event.type === 'neighbor'),
    [
      { neighbor: NODE, change: 'added' },
      { neighbor: '192.168.95.211', change: 'added' },
      { neighbor: NODE, change: 'removed' },
    ],
  )
  const again = await lab.dial(NODE, SWITCH)
  again.greet({ as: 64600, routerId: NODE })
  await lab.clock.run()
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
})

t.test('dialled by both sides: the connection of the higher router id stays', async (t) => {
  for (const [routerId, stays] of [
    ['10.0.0.1', 'ours'],
    ['200.0.0.1', 'theirs'],
  ]) {
    const lab = new SpeakerLab()
    const host = lab.host(NODE)
    const accepted: import('../../support/raw-peer.js').RawPeer[] = []
    const { RawPeer } = await import('../../support/raw-peer.js')
    await host.listen({ address: '0.0.0.0', port: 179 }, (connection) =>
      accepted.push(new RawPeer(connection)),
    )
    const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE)]))
    await lab.clock.run()
    const dialled = await lab.dial(NODE, SWITCH)
    t.equal(accepted.length, 1, 'we dialled')
    const greeting = open({ as: 64512, routerId })
    accepted[0].send(greeting)
    dialled.send(greeting)
    await lab.clock.run()
    const [winner, loser] = stays === 'ours' ? [accepted[0], dialled] : [dialled, accepted[0]]
    t.equal(loser.notification, '6/7', `${stays}: the other one is told`)
    t.equal(winner.notification, undefined)
    winner.send(KEEPALIVE)
    await lab.clock.run()
    t.match(sw.views.neighbor(NODE), { state: 'Established', established: 1 }, `${stays} is up`)
  }
})

t.test('a second connection beside an Established session is closed', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  const second = await lab.dial(NODE, SWITCH)
  second.send(open({ as: 64512, routerId: NODE }))
  await lab.clock.run()
  t.equal(second.notification, '6/7')
  t.match(sw.views.neighbor(NODE), { state: 'Established', established: 1, dropped: 0 })
  t.equal(peer.closed, undefined)
})

t.test('hold time: the smaller one counts, keepalives leave on time', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE, hold: 9 })
  await lab.clock.run()
  peer.clear()
  t.match(sw.views.neighbor(NODE), { holdTime: 9, keepalive: 3, configuredHoldTime: 90 })
  for (let i = 0; i < 20; i++) {
    await lab.clock.advance(3000)
    peer.send(KEEPALIVE)
  }
  await lab.clock.run()
  const keepalives = peer.names.filter((name) => name === 'KEEPALIVE').length
  t.ok(keepalives >= 20 && keepalives <= 27, `${keepalives} keepalives in a minute`)
  t.equal(sw.views.neighbor(NODE)?.state, 'Established')
  await lab.clock.advance(9001)
  t.equal(peer.notification, '4/0')
})

t.test('hold time 0: no keepalives, no expiry', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE, hold: 0 })
  await lab.clock.run()
  peer.clear()
  await lab.clock.advance(3_600_000)
  t.equal(sw.views.neighbor(NODE)?.state, 'Established')
  t.same(peer.names, [])
})

t.test('what has arrived is read before a session is called dead', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE, hold: 9 })
  await lab.clock.run()
  // This process was too busy to read: the octets lie in the kernel when the timer runs out.
  sw.host.to(NODE)?.pause()
  peer.send(KEEPALIVE, announce(64512, NODE, '10.0.0.0/8'))
  await lab.clock.advance(9001)
  t.equal(sw.views.neighbor(NODE)?.state, 'Established')
  t.equal(sw.fib.size, 1)
  await lab.clock.advance(9001)
  t.equal(peer.notification, '4/0')
})

t.test('port in use', async (t) => {
  const lab = new SpeakerLab()
  lab.host(SWITCH).portTaken = true
  await t.rejects(lab.start(SWITCH, speakerOptions([passive])), { message: /in use/ })
})

t.test('a neighbor that answers 2/4 is offered an OPEN without capabilities', async (t) => {
  const lab = new SpeakerLab()
  await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.send(notification(2, 4))
  await lab.clock.run()
  const again = await lab.dial(NODE, SWITCH)
  again.send(open({ as: 64512, routerId: NODE, capabilities: [] }), KEEPALIVE)
  await lab.clock.run()
  t.equal(again.received[0].body.length, 10, 'no optional parameters')
  t.ok(fourOctetAs(1).length > 0)
})
