import t from 'tap'
import { parsePrefix } from '../../../src/ip/prefix.js'
import { compilePolicy, type Direction } from '../../../src/policy/route-policy.js'
import { RouteRules } from '../../../src/policy/route-rules.js'
import type { PrefixRule, RouteMatch, RouteRule, RouteSet, RulePolicy } from '../../../src/policy/types.js'
import {
  POLICY_EXPORTED,
  POLICY_IMPORTED,
  POLICY_MED,
  POLICY_NEXT_HOP,
  POLICY_NEXT_HOP_SELF,
  POLICY_WEIGHT,
} from '../../../src/wire/policy-flags.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import { Sets } from './sets.js'

const prefixes = (...list: string[]) => ({
  name: '',
  rules: list.map((prefix): PrefixRule => {
    const length = Number(prefix.split('/')[1])
    return { action: 'permit', prefix, ge: length, le: 32 }
  }),
})

const entry = (
  seq: number,
  action: 'permit' | 'deny',
  match: RouteMatch = {},
  set: RouteSet = {},
  more: Partial<RouteRule> = {},
): RouteRule => ({ seq, action, match, set, ...more })

const map = (...rules: RouteRule[]): RulePolicy => ({ routeMap: { name: 'MAP', rules } })

const PATH: PathAttributes = {
  origin: 0,
  asPath: [{ type: 2, asns: [64512, 65001] }],
  nextHop: '192.0.2.1',
  med: 10,
  communities: [64512 * 65536 + 1, 0xffffff01],
  largeCommunities: [[64512, 1, 1]],
}

/** What comes out of a policy for one path and prefix: undefined when it is rejected. */
function outcome(policy: RulePolicy, prefix = '10.0.0.0/24', path = PATH, direction: Direction = 'in') {
  const sets = new Sets()
  const id = sets.internAttributes(path)
  const { bytes, length } = parsePrefix(prefix)!
  const compiled = compilePolicy(policy, 'ipv4-unicast', sets, direction)!
  const first = compiled.apply(bytes, 0, length, id)
  const reads = sets.reads
  t.equal(compiled.apply(bytes, 0, length, id), first)
  t.equal(sets.reads, reads, 'the second time nothing is looked into')
  return first === 0 ? undefined : sets.sets[first]
}

t.test('the first entry that matches decides, and what matches none is denied', async (t) => {
  t.equal(outcome(map()), undefined)
  t.strictSame(outcome(map(entry(10, 'permit')))?.attributes, PATH)
  t.equal(outcome(map(entry(10, 'deny'), entry(20, 'permit'))), undefined)
  const policy = map(
    entry(10, 'deny', { prefixLists: [prefixes('10.0.0.0/24')] }),
    entry(20, 'permit', { prefixLists: [prefixes('10.0.0.0/8')] }, { localPref: 200 }),
  )
  t.equal(outcome(policy, '10.0.0.0/24'), undefined)
  t.equal(outcome(policy, '10.1.0.0/24')?.attributes.localPref, 200)
  t.equal(outcome(policy, '11.0.0.0/24'), undefined)
})

