import t from 'tap'
import type { SpeakerOptions } from '../../../../src/speaker/model/options.js'
import { neighbor, speakerOptions } from '../../../support/options.js'
import { fourOctetAs, gracefulRestart, KEEPALIVE, multiprotocol, open } from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const MARKER = Array.from({ length: 16 }, () => 0xff)
/** An UPDATE whose withdrawn routes are longer than itself. */
const BROKEN = Uint8Array.from([...MARKER, 0, 0x17, 2, 0, 0, 0xff, 0xff])
const greeting = (as: number) =>
  open({ as, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(as)] })

const inRange = () => {
  const { address: _, ...template } = neighbor(NODE)
  return speakerOptions([], { listenRanges: [{ prefix: '192.168.95.208/28', template }] })
}
const KINDS = {
  configured: () => speakerOptions([neighbor(NODE, { passive: true })]),
  dynamic: inRange,
}

/** What a node does wrong on each of its connections. */
const WRONGS: Readonly<Record<string, (peer: RawPeer) => void>> = {
  'sends a faulty UPDATE': (peer) => peer.send(greeting(64512), KEEPALIVE, BROKEN),
  'comes up and closes': (peer) => {
    peer.send(greeting(64512), KEEPALIVE)
    queueMicrotask(() => peer.connection.close())
  },
  'has a wrong AS': (peer) => peer.send(greeting(64999)),
  'sends no BGP': (peer) => peer.send(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: switch\r\n\r\n')),
  'closes at once': (peer) => peer.connection.close(),
  'sends a NOTIFICATION': (peer) => peer.send(Uint8Array.from([...MARKER, 0, 21, 3, 6, 2])),
}

/** A node that dials ten times a second. @returns how often it was let in */
async function hammer(lab: SpeakerLab, wrong: (peer: RawPeer) => void, seconds: number): Promise<number> {
  let taken = 0
  for (let n = 0; n < seconds * 10; n++) {
    const peer = await lab.dial(NODE, SWITCH)
    await lab.clock.run()
    if (peer.notification !== '6/5') taken++
    wrong(peer)
    await lab.clock.run()
    peer.connection.close()
    await lab.clock.advance(100)
  }
  return taken
}

async function start(
  options: SpeakerOptions,
): Promise<{ lab: SpeakerLab; sw: LabSpeaker; told: () => number }> {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, options)
  return { lab, sw, told: () => sw.lines.filter((line) => !line.startsWith('debug')).length }
}

async function healthy(lab: SpeakerLab): Promise<RawPeer> {
  const peer = await lab.dial(NODE, SWITCH)
  peer.send(greeting(64512), KEEPALIVE)
  await lab.clock.run()
  return peer
}

for (const [kind, options] of Object.entries(KINDS)) {
  for (const [what, wrong] of Object.entries(WRONGS)) {
    t.test(`${kind}: a node that ${what} again and again is let in at growing distances`, async (t) => {
      const { lab, sw, told } = await start(options())
      const first = await hammer(lab, wrong, 6)
      t.ok(first >= 5 && first <= 9, `${first} times in 6 s`)
      const lines = told()
      const events = sw.speaker.recent().length
      const more = await hammer(lab, wrong, 90)
      t.ok(more <= 8, `${more} times in the next 90 s`)
      t.ok(told() - lines <= 2, 'few lines')
      t.ok(sw.speaker.recent().length - events < 80)
      const [begun, later] = sw.lines.filter((line) => line.includes('one after the other'))
      t.match(
        begun,
        /^warn neighbor 192\.168\.95\.210: 6 of its sessions and connections failed one after the other; the last one: .+; it is let in again in 1 s/,
      )
      t.match(later, /failed one after the other, and \d{3} more were refused; /)
      t.match(
        sw.speaker.recent().filter(({ type }) => type === 'damped'),
        [{ neighbor: NODE, failures: 6, refused: 0, until: String }, { refused: Number }],
      )
    })
  }

  t.test(`${kind}: a node that restarts, or is updated, gets in at once`, async (t) => {
    const { lab, sw } = await start(options())
    for (let n = 0; n < 4; n++) {
      const peer = await healthy(lab)
      t.match(sw.views.neighbor(NODE), { state: 'Established', paused: undefined })
      await lab.clock.advance(2000)
      peer.connection.close()
      await lab.clock.run()
    }
    for (let n = 0; n < 20; n++) {
      const peer = await healthy(lab)
      t.match(sw.views.neighbor(NODE), { state: 'Established', paused: undefined })
      await lab.clock.advance(25_000)
      peer.connection.close()
      await lab.clock.run()
    }
  })

  t.test(`${kind}: start, reset and a reload let it in at once`, async (t) => {
    for (const how of ['start', 'reset', 'reload'] as const) {
      const { lab, sw } = await start(options())
      await hammer(lab, WRONGS['has a wrong AS'], 6)
      t.equal((await healthy(lab)).notification, '6/5')
      // A dynamic neighbor is gone meanwhile: there is nothing to start.
      if (how === 'reload' || kind === 'dynamic') await sw.speaker.apply(options())
      else sw.speaker.operate(NODE, { type: how }, 'ann')
      await healthy(lab)
      t.match(sw.views.neighbor(NODE), { state: 'Established' }, how)
    }
  })
}

t.test('views say that it is refused, how many failed, and until when', async (t) => {
  const { lab, sw } = await start(KINDS.configured())
  await hammer(lab, WRONGS['has a wrong AS'], 6)
  t.match(sw.views.neighbor(NODE)?.paused, {
    reason: 'failures',
    count: Number,
    refused: Number,
    until: /Z$/,
  })
  await lab.clock.advance(20_000)
  t.equal(sw.views.neighbor(NODE)?.paused, undefined)
})

t.test('a session that lasts after that is named once it has lasted', async (t) => {
  const { lab, sw } = await start(KINDS.configured())
  await hammer(lab, WRONGS['sends a faulty UPDATE'], 30)
  const named = () => sw.lines.filter((line) => /^info .*Established/.test(line)).length
  await lab.clock.advance(20_000)
  const before = named()
  await healthy(lab)
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
  t.equal(named(), before)
  await lab.clock.advance(10_000)
  t.equal(named(), before + 1)
})

t.test('what comes beside a session that is up is held against nobody', async (t) => {
  const { lab, sw } = await start(KINDS.configured())
  await healthy(lab)
  for (let n = 0; n < 50; n++) {
    const probe = await lab.dial(NODE, SWITCH)
    probe.connection.close()
    await lab.clock.run()
  }
  t.match(sw.views.neighbor(NODE), { state: 'Established', paused: undefined })
})

t.test('a node that replaces its session again and again is damped', async (t) => {
  const { lab, sw } = await start(KINDS.configured())
  for (let n = 0; n < 20; n++) {
    const peer = await lab.dial(NODE, SWITCH)
    const restart = gracefulRestart({ time: 120, families: [{ afi: 1, forwarding: true }] })
    peer.send(
      open({ as: 64512, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(64512), restart] }),
      KEEPALIVE,
    )
    await lab.clock.advance(100)
  }
  t.match(sw.views.neighbor(NODE), { state: 'Established', paused: { reason: 'failures' } })
})

t.test('one address does not count for another', async (t) => {
  const { lab, sw } = await start(inRange())
  await hammer(lab, WRONGS['closes at once'], 6)
  const other = '192.168.95.211'
  const peer = await lab.dial(other, SWITCH)
  peer.send(open({ as: 64512, routerId: other, capabilities: [multiprotocol(1)] }), KEEPALIVE)
  await lab.clock.run()
  t.match(sw.views.neighbor(other), { state: 'Established' })
})
