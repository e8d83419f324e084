import t from 'tap'
import { decodeUpdate } from '../../../src/wire/decode.js'
import { hex } from '../../../src/wire/printable.js'
import { encodeEndOfRib } from '../../../src/wire/update.js'
import {
  asPath,
  attribute,
  communities,
  END_OF_RIB,
  endOfRibIpv6,
  localPref,
  med,
  message,
  mpReachIpv6,
  mpUnreachIpv6,
  nlri,
  origin,
  u16,
} from '../../support/raw-bytes.js'
import { decode, EBGP, IBGP, MANDATORY, verdictOf, withAttributes } from './support.js'

const PREFIX = '198.51.100.0/24'
const BAD_ORIGIN = attribute(0x40, 1, [7])

t.test('a plain UPDATE', async (t) => {
  t.match(decode({ withdrawn: ['10.0.0.0/8'], attributes: [...MANDATORY, med(5)], announced: [PREFIX] }), {
    verdict: 'none',
    faults: [],
    withdrawn: [{ family: 'ipv4-unicast', prefix: '10.0.0.0/8' }],
    announced: [{ family: 'ipv4-unicast', prefix: PREFIX }],
    attributes: {
      origin: 0,
      asPath: [{ type: 2, asns: [65001] }],
      nextHop: '192.0.2.1',
      med: 5,
    },
  })
})

t.test('UPD-1: lengths beyond the message reset with 3/1, however they add up', async (t) => {
  const table: [string, number[]][] = [
    ['withdrawn routes', [...u16(100), ...u16(0)]],
    ['withdrawn routes by one', [...u16(1), ...u16(0)]],
    ['attributes', [...u16(0), ...u16(1)]],
    ['attributes 65535', [...u16(0), ...u16(65535), 1, 2, 3]],
    ['withdrawn routes 65535', [...u16(65535), ...u16(0)]],
    ['a sum that wraps 16 bits', [...u16(65520), ...u16(20), 1, 2, 3]],
  ]
  for (const [name, body] of table)
    t.equal(verdictOf(decodeUpdate(message(2, body), EBGP)), 'reset 3/1', name)
})

t.test('UPD-2: a last attribute that overruns, or too few octets, withdraws', async (t) => {
  for (const rest of [[0xc0, 8, 40, 1, 2], [0xc0], [0xc0, 8], [0xd0, 8, 0]]) {
    const result = withAttributes([rest])
    t.equal(verdictOf(result), 'withdraw 3/1', rest.join())
    t.match(result.announced, [{ prefix: PREFIX }], 'NLRI are found by the total length')
  }
})

t.test('UPD-3: the same without NLRI resets', async (t) => {
  t.equal(verdictOf(decode({ attributes: [[0x40, 1, 32, 0]] })), 'reset 3/1')
  t.equal(verdictOf(decode({ attributes: [...MANDATORY.slice(1), BAD_ORIGIN] })), 'reset 3/6')
  t.equal(verdictOf(decode({ attributes: [...MANDATORY, attribute(0x40, 6, [0])] })), 'discard 3/5')
  t.equal(verdictOf(decode({ attributes: [mpUnreachIpv6('2001:db8::/32'), BAD_ORIGIN] })), 'reset 3/6')
  t.equal(
    verdictOf(decode({ attributes: [mpReachIpv6('2001:db8::1'), BAD_ORIGIN, asPath(65001)] })),
    'reset 3/6',
  )
  const reach = mpReachIpv6('2001:db8::1', '2001:db8::/32')
  t.equal(verdictOf(decode({ attributes: [reach, BAD_ORIGIN, asPath(65001)] })), 'withdraw 3/6')
})

