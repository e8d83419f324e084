import { readFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { TcpTransport } from '../../../src/net/tcp.js'
import type { Connection, Listener } from '../../../src/ports/transport.js'

/** What a connection told its driver. */
export class Recorder {
  readonly chunks: Buffer[] = []
  readonly reasons: string[] = []
  drains = 0
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
    connection.handle({
      data: (chunk) => this.chunks.push(Buffer.from(chunk)),
      drain: () => this.drains++,
      closed: (reason) => this.reasons.push(reason),
    })
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1')
  }
}

/** Waits until a condition holds; the test's own timeout bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/**
 * Octets that have arrived at an accepted IPv4 connection and that nobody has read yet, as the kernel counts them.
 * A write that has returned says less: on a busy machine its octets may still be on their way.
 */
export function unread({ local, remote }: Connection): number {
  const port = (number: number) => number.toString(16).toUpperCase().padStart(4, '0')
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1, -1)) {
    const [, here, there, , queues] = line.trim().split(/\s+/)
    if (here.endsWith(`:${port(local.port)}`) && there.endsWith(`:${port(remote.port)}`))
      return Number.parseInt(queues.split(':')[1], 16)
  }
  throw new Error(`the kernel knows no connection from port ${remote.port} to ${local.port}`)
}

/** A connection accepted by the transport, and the plain socket at its other end. */
export interface Accepted {
  readonly connection: Connection
  readonly peer: Socket
  readonly listener: Listener
}

/** Listens through the transport and connects to it with a plain socket. */
export async function accepted(address = '127.0.0.1'): Promise<Accepted> {
  const arrived: Connection[] = []
  const listener = await new TcpTransport().listen({ address, port: 0 }, (c) => arrived.push(c))
  const peer = connect({ host: address, port: listener.port, allowHalfOpen: true })
  await until(() => arrived.length > 0 && !peer.connecting)
  return { connection: arrived[0], peer, listener }
}

/** Dials a plain server through the transport. */
export async function dialled(): Promise<{ connection: Connection; peer: Socket; server: Server }> {
  const peers: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => peers.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const connection = await new Promise<Connection>((resolve, reject) =>
    new TcpTransport().dial({ address: '127.0.0.1', port, timeout: 5000 }, (result) =>
      result instanceof Error ? reject(result) : resolve(result),
    ),
  )
  await until(() => peers.length > 0)
  return { connection, peer: peers[0], server }
}