t.test('every condition of an entry must hold', async (t) => {
  const holds = (match: RouteMatch, prefix?: string, path?: PathAttributes) =>
    outcome(map(entry(10, 'permit', match)), prefix, path) !== undefined
  const asPaths = (...regexes: string[]) => ({
    name: '',
    rules: regexes.map((regex) => ({ action: 'permit' as const, regex })),
  })
  const communities = (...all: string[]) => ({ name: '', rules: [{ action: 'permit' as const, all }] })
  t.ok(holds({ prefixLength: { ge: 20, le: 24 } }))
  t.notOk(holds({ prefixLength: { ge: 25, le: 32 } }))
  t.ok(holds({ asPathLists: [asPaths('^1_'), asPaths('_65001$')] }))
  t.notOk(holds({ asPathLists: [asPaths('^65001')] }))
  const deny = {
    name: '',
    rules: [
      { action: 'deny' as const, regex: '_65001_' },
      { action: 'permit' as const, regex: '.*' },
    ],
  }
  t.notOk(holds({ asPathLists: [deny] }))
  t.ok(holds({ communityLists: [communities('64512:1', '64512:1:1')] }))
  t.notOk(holds({ communityLists: [communities('64512:1', '64512:2')] }))
  t.notOk(holds({ communityLists: [communities('64512:1')], exactCommunities: true }))
  t.ok(holds({ communityLists: [communities('64512:1', 'no-export')], exactCommunities: true }))
  const expanded = { name: '', rules: [{ action: 'permit' as const, regex: '_64512:[0-9]+_' }] }
  t.ok(holds({ communityLists: [expanded] }))
  t.notOk(
    holds({ communityLists: [expanded] }, undefined, { ...PATH, communities: [], largeCommunities: [] }),
  )
  t.ok(holds({ neighborAs: [1, 64512], origin: 0, med: 10 }))
  t.notOk(holds({ neighborAs: [65001] }))
  t.notOk(holds({ origin: 2 }))
  t.notOk(holds({ med: 11 }))
  t.notOk(holds({ localPref: 100 }))
  t.ok(holds({ nextHopLists: [prefixes('192.0.2.0/24')] }))
  t.notOk(holds({ nextHopLists: [prefixes('192.0.3.0/24')] }))
  t.notOk(holds({ neighborAs: [64512], prefixLists: [prefixes('11.0.0.0/8')] }))
})

t.test('what an entry sets', async (t) => {
  const set = (change: RouteSet, direction: Direction = 'in', path = PATH) =>
    outcome(map(entry(10, 'permit', {}, change)), undefined, path, direction)!
  t.strictSame(set({ localPref: 300, med: 5, origin: 2 }).attributes, {
    ...PATH,
    localPref: 300,
    med: 5,
    origin: 2,
  })
  t.equal(set({ med: 5 }).marks, POLICY_IMPORTED)
  t.equal(set({ med: 5 }, 'out').marks, POLICY_EXPORTED | POLICY_MED)
  t.equal(set({ med: { change: -20 } }).attributes.med, 0)
  t.equal(set({ med: { change: 20 } }).attributes.med, 30)
  t.notOk('med' in set({ med: 'none' }).attributes)
  t.equal(set({ weight: 500 }).marks, POLICY_IMPORTED | POLICY_WEIGHT | 500)
  t.strictSame(set({ prepend: [1, 2] }).attributes.asPath, [{ type: 2, asns: [1, 2, 64512, 65001] }])
  t.strictSame(set({ prependLast: 2 }).attributes.asPath, [{ type: 2, asns: [64512, 64512, 64512, 65001] }])
  const full = [{ type: 2, asns: new Array<number>(255).fill(64512) }]
  t.strictSame(set({ prepend: [7] }, 'in', { ...PATH, asPath: full }).attributes.asPath, [
    { type: 2, asns: [7] },
    ...full,
  ])
  t.strictSame(set({ prepend: [7] }, 'out', { ...PATH, asPath: [] }).attributes.asPath, [
    { type: 2, asns: [7] },
  ])
  t.equal(set({ nextHop: '198.51.100.1' }, 'out').attributes.nextHop, '198.51.100.1')
  t.equal(set({ nextHop: '198.51.100.1' }, 'out').marks, POLICY_EXPORTED | POLICY_NEXT_HOP)
  t.equal(set({ nextHop: 'self' }, 'out').marks, POLICY_EXPORTED | POLICY_NEXT_HOP_SELF)
  t.equal(set({ nextHop: 'unchanged' }, 'out').marks, POLICY_EXPORTED | POLICY_NEXT_HOP)
  t.strictSame(set({ communities: ['1:1'] }).attributes.communities, [65537])
  t.strictSame(set({ communities: ['1:1'] }).attributes.largeCommunities, [[64512, 1, 1]])
  t.notOk('communities' in set({ communities: [] }).attributes)
  const added = set({ addCommunities: ['64512:1', '1:2:3', 'no-advertise'] }).attributes
  t.strictSame(added.communities, [64512 * 65536 + 1, 0xffffff01, 0xffffff02])
  t.strictSame(added.largeCommunities, [
    [64512, 1, 1],
    [1, 2, 3],
  ])
  const blue = {
    name: 'BLUE',
    rules: [
      { action: 'permit' as const, all: ['no-export'] },
      { action: 'permit' as const, regex: ':1:' },
    ],
  }
  const removed = set({ removeCommunities: blue }).attributes
  t.strictSame(removed.communities, [64512 * 65536 + 1])
  t.notOk('largeCommunities' in removed)
})