t.test('UPD-4: a missing mandatory attribute withdraws', async (t) => {
  const names = ['ORIGIN', 'AS_PATH', 'NEXT_HOP']
  for (let i = 0; i < 3; i++) {
    const result = decode({ attributes: MANDATORY.filter((_, j) => j !== i), announced: [PREFIX] })
    t.equal(verdictOf(result), 'withdraw 3/3', names[i])
    t.same(result.faults[0].data, Uint8Array.of(i + 1))
  }
  t.equal(verdictOf(decode({ announced: [PREFIX] })), 'withdraw 3/3', 'no attributes at all')
  t.equal(verdictOf(decode({ attributes: [attribute(0xc0, 99, [1])], announced: [PREFIX] })), 'withdraw 3/3')
  const reach = mpReachIpv6('2001:db8::1', '2001:db8::/32')
  t.equal(
    verdictOf(decode({ attributes: [reach, origin(), asPath(65001)] })),
    'none',
    'NEXT_HOP is not for MP',
  )
  t.equal(verdictOf(decode({ attributes: [reach, asPath(65001)] })), 'withdraw 3/3')
  t.equal(
    verdictOf(decode({ attributes: [mpUnreachIpv6('2001:db8::/32')], announced: [PREFIX] })),
    'withdraw 3/3',
  )
  t.equal(verdictOf(decode({ withdrawn: [PREFIX] })), 'none')
})

t.test('UPD-5: repeated attributes', async (t) => {
  const twice = withAttributes([med(1), med(2), attribute(0xc0, 99, [1]), attribute(0xc0, 99, [2])])
  t.equal(twice.verdict, 'discard')
  t.equal(twice.attributes.med, 1)
  t.same(twice.attributes.unknown, [{ code: 99, flags: 0xe0, value: Uint8Array.of(1) }])
  const second = withAttributes([communities(1), attribute(0xc0, 8, [1])])
  t.equal(second.verdict, 'discard', 'what is wrong with the second does not matter')
  t.same(second.attributes.communities, [1])
  const first = withAttributes([attribute(0xc0, 8, [1]), communities(1)])
  t.equal(first.verdict, 'withdraw')
  t.equal(first.attributes.communities, undefined)
  const reach = mpReachIpv6('2001:db8::1', '2001:db8::/32')
  t.equal(verdictOf(withAttributes([reach, reach])), 'reset 3/1')
  t.equal(verdictOf(withAttributes([mpUnreachIpv6(), mpUnreachIpv6()])), 'reset 3/1')
})

t.test('UPD-6: wrong Optional or Transitive bit; Partial and the low bits do not matter', async (t) => {
  const values: [number, number, number[], string][] = [
    [1, 0x40, [0], 'withdraw 3/4'],
    [2, 0x40, [2, 1, 0, 0, 253, 233], 'withdraw 3/4'],
    [3, 0x40, [192, 0, 2, 1], 'withdraw 3/4'],
    [4, 0x80, [0, 0, 0, 1], 'withdraw 3/4'],
    [5, 0x40, [0, 0, 0, 1], 'withdraw 3/4'],
    [6, 0x40, [], 'discard 3/4'],
    [7, 0xc0, [0, 0, 0, 1, 192, 0, 2, 1], 'discard 3/4'],
    [8, 0xc0, [0, 1, 0, 1], 'withdraw 3/4'],
    [9, 0x80, [0, 0, 0, 1], 'withdraw 3/4'],
    [10, 0x80, [0, 0, 0, 1], 'withdraw 3/4'],
    [14, 0x80, [0, 2, 1, 16, ...new Array(17).fill(1)], 'reset 3/9'],
    [15, 0x80, [0, 2, 1], 'reset 3/9'],
    [16, 0xc0, [0, 2, 0, 0, 0, 0, 0, 1], 'withdraw 3/4'],
    [25, 0xc0, new Array(20).fill(1), 'withdraw 3/4'],
    [26, 0x80, [1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 1], 'discard 3/4'],
    [32, 0xc0, new Array(12).fill(1), 'withdraw 3/4'],
    [35, 0xc0, [0, 0, 0, 1], 'withdraw 3/4'],
  ]
  const context = { ...IBGP, aigp: true }
  for (const [code, flags, value, expected] of values) {
    const rest = MANDATORY.filter(([, other]) => other !== code)
    const result = (bits: number) =>
      verdictOf(decode({ attributes: [...rest, attribute(bits, code, value)], announced: [PREFIX] }, context))
    t.equal(result(flags ^ 0x80), expected, `Optional of ${code}`)
    t.equal(result(flags ^ 0x40), expected, `Transitive of ${code}`)
    t.equal(result(flags | 0x2f), 'none', `Partial and low bits of ${code}`)
  }
})

