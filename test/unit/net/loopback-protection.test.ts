import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import t, { type Test } from 'tap'
import { readCounters } from '../../../src/host/counters.js'
import { procReader } from '../../../src/host/files.js'
import { kernelPrefix } from '../../../src/net/kernel-structs.js'
import { libc } from '../../../src/net/libc.js'
import { setKey } from '../../../src/net/protected-socket.js'
import { Protections } from '../../../src/net/protections.js'
import { TcpTransport } from '../../../src/net/tcp.js'
import type { Connection, Listener, Protection, ProtectionRule } from '../../../src/ports/transport.js'
import { Recorder, until } from './pair.js'

/** The kernel's own TCP-MD5 and GTSM on loopback: they need no privilege. */
const lacking = (() => {
  try {
    const system = libc()
    const descriptor = system.socket(false)
    try {
      for (const remote of ['127.0.0.1', '127.0.0.0/8'])
        setKey(system, descriptor, kernelPrefix(remote)!, 'probe')
    } finally {
      system.close(descriptor)
    }
    return ''
  } catch (error) {
    return `SKIPPED: ${(error as Error).message}`
  }
})()
if (lacking !== '') process.stderr.write(`${lacking}\n`)
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === '::1'))

/** Milliseconds after which a dial that must not succeed has given up. */
const PATIENCE = 400

/** A transport with rules, a listener on loopback, and what it has accepted. */
async function side(t: Test, host: string, rules: readonly ProtectionRule[]) {
  const transport = new TcpTransport()
  const refused: string[] = []
  const protect = (...next: ProtectionRule[]) =>
    transport.protect(next, (remote, reason) => refused.push(`${remote}: ${reason.message}`))
  protect(...rules)
  const accepted: Connection[] = []
  const listener: Listener = await transport.listen({ address: host, port: 0 }, (one) => accepted.push(one))
  t.teardown(() => listener.close())
  return { transport, protect, accepted, refused, port: listener.port }
}

/** Dials with a protection of its own. */
function dial(address: string, port: number, protection: Protection, timeout = 5000, localAddress?: string) {
  const transport = new TcpTransport()
  transport.protect([{ remote: address, ...protection }], (_, reason) => {
    throw reason
  })
  return new Promise<Connection | Error>((resolve) =>
    transport.dial({ address, port, timeout, localAddress }, resolve),
  )
}

/** Octets pass both ways, and the connection ends in order. */
async function talks(dialled: Connection | Error, accepted: Connection[]): Promise<boolean> {
  if (dialled instanceof Error) throw dialled
  await until(() => accepted.length > 0)
  const near = new Recorder(dialled)
  const far = new Recorder(accepted[accepted.length - 1])
  near.connection.write(Buffer.from('ping'))
  await until(() => far.text === 'ping')
  far.connection.write(Buffer.from('pong'))
  await until(() => near.text === 'pong')
  near.connection.close()
  far.connection.close()
  await until(() => near.reasons.length > 0 && far.reasons.length > 0)
  return true
}

for (const host of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  t.test(`TCP-MD5 on ${host}`, { skip: lacking }, async (t) => {
    const one = await side(t, host, [{ remote: host, password: 'sesame' }])
    t.equal(await talks(await dial(host, one.port, { password: 'sesame' }), one.accepted), true)
    t.same(one.refused, [])
    const before = one.accepted.length
    const wrong = await dial(host, one.port, { password: 'mellon' }, PATIENCE)
    t.match((wrong as Error).message, /no answer from/)
    t.notMatch(JSON.stringify([wrong, (wrong as Error).message]), /mellon|sesame/)
    t.match(((await dial(host, one.port, {}, PATIENCE)) as Error).message, /no answer/, 'without a key')
    t.equal(one.accepted.length, before, 'nobody came in')
    const open = await side(t, host, [{ remote: host }])
    t.match(((await dial(host, open.port, { password: 'sesame' }, PATIENCE)) as Error).message, /no answer/)
    t.equal(open.accepted.length, 0, 'signed, where no key is set')
  })

  t.test(`GTSM and TTL on ${host}`, { skip: lacking }, async (t) => {
    const other = host === '::1' ? '2001:db8::1' : '192.0.2.1'
    const all = await side(t, host, [{ remote: host, ttl: 255, minTtl: 255 }])
    t.equal(await talks(await dial(host, all.port, { ttl: 255, minTtl: 255 }), all.accepted), true)
    t.match(((await dial(host, all.port, { ttl: 254 }, PATIENCE)) as Error).message, /no answer/)
    t.equal(all.accepted.length, 1, 'its listener takes no SYN from further off')
    const some = await side(t, host, [{ remote: host, ttl: 255, minTtl: 255 }, { remote: other }])
    const far = (await dial(host, some.port, { ttl: 254 })) as Connection
    await until(() => some.accepted.length > 0)
    t.match(some.accepted[0].refusal, {
      cause: 'it came with TTL 254, and ttl-security asks for at least 255',
    })
    far.close()
    some.accepted[0].close()
    t.equal(
      (await dial(host, some.port, { ttl: 255, minTtl: 255 })) instanceof Error,
      false,
      'what answers sends 255',
    )
    await until(() => some.accepted.length === 2)
    t.equal(some.accepted[1].refusal, undefined)
    some.accepted[1].close()
    const strict = (await dial(
      host,
      (
        await side(t, host, [])
      ).port,
      { ttl: 255, minTtl: 255 },
      PATIENCE,
    )) as Error
    t.match(strict.message, /no answer/, 'a SYN+ACK with the system’s TTL is not taken')
  })
}

