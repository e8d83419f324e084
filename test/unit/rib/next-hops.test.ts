import t from 'tap'
import { GatewaySets } from '../../../src/rib/next-hop-sets.js'
import { NextHops } from '../../../src/rib/next-hops.js'

t.test('a change is told, the first answer to a new next hop is not: no path has it yet', async (t) => {
  const nextHops = new NextHops(new GatewaySets())
  const told: number[] = []
  nextHops.onChange((id) => told.push(id))
  nextHops.onNew = (id) =>
    nextHops.resolve(id, { reachable: true, metric: 0, gateway: { address: nextHops.text(id) } })
  const id = nextHops.intern(Uint8Array.of(10, 0, 0, 1), 0, 4)
  t.same([nextHops.reachable[id], told], [1, []])
  nextHops.resolve(id, { reachable: false, metric: 0 })
  nextHops.resolve(id, { reachable: false, metric: 0 })
  t.same(told, [id])
})
