import t from 'tap'
import { AttributeTable } from '../../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../src/rib/attributes/next-hops.js'
import { decodeUpdate } from '../../../src/wire/decode.js'
import { hex } from '../../../src/wire/printable.js'
import { AttributeScan } from '../../../src/wire/scan.js'
import { scanAttributes } from '../../../src/wire/scan-attributes.js'
import type { AsPathSegment, DecodeContext, PathAttributes } from '../../../src/wire/types.js'
import { writeAttributes } from '../../../src/wire/write-attributes.js'
import { attribute, nextHop, origin, u16, u32, update } from '../../support/raw-bytes.js'
import { canonicalHex, EBGP, OLD, withAttributes } from './support.js'

const BIG = 4200000001

const path2 = (...asns: number[]) => attribute(0x40, 2, [2, asns.length, ...asns.flatMap(u16)])
const path4 = (...asns: number[]) => attribute(0xc0, 17, [2, asns.length, ...asns.flatMap(u32)])
const sequence = (...asns: number[]): AsPathSegment => ({ type: 2, asns })
const set = (...asns: number[]): AsPathSegment => ({ type: 1, asns })

/** Decodes a route of a 2-octet speaker. */
function old(attributes: number[][], context: DecodeContext = OLD) {
  return decodeUpdate(
    update({ attributes: [origin(), ...attributes, nextHop('192.0.2.1')], announced: ['10.0.0.0/8'] }),
    context,
  )
}

t.test('AS4-1: to a 2-octet peer AS_TRANS and AS4_PATH, the latter only when needed', async (t) => {
  const write = (attributes: PathAttributes) => hex(writeAttributes(attributes, { as4: false }))
  t.equal(write({ asPath: [sequence(65001, 65002)] }), `40020602 02fde9fdea`.replaceAll(' ', ''))
  t.equal(
    write({ asPath: [sequence(65001, BIG)] }),
    `40020602 02fde95ba0 c0110a 0202 0000fde9 fa56ea01`.replaceAll(' ', ''),
  )
  t.equal(
    write({ asPath: [{ type: 3, asns: [65010] }, sequence(BIG)] }),
    `4002080301fdf202015ba0${'c0110602 01fa56ea01'.replaceAll(' ', '')}`,
    'confederation segments are left out of AS4_PATH',
  )
  t.equal(
    write({ asPath: [{ type: 3, asns: [BIG] }, sequence(65001)] }),
    '40020803015ba00201fde9',
    'and do not call for one',
  )
  t.equal(write({ asPath: [] }), '400200')
  t.equal(write({ aggregator: { as: 65001, address: '192.0.2.1' } }), 'c00706fde9c0000201')
  t.equal(
    write({ aggregator: { as: BIG, address: '192.0.2.1' } }),
    'c007065ba0c0000201' + 'c01208fa56ea01c0000201',
  )
  t.equal(hex(writeAttributes({ asPath: [sequence(BIG)] })), '4002060201fa56ea01', 'not to a 4-octet peer')
})

t.test('AS4-2: AS4_PATH is merged behind the leading part of AS_PATH', async (t) => {
  const table: [string, number[][], AsPathSegment[]][] = [
    ['no AS4_PATH', [path2(65001, 65002)], [sequence(65001, 65002)]],
    ['same length', [path2(65001, 23456), path4(65001, BIG)], [sequence(65001, BIG)]],
    ['AS_PATH longer', [path2(65003, 65001, 23456), path4(65001, BIG)], [sequence(65003, 65001, BIG)]],
    ['AS4_PATH longer: ignored', [path2(23456), path4(65001, BIG)], [sequence(23456)]],
    [
      'a set counts one',
      [
        attribute(0x40, 2, [2, 2, ...u16(65003), ...u16(23456), 1, 2, ...u16(23456), ...u16(2)]),
        attribute(0xc0, 17, [2, 1, ...u32(BIG), 1, 2, ...u32(BIG), ...u32(2)]),
      ],
      [sequence(65003, BIG), set(BIG, 2)],
    ],
    [
      'a leading set is taken whole',
      [attribute(0x40, 2, [1, 2, ...u16(7), ...u16(8), 2, 1, ...u16(23456)]), path4(BIG)],
      [set(7, 8), sequence(BIG)],
    ],
    [
      'confederation segments in AS4_PATH are left out',
      [path2(65001, 23456), attribute(0xc0, 17, [3, 1, ...u32(9), 2, 1, ...u32(BIG)])],
      [sequence(65001, BIG)],
    ],
    [
      'more than 255',
      [path2(...new Array(255).fill(23456)), path4(...new Array(254).fill(BIG))],
      [sequence(23456, ...new Array(254).fill(BIG))],
    ],
  ]
  for (const [name, attributes, expected] of table) {
    const result = old(attributes, { ...OLD, rejectAsSet: false })
    t.same(result.attributes.asPath, expected, name)
    t.not(result.verdict, 'withdraw', name)
  }
  const full = old([
    attribute(0x50, 2, [2, 255, ...new Array(255).fill(u16(1)).flat(), 2, 2, ...u16(1), ...u16(2)]),
  ])
  t.same(full.attributes.asPath, [sequence(...new Array(255).fill(1)), sequence(1, 2)])
})

