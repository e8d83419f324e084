import t from 'tap'
import type { Resolver } from '../../../src/ports/fib.js'
import type { FamilyOptions, NeighborOptions } from '../../../src/speaker/model/options.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  asPath,
  capability,
  fourOctetAs,
  multiprotocol,
  nextHop,
  notification,
  origin,
  routeRefresh,
  update,
  withdraw,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const ROUTER = '192.168.95.1'
const VIP = '192.168.95.123/32'
const OTHER = '192.168.95.124/32'

type More = Partial<Omit<NeighborOptions, 'families'>>

const node = (more: More = {}, settings: Partial<FamilyOptions> = {}) =>
  neighbor(NODE, { passive: true, families: [family('ipv4-unicast', settings)], ...more })
const router = (more: More = {}, settings: Partial<FamilyOptions> = {}) =>
  neighbor(ROUTER, {
    remoteAs: 64999,
    passive: true,
    families: [family('ipv4-unicast', { export: 'all', ...settings })],
    ...more,
  })

async function up(lab: SpeakerLab, address: string, as: number): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  peer.greet({ as, routerId: address, capabilities: [multiprotocol(1), routeRefresh(), fourOctetAs(as)] })
  await lab.clock.run()
  return peer
}

async function start(...neighbors: NeighborOptions[]) {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions(neighbors))
  return { lab, sw, apply: (...next: NeighborOptions[]) => sw.speaker.apply(speakerOptions(next)) }
}

/** AS path in the last UPDATE that a peer got, with 4-octet numbers. */
function lastPath(peer: RawPeer): number[] | undefined {
  const hex = peer.updates.at(-1)?.hex
  const found = hex === undefined ? null : /4002..(02(..)((?:........)*?)4003)/.exec(hex)
  if (found === null) return undefined
  const octets = found[3]
  return Array.from({ length: Number.parseInt(found[2], 16) }, (_, i) =>
    Number.parseInt(octets.slice(8 * i, 8 * i + 8), 16),
  )
}

const route = (...asns: number[]) =>
  update({ attributes: [origin(), asPath(...asns), nextHop(NODE)], announced: [VIP] })

const pathIn = (sw: {
  views: { routes(query: object): { routes: readonly { paths: readonly object[] }[] } }
}) => sw.views.routes({ family: 'ipv4-unicast', prefix: VIP, limit: 1 }).routes[0]?.paths[0]

t.test('local-as: the OPEN has it; plain, no-prepend, replace-as', async (t) => {
  const style = (prepend: boolean, showReal: boolean) => ({ prepend, showReal, dual: false })
  for (const [localAsStyle, inside, outside] of [
    [style(true, true), '65099 64512', [65099, 64513, 64512]],
    [style(false, true), '64512', [65099, 64513, 64512]],
    [undefined, '64512', [65099, 64512]],
  ] as const) {
    const { lab, sw } = await start(node({ localAs: 65099, localAsStyle }), router())
    const peer = await up(lab, NODE, 64512)
    t.equal(peer.received[0].hex.slice(40, 44), 'fe4b', 'My AS is 65099')
    const far = await up(lab, ROUTER, 64999)
    peer.send(route(64512))
    await lab.clock.run()
    t.match(pathIn(sw), { asPath: inside })
    t.same(lastPath(far), [64513, ...inside.split(' ').map(Number)])
    const back = await start(node(), router({ localAs: 65099, localAsStyle }))
    const there = await up(back.lab, ROUTER, 64999)
    const here = await up(back.lab, NODE, 64512)
    here.send(route(64512))
    await back.lab.clock.run()
    t.same(lastPath(there), outside)
  }
})

t.test('local-as: both own AS numbers are a loop', async (t) => {
  const { lab, sw } = await start(node({ localAs: 65099 }))
  const peer = await up(lab, NODE, 64512)
  for (const as of [65099, 64513]) {
    peer.send(route(64512, as))
    await lab.clock.run()
    t.match(
      pathIn(sw),
      { valid: false, unusable: { reason: 'own-as', text: new RegExp(`own AS ${as}$`) } },
      `${as}`,
    )
  }
})

t.test('dual-as: the real AS is offered when the other one is refused', async (t) => {
  const localAsStyle = { prepend: false, showReal: false, dual: true }
  const { lab, sw } = await start(node({ localAs: 65099, localAsStyle }), router())
  const first = await lab.dial(NODE, SWITCH)
  await lab.clock.run()
  t.equal(first.received[0].hex.slice(40, 44), 'fe4b')
  first.send(notification(2, 2))
  await lab.clock.advance(5000)
  const peer = await up(lab, NODE, 64512)
  t.equal(peer.received[0].hex.slice(40, 44), 'fc01', 'My AS is 64513')
  peer.send(route(64512))
  await lab.clock.run()
  t.match(pathIn(sw), { asPath: '64512', valid: true })
})

