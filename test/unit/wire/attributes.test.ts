import t from 'tap'
import { attributeName } from '../../../src/wire/attributes.js'
import { AttributeScan, CommunityFlag } from '../../../src/wire/scan.js'
import { scanAttributes } from '../../../src/wire/scan-attributes.js'
import type { DecodeContext } from '../../../src/wire/types.js'
import {
  asPath,
  attribute,
  communities,
  localPref,
  med,
  nextHop,
  origin,
  u32,
} from '../../support/raw-bytes.js'
import { decode, EBGP, IBGP, MANDATORY, verdictOf, withAttributes } from './support.js'

const PREFIX = '198.51.100.0/24'

/** Verdict of an UPDATE whose AS_PATH has these octets. */
function pathVerdict(value: number[], context: DecodeContext = EBGP): string {
  const attributes = [origin(), attribute(0x40, 2, value), nextHop('192.0.2.1')]
  return verdictOf(decode({ attributes, announced: [PREFIX] }, context))
}

t.test('ORIGIN (RFC 7606 §7.1)', async (t) => {
  for (const value of [0, 1, 2]) {
    const result = decode({ attributes: [origin(value), ...MANDATORY.slice(1)], announced: [PREFIX] })
    t.match(result, { verdict: 'none', attributes: { origin: value } })
  }
  for (const value of [[3], [255], [], [0, 0]]) {
    const attributes = [attribute(0x40, 1, value), ...MANDATORY.slice(1)]
    t.equal(decode({ attributes, announced: [PREFIX] }).verdict, 'withdraw', value.join())
  }
})

t.test('AS_PATH (RFC 7606 §7.2)', async (t) => {
  const as = u32(65001)
  t.equal(pathVerdict([]), 'none', 'an empty path')
  t.equal(pathVerdict([2, 1, ...as]), 'none')
  t.equal(pathVerdict([2, 1, ...u32(23456)]), 'none', 'AS_TRANS is a number like others here')
  t.equal(pathVerdict([0, 1, ...as]), 'withdraw 3/11', 'segment type 0')
  t.equal(pathVerdict([5, 1, ...as]), 'withdraw 3/11', 'segment type 5')
  t.equal(pathVerdict([2, 0]), 'withdraw 3/11', 'no AS in a segment')
  t.equal(pathVerdict([2, 1, ...as, 2, 0]), 'withdraw 3/11', 'no AS in the last segment')
  t.equal(pathVerdict([2, 2, ...as]), 'withdraw 3/11', 'overrun')
  t.equal(pathVerdict([2, 1, ...as, 2]), 'withdraw 3/11', 'one octet left')
  t.equal(pathVerdict([2, 1, 0xfd, 0xe9]), 'withdraw 3/11', '2-octet numbers on a 4-octet session')
  t.equal(pathVerdict([2, 3, ...as, ...u32(0), ...u32(3)]), 'withdraw 3/11', 'AS 0 (RFC 7607 §2)')
  t.equal(pathVerdict([2, 255, ...new Array(255).fill(as).flat()]), 'none', 'a full segment')
})

t.test('AS_SET and confederation segments (RFC 9774 §3, RFC 5065 §5)', async (t) => {
  const as = u32(65001)
  const tolerant = { ...EBGP, rejectAsSet: false }
  t.equal(pathVerdict([2, 1, ...as, 1, 1, ...as]), 'withdraw 3/11')
  t.equal(pathVerdict([2, 1, ...as, 1, 1, ...as], tolerant), 'none')
  for (const context of [EBGP, tolerant, IBGP]) {
    t.equal(pathVerdict([3, 1, ...as], context), 'withdraw 3/11')
    t.equal(pathVerdict([4, 1, ...as], context), 'withdraw 3/11')
  }
})

