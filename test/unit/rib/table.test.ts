import t from 'tap'
import { REASON_AS_LOOP, VALID } from '../../../src/rib/store/reasons.js'
import type { RouteFilter } from '../../../src/rib/table.js'
import { DEFAULTS, nlri, path, source, World } from './world.js'

const A = '10.1.0.0/16'
const B = '10.2.0.0/16'

function world(...sources: number[]): World {
  const made = new World()
  for (const index of sources) made.rib.setSource(source(index))
  return made
}

t.test('an identical announcement is no change and keeps its age; another one is', async (t) => {
  const made = world(1)
  made.now = 10
  made.announce(1, A, path('192.0.2.1', [64512]))
  t.same(made.decide(), [A])
  t.equal(made.rib.version, 1)
  made.now = 20
  made.announce(1, A, path('192.0.2.1', [64512]))
  t.equal(made.rib.pending, 0)
  t.same(made.decide(), [])
  t.equal(made.rib.sinceOf(made.rib.best(made.id(A))), 10)
  made.announce(1, A, path('192.0.2.1', [64512], { med: 1 }))
  t.same(made.decide(), [A])
  t.equal(made.rib.sinceOf(made.rib.best(made.id(A))), 20)
  t.same([made.rib.version, made.rib.versionOf(made.id(A))], [2, 2])
  t.equal(made.rib.source(1)!.received, 1)
})

t.test('NLR-3: martian prefixes are left out and counted', async (t) => {
  const made = world(1)
  const octets = nlri('127.0.0.0/8', A, '224.0.0.0/4', '0.0.0.0/0')
  const id = made.attributes.internAttributes(path('192.0.2.1', [64512]))
  t.equal(made.rib.announce(1, octets, 0, octets.length, false, id, VALID, undefined, 0), 2)
  t.same(made.decide(), ['0.0.0.0/0', A])
})

t.test('NLR-4: withdrawing what is not there does nothing', async (t) => {
  const made = world(1, 2)
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.decide()
  made.withdraw(1, B)
  made.withdraw(2, A)
  t.same(made.decide(), [])
  t.equal(made.prefixes.size, 1)
})

