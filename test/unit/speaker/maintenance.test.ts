import t from 'tap'
import type { NeighborOptions } from '../../../src/speaker/model/options.js'
import { decodeUpdate } from '../../../src/wire/decode.js'
import type { DecodeContext } from '../../../src/wire/types.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  asPath,
  communities,
  fourOctetAs,
  localPref,
  multiprotocol,
  nextHop,
  origin,
  update,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const OTHER = '192.168.95.211'
const INSIDE = '192.168.95.1'
const VIP = '192.168.95.123/32'
const GRACEFUL_SHUTDOWN = 0xffff0000
const BY = 'a test'

const exporting = (address: string, remoteAs: number) =>
  neighbor(address, { remoteAs, passive: true, families: [family('ipv4-unicast', { export: 'all' })] })
const node = (address: string, more: Partial<NeighborOptions> = {}) =>
  neighbor(address, { passive: true, ...more })

async function up(lab: SpeakerLab, address: string, as: number): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  peer.greet({ as, routerId: address, capabilities: [multiprotocol(1), fourOctetAs(as)] })
  await lab.clock.run()
  return peer
}

const route = (address: string, ...values: number[]) =>
  update({
    attributes: [
      origin(),
      asPath(64512),
      nextHop(address),
      ...(values.length === 0 ? [] : [communities(...values)]),
    ],
    announced: [VIP],
  })

/** What a peer was told last of the VIP. */
function told(peer: RawPeer) {
  const updates = peer.updates.map(({ hex }) => decodeUpdate(Buffer.from(hex, 'hex'), CONTEXT))
  return updates.findLast(({ announced }) => announced.some(({ prefix }) => prefix === VIP))
}

const CONTEXT: DecodeContext = {
  id: -1,
  peerType: 'ibgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
}

t.test('RFC 8326: GRACEFUL_SHUTDOWN of an eBGP neighbor lowers its paths, unless switched off', async (t) => {
  const lab = new SpeakerLab()
  const options = [node(NODE), node(OTHER), exporting(INSIDE, 64513)]
  const sw = await lab.start(SWITCH, speakerOptions(options))
  const inside = await up(lab, INSIDE, 64513)
  const peer = await up(lab, NODE, 64512)
  const other = await up(lab, OTHER, 64512)
  peer.send(route(NODE))
  other.send(route(OTHER))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE, OTHER])
  peer.send(route(NODE, GRACEFUL_SHUTDOWN))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [OTHER], 'traffic moves to the other path')
  other.send(route(OTHER, GRACEFUL_SHUTDOWN))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE, OTHER], 'nothing better is left')
  t.match(told(inside), { attributes: { localPref: 0, communities: [GRACEFUL_SHUTDOWN] } })

  const heedless = [node(NODE, { ignoreGracefulShutdown: true }), ...options.slice(1)]
  const report = await sw.speaker.apply(speakerOptions(heedless))
  t.same(report.changed, [NODE])
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE])
  await sw.speaker.apply(speakerOptions(options))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE, OTHER])
})

t.test('an iBGP neighbor says its own LOCAL_PREF', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([exporting(INSIDE, 64513)]))
  const inside = await up(lab, INSIDE, 64513)
  inside.send(
    update({
      attributes: [origin(), asPath(64512), nextHop(INSIDE), localPref(70), communities(GRACEFUL_SHUTDOWN)],
      announced: [VIP],
    }),
  )
  await lab.clock.run()
  const [path] = sw.views.routes({ family: 'ipv4-unicast', limit: 1 }).routes[0].paths
  t.equal(path.localPref, 70)
})

