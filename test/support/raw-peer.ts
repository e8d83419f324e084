import type { Connection, Transport } from '../../src/ports/transport.js'
import {
  END_OF_RIB,
  KEEPALIVE,
  open,
  type RawMessage,
  type RawOpen,
  RawSplitter,
  toHex,
} from './raw-bytes.js'

const TYPES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH']

/** A peer that sends what a test tells it and keeps what it is sent; it answers nothing by itself. */
export class RawPeer {
  readonly connection: Connection
  readonly received: RawMessage[] = []
  /** Why the connection ended, undefined while it lasts. */
  closed: string | undefined
  readonly #splitter = new RawSplitter()

  constructor(connection: Connection) {
    this.connection = connection
    connection.handle({
      data: (chunk) => {
        this.received.push(...this.#splitter.push(chunk))
      },
      drain() {},
      closed: (reason) => {
        this.closed = reason
      },
    })
  }

  /** Dials. @throws Error when the connection is refused */
  static dial(transport: Transport, address: string, port = 179, localAddress?: string): Promise<RawPeer> {
    return new Promise((resolve, reject) => {
      transport.dial({ address, port, localAddress, timeout: 5000 }, (result) => {
        if (result instanceof Error) reject(result)
        else resolve(new RawPeer(result))
      })
    })
  }

  send(...messages: readonly Uint8Array[]): void {
    for (const message of messages) this.connection.write(message)
  }

  /** OPEN and KEEPALIVE: all that a willing peer needs to get a session. */
  greet(options: RawOpen): void {
    this.send(open(options), KEEPALIVE)
  }

  /** Message names in the order of their arrival. */
  get names(): string[] {
    return this.received.map((message) => TYPES[message.type] ?? `type ${message.type}`)
  }

  /** UPDATEs received that are no IPv4 End-of-RIB. */
  get updates(): RawMessage[] {
    const endOfRib = toHex(END_OF_RIB)
    return this.received.filter((message) => message.type === 2 && message.hex !== endOfRib)
  }

  /** 'code/subcode data' of the NOTIFICATION received, undefined without one. */
  get notification(): string | undefined {
    const message = this.received.find((one) => one.type === 3)
    if (message === undefined) return undefined
    const [code, subcode, ...data] = message.body
    return `${code}/${subcode}${data.length > 0 ? ` ${toHex(data)}` : ''}`
  }

  /** Forgets what came so far. */
  clear(): void {
    this.received.length = 0
  }
}
