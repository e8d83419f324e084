import type { Socket } from 'node:net'
import type { DialOptions, ListenOptions } from '../ports/transport.js'

/**
 * Options that node:net cannot set (TCP-MD5, TTL, GTSM), for those who can: each is asked at the moment at
 * which the kernel wants the option. Leave a function out to keep the kernel's defaults.
 */
export interface SocketOptions {
  /**
   * A listener listens; keys and TTLs set on its descriptor hold for the connections that it accepts.
   * @throws Error, one sentence, when the kernel refuses: the listener is closed again
   */
  listening?(descriptor: number, options: ListenOptions): void
  /**
   * Makes the socket of a dial, connected or connecting, with `allowHalfOpen`.
   * @throws Error, one sentence: the dial fails with it
   */
  dialling?(options: DialOptions): Socket
}
