import t from 'tap'
import type { NeighborOptions } from '../../../../src/speaker/model/options.js'
import { decodeOpen } from '../../../../src/wire/open.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  KEEPALIVE,
  multiprotocol,
  routeRefresh,
  toHex,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const OTHER = '192.168.95.211'
const ROUTER = '192.168.95.1'
const VIP = '192.168.95.123/32'

const restarter = {
  ...{ enabled: true, restartTime: 120, stalePathTime: 360, notification: false },
  restarter: true,
}
const node = (address: string, more: Partial<NeighborOptions> = {}) =>
  neighbor(address, { gracefulRestart: restarter, ...more })
const router = (more: Partial<NeighborOptions> = {}) =>
  node(ROUTER, { remoteAs: 64999, families: [family('ipv4-unicast', { export: 'all' })], ...more })

interface Greeting {
  readonly restarting?: boolean
  readonly notification?: boolean
  readonly plain?: boolean
}

async function up(lab: SpeakerLab, address: string, as: number, greeting: Greeting = {}): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  const families = [{ afi: 1, forwarding: true }]
  const { restarting, notification, plain } = greeting
  const restart = plain ? [] : [gracefulRestart({ time: 120, restarting, notification, families })]
  const capabilities = [multiprotocol(1), routeRefresh(), fourOctetAs(as), ...restart]
  peer.greet({ as, routerId: address, hold: 0, capabilities })
  await lab.clock.run()
  return peer
}

/** The graceful restart capability of the OPEN that a peer received. */
function announced(peer: RawPeer) {
  const message = peer.received.find(({ type }) => type === 1)
  if (message === undefined) throw new Error('no OPEN')
  const bytes = Uint8Array.from(Buffer.from(message.hex, 'hex'))
  const open = decodeOpen(bytes, 0, bytes.length).message
  return open?.capabilities.find(({ name }) => name === 'graceful-restart')
}

const ended = (peer: RawPeer) => peer.received.filter(({ hex }) => hex === toHex(END_OF_RIB)).length
const swept = (sw: LabSpeaker) => sw.fib.calls.includes('sweep')

t.test('by default a helper: no family, no deferral, whatever the kernel holds', async (t) => {
  const lab = new SpeakerLab()
  await lab.start(SWITCH, speakerOptions([neighbor(NODE), neighbor(OTHER)]), undefined, undefined, 3)
  const peer = await up(lab, NODE, 64512)
  t.match(announced(peer), { restarting: false, families: [] })
  t.equal(ended(peer), 1)
})

t.test(
  'RFC 4724 §4.1: after a restart routes are announced when all neighbors have sent theirs',
  async (t) => {
    const lab = new SpeakerLab()
    const sw = await lab.start(
      SWITCH,
      speakerOptions([node(NODE), node(OTHER), router()]),
      undefined,
      undefined,
      3,
    )
    const far = await up(lab, ROUTER, 64999)
    t.match(announced(far), {
      restarting: true,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    })
    far.send(END_OF_RIB)
    const peer = await up(lab, NODE, 64512)
    t.equal(ended(peer), 1, 'who is sent nothing is not kept waiting')
    peer.send(announce(64512, NODE, VIP), END_OF_RIB)
    await lab.clock.advance(20_000)
    t.same([far.updates, ended(far)], [[], 0], 'nothing is announced yet')
    t.equal(sw.views.speaker().restarting, true)
    t.same(sw.fib.via(VIP), [NODE], 'the kernel’s side is told, and keeps what it has')
    const other = await up(lab, OTHER, 64512)
    other.send(announce(64512, OTHER, VIP))
    await lab.clock.advance(1000)
    t.same([far.updates.length, swept(sw)], [0, false])
    other.send(END_OF_RIB)
    await lab.clock.run()
    t.same([far.updates.length, ended(far), swept(sw)], [1, 1, true])
    t.equal(sw.views.speaker().restarting, undefined)
    const again = await up(lab, NODE, 64512)
    t.match(
      announced(again),
      { restarting: false, families: [{ forwarding: true }] },
      'a session that is lost later is no restart, and forwarding goes on',
    )
  },
)

t.test('a first start has nothing to keep', async (t) => {
  const lab = new SpeakerLab()
  await lab.start(SWITCH, speakerOptions([node(NODE), router()]))
  const far = await up(lab, ROUTER, 64999)
  t.match(announced(far), { restarting: false, families: [{ forwarding: false }] })
  t.equal(ended(far), 1, 'and waits for nobody')
})

