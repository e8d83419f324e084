/** What the speaker's events tell of paths that are kept, of next hops and of limits. */

import t from 'tap'
import type { Reachability, Resolver } from '../../../../src/ports/fib.js'
import type { SpeakerEvent } from '../../../../src/speaker/model/event.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'
import {
  announce,
  fourOctetAs,
  gracefulRestart,
  KEEPALIVE,
  multiprotocol,
  open,
} from '../../../support/raw-bytes.js'
import { type LabSpeaker, SpeakerLab } from '../../../support/speaker-lab.js'

const SWITCH = '192.168.95.200'
const NODE = '192.168.95.210'
const restarting = gracefulRestart({ time: 90, families: [{ afi: 1, forwarding: true }] })
const opened = open({
  as: 64512,
  routerId: NODE,
  capabilities: [multiprotocol(1), fourOctetAs(64512), restarting],
})
const passive = neighbor(NODE, { passive: true, description: 'k8s-master-0' })

const of = <Type extends SpeakerEvent['type']>({ speaker }: LabSpeaker, type: Type) =>
  speaker
    .recent()
    .filter((event): event is Extract<SpeakerEvent, { readonly type: Type }> => event.type === type)

t.test('paths that are kept have a time, and those removed a number and a reason', async (t) => {
  const lab = new SpeakerLab()
  const sw = await lab.start(SWITCH, speakerOptions([passive]))
  const node = await lab.dial(NODE, SWITCH)
  node.send(opened, KEEPALIVE, announce(64512, NODE, '10.1.0.0/16'), announce(64512, NODE, '10.2.0.0/16'))
  await lab.clock.run()
  t.same(of(sw, 'retention'), [])
  const before = lab.clock.wall()
  node.connection.close()
  await lab.clock.run()
  t.match(of(sw, 'retention'), [
    {
      ...{ neighbor: NODE, name: 'k8s-master-0', families: ['ipv4-unicast'], change: 'kept', paths: 2 },
      reason: /graceful restart: kept for at most 90 s/,
    },
  ])
  const [{ until = '' }] = of(sw, 'retention')
  t.equal(Math.round((Date.parse(until) - before) / 1000), 90)
  await lab.clock.advance(91_000)
  t.match(of(sw, 'retention')[1], { change: 'removed', paths: 2, until: undefined })
})

t.test('a next hop that cannot be used is one event, however many routes have it', async (t) => {
  const lab = new SpeakerLab()
  let reachable = false
  let changed = () => {}
  const resolver: Resolver = {
    resolve: (): Reachability =>
      reachable
        ? { reachable, metric: 0, connected: true, interface: 'eth0' }
        : { reachable, metric: 0, connected: false, reason: 'eth0 is down' },
    isOwn: (address) => address === SWITCH,
    onChange(listener) {
      changed = listener
      return () => {}
    },
  }
  const sw = await lab.start(SWITCH, speakerOptions([passive]), resolver)
  const node = await lab.dial(NODE, SWITCH)
  node.send(opened, KEEPALIVE)
  for (let i = 0; i < 50; i++) node.send(announce(64512, NODE, `10.${i}.0.0/16`))
  await lab.clock.run()
  t.match(of(sw, 'next-hop'), [{ nextHop: NODE, change: 'unusable', reason: 'eth0 is down' }])
  reachable = true
  changed()
  await lab.clock.run()
  t.match(of(sw, 'next-hop')[1], { nextHop: NODE, change: 'usable' })
  node.send(announce(64512, SWITCH, '10.99.0.0/16'))
  await lab.clock.run()
  t.match(of(sw, 'next-hop').slice(2), [
    { nextHop: SWITCH, change: 'unusable', neighbor: NODE, name: 'k8s-master-0' },
  ])
})

t.test('maximum-prefix: near, exceeded with the time of its return, over', async (t) => {
  const lab = new SpeakerLab()
  const families = [family('ipv4-unicast', { maximumPrefix: 4, maximumPrefixAction: 2 })]
  const sw = await lab.start(SWITCH, speakerOptions([{ ...passive, families }]))
  const node = await lab.dial(NODE, SWITCH)
  node.send(opened, KEEPALIVE)
  for (let i = 0; i < 5; i++) {
    node.send(announce(64512, NODE, `10.${i}.0.0/16`))
    await lab.clock.run()
  }
  const [near, exceeded] = of(sw, 'maximum-prefix')
  t.match(near, { neighbor: NODE, name: 'k8s-master-0', change: 'near', limit: 4, count: 3 })
  t.match(exceeded, { change: 'exceeded', limit: 4, count: 5 })
  t.equal(exceeded.until, sw.views.neighbors()[0].paused?.until)
  await lab.clock.advance(121_000)
  t.match(of(sw, 'maximum-prefix')[2], { change: 'over', limit: 4, count: 5 })
})

t.test('maximum-prefix that only warns keeps nobody out', async (t) => {
  const lab = new SpeakerLab()
  const families = [family('ipv4-unicast', { maximumPrefix: 1, maximumPrefixAction: 'warning-only' })]
  const sw = await lab.start(SWITCH, speakerOptions([{ ...passive, families }]))
  const node = await lab.dial(NODE, SWITCH)
  node.send(opened, KEEPALIVE, announce(64512, NODE, '10.1.0.0/16'), announce(64512, NODE, '10.2.0.0/16'))
  await lab.clock.run()
  t.match(of(sw, 'maximum-prefix').at(-1), { change: 'exceeded', until: undefined })
})
