import t from 'tap'
import { parsePrefix } from '../../../../src/ip/prefix.js'
import { silent } from '../../../../src/ports/log.js'
import type {
  LocRibChange,
  NextHopSetChange,
  Observer,
  PathChange,
  TableBatch,
} from '../../../../src/ports/observer.js'
import { REASON_AS_LOOP } from '../../../../src/rib/store/reasons.js'
import { Observers } from '../../../../src/speaker/observers/observers.js'
import { Work } from '../../../../src/speaker/turn/work.js'
import { ManualClock } from '../../../../src/testing/manual-clock.js'
import { readCanonical } from '../../../../src/wire/read-attributes.js'
import { path, source, World } from '../../rib/world.js'

const A = '10.1.0.0/16'
const B = '10.2.0.0/16'

/** A table that can be watched. */
function watchable(...sources: number[]) {
  const made = new World({ maximumPathsEbgp: 4 })
  for (const index of sources) made.rib.setSource(source(index))
  const clock = new ManualClock()
  const observers = new Observers({
    clock,
    log: silent,
    work: new Work(clock, {
      failed: (error) => {
        throw error
      },
    }),
    ribs: () => [made.rib],
    attributes: () => made.attributes,
    sentSoFar: () => [],
  })
  return { made, clock, observers }
}

/** Keeps all it is told. */
function keeper() {
  const locRib: TableBatch<LocRibChange>[] = []
  const paths: TableBatch<PathChange>[] = []
  const sets: TableBatch<NextHopSetChange>[] = []
  const complete: string[] = []
  const observer: Observer = {
    name: 'keeper',
    locRib: { changed: (batch) => locRib.push(batch), complete: () => complete.push('locRib') },
    adjRibIn: { changed: (batch) => paths.push(batch), complete: () => complete.push('adjRibIn') },
    nextHopSets: { changed: (batch) => sets.push(batch), complete: () => complete.push('nextHopSets') },
  }
  return { observer, locRib, paths, sets, complete }
}

const via = (nextHops: readonly { address: string }[]) => nextHops.map(({ address }) => address).join(' ')

t.test('a change of Loc-RIB tells prefix, path, attributes and gateways before and after', async (t) => {
  const { made, clock, observers } = watchable(1, 2)
  const { observer, locRib, sets } = keeper()
  observers.observe(observer)
  await clock.run()
  made.now = 1234.5
  made.announce(1, A, path('192.0.2.1', [64512], { med: 7 }))
  made.decide()
  made.announce(2, A, path('192.0.2.2', [64512], { med: 7 }))
  made.decide()
  made.withdraw(1, A)
  made.withdraw(2, A)
  made.decide()
  const changes = locRib.flatMap((batch) => batch.changes)
  t.match(changes[0], {
    prefix: A,
    best: {
      source: { neighbor: '192.0.2.1', type: 'ebgp', remoteAs: 64512, routerId: 1 },
      pathId: 0,
      valid: true,
      best: true,
      multipath: true,
      stale: false,
      since: 1234500,
    },
    nextHops: [{ address: '192.0.2.1', weight: 1 }],
    before: [],
  })
  const octets = changes[0].best!.used!.octets
  t.match(readCanonical(octets, 0, octets.length), path('192.0.2.1', [64512], { med: 7 }))
  t.equal(changes[0].best!.used!.nextHop, '192.0.2.1')
  t.same(
    changes.map(({ best, before, nextHops }) => `${best?.source.neighbor} ${via(before)} > ${via(nextHops)}`),
    [
      '192.0.2.1  > 192.0.2.1',
      '192.0.2.1 192.0.2.1 > 192.0.2.1 192.0.2.2',
      'undefined 192.0.2.1 192.0.2.2 > ',
    ],
  )
  t.same(
    sets.flatMap((batch) => batch.changes).map(({ before, after }) => `${via(before)} > ${via(after)}`),
    [' > 192.0.2.1', '192.0.2.1 > 192.0.2.1 192.0.2.2', '192.0.2.1 192.0.2.2 > '],
  )
})

t.test('where only attributes change, the set of gateways is not told', async (t) => {
  const { made, clock, observers } = watchable(1)
  const { observer, locRib, sets } = keeper()
  observers.observe(observer)
  await clock.run()
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.decide()
  made.announce(1, A, path('192.0.2.1', [64512], { med: 1 }))
  made.decide()
  t.equal(locRib.length, 2)
  t.equal(sets.length, 1)
  t.same(locRib[1].changes[0].before, locRib[1].changes[0].nextHops)
})