t.test('UPD-7: zero length only for AS_PATH and ATOMIC_AGGREGATE', async (t) => {
  const context = { ...IBGP, aigp: true }
  const expected: Record<number, string> = {
    1: 'withdraw 3/5',
    2: 'none',
    3: 'withdraw 3/5',
    4: 'withdraw 3/5',
    5: 'withdraw 3/5',
    6: 'none',
    7: 'discard 3/5',
    8: 'withdraw 3/5',
    9: 'withdraw 3/5',
    10: 'withdraw 3/5',
    14: 'reset 3/9',
    15: 'reset 3/9',
    16: 'withdraw 3/5',
    25: 'withdraw 3/5',
    26: 'discard 3/5',
    32: 'withdraw 3/5',
    35: 'withdraw 3/5',
  }
  const flags: Record<number, number> = { 1: 0x40, 2: 0x40, 3: 0x40, 5: 0x40, 6: 0x40 }
  for (const [code, verdict] of Object.entries(expected)) {
    const type = Number(code)
    const bits = flags[type] ?? ([4, 9, 10, 14, 15, 26].includes(type) ? 0x80 : 0xc0)
    const rest = MANDATORY.filter(([, other]) => other !== type)
    const result = decode({ attributes: [...rest, attribute(bits, type, [])], announced: [PREFIX] }, context)
    t.equal(verdictOf(result), verdict, `attribute ${code}`)
  }
  t.equal(verdictOf(withAttributes([attribute(0xc0, 201, [])])), 'none', 'an unknown one may be empty')
})

t.test('UPD-8: an unknown well-known attribute resets with 3/2 and the attribute', async (t) => {
  const result = withAttributes([attribute(0x40, 200, [1, 2])])
  t.equal(verdictOf(result), 'reset 3/2')
  t.equal(hex(result.faults[0].data), '40c8020102')
})

t.test('UPD-9: unknown optional attributes', async (t) => {
  const { verdict, attributes } = withAttributes([
    attribute(0xc0, 200, [1]),
    attribute(0x80, 201, [2]),
    attribute(0xcf, 255, new Array(300).fill(3)),
    attribute(0xe0, 0, []),
  ])
  t.equal(verdict, 'none')
  t.same(attributes.unknown, [
    { code: 0, flags: 0xe0, value: new Uint8Array(0) },
    { code: 200, flags: 0xe0, value: Uint8Array.of(1) },
    { code: 255, flags: 0xe0, value: new Uint8Array(300).fill(3) },
  ])
})

t.test('UPD-10: any order is read', async (t) => {
  const reversed = decode({ attributes: [med(7), ...[...MANDATORY].reverse()], announced: [PREFIX] })
  t.equal(reversed.verdict, 'none')
  t.same(reversed.attributes, withAttributes([med(7)]).attributes)
})

t.test('UPD-11: all four kinds of routes in one message are read, each with its own next hop', async (t) => {
  const result = decode({
    withdrawn: ['10.0.0.0/8'],
    attributes: [
      mpReachIpv6('2001:db8::1', '2001:db8:1::/48'),
      mpUnreachIpv6('2001:db8:2::/48'),
      ...MANDATORY,
    ],
    announced: [PREFIX],
  })
  t.equal(result.verdict, 'none')
  t.same(
    result.withdrawn.map(({ prefix }) => prefix),
    ['10.0.0.0/8', '2001:db8:2::/48'],
  )
  t.same(
    result.announced.map(({ prefix }) => prefix),
    [PREFIX, '2001:db8:1::/48'],
  )
  t.equal(result.attributes.nextHop, '192.0.2.1')
  t.equal(result.reachAttributes?.nextHop, '2001:db8::1')
})

