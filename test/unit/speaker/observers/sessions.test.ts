import t from 'tap'
import type { ObservedSession, SessionObserver } from '../../../../src/ports/observer.js'
import type { MemoryConnection } from '../../../../src/testing/memory-network.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  KEEPALIVE,
  message,
  multiprotocol,
  notification,
  open,
  routeRefresh,
  toHex,
} from '../../../support/raw-bytes.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const passive = neighbor(NODE, { passive: true, description: 'node 0' })
const TYPES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH']

/** Writes down what it is told, and keeps the octets of messages. */
class Witness implements SessionObserver {
  readonly lines: string[] = []
  readonly sessions: ObservedSession[] = []
  readonly octets = { in: [] as Buffer[], out: [] as Buffer[] }
  readonly stamps: number[] = []

  readonly opened: SessionObserver['opened'] = (session) => {
    this.sessions.push(session)
    this.lines.push(`${session.id} opened ${session.incoming ? 'in' : 'out'}`)
  }
  readonly message: SessionObserver['message'] = (session, { direction, at, type, octets }) => {
    this.octets[direction].push(Buffer.from(octets))
    this.stamps.push(at)
    this.lines.push(`${session.id} ${direction} ${type === undefined ? octets.length : TYPES[type]}`)
  }
  readonly established: SessionObserver['established'] = (session) => {
    this.lines.push(`${session.id} established`)
  }
  readonly ended: SessionObserver['ended'] = (session, end) => {
    const { notification: last } = end
    const words = last === undefined ? '' : ` ${last.direction} ${last.code}/${last.subcode}`
    this.lines.push(`${session.id} ended ${end.established ? 'up' : 'early'} ${end.cause}${words}`)
  }
  readonly stateChanged: SessionObserver['stateChanged'] = ({ from, to }) => {
    this.lines.push(`${from} > ${to}`)
  }
  readonly fault: SessionObserver['fault'] = (session, { verdict, faults }) => {
    this.lines.push(`${session.id} fault ${verdict} ${faults[0].code}/${faults[0].subcode}`)
  }
  readonly dialFailed: SessionObserver['dialFailed'] = ({ text }) => {
    this.lines.push(`dial failed: ${text}`)
  }
  readonly refused: SessionObserver['refused'] = ({ remote, sent, cause }) => {
    this.lines.push(`refused ${remote.address} ${sent?.length ?? 0} ${cause}`)
  }
  readonly retention: SessionObserver['retention'] = ({ what, paths }) => {
    this.lines.push(`${what} ${paths}`)
  }

  take(): string[] {
    return this.lines.splice(0)
  }
}

function watch({ speaker }: LabSpeaker): Witness {
  const witness = new Witness()
  speaker.observe({ name: 'witness', sessions: witness })
  return witness
}

const carried = (connection: MemoryConnection) => toHex(Buffer.concat(connection.written))
const joined = (octets: readonly Buffer[]) => toHex(Buffer.concat(octets))

t.test('a tap sees every octet of both directions, in order, message by message', async (t) => {
  const lab = new SpeakerLab()
  const exporting = [family('ipv4-unicast', { export: 'all' }), family('ipv6-unicast', { export: 'all' })]
  const a = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { families: exporting })]))
  const witness = watch(a)
  const b = await lab.start(
    NODE,
    speakerOptions(
      [neighbor(SWITCH, { remoteAs: 64513, localAs: 64512, passive: true, families: exporting })],
      {
        localAs: 64512,
        routerId: 0xc0a85fd2,
        announce: {
          networks: Array.from({ length: 900 }, (_, i) => ({ prefix: `10.${i >> 8}.${i & 255}.0/24` })),
        } as never,
      },
    ),
  )
  const other = watch(b)
  await lab.clock.advance(100_000)
  a.speaker.refresh(NODE, 'out')
  await lab.clock.advance(1000)
  b.host.connections[0].segment = 7
  a.host.connections[0].segment = 7
  b.speaker.refresh(SWITCH, 'out')
  await lab.clock.advance(50_000)
  const stopped = a.speaker.stop('done')
  await lab.clock.advance(2000)
  await stopped
  const [ours] = a.host.connections
  const [theirs] = b.host.connections
  t.equal(joined(witness.octets.out), carried(ours))
  t.equal(joined(witness.octets.in), carried(theirs))
  t.equal(joined(other.octets.out), carried(theirs))
  t.equal(joined(other.octets.in), carried(ours))
  for (const octets of [...witness.octets.in, ...witness.octets.out]) {
    t.equal(octets.readUInt16BE(16), octets.length, 'one message each')
  }
  t.ok(witness.octets.in.length > 10)
  t.same([...witness.stamps].sort(), witness.stamps, 'time goes on')
  t.ok(
    witness.stamps.every((at) => Number.isInteger(at) && at > 1.7e15),
    'microseconds since 1970',
  )
})

