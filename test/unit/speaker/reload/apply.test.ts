import t from 'tap'
import type { NeighborOptions } from '../../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import { announce } from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const A = '192.168.95.210'
const B = '192.168.95.211'
const C = '192.168.95.212'
const node = (address: string, more: Parameters<typeof neighbor>[1] = {}) =>
  neighbor(address, { passive: true, ...more })

async function up(
  neighbors: readonly NeighborOptions[],
): Promise<{ lab: SpeakerLab; sw: LabSpeaker; peers: Map<string, RawPeer> }> {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  const peers = new Map<string, RawPeer>()
  for (const { address } of neighbors) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet({ as: 64512, routerId: address })
    peer.send(announce(64512, address, '192.168.95.123/32'))
    peers.set(address, peer)
  }
  await lab.clock.run()
  return { lab, sw, peers }
}

t.test('the same configuration again: nothing happens', async (t) => {
  const { lab, sw, peers } = await up([node(A), node(B)])
  const connection = sw.host.to(A)
  const events = sw.speaker.recent().length
  sw.fib.take()
  const report = await sw.speaker.apply(speakerOptions([node(A), node(B)]))
  await lab.clock.run()
  t.same(report, { added: [], removed: [], changed: [], reset: [], unchanged: 2 })
  t.equal(sw.host.to(A), connection)
  t.same(
    [...peers.values()].map((peer) => peer.closed),
    [undefined, undefined],
  )
  t.same(sw.fib.take(), [])
  t.equal(sw.speaker.recent().length, events)
})

t.test('one added, one removed, one changed, one reset: only these are touched', async (t) => {
  const { lab, sw, peers } = await up([node(A), node(B), node(C)])
  const connections = [A, B, C].map((address) => sw.host.to(address))
  const report = await sw.speaker.apply(
    speakerOptions([
      node(A, { description: 'k8s-master-0', timers: { holdTime: 9, keepalive: 3 } }),
      node(C, { ebgpMultihop: 2 }),
      node('192.168.95.213'),
    ]),
  )
  await lab.clock.run()
  t.same(report, { added: ['192.168.95.213'], removed: [B], changed: [A], reset: [C], unchanged: 0 })
  t.equal(peers.get(A)?.closed, undefined)
  t.equal(sw.host.to(A), connections[0])
  t.match(sw.views.neighbor(A), { state: 'Established', description: 'k8s-master-0', holdTime: 90 })
  t.equal(peers.get(B)?.notification, '6/3')
  t.equal(sw.views.neighbor(B), undefined)
  t.equal(peers.get(C)?.notification, '6/6')
  t.match(sw.views.neighbor(C), { state: 'Active' })
  t.same(sw.fib.via('192.168.95.123/32'), [A])
  const back = await lab.dial(C, SWITCH)
  back.greet({ as: 64512, routerId: C })
  await lab.clock.run()
  t.match(sw.views.neighbor(C), { state: 'Established' })
  t.match(
    sw.speaker.recent().filter((event) => event.type === 'neighbor'),
    [
      { neighbor: B, change: 'removed' },
      { neighbor: C, change: 'changed' },
      { neighbor: A, change: 'changed' },
      { neighbor: '192.168.95.213', change: 'added' },
    ],
  )
})

t.test('maximum-paths and weight change the routes and no session', async (t) => {
  const { lab, sw, peers } = await up([node(A), node(B)])
  t.same(sw.fib.via('192.168.95.123/32'), [A, B])
  await sw.speaker.apply(speakerOptions([node(A), node(B)], { decision: { maximumPathsEbgp: 1 } }))
  await lab.clock.run()
  t.same(sw.fib.via('192.168.95.123/32'), [A])
  await sw.speaker.apply(
    speakerOptions([node(A), node(B, { weight: 10 })], { decision: { maximumPathsEbgp: 1 } }),
  )
  await lab.clock.run()
  t.same(sw.fib.via('192.168.95.123/32'), [B])
  t.same(
    [...peers.values()].map((peer) => peer.closed),
    [undefined, undefined],
  )
})

t.test('import policy changes what was received before', async (t) => {
  const { lab, sw, peers } = await up([node(A), node(B)])
  const nothing = { families: [family('ipv4-unicast', { import: 'none' })] }
  await sw.speaker.apply(speakerOptions([node(A, nothing), node(B)]))
  await lab.clock.run()
  t.same(sw.fib.via('192.168.95.123/32'), [B])
  t.match(sw.views.neighbor(A), { prefixesReceived: 1, prefixesAccepted: 0 })
  await sw.speaker.apply(speakerOptions([node(A), node(B)]))
  await lab.clock.run()
  t.same(sw.fib.via('192.168.95.123/32'), [A, B])
  t.equal(peers.get(A)?.closed, undefined)
})

