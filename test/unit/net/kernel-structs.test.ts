import { endianness } from 'node:os'
import t from 'tap'
import { int, isHost, kernelPrefix, md5Signature, sockaddr } from '../../../src/net/kernel-structs.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
/** A 16-bit number as this machine stores it. */
const native16 = (value: number) =>
  Buffer.from(endianness() === 'LE' ? [value & 255, value >> 8] : [value >> 8, value & 255]).toString('hex')
const bytesOf = (remote: string) => kernelPrefix(remote)!.bytes

t.test('struct sockaddr_storage', async (t) => {
  const four = sockaddr(bytesOf('192.168.95.210'))
  t.equal(four.length, 128)
  t.equal(hex(four.subarray(0, 16)), `${native16(2)}0000c0a85fd20000000000000000`)
  const six = sockaddr(bytesOf('2001:db8::1'))
  t.equal(six.length, 128)
  t.equal(
    hex(six.subarray(0, 28)),
    `${native16(10)}000000000000${'20010db8000000000000000000000001'}00000000`,
    'family, port, flow information, address, scope',
  )
  t.ok(six.subarray(28).every((octet) => octet === 0))
})

t.test('struct tcp_md5sig of an address', async (t) => {
  const bytes = md5Signature(kernelPrefix('10.0.0.1')!, Buffer.from('key'))
  t.equal(bytes.length, 216)
  t.equal(hex(bytes.subarray(0, 128)), hex(sockaddr(bytesOf('10.0.0.1'))))
  t.equal(hex(bytes.subarray(128, 136)), `0000${native16(3)}00000000`, 'no flags, key length, no interface')
  t.equal(hex(bytes.subarray(136)), `6b6579${'00'.repeat(77)}`)
})

t.test('struct tcp_md5sig of a prefix, and to remove a key', async (t) => {
  const range = md5Signature(kernelPrefix('2001:db8::/33')!, Buffer.alloc(80, 0x61))
  t.equal(hex(range.subarray(128, 136)), `0121${native16(80)}00000000`, 'flag and length of the prefix')
  t.equal(hex(range.subarray(136)), '61'.repeat(80))
  const all = md5Signature(kernelPrefix('0.0.0.0/0')!, Buffer.from('k'))
  t.equal(hex(all.subarray(128, 130)), '0100')
  const none = md5Signature(kernelPrefix('10.0.0.0/8')!, new Uint8Array())
  t.equal(hex(none.subarray(128)), `0108${'00'.repeat(86)}`)
})

t.test('remote ends as prefixes', async (t) => {
  t.match(kernelPrefix('10.0.0.1'), { family: 'ipv4-unicast', length: 32 })
  t.match(kernelPrefix('fe80::1%eth0'), { family: 'ipv6-unicast', length: 128 })
  t.match(kernelPrefix('fe80::%eth0/64'), { family: 'ipv6-unicast', length: 64 })
  t.match(kernelPrefix('10.0.0.0/8'), { length: 8 })
  t.equal(kernelPrefix('nobody'), undefined)
  t.equal(isHost(kernelPrefix('10.0.0.1/32')!), true)
  t.equal(isHost(kernelPrefix('2001:db8::/64')!), false)
  t.equal(hex(int(-1)), 'ffffffff')
})
