import t from 'tap'
import type { Family } from '../../../src/ip/family.js'
import { parsePrefix } from '../../../src/ip/prefix.js'
import { PrefixTable } from '../../../src/ip/prefix-table.js'
import { type DecodedUpdate, decodeUpdate } from '../../../src/wire/decode.js'
import { Framer } from '../../../src/wire/framer.js'
import { KEEPALIVE } from '../../../src/wire/message.js'
import { hex } from '../../../src/wire/printable.js'
import { UpdateWriter } from '../../../src/wire/update-writer.js'
import { writeAttributes } from '../../../src/wire/write-attributes.js'
import fc from '../../support/properties.js'
import {
  asPath,
  attribute,
  mpReachIpv6,
  mpUnreachIpv6,
  nextHop,
  origin,
  update,
} from '../../support/raw-bytes.js'
import { IBGP } from './support.js'

const GATEWAY = Uint8Array.of(192, 0, 2, 1)
const GATEWAY6 = Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
const ATTRIBUTES = writeAttributes({ origin: 0, asPath: [{ type: 2, asns: [65001] }] })

/** Collects messages and how many chunks and messages were told. */
class Collector {
  readonly writer: UpdateWriter
  readonly messages: Uint8Array[] = []
  chunks = 0
  told = 0

  constructor(maxLength?: number) {
    this.writer = new UpdateWriter(this, maxLength)
  }

  chunk(bytes: Uint8Array, messages: number): void {
    this.chunks++
    this.told += messages
    const framer = new Framer()
    framer.maxLength = 65535
    const found = this.messages
    framer.push(bytes, {
      message(_type, octets, start, end) {
        found.push(octets.slice(start, end))
        return true
      },
      fault: (fault) => {
        throw new Error(fault.text)
      },
    })
    if (framer.buffered > 0) throw new Error('a chunk ends inside a message')
  }

  decode(addPath: readonly Family[] = []): DecodedUpdate[] {
    return this.messages.map((message) => decodeUpdate(message, IBGP, addPath))
  }
}

function tableOf(family: Family, ...prefixes: string[]): PrefixTable {
  const table = new PrefixTable(family)
  for (const text of prefixes) {
    const prefix = parsePrefix(text)!
    table.intern(prefix.bytes, 0, prefix.length)
  }
  return table
}

/** Adds a prefix of a table. */
function add(writer: UpdateWriter, table: PrefixTable, id: number, pathId = 0): boolean {
  const octets = new Uint8Array(17)
  table.write(id, octets, 0)
  return writer.addOctets(octets, 0, pathId)
}

t.test('the octets of each kind', async (t) => {
  const four = tableOf('ipv4-unicast', '10.0.0.0/8', '192.0.2.128/25')
  const six = tableOf('ipv6-unicast', '2001:db8::/32', '::/0')
  const all = new Collector()
  all.writer.announce('ipv4-unicast', ATTRIBUTES, GATEWAY)
  t.ok(add(all.writer, four, 0))
  t.ok(add(all.writer, four, 1))
  all.writer.withdraw('ipv4-unicast')
  t.ok(add(all.writer, four, 1))
  all.writer.announce('ipv6-unicast', ATTRIBUTES, GATEWAY6)
  t.ok(add(all.writer, six, 0))
  all.writer.withdraw('ipv6-unicast')
  t.ok(add(all.writer, six, 0))
  t.ok(add(all.writer, six, 1))
  all.writer.message(KEEPALIVE)
  all.writer.flush()
  const mandatory = [origin(), asPath(65001), nextHop('192.0.2.1')]
  t.same(
    all.messages.map((message) => hex(message, 999)),
    [
      update({ attributes: mandatory, announced: ['10.0.0.0/8', '192.0.2.128/25'] }),
      update({ withdrawn: ['192.0.2.128/25'] }),
      update({ attributes: [mpReachIpv6('2001:db8::1', '2001:db8::/32'), origin(), asPath(65001)] }),
      update({ attributes: [mpUnreachIpv6('2001:db8::/32', '::/0')] }),
      KEEPALIVE,
    ].map((message) => hex(message, 999)),
  )
  t.equal(all.chunks, 1)
  t.equal(all.told, 5)
})

t.test('the next hop goes to its place; one in the attributes is replaced', async (t) => {
  const table = tableOf('ipv4-unicast', '10.0.0.0/8')
  const full = { origin: 0, asPath: [], med: 5, localPref: 100 }
  for (const stored of [
    writeAttributes({ ...full, nextHop: '198.51.100.1' }),
    writeAttributes({ ...full, nextHop: '2001:db8::9' }),
    writeAttributes(full, { nextHop: false }),
  ]) {
    const out = new Collector()
    out.writer.announce('ipv4-unicast', stored, GATEWAY)
    add(out.writer, table, 0)
    out.writer.announce('ipv4-unicast', stored, GATEWAY6)
    add(out.writer, table, 0)
    out.writer.flush()
    const [classic, reach] = out.decode()
    t.same(classic.attributes, { ...full, nextHop: '192.0.2.1' })
    t.same(reach.attributes, { ...full, nextHop: '2001:db8::1' }, 'IPv4 behind an IPv6 gateway (RFC 8950)')
    t.same(reach.announced, [{ family: 'ipv4-unicast', prefix: '10.0.0.0/8' }])
    t.equal(reach.verdict, 'withdraw', 'which this session had not negotiated')
  }
})