t.test('every path is told with its part in the decision, and when it is gone', async (t) => {
  const { made, clock, observers } = watchable(1, 2)
  const { observer, paths } = keeper()
  observers.observe(observer)
  await clock.run()
  const line = ({ prefix, source: from, path: one }: PathChange) =>
    `${prefix} ${from.neighbor} ${one === undefined ? 'gone' : [one.best && 'best', one.multipath && 'multipath', one.reason].filter(Boolean).join(' ')}`
  const take = () => paths.splice(0).flatMap((batch) => batch.changes.map(line))
  made.announce(1, A, path('192.0.2.1', [64512, 64600]))
  made.announce(2, A, path('192.0.2.2', [64513]), REASON_AS_LOOP)
  made.decide()
  t.same(take().sort(), [`${A} 192.0.2.1 best multipath`, `${A} 192.0.2.2 own AS in AS_PATH`])
  made.announce(2, A, path('192.0.2.2', [64512]))
  made.decide()
  t.same(take().sort(), [`${A} 192.0.2.1 `, `${A} 192.0.2.2 best multipath`], 'the former best one, too')
  made.resolve('192.0.2.2', false)
  made.decide()
  t.same(take().sort(), [`${A} 192.0.2.1 best multipath`, `${A} 192.0.2.2 next hop unreachable`])
  made.withdraw(2, A)
  made.decide()
  t.same(take(), [`${A} 192.0.2.2 gone`], 'also where the decision is not concerned')
  made.announce(1, A, path('192.0.2.1', [64512, 64600]))
  made.decide()
  t.same(take(), [], 'what comes again as it was is no change')
})

t.test('before and after policy: a path that was refused has no attributes in use', async (t) => {
  const { made, clock, observers } = watchable(1)
  const { observer, paths } = keeper()
  observers.observe(observer)
  await clock.run()
  made.announce(1, A, path('192.0.2.1', [64513]), REASON_AS_LOOP)
  made.decide()
  const [{ path: told }] = paths[0].changes
  t.equal(told?.used, undefined)
  t.equal(told?.received.nextHop, '192.0.2.1')
})

t.test('routes of one UPDATE share one value for their attributes, and for the path itself', async (t) => {
  const { made, clock, observers } = watchable(1)
  const { observer, locRib, paths } = keeper()
  observers.observe(observer)
  await clock.run()
  for (let i = 0; i < 300; i++) made.announce(1, `10.${i >>> 8}.${i & 255}.0/24`, path('192.0.2.1', [64512]))
  made.decide()
  const best = new Set(locRib.flatMap(({ changes }) => changes.map((change) => change.best)))
  const sets = new Set(locRib.flatMap(({ changes }) => changes.map((change) => change.nextHops)))
  const all = new Set(paths.flatMap(({ changes }) => changes.map((change) => change.path)))
  t.equal(locRib.flatMap(({ changes }) => changes).length, 300)
  t.same([best.size, sets.size], [1, 1])
  t.same(all, best, 'both kinds share it')
})

t.test('values stay what they were when all their numbers have been given to others', async (t) => {
  const { made, clock, observers } = watchable(1, 2)
  const { observer, locRib, paths, sets } = keeper()
  observers.observe(observer)
  await clock.run()
  made.announce(1, A, path('192.0.2.1', [64512], { communities: [1, 2, 3] }))
  made.decide()
  const kept = [locRib.splice(0), paths.splice(0), sets.splice(0)]
  const before = JSON.stringify(kept)
  const numbers = [made.id(A), made.rib.best(made.id(A)), made.rib.attributeOf(made.rib.best(made.id(A)))]
  made.withdraw(1, A)
  made.decide()
  made.announce(2, B, path('192.0.2.2', [64512], { communities: [7, 8, 9] }))
  made.decide()
  t.same(
    [made.id(B), made.rib.best(made.id(B)), made.rib.attributeOf(made.rib.best(made.id(B)))],
    numbers,
    'prefix, path and attribute set have the numbers of the former',
  )
  t.equal(JSON.stringify(kept), before)
  const [gone, other] = locRib.flatMap((batch) => batch.changes)
  t.match(gone, { prefix: A, best: undefined, before: [{ address: '192.0.2.1' }], nextHops: [] })
  t.match(other, { prefix: B, best: { source: { neighbor: '192.0.2.2' } }, before: [] })
  t.not(other.best?.used, kept[0][0].changes[0])
  t.match(readCanonical(other.best!.used!.octets, 0, other.best!.used!.octets.length), {
    communities: [7, 8, 9],
  })
})

