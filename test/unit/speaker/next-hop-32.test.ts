/** Next hops of 32 octets (RFC 2545 §3): which of the two addresses routes go to, and what becomes of the other forms. */

import t from 'tap'
import type { Reachability, Resolver } from '../../../src/ports/fib.js'
import { family, neighbor, speakerOptions } from '../../support/options.js'
import {
  asPath,
  attribute,
  fourOctetAs,
  ipv6,
  multiprotocol,
  nlri,
  origin,
  u16,
  update,
} from '../../support/raw-bytes.js'
import { SpeakerLab } from '../../support/speaker-lab.js'

const PREFIX = '2001:db8:1::1/128'
const OWN = '2001:db8::200'
const NONE = '::'
const GLOBAL = '2001:db8::210'
const LINK_LOCAL = 'fe80::210'
/** A route distinguisher: 8 octets. */
const RD = 'rd'
const MAPPED = '::ffff:c0a8:5fd2'

/** Everything is on eth0. */
const resolver: Resolver = {
  resolve: (address): Reachability => ({
    reachable: true,
    metric: 0,
    connected: true,
    interface: address.includes('%') ? address.slice(address.indexOf('%') + 1) : 'eth0',
  }),
  isOwn: (address) => address === OWN,
  onChange: () => () => {},
}

/** What becomes of a route with such a next hop from a neighbor. @returns gateways, else the reason */
async function outcome(remote: string, local: string, ...halves: string[]) {
  const lab = new SpeakerLab()
  const families = [family('ipv6-unicast')]
  const receiver = neighbor('2001:db8::99', {
    passive: true,
    remoteAs: 64599,
    families: [family('ipv6-unicast', { export: 'all', nextHop: 'unchanged' })],
  })
  const options = speakerOptions([neighbor(remote, { passive: true, families }), receiver])
  const sw = await lab.start([local, OWN], options, resolver)
  const peer = await lab.dial(remote, local)
  peer.greet({ as: 64512, routerId: '192.0.2.210', capabilities: [multiprotocol(2), fourOctetAs(64512)] })
  const other = await lab.dial('2001:db8::99', OWN)
  other.greet({ as: 64599, routerId: '192.0.2.99', capabilities: [multiprotocol(2), fourOctetAs(64599)] })
  await lab.clock.run()
  const octets = halves.flatMap((half) => (half === RD ? new Array<number>(8).fill(0) : [...ipv6(half)]))
  const reach = attribute(0x80, 14, [...u16(2), 1, octets.length, ...octets, 0, ...nlri(PREFIX)])
  peer.send(update({ attributes: [origin(), asPath(64512), reach] }))
  await lab.clock.run()
  const [route] = sw.views.routes({ family: 'ipv6-unicast', limit: 1 }).routes
  const [path] = route?.paths ?? []
  const advertised = sw.views.advertised('2001:db8::99', { family: 'ipv6-unicast', limit: 1 }).routes[0]
    ?.paths[0]
  return {
    used: route?.nextHops ?? [],
    shown: [path?.nextHop, path?.linkLocalNextHop],
    reason: path?.unusable?.reason,
    sent: advertised?.nextHop,
    state: sw.views.neighbor(remote)?.state,
  }
}

t.test('a first half that is no global address leaves the link-local one, as in FRR', async (t) => {
  for (const first of [NONE, LINK_LOCAL, 'fe80::211', MAPPED]) {
    const found = await outcome('fe80::210%eth1', 'fe80::200%eth1', first, LINK_LOCAL)
    t.same(found.used, ['fe80::210%eth1'], `${first} over a link-local session`)
    t.equal(found.reason, undefined)
    t.equal(found.shown[0], LINK_LOCAL)
    t.equal(found.sent, OWN, 'a link-local address stays on its link')
    const global = await outcome(GLOBAL, OWN, first, LINK_LOCAL)
    t.same(global.used, ['fe80::210%eth0'], `${first}: the link of a session between global addresses`)
  }
})

t.test('a usable global address is the one that counts', async (t) => {
  const found = await outcome(GLOBAL, OWN, GLOBAL, LINK_LOCAL)
  t.same([found.used, found.shown, found.sent], [[GLOBAL], [GLOBAL, LINK_LOCAL], GLOBAL])
})

t.test('a second half that is not link-local means nothing', async (t) => {
  for (const second of [NONE, '2001:db8::77', 'ff02::1']) {
    const found = await outcome(GLOBAL, OWN, GLOBAL, second)
    t.same([found.used, found.shown, found.sent], [[GLOBAL], [GLOBAL, undefined], GLOBAL], second)
  }
  t.equal((await outcome(GLOBAL, OWN, NONE, GLOBAL)).reason, 'next-hop-no-host')
  t.equal((await outcome(GLOBAL, OWN, NONE, NONE)).reason, 'next-hop-no-host')
  t.same((await outcome(GLOBAL, OWN, LINK_LOCAL, NONE)).used, ['fe80::210%eth0'])
})

t.test('a first half that is wrong is not made good by the second', async (t) => {
  for (const [first, reason] of [
    [OWN, 'next-hop-own'],
    ['ff02::1', 'next-hop-multicast'],
    ['::1', 'next-hop-loopback'],
  ]) {
    const found = await outcome(GLOBAL, OWN, first, LINK_LOCAL)
    t.same([found.used, found.reason, found.sent], [[], reason, undefined], first)
  }
})

t.test(
  'forms with a route distinguisher belong to other families: the session ends (RFC 7606 §7.11)',
  async (t) => {
    for (const form of [
      [RD, GLOBAL],
      [RD, GLOBAL, RD, LINK_LOCAL],
    ]) {
      const found = await outcome(GLOBAL, OWN, ...form)
      t.not(found.state, 'Established')
      t.same(found.used, [])
    }
  },
)