t.test('UPD-12: attributes without NLRI and without error have no effect', async (t) => {
  t.match(decode({ attributes: MANDATORY }), { verdict: 'none', announced: [], withdrawn: [] })
})

t.test('UPD-13: a fault names attribute, rule and octets', async (t) => {
  const result = withAttributes([attribute(0xc0, 8, [1, 2, 3])])
  t.match(result.faults, [
    {
      verdict: 'withdraw',
      code: 3,
      subcode: 5,
      attribute: 8,
      rule: 'RFC 7606 §7.8',
      text: "COMMUNITIES has 3 octets, which it can't have",
    },
  ])
  t.equal(hex(result.faults[0].data), 'c00803010203')
  const origin7 = decode({ attributes: [BAD_ORIGIN, ...MANDATORY.slice(1)], announced: [PREFIX] }).faults[0]
  t.equal(hex(origin7.data), '40010107', 'the header belongs to the data')
  const long = decode({ attributes: [[0x50, 1, 0, 1, 7], ...MANDATORY.slice(1)], announced: [PREFIX] })
    .faults[0]
  t.equal(hex(long.data), '5001000107', 'also the extended one')
})

t.test('the strongest verdict wins, and a flood of faults stays small', async (t) => {
  const both = decode({
    attributes: [...MANDATORY.slice(1), BAD_ORIGIN, attribute(0x40, 6, [1])],
    announced: [PREFIX],
  })
  t.equal(both.verdict, 'withdraw')
  t.same(
    both.faults.map(({ verdict }) => verdict),
    ['withdraw', 'discard'],
  )
  const flood = withAttributes([...new Array(500).fill(attribute(0xc0, 99, [])), attribute(0x40, 200, [])])
  t.equal(verdictOf(flood), 'reset 3/2')
  t.ok(flood.faults.length <= 17)
})

t.test('NLR-1: prefixes that are too long or cut reset with 3/10', async (t) => {
  const raw = (withdrawn: number[], announced: number[]) => {
    const attributes = MANDATORY.flat()
    const body = [
      ...u16(withdrawn.length),
      ...withdrawn,
      ...u16(attributes.length),
      ...attributes,
      ...announced,
    ]
    return verdictOf(decodeUpdate(message(2, body), EBGP))
  }
  t.equal(raw([], [33, 10, 1, 2, 3, 0]), 'reset 3/10')
  t.equal(raw([], [255, ...new Array(32).fill(0)]), 'reset 3/10')
  t.equal(raw([], [24, 10, 1]), 'reset 3/10')
  t.equal(raw([], [0, 8]), 'reset 3/10')
  t.equal(raw([33, 10, 1, 2, 3, 0], []), 'reset 3/10')
  t.equal(raw([24, 10, 1], []), 'reset 3/10')
  t.equal(raw([0], [0]), 'none', 'the default route is one octet')
})

t.test('NLR-2: bits beyond the length are masked', async (t) => {
  const body = [...u16(0), ...u16(MANDATORY.flat().length), ...MANDATORY.flat(), 20, 10, 100, 31, 9, 255, 255]
  t.same(
    decodeUpdate(message(2, body), EBGP).announced.map(({ prefix }) => prefix),
    ['10.100.16.0/20', '255.128.0.0/9'],
  )
})

