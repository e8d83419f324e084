import {
  announce,
  asPath,
  attribute,
  communities,
  endOfRibIpv6,
  fourOctetAs,
  ipv4,
  ipv6,
  KEEPALIVE,
  localPref,
  mpReachIpv6,
  multiprotocol,
  nextHop,
  nlri,
  notification,
  open,
  origin,
  u8,
  u16,
  u32,
  update,
  withdraw,
} from './raw-bytes.js'

/**
 * MRT recordings put together by hand from the drawings of RFC 6396 and RFC 8050, and from what old software is
 * known to have written: small fixtures that hold every kind of record once.
 */

export const TIME = 1_700_000_000

/** A record: header and body (RFC 6396 §2). */
export function record(type: number, subtype: number, body: readonly number[], time = TIME): number[] {
  return [...u32(time), ...u16(type), ...u16(subtype), ...u32(body.length), ...body]
}

/** Ends of a session as BGP4MP has them (§4.4.1); `as` writes an AS number. */
const session4 = (as: (value: number) => number[]): number[] => [
  ...as(64512),
  ...as(64513),
  ...u16(7),
  ...u16(1),
  ...ipv4('192.0.2.1'),
  ...ipv4('192.0.2.200'),
]
const session6 = (as: (value: number) => number[]): number[] => [
  ...as(4200000001),
  ...as(64513),
  ...u16(0),
  ...u16(2),
  ...ipv6('2001:db8::1'),
  ...ipv6('2001:db8::200'),
]

const octets2 = (asns: readonly number[]): number[] =>
  attribute(0x40, 2, [2, asns.length, ...asns.flatMap(u16)])
const narrow = [...origin(), ...octets2([64512, 65001]), ...nextHop('192.0.2.1')]
const narrowUpdate = [
  ...new Array<number>(16).fill(255),
  ...u16(23 + narrow.length + 4),
  2,
  ...u16(0),
  ...u16(narrow.length),
  ...narrow,
  ...nlri('198.51.100.0/24'),
]
/** An UPDATE with a path identifier before its prefix (RFC 7911 §3). */
const wide = [...origin(), ...asPath(64512), ...nextHop('192.0.2.1')]
const addPathUpdate = [
  ...new Array<number>(16).fill(255),
  ...u16(23 + wide.length + 8),
  2,
  ...u16(0),
  ...u16(wide.length),
  ...wide,
  ...u32(9),
  ...nlri('198.51.100.0/24'),
]

/** Sessions: every subtype of BGP4MP and BGP4MP_ET. */
function sessions(): number[] {
  const four = session4(u32)
  const two = session4(u16)
  return [
    ...record(16, 0, [...two, ...u16(1), ...u16(3)]),
    ...record(16, 5, [...four, ...u16(3), ...u16(4)]),
    ...record(16, 1, [...two, ...open({ as: 64512, routerId: '192.0.2.1' })]),
    ...record(16, 4, [
      ...session6(u32),
      ...open({
        as: 4200000001,
        routerId: '192.0.2.1',
        capabilities: [multiprotocol(2), fourOctetAs(4200000001)],
      }),
    ]),
    ...record(16, 1, [...two, ...narrowUpdate]),
    ...record(16, 4, [...four, ...announce(64512, '192.0.2.1', '198.51.100.0/24', '203.0.113.0/25')]),
    ...record(16, 4, [...four, ...withdraw('198.51.100.0/24')]),
    ...record(16, 4, [
      ...session6(u32),
      ...update({
        attributes: [mpReachIpv6('2001:db8::1', '2001:db8:1::/48'), origin(), asPath(4200000001)],
      }),
    ]),
    ...record(16, 7, [...four, ...endOfRibIpv6()]),
    ...record(16, 6, [...two, ...KEEPALIVE]),
    ...record(16, 9, [...four, ...addPathUpdate]),
    ...record(16, 11, [...four, ...addPathUpdate]),
    ...record(16, 8, [...two, ...KEEPALIVE]),
    ...record(16, 10, [...two, ...KEEPALIVE]),
    ...record(17, 4, [...u32(250_000), ...four, ...notification(6, 2, [4, 98, 121, 101, 33])]),
    ...record(17, 0, [...u32(999_999), ...two, ...u16(6), ...u16(1)]),
    // Of a family, a subtype and a type that nobody reads.
    ...record(16, 4, [...u32(1), ...u32(2), ...u16(0), ...u16(3), 1, 2, 3, 4]),
    ...record(16, 99, [1, 2, 3]),
    ...record(48, 1, []),
    ...record(11, 0, [0]),
  ]
}