t.test('a session from its connection to its end, in the order in which it happens', async (t) => {
  const lab = new SpeakerLab()
  const made = await lab.start(SWITCH, speakerOptions([passive]))
  const witness = watch(made)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  t.same(witness.take(), [
    '1 opened in',
    '1 out OPEN',
    'Active > OpenSent',
    '1 in OPEN',
    '1 out KEEPALIVE',
    'OpenSent > OpenConfirm',
    '1 in KEEPALIVE',
    '1 established',
    '1 out UPDATE',
    'OpenConfirm > Established',
  ])
  peer.send(announce(64512, NODE, '10.1.0.0/16'), notification(6, 2))
  await lab.clock.run()
  t.same(witness.take(), [
    '1 in UPDATE',
    '1 in NOTIFICATION',
    '1 ended up notification received 6/2',
    'removed 1',
    'Established > Idle',
  ])
  const [session] = witness.sessions
  t.match(session, {
    neighbor: {
      key: NODE,
      address: NODE,
      description: 'node 0',
      remoteAs: 64512,
      localAs: 64513,
      dynamic: false,
    },
    local: { address: SWITCH, port: 179 },
    remote: { address: NODE },
    incoming: true,
    terms: {
      as4: true,
      families: ['ipv4-unicast'],
      addPath: { send: [], receive: [] },
      routerId: 0xc0a85fd2,
    },
  })
  t.equal(toHex(session.opens!.received), toHex(open({ as: 64512, routerId: NODE })))
  t.equal(toHex(session.opens!.sent), peer.received[0].hex)
})

t.test('who comes late is told of sessions that are up, with both OPENs and when that was', async (t) => {
  const lab = new SpeakerLab()
  const made = await lab.start(
    SWITCH,
    speakerOptions([passive, neighbor('192.168.95.211', { passive: true })]),
  )
  const early = watch(made)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.dial('192.168.95.211', SWITCH)
  await lab.clock.advance(5000)
  const late = watch(made)
  t.same(late.take(), ['1 opened in', '1 established', '2 opened in'])
  const [session] = late.sessions
  t.equal(session, early.sessions[0])
  t.equal(toHex(session.opens!.received), toHex(open({ as: 64512, routerId: NODE })))
  t.ok(session.openedAt <= session.establishedAt! && session.establishedAt! < lab.clock.micros() - 4_000_000)
  peer.send(KEEPALIVE)
  await lab.clock.run()
  t.same(late.take(), ['1 in KEEPALIVE'])
})

/** Graceful restart, with forwarding kept. */
const RESTARTING = {
  as: 64512,
  routerId: NODE,
  capabilities: [
    multiprotocol(1),
    routeRefresh(),
    fourOctetAs(64512),
    gracefulRestart({ time: 120, families: [{ afi: 1, forwarding: true }] }),
  ],
}

/** A session that is up, watched; it has brought a route. */
async function up(more: Parameters<typeof neighbor>[1] = {}) {
  const lab = new SpeakerLab()
  const made = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true, ...more })]))
  const witness = watch(made)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet(RESTARTING)
  peer.send(announce(64512, NODE, '10.9.0.0/16'))
  await lab.clock.run()
  witness.take()
  return { lab, made, witness, peer }
}

