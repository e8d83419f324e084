import t from 'tap'
import fc from '../../support/properties.js'
import { Bench, setOf } from './fake.js'

/**
 * Whatever happens in whatever order, and however the child's work interleaves with it: when all has settled,
 * the kernel holds what is wanted.
 */
const GATEWAYS = ['10.0.2.1', '10.0.2.2', '10.0.3.1', '10.0.3.2']
const PREFIXES = ['1.0.0.1/32', '1.0.0.2/32', '1.0.0.3/32']
const SETS = Array.from({ length: 15 }, (_, i) => setOf(...GATEWAYS.filter((_, bit) => (i + 1) & (1 << bit))))

type Step =
  | { do: 'set'; prefix: number; set: number }
  | { do: 'rigid'; rigid: boolean }
  | { do: 'flush' | 'settle' | 'clean' | 'sweep' | 'die' | 'reconcile' }
  | { do: 'work'; lines: number }
  | { do: 'link'; index: number; up: boolean }
  | { do: 'lose'; gateway: number }
  | { do: 'steal'; nth: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      prefix: fc.nat(2),
      set: fc.integer({ min: -1, max: 14 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('flush' as const, 'settle' as const, 'clean' as const, 'sweep' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('work' as const), lines: fc.nat(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      index: fc.constantFrom(2, 3),
      up: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), gateway: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('steal' as const), nth: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rigid' as const), rigid: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('die' as const, 'reconcile' as const) }) },
)

/** @param crowd routes that move together by one line at least */
function play(objects: boolean, crowd: number, steps: readonly Step[]) {
  const bench = new Bench({ objects, window: 4, crowd })
  for (const gateway of GATEWAYS) bench.ways.set(gateway, Number(gateway[5]))
  bench.start()
  const wanted = new Map<string, number>()
  const set = (prefix: string, set: number) => {
    wanted.set(prefix, set)
    bench.installer.set(prefix, set < 0 ? undefined : SETS[set])
  }
  const act = (step: Step) => {
    switch (step.do) {
      case 'set':
        set(PREFIXES[step.prefix], step.set)
        break
      case 'flush':
        bench.installer.flush()
        break
      case 'settle':
        bench.decide()
        break
      case 'clean':
        bench.clock.advance(1500)
        break
      case 'sweep':
        bench.installer.sweep()
        break
      case 'work':
        bench.step(step.lines)
        break
      case 'link':
        if (step.up) bench.kernel.down.delete(step.index)
        else {
          bench.kernel.linkDown(step.index)
          bench.installer.groups.linkDown(step.index)
        }
        bench.installer.networkChanged()
        break
      case 'lose': {
        // The session is gone, and the RIB settles at once or later: without this gateway.
        bench.installer.gatewayLost({ address: GATEWAYS[step.gateway] })
        for (const [prefix, index] of wanted) {
          if (index >= 0) set(prefix, ((index + 1) & ~(1 << step.gateway)) - 1)
        }
        break
      }
      case 'steal': {
        const id = [...bench.kernel.nextHops.keys()][step.nth]
        if (id === undefined) break
        const before = new Set(bench.kernel.nextHops.keys())
        bench.kernel.remove(id)
        for (const gone of before) if (!bench.kernel.nextHops.has(gone)) bench.installer.groups.deleted(gone)
        bench.installer.groups.putBack()
        break
      }
      case 'rigid':
        bench.kernel.rigid = step.rigid
        break
      case 'die':
        bench.die(1)
        bench.decide()
        bench.reconcile()
        break
      case 'reconcile':
        bench.decide()
        bench.reconcile()
    }
  }
  for (const step of steps) act(step)
  for (const index of [2, 3]) act({ do: 'link', index, up: true })
  bench.installer.sweep()
  bench.installer.flush()
  for (let i = 0; i < 8; i++) {
    bench.decide()
    bench.clock.advance(12_000)
  }
  bench.decide()
  if (bench.inspections > 0) {
    bench.reconcile()
    bench.decide()
    bench.clock.advance(12_000)
    bench.decide()
  }
  const got = PREFIXES.map((prefix) => bench.kernel.gateways(prefix))
  const want = PREFIXES.map((prefix) => {
    const index = wanted.get(prefix) ?? -1
    return index < 0 ? undefined : SETS[index].gateways.map(({ address }) => address)
  })
  const used = new Set(want.flat().filter(Boolean)).size + new Set(want.filter(Boolean).map(String)).size
  return { got, want, rest: bench.kernel.nextHops.size - used }
}

const MODES = [
  { name: 'with next-hop objects', objects: true, crowd: 64 },
  { name: 'with next-hop objects, routes that move together', objects: true, crowd: 1 },
  { name: 'with plain routes', objects: false, crowd: 1 },
]

for (const { name, objects, crowd } of MODES) {
  t.test(name, async (t) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const { got, want, rest } = play(objects, crowd, steps)
        if (JSON.stringify(got) !== JSON.stringify(want)) {
          throw new Error(`the kernel has ${JSON.stringify(got)}, wanted is ${JSON.stringify(want)}`)
        }
        // Two groups may come to hold the same after a loss; nothing else is left over.
        if (objects && (rest < 0 || rest > PREFIXES.length))
          throw new Error(`${rest} objects and groups are left over`)
      }),
      { numRuns: 400 },
    )
    t.pass('every sequence ended as wanted')
  })
}
