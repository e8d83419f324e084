import t from 'tap'
import { endOfRib, LONGEST, open } from '../../../bench/bytes/messages.js'
import { internet4, internet6, packed4, prefixText, v6 } from '../../../bench/bytes/prefixes.js'
import { random, shuffle } from '../../../bench/bytes/random.js'
import { groupSizes, makeTable, type TableSpec } from '../../../bench/bytes/tables.js'
import { Inbox } from '../../../bench/feeder/inbox.js'

const spec = (more: Partial<TableSpec>): TableSpec => ({
  ...{
    kind: 'internet',
    family: 'ipv4-unicast',
    prefixes: 5000,
    sets: 1250,
    as: 64512,
    nextHop: '192.0.2.1',
  },
  ...more,
})

t.test('prefixes are distinct and have the lengths of the Internet', async (t) => {
  const list = internet4(100_000, 1)
  t.equal(new Set(list.map(String)).size, 100_000)
  const share = list.filter(([length]) => length === 24).length / list.length
  t.ok(share > 0.5 && share < 0.75, `a share of ${share} is /24`)
  const reserved = list.filter(([, first]) => [0, 10, 127, 192].includes(first) || first >= 224)
  t.same(reserved, [])
  const covered = new Set<string>()
  for (const nlri of list) if (nlri[0] === 22) covered.add(`${nlri[1]}.${nlri[2]}.${nlri[3] & 252}`)
  const specifics = list.filter(
    (nlri) => nlri[0] > 22 && covered.has(`${nlri[1]}.${nlri[2]}.${nlri[3] & 252}`),
  )
  t.ok(specifics.length > 1000, 'some lie within others')
  t.equal(new Set(internet6(20_000, 1).map(String)).size, 20_000)
  t.equal(new Set(packed4(100_000).map(String)).size, 100_000)
})

t.test('texts', async (t) => {
  t.equal(prefixText(Uint8Array.of(22, 10, 1, 4), 'ipv4-unicast'), '10.1.4.0/22')
  t.equal(prefixText(Uint8Array.of(0), 'ipv4-unicast'), '0.0.0.0/0')
  t.equal(prefixText(Uint8Array.of(44, 0x20, 1, 0x0d, 0xb8, 0, 0x10), 'ipv6-unicast'), '2001:db8:10::/44')
  t.same(v6('fd00:95::1:2'), [0xfd, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2])
})

t.test('sizes of groups add up, whatever the mean', async (t) => {
  for (const [members, groups] of [
    [5000, 1250],
    [5000, 5000],
    [1000, 3],
  ]) {
    const sizes = groupSizes(members, groups, random(7))
    t.equal(sizes.length, groups)
    t.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      members,
    )
    t.ok(sizes.every((size) => size >= 1))
  }
})

t.test('the same seed gives the same numbers', async (t) => {
  const [a, b] = [random(3), random(3)]
  t.same([a(), a(), a()], [b(), b(), b()])
  t.same(shuffle([1, 2, 3, 4, 5], random(1)).toSorted(), [1, 2, 3, 4, 5])
})

for (const table of [
  spec({}),
  spec({ kind: 'packed', sets: 10, prefixes: 20_000 }),
  spec({ kind: 'hosts', sets: 1, first: 70_000 }),
  spec({ family: 'ipv6-unicast', nextHop: '2001:db8::1' }),
]) {
  t.test(`${table.kind}, ${table.family}: what a receiver counts is what the table says`, async (t) => {
    const made = makeTable(table)
    t.same(makeTable(table).bytes, made.bytes, 'made anew it is the same')
    const inbox = new Inbox(true, () => t.fail('not an UPDATE'))
    // In pieces that cut messages anywhere.
    for (let at = 0; at < made.bytes.length; at += 1013) inbox.push(made.bytes.subarray(at, at + 1013))
    const { announced, hash, updates, octets } = inbox
    t.same(
      { announced, hash, updates, octets },
      { announced: table.prefixes, hash: made.hash, updates: made.updates, octets: made.bytes.length },
    )
    inbox.push(made.withdrawals())
    t.equal(inbox.withdrawn, table.prefixes)
    t.notOk(inbox.endOfRib)
    inbox.push(endOfRib(table.family))
    t.ok(inbox.endOfRib)
  })
}

t.test('messages are full, and none is too long', async (t) => {
  const { bytes, updates } = makeTable(spec({ kind: 'packed', sets: 1, prefixes: 10_000 }))
  t.equal(updates, 10)
  for (let at = 0; at < bytes.length; at += bytes.readUInt16BE(at + 16)) {
    t.ok(bytes.readUInt16BE(at + 16) <= LONGEST)
  }
})

t.test('more sets than prefixes can not be had', async (t) => {
  t.throws(() => makeTable(spec({ prefixes: 1, sets: 2 })), RangeError)
})

t.test('OPEN', async (t) => {
  const octets = open({ as: 4_200_000_000, holdTime: 9, routerId: '192.0.2.1', family: 'ipv6-unicast' })
  t.equal(octets.toString('hex'), `${'ff'.repeat(16)}002b01045ba00009c00002010e020c0104000200014104fa56ea00`)
})
