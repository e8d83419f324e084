import t from 'tap'
import type { NeighborOptions } from '../../../../src/speaker/model/options.js'
import { decodeUpdate } from '../../../../src/wire/decode.js'
import type { DecodeContext } from '../../../../src/wire/types.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  asPath,
  communities,
  END_OF_RIB,
  fourOctetAs,
  gracefulRestart,
  KEEPALIVE,
  longLived,
  multiprotocol,
  nextHop,
  origin,
  update,
} from '../../../support/raw-bytes.js'
import type { RawPeer } from '../../../support/raw-peer.js'
import { SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const BACKUP = '192.168.95.211'
const KNOWING = '192.168.95.1'
const PLAIN = '192.168.95.2'
const VIP = '192.168.95.123/32'
const SECOND = '192.168.95.124/32'
const LLGR_STALE = 0xffff0006
const NO_LLGR = 0xffff0007
const NO_EXPORT = 0xffffff01

const CONTEXT: DecodeContext = {
  id: -1,
  peerType: 'ibgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
}

const restart = { restartTime: 120, stalePathTime: 360, enabled: true, notification: false }
const on = (partialDeployment = false) => ({
  ...restart,
  longLived: { staleTime: 3600, partialDeployment },
})

const exporting = (address: string, remoteAs: number, more: Partial<NeighborOptions> = {}) =>
  neighbor(address, {
    remoteAs,
    passive: true,
    families: [family('ipv4-unicast', { export: 'all' })],
    ...more,
  })

const NEIGHBORS = [
  neighbor(NODE, { passive: true, gracefulRestart: on() }),
  neighbor(BACKUP, { passive: true }),
  exporting(KNOWING, 64513, { gracefulRestart: on() }),
  exporting(PLAIN, 64513),
]

async function up(lab: SpeakerLab, address: string, as: number, ...more: number[][]): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  const capabilities = [multiprotocol(1), fourOctetAs(as), ...more]
  peer.greet({ as, routerId: address, hold: 0, capabilities })
  await lab.clock.run()
  return peer
}

const listed = { time: 20, families: [{ afi: 1, forwarding: true }] }
const capable = (time = 100, forwarding = true) => [
  gracefulRestart(listed),
  longLived({ afi: 1, forwarding, time }),
]

const route = (address: string, prefix: string, ...more: number[][]) =>
  update({ attributes: [origin(), asPath(64512), nextHop(address), ...more], announced: [prefix] })

/** What a peer holds: prefix to attributes. */
function held(peer: RawPeer) {
  const routes = new Map<string, ReturnType<typeof decodeUpdate>['attributes']>()
  for (const { hex } of peer.updates) {
    const { announced, withdrawn, attributes } = decodeUpdate(Buffer.from(hex, 'hex'), CONTEXT)
    for (const { prefix } of withdrawn) routes.delete(prefix)
    for (const { prefix } of announced) routes.set(prefix, attributes)
  }
  return routes
}

async function start(neighbors: readonly NeighborOptions[] = NEIGHBORS) {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  const knowing = await up(lab, KNOWING, 64513, ...capable())
  const plain = await up(lab, PLAIN, 64513, gracefulRestart(listed))
  const node = await up(lab, NODE, 64512, ...capable())
  node.send(route(NODE, VIP), route(NODE, SECOND, communities(NO_LLGR)), END_OF_RIB)
  await lab.clock.run()
  return { lab, sw, knowing, plain, node }
}

t.test(
  'RFC 9494: after the restart time the paths are the last choice, for as long as was announced',
  async (t) => {
    const { lab, sw, knowing, plain, node } = await start()
    t.same([...held(knowing).keys()], [VIP, SECOND])
    t.same([...held(plain).keys()], [VIP, SECOND])
    node.connection.close()
    await lab.clock.advance(19_999)
    t.notOk(held(knowing).get(VIP)?.communities, 'within the restart time nothing changes')
    sw.fib.take()
    await lab.clock.advance(1)
    t.same(held(knowing).get(VIP)?.communities, [LLGR_STALE])
    t.notOk(held(knowing).has(SECOND), 'NO_LLGR')
    t.notOk(held(plain).has(VIP), 'withdrawn from who does not know what it is')
    t.same(sw.fib.via(VIP), [NODE], 'it is used as long as there is nothing else')
    t.equal(sw.fib.via(SECOND), undefined)
    t.match(sw.views.neighbor(NODE), {
      gracefulRestart: {
        helper: 'waiting',
        longLived: { configured: 3600, families: [{ family: 'ipv4-unicast', remaining: 100 }] },
      },
      families: [{ prefixesStale: 1 }],
    })
    const [path] = sw.views.routes({ family: 'ipv4-unicast', limit: 1 }).routes[0].paths
    t.match(path, { stale: true, longLivedStale: true, best: true })

    const backup = await up(lab, BACKUP, 64512)
    backup.send(update({ attributes: [origin(), asPath(64512, 1, 2, 3), nextHop(BACKUP)], announced: [VIP] }))
    await lab.clock.run()
    t.same(sw.fib.via(VIP), [BACKUP], 'anything is better')
    t.ok(held(plain).has(VIP))
    await lab.clock.advance(99_999)
    t.equal(sw.views.neighbor(NODE)?.prefixesReceived, 1)
    await lab.clock.advance(1)
    t.match(sw.views.neighbor(NODE), { prefixesReceived: 0, gracefulRestart: { helper: 'none' } })
    t.ok(sw.lines.some((line) => line.includes('long-lived stale time of 100 s')))
  },
)