t.test('each way of ending has its cause', async (t) => {
  const tcp = await up()
  ;(tcp.peer.connection as MemoryConnection).reset()
  await tcp.lab.clock.run()
  t.same(tcp.witness.take(), ['1 ended up tcp', 'stale 1', 'Established > Idle'])

  const silent = await up()
  await silent.lab.clock.advance(91_000)
  t.same(
    silent.witness.take().filter((line) => !line.includes('KEEPALIVE')),
    [
      '1 out NOTIFICATION',
      '1 ended up hold-expired sent 4/0',
      'removed 1',
      'Established > Idle',
      'Idle > Active',
    ],
  )

  const stalled = new SpeakerLab()
  const exporting = [family('ipv4-unicast', { export: 'all' })]
  const router = neighbor(NODE, { passive: true, timers: { sendHold: 200 }, families: exporting })
  const feeder = neighbor('192.168.95.211', { passive: true, remoteAs: 64700 })
  const full = await stalled.start(SWITCH, speakerOptions([router, feeder]))
  const deaf = await stalled.dial(NODE, SWITCH)
  deaf.greet({ as: 64512, routerId: NODE })
  const feed = await stalled.dial('192.168.95.211', SWITCH)
  feed.greet({ as: 64700, routerId: '192.168.95.211' })
  await stalled.clock.run()
  const witness = watch(full)
  full.host.to(NODE)!.other.stalled = true
  for (let i = 0; i < 120; i++) {
    feed.send(
      announce(64700, '192.168.95.211', ...Array.from({ length: 250 }, (_, p) => `10.${i}.${p}.0/24`)),
    )
  }
  for (let second = 0; second < 400; second += 10) {
    for (const peer of [deaf, feed]) peer.send(KEEPALIVE)
    await stalled.clock.advance(10_000)
  }
  t.match(
    witness.take().find((line) => line.includes('ended')),
    /^1 ended up send-hold-expired/,
  )

  const admin = await up()
  admin.made.speaker.operate(NODE, { type: 'reset' } as never, 'test')
  await admin.lab.clock.run()
  t.same(admin.witness.take().slice(0, 2), ['1 out NOTIFICATION', '1 ended up notification sent 6/4'])

  const hard = await up()
  hard.peer.send(notification(6, 9, [6, 4]))
  await hard.lab.clock.run()
  t.same(hard.witness.take().slice(0, 2), ['1 in NOTIFICATION', '1 ended up hard-reset received 6/9'])

  const removed = await up()
  await removed.made.speaker.apply(speakerOptions([]))
  await removed.lab.clock.run()
  t.same(removed.witness.take().slice(0, 2), ['1 out NOTIFICATION', '1 ended up admin sent 6/3'])

  const replaced = await up()
  const again = await replaced.lab.dial(NODE, SWITCH)
  again.greet(RESTARTING)
  await replaced.lab.clock.advance(10_000)
  t.same(
    replaced.witness
      .take()
      .filter((line) => line.includes('ended') || line.includes('established') || line.includes('stale')),
    ['1 ended up replaced', 'stale 1', '2 established'],
    'the former session ends before the next is up',
  )
})

t.test('a connection that never gets so far is told, too', async (t) => {
  const lab = new SpeakerLab()
  const made = await lab.start(SWITCH, speakerOptions([passive]))
  const witness = watch(made)
  const wrong = await lab.dial(NODE, SWITCH)
  wrong.send(open({ as: 64999, routerId: NODE }))
  await lab.clock.run()
  t.same(witness.take(), [
    '1 opened in',
    '1 out OPEN',
    'Active > OpenSent',
    '1 in OPEN',
    '1 out NOTIFICATION',
    '1 ended early notification sent 2/2',
    'OpenSent > Idle',
  ])
  t.equal(witness.sessions[0].opens, undefined)
  t.equal(joined(witness.octets.in), toHex(open({ as: 64999, routerId: NODE })))
})

t.test('a dial that fails and a stranger that is refused are told', async (t) => {
  const lab = new SpeakerLab()
  const made = await lab.start(SWITCH, speakerOptions([neighbor(NODE)]))
  const witness = watch(made)
  await lab.clock.run()
  t.match(witness.take()[0], /^dial failed: connect ECONNREFUSED/)
  await lab.dial('192.168.95.99', SWITCH)
  t.same(
    witness.take().filter((line) => line.startsWith('refused')),
    ['refused 192.168.95.99 0 it is not configured as a neighbor'],
  )
})