/** A table in TABLE_DUMP_V2: neighbors, then prefixes with a path of each. */
function table(): number[] {
  const path = [
    ...origin(),
    ...asPath(64512, 4200000001),
    ...nextHop('192.0.2.1'),
    ...communities(0xfc000001),
  ]
  const short6 = [
    ...origin(),
    ...asPath(64512),
    ...attribute(0x80, 14, [16, ...ipv6('2001:db8::1')]),
    ...localPref(7),
  ]
  const long6 = [...origin(), ...asPath(64512), ...mpReachIpv6('2001:db8::1', '2001:db8:1::/48')]
  const both6 = [
    ...origin(),
    ...asPath(64512),
    ...attribute(0x80, 14, [32, ...ipv6('2001:db8::1'), ...ipv6('fe80::1')]),
  ]
  const entry = (peer: number, block: readonly number[], pathId?: number): number[] => [
    ...u16(peer),
    ...u32(TIME - 60),
    ...(pathId === undefined ? [] : u32(pathId)),
    ...u16(block.length),
    ...block,
  ]
  const name = [...'main'].map((letter) => letter.charCodeAt(0))
  return [
    ...record(13, 1, [
      ...ipv4('192.0.2.200'),
      ...u16(name.length),
      ...name,
      ...u16(3),
      ...[...u8(0), ...ipv4('192.0.2.1'), ...ipv4('192.0.2.1'), ...u16(64512)],
      ...[...u8(2), ...ipv4('192.0.2.2'), ...ipv4('192.0.2.2'), ...u32(4200000001)],
      ...[...u8(3), ...ipv4('192.0.2.3'), ...ipv6('2001:db8::3'), ...u32(64514)],
    ]),
    ...record(13, 2, [
      ...u32(0),
      ...nlri('198.51.100.0/24'),
      ...u16(2),
      ...entry(0, path),
      ...entry(1, path),
    ]),
    ...record(13, 4, [
      ...u32(1),
      ...nlri('2001:db8:1::/48'),
      ...u16(3),
      ...entry(2, short6),
      ...entry(2, long6),
      ...entry(2, both6),
    ]),
    ...record(13, 3, [...u32(2), ...nlri('198.51.100.0/24'), ...u16(0)]),
    ...record(13, 5, [...u32(3), ...nlri('2001:db8:1::/48'), ...u16(0)]),
    ...record(13, 6, [
      ...u32(4),
      ...u16(1),
      128,
      88,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      ...u16(1),
      ...entry(0, path),
    ]),
    ...record(13, 8, [
      ...u32(5),
      ...nlri('0.0.0.0/0'),
      ...u16(2),
      ...entry(0, path, 1),
      ...entry(0, path, 2),
    ]),
    ...record(13, 10, [...u32(6), ...nlri('::/0'), ...u16(1), ...entry(2, short6, 4294967295)]),
    ...record(13, 9, [...u32(7), ...nlri('198.51.100.0/24'), ...u16(0)]),
    ...record(13, 11, [...u32(8), ...nlri('2001:db8:1::/48'), ...u16(0)]),
    ...record(13, 12, [
      ...u32(9),
      ...u16(2),
      1,
      ...nlri('2001:db8:1::/48'),
      ...u16(1),
      ...entry(2, short6, 3),
    ]),
    ...record(13, 7, [1, 2, 3]),
  ]
}

/** A record of more than 64 kB: one prefix, three thousand paths. */
export function wideTable(): Uint8Array {
  const path = [...origin(), ...asPath(64512), ...nextHop('192.0.2.1')]
  const entries = Array.from({ length: 3000 }, (_, i) => [
    ...u16(0),
    ...u32(TIME + i),
    ...u16(path.length),
    ...path,
  ])
  return Uint8Array.from(
    record(13, 2, [...u32(0), ...nlri('198.51.100.0/24'), ...u16(3000), ...entries.flat()]),
  )
}