t.test('NEXT_HOP, MULTI_EXIT_DISC (RFC 7606 §7.3, §7.4)', async (t) => {
  for (const length of [0, 3, 5, 16]) {
    const attributes = [origin(), asPath(65001), attribute(0x40, 3, new Array(length).fill(1))]
    t.equal(verdictOf(decode({ attributes, announced: [PREFIX] })), 'withdraw 3/5')
    t.equal(verdictOf(withAttributes([attribute(0x80, 4, new Array(length).fill(1))])), 'withdraw 3/5')
  }
  t.equal(withAttributes([med(0xffffffff)]).attributes.med, 0xffffffff)
})

t.test('LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST (RFC 7606 §7.5, §7.9, §7.10)', async (t) => {
  const table: [number, number, number[][], number[][]][] = [
    [5, 0x40, [u32(7)], [[], [0, 0, 0], [0, 0, 0, 0, 0]]],
    [9, 0x80, [u32(7)], [[], [0, 0, 0], [0, 0, 0, 0, 0]]],
    [10, 0x80, [u32(7), [...u32(7), ...u32(8)]], [[], [0, 0, 0, 0, 0]]],
  ]
  for (const [code, flags, good, bad] of table) {
    for (const value of [...good, ...bad]) {
      const external = withAttributes([attribute(flags, code, value)])
      t.equal(external.verdict, 'discard', `${code} from an external neighbor`)
      t.notOk('localPref' in external.attributes || 'originatorId' in external.attributes)
      t.notOk('clusterList' in external.attributes)
    }
    for (const value of good)
      t.equal(verdictOf(withAttributes([attribute(flags, code, value)], IBGP)), 'none')
    for (const value of bad) {
      t.equal(verdictOf(withAttributes([attribute(flags, code, value)], IBGP)), 'withdraw 3/5')
    }
  }
  t.match(
    withAttributes([localPref(9), attribute(0x80, 9, u32(5)), attribute(0x80, 10, u32(6))], IBGP).attributes,
    {
      localPref: 9,
      originatorId: 5,
      clusterList: [6],
    },
  )
})

t.test('ATOMIC_AGGREGATE, AGGREGATOR (RFC 7606 §7.6, §7.7, RFC 7607 §2)', async (t) => {
  t.equal(withAttributes([attribute(0x40, 6, [])]).attributes.atomicAggregate, true)
  const bad = withAttributes([attribute(0x40, 6, [0])])
  t.equal(bad.verdict, 'discard')
  t.equal(bad.attributes.atomicAggregate, undefined)
  const good = [...u32(4200000001), 192, 0, 2, 1]
  t.same(withAttributes([attribute(0xc0, 7, good)]).attributes.aggregator, {
    as: 4200000001,
    address: '192.0.2.1',
  })
  for (const value of [
    [],
    [1, 2, 3, 4, 5],
    [0, 1, 192, 0, 2, 1],
    [...good, 0],
    good.slice(1),
    [...u32(0), 1, 2, 3, 4],
  ]) {
    const result = withAttributes([attribute(0xc0, 7, value)])
    t.equal(result.verdict, 'discard', value.join())
    t.equal(result.attributes.aggregator, undefined)
  }
})

t.test('lists of communities (RFC 7606 §7.8, §7.14, §7.15, RFC 8092 §6)', async (t) => {
  for (const [code, unit] of [
    [8, 4],
    [16, 8],
    [25, 20],
    [32, 12],
  ]) {
    for (const length of [0, 1, unit - 1, unit + 1, 2 * unit - 2]) {
      const result = withAttributes([attribute(0xc0, code, new Array(length).fill(1))])
      t.equal(verdictOf(result), 'withdraw 3/5', `${code}: ${length}`)
    }
    for (const count of [1, 2, 40]) {
      t.equal(verdictOf(withAttributes([attribute(0xc0, code, new Array(count * unit).fill(1))])), 'none')
    }
  }
  const { attributes } = withAttributes([
    communities(0xffffff01, 5),
    attribute(0xc0, 16, [0x3f, 0xff, 1, 2, 3, 4, 5, 6]),
    attribute(0xc0, 25, new Array(20).fill(9)),
    attribute(0xc0, 32, [...u32(1), ...u32(2), ...u32(0xffffffff)]),
  ])
  t.same(attributes.communities, [0xffffff01, 5])
  t.same(attributes.extendedCommunities, [Uint8Array.of(0x3f, 0xff, 1, 2, 3, 4, 5, 6)])
  t.same(attributes.ipv6ExtendedCommunities, [new Uint8Array(20).fill(9)])
  t.same(attributes.largeCommunities, [[1, 2, 0xffffffff]])
})