t.test('maintenance: all is announced with the community, and without it afterwards', async (t) => {
  const lab = new SpeakerLab()
  const neighbors = [node(NODE), exporting(INSIDE, 64513), exporting(OTHER, 64999)]
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  const inside = await up(lab, INSIDE, 64513)
  const outside = await up(lab, OTHER, 64999)
  const peer = await up(lab, NODE, 64512)
  peer.send(route(NODE, 5))
  await lab.clock.run()
  t.match(told(inside), { attributes: { localPref: 100, communities: [5] } })

  t.match(sw.speaker.maintenance(true, BY), { ok: true })
  await lab.clock.run()
  t.match(told(inside), { attributes: { localPref: 0, communities: [5, GRACEFUL_SHUTDOWN] } })
  t.match(told(outside), { attributes: { communities: [5, GRACEFUL_SHUTDOWN] } })
  t.equal(told(outside)?.attributes.localPref, undefined)
  t.same(sw.fib.via(VIP), [NODE], 'own traffic goes on as before')
  t.match(sw.views.speaker().maintenance, { source: 'operator', by: BY })
  t.match(sw.speaker.recent().at(-1), { type: 'maintenance', on: true, by: BY })
  t.match(sw.speaker.maintenance(true, BY), { ok: true, text: /already/ })

  await sw.speaker.apply(speakerOptions(neighbors, { hostName: 'other' }))
  await lab.clock.run()
  t.match(sw.views.speaker().maintenance, { source: 'operator' }, 'a reload does not end it')
  await sw.speaker.apply(speakerOptions(neighbors, { maintenance: true }))
  t.match(sw.speaker.maintenance(false, BY), { ok: false, reason: 'conflict' }, 'the configuration has it on')
  await sw.speaker.apply(speakerOptions(neighbors))
  t.match(sw.speaker.maintenance(false, BY), { ok: true })
  await lab.clock.run()
  t.match(told(inside), { attributes: { localPref: 100, communities: [5] } })
  t.same(told(outside)?.attributes.communities, [5])
  t.equal(sw.views.speaker().maintenance, undefined)

  await sw.speaker.apply(speakerOptions(neighbors, { maintenance: true }))
  await lab.clock.run()
  t.match(told(outside), { attributes: { communities: [5, GRACEFUL_SHUTDOWN] } })
  t.same(sw.views.speaker().maintenance, { source: 'configuration' })
  t.match(sw.speaker.recent().at(-1), { type: 'maintenance', on: true, by: 'the configuration' })
})

t.test('one neighbor is drained: its paths are the last choice here, and ours there', async (t) => {
  const lab = new SpeakerLab()
  const neighbors = [node(NODE), exporting(OTHER, 64999), exporting(INSIDE, 64513)]
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  const outside = await up(lab, OTHER, 64999)
  const inside = await up(lab, INSIDE, 64513)
  const peer = await up(lab, NODE, 64512)
  peer.send(route(NODE))
  outside.send(
    update({
      attributes: [origin(), asPath(64999, 64998), nextHop(OTHER)],
      announced: ['203.0.113.0/24', VIP],
    }),
  )
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE])
  t.match(sw.speaker.operate(NODE, { type: 'drain' }, BY), { ok: true })
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [OTHER])
  t.match(sw.views.neighbor(NODE), { maintenance: { source: 'operator', by: BY }, state: 'Established' })
  t.match(sw.speaker.operate(OTHER, { type: 'drain' }, BY), { ok: true })
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [NODE], 'both are the last choice: the shorter path counts again')
  t.match(told(outside), { attributes: { communities: [GRACEFUL_SHUTDOWN] } })
  t.match(told(inside), { attributes: { localPref: 0, communities: [GRACEFUL_SHUTDOWN] } })
  t.match(sw.speaker.operate(NODE, { type: 'undrain' }, BY), { ok: true })
  t.match(sw.speaker.operate(OTHER, { type: 'undrain' }, BY), { ok: true })
  await lab.clock.run()
  t.notOk(told(outside)?.attributes.communities)
  t.match(told(inside), { attributes: { localPref: 100 } })
  t.equal(sw.views.neighbor(NODE)?.maintenance, undefined)
  const configured = [node(NODE, { maintenance: true }), ...neighbors.slice(1)]
  await sw.speaker.apply(speakerOptions(configured))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), [OTHER])
  t.match(sw.speaker.operate(NODE, { type: 'undrain' }, BY), { ok: false, reason: 'conflict' })
})
