import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import {
  capability,
  fourOctetAs,
  KEEPALIVE,
  multiprotocol,
  open,
  routeRefresh,
  toHex,
  u16,
} from '../support/raw-bytes.js'

/** What a light client is and where it dials. */
export interface LightClientOptions {
  readonly as: number
  /** Own address, its router id, too. */
  readonly address: string
  readonly to: { readonly address: string; readonly port: number }
  /** Hold time proposed, seconds; it sends a KEEPALIVE every third of it. */
  readonly hold: number
  /** Takes several paths of a prefix (RFC 7911). */
  readonly addPath: boolean
  /** The number of a prefix from its four octets; the client keeps one attribute block for each number. */
  readonly indexOf: (octets: Buffer, at: number) => number
  readonly prefixes: number
}

/**
 * An IPv4 speaker made for great numbers: it reads UPDATEs octet by octet without an object for each route, and
 * notes when messages came. All prefixes that it is sent are 24 bits long.
 */
export class LightClient {
  readonly options: LightClientOptions
  /** Attribute blocks by number, from 1, as they stand in the messages. */
  readonly blocks: Buffer[] = [Buffer.alloc(0)]
  /** Number of the attribute block of each prefix, 0: withdrawn or never sent. */
  readonly held: Int32Array
  /** Path identifier of each prefix, with ADD-PATH. */
  readonly pathIds: Uint32Array
  /** Prefixes held. */
  count = 0
  updates = 0
  keepalives = 0
  endOfRibs = 0
  /** Longest time between two messages, and between two KEEPALIVEs, milliseconds; since the start or `watch`. */
  largestGap = 0
  largestKeepaliveGap = 0
  /** Why the session ended. */
  ended: string | undefined
  readonly #numbers = new Map<string, number>()
  readonly #socket: Socket
  #rest = Buffer.alloc(0)
  #last = 0
  #lastKeepalive = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LightClientOptions) {
    this.options = options
    this.held = new Int32Array(options.prefixes)
    this.pathIds = new Uint32Array(options.prefixes)
    const { to, address, as, hold, addPath } = options
    this.#socket = connect({ host: to.address, port: to.port, localAddress: address })
    this.#socket.setNoDelay(true)
    const capabilities = [multiprotocol(1), routeRefresh(), fourOctetAs(as)]
    if (addPath) capabilities.push(capability(69, [...u16(1), 1, 1]))
    this.#socket.on('connect', () => {
      this.watch()
      this.#socket.write(open({ as, routerId: address, hold, capabilities }))
      this.#socket.write(KEEPALIVE)
      this.#timer = setInterval(() => this.#socket.write(KEEPALIVE), (hold * 1000) / 3)
    })
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('error', (error) => this.#end(error.message))
    this.#socket.on('close', () => this.#end('closed'))
  }

  /** True once the first KEEPALIVE has come. */
  get established(): boolean {
    return this.keepalives > 0 && this.ended === undefined
  }

  /** Measures the times between messages from now on. */
  watch(): void {
    this.#last = performance.now()
    this.#lastKeepalive = this.#last
    this.largestGap = 0
    this.largestKeepaliveGap = 0
  }

  /** Writes messages; resolves when the connection takes more. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#socket.write(bytes)) return
    await new Promise<void>((resolve) => this.#socket.once('drain', resolve))
  }

  close(): void {
    clearInterval(this.#timer)
    this.#socket.destroy()
  }

  #end(why: string): void {
    clearInterval(this.#timer)
    this.ended ??= why
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const now = performance.now()
    let at = 0
    while (bytes.length - at >= 19) {
      const length = bytes.readUInt16BE(at + 16)
      if (bytes.length - at < length) break
      this.largestGap = Math.max(this.largestGap, now - this.#last)
      this.#last = now
      this.#message(bytes, at, at + length, now)
      at += length
    }
    this.#rest = Buffer.from(bytes.subarray(at))
  }

  #message(bytes: Buffer, start: number, end: number, now: number): void {
    const type = bytes[start + 18]
    if (type === 2) this.#update(bytes, start + 19, end)
    else if (type === 3) this.#end(`NOTIFICATION ${toHex(bytes.subarray(start + 19, end))}`)
    else if (type === 4) {
      this.keepalives++
      this.largestKeepaliveGap = Math.max(this.largestKeepaliveGap, now - this.#lastKeepalive)
      this.#lastKeepalive = now
    }
  }

  #update(bytes: Buffer, start: number, end: number): void {
    this.updates++
    const withdrawnEnd = start + 2 + bytes.readUInt16BE(start)
    const attributes = withdrawnEnd + 2
    const nlri = attributes + bytes.readUInt16BE(withdrawnEnd)
    if (end - start === 4) this.endOfRibs++
    this.#routes(bytes, start + 2, withdrawnEnd, 0)
    if (nlri < end) this.#routes(bytes, nlri, end, this.#number(bytes.subarray(attributes, nlri)))
  }

  #routes(bytes: Buffer, start: number, end: number, block: number): void {
    const { addPath, indexOf } = this.options
    for (let at = start; at < end; at += 4) {
      let pathId = 0
      if (addPath) {
        pathId = bytes.readUInt32BE(at)
        at += 4
      }
      if (bytes[at] !== 24) throw new Error(`a prefix of ${bytes[at]} bits`)
      const index = indexOf(bytes, at + 1)
      const known = this.held[index]
      if (known !== 0 && addPath && this.pathIds[index] !== pathId) throw new Error('a second path')
      if (known === 0 && block !== 0) this.count++
      if (known !== 0 && block === 0) this.count--
      this.held[index] = block
      this.pathIds[index] = pathId
    }
  }

  #number(attributes: Buffer): number {
    const key = attributes.toString('latin1')
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.blocks.push(Buffer.from(attributes)) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}
