import t from 'tap'
import type { DecisionParameters } from '../../../src/rib/decision/decide.js'
import { REASON_AS_LOOP, VALID } from '../../../src/rib/store/reasons.js'
import type { Source } from '../../../src/rib/store/types.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import fc from '../../support/properties.js'
import { type NaivePath, naiveMultipath } from './naive.js'
import { DEFAULTS, path, source, World } from './world.js'

const PREFIXES = ['10.1.0.0/16', '10.2.0.0/16', '0.0.0.0/0']
const SOURCES: readonly Source[] = [
  source(0, { type: 'local', address: '0.0.0.0' }),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((index) => source(index, { routerId: index % 3 })),
  source(12, { type: 'ibgp' }),
  source(13, { type: 'ibgp', routerId: 3 }),
  source(14, { weight: 5 }),
]
const HOPS = ['192.0.2.1', '192.0.2.2', '192.0.2.3']

/** Runs differ in how varied their paths are: with few differences comparing two paths is enough. */
interface Variety {
  readonly meds: readonly (number | undefined)[]
  readonly asns: readonly number[][]
  readonly origins: readonly number[]
}

const varieties: readonly Variety[] = [
  { meds: [undefined], asns: [[64512]], origins: [0] },
  { meds: [undefined, 0], asns: [[64512, 7]], origins: [0, 0, 0, 1] },
  { meds: [0, 5, 9], asns: [[64512], [64512, 7]], origins: [0] },
  { meds: [7], asns: [[64512], [64513], [64512, 7]], origins: [0, 0, 1] },
  { meds: [undefined, 0, 5, 9], asns: [[64512], [64513], [64512, 7], [64513, 7]], origins: [0, 0, 0, 1] },
]

const attributesOf = ({ meds, asns, origins }: Variety): fc.Arbitrary<PathAttributes> =>
  fc
    .record({
      hop: fc.constantFrom(...HOPS),
      asns: fc.constantFrom(...asns),
      med: fc.constantFrom(...meds),
      originatorId: fc.constantFrom(undefined, undefined, 2),
      origin: fc.constantFrom(...origins),
    })
    .map((one) => ({
      ...path(one.hop, one.asns, { origin: one.origin }),
      ...(one.med === undefined ? {} : { med: one.med }),
      ...(one.originatorId === undefined ? {} : { originatorId: one.originatorId }),
    }))

type Step =
  | { kind: 'announce'; from: number; prefix: string; attributes: PathAttributes; looped: boolean }
  | { kind: 'withdraw'; from: number; prefix: string }
  | { kind: 'resolve'; hop: string; reachable: boolean; metric: number }
  | { kind: 'stale' | 'sweep' | 'drop'; from: number }
  | { kind: 'identity'; from: number; routerId: number }
  | { kind: 'decide' }

const from = fc.nat(SOURCES.length - 1)
const prefix = fc.constantFrom(...PREFIXES)
const steps: fc.Arbitrary<Step[]> = fc.constantFrom(...varieties).chain((variety) => {
  const announce = fc.record({
    kind: fc.constant('announce' as const),
    from,
    prefix,
    attributes: attributesOf(variety),
    looped: fc.nat(9).map((n) => n === 0),
  })
  const resolve = fc.record({
    kind: fc.constant('resolve' as const),
    hop: fc.constantFrom(...HOPS),
    reachable: fc.boolean(),
    metric: fc.constantFrom(0, 0, 10),
  })
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: announce },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), from, prefix }) },
    { weight: 1, arbitrary: resolve },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stale', 'sweep', 'drop'), from }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('identity' as const), from, routerId: fc.nat(4) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('decide' as const) }) },
  )
  return fc.array(step, { minLength: 10, maxLength: 80, size: 'max' })
})

interface Stored {
  attributes: PathAttributes
  looped: boolean
  since: number
  stale: boolean
}

/** The same steps on plain maps. */
class Model {
  readonly paths = new Map<string, Map<number, Stored>>(PREFIXES.map((text) => [text, new Map()]))
  readonly hops = new Map(HOPS.map((hop) => [hop, { reachable: true, metric: 0 }]))
  readonly sources = [...SOURCES]

  candidates(text: string): NaivePath[] {
    return [...this.paths.get(text)!].map(([index, stored]) => {
      const { reachable, metric } = this.hops.get(stored.attributes.nextHop!)!
      return {
        source: this.sources[index],
        attributes: stored.attributes,
        valid: !stored.looped && reachable,
        metric,
        since: stored.since,
      }
    })
  }

  /** What a change batch is about. */
  outcome(text: string, options: DecisionParameters): string {
    const [best, ...others] = naiveMultipath(this.candidates(text), options).map((one) =>
      JSON.stringify([one.source.index, one.attributes]),
    )
    return JSON.stringify([best, ...others.sort()])
  }
}