t.test('UPD-11: packed up to the limit, one kind of route a message, nothing lost', async (t) => {
  for (const maxLength of [4096, 65535]) {
    for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
      for (const addPath of [false, true]) {
        const octets = family === 'ipv4-unicast' ? 4 : 16
        const table = new PrefixTable(family)
        for (let i = 0; i < 30_000; i++) {
          const bytes = new Uint8Array(octets)
          bytes.set([10, i >>> 8, i, i])
          table.intern(bytes, 0, 17 + (i % 16))
        }
        const out = new Collector(maxLength)
        out.writer.announce(family, ATTRIBUTES, octets === 4 ? GATEWAY : GATEWAY6, addPath)
        for (let id = 0; id < table.size; id++) add(out.writer, table, id, id)
        out.writer.withdraw(family, addPath)
        for (let id = 0; id < table.size; id++) add(out.writer, table, id, id)
        out.writer.flush()
        const name = `${family} ${maxLength} ${addPath}`
        const decoded = out.decode(addPath ? [family] : [])
        t.ok(
          decoded.every(({ verdict, faults }) => verdict === 'none' && faults.length === 0),
          name,
        )
        const kinds = decoded.map(
          (u) => [u.announced.length > 0, u.withdrawn.length > 0].filter(Boolean).length,
        )
        t.ok(kinds.every((count) => count === 1))
        const text = (id: number) => (addPath ? `${table.text(id)} ${id}` : table.text(id))
        const expected = Array.from({ length: table.size }, (_, id) => text(id)).join()
        const list = (key: 'announced' | 'withdrawn') =>
          decoded
            .flatMap((u) => u[key])
            .map(({ prefix, pathId }) => (pathId === undefined ? prefix : `${prefix} ${pathId}`))
            .join()
        t.ok(list('announced') === expected && list('withdrawn') === expected, `${name}: all, in order`)
        const lengths = out.messages.map(({ length }) => length)
        t.ok(Math.max(...lengths) <= maxLength)
        t.ok(lengths.filter((length) => length < maxLength - 21).length <= 2, `${name}: full but the last`)
        t.equal(out.told, out.messages.length)
      }
    }
  }
})

t.test('UPD-14: a route that does not fit is refused, and the next one is not', async (t) => {
  const table = tableOf('ipv4-unicast', '0.0.0.0/0', '10.0.0.0/8', '192.0.2.1/32')
  const room = (octets: number) => 4096 - 23 - octets
  const block = (length: number) => Uint8Array.from(attribute(0xc0, 200, new Array(length - 4).fill(1)))
  const out = new Collector()
  out.writer.announce('ipv4-unicast', block(room(1) - 7), GATEWAY)
  t.ok(add(out.writer, table, 0), 'one octet is left: the default route fits')
  t.notOk(add(out.writer, table, 1))
  t.ok(add(out.writer, table, 0))
  out.writer.announce('ipv4-unicast', block(room(0) - 7), GATEWAY)
  t.notOk(add(out.writer, table, 0))
  out.writer.announce('ipv4-unicast', block(5000), GATEWAY)
  t.notOk(add(out.writer, table, 0))
  out.writer.announce('ipv6-unicast', block(room(0) - 30), GATEWAY6)
  t.notOk(out.writer.addOctets(Uint8Array.of(128, ...GATEWAY6), 0))
  out.writer.announce('ipv4-unicast', ATTRIBUTES, GATEWAY)
  t.ok(add(out.writer, table, 2))
  out.writer.flush()
  t.same(
    out.decode().map(({ announced }) => announced[0].prefix),
    ['0.0.0.0/0', '0.0.0.0/0', '192.0.2.1/32'],
  )
  t.equal(out.messages[0].length, 4096)
})

t.test('nothing added, nothing written', async (t) => {
  const out = new Collector()
  out.writer.flush()
  out.writer.announce('ipv4-unicast', ATTRIBUTES, GATEWAY)
  out.writer.withdraw('ipv6-unicast')
  out.writer.flush()
  t.notOk(add(new UpdateWriter(out), tableOf('ipv4-unicast', '0.0.0.0/0'), 0))
  t.equal(out.chunks, 0)
})

t.test('chunks are never written to again', async (t) => {
  const kept: { bytes: Uint8Array; copy: string }[] = []
  const writer = new UpdateWriter({ chunk: (bytes) => kept.push({ bytes, copy: hex(bytes, 1e6) }) })
  const table = new PrefixTable('ipv4-unicast')
  for (let round = 0; round < 30; round++) {
    writer.announce('ipv4-unicast', ATTRIBUTES, GATEWAY)
    for (let i = 0; i < round * 700; i++)
      add(writer, table, table.intern(Uint8Array.of(10, i >>> 8, i, 1), 0, 32))
    writer.flush()
  }
  t.ok(kept.length > 30)
  t.ok(kept.every(({ bytes, copy }) => hex(bytes, 1e6) === copy))
})

t.test('multiprotocol attributes around 255 octets take the length form that they need', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.boolean(), (count, announce) => {
      const out = new Collector()
      if (announce) out.writer.announce('ipv6-unicast', ATTRIBUTES, GATEWAY6)
      else out.writer.withdraw('ipv6-unicast')
      for (let i = 0; i < count; i++)
        out.writer.addOctets(Uint8Array.of(64, ...GATEWAY6.subarray(0, 7), i), 0)
      out.writer.flush()
      const [message] = out.messages
      const length = (announce ? 21 : 3) + count * 9
      const [decoded] = out.decode()
      return (
        message[23] === (length > 255 ? 0x90 : 0x80) &&
        decoded.faults.length === 0 &&
        decoded[announce ? 'announced' : 'withdrawn'].length === count
      )
    }),
  )
  t.pass('no counterexample')
})
