import t from 'tap'
import { BlockStore } from '../../../../src/rib/attributes/block-store.js'
import { type ExportTreatment, treatmentKey } from '../../../../src/rib/export/treatment.js'
import { AdjOut } from '../../../../src/rib/out/adj-out.js'
import type { Source } from '../../../../src/rib/store/types.js'
import { decodeUpdate } from '../../../../src/wire/decode.js'
import type { PathAttributes } from '../../../../src/wire/types.js'
import { split } from '../receiver.js'
import { EBGP, IBGP } from '../treatments.js'
import { EBGP_CONTEXT, path, source, World } from '../world.js'

const OWN6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe)

/** The UPDATE that a member gets for one route; undefined when it gets none. */
function message(
  treatment: ExportTreatment,
  attributes: PathAttributes,
  from: Partial<Source> = {},
  shared: (text: string) => boolean = () => false,
): Uint8Array | undefined {
  const { family } = treatment
  const world = new World({}, family)
  world.rib.setSource(source(1, from))
  const isShared = (id: number) => shared(world.nextHops.text(id))
  const group = new AdjOut(world.rib, new BlockStore(), treatment, isShared, undefined)
  world.announce(1, family === 'ipv4-unicast' ? '203.0.113.0/24' : '2001:db8:1::/48', attributes)
  world.decide()
  const packed = group.next(group.join(9, undefined))
  return packed && split(packed.bytes)[0]
}

/** Its attributes as the member reads them. */
function sent(...args: Parameters<typeof message>): PathAttributes | undefined {
  const [{ as4, type, extendedNextHop }] = args
  const bytes = message(...args)
  if (bytes === undefined) return undefined
  const update = decodeUpdate(bytes, { ...EBGP_CONTEXT, as4, extendedNextHop, peerType: type })
  if (update.verdict !== 'none') throw new Error(update.faults[0].text)
  return update.attributes
}

/** Type codes in the order of the message. */
function codes(bytes: Uint8Array): number[] {
  const found: number[] = []
  const end = 23 + ((bytes[21] << 8) | bytes[22])
  for (let at = 23; at < end; ) {
    found.push(bytes[at + 1])
    at += (bytes[at] & 0x10) !== 0 ? 4 + ((bytes[at + 2] << 8) | bytes[at + 3]) : 3 + bytes[at + 2]
  }
  return found
}

t.test('OUT-1: the own AS is put in front, in a new segment when the first is full or a set', async (t) => {
  const first = (attributes: PathAttributes) =>
    sent(EBGP, attributes)!.asPath!.map(({ type, asns }) => [type, asns.length, asns[0]])
  t.same(first(path('192.0.2.1', [64512])), [[2, 2, 64513]])
  t.same(first(path('192.0.2.1', [])), [[2, 1, 64513]])
  const full = Array.from({ length: 255 }, () => 64512)
  t.same(first(path('192.0.2.1', full)), [
    [2, 1, 64513],
    [2, 255, 64512],
  ])
  t.same(first(path('192.0.2.1', full.slice(1))), [[2, 255, 64513]])
  // A receiver that takes sets sees them behind the own AS.
  const set = message(EBGP, { ...path('192.0.2.1', []), asPath: [{ type: 1, asns: [64512] }] })!
  const read = decodeUpdate(set, { ...EBGP_CONTEXT, rejectAsSet: false }).attributes
  t.same(read.asPath, [
    { type: 2, asns: [64513] },
    { type: 1, asns: [64512] },
  ])
})

t.test('OUT-2: LOCAL_PREF stays inside; MED of another AS too', async (t) => {
  const attributes = path('192.0.2.1', [64512], { med: 5, localPref: 200 })
  const outside = sent(EBGP, attributes)!
  t.same([outside.med, outside.localPref], [undefined, undefined])
  t.equal(sent(EBGP, attributes, { type: 'local' })!.med, 5)
  const inside = sent(IBGP, attributes)!
  t.same([inside.med, inside.localPref], [5, 200])
  t.equal(sent({ ...IBGP, defaultLocalPref: 150 }, path('192.0.2.1', [64512]))!.localPref, 150)
  t.same(inside.asPath, attributes.asPath, 'the path is unchanged inside')
})

