import { type Log, silent } from '../ports/log.js'
import type {
  Connection,
  Dial,
  DialError,
  DialOptions,
  Listener,
  ListenOptions,
  ProtectionRule,
  Transport,
} from '../ports/transport.js'
import { dial } from './dialer.js'
import { codeOf, endpoint } from './errors.js'
import { listen, type PortHolderOf } from './listener.js'
import { Protections } from './protections.js'

/** TCP over node:net. */
export class TcpTransport implements Transport {
  readonly #log: Log
  readonly #protections: Protections
  readonly #holder: PortHolderOf | undefined

  /** @param holder who has a port that is taken */
  constructor(log: Log = silent, protections = new Protections(log), holder?: PortHolderOf) {
    this.#log = log
    this.#protections = protections
    this.#holder = holder
  }

  listen(options: ListenOptions, accept: (connection: Connection) => void): Promise<Listener> {
    const trouble = (error: Error) => {
      const where = endpoint(options.address, options.port)
      const full = codeOf(error) === 'EMFILE' || codeOf(error) === 'ENFILE'
      const remedy = full ? ': raise LimitNOFILE in the systemd unit, or `ulimit -n`' : ''
      this.#log.error(
        { code: codeOf(error) },
        `cannot accept a connection on ${where}: ${error.message}${remedy}`,
      )
    }
    return listen(options, accept, trouble, this.#protections, this.#holder)
  }

  dial(options: DialOptions, done: (result: Connection | DialError) => void): Dial {
    return dial(options, done, this.#protections)
  }

  protect(rules: readonly ProtectionRule[], refused: (remote: string, reason: Error) => void): void {
    this.#protections.protect(rules, refused)
  }
}
