import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { readMrt } from '../../../src/wire/mrt.js'
import { mrtAttributes } from '../../../src/wire/mrt-table.js'
import { type MrtRecord, mrtContext } from '../../../src/wire/mrt-types.js'
import { hex } from '../../../src/wire/printable.js'
import { readAttributes } from '../../../src/wire/read-attributes.js'
import { record, recordings, TIME, wideTable } from '../../support/mrt-bytes.js'
import { replay } from '../../support/mrt-replay.js'
import {
  asPath,
  attribute,
  ipv4,
  ipv6,
  KEEPALIVE,
  mpReachIpv6,
  origin,
  u16,
  u32,
} from '../../support/raw-bytes.js'

/** The recordings as files, for whoever wants to look at them with another tool: ECMPD_WRITE_FIXTURES=1 makes them. */
const folder = new URL('../../fixtures/mrt/', import.meta.url)
const made = recordings()
const read = (name: string): MrtRecord[] => [...readMrt(made.get(`${name}.mrt`)!)]

t.test('the files are what the drawings say', async (t) => {
  for (const [name, bytes] of made) {
    const file = new URL(name, folder)
    if (process.env.ECMPD_WRITE_FIXTURES === '1') writeFileSync(file, bytes)
    t.ok(existsSync(file) && bytes.every((octet, i) => readFileSync(file)[i] === octet), name)
  }
})

t.test('everything decodes, and what was written once is written so again', async (t) => {
  t.same(replay(made.get('sessions.mrt')!), {
    messages: 13,
    refused: 0,
    states: 3,
    entries: 0,
    other: 4,
    faults: 0,
  })
  t.same(replay(made.get('table.mrt')!), {
    messages: 0,
    refused: 0,
    states: 0,
    entries: 10,
    other: 2,
    faults: 0,
  })
  t.same(replay(made.get('legacy.mrt')!), {
    messages: 5,
    refused: 0,
    states: 2,
    entries: 9,
    other: 2,
    faults: 0,
  })
  t.same(replay(made.get('broken.mrt')!), {
    messages: 2,
    refused: 0,
    states: 0,
    entries: 0,
    other: 0,
    faults: 10,
  })
  t.equal(replay(wideTable()).entries, 3000)
  t.ok(wideTable().length > 65536)
})

t.test('sessions', async (t) => {
  const records = read('sessions')
  t.match(records[0], {
    kind: 'state',
    peerAs: 64512,
    localAs: 64513,
    interfaceIndex: 7,
    from: 1,
    to: 3,
    time: TIME,
  })
  t.match(records[1], {
    kind: 'state',
    peerAddress: '192.0.2.1',
    localAddress: '192.0.2.200',
    from: 3,
    to: 4,
  })
  t.match(records[3], {
    kind: 'message',
    peerAs: 4200000001,
    peerAddress: '2001:db8::1',
    as4: true,
    sent: false,
  })
  t.match(records[4], { kind: 'message', as4: false, addPath: false })
  const flags = records.flatMap((one) =>
    one.kind === 'message' ? [`${one.subtype} ${one.as4 ? 4 : 2} ${one.addPath} ${one.sent}`] : [],
  )
  t.same([...new Set(flags)].sort(), [
    '1 2 false false',
    '10 2 true true',
    '11 4 true true',
    '4 4 false false',
    '6 2 false true',
    '7 4 false true',
    '8 2 true false',
    '9 4 true false',
  ])
  t.match(records[14], { kind: 'message', microseconds: 250_000, time: TIME })
  t.match(records[15], { kind: 'state', microseconds: 999_999, from: 6, to: 1 })
  t.same(
    records.slice(16).map(({ kind, type, subtype }) => [kind, type, subtype]),
    [
      ['other', 16, 4],
      ['other', 16, 99],
      ['other', 48, 1],
      ['other', 11, 0],
    ],
  )
})

t.test('a table', async (t) => {
  const [peers, four, six, ...rest] = read('table')
  t.match(peers, {
    kind: 'peers',
    collector: 0xc00002c8,
    view: 'main',
    peers: [
      { routerId: 0xc0000201, address: '192.0.2.1', as: 64512 },
      { address: '192.0.2.2', as: 4200000001 },
      { address: '2001:db8::3', as: 64514 },
    ],
  })
  if (four.kind !== 'rib' || six.kind !== 'rib') throw new Error('no table')
  t.equal(hex(four.nlri), '18c63364')
  t.same(
    four.entries.map(({ peer, originated, pathId }) => [peer, originated, pathId]),
    [
      [0, TIME - 60, undefined],
      [1, TIME - 60, undefined],
    ],
  )
  const attributes = six.entries.map((entry) => {
    const block = mrtAttributes(entry.attributes, six.afi, six.safi)
    return readAttributes(block, 0, block.length, mrtContext(true))
  })
  t.match(attributes, [
    { nextHop: '2001:db8::1', localPref: 7 },
    { nextHop: '2001:db8::1' },
    { nextHop: '2001:db8::1', linkLocalNextHop: 'fe80::1' },
  ])
  t.same(
    rest.flatMap((one) => (one.kind === 'rib' ? [[one.subtype, one.afi, one.safi, one.entries.length]] : [])),
    [
      [3, 1, 2, 0],
      [5, 2, 2, 0],
      [6, 1, 128, 1],
      [8, 1, 1, 2],
      [10, 2, 1, 1],
      [9, 1, 2, 0],
      [11, 2, 2, 0],
      [12, 2, 1, 1],
    ],
  )
  t.match(rest[3], { entries: [{ pathId: 1 }, { pathId: 2 }] })
})

