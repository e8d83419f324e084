import t from 'tap'
import { NextHopSets } from '../../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../../src/rib/attributes/next-hops.js'

t.test('a change is told, the first answer to a new next hop is not: no path has it yet', async (t) => {
  const nextHops = new NextHops(new NextHopSets())
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

t.test(
  'a next hop goes with the last attribute set that has it, and its gateway with the last user',
  async (t) => {
    const sets = new NextHopSets()
    const hops = new NextHops(sets)
    hops.onNew = (id) => hops.resolve(id, { reachable: true, metric: 7, gateway: { address: hops.text(id) } })
    const [a, b] = [Uint8Array.of(192, 0, 2, 1), Uint8Array.of(192, 0, 2, 2)]
    const id = hops.intern(a, 0, 4)
    hops.retain(id)
    hops.retain(id)
    const octets = hops.octets(id)
    const gateway = hops.gateway[id]
    const set = sets.acquire(Int32Array.of(gateway), 1)
    hops.release(id)
    t.equal(hops.intern(a, 0, 4), id)
    t.equal(hops.octets(id), octets)
    hops.release(id)
    t.equal(hops.count, 0)
    t.same([hops.text(id), hops.octets(id).length, hops.reachable[id], hops.gateway[id]], ['', 0, 0, 0])
    t.equal(sets.gatewayOf(gateway).address, '192.0.2.1', 'a set still has the gateway')
    const other = hops.intern(b, 0, 4)
    t.equal(other, id, 'the id is given again')
    t.not(hops.gateway[other], gateway)
    hops.retain(other)
    hops.release(other)
    sets.release(set)
    t.equal(
      sets.gateway({ address: '192.0.2.9' }),
      gateway,
      'the gateway went with the set, and its id is given again',
    )
    hops.release(0)
    t.equal(hops.reachable[0], 1)
  },
)

t.test('ids do not run away', async (t) => {
  const sets = new NextHopSets()
  const hops = new NextHops(sets)
  hops.onNew = (id) => hops.resolve(id, { reachable: true, metric: 0, gateway: { address: hops.text(id) } })
  for (let i = 0; i < 10_000; i++) {
    const id = hops.intern(Uint8Array.of(10, i >>> 16, i >>> 8, i), 0, 4)
    hops.retain(id)
    hops.release(id)
  }
  t.equal(hops.size, 1)
  t.equal(sets.gateway({ address: '192.0.2.1' }), 1)
})
