import t from 'tap'
import {
  acceptance,
  consequence,
  difference,
  exportTerms,
  same,
} from '../../../../src/speaker/reload/difference.js'
import { family, neighbor, speakerOptions } from '../../../support/options.js'

t.test('the same configuration again is no change', async (t) => {
  const make = () => speakerOptions([neighbor('10.0.0.1'), neighbor('10.0.0.2')])
  const result = difference(make(), make())
  t.same(result, {
    added: [],
    removed: [],
    changed: [],
    reset: [],
    unchanged: 2,
    decision: false,
    announce: false,
    reflection: false,
    asSets: false,
    identity: false,
    listenRanges: false,
  })
})

t.test('the order of neighbors does not matter', async (t) => {
  const result = difference(
    speakerOptions([neighbor('10.0.0.1'), neighbor('10.0.0.2')]),
    speakerOptions([neighbor('10.0.0.2'), neighbor('10.0.0.1')]),
  )
  t.equal(result.unchanged, 2)
})

t.test('neighbors that come and go', async (t) => {
  const result = difference(
    speakerOptions([neighbor('10.0.0.1'), neighbor('10.0.0.2')]),
    speakerOptions([neighbor('10.0.0.2'), neighbor('10.0.0.3')]),
  )
  t.same(
    result.added.map((one) => one.address),
    ['10.0.0.3'],
  )
  t.same(
    result.removed.map((one) => one.address),
    ['10.0.0.1'],
  )
  t.equal(result.unchanged, 1)
})

t.test('what a change asks for', async (t) => {
  const before = neighbor('10.0.0.1')
  const cases: [string, Parameters<typeof neighbor>[1], string][] = [
    ['description', { description: 'k8s-master-0' }, 'in place'],
    ['an absent field and an undefined one', { description: undefined }, 'none'],
    ['weight', { weight: 10 }, 'in place'],
    ['timers', { timers: { holdTime: 9, keepalive: 3 } }, 'in place'],
    ['restart time', { gracefulRestart: { restartTime: 60 } }, 'in place'],
    ['passive', { passive: true }, 'in place'],
    ['shutdown', { shutdown: {} }, 'in place'],
    ['export', { families: [family('ipv4-unicast', { export: 'all' })] }, 'in place'],
    ['maximum-prefix', { families: [family('ipv4-unicast', { maximumPrefix: 5 })] }, 'in place'],
    ['remote AS', { remoteAs: 64599 }, 'reset'],
    ['local AS', { localAs: 64599 }, 'reset'],
    ['port', { port: 1790 }, 'reset'],
    ['source address', { localAddress: '10.0.0.200' }, 'reset'],
    ['multihop', { ebgpMultihop: 2 }, 'reset'],
    ['a family more', { families: [family('ipv4-unicast'), family('ipv6-unicast')] }, 'reset'],
    ['graceful restart off', { gracefulRestart: { enabled: false } }, 'reset'],
    ['N bit', { gracefulRestart: { notification: true } }, 'reset'],
  ]
  for (const [what, more, expected] of cases) {
    t.equal(consequence(before, neighbor('10.0.0.1', more)), expected, what)
  }
})

t.test('a new identity resets everybody', async (t) => {
  const neighbors = [neighbor('10.0.0.1'), neighbor('10.0.0.2')]
  const result = difference(speakerOptions(neighbors), speakerOptions(neighbors, { routerId: 1 }))
  t.equal(result.reset.length, 2)
  t.equal(result.identity, true)
})

t.test('which families have to be looked at again', async (t) => {
  const before = neighbor('10.0.0.1')
  const plain = family('ipv4-unicast')
  const changed = (now: typeof plain) => ({
    import: !same([plain.import, acceptance(before, plain)], [now.import, acceptance(before, now)]),
    export: !same(exportTerms(plain), exportTerms(now)),
  })
  const sent = family('ipv4-unicast', { nextHop: 'unchanged', maximumPrefix: 7 })
  t.same(changed(sent), { import: false, export: true })
  t.same(changed(family('ipv4-unicast', { import: 'none' })), { import: true, export: false })
  t.same(changed(family('ipv4-unicast', { allowAsIn: 1 })), { import: true, export: false })
  t.same(changed(family('ipv4-unicast')), { import: false, export: false })
})

t.test('equality of plain values', async (t) => {
  t.ok(same({ a: [1, { b: 'c' }] }, { a: [1, { b: 'c' }] }))
  t.notOk(same([1], { 0: 1 }))
  t.notOk(same({ a: 1 }, { a: 1, b: 2 }))
  t.notOk(same(null, {}))
  t.ok(same(Number.NaN, Number.NaN))
})
