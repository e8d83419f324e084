import t from 'tap'
import fc from '../../support/properties.js'
import { setOf } from './fake.js'
import { FibLab } from './kernel-fib-lab.js'

/**
 * The kernel does a line, its confirmation comes, and the notifications of links and of routes come: each when it
 * likes. Foreign hands take places, leave them, and delete; links flap, and take routes along in silence or not.
 * When all has settled, the kernel holds what is wanted where the place is not another's, another's route stands
 * where it was put, and the status says so.
 */
const GATEWAYS = ['10.0.2.1', '10.0.2.2', '10.0.3.1']
const PREFIXES = ['192.0.2.1/32', '192.0.2.2/32']
const SETS = Array.from({ length: 7 }, (_, i) => setOf(...GATEWAYS.filter((_, bit) => (i + 1) & (1 << bit))))

const prefix = fc.nat(1)
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('want' as const), prefix, set: fc.integer({ min: -1, max: 6 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('execute' as const), lines: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('answer' as const, 'turn' as const, 'later' as const) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('hear-links' as const, 'hear-routes' as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('displace' as const, 'delete' as const), prefix }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('flap' as const),
      ifindex: fc.constantFrom(2, 3),
      told: fc.boolean(),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function play(mode: 'nexthop-objects' | 'plain', steps: readonly Step[]): Promise<void> {
  const lab = new FibLab(mode)
  const { ip, fib } = lab
  await fib.start()
  ip.waits = true
  const wanted: (number | undefined)[] = [undefined, undefined]
  const links: string[] = []
  const routes: string[] = []
  const hear = (what: 'links' | 'routes', count = Number.POSITIVE_INFINITY) => {
    const said = (what === 'links' ? links : routes).splice(0, count)
    if (said.length > 0) ip.announce(what, ...said)
  }
  const act = async (step: Step) => {
    switch (step.do) {
      case 'want':
        wanted[step.prefix] = step.set < 0 ? undefined : step.set
        fib.set('ipv4-unicast', PREFIXES[step.prefix], step.set < 0 ? undefined : SETS[step.set])
        fib.flush()
        break
      case 'execute':
        ip.execute(step.lines)
        break
      case 'answer':
        ip.answer()
        break
      case 'turn':
        await new Promise((resolve) => setImmediate(resolve))
        break
      case 'later':
        lab.clock.advance(40)
        break
      case 'hear-links':
        hear('links', step.count)
        break
      case 'hear-routes':
        hear('routes', step.count)
        break
      case 'displace':
        routes.push(ip.displace(PREFIXES[step.prefix]))
        break
      case 'delete':
        if (ip.kernel.routes.has(PREFIXES[step.prefix])) routes.push(ip.remove(PREFIXES[step.prefix]))
        break
      case 'flap': {
        const lost = ip.flap(step.ifindex)
        if (step.told) routes.push(...lost)
        links.push(ip.link(step.ifindex, false), ip.link(step.ifindex, true))
      }
    }
    routes.push(...ip.ownDeletions.splice(0))
  }
  for (const step of steps) await act(step)
  for (let round = 0; round < 12; round++) {
    hear('links')
    hear('routes')
    await lab.decide()
    routes.push(...ip.ownDeletions.splice(0))
    lab.clock.advance(round < 6 ? 100 : 12_000)
  }
  await lab.decide()
  let refused = 0
  let installed = 0
  PREFIXES.forEach((prefix, at) => {
    const set = wanted[at]
    const want = set === undefined ? undefined : SETS[set].gateways.map(({ address }) => address)
    const state = fib.route(prefix)?.state
    if (ip.kernel.routes.get(prefix)?.foreign) {
      if (want === undefined) return
      refused++
      if (state !== 'refused') throw new Error(`${prefix} is another's, and said to be ${state}`)
      return
    }
    const got = ip.kernel.gateways(prefix)
    if (String(got) !== String(want))
      throw new Error(`the kernel has ${prefix} via ${got}, wanted is ${want}`)
    if (want !== undefined) installed++
    if (state !== (want && 'installed')) throw new Error(`${prefix} via ${want} is said to be ${state}`)
  })
  const status = fib.status()
  if (status.installed !== installed || status.refused !== refused || status.pending !== 0) {
    throw new Error(`${JSON.stringify(status)}, with ${installed} installed and ${refused} refused`)
  }
  await lab.stop()
}

for (const mode of ['nexthop-objects', 'plain'] as const) {
  t.test(mode, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => play(mode, steps)),
      { numRuns: 300 },
    )
    t.pass('every sequence ended as wanted')
  })
}
