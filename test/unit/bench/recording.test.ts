import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { KEEPALIVE, message, open, UPDATE, Updates } from '../../../bench/bytes/messages.js'
import { mrtUpdates } from '../../../bench/bytes/mrt.js'
import { readRecording, readTable } from '../../../bench/bytes/recording.js'
import { makeTable, type TableSpec } from '../../../bench/bytes/tables.js'

const spec: TableSpec = {
  ...{ kind: 'internet', family: 'ipv4-unicast', prefixes: 400, sets: 100, as: 64512, nextHop: '192.0.2.1' },
}
const opening = (as: number) => open({ as, holdTime: 90, routerId: '192.0.2.1', family: 'ipv4-unicast' })

t.test('a recorded session is read as it was sent', async (t) => {
  const made = makeTable(spec)
  const file = join(t.testdir(), 'session.gz')
  writeFileSync(file, gzipSync(Buffer.concat([opening(64512), message(KEEPALIVE), made.bytes])))
  const { as, neighborAs } = readRecording(file, '192.0.2.1')
  t.same({ as, neighborAs }, { as: 64512, neighborAs: 64513 })
  const table = readTable({ ...spec, kind: 'file', file })
  const { prefixes, sets, hash, updates, asSets, faulty } = table
  const expected = { prefixes: 400, sets: 100, hash: made.hash, updates: made.updates, asSets: 0, faulty: 0 }
  t.same({ prefixes, sets, hash, updates, asSets, faulty }, expected)
  t.same(table.samples[0], made.samples[0])
})

t.test('what is withdrawn, has an AS_SET or AS 0, or is 0.0.0.0/32 is counted apart', async (t) => {
  const nextHop = [0x40, 3, 4, 192, 0, 2, 1]
  const internal = [0x40, 5, 4, 0, 0, 0, 100]
  const path = (...segments: number[]) => [0x40, 2, segments.length, ...segments]
  const update = (attributes: number[], ...nlri: number[]) => {
    const body = [0, 0, 0, attributes.length, ...attributes, ...nlri]
    return message(UPDATE, Uint8Array.from(body))
  }
  const gone = new Updates()
  gone.withdraw('ipv4-unicast', [Uint8Array.of(8, 23)])
  const plain = [0x40, 1, 1, 0, ...path(2, 1, 0, 0, 0, 7), ...nextHop, ...internal]
  const set = [0x40, 1, 1, 0, ...path(1, 1, 0, 0, 0, 7), ...nextHop, ...internal]
  const zero = [0x40, 1, 1, 0, ...path(2, 1, 0, 0, 0, 0), ...nextHop, ...internal]
  const file = join(t.testdir(), 'session')
  // The second prefix has host bits, which are no part of it.
  const updates = [
    update(plain, 8, 16, 12, 17, 0x1f, 8, 23, 32, 0, 0, 0, 0),
    update(set, 8, 18),
    update(zero, 8, 19),
  ]
  writeFileSync(file, Buffer.concat([opening(3856), ...updates, gone.bytes()]))
  t.same(readRecording(file, '').neighborAs, 3856, 'LOCAL_PREF: the neighbor is of the same AS')
  const { prefixes, asSets, faulty, samples } = readTable({ ...spec, kind: 'file', file })
  t.same({ prefixes, asSets, faulty }, { prefixes: 5, asSets: 1, faulty: 2 })
  t.equal(samples[0].prefix, '16.0.0.0/8')
  t.equal(samples[1].prefix, '17.16.0.0/12')
})

t.test('an MRT table dump: the table of the neighbor with most prefixes', async (t) => {
  const record = (type: number, subtype: number, body: number[]) => {
    const head = Buffer.alloc(12)
    head.writeUInt16BE(type, 4)
    head.writeUInt16BE(subtype, 6)
    head.writeUInt32BE(body.length, 8)
    return Buffer.concat([head, Buffer.from(body)])
  }
  const peer = (last: number, as: number) => [2, 192, 0, 2, last, 192, 0, 2, last, 0, 0, as >> 8, as & 255]
  const index = record(13, 1, [192, 0, 2, 9, 0, 0, 0, 2, ...peer(1, 64500), ...peer(2, 64501)])
  const attributes = (first: number) => [
    ...[0x40, 1, 1, 0, 0x40, 2, 10, 2, 2, 0, 0, first >> 8, first & 255, 0, 0, 0, 9],
    ...[0x40, 3, 4, 198, 51, 100, 1, 0x40, 5, 4, 0, 0, 0, 100],
  ]
  const entry = (peer: number, first: number) => [
    0,
    peer,
    0,
    0,
    0,
    0,
    0,
    attributes(first).length,
    ...attributes(first),
  ]
  const rib = (octet: number, ...list: number[][]) =>
    record(13, 2, [0, 0, 0, octet, 8, octet, 0, list.length, ...list.flat()])
  const octets = Buffer.concat([
    index,
    rib(16, entry(0, 64500), entry(1, 64501)),
    rib(17, entry(1, 64501)),
    // Behind a route server the path begins with another AS.
    rib(18, entry(1, 64999)),
  ])
  const { as, octets: updates } = mrtUpdates(octets, '192.0.2.1')
  t.equal(as, 64501)
  const block = ['5001000100', '5002000a02020000fbf500000009', '50030004c0000201'].join('')
  t.equal(updates.toString('hex'), `${'ff'.repeat(16)}0036020000001b${block}08100811`)
  t.throws(() => mrtUpdates(index, '192.0.2.1'), /no table of IPv4/)
})

t.test('what is neither', async (t) => {
  const file = join(t.testdir(), 'x')
  writeFileSync(file, message(KEEPALIVE))
  t.throws(() => readRecording(file, ''), /no OPEN and UPDATE/)
})
