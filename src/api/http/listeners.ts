import { chmodSync, existsSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Origin } from './access.js'
import { accepts, holderOf } from './holder.js'

/** Answers requests once it is there. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Another daemon has the socket or the port; the message says which, and what to do. */
export class AddressTaken extends Error {}

const origins = new WeakMap<Socket, Origin>()

/** Where a request came from. @throws Error for a socket that is none of ours */
export function originOf(socket: Socket): Origin {
  const origin = origins.get(socket)
  if (origin === undefined) throw new Error('request from an unknown listener')
  return origin
}

/** True for 127.0.0.0/8 and ::1, IPv4-mapped or not. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address))
}

/**
 * The API's listeners. They open before the application behind them is loaded: the socket is also what keeps a
 * second daemon from starting, and BGP must not wait for the HTTP library. Requests wait for the handler.
 */
export class ApiListeners {
  readonly #servers: Server[] = []
  readonly #sockets: string[] = []
  readonly #handler: () => Promise<RequestHandler>

  /** @param handler called for each request; may load the application at the first one */
  constructor(handler: () => Promise<RequestHandler>) {
    this.#handler = handler
  }

  #server(via: Origin['via']): Server {
    const server = createServer(
      // A slow or huge request head costs a connection, not the daemon.
      { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 },
      (request, response) => {
        this.#handler().then(
          (handle) => handle(request, response),
          () => {
            response.writeHead(503, { 'content-type': 'application/json', connection: 'close' })
            response.end(
              JSON.stringify({
                error: { code: 'starting', message: 'The API could not be loaded', hint: 'See the log' },
              }),
            )
          },
        )
      },
    )
    server.maxConnections = 512
    server.on('connection', (socket: Socket) => {
      const loopback = via === 'tcp' && isLoopback(socket.localAddress) && isLoopback(socket.remoteAddress)
      origins.set(socket, { via, loopback })
    })
    server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
      else socket.destroy()
    })
    return server
  }

  #listen(server: Server, options: { path: string } | { host: string; port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(options, () => {
        server.off('error', reject)
        // An error while listening (out of descriptors) concerns one accept, not the daemon.
        server.on('error', () => {})
        this.#servers.push(server)
        resolve()
      })
    })
  }

  /**
   * Opens the UNIX socket, mode 0660. A socket file that a dead daemon left is removed.
   * @throws AddressTaken when a daemon answers on it; Error when the place can't be written to
   */
  async openSocket(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found !== undefined) {
      if (!found.isSocket()) throw new Error('a file that is no socket has this name')
      const holder = await holderOf(path)
      if (holder !== undefined) {
        throw new AddressTaken(`${holder}: stop it, or give this one its own socket with --socket PATH`)
      }
      unlinkSync(path)
    }
    // The mask closes the moment between bind, which listen() does before it returns, and chmod.
    const mask = process.umask(0o117)
    const listening = this.#listen(this.#server('unix'), { path })
    process.umask(mask)
    await listening
    chmodSync(path, 0o660)
    this.#sockets.push(path)
  }

  /** @throws AddressTaken when the port is taken; Error when the address is not this machine's */
  async openTcp(host: string, port: number): Promise<{ address: string; port: number }> {
    const server = this.#server('tcp')
    try {
      await this.#listen(server, { host, port })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      const where = `${host.includes(':') ? `[${host}]` : host}:${port}`
      if (code === 'EADDRINUSE') {
        throw new AddressTaken(`${where} is in use by another program: choose another with --api ADDR:PORT`)
      }
      if (code === 'EADDRNOTAVAIL') throw new Error(`${host} is no address of this machine`)
      if (code === 'EACCES') throw new Error(`no permission to listen on ${where}: choose a port above 1023`)
      throw error
    }
    const bound = server.address()
    return typeof bound === 'object' && bound !== null ? bound : { address: host, port }
  }

  /** Closes every listener and ends what is still open. */
  async close(): Promise<void> {
    const servers = this.#servers.splice(0)
    await Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      ),
    )
    for (const path of this.#sockets.splice(0)) {
      // Node removes the file at close; what is left belongs to a successor only when it answers.
      if (existsSync(path) && !(await accepts(path).catch(() => true))) unlinkSync(path)
    }
  }
}
