/** Faults of the network, made on purpose: for tests of what a speaker, or its neighbor, does about them. */

import type { Clock } from '../ports/clock.js'
import type {
  Connection,
  ConnectionHandlers,
  Dial,
  DialError,
  DialOptions,
  Transport,
} from '../ports/transport.js'
import type { Decorator } from './compose.js'
import { DelayLine } from './delay-line.js'
import { ForwardingConnection, ForwardingTransport } from './forwarding-transport.js'

/** What is wrong in one direction of the connections with a neighbor. Left out: nothing. */
export interface DirectionFaults {
  /** Milliseconds that octets, and the end of the connection, come later. */
  readonly delay?: number
  /** Octets vanish, and nobody hears of it: the neighbor is silent, or does not hear. */
  readonly lost?: boolean
  /**
   * The connection breaks after so many more octets: of this direction, from the moment that the fault was set,
   * or from the connection's beginning when that is later. The octets before arrive.
   */
  readonly cutAfter?: number
}

/** What is wrong with the connections with a neighbor. */
export interface NeighborFaults {
  /** From the neighbor. */
  readonly in?: DirectionFaults
  /** To the neighbor. */
  readonly out?: DirectionFaults
  /** New connections come to nothing: dials fail, incoming ones are closed unseen. Those that are up stay. */
  readonly refuse?: boolean
}

const NONE: NeighborFaults = {}
const NO_DIRECTION: DirectionFaults = {}

/** The faults of a transport, by remote address. They act on connections that are up, too. */
export class TransportFaults {
  readonly #clock: Clock
  readonly #faults = new Map<string, NeighborFaults>()
  readonly #connections = new Set<FaultyConnection>()

  /** @param clock what delays are measured with */
  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Put this around the transport. */
  readonly decorator: Decorator<Transport> = (inner) =>
    new FaultyTransport(inner, this.#clock, this, this.#connections)

  /** @param address remote, canonical text @returns what was set last */
  of(address: string): NeighborFaults {
    return this.#faults.get(address) ?? NONE
  }

  /** Sets what is wrong with a neighbor, in place of what was. @param address canonical text */
  set(address: string, faults: NeighborFaults): void {
    this.#faults.set(address, faults)
  }

  /** Nothing is wrong any more. @param address left out: with nobody. What was lost stays lost. */
  clear(address?: string): void {
    if (address === undefined) this.#faults.clear()
    else this.#faults.delete(address)
  }

  /**
   * Breaks the connections with a neighbor that are up: this end sees a reset, the other one a FIN.
   * @param address canonical text
   * @returns how many there were
   */
  break(address: string): number {
    const broken = [...this.#connections].filter(({ remote }) => remote.address === address)
    for (const connection of broken) connection.break('connection reset by peer')
    return broken.length
  }
}

class FaultyTransport extends ForwardingTransport {
  readonly #clock: Clock
  readonly #faults: TransportFaults
  readonly #connections: Set<FaultyConnection>

  constructor(inner: Transport, clock: Clock, faults: TransportFaults, connections: Set<FaultyConnection>) {
    super(inner)
    this.#clock = clock
    this.#faults = faults
    this.#connections = connections
  }

  override listen(...[options, accept]: Parameters<Transport['listen']>) {
    return this.inner.listen(options, (connection) => {
      if (this.#faults.of(connection.remote.address).refuse) connection.close()
      else accept(this.wrap(connection))
    })
  }

  override dial(options: DialOptions, done: (result: Connection | DialError) => void): Dial {
    const { address, port } = options
    if (!this.#faults.of(address).refuse) return super.dial(options, done)
    let cancelled = false
    this.#clock.soon(() => {
      if (!cancelled)
        done(
          Object.assign(new Error(`connect ECONNREFUSED ${address}:${port}`), {
            reason: 'dial-refused' as const,
          }),
        )
    })
    return {
      cancel() {
        cancelled = true
      },
    }
  }

  protected override wrap(connection: Connection): Connection {
    const { address } = connection.remote
    const faults = () => this.#faults.of(address)
    const wrapped = new FaultyConnection(connection, this.#clock, faults, () => {
      this.#connections.delete(wrapped)
    })
    this.#connections.add(wrapped)
    return wrapped
  }
}

/** Octets of one direction, counted since its fault was set. */
class Cut {
  #faults: DirectionFaults | undefined
  #octets = 0

