import { AFI_IPV4, AFI_IPV6, SAFI_UNICAST } from '../../ip/family.js'
import type { Connection, ConnectionHandlers } from '../../ports/transport.js'
import { KEEPALIVE } from '../../wire/message.js'
import { encodeOpen } from '../../wire/open.js'
import type { Capability } from '../../wire/types.js'

/** A neighbour in a rehearsal that has whole tables to announce, in both families, and does not listen. */
export class StageFeeder {
  readonly address: string
  readonly as: number
  readonly addPath: boolean
  readonly #local: string
  #handlers: ConnectionHandlers | undefined
  #paused = false

  /**
   * @param address its own (IPv4), which is its router id, too
   * @param local the speaker's
   * @param addPath whether it sends path identifiers (RFC 7911)
   */
  constructor(address: string, local: string, as: number, addPath: boolean) {
    this.address = address
    this.as = as
    this.addPath = addPath
    this.#local = local
  }

  /** True while the speaker wants nothing more. */
  get paused(): boolean {
    return this.#paused
  }

  /** A new connection, for the speaker to take. */
  connect(): Connection {
    const feeder = this
    return {
      local: { address: this.#local, port: 179 },
      remote: { address: this.address, port: 40_000 },
      incoming: true,
      queued: 0,
      handle(handlers) {
        feeder.#handlers = handlers
      },
      write: () => true,
      pause() {
        feeder.#paused = true
      },
      resume() {
        feeder.#paused = false
      },
      settle: () => Promise.resolve(),
      close() {},
    }
  }

  /** OPEN and KEEPALIVE. */
  establish(): void {
    const families = [AFI_IPV4, AFI_IPV6].map((afi) => ({ afi, safi: SAFI_UNICAST }))
    const capabilities: Capability[] = [{ code: 65, name: 'four-octet-as', as: this.as }]
    for (const family of families) capabilities.push({ code: 1, name: 'multiprotocol', ...family })
    const sent = families.map((family) => ({ ...family, mode: 2 }))
    if (this.addPath) capabilities.push({ code: 69, name: 'add-path', families: sent })
    const routerId = this.address.split('.').reduce((id, octet) => id * 256 + Number(octet), 0)
    const open = encodeOpen({ type: 'open', version: 4, myAs: this.as, holdTime: 90, routerId, capabilities })
    this.say(open)
    this.say(KEEPALIVE)
  }

  /** @param bytes any part of the stream */
  say(bytes: Uint8Array): void {
    this.#handlers?.data(bytes)
  }

  /** The connection ends without a NOTIFICATION. */
  vanish(): void {
    this.#handlers?.closed('closed by the peer')
  }
}
