import { createServer, isIPv6, type Server } from 'node:net'
import type { Connection, Listener, ListenOptions } from '../ports/transport.js'
import { normaliseAddress, TcpConnection } from './connection.js'
import { codeOf, listenError } from './errors.js'
import { descriptorOf, type SocketOptions } from './socket-options.js'

/** Who has a port: 'bird (PID 812)'; undefined: not known. */
export type PortHolderOf = (port: number) => string | undefined

/**
 * Connections that may wait for accept(): a thousand nodes that arrive at once, several times over. The kernel
 * caps it at net.core.somaxconn (4096 by default).
 */
const BACKLOG = 4096

/**
 * Listens on one address.
 * @param accept gets each connection with its handlers not yet set
 * @param trouble gets what goes wrong later, in accept(2): out of file descriptors, above all
 * @param holder who has a port that is taken, for people; asked only then
 * @throws Error with a sentence naming address, port and remedy
 */
export async function listen(
  options: ListenOptions,
  accept: (connection: Connection) => void,
  trouble: (error: Error) => void,
  socketOptions: SocketOptions,
  holder?: PortHolderOf,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    let connection: TcpConnection
    try {
      const remote = socket.remoteAddress
      const refusal =
        remote === undefined ? undefined : socketOptions.accepting?.(socket, normaliseAddress(remote))
      connection = new TcpConnection(socket, true, refusal)
    } catch {
      // Gone between the handshake and here: there is nobody to speak of.
      return
    }
    accept(connection)
  })
  await listening(server, options, holder)
  server.on('error', trouble)
  const closing = socketOptions.listening?.(descriptorOf(server), options)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port
  return {
    address: options.address,
    port,
    close: async () => {
      // The descriptor is closed at once; the server's own callback would wait for every connection's end.
      closing?.()
      server.close()
    },
  }
}

function listening(server: Server, { address, port }: ListenOptions, holder?: PortHolderOf): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      const taken = codeOf(error) === 'EADDRINUSE'
      reject(listenError(error, address, port, taken ? holder?.(port) : undefined))
    }
    server.once('error', failed)
    // ipv6Only: [::] and 0.0.0.0 are two listeners, so that IPv4 peers never appear as mapped addresses.
    server.listen(
      { host: address, port, backlog: BACKLOG, ipv6Only: isIPv6(address), exclusive: true },
      () => {
        server.removeListener('error', failed)
        resolve()
      },
    )
  })
}
