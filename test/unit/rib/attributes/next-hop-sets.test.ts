import t from 'tap'
import { NextHopSets } from '../../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../../src/rib/attributes/next-hops.js'

const acquire = (sets: NextHopSets, ...ids: number[]) => sets.acquire(Int32Array.from(ids), ids.length)

t.test('sets are interned, whatever the order and however often a gateway occurs', async (t) => {
  const sets = new NextHopSets()
  const [a, b, c] = ['10.0.0.10', '10.0.0.9', 'fe80::1'].map((address) => sets.gateway({ address }))
  const id = acquire(sets, a, b, c)
  t.equal(acquire(sets, c, a, b, a, 0), id)
  t.same(
    sets.set(id)?.gateways.map(({ address }) => address),
    ['10.0.0.9', '10.0.0.10', 'fe80::1'],
  )
  t.not(acquire(sets, a, b), id)
  t.equal(acquire(sets), 0)
  t.equal(acquire(sets, 0, 0), 0)
  t.equal(sets.set(0), undefined)
  t.equal(sets.size, 2)
})

t.test('an interface makes another gateway; equal addresses stand in the order of interfaces', async (t) => {
  const sets = new NextHopSets()
  const one = sets.gateway({ address: 'fe80::1', interface: 'eth1' })
  const two = sets.gateway({ address: 'fe80::1', interface: 'eth0' })
  t.not(one, two)
  t.equal(sets.gateway({ address: 'fe80::1', interface: 'eth1' }), one)
  t.same(sets.set(acquire(sets, one, two))?.gateways, [
    { address: 'fe80::1', interface: 'eth0' },
    { address: 'fe80::1', interface: 'eth1' },
  ])
})

t.test('ids are given again after the last reference went; objects are not', async (t) => {
  const sets = new NextHopSets()
  const [a, b] = ['10.0.0.1', '10.0.0.2'].map((address) => sets.gateway({ address }))
  const id = acquire(sets, a)
  t.equal(acquire(sets, a), id)
  const object = sets.set(id)
  sets.release(id)
  t.equal(sets.set(id), object)
  sets.release(id)
  t.equal(sets.size, 0)
  t.equal(acquire(sets, b), id)
  t.not(sets.set(id), object)
  t.same(object?.gateways, [{ address: '10.0.0.1' }])
  t.not(acquire(sets, a), id)
  sets.release(0)
})

t.test('next hops are told when they are new, and when their resolution changes', async (t) => {
  const sets = new NextHopSets()
  const hops = new NextHops(sets)
  const told: string[] = []
  hops.onNew = (id) => told.push(`new ${hops.text(id)}`)
  const stop = hops.onChange((id) => told.push(`changed ${hops.text(id)}`))
  const octets = Uint8Array.of(9, 192, 0, 2, 1)
  t.equal(hops.intern(octets, 1, 4), 1)
  t.equal(hops.intern(octets, 1, 4), 1)
  t.equal(hops.intern(octets, 0, 0), 0)
  hops.resolve(1, { reachable: true, metric: 0, gateway: { address: '192.0.2.1' } })
  hops.resolve(1, { reachable: true, metric: 0, gateway: { address: '192.0.2.1' } })
  hops.resolve(1, { reachable: true, metric: 5, gateway: { address: '192.0.2.1' } })
  stop()
  hops.resolve(1, { reachable: false, metric: 0 })
  t.same(told, ['new 192.0.2.1', 'changed 192.0.2.1', 'changed 192.0.2.1'])
  const six = Uint8Array.from([
    0x20,
    1,
    0xd,
    0xb8,
    ...new Uint8Array(11),
    1,
    0xfe,
    0x80,
    ...new Uint8Array(13),
    1,
  ])
  const both = hops.intern(six, 0, 32)
  t.same([hops.text(both), hops.linkLocal(both), hops.octets(both).length], ['2001:db8::1', 'fe80::1', 32])
  t.not(hops.intern(six, 0, 16), both)
  for (let i = 0; i < 100; i++) hops.intern(Uint8Array.of(10, 0, 0, i), 0, 4)
  t.equal(hops.size, 103)
  t.equal(hops.metric[1], 0)
})
