import t from 'tap'
import { BlockStore } from '../../../src/rib/attributes/block-store.js'
import { AdjOut } from '../../../src/rib/out/adj-out.js'
import type { OutMember } from '../../../src/rib/out/out-member.js'
import type { RouteFilter } from '../../../src/rib/table.js'
import { Receiver } from './receiver.js'
import { EBGP } from './treatments.js'
import { EBGP_CONTEXT, path, source, World } from './world.js'

const DEFAULT = '0.0.0.0/0'
const NOTHING: RouteFilter = { apply: () => 0 }

function scene(filter?: RouteFilter) {
  const world = new World()
  world.rib.setSource(source(0, { type: 'local', address: '', weight: 32768 }))
  for (const index of [1, 9]) world.rib.setSource(source(index))
  const group = new AdjOut(world.rib, new BlockStore(), EBGP, () => false, filter)
  const receiver = new Receiver(EBGP_CONTEXT)
  const drain = (member: OutMember) => {
    for (let packed = group.next(member); packed !== undefined; packed = group.next(member))
      receiver.take(packed.bytes)
  }
  const plain = () => world.attributes.internAttributes({ origin: 0, asPath: [] })
  return { world, group, receiver, drain, plain }
}

t.test('a default route of our own: whatever the table holds and the filter says', async (t) => {
  const { world, group, receiver, drain, plain } = scene(NOTHING)
  world.announce(1, '10.0.0.0/8', path('192.0.2.1', [64512]))
  world.decide()
  group.originate(plain())
  const member = group.join(9, undefined)
  drain(member)
  t.same([...receiver.routes.keys()], [DEFAULT])
  t.match(receiver.routes.get(DEFAULT), { nextHop: '192.0.2.200', asPath: [{ asns: [64513] }] })
  world.announce(1, DEFAULT, path('192.0.2.1', [64512]))
  world.decide()
  group.reevaluate()
  drain(member)
  t.equal(receiver.updates, 1, 'the table’s is not sent in its place')
  group.originate(world.attributes.internAttributes({ origin: 0, asPath: [], med: 5 }))
  drain(member)
  t.equal(receiver.routes.get(DEFAULT)?.med, 5)
  group.originate(0)
  drain(member)
  t.same([...receiver.routes.keys()], [], 'the filter lets the table’s not pass')
  t.equal(receiver.withdrawn, 1)
})

t.test('without a filter the table’s takes its place, and nothing is left of it', async (t) => {
  const { world, group, receiver, drain, plain } = scene()
  const member = group.join(9, undefined)
  drain(member)
  group.originate(plain())
  world.announce(1, DEFAULT, path('192.0.2.1', [64512]))
  world.decide()
  drain(member)
  t.same(receiver.routes.get(DEFAULT)?.asPath, [{ type: 2, asns: [64513] }])
  group.originate(0)
  drain(member)
  t.same(receiver.routes.get(DEFAULT)?.asPath, [{ type: 2, asns: [64513, 64512] }])
  t.equal(receiver.withdrawn, 0)
  world.withdraw(1, DEFAULT)
  world.decide()
  drain(member)
  t.equal(receiver.withdrawn, 1)
  group.leave(member)
  group.originate(plain())
  group.close()
  world.decide()
  t.equal(world.prefixes.size, 0)
  world.attributes.reclaim()
  t.equal(world.attributes.size, 0)
})

t.test('what an aggregate suppresses is not sent', async (t) => {
  const { world, group, receiver, drain } = scene()
  world.announce(1, '10.1.0.0/16', path('192.0.2.1', [64512]))
  world.announce(1, '10.2.0.0/16', path('192.0.2.1', [64512]))
  world.decide()
  const member = group.join(9, undefined)
  world.rib.suppress(world.id('10.1.0.0/16'), true)
  drain(member)
  t.same([...receiver.routes.keys()], ['10.2.0.0/16'])
  world.rib.suppress(world.id('10.1.0.0/16'), false)
  world.rib.suppress(world.id('10.2.0.0/16'), true)
  group.reevaluate()
  drain(member)
  t.same([...receiver.routes.keys()], ['10.1.0.0/16'])
})