function run(steps: readonly Step[], options: DecisionParameters, rankedPaths?: number): void {
  const world = new World(options, 'ipv4-unicast', rankedPaths)
  const model = new Model()
  for (const one of SOURCES) world.rib.setSource(one)
  // Every next hop is known before its answer changes.
  for (const hop of HOPS) world.attributes.internAttributes(path(hop, []))
  let before = new Map(PREFIXES.map((text) => [text, model.outcome(text, options)]))
  let touched = new Set<string>()
  const check = () => {
    const changed = world.decide()
    for (const text of PREFIXES) {
      const expected = naiveMultipath(model.candidates(text), options)
      const [best, ...others] = world.multipath(text)
      const [expectedBest, ...expectedOthers] = expected.map((one) => one.source.index)
      same([best, ...others.sort()], [expectedBest, ...expectedOthers.sort()], text)
      const gateways = [...new Set(expected.map(({ attributes }) => attributes.nextHop!))]
      same(world.gateways(text), gateways.sort(), `gateways of ${text}`)
      const now = model.outcome(text, options)
      if (now !== before.get(text) && !changed.includes(text)) throw new Error(`${text} is not in the batch`)
      if (changed.includes(text) && !touched.has(text)) throw new Error(`${text} is in the batch for nothing`)
    }
    SOURCES.forEach((_, index) => {
      counters(world, model, index, options)
    })
    before = new Map(PREFIXES.map((text) => [text, model.outcome(text, options)]))
    touched = new Set()
  }
  for (const one of steps) {
    world.now++
    apply(world, model, one, touched)
    if (one.kind === 'decide') check()
  }
  check()
  const users = (hop: string) =>
    SOURCES.filter((_, index) =>
      PREFIXES.some((text) => {
        const stored = model.paths.get(text)!.get(index)
        return stored !== undefined && !stored.looped && stored.attributes.nextHop === hop
      }),
    )
  for (let id = 1; id <= world.nextHops.size; id++) {
    same(world.rib.nextHopUsers(id), users(world.nextHops.text(id)).length, 'users of a next hop')
  }
  for (let index = 0; index < SOURCES.length; index++) {
    while (!world.rib.dropSource(index, 1));
    world.rib.removeSource(index)
  }
  world.decide()
  same(
    [world.prefixes.size, world.attributes.size, world.nextHopSets.size, world.rib.pathCount],
    [0, 0, 0, 0],
    'left over',
  )
}

function apply(world: World, model: Model, one: Step, touched: Set<string>): void {
  const all = () => {
    for (const text of PREFIXES) touched.add(text)
  }
  switch (one.kind) {
    case 'announce': {
      const stored = model.paths.get(one.prefix)!
      const known = stored.get(one.from)
      const same = known !== undefined && JSON.stringify(known.attributes) === JSON.stringify(one.attributes)
      const since = same && known.looped === one.looped ? known.since : world.now
      if (!same || known.looped !== one.looped) touched.add(one.prefix)
      stored.set(one.from, { attributes: one.attributes, looped: one.looped, since, stale: false })
      world.announce(one.from, one.prefix, one.attributes, one.looped ? REASON_AS_LOOP : VALID)
      return
    }
    case 'withdraw':
      if (model.paths.get(one.prefix)!.delete(one.from)) touched.add(one.prefix)
      world.withdraw(one.from, one.prefix)
      return
    case 'resolve':
      model.hops.set(one.hop, one)
      world.resolve(one.hop, one.reachable, one.metric)
      all()
      return
    case 'stale':
      for (const paths of model.paths.values()) {
        const stored = paths.get(one.from)
        if (stored !== undefined) stored.stale = true
      }
      world.rib.markStale(one.from)
      return
    case 'identity':
      model.sources[one.from] = { ...model.sources[one.from], routerId: one.routerId }
      world.rib.setSource(model.sources[one.from])
      all()
      return
    case 'sweep':
    case 'drop':
      for (const [text, paths] of model.paths) {
        const stored = paths.get(one.from)
        if (stored === undefined || (one.kind === 'sweep' && !stored.stale)) continue
        paths.delete(one.from)
        touched.add(text)
      }
      if (one.kind === 'sweep') while (!world.rib.sweepStale(one.from, 1));
      else while (!world.rib.dropSource(one.from, 1));
  }
}

function counters(world: World, model: Model, index: number, options: DecisionParameters): void {
  const expected = { received: 0, accepted: 0, best: 0, multipath: 0, stale: 0 }
  for (const text of PREFIXES) {
    const stored = model.paths.get(text)!.get(index)
    if (stored === undefined) continue
    expected.received++
    if (!stored.looped) expected.accepted++
    if (stored.stale) expected.stale++
    const set = naiveMultipath(model.candidates(text), options)
    if (set[0]?.source.index === index) expected.best++
    if (set.some((one) => one.source.index === index)) expected.multipath++
    const at = world.rib.find(world.id(text), index)
    same(world.rib.sinceOf(at), stored.since, 'age')
    same(world.rib.isStale(at), stored.stale, 'stale')
    same(world.attributes.get(world.rib.receivedAttributeOf(at)), stored.attributes, 'attributes')
  }
  const state = world.rib.source(index)!
  const { received, accepted, best, multipath, stale } = state
  same({ received, accepted, best, multipath, stale }, expected, `counters of ${index}`)
}

function same(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
  }
}

const optionSets: readonly (Partial<DecisionParameters> & { ranked?: number })[] = [
  {},
  { maximumPathsEbgp: 2, maximumPathsIbgp: 2, multipathRelax: true, ranked: 1 },
  { maximumPathsEbgp: 4, ranked: 4 },
  { maximumPathsEbgp: 1, alwaysCompareMed: true, ranked: 2 },
  { compareRouterId: false, missingMedAsWorst: true, maximumPathsEbgp: 3, ranked: 1 },
  { ignoreAsPath: true, multipathRelax: true, maximumPathsIbgp: 4 },
]

for (const { ranked, ...options } of optionSets) {
  t.test(`agrees with a naive table: ${JSON.stringify({ ...options, ranked })}`, async (t) => {
    fc.assert(
      fc.property(steps, (list) => run(list, { ...DEFAULTS, ...options }, ranked)),
      { numRuns: 40 },
    )
    t.pass('in every run')
  })
}
