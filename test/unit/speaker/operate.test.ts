import t from 'tap'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import { announce, fourOctetAs, multiprotocol, routeRefresh } from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const GUEST = '192.168.95.77'
const BY = 'ann (UNIX socket)'

async function up(lab: SpeakerLab, address: string, more: number[][] = [routeRefresh()]): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  const capabilities = [multiprotocol(1), fourOctetAs(64512), ...more]
  peer.greet({ as: 64512, routerId: address, capabilities })
  await lab.clock.run()
  return peer
}

const options = () => speakerOptions([neighbor(NODE, { passive: true })])

async function start() {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, options())
  const operations = () => sw.speaker.recent().filter(({ type }) => type === 'operation')
  return { lab, sw, operations }
}

t.test('shutdown: 6/2 with the message, down until started, whatever is reloaded', async (t) => {
  const { lab, sw, operations } = await start()
  const peer = await up(lab, NODE)
  peer.send(announce(64512, NODE, '10.0.0.0/8'))
  await lab.clock.run()
  t.equal(sw.fib.size, 1)
  t.match(sw.speaker.operate(NODE, { type: 'shutdown', message: 'ab' }, BY), { ok: true })
  await lab.clock.run()
  t.equal(peer.notification, '6/2 026162')
  t.equal(sw.fib.size, 0)
  t.match(sw.views.neighbor(NODE), {
    state: 'Idle',
    adminDown: true,
    shutdown: { source: 'operator', message: 'ab', by: BY, at: String },
    lastReset: { text: `shut down by ${BY}`, notification: { code: 6, subcode: 2, message: 'ab' } },
  })
  t.match(operations(), [{ neighbor: NODE, operation: 'shutdown', by: BY, message: 'ab' }])
  const said = sw.lines.filter((line) => line.includes(`shutdown by ${BY}`))
  t.same(said, [`info neighbor ${NODE}: shutdown by ${BY}: ab`])

  await sw.speaker.apply(options())
  const renamed = speakerOptions([neighbor(NODE, { passive: true, description: 'x', ebgpMultihop: 2 })])
  await sw.speaker.apply(renamed)
  const refused = await up(lab, NODE)
  t.equal(refused.notification, '6/5', 'kept out')
  t.match(sw.views.neighbor(NODE), { state: 'Idle', adminDown: true, description: 'x' })

  t.match(sw.speaker.operate(NODE, { type: 'start' }, BY), { ok: true })
  await up(lab, NODE)
  const view = sw.views.neighbor(NODE)
  t.match(view, { state: 'Established', adminDown: false })
  t.equal(view?.shutdown, undefined)
})

t.test('a long message is sent whole: 255 octets', async (t) => {
  const { lab, sw } = await start()
  const peer = await up(lab, NODE)
  sw.speaker.operate(NODE, { type: 'shutdown', message: 'm'.repeat(255) }, BY)
  await lab.clock.run()
  t.equal(peer.notification, `6/2 ff${'6d'.repeat(255)}`)
})

t.test('reset: 6/4, and the session comes back at once', async (t) => {
  const { lab, sw, operations } = await start()
  const peer = await up(lab, NODE)
  t.match(sw.speaker.operate(NODE, { type: 'reset', message: 'x' }, BY), { ok: true, text: /is reset/ })
  await lab.clock.run()
  t.equal(peer.notification, '6/4 0178')
  t.match(sw.views.neighbor(NODE), { state: 'Active', adminDown: false })
  await up(lab, NODE)
  t.match(sw.views.neighbor(NODE), { state: 'Established', dropped: 1 })
  t.match(operations(), [{ operation: 'reset', message: 'x' }])
})

t.test('reset and start end the wait before the next dial', async (t) => {
  for (const type of ['reset', 'start'] as const) {
    const lab = new SpeakerLab()
    const sw = await lab.start(
      SWITCH,
      speakerOptions([neighbor(NODE, { timers: { idleHold: 100, connectRetry: 100 } })]),
    )
    lab.host(NODE)
    const peer = await up(lab, NODE)
    peer.connection.close()
    await lab.clock.run()
    t.match(sw.views.neighbor(NODE), { state: 'Idle' })
    t.match(sw.speaker.operate(NODE, { type }, BY), { ok: true })
    t.match(sw.views.neighbor(NODE), { state: 'Connect' }, type)
    await sw.speaker.stop('')
  }
})

t.test('a neighbor that is kept out for too many prefixes comes back with reset', async (t) => {
  const lab = new SpeakerLab()
  const limited = neighbor(NODE, { passive: true, families: [family('ipv4-unicast', { maximumPrefix: 1 })] })
  const sw = await lab.start(SWITCH, speakerOptions([limited]))
  const peer = await up(lab, NODE)
  peer.send(announce(64512, NODE, '10.0.0.0/8', '172.16.0.0/12'))
  await lab.clock.run()
  t.match(peer.notification, /^6\/1/)
  t.match(sw.speaker.operate(NODE, { type: 'reset' }, BY), { ok: true, text: /tried anew/ })
  await up(lab, NODE)
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
})

