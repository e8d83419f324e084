/** A network in memory: machines with addresses, whose speakers reach each other without sockets or privileges. */

import { systemClock } from '../daemon/clock.js'
import type { Clock } from '../ports/clock.js'
import type {
  Connection,
  ConnectionHandlers,
  Dial,
  DialError,
  DialOptions,
  Endpoint,
  Listener,
  ListenOptions,
  ProtectionRule,
  Transport,
} from '../ports/transport.js'
import type { DialReason } from '../session/reasons.js'

/** Octets that the "kernel" of a connection holds for a reader that has paused. */
const KERNEL = 64 * 1024
const HIGH_WATER = 256 * 1024
const LOW_WATER = 64 * 1024

const isIpv6 = (address: string) => address.includes(':')

/** One end of a pipe. What is written arrives at the other end on a later turn of the clock. */
export class MemoryConnection implements Connection {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly incoming: boolean
  other!: MemoryConnection
  /** Largest chunk that arrives at once here; 1 delivers octet by octet. */
  segment = Number.POSITIVE_INFINITY
  /** A cut cable: nothing arrives any more, in neither direction, and nobody hears of it. */
  cut = false
  /** A peer that does not read: octets stay in the sender's queue. */
  stalled = false
  /** Everything written here, for tests of what goes out. */
  readonly written: Uint8Array[] = []
  #handlers: ConnectionHandlers | undefined
  readonly #clock: Clock
  /** Octets on their way to this end. */
  #arriving: Uint8Array[] = []
  #arrivingSize = 0
  #paused = false
  #wantsDrain = false
  #finArriving = false
  #closing = false
  #gone = false
  #scheduled = false

  constructor(clock: Clock, local: Endpoint, remote: Endpoint, incoming: boolean) {
    this.#clock = clock
    this.local = local
    this.remote = remote
    this.incoming = incoming
  }

  /** What this end wrote and the other end's kernel has not taken. */
  get queued(): number {
    return Math.max(0, this.other.#arrivingSize - KERNEL)
  }

  /** True once this end has heard that the connection is over. */
  get closed(): boolean {
    return this.#gone
  }

  handle(handlers: ConnectionHandlers): void {
    this.#handlers = handlers
    this.#schedule()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#gone || this.#closing) return true
    this.written.push(bytes)
    this.other.#receive(bytes)
    if (this.queued <= HIGH_WATER) return true
    this.#wantsDrain = true
    return false
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  async readPending(): Promise<void> {
    this.#deliver(true)
  }

  close(last?: Uint8Array): void {
    if (this.#gone || this.#closing) return
    if (last !== undefined) this.write(last)
    this.#closing = true
    this.other.#receiveFin()
    this.#clock.after(1000, () => this.#end('closed'))
  }

  /** Breaks the connection as a killed process does: both ends see it closed, without a message. */
  reset(reason = 'connection reset by peer'): void {
    this.#clock.soon(() => {
      this.#end(reason)
      this.other.#end(reason)
    })
  }

  #receive(bytes: Uint8Array): void {
    if (this.cut || this.other.cut || this.#gone) return
    // A copy: the reader may keep nothing of the writer's buffer.
    this.#arriving.push(bytes.slice())
    this.#arrivingSize += bytes.length
    this.#schedule()
  }

  #receiveFin(): void {
    if (this.cut || this.other.cut) return
    this.#finArriving = true
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.soon(() => {
      this.#scheduled = false
      this.#deliver(false)
    })
  }

  /** @param draining also what a paused reader has not been given yet */
  #deliver(draining: boolean): void {
    const handlers = this.#handlers
    if (handlers === undefined) return
    while (this.#arriving.length > 0 && !this.#gone && !this.stalled && (draining || !this.#paused)) {
      const chunk = this.#arriving[0]
      const size = Math.min(chunk.length, this.segment)
      if (size === chunk.length) this.#arriving.shift()
      else this.#arriving[0] = chunk.subarray(size)
      this.#arrivingSize -= size
      if (!this.#closing) handlers.data(chunk.subarray(0, size))
      this.other.#drained()
    }
    if (this.#finArriving && this.#arriving.length === 0 && !this.#paused) this.#finish()
  }

  #drained(): void {
    if (!this.#wantsDrain || this.queued > LOW_WATER || this.#gone) return
    this.#wantsDrain = false
    this.#clock.soon(() => {
      if (!this.#gone) this.#handlers?.drain()
    })
  }