t.test('MP-1: next hop lengths', async (t) => {
  const reach = (afi: number, length: number, prefix: string) =>
    attribute(0x80, 14, [...u16(afi), 1, length, ...new Array(length).fill(32), 0, ...nlri(prefix)])
  const both = [origin(), asPath(65001)]
  for (const length of [0, 4, 9, 15, 17, 24, 33, 48]) {
    const result = decode({ attributes: [reach(2, length, '2001:db8::/32'), ...both] })
    t.equal(verdictOf(result), 'reset 3/9', `IPv6, ${length}`)
  }
  for (const length of [16, 32]) {
    t.equal(verdictOf(decode({ attributes: [reach(2, length, '2001:db8::/32'), ...both] })), 'none')
  }
  for (const length of [0, 3, 5, 12, 24]) {
    const result = decode({ attributes: [reach(1, length, PREFIX), ...both] })
    t.equal(verdictOf(result), 'reset 3/9', `IPv4, ${length}`)
  }
  t.equal(verdictOf(decode({ attributes: [reach(1, 4, PREFIX), ...both] })), 'none')
  const over = attribute(0x80, 14, [0, 2, 1, 64, ...new Array(17).fill(0)])
  t.equal(verdictOf(decode({ attributes: [over, ...both] })), 'reset 3/9', 'past the end of the attribute')
})

t.test('ENH-1: an IPv6 next hop for IPv4 only when negotiated', async (t) => {
  for (const length of [16, 32]) {
    const value = [0, 1, 1, length, 0x20, ...new Array(length - 1).fill(1), 0, ...nlri(PREFIX)]
    const attributes = [attribute(0x80, 14, value), origin(), asPath(65001)]
    t.equal(verdictOf(decode({ attributes })), 'withdraw 3/9')
    const result = decode({ attributes }, { ...EBGP, extendedNextHop: true })
    t.equal(verdictOf(result), 'none')
    t.same(result.announced, [{ family: 'ipv4-unicast', prefix: PREFIX }])
    t.match(result.attributes.nextHop, /^2001:101/)
  }
})

t.test('MP-2: short attributes, long and cut prefixes reset', async (t) => {
  const both = [origin(), asPath(65001)]
  const nextHop16 = [0, 2, 1, 16, ...new Array(16).fill(32), 0]
  const table: [number, number[]][] = [
    [14, [0, 2, 1, 0]],
    [14, []],
    [14, [...nextHop16, 129, ...new Array(17).fill(1)]],
    [14, [...nextHop16, 64, 32, 1]],
    [15, [0, 2]],
    [15, [0, 2, 1, 129, ...new Array(17).fill(1)]],
    [15, [0, 2, 1, 64, 32, 1]],
    [15, [0, 1, 1, 33, 1, 2, 3, 4, 5]],
  ]
  for (const [code, value] of table) {
    const result = decode({ attributes: [attribute(0x80, code, value), ...both] })
    t.equal(verdictOf(result), 'reset 3/9', `${code}: ${value.join()}`)
  }
})

t.test('MP-3: NEXT_HOP beside MP_REACH_NLRI and the reserved octet are ignored', async (t) => {
  const reach = mpReachIpv6('2001:db8::1', '2001:db8::/32')
  const beside = decode({ attributes: [reach, ...MANDATORY] })
  t.equal(beside.verdict, 'none')
  t.equal(beside.attributes.nextHop, '2001:db8::1')
  const reserved = [...reach]
  reserved[3 + 4 + 16] = 5
  t.equal(verdictOf(decode({ attributes: [reserved, origin(), asPath(65001)] })), 'none')
})

t.test('MP-4: families that are not routed here are left alone', async (t) => {
  const both = [origin(), asPath(65001)]
  for (const value of [
    [3, 231, 1, 4, 1, 2, 3, 4, 0, 200, 1],
    [0, 1, 128, 12, ...new Array(12).fill(0), 0, 112, 1],
    [0, 1, 133, 0, 0, 0],
  ]) {
    const result = decode({ attributes: [attribute(0x80, 14, value), ...both] })
    t.match(result, { verdict: 'none', announced: [] })
    t.equal(result.attributes.nextHop, undefined)
  }
  t.match(decode({ attributes: [attribute(0x80, 15, [3, 231, 1, 8, 10])] }), {
    verdict: 'none',
    withdrawn: [],
  })
})

