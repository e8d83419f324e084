import t from 'tap'
import { keepaliveTime, negotiate, sendHoldTime } from '../../../src/session/negotiate.js'
import { buildOpen } from '../../../src/session/open.js'
import type { AdvertiseOptions } from '../../../src/session/types.js'
import type { Capability } from '../../../src/wire/types.js'
import { ADVERTISE, open, params, plainOpen } from './make.js'

function result(received = open(), changes: Partial<AdvertiseOptions> = {}, holdTime = 90) {
  const p = params({ holdTime, advertise: { ...ADVERTISE, ...changes } })
  return negotiate(buildOpen(p), received, p)
}

t.test('the smaller of the two hold times counts', async (t) => {
  t.equal(result(open({ holdTime: 9 })).holdTime, 9)
  t.equal(result(open({ holdTime: 180 })).holdTime, 90)
  t.equal(result(open({ holdTime: 0 })).holdTime, 0)
  t.equal(result(open({ holdTime: 90 }), {}, 0).holdTime, 0)
})

t.test(
  'keepalive: at most a third of the hold time, at least a second, none without hold time',
  async (t) => {
    t.equal(keepaliveTime(90, 30), 30)
    t.equal(keepaliveTime(90, 10), 10)
    t.equal(keepaliveTime(9, 30), 3)
    t.equal(keepaliveTime(90, 0), 30)
    t.equal(keepaliveTime(3, 30), 1)
    t.equal(keepaliveTime(4, 30), 1)
    t.equal(keepaliveTime(0, 30), 0)
  },
)

t.test('send hold time: max(8 minutes, twice the hold time) and always above the hold time', async (t) => {
  t.equal(sendHoldTime(90, 0), 480)
  t.equal(sendHoldTime(600, 0), 1200)
  t.equal(sendHoldTime(90, 95), 95)
  t.equal(sendHoldTime(90, 90), 91)
  t.equal(sendHoldTime(0, 90), 0)
})

t.test('a family is used only if both announced it', async (t) => {
  t.same(result().families, ['ipv4-unicast', 'ipv6-unicast'])
  t.same(result(open(), { families: ['ipv6-unicast'] }).families, ['ipv6-unicast'])
  const multicast: Capability[] = [{ code: 1, name: 'multiprotocol', afi: 1, safi: 2 }]
  t.same(result(open({ capabilities: multicast })).families, [])
})

t.test('without any multiprotocol capability it is IPv4 unicast', async (t) => {
  t.same(result(open({ capabilities: [] })).families, ['ipv4-unicast'])
  t.same(result(open({ capabilities: [] }), { families: ['ipv6-unicast'] }).families, [])
})

t.test('peer type, AS numbers and identifier', async (t) => {
  t.match(result(), { peerType: 'ebgp', localAs: 64513, remoteAs: 64512, routerId: 0xc0000202, as4: true })
  t.match(result(open({ myAs: 64513, capabilities: [] })), { peerType: 'ibgp', as4: false, remoteAs: 64513 })
})

t.test('extended messages: sent and accepted when both announced them', async (t) => {
  const extended = open({ capabilities: [{ code: 6, name: 'extended-message' }] })
  t.same(result(extended).extendedMessage, { send: true, receive: true })
  t.same(result().extendedMessage, { send: false, receive: false })
  t.same(result(extended, { extendedMessage: false }).extendedMessage, { send: false, receive: false })
})

t.test('extended next hop: only for IPv4 unicast with IPv6 next hops', async (t) => {
  const tuples = (...list: [number, number, number][]): Capability[] => [
    {
      code: 5,
      name: 'extended-next-hop',
      tuples: list.map(([afi, safi, nextHopAfi]) => ({ afi, safi, nextHopAfi })),
    },
  ]
  const asks = (capabilities: Capability[], extendedNextHop: boolean) =>
    result(open({ capabilities }), { extendedNextHop }).extendedNextHop
  t.same(asks(tuples([1, 1, 2]), true), { send: true, receive: true })
  t.same(asks(tuples([1, 1, 2]), false), { send: false, receive: false })
  t.same(asks(tuples([1, 4, 2], [2, 1, 1]), true), { send: false, receive: true })
  t.same(asks([], true), { send: false, receive: true })
})

