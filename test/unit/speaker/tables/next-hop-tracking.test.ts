import t from 'tap'
import { parseAddress } from '../../../../src/ip/address.js'
import type { Reachability, Resolver } from '../../../../src/ports/fib.js'
import { REASON_IDS } from '../../../../src/rib/store/reasons.js'
import { nextHopFault } from '../../../../src/speaker/inbound/next-hop-accepted.js'
import { neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  asPath,
  attribute,
  fourOctetAs,
  ipv6,
  multiprotocol,
  nlri,
  origin,
  u16,
  update,
} from '../../../support/raw-bytes.js'
import { SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const VIP = '192.168.95.123/32'

/** A machine whose interfaces a test changes. */
class World implements Resolver {
  readonly own = new Set([SWITCH])
  readonly answers = new Map<string, Reachability>()
  readonly #listeners = new Set<() => void>()

  resolve(nextHop: string): Reachability {
    return this.answers.get(nextHop) ?? { reachable: false, metric: 0, connected: false }
  }

  isOwn(address: string): boolean {
    return this.own.has(address)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

const connected: Reachability = { reachable: true, metric: 0, connected: true, interface: 'eth0' }
const routed: Reachability = { reachable: true, metric: 20, connected: false, interface: 'eth1' }

t.test('a next hop that can not be reached takes no part, and comes back when it can', async (t) => {
  const lab = new SpeakerLab()
  const world = new World()
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true })]), world)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  peer.send(announce(64512, NODE, VIP))
  await lab.clock.run()
  const reason = () => sw.views.routes({ family: 'ipv4-unicast', limit: 1 }).routes[0].paths[0].reason
  t.equal(reason(), 'next hop 192.168.95.210 unreachable')
  t.equal(sw.fib.size, 0)
  world.answers.set(NODE, connected)
  world.changed()
  t.same(sw.fib.via(VIP), [NODE])
  t.equal(reason(), undefined)
  world.answers.delete(NODE)
  world.changed()
  t.equal(sw.fib.size, 0, 'in the turn in which the link went down')
})

t.test('a third-party next hop behind a router is ignored until it is on a shared subnet', async (t) => {
  const lab = new SpeakerLab()
  const world = new World()
  world.answers.set('10.0.0.1', routed)
  const sw = await lab.start(SWITCH, speakerOptions([neighbor(NODE, { passive: true })]), world)
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  peer.send(announce(64512, '10.0.0.1', VIP))
  await lab.clock.run()
  const route = () => sw.views.routes({ family: 'ipv4-unicast', limit: 1 }).routes[0].paths[0]
  t.match(route().unusable, { reason: 'next-hop-not-connected', nextHop: '10.0.0.1' })
  t.ok(sw.lines.some((line) => line.includes('does not lie on a subnet shared with this machine')))
  world.answers.set('10.0.0.1', connected)
  world.changed()
  t.equal(route().reason, undefined)
  t.same(sw.fib.via(VIP), ['10.0.0.1'])
  world.answers.set('10.0.0.1', routed)
  world.changed()
  t.equal(sw.fib.size, 0)
})

t.test('with ebgp-multihop it may lie anywhere', async (t) => {
  const lab = new SpeakerLab()
  const world = new World()
  world.answers.set('10.0.0.1', routed)
  const sw = await lab.start(
    SWITCH,
    speakerOptions([neighbor(NODE, { passive: true, ebgpMultihop: 5 })]),
    world,
  )
  const peer = await lab.dial(NODE, SWITCH)
  peer.greet({ as: 64512, routerId: NODE })
  peer.send(announce(64512, '10.0.0.1', VIP))
  await lab.clock.run()
  t.same(sw.fib.via(VIP), ['10.0.0.1'])
})

t.test('a link-local next hop belongs to the interface of its session', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(
    'fe80::200%eth0',
    speakerOptions([neighbor('fe80::210%eth0', { passive: true })]),
  )
  const peer = await lab.dial('fe80::210%eth0', 'fe80::200%eth0')
  peer.greet({ as: 64512, routerId: NODE, capabilities: [multiprotocol(2), fourOctetAs(64512)] })
  const reach = attribute(0x80, 14, [...u16(2), 1, 16, ...ipv6('fe80::210'), 0, ...nlri('2001:db8::1/128')])
  peer.send(update({ attributes: [origin(), asPath(64512), reach] }))
  await lab.clock.run()
  t.same(sw.views.routes({ family: 'ipv6-unicast', limit: 1 }).routes[0].nextHops, ['fe80::210%eth0'])
})

t.test('what next hops from a session may be', async (t) => {
  const knowledge = {
    forwards: true,
    isOwn: (address: string) => address === '10.0.0.200',
    isConnected: (address: string) => (address.startsWith('10.') ? true : undefined),
  }
  const fault = (address: string, remote = NODE, singleHop = true, local = SWITCH, forwards = true) => {
    const octets = parseAddress(address)?.bytes ?? new Uint8Array(0)
    const session = { remote, local, singleHop }
    return REASON_IDS[nextHopFault(octets, address, session, { ...knowledge, forwards })]
  }
  t.equal(fault(NODE), '')
  t.equal(fault('10.0.0.1'), '')
  t.equal(fault(SWITCH), 'next-hop-own')
  t.equal(fault('10.0.0.200'), 'next-hop-own')
  t.equal(fault('127.0.0.1'), 'next-hop-loopback')
  t.equal(fault('127.0.0.3', '127.0.0.2'), '')
  t.equal(fault('0.1.2.3'), 'next-hop-no-host')
  t.equal(fault('239.0.0.1'), 'next-hop-multicast')
  t.equal(fault('255.255.255.255'), 'next-hop-reserved')
  t.equal(fault('::ffff:10.0.0.1'), 'next-hop-mapped')
  t.equal(fault('::1', '2001:db8::1'), 'next-hop-loopback')
  t.equal(fault('ff02::1'), 'next-hop-multicast')
  t.equal(fault('fe80::1', '2001:db8::1'), '')
  t.equal(fault('fe80::1', '2001:db8::1', false), 'next-hop-other-link')
  t.equal(fault('fe80::1', 'fe80::1%eth0', false), '')
  // A neighbor on this machine: its addresses are own ones, and harm nobody where no packet follows the routes.
  for (const [address, remote, local] of [
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.2', '127.0.0.1'],
    ['::1', '::1', '::1'],
    [SWITCH, SWITCH, SWITCH],
    ['10.0.0.200', '127.0.0.1', '127.0.0.1'],
  ]) {
    t.equal(fault(address, remote, true, local, false), '', `${address} from ${remote}, nothing is installed`)
    if (address !== '::1')
      t.equal(fault(address, remote, true, local), 'next-hop-own', `${address}, installed`)
  }
  t.equal(fault(SWITCH, NODE, true, SWITCH, false), 'next-hop-own', 'of a neighbor elsewhere')
})