/** What software before RFC 6396 wrote: TABLE_DUMP, BGP4MP_ENTRY, type BGP, and Zebra's short records. */
function legacy(): number[] {
  const block = [...origin(), ...octets2([64512]), ...nextHop('192.0.2.1')]
  const entry = (address: number[], peer: number[], attributes: readonly number[]): number[] => [
    ...address,
    address.length === 4 ? 24 : 48,
    1,
    ...u32(TIME - 60),
    ...peer,
    ...u16(64512),
    ...u16(attributes.length),
    ...attributes,
  ]
  const four = entry(ipv4('198.51.100.0'), ipv4('192.0.2.1'), block)
  const six = entry(ipv6('2001:db8:1::'), ipv6('2001:db8::1'), [
    ...origin(),
    ...octets2([64512]),
    ...mpReachIpv6('2001:db8::1', '2001:db8:1::/48'),
  ])
  const many = record(12, 1, [...u16(0), ...u16(0), ...four, ...four, ...four])
  // View and sequence number do not count in the length.
  many[11] -= 4
  const ends = [...u16(64512), ...ipv4('192.0.2.1'), ...u16(64513), ...ipv4('192.0.2.200')]
  return [
    ...record(12, 1, [...u16(0), ...u16(1), ...four]),
    ...record(12, 2, [...u16(0), ...u16(2), ...six]),
    ...many,
    ...record(12, 1, [...u16(0), ...u16(3), ...four, ...four]),
    ...record(16, 2, [
      ...session4(u16),
      ...[...u16(0), ...u16(1), ...u32(TIME - 60), ...u16(1), 1],
      ...[4, ...ipv4('192.0.2.1'), ...nlri('198.51.100.0/24')],
      ...u16(origin().length),
      ...origin(),
    ]),
    ...record(16, 2, [
      ...session4(u16),
      ...[...u16(0), ...u16(1), ...u32(TIME - 60), ...u16(2), 1],
      ...[16, ...ipv6('2001:db8::1'), ...nlri('2001:db8:1::/48')],
      ...u16(origin().length),
      ...origin(),
    ]),
    ...record(16, 3, [0, 0]),
    ...record(5, 1, [...ends, ...narrowUpdate.slice(19)]),
    ...record(5, 3, [...u16(64512), ...ipv4('192.0.2.1'), ...u16(3), ...u16(4)]),
    ...record(5, 5, [...ends, 4, ...u16(64512), ...u16(90), ...ipv4('192.0.2.1'), 0]),
    ...record(5, 6, [...ends, 4, 0]),
    ...record(5, 7, ends),
    ...record(5, 4, [...u16(0)]),
    ...record(16, 0, [...u16(0), ...u16(0), ...u16(3), ...u16(4)]),
    ...record(16, 1, [...u16(0), ...u16(0), ...KEEPALIVE]),
  ]
}

/** Records that are broken inside, whole ones between them, and an end in the middle of one. */
function broken(): number[] {
  const keepalive = record(16, 4, [...session4(u32), ...KEEPALIVE])
  const rib = [...u32(0), ...nlri('198.51.100.0/24'), ...u16(3), ...u16(0), ...u32(TIME), ...u16(200), 1, 2]
  return [
    ...record(16, 4, [...session4(u32)].slice(0, 9)),
    ...record(16, 5, [...session4(u32), 0]),
    ...keepalive,
    ...record(17, 4, [0, 1]),
    ...record(13, 1, [...ipv4('192.0.2.200'), ...u16(0), ...u16(2), 0, 1, 2]),
    ...record(13, 2, rib),
    ...record(13, 2, [...u32(0), 24, 1]),
    ...record(12, 1, [...u16(0), ...u16(0), 1, 2, 3]),
    ...record(12, 1, [
      ...u16(0),
      ...u16(0),
      ...ipv4('192.0.2.0'),
      33,
      0,
      ...u32(0),
      ...ipv4('192.0.2.1'),
      0,
      1,
      0,
      0,
    ]),
    ...record(5, 1, [1, 2, 3]),
    ...keepalive,
    ...keepalive.slice(0, 20),
  ]
}

/** The small recordings, by file name. */
export function recordings(): ReadonlyMap<string, Uint8Array> {
  return new Map(
    Object.entries({ sessions, table, legacy, broken }).map(([name, make]) => [
      `${name}.mrt`,
      Uint8Array.from(make()),
    ]),
  )
}