t.test('refresh goes both ways, and says why it can not', async (t) => {
  const { lab, sw, operations } = await start()
  t.match(sw.speaker.operate(NODE, { type: 'refresh', direction: 'out' }, BY), {
    ok: false,
    reason: 'conflict',
    text: /Active/,
  })
  const peer = await up(lab, NODE)
  peer.clear()
  t.match(sw.speaker.operate(NODE, { type: 'refresh', direction: 'both' }, BY), { ok: true })
  await lab.clock.run()
  t.equal(peer.names[0], 'ROUTE-REFRESH')
  t.match(operations(), [{ operation: 'refresh', direction: 'both' }])
  peer.connection.close()
  await lab.clock.run()
  await up(lab, NODE, [])
  t.match(sw.speaker.operate(NODE, { type: 'refresh', direction: 'both' }, BY), {
    ok: false,
    text: /does not know route refresh/,
    remedy: /neighbor 192\.168\.95\.210 reset/,
  })
  t.match(sw.speaker.operate(NODE, { type: 'refresh', direction: 'out' }, BY), { ok: true })
})

t.test('what the configuration shut down is not started by hand', async (t) => {
  const lab = new SpeakerLab()
  const shut = speakerOptions([neighbor(NODE, { passive: true, shutdown: { message: 'never' } })])
  const sw = await lab.start(SWITCH, shut)
  t.match(sw.views.neighbor(NODE), {
    adminDown: true,
    shutdown: { source: 'configuration', message: 'never' },
  })
  for (const type of ['start', 'reset'] as const) {
    t.match(sw.speaker.operate(NODE, { type }, BY), { ok: false, reason: 'conflict', remedy: /reload/ })
  }
  t.match(sw.speaker.operate('192.0.2.1', { type: 'start' }, BY), { ok: false, reason: 'unknown' })
  t.equal(sw.speaker.recent().filter(({ type }) => type === 'operation').length, 0)
  // Shut down by hand, too, it stays down when the file lets it go.
  t.match(sw.speaker.operate(NODE, { type: 'shutdown' }, BY), { ok: true, text: /already/ })
  await sw.speaker.apply(options())
  t.match(sw.views.neighbor(NODE), { state: 'Idle', adminDown: true, shutdown: { source: 'operator' } })
})

t.test('a dynamic neighbor that is shut down does not come back as a new one', async (t) => {
  const lab = new SpeakerLab()
  const { address, ...template } = neighbor(GUEST)
  const sw = await lab.start(
    SWITCH,
    speakerOptions([], { listenRanges: [{ prefix: '192.168.95.0/24', template }] }),
  )
  const peer = await up(lab, address)
  t.match(sw.speaker.operate(GUEST, { type: 'shutdown' }, BY), { ok: true })
  await lab.clock.run()
  t.equal(peer.notification, '6/2')
  t.equal((await up(lab, GUEST)).notification, '6/5')
  t.match(sw.views.neighbor(GUEST), { dynamic: true, adminDown: true })
  t.match(sw.speaker.operate(GUEST, { type: 'start' }, BY), { ok: true })
  await up(lab, GUEST)
  t.match(sw.views.neighbor(GUEST), { state: 'Established', dynamic: true })
})

const range = (more: object = {}) => {
  const { address: _, ...template } = neighbor(GUEST, more)
  return speakerOptions([], { listenRanges: [{ prefix: '192.168.95.0/24', template }] })
}

t.test('a dynamic neighbor that is reset is gone, and nothing happens to it afterwards', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, range())
  await up(lab, GUEST)
  t.match(sw.speaker.operate(GUEST, { type: 'reset' }, BY), { ok: true, text: /is reset/ })
  await lab.clock.run()
  t.match(sw.speaker.recent().at(-1), { type: 'neighbor', change: 'removed' })
  t.match(sw.views.neighbors(), [{ departed: { at: String }, lastReset: { reason: 'reset' } }])
  t.match(sw.speaker.operate(GUEST, { type: 'reset' }, BY), { ok: false, text: /has left/ })
})

t.test('a dynamic neighbor that is started is waited for, and the answer says so', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, range())
  await up(lab, GUEST)
  sw.speaker.operate(GUEST, { type: 'shutdown' }, BY)
  await lab.clock.run()
  const { text } = sw.speaker.operate(GUEST, { type: 'start' }, BY)
  t.match(text, /let in when it connects: .* listen range/)
  t.match(sw.speaker.recent().at(-1), { type: 'neighbor', change: 'removed' })
})

t.test('what an operator asked of a dynamic neighbor outlasts a reload that resets it', async (t) => {
  for (const type of ['shutdown', 'drain'] as const) {
    const lab = new SpeakerLab()
    const sw = await lab.start(SWITCH, range())
    await up(lab, GUEST)
    sw.speaker.operate(GUEST, { type }, BY)
    await sw.speaker.apply(range({ ebgpMultihop: 2 }))
    await up(lab, GUEST)
    const expected = type === 'shutdown' ? { adminDown: true } : { maintenance: {}, state: 'Established' }
    t.match(sw.views.neighbor(GUEST), expected)
  }
})
