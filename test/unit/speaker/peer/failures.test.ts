import t from 'tap'
import { neighbor, speakerOptions } from '../../../support/options.js'
import { KEEPALIVE } from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const view = (sw: LabSpeaker) => sw.views.neighbor(NODE)
const events = (sw: LabSpeaker) =>
  sw.speaker
    .recent()
    .flatMap((event) =>
      event.type === 'session'
        ? [`${event.from} -> ${event.to}`]
        : event.type === 'dials'
          ? [`${event.count} dials`]
          : [],
    )
const up = (peer: RawPeer) => peer.greet({ as: 64512, routerId: NODE })

/** A node that listens nowhere, as most Cilium nodes do; it is dialled all the time. */
async function silentNode() {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { timers: { connectRetry: 5 } })]))
  return { lab, sw }
}

t.test('a dial that nobody answers does not hide why the OPEN of the neighbor was refused', async (t) => {
  const { lab, sw } = await silentNode()
  await lab.clock.advance(10_000)
  t.match(view(sw), { lastFailure: undefined, lastDial: { reason: 'dial-refused' } })
  t.match(view(sw)?.lastError, { reason: 'dial-refused' }, 'nothing better is known')
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64999, routerId: NODE })
  await lab.clock.run()
  await lab.clock.advance(20_000)
  const after = view(sw)
  t.match(after, { lastError: { reason: 'as-wrong' }, lastFailure: { reason: 'as-wrong' } })
  t.match(after?.lastDial, { reason: 'dial-refused' })
  t.ok((after?.lastDial?.failures ?? 0) > 3)
  const silent = await lab.dial(NODE, SWITCH)
  silent.connection.close()
  await lab.clock.run()
  t.match(view(sw)?.lastFailure, { reason: 'as-wrong' }, 'nor does a connection that says nothing')
})

t.test(
  'an Established session has no last error; what ended the one before stays, with its time',
  async (t) => {
    const { lab, sw } = await silentNode()
    const first = await lab.dial(NODE, SWITCH)
    up(first)
    await lab.clock.run()
    t.match(view(sw), { state: 'Established', lastError: undefined, lastReset: undefined })
    first.connection.close()
    await lab.clock.advance(10_000)
    const down = view(sw)
    t.match(down, { lastReset: { reason: 'connection-lost' }, lastError: { reason: 'connection-lost' } })
    t.match(down?.lastDial, { reason: 'dial-refused' })
    up(await lab.dial(NODE, SWITCH))
    await lab.clock.run()
    t.match(view(sw), {
      state: 'Established',
      lastError: undefined,
      lastFailure: undefined,
      lastReset: { reason: 'connection-lost', at: down?.lastReset?.at },
    })
    const beside = await lab.dial(NODE, SWITCH)
    beside.greet({ as: 64777, routerId: '10.0.0.9' })
    await lab.clock.advance(3000)
    t.match(view(sw), { state: 'Established', lastError: undefined, lastFailure: { reason: 'as-wrong' } })
  },
)

t.test('a start at which the nodes come by themselves has no warning and few lines', async (t) => {
  const { lab, sw } = await silentNode()
  await lab.clock.advance(8000)
  up(await lab.dial(NODE, SWITCH))
  await lab.clock.run()
  await lab.clock.advance(60_000)
  t.equal(view(sw)?.state, 'Established')
  const warnings = sw.lines.filter((line) => line.startsWith('warn'))
  t.notOk(
    warnings.some((line) => /ECONNREFUSED/.test(line)),
    'nobody is warned of a dial',
  )
  t.equal(sw.lines.filter((line) => /ECONNREFUSED/.test(line) && line.startsWith('info')).length, 1)
})

t.test('rounds of dialling are one event with a count; what comes of them is told', async (t) => {
  const { lab, sw } = await silentNode()
  await lab.clock.advance(4000)
  t.same(events(sw), ['Idle -> Connect', 'Connect -> Active'])
  await lab.clock.advance(200_000)
  const away = events(sw)
  t.same(away.slice(0, 3), ['Idle -> Connect', 'Connect -> Active', '10 dials'])
  t.ok(away.length <= 4, `${away.length} events`)
  t.equal(sw.lines.filter((line) => line.startsWith('warn')).length, 1, 'it stays away: one warning')
  const peer = await lab.dial(NODE, SWITCH)
  up(peer)
  peer.send(KEEPALIVE)
  await lab.clock.run()
  const back = events(sw).slice(away.length)
  t.match(back[0], /^\d+ dials$/, 'how often it was dialled')
  t.equal(back.at(-1), 'OpenConfirm -> Established')
})

t.test('a stop in the middle of dialling is told', async (t) => {
  const { lab, sw } = await silentNode()
  await lab.clock.advance(20_000)
  sw.speaker.operate(NODE, { type: 'shutdown' }, 'somebody')
  await lab.clock.run()
  t.match(events(sw).at(-1), /-> Idle$/)
})
