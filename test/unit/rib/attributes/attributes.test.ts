import t from 'tap'
import { AttributeTable } from '../../../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../../src/rib/attributes/next-hops.js'
import type { DecodeContext, PathAttributes } from '../../../../src/wire/types.js'
import { EBGP_CONTEXT, path } from '../world.js'

const IBGP_CONTEXT: DecodeContext = { ...EBGP_CONTEXT, id: 2, peerType: 'ibgp' }

const table = () => new AttributeTable(new NextHops(new NextHopSets()), 16)

const ORIGIN = [0x40, 1, 1, 0]
const AS_PATH = [0x40, 2, 6, 2, 1, 0, 0, 0xfc, 0]
const NEXT_HOP = [0x40, 3, 4, 192, 0, 2, 1]
const LOCAL_PREF = [0x40, 5, 4, 0, 0, 0, 200]
const REACH = [
  ...[0x80, 14, 26, 0, 2, 1, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
  ...[32, 0x20, 1, 0xd, 0xb8],
]

const intern = (sets: AttributeTable, octets: number[], context = EBGP_CONTEXT, hasNlri = true) => {
  const { faults, ...result } = sets.intern(Uint8Array.from(octets), 0, octets.length, hasNlri, context)
  return { ...result, rules: faults.map((fault) => fault.rule) }
}

t.test('equal blocks are one set, whatever the session; numbers are those of the block', async (t) => {
  const sets = table()
  const first = intern(sets, [...ORIGIN, ...AS_PATH, ...NEXT_HOP])
  t.same([first.id, first.verdict, first.reachAfi, first.rules], [1, 'none', 0, []])
  t.equal(intern(sets, [...ORIGIN, ...AS_PATH, ...NEXT_HOP]).id, 1)
  t.equal(intern(sets, [...ORIGIN, ...AS_PATH, ...NEXT_HOP], IBGP_CONTEXT).id, 1)
  t.equal(intern(sets, [...NEXT_HOP, ...ORIGIN, ...AS_PATH]).id, 1, 'in any order')
  t.same(sets.get(1), path('192.0.2.1', [64512]))
  t.same(
    [sets.hops[1], sets.firstAs(1), sets.originAs[1], sets.nextHops.text(sets.nextHop[1])],
    [1, 64512, 64512, '192.0.2.1'],
  )
  t.ok(sets.hasAs(1, 64512))
  t.notOk(sets.hasAs(1, 64513))
  t.equal(sets.size, 1)
})

t.test('what a block means depends on the session it came from', async (t) => {
  const sets = table()
  const octets = [...ORIGIN, ...AS_PATH, ...NEXT_HOP, ...LOCAL_PREF]
  for (let round = 0; round < 2; round++) {
    const inside = intern(sets, octets, IBGP_CONTEXT)
    t.same([inside.verdict, sets.get(inside.id).localPref], ['none', 200])
    const outside = intern(sets, octets)
    t.same([outside.verdict, sets.get(outside.id).localPref], ['discard', undefined])
    t.equal(outside.rules.length, 1)
  }
  const old = { ...EBGP_CONTEXT, id: 3, as4: false }
  const narrow = intern(sets, [...ORIGIN, 0x40, 2, 4, 2, 1, 0xfc, 0, ...NEXT_HOP], old)
  t.equal(narrow.id, intern(sets, [...ORIGIN, ...AS_PATH, ...NEXT_HOP]).id)
  t.equal(intern(sets, [...ORIGIN, ...AS_PATH, ...NEXT_HOP], old).verdict, 'withdraw')
})

t.test('a set is never without fault for having been so in another session', async (t) => {
  const sets = table()
  const set = [...ORIGIN, 0x40, 2, 6, 1, 1, 0, 0, 0xfc, 0, ...NEXT_HOP]
  const lenient = { ...EBGP_CONTEXT, id: 4, rejectAsSet: false }
  t.equal(intern(sets, set, lenient).verdict, 'none')
  t.equal(intern(sets, set).verdict, 'withdraw')
  t.equal(intern(sets, set, lenient).verdict, 'none')
  const far = { ...lenient, id: 36 }
  t.equal(intern(sets, set, far).verdict, 'none', 'ids beyond those remembered')
  t.equal(intern(sets, set, { ...EBGP_CONTEXT, id: 36 }).verdict, 'withdraw')
})

t.test('UPD-4: NLRI without the mandatory attributes give no set', async (t) => {
  const sets = table()
  const bare = [...ORIGIN, ...AS_PATH]
  t.same([intern(sets, bare).verdict, intern(sets, bare).id], ['withdraw', 0])
  t.same([intern(sets, []).verdict, intern(sets, []).id], ['withdraw', 0])
  t.same(
    [intern(sets, bare, EBGP_CONTEXT, false).verdict, intern(sets, bare, EBGP_CONTEXT, false).id],
    ['none', 0],
  )
  t.same(intern(sets, [], EBGP_CONTEXT, false).id, 0)
  t.equal(sets.size, 0)
})

t.test('UPD-11: an UPDATE with both kinds of NLRI has two sets, a next hop each', async (t) => {
  const sets = table()
  const both = intern(sets, [...REACH, ...ORIGIN, ...AS_PATH, ...NEXT_HOP])
  t.equal(sets.get(both.id).nextHop, '192.0.2.1')
  t.equal(sets.get(both.reachId).nextHop, '2001:db8::1')
  t.same([both.reachAfi, both.reachSafi, both.reachEnd - both.reachStart], [2, 1, 5])
  const alone = intern(sets, [...REACH, ...ORIGIN, ...AS_PATH], EBGP_CONTEXT, false)
  t.same([alone.id, alone.reachId], [both.reachId, both.reachId])
  t.equal(both.id, intern(sets, [...ORIGIN, ...AS_PATH, ...NEXT_HOP]).id)
})

t.test('MP_UNREACH_NLRI alone is no set', async (t) => {
  const sets = table()
  const result = intern(sets, [0x80, 15, 8, 0, 2, 1, 32, 0x20, 1, 0xd, 0xb8], EBGP_CONTEXT, false)
  t.same([result.id, result.unreachAfi, result.unreachEnd - result.unreachStart], [0, 2, 5])
})

t.test('MP-4: a family that is not routed gives no set', async (t) => {
  const sets = table()
  const reach = [0x80, 14, 9, 0, 2, 128, 0, 0, 1, 2, 3, 4]
  const result = intern(sets, [...reach, ...ORIGIN, ...AS_PATH], EBGP_CONTEXT, false)
  t.same([result.verdict, result.id, result.reachSafi], ['none', 0, 128])
})

t.test('sets that nobody holds go at reclaim(), with everything known of them', async (t) => {
  const sets = table()
  const ids = Array.from({ length: 100 }, (_, i) => sets.internAttributes(path('192.0.2.1', [64512, i + 1])))
  t.equal(new Set(ids).size, 100)
  for (const id of ids.slice(0, 10)) sets.retain(id)
  sets.reclaim()
  t.equal(sets.size, 10)
  for (const [i, id] of ids.slice(0, 10).entries()) {
    t.same(sets.get(id), path('192.0.2.1', [64512, i + 1]))
    sets.release(id)
  }
  const known = sets.internAttributes(path('192.0.2.1', [64512, 3]))
  t.equal(known, ids[2], 'a set whose last reference just went is taken up again')
  sets.retain(known)
  sets.reclaim()
  t.equal(sets.size, 1)
  const other = sets.internAttributes(path('192.0.2.1', [64512, 50], { med: 5 }))
  t.same(sets.get(other).med, 5)
  t.equal(sets.med[other], 5)
})

t.test('paths are the same by content', async (t) => {
  const sets = table()
  const of = (attributes: PathAttributes) => sets.internAttributes(attributes)
  const one = of(path('192.0.2.1', [64512, 7]))
  t.ok(sets.sameAsPath(one, of(path('192.0.2.2', [64512, 7], { communities: [1], med: 5 }))))
  t.notOk(sets.sameAsPath(one, of(path('192.0.2.1', [64512, 8]))))
  t.notOk(sets.sameAsPath(one, of(path('192.0.2.1', [64512]))))
  t.ok(sets.sameAsPath(of(path('192.0.2.1', [])), of(path('192.0.2.2', []))))
})
