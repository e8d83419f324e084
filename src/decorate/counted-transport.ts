/** Counts what goes through a transport, by remote address: for metrics, and for tests of what a speaker did. */

import type {
  Connection,
  ConnectionHandlers,
  Dial,
  DialError,
  DialOptions,
  Transport,
} from '../ports/transport.js'
import type { Decorator } from './compose.js'
import { ForwardingConnection, ForwardingTransport } from './forwarding-transport.js'

/** Connections with one remote address, and the octets on them. */
export interface TransportCounts {
  /** Dials that brought a connection. */
  readonly opened: number
  /** Dials that brought none; those given up are not among them. */
  readonly failed: number
  /** Incoming connections, those that may not be used apart. */
  readonly accepted: number
  /** Incoming connections that are not protected as they have to be (`Connection.refusal`). */
  readonly refused: number
  /** Octets of BGP messages handed to the speaker, and taken from it. */
  readonly octetsIn: number
  readonly octetsOut: number
}

type Counts = { -readonly [K in keyof TransportCounts]: TransportCounts[K] }

/** Remote addresses that are counted one by one, so that made-up ones can't fill the memory. */
const ADDRESSES = 10_000

/** The counters of a transport. */
export class TransportCounters {
  readonly #byAddress = new Map<string, Counts>()
  /** Addresses beyond the first 10,000, together. */
  readonly others: TransportCounts = zero()

  /** Put this around the transport. */
  readonly decorator: Decorator<Transport> = (inner) =>
    new CountedTransport(inner, (address) => this.#counts(address))

  /** @param address canonical text, with the zone of a link-local one @returns undefined for one never seen */
  of(address: string): TransportCounts | undefined {
    return this.#byAddress.get(address)
  }

  /** Every address seen, in the order of its first connection or dial. The counts go on counting. */
  all(): IterableIterator<[address: string, counts: TransportCounts]> {
    return this.#byAddress.entries()
  }

  #counts(address: string): Counts {
    const known = this.#byAddress.get(address)
    if (known !== undefined) return known
    if (this.#byAddress.size >= ADDRESSES) return this.others
    const counts = zero()
    this.#byAddress.set(address, counts)
    return counts
  }
}

const zero = (): Counts => ({ opened: 0, failed: 0, accepted: 0, refused: 0, octetsIn: 0, octetsOut: 0 })

class CountedTransport extends ForwardingTransport {
  readonly #of: (address: string) => Counts

  constructor(inner: Transport, of: (address: string) => Counts) {
    super(inner)
    this.#of = of
  }

  override dial(options: DialOptions, done: (result: Connection | DialError) => void): Dial {
    return this.inner.dial(options, (result) => {
      if (result instanceof Error) this.#of(options.address).failed++
      done(result instanceof Error ? result : this.wrap(result))
    })
  }

  protected override wrap(connection: Connection): Connection {
    const counts = this.#of(connection.remote.address)
    if (!connection.incoming) counts.opened++
    else if (connection.refusal === undefined) counts.accepted++
    else counts.refused++
    return new CountedConnection(connection, counts)
  }
}

class CountedConnection extends ForwardingConnection {
  readonly #counts: Counts

  constructor(inner: Connection, counts: Counts) {
    super(inner)
    this.#counts = counts
  }

  override handle(handlers: ConnectionHandlers): void {
    this.inner.handle({
      data: (chunk) => {
        this.#counts.octetsIn += chunk.length
        handlers.data(chunk)
      },
      drain: () => handlers.drain(),
      closed: (reason) => handlers.closed(reason),
    })
  }

  override write(bytes: Uint8Array): boolean {
    this.#counts.octetsOut += bytes.length
    return this.inner.write(bytes)
  }

  override close(last?: Uint8Array): void {
    this.#counts.octetsOut += last?.length ?? 0
    this.inner.close(last)
  }
}