t.test('shutdown with a message, and back', async (t) => {
  const { lab, sw, peers } = await up([node(A)])
  const report = await sw.speaker.apply(speakerOptions([node(A, { shutdown: { message: 'back at noon' } })]))
  t.match(report, { changed: [], reset: [A] }, 'no session is kept')
  await lab.clock.run()
  t.equal(peers.get(A)?.notification, `6/2 0c${Buffer.from('back at noon').toString('hex')}`)
  t.match(sw.views.neighbor(A), { state: 'Idle', adminDown: true })
  t.equal(sw.fib.size, 0)
  await sw.speaker.apply(speakerOptions([node(A)]))
  const back = await lab.dial(A, SWITCH)
  back.greet({ as: 64512, routerId: A })
  await lab.clock.run()
  t.match(sw.views.neighbor(A), { state: 'Established', adminDown: false })
})

t.test('a listen address that can not be had changes nothing', async (t) => {
  const { lab, sw, peers } = await up([node(A)])
  sw.host.portTaken = true
  await t.rejects(
    sw.speaker.apply(speakerOptions([], { listen: [{ address: '0.0.0.0', port: 1790 }] })),
    /in use/,
  )
  await lab.clock.run()
  t.match(sw.views.neighbor(A), { state: 'Established' })
  t.equal(peers.get(A)?.closed, undefined)
  t.match(sw.views.speaker(), { listen: [{ address: '0.0.0.0', port: 179 }] })
})

t.test('listeners open and close, sessions stay', async (t) => {
  const { lab, sw, peers } = await up([node(A)])
  await sw.speaker.apply(speakerOptions([node(A), node(B)], { listen: [{ address: SWITCH, port: 1790 }] }))
  await t.rejects(lab.dial(B, SWITCH), /ECONNREFUSED/)
  const other = await lab.dial(B, SWITCH, 1790)
  other.greet({ as: 64512, routerId: B })
  await lab.clock.run()
  t.match(sw.views.neighbor(B), { state: 'Established' })
  t.equal(peers.get(A)?.closed, undefined)
})

t.test('a new router id resets everybody', async (t) => {
  const { lab, sw, peers } = await up([node(A), node(B)])
  const report = await sw.speaker.apply(speakerOptions([node(A), node(B)], { routerId: 1 }))
  await lab.clock.run()
  t.same(report.reset, [A, B])
  t.same(
    [...peers.values()].map((peer) => peer.notification),
    ['6/6', '6/6'],
  )
})

t.test('listen ranges: a guest becomes a neighbor, others go or get new options', async (t) => {
  const { address: _address, ...template } = node(A)
  const ranges = [{ prefix: '192.168.95.0/24', template }]
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([], { listenRanges: ranges }))
  const peers: RawPeer[] = []
  for (const address of [A, B, C]) {
    const peer = await lab.dial(address, SWITCH)
    peer.greet({ as: 64512, routerId: address })
    peers.push(peer)
  }
  await lab.clock.run()
  const report = await sw.speaker.apply(
    speakerOptions([node(A)], {
      listenRanges: [
        { prefix: `${B}/32`, template: { ...template, description: 'guest' } },
        { prefix: `${C}/32`, template: { ...template, remoteAs: 64999 } },
      ],
    }),
  )
  await lab.clock.run()
  t.same(report, { added: [A], removed: [], changed: [B], reset: [C], unchanged: 0 })
  t.same(
    peers.map((peer) => peer.notification),
    ['6/3', undefined, '6/6'],
  )
  t.match(sw.views.neighbor(A), { dynamic: false, state: 'Active' })
  t.match(sw.views.neighbor(B), { dynamic: true, state: 'Established', description: 'guest' })
  t.match(sw.views.neighbor(C), { state: 'Idle', departed: {} })
})

t.test('stop: Cease with the communication, and the kernel is left to its owner', async (t) => {
  const { lab, sw, peers } = await up([node(A), node(B)])
  sw.fib.take()
  const stopped = sw.speaker.stop('ecmpd ends (SIGTERM)')
  await lab.clock.run()
  await stopped
  const data = `14${Buffer.from('ecmpd ends (SIGTERM)').toString('hex')}`
  t.same(
    [...peers.values()].map((peer) => peer.notification),
    [`6/2 ${data}`, `6/2 ${data}`],
  )
  t.same(sw.fib.take(), [])
  await t.rejects(lab.dial(A, SWITCH), /ECONNREFUSED/)
  t.equal(lab.clock.pending, 2, 'nothing but the ends of two connections is timed')
})

t.test('stop because the process fails: out of resources', async (t) => {
  const { lab, sw, peers } = await up([node(A)])
  const stopped = sw.speaker.stop('internal error', 'out-of-resources')
  await lab.clock.run()
  await stopped
  t.equal(peers.get(A)?.notification, '6/8')
})

t.test('a neighbor that does not close holds stop() up for a moment only', async (t) => {
  const { lab, sw } = await up([node(A)])
  const connection = sw.host.to(A)
  if (connection !== undefined) connection.cut = true
  const stopped = sw.speaker.stop('bye')
  await lab.clock.advance(1500)
  await stopped
  t.pass('it has ended')
})
