import t from 'tap'
import type { FamilyOptions } from '../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import { announce, fourOctetAs, multiprotocol, withdraw } from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const prefixes = (count: number) => Array.from({ length: count }, (_, n) => `10.0.${n}.0/24`)

async function up(lab: SpeakerLab): Promise<RawPeer> {
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(64512)] })
  await lab.clock.run()
  return peer
}

async function start(more: Partial<FamilyOptions>) {
  const lab = new SpeakerLab()
  const limited = neighbor(NODE, { passive: true, families: [family('ipv4-unicast', more)] })
  const sw = await lab.start(SWITCH, speakerOptions([limited]))
  const warnings = () => sw.lines.filter((line) => line.startsWith('warn') && line.includes('allowed'))
  const limit = () => sw.views.neighbor(NODE)?.families[0].maximumPrefix
  return { lab, sw, warnings, limit, peer: await up(lab) }
}

t.test('a warning from 75 % on, once until the number falls', async (t) => {
  const { lab, sw, warnings, limit, peer } = await start({ maximumPrefix: 8 })
  peer.send(announce(64512, NODE, ...prefixes(5)))
  await lab.clock.run()
  t.same([warnings(), limit()?.state], [[], 'below'])
  peer.send(announce(64512, NODE, ...prefixes(6)))
  peer.send(announce(64512, NODE, ...prefixes(8)))
  await lab.clock.run()
  t.same(limit(), { limit: 8, threshold: 6, warningOnly: false, restart: 60, state: 'near' })
  t.same(warnings().length, 1)
  t.match(warnings()[0], /6 prefixes of ipv4-unicast, 75 % of the 8 allowed/)
  peer.send(withdraw(...prefixes(8)), announce(64512, NODE, ...prefixes(1)))
  peer.send(announce(64512, NODE, ...prefixes(7)))
  await lab.clock.run()
  t.equal(warnings().length, 2)
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
})

t.test('warning-only: said, and the routes are used', async (t) => {
  const { lab, sw, warnings, limit, peer } = await start({
    maximumPrefix: 2,
    maximumPrefixThreshold: 100,
    maximumPrefixAction: 'warning-only',
  })
  peer.send(announce(64512, NODE, ...prefixes(5)))
  peer.send(announce(64512, NODE, ...prefixes(6)))
  await lab.clock.run()
  t.equal(peer.notification, undefined)
  t.match(sw.views.neighbor(NODE), { state: 'Established', prefixesAccepted: 6 })
  t.equal(sw.fib.size, 6)
  t.equal(warnings().length, 1)
  t.match(warnings()[0], /more than the 2 allowed; maximum-prefix is warning-only/)
  t.match(limit(), { warningOnly: true, state: 'exceeded', restart: undefined })
})

t.test('restart: 6/1 with family and limit, back after those minutes and not before', async (t) => {
  const { lab, sw, limit, peer } = await start({ maximumPrefix: 2, maximumPrefixAction: 3 })
  peer.send(announce(64512, NODE, ...prefixes(3)))
  await lab.clock.run()
  t.equal(peer.notification, '6/1 00010100000002')
  t.equal(sw.fib.size, 0)
  t.match(limit(), { restart: 180, state: 'exceeded' })
  await lab.clock.advance(170_000)
  t.equal((await up(lab)).notification, '6/5')
  await lab.clock.advance(11_000)
  await up(lab)
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
})

t.test('the pause of an earlier time does not end a later one', async (t) => {
  const { lab, sw, peer } = await start({ maximumPrefix: 2, maximumPrefixAction: 3 })
  peer.send(announce(64512, NODE, ...prefixes(3)))
  await lab.clock.advance(120_000)
  sw.speaker.operate(NODE, { type: 'reset' }, 'ann')
  const again = await up(lab)
  again.send(announce(64512, NODE, ...prefixes(3)))
  await lab.clock.advance(70_000)
  t.equal((await up(lab)).notification, '6/5')
  await lab.clock.advance(120_000)
  await up(lab)
  t.match(sw.views.neighbor(NODE), { state: 'Established' })
})

t.test('refused routes count where the configuration says so', async (t) => {
  for (const [maximumPrefixReceived, notification] of [
    [undefined, undefined],
    [true, '6/1 00010100000002'],
  ] as const) {
    const { lab, peer } = await start({ maximumPrefix: 2, maximumPrefixReceived, import: 'none' })
    peer.send(announce(64512, NODE, ...prefixes(3)))
    await lab.clock.run()
    t.equal(peer.notification, notification)
  }
})

const limits = (maximumPrefix: number, more: Partial<FamilyOptions> = {}) => ({
  families: [family('ipv4-unicast', { maximumPrefix, maximumPrefixAction: 5, ...more })],
})

const inRange = (more: ReturnType<typeof limits>, listenRanges = '192.168.95.208/28') => {
  const { address: _, ...template } = neighbor(NODE, more)
  return speakerOptions([], { listenRanges: [{ prefix: listenRanges, template }] })
}

const configured = (more: object, passive = true) => speakerOptions([neighbor(NODE, { passive, ...more })])

/** A node that is in its pause. */
async function paused(options: ReturnType<typeof configured>) {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, options)
  const peer = await up(lab)
  peer.send(announce(64512, NODE, ...prefixes(3)), announce(64512, NODE, ...prefixes(5)))
  await lab.clock.run()
  return { lab, sw, peer }
}

const OPTIONS = { dynamic: inRange(limits(3)), configured: configured(limits(3)) }

