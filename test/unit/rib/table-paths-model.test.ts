/**
 * Many sources, several paths of each (ADD-PATH), import policies and rules of decision that change: the table
 * agrees with plain maps after every step that decides.
 */

import t from 'tap'
import type { DecisionParameters } from '../../../src/rib/decision/decide.js'
import { REASON_AS_LOOP, VALID } from '../../../src/rib/store/reasons.js'
import type { Source } from '../../../src/rib/store/types.js'
import type { RouteFilter } from '../../../src/rib/writer.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import fc from '../../support/properties.js'
import { type NaivePath, naiveMultipath } from './naive.js'
import { DEFAULTS, nlri, path, source, World } from './world.js'

const PREFIXES = ['10.1.0.0/16', '10.2.0.0/16', '10.3.3.0/24']
const SOURCES: readonly Source[] = Array.from({ length: 60 }, (_, index) =>
  source(index, {
    type: index % 7 === 6 ? 'ibgp' : 'ebgp',
    routerId: index % 5,
    weight: index % 20 === 3 ? 1 : 0,
  }),
)
/** Path identifiers of RFC 7911; the largest has the sign bit set. */
const IDS = [0, 1, 2, 0xffffffff]
const HOPS = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']

/** Import policies: everything, nothing of one prefix, another preference for some paths. */
type Policy = 'all' | 'not 10.2' | 'prefer AS 7'

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record({
    hop: fc.constantFrom(...HOPS),
    asns: fc.constantFrom([64512], [64512, 7], [64513, 7]),
    med: fc.constantFrom(undefined, undefined, 3, 9),
    localPref: fc.constantFrom(undefined, undefined, undefined, 50),
  })
  .map(({ hop, asns, med, localPref }) => ({
    ...path(hop, asns),
    ...(med === undefined ? {} : { med }),
    ...(localPref === undefined ? {} : { localPref }),
  }))

type Step =
  | {
      kind: 'announce'
      from: number
      prefix: string
      id: number
      attributes: PathAttributes
      looped: boolean
    }
  | { kind: 'withdraw'; from: number; prefix: string; id: number }
  | { kind: 'policy'; from: number; policy: Policy }
  | { kind: 'options'; options: Partial<DecisionParameters> }
  | { kind: 'drop'; from: number }
  | { kind: 'resolve'; hop: string; reachable: boolean }
  | { kind: 'decide' }

const from = fc.oneof(fc.nat(3), fc.nat(SOURCES.length - 1))
const prefix = fc.constantFrom(...PREFIXES)
const id = fc.constantFrom(...IDS)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        kind: fc.constant('announce' as const),
        from,
        prefix,
        id,
        attributes,
        looped: fc.nat(11).map((n) => n === 0),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), from, prefix, id }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('policy' as const),
        from,
        policy: fc.constantFrom<Policy[]>('all', 'not 10.2', 'prefer AS 7'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('options' as const),
        options: fc.record({
          maximumPathsEbgp: fc.constantFrom(1, 2, 32),
          maximumPathsIbgp: fc.constantFrom(1, 3),
          multipathRelax: fc.boolean(),
          alwaysCompareMed: fc.boolean(),
          missingMedAsWorst: fc.boolean(),
          ignoreAsPath: fc.boolean(),
          compareRouterId: fc.boolean(),
          defaultLocalPref: fc.constantFrom(40, 100),
        }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), from }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('resolve' as const),
        hop: fc.constantFrom(...HOPS),
        reachable: fc.boolean(),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('decide' as const) }) },
  ),
  { minLength: 20, maxLength: 240, size: 'max' },
)

interface Stored {
  readonly attributes: PathAttributes
  readonly looped: boolean
  /** What the policy makes of it; undefined: rejected, or looped. */
  use: PathAttributes | undefined
  since: number
}

function judged(policy: Policy, text: string, one: Pick<Stored, 'attributes' | 'looped'>) {
  const { attributes, looped } = one
  if (looped || (policy === 'not 10.2' && text === PREFIXES[1])) return undefined
  const preferred = policy === 'prefer AS 7' && attributes.asPath?.[0]?.asns.includes(7)
  return preferred ? { ...attributes, localPref: 300 } : attributes
}

class Model {
  /** By prefix, then 'source id'. */
  readonly paths = new Map<string, Map<string, Stored>>(PREFIXES.map((text) => [text, new Map()]))
  readonly policies = new Map<number, Policy>()
  readonly unreachable = new Set<string>()

  candidates(text: string): NaivePath[] {
    return [...this.paths.get(text)!].map(([key, { attributes, use, since }]) => {
      const [index, pathId] = key.split(' ').map(Number)
      return {
        source: SOURCES[index],
        attributes: use ?? attributes,
        valid: use !== undefined && !this.unreachable.has(attributes.nextHop!),
        metric: 0,
        since,
        pathId,
      }
    })
  }
}

/** NLRI with a path identifier (RFC 7911 §3). */
function pathNlri(pathId: number, text: string): Uint8Array {
  return Uint8Array.of(
    pathId >>> 24,
    (pathId >>> 16) & 255,
    (pathId >>> 8) & 255,
    pathId & 255,
    ...nlri(text),
  )
}

function filterOf(world: World, policy: Policy): RouteFilter | undefined {
  if (policy === 'all') return undefined
  return {
    apply(bytes, offset, _bits, attribute) {
      const text = PREFIXES.find((one) => one.startsWith(`${bytes[offset]}.${bytes[offset + 1]}.`))!
      const before = world.attributes.get(attribute)
      const after = judged(policy, text, { attributes: before, looped: false })
      if (after === undefined) return 0
      return after === before ? attribute : world.attributes.internAttributes(after)
    },
  }
}

