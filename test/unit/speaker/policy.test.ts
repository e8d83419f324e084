import t from 'tap'
import type { RoutePolicy, RouteRule } from '../../../src/policy/types.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  announce,
  asPath,
  communities,
  fourOctetAs,
  med,
  multiprotocol,
  nextHop,
  origin,
  routeRefresh,
  toHex,
  update,
  withdraw,
} from '../../support/raw-bytes.js'
import type { RawPeer } from '../../support/raw-peer.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const A = '192.168.95.210'
const B = '192.168.95.211'
const ROUTER = '192.168.95.1'
const VIP = '192.168.95.123/32'
const OTHER = '192.168.95.124/32'

const rule = (seq: number, more: Partial<RouteRule> = {}): RouteRule => ({
  seq,
  action: 'permit',
  match: {},
  set: {},
  ...more,
})

const map = (...rules: RouteRule[]): RoutePolicy => ({ routeMap: { name: 'MAP', rules } })

const node = (address: string, policy: RoutePolicy = 'all') =>
  neighbor(address, { passive: true, families: [family('ipv4-unicast', { import: policy })] })

const router = (policy: RoutePolicy) =>
  neighbor(ROUTER, {
    remoteAs: 64999,
    passive: true,
    families: [family('ipv4-unicast', { export: policy })],
  })

async function up(lab: SpeakerLab, address: string, as: number): Promise<RawPeer> {
  const peer = await lab.dial(address, SWITCH)
  peer.greet({ as, routerId: address, capabilities: [multiprotocol(1), routeRefresh(), fourOctetAs(as)] })
  await lab.clock.run()
  return peer
}

const only = (prefix: string) => ({
  prefixLists: [{ name: '', rules: [{ action: 'permit' as const, prefix, ge: 32, le: 32 }] }],
})

t.test('a changed import policy is applied to what was received, and the session stays', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start([SWITCH], speakerOptions([node(A), node(B)]))
  const a = await up(lab, A, 64512)
  const b = await up(lab, B, 64512)
  a.send(announce(64512, A, VIP, OTHER))
  b.send(announce(64512, B, VIP))
  await lab.clock.run()
  const paths = () =>
    sw.views.routes({ family: 'ipv4-unicast', limit: 10 }).routes.find((one) => one.prefix === VIP)?.paths ??
    []
  t.equal(paths().filter((path) => path.multipath).length, 2)
  a.clear()
  const weighted = map(rule(10, { match: only(VIP), set: { weight: 7, localPref: 200, med: 3 } }))
  const report = await sw.speaker.apply(speakerOptions([node(A, weighted), node(B)]))
  t.same(report.changed, [A])
  t.same(report.reset, [])
  await lab.clock.run()
  t.match(
    paths().filter((path) => path.best),
    [{ neighbor: A, weight: 7, localPref: 200, med: 3, decidedBy: 'weight' }],
  )
  t.match(sw.views.neighbor(A), { prefixesReceived: 2, prefixesAccepted: 1 })
  await sw.speaker.apply(speakerOptions([node(A), node(B)]))
  await lab.clock.run()
  t.equal(paths().filter((path) => path.multipath).length, 2)
  t.match(sw.views.neighbor(A), { prefixesAccepted: 2 })
  t.same(a.received, [])
})

t.test('an export policy says what is sent, and a changed one sends the difference', async (t) => {
  const lab = new SpeakerLab()
  const first = map(
    rule(10, { action: 'deny', match: only(OTHER) }),
    rule(20, { set: { med: 50, prepend: [64513], communities: ['no-export'], nextHop: '192.168.95.9' } }),
  )
  const sw = await lab.start([SWITCH], speakerOptions([node(A), router(first)]))
  const peer = await up(lab, ROUTER, 64999)
  const a = await up(lab, A, 64512)
  a.send(announce(64512, A, VIP, OTHER))
  await lab.clock.run()
  const attributes = [
    origin(),
    asPath(64513, 64513, 64512),
    nextHop('192.168.95.9'),
    med(50),
    communities(0xffffff01),
  ]
  t.same(
    peer.updates.map((one) => one.hex),
    [toHex(update({ attributes, announced: [VIP] }))],
  )
  peer.clear()
  await sw.speaker.apply(speakerOptions([node(A), router(map(rule(10, { match: only(OTHER) })))]))
  await lab.clock.run()
  const plain = update({
    attributes: [origin(), asPath(64513, 64512), nextHop(SWITCH)],
    announced: [OTHER],
  })
  t.same(peer.updates.map((one) => one.hex).sort(), [toHex(plain), toHex(withdraw(VIP))].sort())
})
