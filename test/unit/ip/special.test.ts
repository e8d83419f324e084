import t from 'tap'
import { parseAddress } from '../../../src/ip/address.js'
import { bitsOf } from '../../../src/ip/family.js'
import { parsePrefix } from '../../../src/ip/prefix.js'
import { isMartian, specialUse } from '../../../src/ip/special.js'

t.test('special uses of addresses', async (t) => {
  const table: [string, string | undefined][] = [
    ['0.0.0.0', 'this-network'],
    ['0.1.2.3', 'this-network'],
    ['10.0.0.1', undefined],
    ['127.0.0.1', 'loopback'],
    ['127.255.0.1', 'loopback'],
    ['169.254.0.1', 'link-local'],
    ['192.0.2.1', undefined],
    ['223.255.255.255', undefined],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::', 'this-network'],
    ['::1', 'loopback'],
    ['::2', undefined],
    ['::ffff:10.0.0.1', 'mapped'],
    ['fe80::1', 'link-local'],
    ['fec0::1', undefined],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', undefined],
    ['0:1::', undefined],
  ]
  for (const [text, use] of table) {
    const { bytes } = parseAddress(text)!
    t.equal(specialUse(bytes, 0, bytes.length), use, text)
  }
})

t.test('martian prefixes', async (t) => {
  const martian = [
    '0.0.0.0/8',
    '0.1.0.0/16',
    '127.0.0.0/8',
    '127.0.0.1/32',
    '224.0.0.0/4',
    '224.0.0.0/3',
    '240.0.0.0/4',
  ]
  martian.push(
    '255.255.255.255/32',
    '::/128',
    '::1/128',
    '::ffff:0:0/96',
    '::ffff:10.0.0.0/104',
    'fe80::/10',
    'ff02::/16',
  )
  const fine = [
    '0.0.0.0/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '192.0.0.0/2',
    '10.0.0.0/8',
    '126.0.0.0/7',
    '192.168.0.1/32',
  ]
  fine.push('::/0', '::/96', '2001:db8::/32', '2000::/3', 'fec0::/10', '64:ff9b::/96', '::2/128', 'fe00::/7')
  for (const [list, expected] of [
    [martian, true],
    [fine, false],
  ] as const) {
    for (const text of list) {
      const prefix = parsePrefix(text)!
      const octets = prefix.bytes.slice(0, (prefix.length + 7) >>> 3)
      t.equal(isMartian(octets, 0, prefix.length, bitsOf(prefix.family)), expected, text)
    }
  }
})