t.test('AP-2: with ADD-PATH prefix and identifier name a path', async (t) => {
  const made = world(1)
  const one = nlri(A)
  const withIds = (...ids: number[]) =>
    Uint8Array.from(ids.flatMap((id) => [id >>> 24, id >>> 16, id >>> 8, id, ...one]))
  const announce = (ids: Uint8Array, hop: string) => {
    const id = made.attributes.internAttributes(path(hop, [64512]))
    made.rib.announce(1, ids, 0, ids.length, true, id, VALID, undefined, 0)
  }
  announce(withIds(1, 4294967295), '192.0.2.1')
  announce(withIds(7), '192.0.2.2')
  made.decide()
  t.equal(made.rib.count(made.id(A)), 3)
  t.same(made.gateways(A), ['192.0.2.1', '192.0.2.2'])
  t.equal(made.rib.pathIdOf(made.rib.best(made.id(A))), 1)
  announce(withIds(4294967295), '192.0.2.3')
  made.decide()
  t.same(made.gateways(A), ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
  const gone = withIds(7, 8)
  t.equal(made.rib.withdraw(1, gone, 0, gone.length, true), 1)
  made.decide()
  t.same(made.gateways(A), ['192.0.2.1', '192.0.2.3'])
})

t.test('import policy works prefix by prefix; reapply() asks it anew', async (t) => {
  const made = world(1)
  const allow = (bits: number): RouteFilter => ({ apply: (_bytes, _offset, n, id) => (n === bits ? id : 0) })
  const octets = nlri(A, '10.0.0.0/8')
  const id = made.attributes.internAttributes(path('192.0.2.1', [64512]))
  made.rib.announce(1, octets, 0, octets.length, false, id, VALID, allow(16), 0)
  t.same(made.decide(), [A])
  const counters = made.rib.source(1)!
  t.same([counters.received, counters.accepted, counters.best], [2, 1, 1])
  const [rejected] = made.rib.explain(made.id('10.0.0.0/8'))
  t.same([rejected.valid, rejected.reason], [false, 'rejected by import policy'])
  made.rib.reapply(1, allow(8), () => VALID, 5)
  t.same(made.decide(), ['10.0.0.0/8', A])
  t.same([counters.received, counters.accepted, counters.best], [2, 1, 1])
  made.rib.reapply(1, undefined, () => REASON_AS_LOOP, 6)
  t.same(made.decide(), ['10.0.0.0/8'])
  t.equal(made.rib.explain(made.id(A))[0].reason, 'own AS in AS_PATH')
})

t.test('a policy may change the attributes: what was received is kept beside', async (t) => {
  const made = world(1)
  const received = made.attributes.internAttributes(path('192.0.2.1', [64512]))
  const used = made.attributes.internAttributes(path('192.0.2.1', [64512], { localPref: 300 }))
  const octets = nlri(A)
  made.rib.announce(1, octets, 0, octets.length, false, received, VALID, { apply: () => used }, 0)
  made.decide()
  const best = made.rib.best(made.id(A))
  t.equal(made.attributes.get(made.rib.attributeOf(best)).localPref, 300)
  t.equal(made.attributes.get(made.rib.receivedAttributeOf(best)).localPref, undefined)
  made.withdraw(1, A)
  made.decide()
  t.equal(made.attributes.size, 0)
})

t.test(
  'GR-2, GR-3: stale paths stay in use, those announced again are kept, the rest is swept in slices',
  async (t) => {
    const made = world(1, 2)
    for (let i = 0; i < 10; i++) made.announce(1, `10.${i}.0.0/16`, path('192.0.2.1', [64512]))
    made.announce(2, A, path('192.0.2.2', [64512]))
    made.decide()
    const counters = made.rib.source(1)!
    made.rib.markStale(1)
    t.equal(counters.stale, 10)
    t.same(made.decide(), [])
    t.ok(made.rib.isStale(made.rib.find(made.id(A), 1)))
    made.announce(1, A, path('192.0.2.1', [64512]))
    made.announce(1, B, path('192.0.2.1', [64512], { med: 5 }))
    t.equal(counters.stale, 8)
    t.notOk(made.rib.sweepStale(1, 5))
    t.ok(made.rib.sweepStale(1, 5))
    t.same([counters.received, counters.stale], [2, 0])
    t.equal(made.decide().length, 9)
    t.same(made.multipath(A), [1, 2])
    t.ok(made.rib.sweepStale(1, 1), 'a second time there is nothing to do')
  },
)

t.test(
  'GR-4: a restart during a restart leaves older stale paths stale; three hundred of them too',
  async (t) => {
    const made = world(1)
    made.announce(1, A, path('192.0.2.1', [64512]))
    made.announce(1, B, path('192.0.2.1', [64512]))
    made.decide()
    for (let i = 0; i < 300; i++) {
      made.rib.markStale(1)
      made.announce(1, B, path('192.0.2.1', [64512]))
    }
    t.notOk(made.rib.isStale(made.rib.find(made.id(B), 1)))
    const left = made.id(A) < 0 ? 0 : made.rib.find(made.id(A), 1)
    t.ok(left === 0 || made.rib.isStale(left), 'never fresh without an announcement')
    t.ok(made.rib.sweepStale(1, 10))
    made.decide()
    t.same([made.rib.source(1)!.received, made.rib.source(1)!.stale], [1, 0])
    t.equal(made.best(B), 1)
  },
)

t.test('dropSource() takes slices; removeSource() wants the source empty', async (t) => {
  const made = world(1)
  for (let i = 0; i < 10; i++) made.announce(1, `10.${i}.0.0/16`, path('192.0.2.1', [64512]))
  t.throws(() => made.rib.removeSource(1), /still has paths/)
  let slices = 1
  while (!made.rib.dropSource(1, 3)) slices++
  t.equal(slices, 4)
  made.rib.removeSource(1)
  made.decide()
  t.equal(made.prefixes.size, 0)
  t.throws(() => made.announce(1, A, path('192.0.2.1', [])), /no source 1/)
})

t.test('decide() takes slices; each prefix is in one batch', async (t) => {
  const made = world(1)
  for (let i = 0; i < 10; i++) made.announce(1, `10.${i}.0.0/16`, path('192.0.2.1', [64512]))
  t.equal(made.rib.pending, 10)
  t.equal(made.decide(4).length, 4)
  t.equal(made.rib.pending, 6)
  made.announce(1, '10.0.0.0/16', path('192.0.2.1', [64512], { med: 1 }))
  t.equal(made.decide(6).length, 6)
  t.same(made.decide(), ['10.0.0.0/16'])
})

t.test('a changed router id, or changed options, decide anew', async (t) => {
  const made = world(1, 2)
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.announce(2, A, path('192.0.2.2', [64513]))
  made.decide()
  t.equal(made.best(A), 1)
  made.rib.setSource(source(1, { routerId: 99 }))
  t.same(made.decide(), [A])
  t.equal(made.best(A), 2)
  made.rib.setSource(source(1, { routerId: 99 }))
  t.equal(made.rib.pending, 0)
  made.rib.setOptions({ ...DEFAULTS, multipathRelax: true })
  t.same(made.decide(), [A])
  t.same(made.multipath(A), [2, 1])
})

t.test(
  'soleGateways() names what no other source uses, two sessions that share a gateway included',
  async (t) => {
    const made = world(1, 2, 3)
    made.announce(1, A, path('192.0.2.1', [64512]))
    made.announce(1, B, path('192.0.2.3', [64512]))
    made.announce(2, A, path('192.0.2.3', [64512]))
    made.announce(3, A, path('192.0.2.1', [1]), REASON_AS_LOOP)
    made.decide()
    t.same(made.rib.soleGateways(1), [{ address: '192.0.2.1' }])
    t.same(made.rib.soleGateways(2), [])
    t.same(made.rib.soleGateways(3), [])
    const hop = made.attributes.nextHop[made.rib.attributeOf(made.rib.find(made.id(B), 1))]
    t.equal(made.rib.nextHopUsers(hop), 2)
    made.withdraw(1, B)
    t.equal(made.rib.nextHopUsers(hop), 1)
    t.same(made.rib.soleGateways(2), [{ address: '192.0.2.3' }])
  },
)

t.test('two next hops with one gateway count as that gateway', async (t) => {
  const made = world(1, 2)
  made.announce(1, A, path('10.9.0.1', [64512]))
  made.announce(2, A, path('10.9.0.2', [64512]))
  for (const id of [1, 2]) {
    made.nextHops.resolve(id, {
      reachable: true,
      metric: 0,
      gateway: { address: '192.0.2.1', interface: 'eth0' },
    })
  }
  made.decide()
  t.same(made.multipath(A), [1])
  t.same(made.rib.nextHopSet(made.id(A))?.gateways, [{ address: '192.0.2.1', interface: 'eth0' }])
  t.same(made.rib.soleGateways(1), [])
  made.nextHops.resolve(2, { reachable: true, metric: 0, gateway: { address: '192.0.2.7' } })
  made.decide()
  t.same(made.multipath(A), [1, 2])
})

t.test('equal sets of gateways are one object, and go when nobody has them', async (t) => {
  const made = world(1, 2)
  for (const prefix of [A, B]) {
    made.announce(1, prefix, path('192.0.2.10', [64512]))
    made.announce(2, prefix, path('192.0.2.9', [64512]))
  }
  made.decide()
  const set = made.rib.nextHopSet(made.id(A))
  t.equal(made.rib.nextHopSet(made.id(B)), set)
  t.same(
    set?.gateways.map(({ address }) => address),
    ['192.0.2.9', '192.0.2.10'],
  )
  t.equal(made.nextHopSets.size, 1)
  made.withdraw(2, B)
  made.decide()
  t.equal(made.nextHopSets.size, 2)
  made.withdraw(2, A)
  made.decide()
  t.equal(made.nextHopSets.size, 1)
  t.equal(made.rib.nextHopSet(made.id(A)), made.rib.nextHopSet(made.id(B)))
})

t.test('own routes win, have no gateway, and mix with no multipath', async (t) => {
  const made = world(1)
  made.rib.setSource(source(0, { type: 'local', weight: 32768, address: '0.0.0.0' }))
  made.announce(1, A, path('192.0.2.1', []))
  const own = made.attributes.internAttributes({ origin: 0, asPath: [] })
  const octets = nlri(A)
  made.rib.announceOne(0, octets, 1, 16, 0, own, 0)
  made.decide()
  t.same(made.multipath(A), [0])
  t.same(made.gateways(A), [])
  t.ok(made.rib.withdrawOne(0, octets, 1, 16, 0))
  made.decide()
  t.same(made.gateways(A), ['192.0.2.1'])
})

t.test('a held prefix keeps its id; a prefix that comes back at once too', async (t) => {
  const made = world(1)
  made.announce(1, A, path('192.0.2.1', []))
  made.decide()
  const id = made.id(A)
  made.rib.retainPrefix(id)
  made.withdraw(1, A)
  made.decide()
  t.equal(made.prefixes.text(id), A)
  made.rib.releasePrefix(id)
  t.notOk(made.prefixes.has(id))
  made.announce(1, B, path('192.0.2.1', []))
  made.decide()
  made.withdraw(1, B)
  made.announce(1, B, path('192.0.2.1', []))
  made.decide()
  t.equal(made.best(B), 1)
})

t.test('a subscriber that throws leaves the table usable', async (t) => {
  const made = world(1)
  const unsubscribe = made.rib.subscribe(() => {
    throw new Error('mine')
  })
  made.announce(1, A, path('192.0.2.1', []))
  t.throws(() => made.rib.decide(), /mine/)
  unsubscribe()
  made.withdraw(1, A)
  t.same(made.decide(), [A])
  t.equal(made.prefixes.size, 0)
})

t.test('totals count prefixes by the width of their set', async (t) => {
  const made = world(1, 2)
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.announce(2, A, path('192.0.2.2', [64512]))
  made.announce(2, B, path('192.0.2.2', [64512]))
  made.announce(2, '10.0.0.0/8', path('192.0.2.2', [64512]), REASON_AS_LOOP)
  made.decide()
  t.same(made.rib.totals(), {
    prefixes: 3,
    paths: 4,
    multipathPrefixes: 1,
    multipathPaths: 2,
    widths: [1, 1, 1],
  })
})