t.test('it returns: what it announces again counts as before, the rest goes with End-of-RIB', async (t) => {
  const { lab, sw, knowing, node } = await start()
  node.send(route(NODE, '192.168.95.125/32'))
  await lab.clock.run()
  node.connection.close()
  await lab.clock.advance(50_000)
  const back = await up(lab, NODE, 64512, ...capable())
  t.equal(sw.views.neighbor(NODE)?.gracefulRestart.helper, 'receiving')
  back.send(route(NODE, VIP))
  await lab.clock.run()
  t.notOk(held(knowing).get(VIP)?.communities)
  t.same(held(knowing).get('192.168.95.125/32')?.communities, [LLGR_STALE])
  back.connection.close()
  await lab.clock.advance(20_000)
  t.same(held(knowing).get(VIP)?.communities, [LLGR_STALE], 'lost again: the restart time counts anew')
  await lab.clock.advance(49_999)
  t.ok(held(knowing).has(VIP))
  await lab.clock.advance(1)
  t.equal(held(knowing).size, 0, '100 s after the long-lived period began, with one return in between')
})

t.test('End-of-RIB of the new session sweeps', async (t) => {
  const { lab, sw, knowing, node } = await start()
  node.connection.close()
  await lab.clock.advance(50_000)
  const back = await up(lab, NODE, 64512, ...capable())
  back.send(END_OF_RIB, KEEPALIVE)
  await lab.clock.run()
  t.equal(held(knowing).size, 0)
  t.match(sw.views.neighbor(NODE), { gracefulRestart: { helper: 'none' }, prefixesReceived: 0 })
})

t.test('a changed import policy does not make a stale path fresh', async (t) => {
  const { lab, sw, knowing, node } = await start()
  node.connection.close()
  await lab.clock.advance(20_000)
  const list = [{ action: 'permit', prefix: '0.0.0.0/0', ge: 0, le: 32 }] as const
  const set = { localPref: 50, communities: ['1:2'] }
  const importing = {
    routeMap: { name: 'M', rules: [{ seq: 10, action: 'permit', match: {}, set }] },
    prefixList: { name: 'L', rules: list },
  } as const
  const changed = neighbor(NODE, {
    passive: true,
    gracefulRestart: on(),
    families: [family('ipv4-unicast', { import: importing })],
  })
  await sw.speaker.apply(speakerOptions([changed, ...NEIGHBORS.slice(1)]))
  await lab.clock.run()
  t.match(held(knowing).get(VIP), { localPref: 50, communities: [0x10002, LLGR_STALE] })
})

t.test("an export policy can't take LLGR_STALE off", async (t) => {
  const exported = {
    routeMap: {
      name: 'M',
      rules: [{ seq: 10, action: 'permit', match: {}, set: { communities: ['1:2'] } }],
    },
  } as const
  const neighbors = [
    ...NEIGHBORS.slice(0, 2),
    exporting(KNOWING, 64513, {
      gracefulRestart: on(),
      families: [family('ipv4-unicast', { export: exported })],
    }),
    NEIGHBORS[3],
  ]
  const { lab, knowing, node } = await start(neighbors)
  t.same(held(knowing).get(VIP)?.communities, [0x10002])
  node.connection.close()
  await lab.clock.advance(20_000)
  t.same(held(knowing).get(VIP)?.communities, [0x10002, LLGR_STALE])
})

t.test('RFC 9494 §4.6: partial deployment sends them to all of the AS, marked', async (t) => {
  const neighbors = [...NEIGHBORS.slice(0, 3), exporting(PLAIN, 64513, { gracefulRestart: on(true) })]
  const { lab, sw, plain, node } = await start(neighbors)
  node.connection.close()
  await lab.clock.advance(20_000)
  t.match(held(plain).get(VIP), { localPref: 0, communities: [LLGR_STALE, NO_EXPORT] })
  const report = await sw.speaker.apply(
    speakerOptions([...NEIGHBORS.slice(0, 3), exporting(PLAIN, 64513, { gracefulRestart: on() })]),
  )
  t.same(report.changed, [PLAIN], 'changed in place')
  await lab.clock.run()
  t.notOk(held(plain).has(VIP))
})

t.test('switched off it keeps nothing, and passes LLGR_STALE of others on as it is', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(
    SWITCH,
    speakerOptions([neighbor(NODE, { passive: true }), exporting(PLAIN, 64513)]),
  )
  const plain = await up(lab, PLAIN, 64513)
  const node = await up(lab, NODE, 64512, ...capable())
  t.notOk(
    node.received.some(({ type, hex }) => type === 1 && hex.includes('4707')),
    'the capability is not announced',
  )
  node.send(route(NODE, VIP, communities(LLGR_STALE)), END_OF_RIB)
  await lab.clock.run()
  t.same(held(plain).get(VIP)?.communities, [LLGR_STALE])
  node.connection.close()
  await lab.clock.advance(20_000)
  t.equal(sw.views.neighbor(NODE)?.prefixesReceived, 0)
})

t.test('many paths are marked in slices', async (t) => {
  const { lab, sw, node } = await start()
  const count = 6000
  for (let i = 0; i < count; i++) {
    node.send(route(NODE, `10.${i >> 8}.${i & 255}.0/24`, ...(i % 3 === 0 ? [communities(NO_LLGR)] : [])))
  }
  await lab.clock.run()
  t.equal(sw.views.neighbor(NODE)?.prefixesReceived, count + 2)
  node.connection.close()
  await lab.clock.advance(20_000)
  await lab.clock.run()
  const page = sw.views.routes({ family: 'ipv4-unicast', limit: 10_000 })
  t.equal(page.total, (count / 3) * 2 + 1)
  t.ok(page.routes.every(({ paths }) => paths.every((path) => path.longLivedStale)))
})