t.test('continue goes on with what was set so far, and a permit stays one', async (t) => {
  const policy = map(
    entry(10, 'permit', {}, { localPref: 200 }, { continue: 30 }),
    entry(20, 'permit', {}, { localPref: 1 }),
    entry(30, 'permit', { localPref: 200, prefixLists: [prefixes('10.0.0.0/8')] }, { med: 7 }),
  )
  const both = outcome(policy)!.attributes
  t.equal(both.localPref, 200)
  t.equal(both.med, 7)
  const first = outcome(policy, '11.0.0.0/8')!.attributes
  t.equal(first.localPref, 200)
  t.equal(first.med, 10)
  t.equal(outcome(map(entry(10, 'permit', {}, {}, { continue: 20 }), entry(20, 'deny'))), undefined)
})

t.test('prefix list, AS path list and route map must all let a route pass', async (t) => {
  const policy: RulePolicy = {
    prefixList: prefixes('10.0.0.0/8'),
    asPathList: { name: '', rules: [{ action: 'permit', regex: '_65001$' }] },
    routeMap: { name: 'MAP', rules: [entry(10, 'permit', { med: 10 })] },
  }
  t.ok(outcome(policy))
  t.notOk(outcome(policy, '11.0.0.0/8'))
  t.notOk(outcome(policy, undefined, { ...PATH, asPath: [] }))
  t.notOk(outcome(policy, undefined, { ...PATH, med: 1 }))
})

t.test('what is kept of a set goes with it, and a set made of it is held as long', async (t) => {
  const sets = new Sets()
  const policy = map(
    entry(10, 'permit', { prefixLists: [prefixes('10.0.0.0/8')] }, { localPref: 200 }),
    entry(20, 'permit', { prefixLists: [prefixes('11.0.0.0/8')] }),
  )
  const rules = new RouteRules(policy, 'ipv4-unicast', sets, 'in')
  const id = sets.internAttributes(PATH)
  const apply = (first: number) => rules.apply(Uint8Array.of(first, 0, 0, 0), 0, 24, id)
  const made = apply(10)
  t.equal(sets.sets[made].attributes.localPref, 200)
  t.equal(apply(11), id)
  t.equal(apply(12), 0)
  t.equal(rules.size, 5)
  t.equal(sets.refs.get(made), 1)
  t.notOk(sets.refs.get(id))
  sets.free(id)
  t.equal(rules.size, 0)
  t.equal(sets.refs.get(made), 0)
  t.equal(apply(10), made)
  t.equal(sets.refs.get(made), 1)
  rules.close()
  t.equal(sets.refs.get(made), 0)
  t.equal(rules.size, 0)
})

t.test('an entry for a set far beyond the others grows the table', async (t) => {
  const sets = new Sets()
  const rules = new RouteRules(map(entry(10, 'permit')), 'ipv4-unicast', sets, 'in')
  t.equal(rules.apply(Uint8Array.of(10), 0, 8, 5000), 5000)
})