for (const [kind, options] of Object.entries(OPTIONS)) {
  t.test(`a ${kind} neighbor sits out its pause, and views say so`, async (t) => {
    const { lab, sw, peer } = await paused(options)
    t.equal(peer.notification, '6/1 00010100000003')
    t.match(sw.views.neighbor(NODE), {
      state: 'Idle',
      adminDown: false,
      paused: {
        reason: 'maximum-prefix',
        family: 'ipv4-unicast',
        limit: 3,
        count: 5,
        until: new Date(lab.clock.wall() + 300_000).toISOString(),
      },
      lastReset: { text: /more than 3 ipv4-unicast prefixes \(maximum-prefix\): it is kept out for 300 s/ },
    })
    for (let n = 0; n < 100; n++) t.equal((await up(lab)).notification, '6/5')
    const said = sw.lines.filter((line) => line.includes('refused a connection'))
    t.equal(said.length, 1)
    t.match(said[0], /announced more than 3 ipv4-unicast prefixes .* let in again at .*neighbor 192/)
    t.equal(sw.speaker.recent().filter(({ type }) => type === 'refused').length, 1)
    await lab.clock.advance(61_000)
    await up(lab)
    t.ok(sw.lines.some((line) => line.includes('(and 99 times before)')))
    t.notOk(sw.lines.some((line) => line.includes('is shut down here')))
    await lab.clock.advance(240_000)
    const again = await up(lab)
    t.match(sw.views.neighbor(NODE), { state: 'Established', paused: undefined })
    // The next offence counts anew.
    again.send(announce(64512, NODE, ...prefixes(4)))
    await lab.clock.run()
    t.match(sw.views.neighbor(NODE), { paused: { count: 4 } })
  })

  t.test(`start and reset let a ${kind} neighbor in that is in its pause`, async (t) => {
    for (const type of ['start', 'reset'] as const) {
      const { lab, sw } = await paused(options)
      t.match(sw.speaker.operate(NODE, { type }, 'ann'), {
        ok: true,
        text: /is let in when|is started|tried anew/,
      })
      t.equal(sw.views.neighbor(NODE)?.paused, undefined)
      await up(lab)
      t.match(sw.views.neighbor(NODE), { state: 'Established' })
      await lab.clock.advance(301_000)
      t.equal(sw.views.neighbor(NODE)?.paused, undefined)
    }
  })

  t.test(`a ${kind} neighbor that is in its pause and shut down stays so beyond it`, async (t) => {
    const { lab, sw } = await paused(options)
    sw.speaker.operate(NODE, { type: 'shutdown' }, 'ann')
    await lab.clock.advance(301_000)
    t.match(sw.views.neighbor(NODE), { adminDown: true, paused: undefined })
    t.equal((await up(lab)).notification, '6/5')
  })
}

t.test('a pause over which nobody came back leaves but a trace of a dynamic neighbor', async (t) => {
  const { lab, sw } = await paused(OPTIONS.dynamic)
  t.equal(sw.views.neighbors().length, 1)
  await lab.clock.advance(301_000)
  t.match(sw.views.neighbors(), [{ departed: { at: String }, lastReset: { reason: 'prefix-limit' } }])
})

t.test('a reload that changes what was broken ends the pause', async (t) => {
  const changes = {
    raised: limits(9),
    removed: limits(0),
    'another time': limits(3, { maximumPrefixAction: 1 }),
    'warning only': limits(3, { maximumPrefixAction: 'warning-only' }),
    'other routes': limits(3, { import: 'none' }),
    'other families': { families: [family('ipv6-unicast'), ...limits(9).families] },
  }
  for (const [what, change] of Object.entries(changes)) {
    for (const make of [inRange, (more: object) => configured(more)]) {
      const { lab, sw } = await paused(make(limits(3)))
      await sw.speaker.apply(make(change as ReturnType<typeof limits>))
      t.equal(sw.views.neighbor(NODE)?.paused, undefined, what)
      await up(lab)
      t.match(sw.views.neighbor(NODE), { state: 'Established' }, what)
    }
  }
})

t.test('a neighbor that is dialled is dialled again once its limit is raised', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, configured(limits(3), false))
  const peer = await up(lab)
  peer.send(announce(64512, NODE, ...prefixes(5)))
  await lab.clock.advance(200_000)
  t.match(sw.views.neighbor(NODE), { state: 'Idle' })
  await sw.speaker.apply(configured(limits(5), false))
  t.not(sw.views.neighbor(NODE)?.state, 'Idle')
})

t.test('a reload that changes something else does not end it', async (t) => {
  const elsewhere = { timers: { holdTime: 30 }, ...limits(3) }
  const session = { ebgpMultihop: 3, ...limits(3) }
  for (const make of [
    inRange,
    (more: object) => configured(more),
    (more: object) => configured(more, false),
  ]) {
    for (const after of [[make(elsewhere)], [make(session)], [speakerOptions([]), make(limits(3))]]) {
      const { lab, sw } = await paused(make(limits(3)))
      for (const options of after) await sw.speaker.apply(options)
      t.equal((await up(lab)).notification, '6/5')
      await lab.clock.advance(301_000)
      await up(lab)
      t.match(sw.views.neighbor(NODE), { state: 'Established' })
    }
  }
})

t.test('a neighbor that is not configured any longer is not known, whatever it did', async (t) => {
  const { lab, sw } = await paused(OPTIONS.configured)
  await sw.speaker.apply(speakerOptions([]))
  await up(lab)
  t.ok(sw.lines.some((line) => line.includes('is not configured as a neighbor')))
})
