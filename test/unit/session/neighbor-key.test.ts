import t from 'tap'
import { canonicalAddress, formatIPv4, formatIPv6 } from '../../../src/ip/address.js'
import {
  compareNeighborKeys,
  findNeighbor,
  type NamedNeighbor,
  neighborKey,
  parseNeighborName,
} from '../../../src/session/neighbor-key.js'
import fc from '../../support/properties.js'

t.test('a name is an address in any spelling, with or without an AS number', async (t) => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1#65001', '192.0.2.1#65001'],
    ['192.0.2.1#4294967295', '192.0.2.1#4294967295'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::1#64512', '2001:db8::1#64512'],
    ['FE80::1%eth0', 'fe80::1%eth0'],
    ['fe80:0::1%eth0#65001', 'fe80::1%eth0#65001'],
    ['fe80::1%br#x', 'fe80::1%br#x'],
    ['', undefined],
    ['#', undefined],
    ['#65001', undefined],
    ['65001', undefined],
    ['192.0.2', undefined],
    ['192.0.2.1#', undefined],
    ['192.0.2.1#0', undefined],
    ['192.0.2.1#4294967296', undefined],
    ['192.0.2.1#99999999999', undefined],
    ['192.0.2.1#-1', undefined],
    ['192.0.2.1# 1', undefined],
    ['192.0.2.1#1#2', undefined],
    ['192.0.2.1 ', undefined],
    ['192.0.2.1%eth0', undefined],
    ['2001:db8::1%eth0', undefined],
    ['fe80::1%', undefined],
    ['192.0.2.1%2365001', undefined],
    ['192.0.2.1\n#1', undefined],
  ]
  for (const [text, key] of table) {
    const name = parseNeighborName(text)
    t.equal(name && neighborKey(name.address, name.remoteAs), key, JSON.stringify(text))
  }
})

const zone = fc.stringMatching(/^[a-z][a-z0-9.]{0,9}$/)
const v4 = fc.integer({ min: 0, max: 0xffff_ffff }).map(formatIPv4)
const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatIPv6(bytes))
const scoped = fc.tuple(fc.integer({ min: 1, max: 0xffff }), zone).map(([id, name]) => {
  return `fe80::${id.toString(16)}%${name}`
})
const address = fc.oneof(v4, v6, scoped)
const as = fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 0xffff_ffff }))
const key = fc.tuple(address, as).map(([text, remoteAs]) => neighborKey(text, remoteAs))

t.test('a key is read as what it was made of', async (t) => {
  fc.assert(
    fc.property(address, as, (text, remoteAs) => {
      const name = parseNeighborName(neighborKey(text, remoteAs))
      return name?.address === text && name.remoteAs === remoteAs
    }),
  )
  t.pass('at every address and AS')
})

t.test('reading never throws, and what it reads is canonical', async (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        key,
        fc.tuple(key, fc.string()).map(([a, b]) => a + b),
      ),
      (text) => {
        const name = parseNeighborName(text)
        return name === undefined || canonicalAddress(name.address) === name.address
      },
    ),
  )
  t.pass('whatever the text')
})

t.test('the order is total: by address as a number, then by AS', async (t) => {
  const sorted = [
    '9.0.0.1',
    '10.0.0.1',
    '10.0.0.1#2',
    '10.0.0.1#10',
    '192.0.2.1',
    '2001:db8::9',
    '2001:db8::10',
    'fe80::1%eth0',
    'fe80::1%eth0#65001',
    'fe80::1%eth1',
    'fe80::2%eth0',
  ]
  t.same([...sorted].reverse().sort(compareNeighborKeys), sorted)
  fc.assert(
    fc.property(key, key, key, (a, b, c) => {
      const sign = (x: string, y: string) => Math.sign(compareNeighborKeys(x, y))
      if (sign(a, b) !== -sign(b, a) || (sign(a, b) === 0) !== (a === b)) return false
      return sign(a, b) > 0 || sign(b, c) > 0 || sign(a, c) <= 0
    }),
  )
})

const one: NamedNeighbor = { key: '192.0.2.1', address: '192.0.2.1', remoteAs: 65001 }
const two: NamedNeighbor = { key: '192.0.2.2#65010', address: '192.0.2.2', remoteAs: 65010 }
const three: NamedNeighbor = { key: '192.0.2.2#65009', address: '192.0.2.2', remoteAs: 65009 }
const scope: NamedNeighbor = { key: 'fe80::1%eth0', address: 'fe80::1%eth0', remoteAs: 0 }
const hash: NamedNeighbor = { key: 'fe80::1%a#1', address: 'fe80::1%a#1', remoteAs: 65001 }
const all = [two, one, three, scope, hash]

t.test('a neighbor is found by its address while that is unique, and by address and AS always', async (t) => {
  const find = (text: string) => findNeighbor(all, text)
  t.same(find('192.0.2.1'), { neighbor: one })
  t.same(find('192.0.2.1#65001'), { neighbor: one }, 'the bare key, too')
  t.same(find('192.0.2.2#65009'), { neighbor: three })
  t.same(find('FE80:0:0::1%eth0'), { neighbor: scope })
  t.same(find('fe80::1%a#1'), { neighbor: hash }, 'an interface with a number sign in its name')
})

t.test('a name that nobody or several have is answered with what there is', async (t) => {
  const find = (text: string) => findNeighbor(all, text)
  t.match(find('192.0.2.9'), {
    reason: 'unknown',
    text: 'No neighbor 192.0.2.9',
    remedy: /show ip bgp summary/,
  })
  t.match(find('192.0.2.1#65002'), { reason: 'unknown', text: 'No neighbor 192.0.2.1#65002' })
  t.match(find('fe80::1%eth1'), { reason: 'unknown' })
  t.match(find('192.0.2'), { reason: 'malformed', text: 'Not an IP address: 192.0.2', remedy: /^Write / })
  t.same(find('192.0.2.2'), {
    reason: 'ambiguous',
    text: '192.0.2.2 names 2 neighbors: 192.0.2.2#65009 and 192.0.2.2#65010',
    remedy: 'Write one of them, such as 192.0.2.2#65009',
  })
})
