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
