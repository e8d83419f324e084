import t from 'tap'
import { contains, parsePrefix } from '../../../src/ip/prefix.js'
import { type AggregateRule, Aggregates } from '../../../src/rib/aggregates.js'
import { path, source, World } from './world.js'

const rule = (text: string, summaryOnly = false): AggregateRule => {
  const { bytes, length } = parsePrefix(text)!
  return { bytes, length, summaryOnly }
}

class Scene {
  readonly world = new World()
  /** Prefixes whose best path counts as an own aggregate. */
  readonly own = new Set<string>()
  readonly changed: AggregateRule[] = []
  readonly aggregates: Aggregates

  constructor() {
    const { world } = this
    for (const index of [1, 2]) world.rib.setSource(source(index))
    this.aggregates = new Aggregates(
      world.rib,
      (prefix) => this.own.has(world.prefixes.text(prefix)),
      (one) => this.changed.push(one),
    )
  }

  sum({ bytes, length }: AggregateRule): [number, number, boolean] | undefined {
    const sum = this.aggregates.sum(bytes, length)
    return sum && [sum.count, sum.origin, sum.lossy]
  }

  suppressed(prefix: string): boolean {
    return this.world.rib.isSuppressed(this.world.id(prefix))
  }
}

t.test('an aggregate has what its more specific routes say together', async (t) => {
  const all = new Scene()
  const ten = rule('10.0.0.0/8')
  all.aggregates.configure([ten, rule('11.0.0.0/8')])
  t.same(all.sum(ten), [0, 0, false])
  t.equal(all.sum(rule('12.0.0.0/8')), undefined)
  all.world.announce(1, '10.0.0.0/8', path('192.0.2.1', [64512]))
  all.world.decide()
  t.same(all.sum(ten), [0, 0, false], 'the prefix itself is no more specific route')
  all.world.announce(1, '10.1.0.0/16', path('192.0.2.1', []))
  all.world.decide()
  t.same(all.sum(ten), [1, 0, false])
  t.same(all.changed, [ten])
  all.world.announce(1, '10.2.0.0/16', path('192.0.2.1', [64512], { origin: 2 }))
  all.world.decide()
  t.same(all.sum(ten), [2, 2, true])
  all.world.announce(1, '10.2.0.0/16', path('192.0.2.1', [], { origin: 1, atomicAggregate: true }))
  all.world.decide()
  t.same(all.sum(ten), [2, 1, true])
  all.world.withdraw(1, '10.2.0.0/16')
  all.world.decide()
  t.same(all.sum(ten), [1, 0, false])
  all.world.withdraw(1, '10.1.0.0/16')
  all.world.decide()
  t.same(all.sum(ten), [0, 0, false])
})

t.test('summary only: more specific routes are suppressed, until the aggregate goes', async (t) => {
  const scene = new Scene()
  const { world } = scene
  world.announce(1, '10.1.0.0/16', path('192.0.2.1', []))
  world.announce(1, '10.0.0.0/8', path('192.0.2.1', []))
  world.decide()
  scene.aggregates.configure([rule('10.0.0.0/8', true), rule('10.0.0.0/12')])
  t.ok(scene.suppressed('10.1.0.0/16'))
  t.notOk(scene.suppressed('10.0.0.0/8'))
  scene.own.add('10.64.0.0/16')
  world.announce(1, '10.64.0.0/16', path('192.0.2.1', []))
  world.announce(1, '11.0.0.0/16', path('192.0.2.1', []))
  world.decide()
  t.notOk(scene.suppressed('10.64.0.0/16'), 'another own aggregate')
  t.notOk(scene.suppressed('11.0.0.0/16'))
  scene.aggregates.configure([rule('10.0.0.0/12')])
  t.notOk(scene.suppressed('10.1.0.0/16'))
  t.same(scene.sum(rule('10.0.0.0/12')), [1, 0, false])
  scene.aggregates.configure([rule('10.0.0.0/12', true)])
  world.withdraw(1, '10.1.0.0/16')
  world.decide()
  world.announce(1, '99.1.0.0/16', path('192.0.2.1', []))
  world.decide()
  t.notOk(scene.suppressed('99.1.0.0/16'), 'the id of a prefix that was suppressed')
})

t.test('the sums are those of counting anew, whatever happens', async (t) => {
  const scene = new Scene()
  const { world } = scene
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const texts = ['10.0.0.0/8', '10.0.0.0/12', '10.1.0.0/16', '10.1.0.0/24', '0.0.0.0/0']
  let rules = texts.map((text) => rule(text))
  scene.aggregates.configure(rules)
  const prefixes = Array.from({ length: 60 }, () => {
    const length = 8 + random(22)
    const bytes = Uint8Array.of(10, random(4), random(4) * 64, 0)
    return parsePrefix(`${[...bytes].join('.')}/${length}`)!
  }).map(({ bytes, length }) => `${[...bytes].join('.')}/${length}`)
  for (let round = 0; round < 400; round++) {
    for (let i = random(5); i >= 0; i--) {
      const prefix = prefixes[random(prefixes.length)]
      const from = 1 + random(2)
      if (random(3) === 0) world.withdraw(from, prefix)
      else {
        const more = { origin: random(3), ...(random(4) === 0 ? { atomicAggregate: true } : {}) }
        world.announce(from, prefix, path('192.0.2.1', random(2) === 0 ? [] : [64512], more))
      }
    }
    if (random(40) === 0) {
      rules = texts.map((text) => rule(text, random(3) === 0)).filter(() => random(4) > 0)
      scene.aggregates.configure(rules)
    }
    world.decide()
    const live = [...new Set(prefixes)].filter((prefix) => {
      const id = world.id(prefix)
      return id >= 0 && world.rib.best(id) !== 0
    })
    for (const one of rules) {
      const outer = { family: 'ipv4-unicast' as const, bytes: one.bytes, length: one.length }
      const below = live.filter((prefix) => {
        const inner = parsePrefix(prefix)!
        return inner.length > one.length && contains(outer, inner)
      })
      const sets = below.map((prefix) => {
        const { rib } = world
        return rib.attributes.get(rib.attributeOf(rib.best(world.id(prefix))))
      })
      const expected = [
        below.length,
        Math.max(0, ...sets.map(({ origin }) => origin ?? 0)),
        sets.some(({ asPath, atomicAggregate }) => (asPath ?? []).length > 0 || atomicAggregate === true),
      ]
      if (JSON.stringify(scene.sum(one)) !== JSON.stringify(expected)) {
        t.same(scene.sum(one), expected, `round ${round}`)
        return
      }
    }
    for (const prefix of live) {
      const inner = parsePrefix(prefix)!
      const expected = rules.some(
        ({ bytes, length, summaryOnly }) =>
          summaryOnly && length < inner.length && contains({ family: 'ipv4-unicast', bytes, length }, inner),
      )
      if (scene.suppressed(prefix) !== expected) {
        t.equal(scene.suppressed(prefix), expected, `${prefix} in round ${round}`)
        return
      }
    }
  }
  t.ok(world.rib.version > 100)
})