t.test(
  'a neighbor that has restarted, too, is not waited for long, but its kernel routes stay',
  async (t) => {
    const lab = new SpeakerLab()
    const sw = await lab.start(SWITCH, speakerOptions([node(NODE), router()]), undefined, undefined, 1)
    const far = await up(lab, ROUTER, 64999)
    far.send(END_OF_RIB)
    const peer = await up(lab, NODE, 64512, { restarting: true })
    await lab.clock.advance(4000)
    t.equal(ended(far), 0)
    await lab.clock.advance(1500)
    t.same([ended(far), swept(sw)], [1, false])
    peer.send(END_OF_RIB)
    await lab.clock.run()
    t.equal(swept(sw), true)
  },
)

t.test('nobody is waited for beyond the selection deferral time', async (t) => {
  const lab = new SpeakerLab()
  const options = speakerOptions([node(NODE), node(OTHER, { passive: true }), router()], {
    selectionDeferralTime: 60,
  })
  const sw = await lab.start(SWITCH, options, undefined, undefined, 1)
  const far = await up(lab, ROUTER, 64999)
  far.send(END_OF_RIB)
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, VIP), END_OF_RIB)
  await lab.clock.advance(59_000)
  t.same([ended(far), swept(sw)], [0, false], 'one that dials us is waited for all the time')
  await lab.clock.advance(1500)
  t.same([far.updates.length, ended(far), swept(sw)], [1, 1, true])
})

t.test('a policy that changes meanwhile: End-of-RIB comes all the same, once', async (t) => {
  const lab = new SpeakerLab()
  const neighbors = [node(NODE), router()]
  const sw = await lab.start(SWITCH, speakerOptions(neighbors), undefined, undefined, 1)
  const far = await up(lab, ROUTER, 64999)
  far.send(END_OF_RIB)
  t.match(sw.speaker.maintenance(true, 'a test'), { ok: true })
  await lab.clock.run()
  t.equal(ended(far), 0)
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, VIP), END_OF_RIB)
  await lab.clock.run()
  t.same([far.updates.length, ended(far)], [1, 1])
  t.match(sw.views.neighbor(ROUTER), { families: [{ endOfRibSent: true, prefixesAdvertised: 1 }] })
})

t.test('dynamic neighbors are waited for when the kernel holds routes', async (t) => {
  const range = (gracefulRestart: NeighborOptions['gracefulRestart']) => {
    const { address: _, ...template } = neighbor(NODE, { gracefulRestart })
    return { listenRanges: [{ prefix: '192.168.95.0/24', template }], selectionDeferralTime: 90 }
  }
  for (const [own, wait] of [
    [neighbor(NODE).gracefulRestart, 30],
    [restarter, 90],
  ] as const) {
    const lab = new SpeakerLab()
    const sw = await lab.start(SWITCH, speakerOptions([], range(own)), undefined, undefined, 1)
    const peer = await up(lab, NODE, 64512)
    peer.send(announce(64512, NODE, VIP), END_OF_RIB)
    await lab.clock.advance((wait - 1) * 1000)
    t.equal(swept(sw), false)
    await lab.clock.advance(1500)
    t.equal(swept(sw), true, `after ${wait} s`)
  }
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([], range(restarter)))
  t.equal(swept(sw), true, 'nothing is left to keep')
})

t.test('the end: neighbors that are to keep our routes hear no word', async (t) => {
  const nBit = { gracefulRestart: { ...restarter, notification: true } }
  const cases: [string, NeighborOptions, Greeting, boolean, string | undefined][] = [
    ['routes are kept', node(NODE), {}, true, undefined],
    ['the kernel’s routes go', node(NODE), {}, false, '6/2'],
    ['a neighbor without graceful restart', node(NODE), { plain: true }, true, '6/2'],
    ['a helper only', neighbor(NODE), {}, true, '6/2'],
    ['both set the N bit: no Hard Reset', node(NODE, nBit), { notification: true }, true, '6/4'],
    ['the N bit, but the routes go', node(NODE, nBit), { notification: true }, false, '6/9'],
  ]
  for (const [what, options, greeting, kept, expected] of cases) {
    const lab = new SpeakerLab()
    const sw = await lab.start(SWITCH, speakerOptions([options]))
    const peer = await up(lab, NODE, 64512, greeting)
    peer.send(announce(64512, NODE, VIP), END_OF_RIB, KEEPALIVE)
    await lab.clock.run()
    const stopped = sw.speaker.stop('', 'shutdown', kept)
    await lab.clock.run()
    await stopped
    t.equal(peer.notification?.split(' ')[0], expected, what)
    t.type(peer.closed, 'string')
    t.same(sw.fib.via(VIP), [NODE], 'the kernel is left to its owner')
  }
})