t.test('OUT-3: next hop by mode', async (t) => {
  const attributes = path('192.0.2.1', [64512])
  const yes = (text: string) => text === '192.0.2.1'
  t.equal(sent(EBGP, attributes, {}, yes)!.nextHop, '192.0.2.200')
  t.equal(sent({ ...EBGP, nextHop: 'third-party' }, attributes, {}, yes)!.nextHop, '192.0.2.1')
  t.equal(sent({ ...EBGP, nextHop: 'third-party' }, attributes)!.nextHop, '192.0.2.200')
  t.equal(sent({ ...EBGP, nextHop: 'unchanged' }, attributes)!.nextHop, '192.0.2.1')
  t.equal(sent(IBGP, attributes)!.nextHop, '192.0.2.1')
  t.equal(sent({ ...IBGP, nextHop: 'third-party' }, attributes)!.nextHop, '192.0.2.1')
  t.equal(sent({ ...IBGP, nextHop: 'self' }, attributes)!.nextHop, '192.0.2.200')
  t.equal(sent({ ...EBGP, nextHop: 'unchanged' }, attributes, { type: 'local' })!.nextHop, '192.0.2.200')
})

t.test('OUT-4: an iBGP route goes to no iBGP neighbor, but to eBGP ones', async (t) => {
  const attributes = path('192.0.2.1', [64512])
  t.equal(sent(IBGP, attributes, { type: 'ibgp' }), undefined)
  t.ok(sent(EBGP, attributes, { type: 'ibgp' }))
})

t.test(
  'RFL-1, RFL-3: a reflector adds ORIGINATOR_ID once and its CLUSTER_ID in front, and touches nothing else',
  async (t) => {
    const clients = { ...IBGP, nextHop: 'self', reflector: { clusterId: 7, clients: true } } as const
    const others = { ...clients, reflector: { clusterId: 7, clients: false } }
    const attributes = path('192.0.2.1', [64512], { med: 5, localPref: 200 })
    const from = { type: 'ibgp', routerId: 42 } as const
    t.same(sent(clients, attributes, from), { ...attributes, originatorId: 42, clusterList: [7] })
    t.equal(sent(others, attributes, from), undefined)
    t.same(sent(others, attributes, { ...from, client: true }), {
      ...attributes,
      originatorId: 42,
      clusterList: [7],
    })
    const again = { ...attributes, originatorId: 5, clusterList: [3, 4] }
    t.same(sent(clients, again, from), { ...again, clusterList: [7, 3, 4] })
  },
)

t.test('a path goes to no neighbor whose AS it holds', async (t) => {
  t.equal(sent(EBGP, path('192.0.2.1', [64512, 65000, 3])), undefined)
  t.ok(sent(EBGP, path('192.0.2.1', [64512, 65001])))
})

t.test('ROU-1: NO_EXPORT, NO_ADVERTISE, NO_EXPORT_SUBCONFED', async (t) => {
  const withCommunity = (community: number) => path('192.0.2.1', [64512], { communities: [1, community] })
  for (const [community, outside, inside] of [
    [0xffffff01, false, true],
    [0xffffff02, false, false],
    [0xffffff03, false, true],
    [0xffffff04, true, true],
  ] as const) {
    t.equal(sent(EBGP, withCommunity(community)) !== undefined, outside)
    t.equal(sent(IBGP, withCommunity(community)) !== undefined, inside)
  }
})

t.test('COM-2: non-transitive extended communities stay in the AS', async (t) => {
  const stays = Uint8Array.of(0x43, 0, 0, 0, 0, 0, 0, 1)
  const goes = Uint8Array.of(0x00, 2, 0, 0, 0, 0, 0, 1)
  const stays6 = Uint8Array.from({ length: 20 }, (_, i) => (i === 0 ? 0x40 : i))
  const attributes = path('192.0.2.1', [64512], {
    extendedCommunities: [stays, goes],
    ipv6ExtendedCommunities: [stays6],
  })
  t.same(sent(EBGP, attributes)!.extendedCommunities, [goes])
  t.equal(sent(EBGP, attributes)!.ipv6ExtendedCommunities, undefined)
  t.same(sent(IBGP, attributes)!.extendedCommunities, [stays, goes])
  t.same(sent(IBGP, attributes)!.ipv6ExtendedCommunities, [stays6])
  const none = path('192.0.2.1', [64512], { extendedCommunities: [stays] })
  t.notOk(codes(message(EBGP, none)!).includes(16), 'an attribute without values is not sent')
})