t.test('what old software wrote', async (t) => {
  const records = read('legacy')
  const entries = records.map((one) => (one.kind === 'table' ? one.entries.length : 0))
  t.same(entries.slice(0, 6), [1, 1, 3, 2, 1, 1], 'one length leaves view and sequence number out')
  t.match(records[0], { kind: 'table', view: 0, sequence: 1, afi: 1 })
  t.match(records[1], { entries: [{ peerAddress: '2001:db8::1', peerAs: 64512, originated: TIME - 60 }] })
  const hops = [records[4], records[5]].map((one) => {
    if (one.kind !== 'table') throw new Error('no table')
    const block = mrtAttributes(one.entries[0].attributes, one.afi, one.safi)
    return readAttributes(block, 0, block.length, mrtContext(false)).nextHop
  })
  t.same(hops, ['192.0.2.1', '2001:db8::1'], 'next hops beside the attributes of a BGP4MP_ENTRY')
  t.match(records[8], { kind: 'state', peerAddress: '192.0.2.1', from: 3, to: 4 })
  t.same(
    records.slice(7).map((one) => (one.kind === 'message' ? one.message[18] : one.kind)),
    [2, 'state', 1, 3, 4, 'other', 'state', 4],
  )
  t.match(records.at(-2), { peerAddress: '0.0.0.0', from: 3, to: 4 }, 'a change of state of 8 octets')
})

t.test('broken records are told, and the next one is read', async (t) => {
  const records = read('broken')
  t.same(
    records.map((one) => (one.kind === 'fault' ? `${one.type}${one.cut ? ' cut' : ''}` : one.kind)),
    ['16', '16', 'message', '17', '13', '13', '13', '12', '12', '5', 'message', '16 cut'],
  )
  t.match(records.at(-1), { text: /longer .* than what is left/, body: { length: 20 } })
  const [few] = readMrt(Uint8Array.of(1, 2, 3))
  t.match(few, { kind: 'fault', cut: true, text: /too few/ })
  t.same([...readMrt(new Uint8Array(0))], [])
})

t.test('cut anywhere, or with any octet changed: nothing throws, and no octet is read twice', async (t) => {
  let runs = 0
  const all = (bytes: Uint8Array) => {
    let end = 0
    for (const { offset } of readMrt(bytes)) {
      if (offset < end) throw new Error(`record at ${offset} begins before ${end}`)
      end = offset + 1
      runs++
    }
  }
  for (const bytes of made.values()) {
    for (let length = 0; length < bytes.length; length++) all(bytes.subarray(0, length))
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        bytes[at] ^= flip
        all(bytes)
        bytes[at] ^= flip
      }
    }
  }
  t.ok(runs > 10_000, `${runs} records`)
})

t.test('attributes of tables', async (t) => {
  const block = (...parts: number[][]) => Uint8Array.from(parts.flat())
  const made = (bytes: Uint8Array, afi = 2) => hex(mrtAttributes(bytes, afi, 1), 1e6)
  const reach = hex(Uint8Array.from(mpReachIpv6('2001:db8::1')), 1e6)
  t.equal(made(block(attribute(0x80, 14, [16, ...ipv6('2001:db8::1')]))), reach)
  t.equal(made(block(mpReachIpv6('2001:db8::1', '2001:db8::/32'))), reach, 'NLRI go')
  t.equal(made(block([0x90, 14, 0, 17, 16, ...ipv6('2001:db8::1')])), reach, 'the long form becomes short')
  const four = hex(Uint8Array.from([0x80, 14, 9, ...u16(1), 1, 4, ...ipv4('192.0.2.1'), 0]), 1e6)
  t.equal(made(block(attribute(0x80, 14, [4, ...ipv4('192.0.2.1')])), 1), four)
  for (const odd of [
    block(attribute(0x80, 14, [])),
    block(attribute(0x80, 14, [17, ...ipv6('2001:db8::1')])),
    block(attribute(0x80, 14, [0, 2, 1, 16, 1, 2])),
    block(origin(), [0x40, 2, 200, 1]),
    block(origin(), [0x40]),
    block(origin(), asPath(1)),
  ]) {
    t.equal(made(odd), hex(odd, 1e6), 'what is not understood stays as it is')
  }
})

t.test('octets are views, and of a Buffer too nothing is kept but what is needed', async (t) => {
  const session = [...u32(1), ...u32(2), ...u16(0), ...u16(1), ...ipv4('192.0.2.1'), ...ipv4('192.0.2.2')]
  const bytes = Buffer.from(record(16, 4, [...session, ...KEEPALIVE]))
  const [one] = readMrt(bytes)
  if (one.kind !== 'message') throw new Error(one.kind)
  t.equal(one.message.buffer, bytes.buffer)
  t.equal(one.message.constructor, Uint8Array)
})