t.test('COM-1: duplicate large communities are removed', async (t) => {
  const one = [...u32(65001), ...u32(1), ...u32(2)]
  const two = [...u32(65001), ...u32(1), ...u32(3)]
  const result = withAttributes([attribute(0xc0, 32, [...one, ...two, ...one])])
  t.equal(result.verdict, 'none')
  t.same(result.attributes.largeCommunities, [
    [65001, 1, 2],
    [65001, 1, 3],
  ])
  const many = withAttributes([attribute(0xc0, 32, new Array(300).fill(one).flat())])
  t.same(many.attributes.largeCommunities, [[65001, 1, 2]])
})

t.test('AIGP (RFC 7311 §3.2, §3.3)', async (t) => {
  const tlv = (value: number[]) => [1, 0, 11, ...value]
  const ten = tlv([0, 0, 0, 1, 0, 0, 0, 10])
  const enabled = { ...IBGP, aigp: true }
  t.equal(withAttributes([attribute(0x80, 26, ten)], enabled).attributes.aigp, 0x1_0000_000an)
  t.equal(withAttributes([attribute(0x80, 26, ten)], IBGP).verdict, 'discard')
  t.equal(
    withAttributes([attribute(0x80, 26, [2, 0, 4, 9, ...ten])], enabled).attributes.aigp,
    0x1_0000_000an,
  )
  for (const value of [
    [1, 0],
    [1, 0, 2],
    [1, 0, 12, ...ten.slice(3)],
    tlv(new Array(8).fill(255)),
    [...ten, 1],
  ]) {
    const result = withAttributes([attribute(0x80, 26, value)], enabled)
    t.equal(result.verdict, 'discard', value.join())
    t.equal(result.attributes.aigp, undefined)
  }
  const other = withAttributes([attribute(0x80, 26, [2, 0, 3])], enabled)
  t.equal(other.verdict, 'none', 'other TLVs alone are no error')
  t.same(other.attributes.unknown, [{ code: 26, flags: 0x80, value: Uint8Array.of(2, 0, 3) }])
})

t.test('OTC (RFC 9234 §5)', async (t) => {
  t.equal(withAttributes([attribute(0xc0, 35, u32(4200000000))]).attributes.otc, 4200000000)
  for (const value of [[], [1, 2, 3], [1, 2, 3, 4, 5]]) {
    t.equal(verdictOf(withAttributes([attribute(0xc0, 35, value)])), 'withdraw 3/5')
  }
})

t.test('attributes that are not interpreted pass or go by their flags, never reset', async (t) => {
  for (const code of [11, 12, 13, 19, 20, 21, 22, 23, 27, 28, 29, 33, 36, 40, 128, 129, 241, 255]) {
    t.same(withAttributes([attribute(0xc0, code, [0xff, 0])]).attributes.unknown?.[0].code, code)
    const dropped = withAttributes([attribute(0x80, code, [0xff, 0])])
    t.equal(dropped.verdict, 'none')
    t.equal(dropped.attributes.unknown, undefined)
  }
  t.equal(attributeName(2), 'AS_PATH')
  t.equal(attributeName(99), 'attribute 99')
})

