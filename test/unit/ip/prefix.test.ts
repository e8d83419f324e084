import t from 'tap'
import { canonicalPrefix, contains, type Prefix, parsePrefix } from '../../../src/ip/prefix.js'

const p = (text: string): Prefix => {
  const prefix = parsePrefix(text)
  if (prefix === undefined) throw new Error(text)
  return prefix
}

t.test('text to prefix: masked, and says so', async (t) => {
  t.match(parsePrefix('10.0.0.0/8'), { family: 'ipv4-unicast', length: 8, hostBits: false })
  const sloppy = parsePrefix('10.255.3.4/9')
  t.same([...(sloppy?.bytes ?? [])], [10, 128, 0, 0])
  t.equal(sloppy?.hostBits, true)
  t.equal(canonicalPrefix('0.0.0.0/0'), '0.0.0.0/0')
  t.equal(canonicalPrefix('1.2.3.4/0'), '0.0.0.0/0')
  t.equal(canonicalPrefix('192.168.95.123/32'), '192.168.95.123/32')
  t.equal(canonicalPrefix('2001:DB8::ff/121'), '2001:db8::80/121')
  t.equal(canonicalPrefix('::/0'), '::/0')
  t.equal(canonicalPrefix('::1/128'), '::1/128')
})

t.test('what is not a prefix', async (t) => {
  for (const text of [
    '',
    '10.0.0.0',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '::/129',
  ]) {
    t.equal(parsePrefix(text), undefined, JSON.stringify(text))
  }
  for (const text of [
    '10.0.0.0/8/8',
    '10.0.0/8',
    'fe80::1%eth0/64',
    '10.0.0.0/8 ',
    '10.0.0.0/-1',
    '::/1000',
  ]) {
    t.equal(parsePrefix(text), undefined, JSON.stringify(text))
  }
})

t.test('what a prefix contains', async (t) => {
  t.ok(contains(p('10.0.0.0/8'), p('10.1.0.0/16')))
  t.ok(contains(p('10.0.0.0/8'), p('10.0.0.0/8')))
  t.notOk(contains(p('10.1.0.0/16'), p('10.0.0.0/8')))
  t.notOk(contains(p('10.0.0.0/9'), p('10.128.0.0/9')))
  t.ok(contains(p('0.0.0.0/0'), p('255.0.0.0/8')))
  t.notOk(contains(p('0.0.0.0/0'), p('::/0')))
  t.ok(contains(p('192.0.2.1/32'), p('192.0.2.1/32')))
  t.ok(contains(p('2001:db8::/33'), p('2001:db8:7fff::/48')))
  t.notOk(contains(p('2001:db8::/33'), p('2001:db8:8000::/48')))
})