t.test('AS4-2: an AGGREGATOR that is not AS_TRANS sets both AS4 attributes aside', async (t) => {
  const as4 = [path4(65001, BIG), attribute(0xc0, 18, [...u32(BIG), 192, 0, 2, 9])]
  const aside = old([path2(65001, 23456), attribute(0xc0, 7, [...u16(65005), 192, 0, 2, 5]), ...as4])
  t.same(aside.attributes.asPath, [sequence(65001, 23456)])
  t.same(aside.attributes.aggregator, { as: 65005, address: '192.0.2.5' })
  const used = old([path2(65001, 23456), attribute(0xc0, 7, [...u16(23456), 192, 0, 2, 5]), ...as4])
  t.same(used.attributes.asPath, [sequence(65001, BIG)])
  t.same(used.attributes.aggregator, { as: BIG, address: '192.0.2.9' })
  const alone = old([path2(65001, 23456), ...as4])
  t.same(alone.attributes.asPath, [sequence(65001, BIG)], 'without AGGREGATOR the path is merged')
  t.equal(alone.attributes.aggregator, undefined)
  const plain = old([path2(65001), attribute(0xc0, 7, [...u16(65005), 192, 0, 2, 5])])
  t.same(plain.attributes.aggregator, { as: 65005, address: '192.0.2.5' })
})

t.test('AS4-3: the scan sees the merged path', async (t) => {
  const bytes = Uint8Array.from([
    ...origin(),
    ...path2(65003, 65001, 23456),
    ...nextHop('192.0.2.1'),
    ...path4(65001, BIG),
  ])
  const scan = new AttributeScan()
  scanAttributes(bytes, 0, bytes.length, true, OLD, scan)
  t.match(scan, { verdict: 'none', canonical: false, asPathHops: 3, firstAs: 65003, originAs: BIG })
  t.equal(
    hex(scan.path.subarray(scan.pathStart, scan.pathStart + scan.pathLength)),
    '02030000fdeb0000fde9fa56ea01',
  )
})

t.test('AS4_PATH and AS4_AGGREGATOR between 4-octet speakers are discarded (RFC 6793 §6)', async (t) => {
  for (const extra of [path4(1), attribute(0xc0, 18, [...u32(BIG), 1, 2, 3, 4]), attribute(0xc0, 17, [1])]) {
    const result = withAttributes([extra], EBGP)
    t.equal(result.verdict, 'discard')
    t.same(result.attributes.asPath, [sequence(65001)])
    t.equal(result.attributes.unknown, undefined)
  }
})

t.test(
  'malformed AS4 attributes are discarded, a set in AS4_PATH withdraws (RFC 6793 §6, RFC 9774 §3)',
  async (t) => {
    for (const value of [
      [],
      [2, 1, 0, 1],
      [2, 1, ...u32(1), 0],
      [2, 0, 0, 0, 0, 0],
      [9, 1, ...u32(1)],
      [2, 2, ...u32(1)],
      [2, 1, ...u32(0)],
    ]) {
      const result = old([path2(65001, 23456), attribute(0xc0, 17, value)])
      t.equal(result.verdict, 'discard', value.join())
      t.same(result.attributes.asPath, [sequence(65001, 23456)])
    }
    for (const value of [[], [1, 2, 3, 4, 5, 6, 7], [...u32(0), 1, 2, 3, 4]]) {
      const aggregator = attribute(0xc0, 7, [...u16(23456), 192, 0, 2, 5])
      const result = old([path2(65001), aggregator, attribute(0xc0, 18, value)])
      t.equal(result.verdict, 'discard', value.join())
      t.same(result.attributes.aggregator, { as: 23456, address: '192.0.2.5' })
    }
    const withSet = attribute(0xc0, 17, [1, 1, ...u32(BIG)])
    t.equal(old([path2(65001), withSet]).verdict, 'withdraw')
    t.equal(old([path2(65001), withSet], { ...OLD, rejectAsSet: false }).verdict, 'none')
  },
)

t.test('equal routes of both kinds of session have equal octets', async (t) => {
  const from2 = [...origin(), ...path2(65001, 23456), ...nextHop('192.0.2.1'), ...path4(65001, BIG)]
  const from4 = [
    ...origin(),
    ...attribute(0x40, 2, [2, 2, ...u32(65001), ...u32(BIG)]),
    ...nextHop('192.0.2.1'),
  ]
  t.equal(canonicalHex(from2, OLD), canonicalHex(from4, EBGP))
})

t.test('a 2-octet path that would not fit an attribute once widened withdraws', async (t) => {
  const segment = [2, 255, ...new Array(255).fill(u16(1)).flat()]
  const value = new Array(100).fill(segment).flat()
  const attributes = [...origin(), ...attribute(0x40, 2, value), ...nextHop('192.0.2.1')]
  const bytes = Uint8Array.from(attributes)
  const scan = new AttributeScan()
  scanAttributes(bytes, 0, bytes.length, true, OLD, scan)
  t.equal(scan.verdict, 'withdraw')
  t.match(scan.faults[0].text, /25500 hops/)
})

t.test(
  'a path that outgrows its block with 4-octet AS numbers costs its routes, not the process',
  async (t) => {
    const segment = [2, 255, ...new Array<number>(255).fill(7).flatMap(u16)]
    const block = (segments: number, communities: number) => {
      const path = attribute(0x40, 2, new Array<number[]>(segments).fill(segment).flat())
      return [
        origin(),
        path,
        nextHop('192.0.2.1'),
        attribute(0xc0, 8, new Array<number>(communities * 4).fill(1)),
      ]
    }
    const table = new AttributeTable(new NextHops(new NextHopSets()))
    const verdicts = [block(60, 1000), block(60, 2000), block(64, 1), block(65, 1)].map((attributes) => {
      const octets = Uint8Array.from(attributes.flat())
      const { verdict } = table.intern(octets, 0, octets.length, true, OLD)
      t.equal(decodeUpdate(update({ attributes, announced: ['198.51.100.0/24'] }), OLD).verdict, verdict)
      return verdict
    })
    t.same(verdicts, ['none', 'withdraw', 'none', 'withdraw'])
  },
)
