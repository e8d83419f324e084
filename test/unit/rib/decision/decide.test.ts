import t from 'tap'
import type { DecisionParameters } from '../../../../src/rib/decision/decide.js'
import type { Source } from '../../../../src/rib/store/types.js'
import { AS_CONFED_SEQUENCE, AS_SEQUENCE, AS_SET, type PathAttributes } from '../../../../src/wire/types.js'
import { path, source, World } from '../world.js'

const PREFIX = '198.51.100.0/24'

interface Candidate {
  readonly attributes: PathAttributes
  readonly source?: Partial<Source>
  readonly metric?: number
  readonly unreachable?: boolean
  /** Milliseconds after the first one that it came. */
  readonly age?: number
}

/** A table with these paths, from sources 1, 2, …, added in the given order. */
function world(
  candidates: readonly Candidate[],
  options: Partial<DecisionParameters> = {},
  order = candidates.map((_, i) => i),
): World {
  const made = new World(options)
  candidates.forEach((candidate, i) => {
    made.rib.setSource(source(i + 1, candidate.source))
  })
  for (const i of order) {
    const { attributes, metric = 0, unreachable = false, age = 0 } = candidates[i]
    made.now = 1000 + age
    made.announce(i + 1, PREFIX, attributes)
    made.resolve(attributes.nextHop!, !unreachable, metric)
    made.decide()
  }
  return made
}

/** Every order of the numbers below `count`. */
function permutations(count: number): number[][] {
  if (count === 0) return [[]]
  return permutations(count - 1).flatMap((rest) =>
    Array.from({ length: count }, (_, at) => [...rest.slice(0, at), count - 1, ...rest.slice(at)]),
  )
}

const ibgp = (more: Partial<Source> = {}): Partial<Source> => ({ type: 'ibgp', ...more })

interface Step {
  readonly step: string
  readonly better: Candidate
  readonly worse: Candidate
  readonly options?: Partial<DecisionParameters>
}

const plain = (hop: number, more: PathAttributes = {}): PathAttributes =>
  path(`10.0.0.${hop}`, [64512, 100], more)

/** Each pair is equal up to the step, and would be decided the other way by a later one (router id, address). */
const steps: readonly Step[] = [
  {
    step: 'long-lived stale',
    better: { attributes: plain(1) },
    worse: { attributes: plain(2, { communities: [0xffff0006], localPref: 900 }), source: ibgp() },
  },
  {
    step: 'weight',
    better: { attributes: plain(1), source: { weight: 10 } },
    worse: { attributes: plain(2, { localPref: 500 }), source: ibgp() },
  },
  {
    step: 'local preference',
    better: { attributes: plain(1), source: {} },
    worse: { attributes: path('10.0.0.2', [1], { localPref: 99 }), source: ibgp() },
  },
  {
    step: 'locally originated',
    better: { attributes: path('10.0.0.1', [64512, 5]), source: { type: 'local' } },
    worse: { attributes: path('10.0.0.2', []), source: ibgp() },
  },
  {
    step: 'AS path length',
    better: { attributes: path('10.0.0.1', [64512], { origin: 2 }) },
    worse: { attributes: path('10.0.0.2', [64512, 100], { origin: 0 }) },
  },
  {
    step: 'origin',
    better: { attributes: plain(1, { origin: 0, med: 50 }) },
    worse: { attributes: plain(2, { origin: 1, med: 1 }) },
  },
  {
    step: 'MED',
    better: { attributes: plain(1, { med: 5 }), source: ibgp() },
    worse: { attributes: plain(2, { med: 6 }) },
  },
  {
    step: 'MED',
    better: { attributes: path('10.0.0.1', [64512], { med: 5 }), source: ibgp() },
    worse: { attributes: path('10.0.0.2', [64513], { med: 6 }) },
    options: { alwaysCompareMed: true },
  },
  {
    step: 'MED',
    better: { attributes: plain(1, { med: 4294967294 }), source: ibgp() },
    worse: { attributes: plain(2) },
    options: { missingMedAsWorst: true },
  },
  {
    step: 'eBGP over iBGP',
    better: { attributes: plain(1), metric: 20 },
    worse: { attributes: plain(2), source: ibgp(), metric: 10 },
  },
  {
    step: 'IGP metric',
    better: { attributes: plain(1), metric: 10 },
    worse: { attributes: plain(2), metric: 20 },
  },
  {
    step: 'oldest path',
    better: { attributes: plain(1), age: 0 },
    worse: { attributes: plain(2), age: 1 },
    options: { compareRouterId: false },
  },
  {
    step: 'router id',
    better: { attributes: plain(1, { clusterList: [1, 2] }), source: { routerId: 4000000000, type: 'ibgp' } },
    worse: { attributes: plain(2), source: { routerId: 4000000001, type: 'ibgp' } },
  },
  {
    step: 'router id',
    better: { attributes: plain(1, { originatorId: 3 }), source: { routerId: 9, type: 'ibgp' } },
    worse: { attributes: plain(2), source: { routerId: 4, type: 'ibgp' } },
  },
  {
    step: 'cluster list length',
    better: {
      attributes: plain(1, { originatorId: 3, clusterList: [9] }),
      source: { type: 'ibgp', address: '192.0.2.200' },
    },
    worse: {
      attributes: plain(2, { originatorId: 3, clusterList: [1, 2] }),
      source: { type: 'ibgp', address: '192.0.2.100' },
    },
  },
  {
    step: 'neighbor address',
    better: { attributes: plain(1), source: { routerId: 7, address: '192.0.2.9' } },
    worse: { attributes: plain(2), source: { routerId: 7, address: '192.0.2.10' } },
  },
  {
    step: 'neighbor address',
    better: { attributes: plain(1), source: { routerId: 7, address: '192.0.2.200' } },
    worse: { attributes: plain(2), source: { routerId: 7, address: '2001:db8::1' } },
  },
]