t.test('allowas-in', async (t) => {
  const { lab, sw, apply } = await start(node())
  const peer = await up(lab, NODE, 64512)
  const usable = async (allowAsIn: FamilyOptions['allowAsIn'], ...asns: number[]) => {
    const report = await apply(node({}, { allowAsIn }))
    t.same(report.reset, [], 'the session goes on')
    peer.send(route(...asns))
    await lab.clock.run()
    return (pathIn(sw) as { valid: boolean }).valid
  }
  t.equal(await usable(undefined, 64512, 64513), false)
  t.equal(await usable(1, 64512, 64513), true)
  t.equal(await usable(1, 64512, 64513, 64513), false)
  t.equal(await usable(2, 64512, 64513, 64513), true)
  t.equal(await usable('origin', 64512, 64513, 64513, 64513), true)
  t.equal(await usable('origin', 64512, 64513, 7), false)
  await apply(node({}, { allowAsIn: 1 }))
  await lab.clock.run()
  t.match(pathIn(sw), { valid: true }, 'what is there already is looked at again')
  await apply(node())
  await lab.clock.run()
  t.match(pathIn(sw), { valid: false })
})

t.test('enforce-first-as', async (t) => {
  const { lab, sw, apply } = await start(node())
  const peer = await up(lab, NODE, 64512)
  peer.send(route(7, 64512))
  await lab.clock.run()
  t.match(pathIn(sw), { valid: false, unusable: { reason: 'first-as' } })
  t.same((await apply(node({ enforceFirstAs: false }))).reset, [])
  await lab.clock.run()
  t.match(pathIn(sw), { valid: true })
  t.equal(sw.fib.size, 1)
})

t.test('what is sent follows a changed configuration within the session', async (t) => {
  const { lab, apply } = await start(node(), router())
  const peer = await up(lab, NODE, 64512)
  const far = await up(lab, ROUTER, 64999)
  peer.send(route(64512))
  await lab.clock.run()
  t.same(lastPath(far), [64513, 64512])
  const changes = async (settings: Partial<FamilyOptions>) => {
    far.clear()
    t.same((await apply(node(), router({}, settings))).reset, [])
    await lab.clock.run()
    return lastPath(far)
  }
  t.same(await changes({ removePrivateAs: { all: true, replace: true } }), [64513, 64513])
  t.same(await changes({ removePrivateAs: { all: false, replace: false } }), [64513])
  t.same(await changes({ unchanged: { asPath: true, med: false } }), [64512])
  t.same(await changes({}), [64513, 64512])
})

t.test('as-override, and paths with the neighbor’s AS', async (t) => {
  const { lab, apply } = await start(node(), router({ remoteAs: 64512 }))
  const peer = await up(lab, NODE, 64512)
  const site = await up(lab, ROUTER, 64512)
  peer.send(route(64512))
  await lab.clock.run()
  t.equal(lastPath(site), undefined)
  await apply(node(), router({ remoteAs: 64512 }, { asOverride: true }))
  await lab.clock.run()
  t.same(lastPath(site), [64513, 64513])
  await apply(node(), router({ remoteAs: 64512 }, { senderLoopDetection: false }))
  await lab.clock.run()
  t.same(lastPath(site), [64513, 64512])
})

t.test('advertisement-interval: announcements in runs, withdrawals at once', async (t) => {
  const { lab, apply } = await start(node(), router({ advertisementInterval: 30 }))
  const peer = await up(lab, NODE, 64512)
  const far = await up(lab, ROUTER, 64999)
  const withdrawn = () => far.updates.filter(({ hex }) => hex.slice(38, 42) !== '0000').length
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  t.equal(far.updates.length, 1, 'the first run leaves at once')
  peer.send(announce(64512, NODE, OTHER))
  await lab.clock.advance(10_000)
  t.equal(far.updates.length, 1, 'the next one waits')
  peer.send(withdraw(VIP))
  await lab.clock.run()
  t.equal(withdrawn(), 1, 'a withdrawal does not')
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  t.equal(far.updates.length, 2)
  peer.send(withdraw(VIP), announce(64512, NODE, VIP))
  await lab.clock.run()
  t.equal(far.updates.length, 2, 'what comes and goes meanwhile is not heard of')
  await lab.clock.advance(20_000)
  t.equal(far.updates.length, 3, 'both announcements leave together')
  t.match(far.updates[2].hex, /20c0a85f7[bc]20c0a85f7[bc]$/)
  peer.send(announce(64512, NODE, '10.0.0.0/8'))
  await lab.clock.run()
  t.equal(far.updates.length, 3)
  t.same((await apply(node(), router())).reset, [])
  await lab.clock.run()
  t.equal(far.updates.length, 4, 'an interval of 0 lets go')
  peer.send(announce(64512, NODE, '11.0.0.0/8'))
  await lab.clock.run()
  t.equal(far.updates.length, 5)
})

