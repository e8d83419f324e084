import { isIP } from 'node:net'
import t from 'tap'
import {
  canonicalAddress,
  formatAddress,
  formatIPv4,
  formatIPv6,
  parseAddress,
  parseIPv4,
  parseIPv6,
  readU32,
  u32Bytes,
} from '../../../src/ip/address.js'
import fc from '../../support/properties.js'

t.test('IPv4: four decimal numbers and nothing else', async (t) => {
  t.equal(parseIPv4('0.0.0.0'), 0)
  t.equal(parseIPv4('192.168.95.123'), 0xc0a85f7b)
  t.equal(parseIPv4('255.255.255.255'), 0xffffffff)
  for (const text of [
    '',
    '1',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '+1.2.3.4',
    '1.2.3.-4',
    '0x1.2.3.4',
    '1.2.3.4/32',
    '1.2.3.٤',
  ]) {
    t.equal(parseIPv4(text), undefined, JSON.stringify(text))
  }
})

t.test('IPv6: RFC 5952 text', async (t) => {
  const table: [string, string][] = [
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['fe80::1', 'fe80::1'],
  ]
  for (const [text, canonical] of table) {
    const bytes = parseIPv6(text)
    t.ok(bytes, text)
    t.equal(bytes && formatIPv6(bytes), canonical, text)
  }
})

t.test('IPv6: what is not an address', async (t) => {
  for (const text of [
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '1.2.3.4::1',
    '::1%eth0',
    '::1/128',
    ' ::1',
    '-1::',
  ]) {
    t.equal(parseIPv6(text), undefined, JSON.stringify(text))
  }
})

t.test('a zone belongs to link-local addresses', async (t) => {
  t.match(parseAddress('fe80::1%eth0'), { family: 'ipv6-unicast', zone: 'eth0' })
  t.equal(canonicalAddress('FE80:0::1%eth0.100'), 'fe80::1%eth0.100')
  for (const text of [
    'fe80::1%',
    '2001:db8::1%eth0',
    '10.0.0.1%eth0',
    'fe80::1%a b',
    'fe80::1%a%b',
    'fe80::1%../x',
  ]) {
    t.equal(canonicalAddress(text), undefined, text)
  }
})

t.test('parsing agrees with the platform and turns back into the same octets', async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = parseAddress(text)
      if (address === undefined) return isIP(text) === 0
      const again = parseAddress(formatAddress(address.bytes))
      return (
        again !== undefined && again.family === address.family && again.bytes.join() === address.bytes.join()
      )
    }),
    { numRuns: 1000 },
  )
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdf:.%/ '.split('')), maxLength: 24 }),
      (text) => {
        const four = parseIPv4(text) !== undefined
        const six = parseIPv6(text) !== undefined
        return isIP(text) === (four ? 4 : six ? 6 : 0) || text.includes('%')
      },
    ),
    { numRuns: 3000 },
  )
  t.pass('no counterexample')
})

t.test('32-bit values', async (t) => {
  t.equal(formatIPv4(0xfffefdfc), '255.254.253.252')
  t.equal(formatIPv4(0xfffefdfc | 0), '255.254.253.252')
  t.same([...u32Bytes(0xc0a80101)], [192, 168, 1, 1])
  t.equal(readU32(Uint8Array.of(9, 255, 254, 253, 252), 1), 0xfffefdfc)
})