  #finish(): void {
    this.#end('closed by the peer')
    this.other.#end('closed')
  }

  #end(reason: string): void {
    if (this.#gone) return
    this.#gone = true
    this.#handlers?.closed(reason)
  }
}

interface Bound {
  readonly host: MemoryHost
  readonly options: ListenOptions
  readonly accept: (connection: Connection) => void
}

/** A machine on the network: a Transport with addresses of its own. */
export class MemoryHost implements Transport {
  readonly addresses: readonly string[]
  /** Connections made from or to this machine, oldest first. */
  readonly connections: MemoryConnection[] = []
  /** Attempts to dial, for tests of retries: when, and where to. */
  readonly dials: { readonly at: number; readonly address: string; readonly port: number }[] = []
  /** How connections are to be protected, by the last call. Nothing is enforced. */
  rules: readonly ProtectionRule[] = []
  /** Remote addresses and prefixes whose protection can't be had. */
  readonly unprotectable = new Set<string>()
  /** Listeners refuse everything: the port in use. */
  portTaken = false
  readonly #network: MemoryNetwork

  constructor(network: MemoryNetwork, addresses: readonly string[]) {
    this.#network = network
    this.addresses = addresses
  }

  async listen(options: ListenOptions, accept: (connection: Connection) => void): Promise<Listener> {
    if (this.portTaken) throw new Error(`can't listen on ${options.address} port ${options.port}: in use`)
    const bound = { host: this, options, accept }
    this.#network.bound.add(bound)
    const bindings = this.#network.bound
    return {
      address: options.address,
      port: options.port,
      async close() {
        bindings.delete(bound)
      },
    }
  }

  dial(options: DialOptions, done: (result: Connection | DialError) => void): Dial {
    const { clock } = this.#network
    this.dials.push({ at: clock.now(), address: options.address, port: options.port })
    let cancelled = false
    clock.soon(() => {
      if (cancelled) return
      done(this.#network.connect(this, options))
    })
    return {
      cancel() {
        cancelled = true
      },
    }
  }

  protect(rules: readonly ProtectionRule[], refused: (remote: string, reason: Error) => void): void {
    this.rules = rules
    for (const { remote, password } of rules) {
      if (password !== undefined && this.unprotectable.has(remote))
        refused(remote, new Error(`no key for ${remote} on this machine`))
    }
  }

  /** The newest connection with `address` at its other end. */
  to(address: string): MemoryConnection | undefined {
    return this.connections.findLast((connection) => connection.remote.address === address)
  }
}

/** Machines joined by a wire without loss. */
export class MemoryNetwork {
  readonly clock: Clock
  readonly bound = new Set<Bound>()
  /** Addresses that answer nobody: dials to and from them fail. */
  readonly unreachable = new Set<string>()
  #port = 40_000

  /** @param clock octets arrive 'soon', on a turn of their own; left out: the machine's */
  constructor(clock: Clock = systemClock) {
    this.clock = clock
  }

  /** Adds a machine with these addresses; the first of a family is the source of its dials. */
  host(...addresses: string[]): MemoryHost {
    return new MemoryHost(this, addresses)
  }

  /** Called by a host's dial: connects, or says why not. */
  connect(from: MemoryHost, options: DialOptions): Connection | DialError {
    const { address, port } = options
    const source =
      options.localAddress ?? from.addresses.find((own) => isIpv6(own) === isIpv6(address)) ?? '0.0.0.0'
    if (this.unreachable.has(address) || this.unreachable.has(source))
      return failure('dial-unreachable', `connect EHOSTUNREACH ${address}:${port}`)
    for (const bound of this.bound) {
      if (bound.options.port !== port || !bound.host.addresses.includes(address)) continue
      const wildcard = bound.options.address === '0.0.0.0' || bound.options.address === '::'
      if (!wildcard && bound.options.address !== address) continue
      const near = { address: source, port: this.#port++ }
      const far = { address, port }
      const dialled = new MemoryConnection(this.clock, near, far, false)
      const accepted = new MemoryConnection(this.clock, far, near, true)
      dialled.other = accepted
      accepted.other = dialled
      from.connections.push(dialled)
      bound.host.connections.push(accepted)
      this.clock.soon(() => bound.accept(accepted))
      return dialled
    }
    return failure('dial-refused', `connect ECONNREFUSED ${address}:${port}`)
  }
}

function failure(reason: DialReason, text: string): DialError {
  return Object.assign(new Error(text), { reason })
}