t.test('UPD-9, UPD-10: unknown transitive attributes go on with Partial, in ascending order', async (t) => {
  const attributes = path('192.0.2.1', [64512], {
    med: 1,
    atomicAggregate: true,
    communities: [5],
    largeCommunities: [[1, 2, 3]],
    otc: 9,
    unknown: [{ code: 200, flags: 0xc0, value: Uint8Array.of(1, 2) }],
  })
  const bytes = message(EBGP, attributes)!
  t.same(codes(bytes), [1, 2, 3, 6, 8, 32, 35, 200])
  t.same(sent(EBGP, attributes)!.unknown, [{ code: 200, flags: 0xe0, value: Uint8Array.of(1, 2) }])
  t.same(codes(message(IBGP, attributes)!), [1, 2, 3, 4, 5, 6, 8, 32, 35, 200])
  t.same(
    codes(message({ ...IBGP, reflector: { clusterId: 1, clients: true } }, attributes, { type: 'ibgp' })!),
    [1, 2, 3, 4, 5, 6, 8, 9, 10, 32, 35, 200],
  )
})

t.test(
  'AS4-1: a neighbor with 2-octet AS numbers gets AS_TRANS and AS4_PATH, only when needed',
  async (t) => {
    const narrow = { ...EBGP, as4: false }
    const wide = path('192.0.2.1', [4200000001, 64512], {
      aggregator: { as: 4200000002, address: '10.0.0.1' },
    })
    const bytes = message(narrow, wide)!
    t.same(codes(bytes), [1, 2, 3, 7, 17, 18])
    const at = bytes.indexOf(2, 27)
    t.same([...bytes.subarray(at - 1, at + 10)], [0x40, 2, 8, 2, 3, 0xfc, 0x01, 0x5b, 0xa0, 0xfc, 0x00])
    const merged = sent(narrow, wide)!
    t.same(merged.asPath, [{ type: 2, asns: [64513, 4200000001, 64512] }])
    t.same(merged.aggregator, wide.aggregator)
    t.same(codes(message(narrow, path('192.0.2.1', [64512]))!), [1, 2, 3])
    t.same(codes(message({ ...narrow, localAs: 4200000000 }, path('192.0.2.1', [64512]))!), [1, 2, 3, 17])
  },
)

t.test('long attributes get two length octets, also after prepending', async (t) => {
  for (const hops of [61, 62, 63, 64, 65]) {
    const asns = Array.from({ length: hops }, (_, i) => i + 1)
    t.same(sent(EBGP, path('192.0.2.1', asns))!.asPath, [{ type: 2, asns: [64513, ...asns] }])
  }
})

t.test(
  'IPv6 goes as MP_REACH_NLRI, first; next hops by mode, link-local ones never beyond their link',
  async (t) => {
    const six: ExportTreatment = { ...EBGP, family: 'ipv6-unicast', ownAddress: OWN6 }
    const attributes = path('2001:db8::1', [64512], { linkLocalNextHop: 'fe80::1' })
    t.same(codes(message(six, attributes)!), [14, 1, 2])
    t.equal(sent(six, attributes)!.nextHop, '2001:db8::fe')
    const unchanged = sent({ ...six, nextHop: 'unchanged' }, attributes)!
    t.same([unchanged.nextHop, unchanged.linkLocalNextHop], ['2001:db8::1', undefined])
    const both = { ...six, ownAddress: Uint8Array.of(...OWN6, 0xfe, 0x80, ...OWN6.subarray(2)) }
    t.match(sent(both, attributes)!.linkLocalNextHop, /^fe80:/)
    t.equal(sent({ ...six, ownAddress: Uint8Array.of(192, 0, 2, 200) }, attributes), undefined)
  },
)

t.test('ENH-1: IPv4 routes with an IPv6 next hop only when negotiated', async (t) => {
  const attributes = path('2001:db8::1', [64512])
  const unchanged = { ...EBGP, nextHop: 'unchanged' } as const
  t.equal(sent(unchanged, attributes)!.nextHop, '192.0.2.200')
  const extended = { ...unchanged, extendedNextHop: true }
  t.equal(sent(extended, attributes)!.nextHop, '2001:db8::1')
  t.same(codes(message(extended, attributes)!), [14, 1, 2])
  t.equal(sent({ ...EBGP, ownAddress: OWN6 }, attributes), undefined, 'no address that it could be given')
  t.equal(sent({ ...EBGP, ownAddress: OWN6, extendedNextHop: true }, attributes)!.nextHop, '2001:db8::fe')
})

t.test('the key tells treatments apart', async (t) => {
  const keys = new Set(
    [EBGP, IBGP, { ...EBGP, as4: false }, { ...EBGP, remoteAs: 1 }, { ...EBGP, ownAddress: OWN6 }].map(
      (one) => treatmentKey(one, 'all', ''),
    ),
  )
  keys.add(treatmentKey(EBGP, 'none', '')).add(treatmentKey(EBGP, 'all', 'eth0'))
  t.equal(keys.size, 7)
  t.ok(keys.has(treatmentKey({ ...EBGP }, 'all', '')))
})