t.test('route refresh needs both sides, the enhanced one too', async (t) => {
  t.match(result(), { routeRefresh: true, enhancedRouteRefresh: false })
  t.match(result(open(), { routeRefresh: false }), { routeRefresh: false })
  const both = open({
    capabilities: [
      { code: 2, name: 'route-refresh' },
      { code: 70, name: 'enhanced-route-refresh' },
    ],
  })
  t.match(result(both), { routeRefresh: true, enhancedRouteRefresh: true })
})

t.test('add-path per direction: one side must send what the other receives', async (t) => {
  const peer = (mode: number) =>
    open({
      capabilities: [
        ...open().capabilities,
        { code: 69, name: 'add-path', families: [{ afi: 1, safi: 1, mode }] },
      ],
    })
  const table: [boolean, boolean, number, string[], string[]][] = [
    [true, false, 1, [], []],
    [true, false, 2, [], ['ipv4-unicast']],
    [true, false, 3, [], ['ipv4-unicast']],
    [false, true, 1, ['ipv4-unicast'], []],
    [false, true, 2, [], []],
    [true, true, 3, ['ipv4-unicast'], ['ipv4-unicast']],
    [true, true, 4, [], []],
    [true, true, 0, [], []],
    [false, false, 3, [], []],
  ]
  for (const [receive, send, mode, sends, receives] of table) {
    const addPath = [{ family: 'ipv4-unicast', receive, send } as const]
    t.same(
      result(peer(mode), { addPath }).addPath,
      { send: sends, receive: receives },
      `${receive} ${send} ${mode}`,
    )
  }
})

t.test('graceful restart of the peer, as it announced it', async (t) => {
  t.same(result().gracefulRestart, {
    restarting: true,
    notification: false,
    time: 120,
    families: [
      { family: 'ipv4-unicast', forwarding: true },
      { family: 'ipv6-unicast', forwarding: true },
    ],
  })
  t.equal(result(plainOpen()).gracefulRestart, undefined)
  t.equal(result(open(), { gracefulRestart: undefined }).gracefulRestart, undefined)
})

t.test('of two graceful restart capabilities the last one counts', async (t) => {
  const second: Capability = {
    code: 64,
    name: 'graceful-restart',
    restarting: false,
    notification: true,
    time: 7,
    families: [{ afi: 25, safi: 65, forwarding: true }],
  }
  const twice = open({ capabilities: [...open().capabilities, second] })
  t.same(result(twice).gracefulRestart, { restarting: false, notification: true, time: 7, families: [] })
})

t.test('the N bit counts when both set it', async (t) => {
  const own = (notification: boolean) => ({
    gracefulRestart: { time: 120, restarting: false, notification, families: [] },
  })
  const peer = (notification: boolean) =>
    open({
      capabilities: open().capabilities.map((c) =>
        c.name === 'graceful-restart' ? { ...c, notification } : c,
      ),
    })
  t.equal(result(peer(true), own(true)).restartOnNotification, true)
  t.equal(result(peer(true), own(false)).restartOnNotification, false)
  t.equal(result(peer(false), own(true)).restartOnNotification, false)
})

t.test('the names that the peer gives itself', async (t) => {
  const named = open({
    capabilities: [
      { code: 73, name: 'fqdn', host: 'k8s-node1', domain: '' },
      { code: 75, name: 'software-version', version: 'GoBGP/4.7.0' },
    ],
  })
  const r = result(named)
  t.equal(r.hostName, 'k8s-node1')
  t.equal(r.domainName, undefined)
  t.equal(r.softwareVersion, 'GoBGP/4.7.0')
  t.equal(r.received, named.capabilities)
})