t.test('a source whose number was given to another neighbor: the former path is gone', async (t) => {
  const { made, clock, observers } = watchable(1)
  const { observer, paths } = keeper()
  observers.observe(observer)
  await clock.run()
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.decide()
  paths.length = 0
  made.rib.dropSource(1, 100)
  made.rib.removeSource(1)
  made.rib.setSource(source(1, { address: '192.0.2.99' }))
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.decide()
  t.same(
    paths.flatMap(({ changes }) =>
      changes.map((change) => [change.source.neighbor, change.path === undefined]),
    ),
    [
      ['192.0.2.1', true],
      ['192.0.2.99', false],
    ],
  )
})

t.test(
  'who comes late is told what is there, then that it is complete; changes go on meanwhile',
  async (t) => {
    const { made, clock, observers } = watchable(1, 2)
    for (let i = 0; i < 1000; i++)
      made.announce(1, `10.${i >>> 8}.${i & 255}.0/24`, path('192.0.2.1', [64512]))
    made.decide()
    const early = keeper()
    observers.observe(early.observer)
    await clock.run()
    const late = keeper()
    observers.observe(late.observer)
    made.announce(2, A, path('192.0.2.2', [64512]))
    made.withdraw(1, '10.3.0.0/24')
    made.decide()
    await clock.run()
    t.same(early.complete, ['locRib', 'nextHopSets', 'adjRibIn'])
    t.same(late.complete, early.complete)
    for (const { locRib, paths, sets } of [early, late]) {
      t.same(stateOf(locRib), tableOf(made))
      t.same(new Set(sets.flatMap(({ changes }) => changes.map(({ prefix }) => prefix))).has(A), true)
      const held = new Set<string>()
      for (const { prefix, path: one } of paths.flatMap(({ changes }) => changes)) {
        if (one === undefined) held.delete(prefix)
        else held.add(prefix)
      }
      t.same([...held].sort(), [...tableOf(made).keys()].sort())
    }
    t.ok(
      late.locRib.some(({ replay }) => replay) && late.locRib.some(({ replay }) => !replay),
      'both were told',
    )
    t.equal(early.locRib.filter(({ replay }) => !replay).length, 1, 'a replay is for who asked for it')
  },
)

/** The best path's neighbor by prefix, as the changes tell it. */
function stateOf(batches: readonly TableBatch<LocRibChange>[]): Map<string, string | undefined> {
  const state = new Map<string, string | undefined>()
  for (const { prefix, best } of batches.flatMap(({ changes }) => changes)) {
    state.delete(prefix)
    if (best !== undefined) state.set(prefix, best.source.neighbor)
  }
  return new Map([...state].sort())
}

function tableOf({ rib }: World): Map<string, string | undefined> {
  const state = new Map<string, string | undefined>()
  for (let id = 0; id < rib.prefixes.limit; id++) {
    const best = rib.best(id)
    if (best !== 0) state.set(rib.prefixes.text(id), rib.source(rib.sourceOf(best))?.source.address)
  }
  return new Map([...state].sort())
}

t.test('told state equals the table after random changes with many paths of a prefix', async (t) => {
  const neighbors = Array.from({ length: 12 }, (_, i) => i + 1)
  const { made, clock, observers } = watchable(...neighbors)
  const { observer, locRib, paths } = keeper()
  observers.observe(observer)
  await clock.run()
  let state = 7
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  for (let round = 0; round < 300; round++) {
    for (let i = random(6); i >= 0; i--) {
      const from = 1 + random(neighbors.length)
      const prefix = `10.0.${random(5)}.0/24`
      if (random(3) === 0) made.withdraw(from, prefix)
      else made.announce(from, prefix, path(`192.0.2.${from}`, [64512], { med: random(2) }))
    }
    made.decide()
  }
  t.same(stateOf(locRib), tableOf(made))
  const told = new Map<string, string>()
  for (const change of paths.flatMap(({ changes }) => changes)) {
    const key = `${change.prefix} ${change.source.neighbor}`
    told.delete(key)
    const one = change.path
    if (one !== undefined) told.set(key, `${one.best} ${one.multipath} ${one.valid} ${one.since}`)
  }
  const there = new Map<string, string>()
  const { rib } = made
  for (let id = 0; id < rib.prefixes.limit; id++) {
    for (let one = rib.first(id); one !== 0; one = rib.next(one)) {
      there.set(
        `${rib.prefixes.text(id)} ${rib.source(rib.sourceOf(one))?.source.address}`,
        `${rib.isBest(one)} ${rib.isMultipath(one)} ${rib.isValid(one)} ${rib.sinceOf(one) * 1000}`,
      )
    }
  }
  t.same([...told].sort(), [...there].sort())
})

