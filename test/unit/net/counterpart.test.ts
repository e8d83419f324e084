import t from 'tap'
import { counterpartOf } from '../../../src/net/counterpart.js'

const entry = (address: string, internal = false) => ({
  address,
  family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
  internal,
})

const INTERFACES = {
  lo: [entry('127.0.0.1', true), entry('::1', true)],
  eth0: [entry('192.0.2.1'), entry('fd00::1'), entry('2001:db8::1'), entry('fe80::1')],
  eth1: [entry('198.51.100.1'), entry('fe80::2')],
  eth2: [entry('203.0.113.1'), entry('fd00:2::1')],
}

t.test('the address of the other version on the same interface', async (t) => {
  const of = (local: string) => counterpartOf(local, INTERFACES)
  t.equal(of('192.0.2.1'), '2001:db8::1', 'a global address before a unique local one')
  t.equal(of('203.0.113.1'), 'fd00:2::1')
  t.equal(of('198.51.100.1'), undefined, 'a link-local address is of no use to others')
  t.equal(of('2001:db8::1'), '192.0.2.1')
  t.equal(of('fe80::2%eth1'), '198.51.100.1')
  t.equal(of('127.0.0.1'), undefined)
  t.equal(of('10.0.0.1'), undefined, 'an address that no interface has')
})
