import { readlinkSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { dialError, endpoint, listenError, lossReason } from '../../../src/net/errors.js'
import { Protections } from '../../../src/net/protections.js'
import { TcpTransport } from '../../../src/net/tcp.js'
import type { Connection, ListenOptions } from '../../../src/ports/transport.js'
import { Recorder, until } from './pair.js'

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some((a) => a.address === '::1'))

const system = (code: string) => Object.assign(new Error(`system says ${code}`), { code })

function dial(transport: TcpTransport, address: string, port: number, localAddress?: string) {
  return new Promise<Connection | Error>((resolve) =>
    transport.dial({ address, port, localAddress, timeout: 5000 }, resolve),
  )
}

t.test('two ends of the transport', async (t) => {
  const transport = new TcpTransport()
  const arrived: Recorder[] = []
  const listener = await transport.listen({ address: '127.0.0.1', port: 0 }, (c) =>
    arrived.push(new Recorder(c)),
  )
  const result = await dial(transport, '127.0.0.1', listener.port, '127.0.0.2')
  if (result instanceof Error) throw result
  const dialler = new Recorder(result)
  await until(() => arrived.length > 0)
  t.equal(arrived[0].connection.remote.address, '127.0.0.2', 'the local address was bound')
  dialler.connection.write(Buffer.from('a'))
  arrived[0].connection.write(Buffer.from('b'))
  await until(() => arrived[0].text === 'a' && dialler.text === 'b')
  dialler.connection.close(Buffer.from('bye'))
  await until(() => arrived[0].reasons.length > 0 && dialler.reasons.length > 0)
  t.equal(arrived[0].text, 'abye')
  await listener.close()
  const again = await transport.listen({ address: '127.0.0.1', port: listener.port }, () => {})
  t.equal(again.port, listener.port, 'a closed listener frees its port at once')
  await again.close()
})

t.test('0.0.0.0 and :: listen on the same port side by side', { skip: !hasIPv6 && 'no IPv6' }, async (t) => {
  const transport = new TcpTransport()
  const remotes: string[] = []
  const accept = (c: Connection) => {
    remotes.push(c.remote.address)
    c.close()
  }
  const four = await transport.listen({ address: '0.0.0.0', port: 0 }, accept)
  const six = await transport.listen({ address: '::', port: four.port }, accept)
  for (const address of ['127.0.0.1', '::1']) {
    const result = await dial(transport, address, four.port)
    if (result instanceof Error) throw result
    new Recorder(result)
    result.close()
  }
  await until(() => remotes.length === 2)
  t.same(remotes.sort(), ['127.0.0.1', '::1'], 'IPv4 is never seen as a mapped address')
  await four.close()
  await six.close()
})

t.test('a port in use is named, with the command that finds its owner', async (t) => {
  const transport = new TcpTransport()
  const first = await transport.listen({ address: '127.0.0.1', port: 0 }, () => {})
  await t.rejects(
    transport.listen({ address: '127.0.0.1', port: first.port }, () => {}),
    {
      message: new RegExp(
        `port ${first.port} on 127\\.0\\.0\\.1 is in use.*ss -ltnp 'sport = :${first.port}'`,
      ),
      code: 'EADDRINUSE',
    },
  )
  await first.close()
})

t.test('an address that is not ours is named', async (t) => {
  await t.rejects(
    new TcpTransport().listen({ address: '192.0.2.1', port: 0 }, () => {}),
    {
      message: /192\.0\.2\.1 is not an address of this machine/,
      code: 'EADDRNOTAVAIL',
    },
  )
})

t.test('a thousand dials at once all arrive', async (t) => {
  const transport = new TcpTransport()
  const arrived: Connection[] = []
  const listener = await transport.listen({ address: '127.0.0.1', port: 0 }, (c) => arrived.push(c))
  const results = await Promise.all(
    Array.from({ length: 1000 }, () => dial(transport, '127.0.0.1', listener.port)),
  )
  await until(() => arrived.length === 1000)
  const connected = results.filter((r): r is Connection => !(r instanceof Error))
  t.equal(connected.length, 1000)
  const recorders = [...connected, ...arrived].map((c) => new Recorder(c))
  for (const c of connected) c.close()
  await until(() => recorders.every((r) => r.reasons.length === 1))
  await listener.close()
})

t.test('a refused dial says so, asynchronously and once', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const results: (Connection | Error)[] = []
  new TcpTransport().dial({ address: '127.0.0.1', port, timeout: 5000 }, (r) => results.push(r))
  t.same(results, [])
  await until(() => results.length > 0)
  t.match((results[0] as Error).message, new RegExp(`127\\.0\\.0\\.1 port ${port} refuses TCP connections`))
  t.equal(results.length, 1)
})

t.test('a dial from an address that is not ours names it', async (t) => {
  const result = await dial(new TcpTransport(), '127.0.0.1', 9, '192.0.2.1')
  t.match((result as Error).message, /from 192\.0\.2\.1: that is not an address of this machine/)
})

t.test('an unusable address fails like any other', async (t) => {
  const transport = new TcpTransport()
  const result = await dial(transport, '127.0.0.1', 70000)
  t.match((result as Error).message, /cannot connect to 127\.0\.0\.1 port 70000/)
  let called = false
  const dead = transport.dial({ address: '127.0.0.1', port: 70000, timeout: 5 }, () => {
    called = true
  })
  dead.cancel()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(called, false)
})

