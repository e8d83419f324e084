import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { canonicalAddress } from '../ip/address.js'
import type { Connection, ConnectionHandlers, ConnectionRefusal, Endpoint } from '../ports/transport.js'
import { plain } from '../wire/reader.js'
import { counterpartOf } from './counterpart.js'
import { lossReason } from './errors.js'

/** Octets in the queue from which on `write` returns false. */
export const HIGH_WATER = 1024 * 1024
/** Octets in the queue below which `drain` is called. */
const LOW_WATER = 256 * 1024
/**
 * Octets given to the socket at a time. The rest waits here, so that `queued` shrinks while a slow peer reads,
 * and so that a closing NOTIFICATION does not stand behind a megabyte of UPDATEs.
 */
const IN_FLIGHT = 64 * 1024
/** How long the peer may take to read the closing NOTIFICATION, milliseconds. */
const LINGER = 1000
/** Poll phases that readPending() takes part in at most: a peer that never stops sending is alive anyway. */
const READ_TURNS = 64

/**
 * The text of a socket's address as the project writes it: IPv4-mapped IPv6 as IPv4, IPv6 canonical, the zone
 * of a link-local address kept ('fe80::1%eth0').
 */
export function normaliseAddress(text: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)
  if (mapped) return mapped[1]
  const [address, zone] = text.split('%', 2)
  const canonical = canonicalAddress(address) ?? address
  return zone === undefined ? canonical : `${canonical}%${zone}`
}

/**
 * A TCP connection over a connected node:net socket, which was made with `allowHalfOpen`: the peer's FIN is an
 * event of ours, and the socket is closed here and nowhere else.
 *
 * The peer's FIN ends a BGP session, so a half-open connection is not kept. After `close()` the socket goes on
 * reading and discarding until the peer closes as well: octets that arrive on a closed socket would be
 * answered by RST, which may overtake the NOTIFICATION in the peer's receive buffer (RFC 4271 §6).
 */
export class TcpConnection implements Connection {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly incoming: boolean
  readonly refusal?: ConnectionRefusal
  readonly #socket: Socket
  readonly #waiting: Uint8Array[] = []
  /** Index of the first message of #waiting not yet given to the socket. */
  #next = 0
  /** Octets of #waiting from #next on. */
  #unsent = 0
  #handlers: ConnectionHandlers | undefined
  #blocked = false
  #paused = false
  #closing = false
  #gone = false
  /** An end before handle() was called. */
  #early: string | undefined
  #linger: NodeJS.Timeout | undefined
  #received = 0

  /**
   * Takes the socket over; nobody else may use it.
   * @param socket connected, made with allowHalfOpen, without a 'data' listener
   * @param refusal why the connection must not be used
   * @throws Error when the peer has already gone, so that there is no address to name
   */
  constructor(socket: Socket, incoming: boolean, refusal?: ConnectionRefusal) {
    this.#socket = socket
    this.refusal = refusal
    // First of all: an 'error' event without a listener would end the process.
    socket.on('error', (error) => this.#finish(lossReason(error)))
    const { remoteAddress, remotePort, localAddress, localPort } = socket
    if (remoteAddress === undefined || localAddress === undefined) {
      socket.destroy()
      throw Object.assign(new Error('the peer closed the connection at once'), { code: 'ECONNRESET' })
    }
    this.incoming = incoming
    this.remote = { address: normaliseAddress(remoteAddress), port: remotePort ?? 0 }
    this.local = { address: normaliseAddress(localAddress), port: localPort ?? 0 }
    socket.setNoDelay(true)
    socket.on('end', () => this.#finish('closed by the peer'))
    socket.on('close', () => this.#finish('closed'))
  }

  get counterpart(): string | undefined {
    return counterpartOf(this.local.address, networkInterfaces())
  }

  get queued(): number {
    return this.#unsent + this.#socket.writableLength
  }

  handle(handlers: ConnectionHandlers): void {
    this.#handlers = handlers
    if (this.#early !== undefined) {
      const reason = this.#early
      queueMicrotask(() => handlers.closed(reason))
      return
    }
    // Adding the listener starts the flow on the next tick.
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
      if (!this.#closing && !this.#gone) handlers.data(plain(chunk))
    })
    if (this.#paused) this.#socket.pause()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closing || this.#gone) return true
    if (this.#unsent === 0 && this.#socket.writableLength < IN_FLIGHT) {
      this.#socket.write(bytes, this.#written)
    } else {
      this.#waiting.push(bytes)
      this.#unsent += bytes.length
    }
    if (this.queued < HIGH_WATER) return true
    this.#blocked = true
    return false
  }

  /** The kernel took a message: give it more, and say so when the queue is short again. */
  readonly #written = (): void => {
    if (this.#closing || this.#gone) return
    while (this.#next < this.#waiting.length && this.#socket.writableLength < IN_FLIGHT) {
      const bytes = this.#waiting[this.#next++]
      this.#unsent -= bytes.length
      this.#socket.write(bytes, this.#written)
    }
    if (this.#next === this.#waiting.length || this.#next > 1024) {
      this.#waiting.splice(0, this.#next)
      this.#next = 0
    }
    if (this.#blocked && this.queued < LOW_WATER) {
      this.#blocked = false
      this.#handlers?.drain()
    }
  }

  pause(): void {
    this.#paused = true
    if (!this.#closing) this.#socket.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#handlers) this.#socket.resume()
  }

  /**
   * Takes part in whole poll phases of the event loop until one brings nothing. Two setImmediate turns hold a
   * whole poll phase between them, whichever phase the call came from, and in a poll phase libuv reads a
   * readable socket until it is empty or 32 buffers of 64 KiB are full.
   */
  async readPending(): Promise<void> {
    if (this.#gone || this.#closing || !this.#handlers) return
    this.#socket.resume()
    await turn()
    for (let turns = 0; turns < READ_TURNS && !this.#gone && !this.#closing; turns++) {
      const before = this.#received
      await turn()
      if (this.#received === before) break
    }
    if (this.#paused && !this.#closing) this.#socket.pause()
  }

  close(last?: Uint8Array): void {
    if (this.#closing || this.#gone) return
    this.#closing = true
    // Whole messages that the socket has not seen are of no use to a session that ends.
    this.#waiting.length = 0
    this.#next = 0
    this.#unsent = 0
    // The session's routes go first.
    queueMicrotask(() => this.#sayFarewell(last))
  }

  #sayFarewell(last: Uint8Array | undefined): void {
    if (this.#gone) return
    if (last !== undefined && last.length > 0) this.#socket.write(last)
    this.#socket.end()
    // Reads and discards, whether or not somebody listens.
    if (!this.#handlers) this.#socket.on('data', () => {})
    this.#socket.resume()
    this.#linger = setTimeout(() => this.#finish('closed here'), LINGER)
  }

  #finish(reason: string): void {
    if (this.#gone) return
    this.#gone = true
    clearTimeout(this.#linger)
    this.#waiting.length = 0
    this.#unsent = 0
    // Routes may have to leave a dead node: that comes before the socket's end.
    queueMicrotask(() => this.#socket.destroy())
    const text = this.#closing ? 'closed here' : reason
    if (this.#handlers) this.#handlers.closed(text)
    else this.#early = text
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