t.test('a scan gives the numbers of the decision', async (t) => {
  const scan = new AttributeScan()
  const run = (attributes: number[][], context = IBGP, hasNlri = true) => {
    const bytes = Uint8Array.from([99, ...attributes.flat(), 99])
    scanAttributes(bytes, 1, bytes.length - 1, hasNlri, context, scan)
    return bytes
  }
  const bytes = run([
    origin(2),
    attribute(0x40, 2, [2, 2, ...u32(65001), ...u32(4200000001)]),
    nextHop('192.0.2.1'),
    med(77),
    localPref(200),
    communities(0xffffff01, 0xffffff02, 0xffffff03, 0xffff0000, 0xffff0006, 0xffff0007, 0xffff029a, 1),
    attribute(0x80, 9, u32(9)),
    attribute(0x80, 10, [...u32(1), ...u32(2)]),
  ])
  t.match(scan, {
    verdict: 'none',
    canonical: true,
    origin: 2,
    asPathHops: 2,
    firstAs: 65001,
    originAs: 4200000001,
    hasMed: true,
    med: 77,
    hasLocalPref: true,
    localPref: 200,
    hasOriginatorId: true,
    originatorId: 9,
    clusterListLength: 2,
    nextHopLength: 4,
    reachAfi: 0,
    unreachAfi: 0,
    communityFlags: 127,
  })
  t.same([...bytes.subarray(scan.nextHopStart, scan.nextHopStart + 4)], [192, 0, 2, 1])
  t.same([...scan.path.subarray(scan.pathStart, scan.pathStart + 2)], [2, 2])
  t.equal(scan.has(4), true)
  t.equal(scan.has(14), false)
  run([origin(), asPath(), nextHop('192.0.2.1'), communities(0xffff0006)])
  t.match(scan, {
    hasMed: false,
    hasLocalPref: false,
    hasOriginatorId: false,
    clusterListLength: 0,
    firstAs: 0,
  })
  t.equal(scan.communityFlags, CommunityFlag.LlgrStale)
  t.equal(scan.has(4), false, 'nothing is left of the block before')
  const sets = [1, 2, ...u32(1), ...u32(2), 2, 1, ...u32(3), 1, 1, ...u32(4)]
  run([origin(), attribute(0x40, 2, sets), nextHop('192.0.2.1')], { ...IBGP, rejectAsSet: false })
  t.match(scan, { verdict: 'none', asPathHops: 3, firstAs: 0, originAs: 0 }, 'a set counts 1')
})

t.test('which blocks can be stored as they are', async (t) => {
  const scan = new AttributeScan()
  const canonical = (attributes: number[][], context = IBGP) => {
    const bytes = Uint8Array.from(attributes.flat())
    scanAttributes(bytes, 0, bytes.length, true, context, scan)
    return scan.canonical
  }
  t.ok(canonical([...MANDATORY, med(1), communities(1, 2), attribute(0xe0, 99, [1])]))
  t.ok(canonical([...MANDATORY, attribute(0xe0, 8, [0, 0, 0, 1])]), 'Partial of a known one stays')
  t.notOk(canonical([...MANDATORY, attribute(0xc0, 99, [1])]), 'Partial of an unknown one is missing')
  t.notOk(canonical([...MANDATORY].reverse()), 'order')
  t.notOk(canonical([...MANDATORY, med(1), med(1)]), 'a duplicate')
  t.notOk(canonical([...MANDATORY, [0x90, 4, 0, 4, 0, 0, 0, 1]]), 'extended length without need')
  t.notOk(canonical([...MANDATORY, attribute(0x81, 4, u32(1))]), 'low flag bits')
  t.notOk(canonical([...MANDATORY, attribute(0xa0, 4, u32(1))]), 'Partial of a non-transitive one')
  t.notOk(canonical([...MANDATORY, attribute(0x80, 99, [1])]), 'unknown non-transitive')
  t.notOk(canonical([...MANDATORY, localPref(1)], EBGP), 'a discarded one')
  t.notOk(
    canonical([...MANDATORY, attribute(0xc0, 32, new Array(24).fill(1))]),
    'duplicate large communities',
  )
  t.ok(canonical([...MANDATORY, attribute(0xc0, 32, [...new Array(23).fill(1), 2])]))
})