function run(list: readonly Step[]): void {
  const world = new World({}, 'ipv4-unicast')
  const model = new Model()
  let options: DecisionParameters = DEFAULTS
  for (const one of SOURCES) world.rib.setSource(one)
  for (const hop of HOPS) world.attributes.internAttributes(path(hop, []))
  for (const step of list) {
    world.now++
    switch (step.kind) {
      case 'announce': {
        const { from, prefix: text, id, attributes } = step
        const policy = model.policies.get(from) ?? 'all'
        const stored = model.paths.get(text)!
        const key = `${from} ${id}`
        const known = stored.get(key)
        const use = judged(policy, text, step)
        const same =
          known !== undefined && json(known.attributes) === json(attributes) && json(known.use) === json(use)
        const since = same ? known.since : world.now
        stored.set(key, { attributes, looped: step.looped, use, since })
        const octets = pathNlri(id, text)
        const set = world.attributes.internAttributes(attributes)
        const reason = step.looped ? REASON_AS_LOOP : VALID
        world.rib.announce(
          from,
          octets,
          0,
          octets.length,
          true,
          set,
          reason,
          filterOf(world, policy),
          world.now,
        )
        break
      }
      case 'withdraw': {
        const octets = pathNlri(step.id, step.prefix)
        const removed = world.rib.withdraw(step.from, octets, 0, octets.length, true)
        const existed = model.paths.get(step.prefix)!.delete(`${step.from} ${step.id}`)
        equal(removed, existed ? 1 : 0, 'paths withdrawn')
        break
      }
      case 'policy': {
        model.policies.set(step.from, step.policy)
        for (const [text, paths] of model.paths) {
          for (const [key, one] of paths) {
            if (!key.startsWith(`${step.from} `)) continue
            const use = judged(step.policy, text, one)
            if (json(use) !== json(one.use)) one.since = world.now
            one.use = use
          }
        }
        world.rib.reapply(
          step.from,
          filterOf(world, step.policy),
          (_attribute, former) => (former === REASON_AS_LOOP ? former : VALID),
          world.now,
        )
        break
      }
      case 'options':
        options = { ...DEFAULTS, ...step.options }
        world.rib.setOptions(options)
        break
      case 'drop':
        for (const paths of model.paths.values()) {
          for (const key of [...paths.keys()]) if (key.startsWith(`${step.from} `)) paths.delete(key)
        }
        while (!world.rib.dropSource(step.from, 1));
        break
      case 'resolve':
        if (step.reachable) model.unreachable.delete(step.hop)
        else model.unreachable.add(step.hop)
        world.resolve(step.hop, step.reachable)
        break
      case 'decide':
        compare(world, model, options)
    }
  }
  compare(world, model, options)
  for (const { index } of SOURCES) {
    while (!world.rib.dropSource(index, 2));
    world.rib.removeSource(index)
  }
  world.decide()
  equal(
    [world.prefixes.size, world.attributes.size, world.nextHopSets.size, world.rib.pathCount],
    [0, 0, 0, 0],
    'left over',
  )
}

function compare(world: World, model: Model, options: DecisionParameters): void {
  world.decide()
  for (const text of PREFIXES) {
    const id = world.id(text)
    const found: string[] = []
    if (id >= 0) {
      for (let at = world.rib.best(id); at !== 0; at = world.rib.next(at)) {
        if (world.rib.isMultipath(at)) found.push(`${world.rib.sourceOf(at)} ${world.rib.pathIdOf(at)}`)
      }
    }
    const expected = naiveMultipath(model.candidates(text), options).map(
      (one) => `${one.source.index} ${one.pathId}`,
    )
    equal(found[0], expected[0], `best path of ${text}`)
    equal(found.sort(), expected.sort(), `multipath set of ${text}`)
    const paths = model.paths.get(text)!
    equal(id < 0 ? 0 : world.rib.count(id), paths.size, `number of paths of ${text}`)
    for (const [key, { attributes, use, since }] of paths) {
      const [index, pathId] = key.split(' ').map(Number)
      const at = world.rib.find(id, index, pathId)
      equal(
        world.attributes.get(world.rib.receivedAttributeOf(at)),
        attributes,
        `${text} of ${key} as received`,
      )
      if (use !== undefined) equal(world.attributes.get(world.rib.attributeOf(at)), use, `${text} of ${key}`)
      equal(world.rib.sinceOf(at), since, `age of ${text} of ${key}`)
    }
  }
  for (const { index } of SOURCES) {
    const all = [...model.paths.values()].flatMap((paths) =>
      [...paths].filter(([key]) => key.startsWith(`${index} `)),
    )
    const { received, accepted } = world.rib.source(index)!
    equal([received, accepted], [all.length, all.filter(([, { use }]) => use !== undefined).length], 'counts')
  }
}

/** JSON whose keys are in order. */
function json(value: object | undefined): string {
  return value === undefined ? '' : JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function equal(found: unknown, expected: unknown, what: string): void {
  const [is, should] = [found, expected].map((value) =>
    typeof value === 'object' && !Array.isArray(value) ? json(value as object) : JSON.stringify(value),
  )
  if (is !== should) throw new Error(`${what}: ${is}, expected ${should}`)
}

t.test('60 sources with up to four paths each, policies and rules that change', async (t) => {
  fc.assert(fc.property(steps, run), { numRuns: 60 })
  t.pass('in every run')
})