t.test('a required capability is missing: 2/7 lists it', async (t) => {
  const required = [{ code: 1, family: 'ipv6-unicast' }, { code: 2 }] as const
  const { lab } = await start(node({ capabilities: { required } }))
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE, capabilities: [multiprotocol(1), fourOctetAs(64512)] })
  await lab.clock.run()
  t.equal(peer.notification, '2/7 0104000200010200')
})

t.test('OPENs: without capabilities, with families that the neighbor does not announce', async (t) => {
  const plain = await start(node({ capabilities: { negotiate: false } }))
  const peer = await up(plain.lab, NODE, 64512)
  t.equal(peer.received[0].hex.length, 58, 'no optional parameters')
  t.equal(plain.sw.views.neighbor(NODE)?.state, 'Established')
  const both = [family('ipv4-unicast'), family('ipv6-unicast')]
  const more = { passive: true, families: both, capabilities: { override: true } } as const
  const { lab, sw } = await start(neighbor(NODE, more))
  await up(lab, NODE, 64512)
  t.same(
    sw.views.neighbor(NODE)?.families.map((one) => one.negotiated),
    [true, true],
  )
})

t.test('extended next hops on demand', async (t) => {
  for (const [extendedNextHop, expected] of [
    [undefined, false],
    [true, true],
  ] as const) {
    const { lab } = await start(node({ capabilities: { extendedNextHop } }))
    const peer = await lab.dial(NODE, SWITCH)
    await lab.clock.run()
    const wanted = Buffer.from(capability(5, [0, 1, 0, 1, 0, 2])).toString('hex')
    t.equal(peer.received[0].hex.includes(wanted), expected)
  }
})

t.test('a missing policy that is required lets nothing pass until there is one', async (t) => {
  const missing = { import: 'none', policyMissing: { import: true, export: true } } as const
  const { lab, sw, apply } = await start(node({}, missing))
  const peer = await up(lab, NODE, 64512)
  peer.send(route(64512))
  await lab.clock.run()
  t.match(pathIn(sw), { valid: false, unusable: { reason: 'ebgp-requires-policy', text: /RFC 8212/ } })
  t.match(sw.views.neighbor(NODE)?.families[0].unused, { 'ebgp-requires-policy': 1 })
  t.same((await apply(node())).reset, [])
  await lab.clock.run()
  t.match(pathIn(sw), { valid: true })
})

t.test('soft reconfiguration: what was received, what was accepted, and a changed policy', async (t) => {
  const filtered = { import: [{ action: 'permit', prefix: '192.168.95.0/24', ge: 32, le: 32 }] } as const
  const { lab, sw, apply } = await start(
    node({ localAs: 65099, localAsStyle: { prepend: true, showReal: true, dual: false } }, filtered),
  )
  const peer = await up(lab, NODE, 64512)
  peer.send(announce(64512, NODE, VIP, '10.0.0.0/8'))
  await lab.clock.run()
  const paths = (stage?: 'received' | 'accepted') => {
    const page = sw.views.routes({ family: 'ipv4-unicast', neighbor: NODE, limit: 10, stage })
    return [
      page.total,
      ...page.routes.map((one) => `${one.prefix} ${one.paths[0].asPath} ${one.paths[0].valid}`),
    ]
  }
  t.same(paths('received'), [2, '10.0.0.0/8 64512 false', `${VIP} 64512 true`])
  t.same(paths('accepted'), [1, `${VIP} 65099 64512 true`])
  t.same(paths(), [2, '10.0.0.0/8 64512 false', `${VIP} 65099 64512 true`])
  const style = { localAs: 65099, localAsStyle: { prepend: true, showReal: true, dual: false } } as const
  t.same((await apply(node(style))).reset, [])
  t.equal(peer.names.includes('ROUTE-REFRESH'), false, 'the neighbor is not asked')
  await lab.clock.run()
  t.same(paths('accepted'), [2, '10.0.0.0/8 65099 64512 true', `${VIP} 65099 64512 true`])
})

t.test('without the connected check next hops need not be on the shared link', async (t) => {
  // A static route leads to the neighbor's loopback address and to what lies behind it.
  const resolver: Resolver = {
    resolve: () => ({
      reachable: true,
      metric: 0,
      connected: false,
      interface: 'eth0',
      gateway: '192.168.95.1',
    }),
    isOwn: (address) => address === SWITCH,
    onChange: () => () => {},
  }
  for (const [connectedCheck, valid] of [
    [undefined, false],
    [false, true],
  ] as const) {
    const lab = new SpeakerLab()
    const sw = await lab.start(SWITCH, speakerOptions([node({ connectedCheck })]), resolver)
    const peer = await up(lab, NODE, 64512)
    peer.send(announce(64512, '10.9.9.9', VIP))
    await lab.clock.run()
    t.match(pathIn(sw), { valid })
  }
})
