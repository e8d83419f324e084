import t from 'tap'
import { neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  KEEPALIVE,
  multiprotocol,
  notification,
  open,
  withdraw,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const OTHER = '192.168.95.211'
const VIP = '192.168.95.123/32'
const SECOND = '192.168.95.124/32'

interface Restarting {
  readonly time?: number
  readonly forwarding?: boolean
  readonly notification?: boolean
}

/** A node as Cilium's library starts it. */
function greeting({ time = 120, forwarding = true, notification: n = true }: Restarting = {}) {
  return {
    as: 64512,
    routerId: NODE,
    capabilities: [
      multiprotocol(1),
      fourOctetAs(64512),
      gracefulRestart({ time, restarting: true, notification: n, families: [{ afi: 1, forwarding }] }),
    ],
  }
}

async function up(
  more: Parameters<typeof neighbor>[1] = {},
  restart: Restarting = {},
): Promise<{ lab: SpeakerLab; sw: LabSpeaker; peer: RawPeer }> {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true, ...more })]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet(greeting(restart))
  peer.send(announce(64512, NODE, VIP, SECOND), END_OF_RIB)
  await lab.clock.run()
  if (sw.fib.size !== 2) throw new Error(`${sw.fib.size} routes instead of 2`)
  return { lab, sw, peer }
}

/** Sends keepalives for so many seconds. */
async function live(lab: SpeakerLab, peer: RawPeer, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 10) {
    peer.send(KEEPALIVE)
    await lab.clock.advance(Math.min(10, seconds - second) * 1000)
  }
}

t.test('TCP lost: paths are kept, and go when the restart time has passed', async (t) => {
  const { lab, sw, peer } = await up()
  peer.connection.close()
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE])
  t.match(sw.views.neighbor(NODE), {
    gracefulRestart: { helper: 'waiting', restartTime: 120, remaining: 120 },
    families: [{ prefixesStale: 2, prefixesReceived: 2 }],
  })
  t.match(sw.views.routes({ family: 'ipv4-unicast', limit: 1 }).routes[0].paths[0], {
    stale: true,
    best: true,
  })
  await lab.clock.advance(119_999)
  t.same(sw.fib.via(VIP), [NODE])
  sw.fib.take()
  await lab.clock.advance(1)
  t.equal(sw.fib.size, 0)
  t.equal(sw.fib.take()[0], `lost ${NODE}`)
  t.match(sw.views.neighbor(NODE), { gracefulRestart: { helper: 'none' }, prefixesReceived: 0 })
  t.ok(sw.lines.some((line) => line.includes('did not come back within its restart time')))
})

t.test('it comes back: stale paths go with End-of-RIB, those announced again stay untouched', async (t) => {
  const { lab, sw, peer } = await up()
  peer.connection.close()
  await lab.clock.advance(20_000)
  sw.fib.take()
  const back = await lab.dial(NODE, SWITCH)
  back.greet(greeting())
  await lab.clock.run()
  t.match(sw.views.neighbor(NODE), {
    state: 'Established',
    gracefulRestart: { helper: 'receiving' },
    families: [{ prefixesStale: 2 }],
  })
  back.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  t.same(sw.fib.take(), [])
  back.send(END_OF_RIB)
  await lab.clock.run()
  t.same(sw.fib.take(), [`set ${SECOND} none`, 'flush'])
  t.same(sw.fib.via(VIP), [NODE])
  t.match(sw.views.neighbor(NODE), {
    gracefulRestart: { helper: 'none' },
    families: [{ prefixesStale: 0 }],
  })
})

t.test('it comes back without having preserved its forwarding state: stale paths go at once', async (t) => {
  const { lab, sw, peer } = await up()
  peer.connection.close()
  await lab.clock.run()
  const back = await lab.dial(NODE, SWITCH)
  back.greet(greeting({ forwarding: false }))
  await lab.clock.run()
  t.equal(sw.fib.size, 0)
})