for (const { step, better, worse, options } of steps) {
  t.test(`DEC-1: ${step} decides, whichever comes first or has the lower index`, async (t) => {
    for (const candidates of [
      [better, worse],
      [worse, better],
    ]) {
      for (const order of permutations(2)) {
        const made = world(candidates, { maximumPathsIbgp: 1, maximumPathsEbgp: 1, ...options }, order)
        const winner = candidates.indexOf(better) + 1
        t.equal(made.best(PREFIX), winner)
        const told = made.rib.explain(made.id(PREFIX))
        t.same(
          told.map((one) => [one.best, one.decidedBy]),
          [
            [true, step],
            [false, step],
          ],
        )
      }
    }
  })
}

t.test('DEC-1: a set counts as one hop, confederation segments as none', async (t) => {
  const set: PathAttributes = {
    origin: 0,
    nextHop: '10.0.0.1',
    asPath: [
      { type: AS_SEQUENCE, asns: [64512] },
      { type: AS_SET, asns: [1, 2, 3] },
    ],
  }
  t.equal(world([{ attributes: set }, { attributes: path('10.0.0.2', [64512, 1, 2]) }]).best(PREFIX), 1)
  const table = world([]).attributes
  t.equal(table.hops[table.internAttributes(set)], 2)
  const confederation: PathAttributes = {
    ...set,
    asPath: [{ type: AS_CONFED_SEQUENCE, asns: [65001, 65002] }],
  }
  t.equal(table.hops[table.internAttributes(confederation)], 0)
})

t.test('ignoreAsPath leaves the length out', async (t) => {
  const candidates = [
    { attributes: path('10.0.0.1', [64512], { origin: 2 }) },
    { attributes: path('10.0.0.2', [64512, 1, 2], { origin: 0 }) },
  ]
  t.equal(world(candidates).best(PREFIX), 1)
  t.equal(world(candidates, { ignoreAsPath: true }).best(PREFIX), 2)
})

t.test('DEC-3: a missing MED is 0, and two empty paths compare theirs', async (t) => {
  const candidates = [
    { attributes: path('10.0.0.1', [], { med: 1 }), source: ibgp() },
    { attributes: path('10.0.0.2', []), source: ibgp() },
  ]
  t.equal(world(candidates).best(PREFIX), 2)
  t.equal(world(candidates, { missingMedAsWorst: true }).best(PREFIX), 1)
})

t.test('MED is not compared between different neighboring ASes', async (t) => {
  const made = world([
    { attributes: path('10.0.0.1', [64512], { med: 100 }) },
    { attributes: path('10.0.0.2', [64513], { med: 1 }) },
  ])
  t.equal(made.best(PREFIX), 1)
  t.equal(made.rib.explain(made.id(PREFIX))[1].decidedBy, 'router id')
})

/**
 * A beats B by MED (same AS), B beats C by router id, C beats A by IGP metric: no order among them. The RFC's
 * elimination removes B first, then C beats A.
 */
const circle: readonly Candidate[] = [
  { attributes: path('10.0.0.1', [64512], { med: 1 }), source: { routerId: 3 }, metric: 10 },
  { attributes: path('10.0.0.2', [64512], { med: 2 }), source: { routerId: 1 }, metric: 5 },
  { attributes: path('10.0.0.3', [64513], { med: 9 }), source: { routerId: 2 }, metric: 5 },
]

t.test('DEC-2: with a circle of MEDs the result is the same in every order of arrival', async (t) => {
  for (const order of permutations(3)) {
    const made = world(circle, {}, order)
    t.equal(made.best(PREFIX), 3, `arrival ${order}`)
    const told = new Map(made.rib.explain(made.id(PREFIX)).map((one) => [made.rib.sourceOf(one.path), one]))
    t.equal(told.get(2)?.decidedBy, 'MED')
    t.equal(told.get(1)?.decidedBy, 'IGP metric')
  }
})