t.test('a dial without answer ends at its timeout', async (t) => {
  class Silence extends Protections {
    override dialling(): Socket {
      const socket = new Socket()
      socket.connect = () => socket
      return socket
    }
  }
  const silent = new TcpTransport(undefined, new Silence())
  const result = await new Promise<Connection | Error>((resolve) =>
    silent.dial({ address: '192.0.2.1', port: 179, timeout: 10, questions: ['is it asleep'] }, resolve),
  )
  t.match(result, {
    message: 'no answer from 192.0.2.1 port 179',
    reason: 'dial-no-answer',
    remedy: /^is it up, is it asleep, and does a firewall/,
  })
})

t.test('a cancelled dial is never heard of again', async (t) => {
  const transport = new TcpTransport()
  const listener = await transport.listen({ address: '127.0.0.1', port: 0 }, (c) => c.close())
  let called = false
  const attempt = transport.dial({ address: '127.0.0.1', port: listener.port, timeout: 5 }, () => {
    called = true
  })
  attempt.cancel()
  attempt.cancel()
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(called, false)
  await listener.close()
})

t.test('socket options see the descriptor of a listener while it is open', async (t) => {
  const seen: string[] = []
  class Watching extends Protections {
    override listening(descriptor: number, options: ListenOptions): () => void {
      seen.push(`${readlinkSync(`/proc/self/fd/${descriptor}`).split(':')[0]} ${options.address}`)
      return () => seen.push('closing')
    }
  }
  const transport = new TcpTransport(undefined, new Watching())
  const listener = await transport.listen({ address: '127.0.0.1', port: 0 }, () => {})
  t.same(seen, ['socket 127.0.0.1'])
  await listener.close()
  t.same(seen, ['socket 127.0.0.1', 'closing'])
})

t.test('every known failure of a listener has its remedy', async (t) => {
  const say = (code: string, address = '0.0.0.0', port = 179) =>
    listenError(system(code), address, port).message
  t.match(say('EADDRINUSE'), /port 179 on 0\.0\.0\.0 is in use.*--listen 0\.0\.0\.0:1790/)
  t.match(say('EADDRINUSE', '::'), /--listen \[::\]:1790/)
  t.match(say('EACCES'), /AmbientCapabilities=CAP_NET_BIND_SERVICE.*setcap.*--listen 0\.0\.0\.0:1790/)
  t.match(say('EADDRNOTAVAIL', '10.0.0.1'), /10\.0\.0\.1 is not an address of this machine/)
  t.match(say('EAFNOSUPPORT', '::'), /IPv6 is switched off/)
  t.match(say('EINVAL', 'fe80::1'), /needs its interface/)
  t.match(say('EWEIRD'), /system says EWEIRD/)
})

t.test('every known failure of a dial has its remedy', async (t) => {
  const say = (code: string, local?: string) => said(code, local).text
  const said = (code: string, local?: string, took = 1000, address = '10.0.0.1') => {
    const { message, reason, remedy } = dialError(system(code), address, 179, took, local)
    return { reason, text: remedy === undefined ? message : `${message}: ${remedy}` }
  }
  t.match(say('ECONNREFUSED'), /10\.0\.0\.1 port 179 refuses TCP connections/)
  t.match(say('EHOSTUNREACH'), /cannot be reached/)
  t.match(say('ENETUNREACH'), /no route to 10\.0\.0\.1 port 179: check `ip route get 10\.0\.0\.1`/)
  t.match(say('ECONNRESET'), /reset the TCP connection at once/)
  t.match(say('EADDRNOTAVAIL'), /no local port is free/)
  t.match(say('EADDRNOTAVAIL', '10.9.9.9'), /correct update-source/)
  t.match(say('EINVAL', 'fe80::1'), /from fe80::1: not a usable address/)
  t.match(say('EPERM'), /a local firewall forbids/)
  t.match(say('EWEIRD'), /system says EWEIRD/)
  t.equal(said('EHOSTUNREACH').reason, 'dial-unreachable', 'address resolution takes its time')
  t.equal(said('EHOSTUNREACH', undefined, 2).reason, 'dial-rejected', 'ICMP over IPv4 does not')
  t.equal(said('EACCES', undefined, 2, '2001:db8::1').reason, 'dial-rejected', 'ICMPv6')
  t.equal(said('EPERM').reason, 'dial-forbidden')
  t.equal(said('ETIMEDOUT').reason, 'dial-no-answer')
  const keyless = Object.assign(new Error('no key'), { code: 'EPERM', reason: 'protection' })
  t.match(dialError(keyless, '10.0.0.1', 179, 0), {
    reason: 'protection',
    message: 'cannot connect to 10.0.0.1 port 179: no key',
  })
})

t.test('the end of a connection has a reason', async (t) => {
  t.equal(lossReason(system('ETIMEDOUT')), 'no acknowledgement from the peer (TCP timeout)')
  t.equal(lossReason(system('EHOSTUNREACH')), 'the host cannot be reached')
  t.equal(lossReason(system('ENETDOWN')), 'the network is down')
  t.equal(lossReason(system('EPIPE')), 'the peer had closed it already')
  t.equal(lossReason('odd'), 'odd')
  t.equal(endpoint('::1', 179), '[::1]:179')
})