t.test('the key of a range, and one of its addresses with its own', { skip: lacking }, async (t) => {
  const rules = [
    { remote: '127.0.0.0/8', password: 'range' },
    { remote: '127.0.0.3', password: 'own' },
  ]
  const one = await side(t, '127.0.0.1', rules)
  const from = (address: string, password: string, patience?: number) =>
    dial('127.0.0.1', one.port, { password }, patience, address)
  t.equal(await talks(await from('127.0.0.2', 'range'), one.accepted), true)
  t.equal(await talks(await from('127.0.0.3', 'own'), one.accepted), true)
  t.equal(one.accepted[1].remote.address, '127.0.0.3')
  t.match(await from('127.0.0.3', 'range', PATIENCE), Error, 'the longest prefix counts')
  t.match(await from('127.0.0.2', 'own', PATIENCE), Error)
  t.equal(one.accepted.length, 2)
})

t.test('a changed key leaves the connections that are up alone', { skip: lacking }, async (t) => {
  const one = await side(t, '127.0.0.1', [
    { remote: '127.0.0.2', password: 'a' },
    { remote: '127.0.0.3', password: 'c' },
  ])
  const from = (address: string, password: string, patience?: number) =>
    dial('127.0.0.1', one.port, { password }, patience, address)
  const up = [await from('127.0.0.2', 'a'), await from('127.0.0.3', 'c')] as Connection[]
  await until(() => one.accepted.length === 2)
  one.protect({ remote: '127.0.0.2', password: 'b' })
  const near = up.map((connection) => new Recorder(connection))
  for (const connection of one.accepted) connection.write(Buffer.from('still here'))
  await until(() => near.every(({ text }) => text === 'still here'))
  t.match(await from('127.0.0.2', 'a', PATIENCE), Error, 'the old key')
  const next = await from('127.0.0.2', 'b')
  t.notOk(next instanceof Error, 'the new key')
  const plain = await dial('127.0.0.1', one.port, {}, 5000, '127.0.0.3')
  t.notOk(plain instanceof Error, 'the key that was removed')
  await until(() => one.accepted.length === 4)
  for (const connection of [...up, next as Connection, plain as Connection, ...one.accepted])
    connection.close()
})

t.test('a connection that came in before its key is of no use to anybody', { skip: lacking }, async (t) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const plain = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await until(() => sockets.length > 0)
  const protections = new Protections()
  protections.protect([{ remote: '127.0.0.1', password: 'sesame' }], () => {})
  t.equal(protections.accepting(sockets[0], '127.0.0.1'), undefined)
  let heard = ''
  sockets[0].on('data', (chunk) => {
    heard += chunk
  })
  const dropped = () => readCounters(procReader()).get('TCPMD5NotFound') ?? 0
  const before = dropped()
  plain.write('OPEN')
  await until(() => dropped() > before)
  t.equal(heard, '', 'what is not signed is dropped')
  plain.destroy()
  sockets[0].destroy()
  server.close()
})

t.test('many keys on one listener', { skip: lacking }, async (t) => {
  const rules = Array.from({ length: 60 }, (_, i) => ({ remote: `127.1.0.${i + 1}`, password: `key ${i}` }))
  const one = await side(t, '127.0.0.1', rules)
  t.same(one.refused, [])
  const last = await dial('127.0.0.1', one.port, { password: 'key 59' }, 5000, '127.1.0.60')
  t.equal(await talks(last, one.accepted), true)
})
