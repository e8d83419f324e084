import type { Connection, ConnectionHandlers } from '../../ports/transport.js'

/** The far end of a connection in a rehearsal: says what it has to, and does not listen. */
export class StagePeer {
  readonly address: string
  readonly #local: string
  #handlers: ConnectionHandlers | undefined
  #paused = false

  /**
   * @param address its own (IPv4), which is its router id, too
   * @param local the speaker's
   */
  constructor(address: string, local: string) {
    this.address = address
    this.#local = local
  }

  /** Its address as a number. */
  get routerId(): number {
    return this.address.split('.').reduce((id, octet) => id * 256 + Number(octet), 0)
  }

  /** True while the speaker wants nothing more. */
  get paused(): boolean {
    return this.#paused
  }

  /** A new connection, for the speaker to take. */
  connect(): Connection {
    const peer = this
    return {
      local: { address: this.#local, port: 179 },
      remote: { address: this.address, port: 40_000 },
      incoming: true,
      queued: 0,
      handle(handlers) {
        peer.#handlers = handlers
      },
      write: () => true,
      pause() {
        peer.#paused = true
      },
      resume() {
        peer.#paused = false
      },
      readPending: () => Promise.resolve(),
      close() {},
    }
  }

  /** @param bytes any part of the stream */
  say(bytes: Uint8Array): void {
    this.#handlers?.data(bytes)
  }

  /** The connection ends. */
  hangUp(): void {
    this.#handlers?.closed('closed by the peer')
  }
}