t.test(
  'DEC-2: every order of insertion and removal gives the same best path and multipath set',
  async (t) => {
    const pool: readonly Candidate[] = [
      ...circle,
      { attributes: path('10.0.0.4', [64513], { med: 9 }), source: { routerId: 4 }, metric: 5 },
      { attributes: path('10.0.0.4', [64513], { med: 9 }), source: { routerId: 0 }, metric: 5 },
    ]
    for (const maximumPathsEbgp of [1, 2, 3]) {
      for (const order of permutations(pool.length)) {
        const made = world(pool, { maximumPathsEbgp }, order)
        for (const gone of order) {
          const left = order.filter((i) => order.indexOf(i) > order.indexOf(gone)).sort()
          made.withdraw(gone + 1, PREFIX)
          made.decide()
          const fresh = new World({ maximumPathsEbgp })
          for (const i of left) {
            fresh.rib.setSource(source(i + 1, pool[i].source))
            fresh.announce(i + 1, PREFIX, pool[i].attributes)
            fresh.resolve(pool[i].attributes.nextHop!, true, pool[i].metric)
          }
          fresh.decide()
          if (made.multipath(PREFIX).join() !== fresh.multipath(PREFIX).join()) {
            t.same(made.multipath(PREFIX), fresh.multipath(PREFIX), `order ${order}, removed up to ${gone}`)
          }
        }
        if (made.prefixes.size !== 0 || made.attributes.size !== 0) t.fail(`order ${order} leaves something`)
      }
    }
    t.pass('all orders agree')
  },
)

t.test('DEC-5: an unreachable next hop excludes the path until it can be reached', async (t) => {
  const made = world([
    { attributes: plain(1, { localPref: 1 }), source: ibgp() },
    { attributes: plain(2, { localPref: 500 }), source: ibgp(), unreachable: true },
  ])
  t.equal(made.best(PREFIX), 1)
  const [, other] = made.rib.explain(made.id(PREFIX))
  t.same([other.valid, other.reason, other.decidedBy], [false, 'next hop unreachable', undefined])
  made.resolve('10.0.0.2', true)
  t.same(made.decide(), [PREFIX])
  t.equal(made.best(PREFIX), 2)
  made.resolve('10.0.0.2', false)
  t.same(made.decide(), [PREFIX])
  t.equal(made.best(PREFIX), 1)
  made.resolve('10.0.0.1', false)
  t.same(made.decide(), [PREFIX])
  t.equal(made.best(PREFIX), undefined)
  t.same(made.gateways(PREFIX), [])
})

t.test('DEC-6: multipath is what is equal through the IGP metric, with the same AS_PATH', async (t) => {
  const made = world([
    { attributes: plain(30) },
    { attributes: plain(4) },
    { attributes: path('10.0.0.5', [64512, 101]) },
    { attributes: plain(6, { med: 1 }) },
    { attributes: plain(7), metric: 1 },
    { attributes: plain(8), source: ibgp() },
  ])
  t.same(made.multipath(PREFIX), [1, 2])
  t.same(made.gateways(PREFIX), ['10.0.0.4', '10.0.0.30'])
})

t.test('DEC-6: relaxed, equally long paths share; eBGP and iBGP never do', async (t) => {
  const candidates = [
    { attributes: path('10.0.0.1', [64512]) },
    { attributes: path('10.0.0.2', [64513]) },
    { attributes: path('10.0.0.3', [64513, 5]) },
    { attributes: path('10.0.0.4', [64512]), source: ibgp() },
  ]
  t.same(world(candidates, { multipathRelax: true }).multipath(PREFIX), [1, 2])
  t.same(world(candidates).multipath(PREFIX), [1])
  const internal = candidates.map(({ attributes }) => ({ attributes, source: ibgp() }))
  t.same(world(internal, { multipathRelax: true, maximumPathsIbgp: 8 }).multipath(PREFIX), [1, 2, 4])
  t.same(world(internal, { multipathRelax: true }).multipath(PREFIX), [1])
})

t.test('DEC-6: maximum-paths keeps the best of them, whatever the order', async (t) => {
  const candidates = [5, 4, 3, 2, 1].map((routerId) => ({
    attributes: plain(routerId),
    source: { routerId },
  }))
  for (const order of permutations(5)) {
    const made = world(candidates, { maximumPathsEbgp: 3 }, order)
    if (made.multipath(PREFIX).join() !== '5,4,3') t.same(made.multipath(PREFIX), [5, 4, 3])
  }
  t.pass('all orders agree')
})

t.test('paths with one gateway count once', async (t) => {
  const made = world(
    [{ attributes: plain(1) }, { attributes: plain(1) }, { attributes: plain(2) }, { attributes: plain(3) }],
    { maximumPathsEbgp: 2 },
  )
  t.same(made.multipath(PREFIX), [1, 3])
  t.same(made.gateways(PREFIX), ['10.0.0.1', '10.0.0.2'])
  made.withdraw(1, PREFIX)
  made.decide()
  t.same(made.multipath(PREFIX), [2, 3])
})

t.test('weights beyond 32767 and local preferences beyond 2^31 compare as numbers', async (t) => {
  const weights = [{ weight: 65535 }, { weight: 1 }]
  t.equal(world(weights.map((from) => ({ attributes: plain(1), source: from }))).best(PREFIX), 1)
  const preferences = [1, 4294967295].map((localPref) => ({
    attributes: plain(1, { localPref }),
    source: ibgp(),
  }))
  t.equal(world(preferences).best(PREFIX), 2)
})