t.test(
  'octets that are no message are evidence, too: from a broken header on, and what did not come whole',
  async (t) => {
    const broken = await up()
    const garbage = Uint8Array.from([...message(9, [1, 2, 3]), ...KEEPALIVE])
    const stream = Uint8Array.from([...KEEPALIVE, ...garbage])
    broken.peer.send(stream)
    await broken.lab.clock.run()
    t.same(broken.witness.take().slice(0, 5), [
      '1 in KEEPALIVE',
      `1 in ${garbage.length}`,
      '1 fault reset 1/3',
      '1 out NOTIFICATION',
      '1 ended up notification sent 1/3',
    ])
    t.equal(toHex(Buffer.concat(broken.witness.octets.in).subarray(-stream.length)), toHex(stream))

    const cut = await up()
    cut.peer.send(KEEPALIVE.subarray(0, 18))
    await cut.lab.clock.run()
    ;(cut.peer.connection as MemoryConnection).reset()
    await cut.lab.clock.run()
    t.same(cut.witness.take().slice(0, 2), ['1 in 18', '1 ended up tcp'])
  },
)

t.test('a faulty UPDATE is told as it came, then what was wrong and what becomes of it', async (t) => {
  const { lab, witness, peer } = await up()
  // ORIGIN 9: treat-as-withdraw (RFC 7606 §7.1).
  const faulty = Uint8Array.from(announce(64512, NODE, '10.1.0.0/16'))
  const origin = Buffer.from(faulty).indexOf(Buffer.from([0x40, 1, 1]))
  faulty[origin + 3] = 9
  peer.send(faulty)
  await lab.clock.run()
  t.same(witness.take(), ['1 in UPDATE', '1 fault withdraw 3/6'])
  t.equal(toHex(witness.octets.in.at(-1)!), toHex(faulty))
})

t.test('paths that are kept, come again and go are told behind the end that caused it', async (t) => {
  const { lab, witness, peer } = await up()
  peer.send(announce(64512, NODE, '10.1.0.0/16', '10.2.0.0/16'))
  await lab.clock.run()
  witness.take()
  ;(peer.connection as MemoryConnection).reset()
  await lab.clock.run()
  t.same(witness.take().slice(0, 2), ['1 ended up tcp', 'stale 3'])
  const again = await lab.dial(NODE, SWITCH)
  again.greet(RESTARTING)
  again.send(announce(64512, NODE, '10.1.0.0/16'), END_OF_RIB)
  await lab.clock.run()
  t.same(witness.take().slice(-3), ['2 in UPDATE', '2 in UPDATE', 'swept 2'])
})

t.test(
  'an observer that throws ends no session, and others hear on; who leaves hears nothing more',
  async (t) => {
    const { lab, made, witness, peer } = await up()
    let heard = 0
    made.speaker.observe({
      name: 'faulty',
      sessions: {
        message() {
          throw new Error('no')
        },
        ended() {
          throw new Error('no')
        },
      },
    })
    const end = made.speaker.observe({
      name: 'brief',
      sessions: {
        message() {
          heard++
          end()
        },
      },
    })
    peer.send(KEEPALIVE, KEEPALIVE, KEEPALIVE)
    await lab.clock.run()
    t.equal(made.views.neighbor(NODE)?.state, 'Established')
    t.equal(heard, 1)
    t.same(witness.take(), ['1 in KEEPALIVE', '1 in KEEPALIVE', '1 in KEEPALIVE'])
    t.same(
      made.lines.filter((line) => line.startsWith('error')),
      ['error observer faulty failed: it goes on hearing'],
    )
  },
)

t.test('with nobody listening no message is looked at, and no time is taken', async (t) => {
  const lab = new SpeakerLab()
  const made = await lab.start(SWITCH, speakerOptions([passive]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  await lab.clock.run()
  let stamps = 0
  const micros = lab.clock.micros.bind(lab.clock)
  lab.clock.micros = () => {
    stamps++
    return micros()
  }
  peer.send(announce(64512, NODE, '10.1.0.0/16'), KEEPALIVE)
  await lab.clock.run()
  t.equal(stamps, 0)
  // Somebody who wants to know of ends alone.
  const end = made.speaker.observe({ name: 'ends', sessions: { ended() {} } })
  peer.send(announce(64512, NODE, '10.2.0.0/16'), KEEPALIVE)
  await lab.clock.run()
  t.equal(stamps, 0)
  const witness = watch(made)
  peer.send(KEEPALIVE)
  await lab.clock.run()
  t.same([stamps, witness.take().at(-1)], [1, '1 in KEEPALIVE'])
  end()
})