t.test('with nobody watching the tables are not followed, and nothing is made', async (t) => {
  const { made, clock, observers } = watchable(1)
  let followed = 0
  let freed = 0
  const { rib, attributes } = made
  const subscribe = rib.subscribe.bind(rib)
  const subscribePaths = rib.subscribePaths.bind(rib)
  const onFree = attributes.onFree.bind(attributes)
  const counted = (end: () => void, down: () => void) => () => {
    end()
    down()
  }
  rib.subscribe = (subscriber) => {
    followed++
    return counted(subscribe(subscriber), () => followed--)
  }
  rib.subscribePaths = (subscriber) => {
    followed++
    return counted(subscribePaths(subscriber), () => followed--)
  }
  attributes.onFree = (listener) => {
    freed++
    return counted(onFree(listener), () => freed--)
  }
  const { observer, locRib, paths, sets } = keeper()
  made.announce(1, A, path('192.0.2.1', [64512]))
  made.decide()
  t.same([followed, freed], [0, 0])
  const end = observers.observe(observer)
  await clock.run()
  t.same([followed, freed], [3, 1])
  end()
  end()
  await clock.run()
  t.same([followed, freed], [0, 0])
  const told = locRib.length + paths.length + sets.length
  made.withdraw(1, A)
  made.decide()
  t.equal(locRib.length + paths.length + sets.length, told)
  observers.observe(observer)
  await clock.run()
  made.announce(1, B, path('192.0.2.1', [64512]))
  made.decide()
  t.match(locRib.at(-1), { changes: [{ prefix: B, before: [] }], replay: false }, 'and watched again')
})

t.test('who leaves within a call is told nothing more, and the rest goes on', async (t) => {
  const { made, clock, observers } = watchable(1)
  const heard: string[] = []
  const end = observers.observe({
    name: 'brief',
    locRib: {
      changed: () => {
        heard.push('brief')
        end()
      },
    },
  })
  observers.observe({ name: 'steady', locRib: { changed: () => heard.push('steady') } })
  made.rib.subscribe(() => heard.push('table'))
  await clock.run()
  for (const prefix of [A, B]) {
    made.announce(1, prefix, path('192.0.2.1', [64512]))
    made.decide()
  }
  t.same(heard, ['brief', 'steady', 'table', 'steady', 'table'])
})

t.test('an observer that throws is written to the log, and nobody else notices', async (t) => {
  const made = new World()
  made.rib.setSource(source(1))
  const clock = new ManualClock()
  const lines: string[] = []
  const observers = new Observers({
    clock,
    log: { ...silent, error: (_fields, text) => lines.push(text) },
    work: new Work(clock, { failed: (error) => t.fail(String(error)) }),
    ribs: () => [made.rib],
    attributes: () => made.attributes,
    sentSoFar: () => [],
  })
  const { observer, locRib } = keeper()
  observers.observe({
    name: 'faulty',
    locRib: {
      changed() {
        throw new Error('no')
      },
    },
  })
  observers.observe(observer)
  await clock.run()
  for (const prefix of [A, B]) {
    made.announce(1, prefix, path('192.0.2.1', [64512]))
    made.decide()
  }
  t.equal(locRib.length, 2)
  t.same(lines, ['observer faulty failed: it goes on hearing'], 'once for a while')
  await clock.advance(10_000)
  made.withdraw(1, A)
  made.decide()
  t.same(lines[1], 'observer faulty failed (and 1 times more before): it goes on hearing')
})

t.test('own routes have no gateways and no neighbor', async (t) => {
  const { made, clock, observers } = watchable()
  made.rib.setSource(source(0, { type: 'local', address: '' }))
  const { observer, locRib, sets } = keeper()
  observers.observe(observer)
  await clock.run()
  const { bytes, length } = parsePrefix(A)!
  const id = made.attributes.internAttributes({ origin: 0, asPath: [] })
  made.rib.announceOne(0, bytes, 0, length, 0, id, 5)
  made.decide()
  t.match(locRib[0].changes[0], {
    best: { source: { neighbor: undefined, type: 'local' }, used: { nextHop: '' } },
    nextHops: [],
  })
  t.equal(sets.length, 0)
  made.rib.withdrawOne(0, bytes, 0, length, 0)
  made.decide()
  t.match(locRib[1].changes[0], { prefix: A, best: undefined })
})