t.test('it comes back and never sends End-of-RIB: stalepath-time bounds the retention', async (t) => {
  const { lab, sw, peer } = await up({ gracefulRestart: { stalePathTime: 200 } })
  peer.connection.close()
  await lab.clock.advance(50_000)
  const back = await lab.dial(NODE, SWITCH)
  back.greet(greeting())
  back.send(announce(64512, NODE, VIP))
  await live(lab, back, 149)
  t.equal(sw.fib.size, 2)
  await live(lab, back, 2)
  t.same([sw.fib.via(VIP), sw.fib.via(SECOND)], [[NODE], undefined])
})

t.test('a NOTIFICATION from the neighbor: its paths go at once', async (t) => {
  const { lab, sw, peer } = await up()
  sw.fib.take()
  peer.send(notification(6, 2))
  await lab.clock.run()
  t.equal(sw.fib.size, 0)
  t.equal(sw.fib.take()[0], `lost ${NODE}`)
})

t.test('a NOTIFICATION and a FIN read together are no TCP loss', async (t) => {
  const { lab, sw, peer } = await up()
  peer.connection.close(notification(6, 3))
  await lab.clock.run()
  t.equal(sw.fib.size, 0)
})

t.test('silence: when the hold time ends its paths go at once', async (t) => {
  const { lab, sw, peer } = await up()
  await live(lab, peer, 60)
  await lab.clock.advance(79_000)
  t.equal(sw.fib.size, 2)
  await lab.clock.advance(1_001)
  t.equal(sw.fib.size, 0)
  t.equal(peer.notification, '4/0')
})

t.test(
  'with the N bit on both sides paths outlive NOTIFICATION and hold time, not a hard reset',
  async (t) => {
    const nBit = { gracefulRestart: { notification: true } }
    const first = await up(nBit)
    first.peer.send(notification(6, 4))
    await first.lab.clock.run()
    t.equal(first.sw.fib.size, 2, 'administrative reset')
    const second = await up(nBit)
    await second.lab.clock.advance(91_000)
    t.equal(second.peer.notification, '4/0')
    t.equal(second.sw.fib.size, 2, 'hold time')
    const third = await up(nBit)
    third.peer.send(notification(6, 9, [6, 2]))
    await third.lab.clock.run()
    t.equal(third.sw.fib.size, 0, 'hard reset')
  },
)

t.test('a neighbor that lists no family keeps nothing', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true })]))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({
    as: 64512,
    routerId: NODE,
    capabilities: [multiprotocol(1), fourOctetAs(64512), gracefulRestart({ time: 0 })],
  })
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  t.equal(sw.fib.size, 1)
  peer.connection.close()
  await lab.clock.run()
  t.equal(sw.fib.size, 0)
})

t.test('a new connection replaces the session of a restarted node; its paths stay', async (t) => {
  const { lab, sw, peer } = await up()
  const again = await lab.dial(NODE, SWITCH)
  again.send(open(greeting()))
  await lab.clock.run()
  again.send(KEEPALIVE)
  await lab.clock.run()
  t.match(sw.views.neighbor(NODE), { state: 'Established', gracefulRestart: { helper: 'receiving' } })
  t.equal(sw.fib.size, 2)
  t.equal(peer.notification, undefined, 'the old one is closed without a word')
  t.type(peer.closed, 'string')
})

t.test('withdrawn while stale paths of another node remain', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(
    SWITCH,
    speakerOptions([neighbor(NODE, { passive: true }), neighbor(OTHER, { passive: true })]),
  )
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet(greeting())
  peer.send(announce(64512, NODE, VIP), END_OF_RIB)
  const other = await lab.dial(OTHER, SWITCH)
  other.greet({ as: 64512, routerId: OTHER })
  other.send(announce(64512, OTHER, VIP))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE, OTHER])
  peer.connection.close()
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE, OTHER])
  other.send(withdraw(VIP))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE])
})

t.test('shutting the neighbor down by configuration ends the waiting', async (t) => {
  const { lab, sw, peer } = await up()
  peer.connection.close()
  await lab.clock.run()
  t.equal(sw.fib.size, 2)
  await sw.speaker.apply(speakerOptions([neighbor(NODE, { passive: true, shutdown: {} })]))
  await lab.clock.run()
  t.equal(sw.fib.size, 0)
})