t.test('MP-5: global and link-local next hop', async (t) => {
  const ll = [0xfe, 0x80, ...new Array(13).fill(0), 9]
  const global = [0x20, 1, 0x0d, 0xb8, ...new Array(11).fill(0), 1]
  const reach = (...octets: number[]) =>
    attribute(0x80, 14, [0, 2, 1, octets.length, ...octets, 0, ...nlri('2001:db8::/32')])
  const read = (...octets: number[]) =>
    decode({ attributes: [reach(...octets), origin(), asPath(65001)] }).attributes
  t.match(read(...global, ...ll), { nextHop: '2001:db8::1', linkLocalNextHop: 'fe80::9' })
  const alone = read(...ll)
  t.equal(alone.nextHop, undefined)
  t.equal(alone.linkLocalNextHop, 'fe80::9')
})

t.test('IPv4 in MP_REACH_NLRI with an IPv4 next hop', async (t) => {
  const reach = attribute(0x80, 14, [0, 1, 1, 4, 192, 0, 2, 9, 0, ...nlri(PREFIX)])
  t.match(decode({ attributes: [reach, origin(), asPath(65001)] }), {
    verdict: 'none',
    announced: [{ family: 'ipv4-unicast', prefix: PREFIX }],
    attributes: { nextHop: '192.0.2.9' },
  })
})

t.test('AP-1: path identifiers when negotiated, per family', async (t) => {
  const withId = [0, 0, 0, 7, ...nlri(PREFIX), 255, 255, 255, 255, ...nlri('10.0.0.0/8')]
  const attributes = MANDATORY.flat()
  const bytes = message(2, [0, 0, ...u16(attributes.length), ...attributes, ...withId])
  t.same(decodeUpdate(bytes, EBGP, ['ipv4-unicast']).announced, [
    { family: 'ipv4-unicast', prefix: PREFIX, pathId: 7 },
    { family: 'ipv4-unicast', prefix: '10.0.0.0/8', pathId: 0xffffffff },
  ])
  const cut = message(2, [0, 0, ...u16(attributes.length), ...attributes, 0, 0, 0, 0])
  t.equal(verdictOf(decodeUpdate(cut, EBGP, ['ipv4-unicast'])), 'reset 3/10')
  t.equal(decodeUpdate(cut, EBGP, ['ipv6-unicast']).announced.length, 4)
})

t.test('GR-1: End-of-RIB, both forms', async (t) => {
  t.equal(hex(encodeEndOfRib('ipv4-unicast')), hex(END_OF_RIB))
  t.equal(hex(encodeEndOfRib('ipv6-unicast')), hex(endOfRibIpv6()))
  t.equal(decodeUpdate(END_OF_RIB, EBGP).endOfRib, 'ipv4-unicast')
  t.equal(decodeUpdate(endOfRibIpv6(), EBGP).endOfRib, 'ipv6-unicast')
  t.equal(decode({ attributes: [attribute(0x80, 15, [0, 1, 1])] }).endOfRib, 'ipv4-unicast')
  t.equal(decode({ attributes: [[0x90, 15, 0, 3, 0, 2, 1]] }).endOfRib, 'ipv6-unicast')
  for (const parts of [
    { attributes: [attribute(0x80, 15, [0, 2, 1])], announced: [PREFIX] },
    { attributes: [attribute(0x80, 15, [0, 2, 1])], withdrawn: [PREFIX] },
    { attributes: [attribute(0x80, 15, [0, 2, 133])] },
    { attributes: [mpUnreachIpv6('::/0')] },
    { attributes: [attribute(0xc0, 255, [])] },
    { attributes: [attribute(0xc0, 15, [0, 2, 1])] },
    { attributes: MANDATORY },
    { withdrawn: [PREFIX] },
  ]) {
    t.equal(decode(parts).endOfRib, undefined, JSON.stringify(parts))
  }
})

t.test('an internal neighbor may send LOCAL_PREF; its absence is no error', async (t) => {
  t.equal(withAttributes([localPref(50)], IBGP).attributes.localPref, 50)
  t.equal(verdictOf(withAttributes([], IBGP)), 'none')
})
