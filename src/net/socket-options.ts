import type { Socket } from 'node:net'
import type { ConnectionRefusal, DialOptions, ListenOptions } from '../ports/transport.js'

/**
 * Options that node:net cannot set (TCP-MD5, TTL, GTSM), for those who can: each is asked at the moment at
 * which the kernel wants the option. Leave a function out to keep the kernel's defaults.
 */
export interface SocketOptions {
  /**
   * A listener listens; what is set on its descriptor holds for the connections that it accepts.
   * @returns what to call just before the descriptor is closed
   */
  listening?(descriptor: number, options: ListenOptions): () => void
  /**
   * Prepares an accepted socket, before anything was read from it or written to it.
   * @param remote canonical text, with the zone of a link-local address
   * @returns why the connection must not be used, if so
   */
  accepting?(socket: Socket, remote: string): ConnectionRefusal | undefined
  /**
   * Makes the socket of a dial, not connected, with `allowHalfOpen`.
   * @returns undefined when an ordinary one will do
   * @throws Error, one sentence: the dial fails with it
   */
  dialling?(options: DialOptions): Socket | undefined
}

/** The descriptor of a server or socket. Node.js keeps it on the handle and has no public name for it. */
export function descriptorOf(owner: object): number {
  return (owner as { _handle?: { fd?: number } | null })._handle?.fd ?? -1
}