  /** @returns how many of `size` octets still pass; fewer than `size` once the connection breaks */
  pass(faults: DirectionFaults, size: number): number {
    if (faults !== this.#faults) {
      this.#faults = faults
      this.#octets = 0
    }
    const left = Math.max(0, (faults.cutAfter ?? Number.POSITIVE_INFINITY) - this.#octets)
    this.#octets += size
    return Math.min(size, left)
  }
}

class FaultyConnection extends ForwardingConnection {
  readonly #clock: Clock
  readonly #faults: () => NeighborFaults
  readonly #ended: () => void
  readonly #arriving: DelayLine
  readonly #leaving: DelayLine
  readonly #cutIn = new Cut()
  readonly #cutOut = new Cut()
  #handlers: ConnectionHandlers | undefined
  #broken = false
  #closing = false
  #gone = false

  constructor(inner: Connection, clock: Clock, faults: () => NeighborFaults, ended: () => void) {
    super(inner)
    this.#clock = clock
    this.#faults = faults
    this.#ended = ended
    this.#arriving = new DelayLine(clock)
    this.#leaving = new DelayLine(clock)
  }

  override get queued(): number {
    return this.inner.queued + this.#leaving.size
  }

  override handle(handlers: ConnectionHandlers): void {
    this.#handlers = handlers
    this.inner.handle({
      data: (chunk) => this.#arrive(chunk),
      drain: () => handlers.drain(),
      closed: (reason) => {
        if (this.#broken) return
        // An end that was brought about here needs no journey.
        const delay = this.#closing ? 0 : (this.#faults().in?.delay ?? 0)
        this.#arriving.push(delay, 0, () => this.#end(reason))
      },
    })
  }

  override write(bytes: Uint8Array): boolean {
    if (this.#broken || this.#closing) return true
    const faults = this.#faults().out ?? NO_DIRECTION
    const passing = this.#cutOut.pass(faults, bytes.length)
    let roomy = true
    if (!faults.lost && passing > 0) {
      this.#leaving.push(faults.delay ?? 0, passing, () => {
        roomy = this.inner.write(passing === bytes.length ? bytes : bytes.subarray(0, passing))
      })
    }
    if (passing < bytes.length) this.break('connection reset by peer')
    return roomy
  }

  override pause(): void {
    this.#arriving.pause(true)
    this.inner.pause()
  }

  override resume(): void {
    this.#arriving.pause(false)
    this.inner.resume()
  }

  override close(last?: Uint8Array): void {
    if (this.#broken || this.#closing) return
    if (last !== undefined) this.write(last)
    this.#closing = true
    this.#arriving.pause(false)
    this.#leaving.push(this.#faults().out?.delay ?? 0, 0, () => this.inner.close())
  }

  /** Ends the connection as a reset does: what is under way is gone. @param reason for the driver */
  break(reason: string): void {
    if (this.#broken || this.#gone) return
    this.#broken = true
    this.#arriving.clear()
    this.#leaving.clear()
    this.inner.close()
    // Never during a call of the driver.
    this.#clock.soon(() => this.#end(reason))
  }

  #arrive(chunk: Uint8Array): void {
    if (this.#broken || this.#closing) return
    const faults = this.#faults().in ?? NO_DIRECTION
    const passing = this.#cutIn.pass(faults, chunk.length)
    if (!faults.lost && passing > 0) {
      const delay = faults.delay ?? 0
      const part = passing === chunk.length ? chunk : chunk.subarray(0, passing)
      // The chunk is the callee's until it returns: what waits is a copy.
      const kept = delay > 0 || this.#arriving.size > 0 ? part.slice() : part
      this.#arriving.push(delay, passing, () => {
        if (!this.#closing) this.#handlers?.data(kept)
      })
    }
    if (passing < chunk.length) this.break('connection reset by peer')
  }

  #end(reason: string): void {
    if (this.#gone) return
    this.#gone = true
    this.#arriving.clear()
    this.#ended()
    this.#handlers?.closed(reason)
  }
}
