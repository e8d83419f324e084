import t from 'tap'
import { covering, Guard } from '../../../../src/fib/install/guard.js'

t.test('equal and covering prefixes are refused, others pass', async (t) => {
  const guard = new Guard([])
  guard.protect(
    new Map([
      ['192.168.95.200', 'eth0'],
      ['fd95::200', 'eth0'],
      ['127.0.0.1', 'lo'],
    ]),
    ['192.168.95.210', 'fe80::1%eth0'],
  )
  t.equal(
    guard.refusal('192.168.95.200/32'),
    'it covers 192.168.95.200, an address of this machine (eth0); to install it all the same, list 192.168.95.200/32 under fib.allow',
  )
  t.match(guard.refusal('192.168.95.208/30'), /192.168.95.210, a neighbor/)
  for (const prefix of [
    '0.0.0.0/0',
    '192.168.0.0/16',
    '128.0.0.0/1',
    '::/0',
    'fd95::/64',
    'fe80::/10',
    'fe80::1/128',
  ]) {
    t.match(guard.refusal(prefix), /^it covers /, prefix)
  }
  for (const prefix of [
    '192.168.95.123/32',
    '192.168.95.211/32',
    '192.168.95.201/32',
    '10.0.0.0/8',
    '128.0.0.0/2',
    '255.255.255.255/32',
    'fd95::201/128',
    'fd96::/16',
    'fe80::2/128',
  ]) {
    t.equal(guard.refusal(prefix), undefined, prefix)
  }
})

t.test('allow lets exactly the listed prefixes pass', async (t) => {
  const guard = new Guard(['0.0.0.0/0', 'fd95::/64'])
  guard.protect(
    new Map([
      ['10.0.0.1', 'eth0'],
      ['fd95::1', 'eth0'],
    ]),
    [],
  )
  t.equal(guard.refusal('0.0.0.0/0'), undefined)
  t.equal(guard.refusal('fd95::/64'), undefined)
  t.match(guard.refusal('10.0.0.0/8'), /10.0.0.1/)
  t.match(guard.refusal('fd95::/63'), /fd95::1/)
})

t.test('gateways are counted', async (t) => {
  const guard = new Guard([])
  t.equal(guard.addGateway('10.0.0.1'), true)
  t.equal(guard.addGateway('10.0.0.1'), false)
  t.match(guard.refusal('10.0.0.1/32'), /a gateway/)
  t.equal(guard.removeGateway('10.0.0.1'), false)
  t.match(guard.refusal('10.0.0.1/32'), /a gateway/)
  t.equal(guard.removeGateway('10.0.0.1'), true)
  t.equal(guard.refusal('10.0.0.1/32'), undefined)
})

t.test('says whether protection changed', async (t) => {
  const guard = new Guard([])
  t.equal(guard.protect(new Map([['10.0.0.1', 'eth0']]), ['10.0.0.2']), true)
  t.equal(guard.protect(new Map([['10.0.0.1', 'eth0']]), ['10.0.0.2']), false)
  t.equal(guard.protect(new Map([['10.0.0.1', 'eth1']]), ['10.0.0.2']), true)
  t.equal(guard.protect(new Map([['10.0.0.1', 'eth1']]), ['10.0.0.3']), true)
  t.equal(guard.protect(new Map(), []), true)
})

t.test('every prefix that covers an address', async (t) => {
  const four = covering('192.168.95.210')
  t.equal(four.length, 33)
  t.same(four.slice(0, 3), ['192.168.95.210/32', '192.168.95.210/31', '192.168.95.208/30'])
  t.equal(four[32], '0.0.0.0/0')
  const six = covering('fe80::1%eth0')
  t.equal(six.length, 129)
  t.same([six[0], six[64], six[128]], ['fe80::1/128', 'fe80::/64', '::/0'])
  t.same(covering('nonsense'), [])
})
