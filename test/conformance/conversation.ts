import { connect, createServer, type Server, type Socket } from 'node:net'
import {
  asPath,
  asPathOf,
  attribute,
  communities,
  community,
  KEEPALIVE,
  localPref,
  med,
  mpReach,
  mpUnreachIpv6,
  nextHop,
  nextHop6,
  origin,
  SEQUENCE,
  toHex,
  update,
} from './octets.js'
import { notificationText, type RawUpdate, type ReadingTerms, Route, readUpdate } from './reading.js'

/** What a case expected and did not see. */
export class Failure extends Error {}

/** A message of the device under test. */
class Received {
  readonly type: number
  /** The whole message. */
  readonly bytes: Uint8Array
  /** Milliseconds of the tester's monotonic clock. */
  readonly at: number

  constructor(bytes: Uint8Array, at: number) {
    this.type = bytes[18]
    this.bytes = bytes
    this.at = at
  }

  get body(): Uint8Array {
    return this.bytes.subarray(19)
  }

  get hex(): string {
    return toHex(this.bytes)
  }

  /** 'UPDATE', 'NOTIFICATION 6/2'. */
  get name(): string {
    const name = TYPES[this.type] ?? `type ${this.type}`
    return this.type === 3 ? `${name} ${notificationText(this.body)}` : name
  }
}

const TYPES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH']

/** A path that an observer was told of, or one taken back. */
export interface Change {
  readonly at: number
  readonly prefix: string
  /** Undefined: withdrawn. */
  readonly route: Route | undefined
}

/** Who speaks at the tester's end. */
export interface Speaker {
  /** Of a case's peers: 't', 'o'. */
  readonly name: string
  readonly address: string
  readonly address6: string
  readonly as: number
  /** In the AS of the device under test. */
  readonly internal: boolean
}

/** What an announcement has beside or instead of the plain attributes. */
export interface Announcement {
  /** AS_SEQUENCE; by default the speaker's own AS, or nothing on iBGP. */
  readonly path?: readonly number[]
  readonly nextHop?: string
  readonly origin?: number
  readonly med?: number
  /** On iBGP 100 by default. */
  readonly localPref?: number
  /** 'a:b'. */
  readonly communities?: readonly string[]
  /** More attributes, as octets. */
  readonly more?: readonly number[][]
}

/**
 * Milliseconds within which an answer is expected: for a comparison of daemons few, so that many failures do not
 * take hours; ecmpd's own test, which expects none, gives a machine that is short of time more.
 */
export const PATIENCE = Number(process.env.CONFORMANCE_PATIENCE ?? 5000)

export const now = (): number => performance.now()

/** One TCP connection with the device under test. It says only what a case tells it, keepalives apart. */
export class Conversation {
  readonly speaker: Speaker
  readonly received: Received[] = []
  /** Paths announced by the device under test, by prefix, '#id' behind it where there are path identifiers. */
  readonly table = new Map<string, Route>()
  readonly changes: Change[] = []
  /** UPDATEs taken apart, with the time of their arrival. */
  readonly updates: (RawUpdate & { readonly at: number })[] = []
  /** How the device under test closed the connection. */
  end: { readonly how: 'FIN' | 'RST'; readonly at: number } | undefined
  /** The first UPDATE that could not be read. */
  unreadable: string | undefined
  terms: ReadingTerms = { asSize: 4, addPath: new Set() }
  readonly socket: Socket
  /** Position in `received` up to which `next` has looked. */
  #seen = 0
  #rest: Buffer = Buffer.alloc(0)
  #keepalives: NodeJS.Timeout | undefined
  readonly #waiters = new Set<() => void>()

  /** @param socket connected, made with allowHalfOpen */
  constructor(socket: Socket, speaker: Speaker) {
    this.socket = socket
    this.speaker = speaker
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#data(chunk))
    socket.on('end', () => this.#ended('FIN'))
    socket.on('error', () => this.#ended('RST'))
    socket.on('close', () => this.#ended('RST'))
  }

  /**
   * Connects to the device under test.
   * @throws Error of the socket when the connection is refused or takes too long
   */
  static dial(speaker: Speaker, to: string, within = PATIENCE, port = 179): Promise<Conversation> {
    return new Promise((resolve, reject) => {
      const localAddress = to.includes(':') ? speaker.address6 : speaker.address
      const socket = connect({ host: to, port, localAddress, allowHalfOpen: true })
      const timer = setTimeout(() => {
        socket.destroy()
        reject(new Error('no answer to SYN'))
      }, within)
      socket.once('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      socket.once('connect', () => {
        clearTimeout(timer)
        socket.removeAllListeners('error')
        resolve(new Conversation(socket, speaker))
      })
    })
  }

  #data(chunk: Buffer) {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let at = 0
    while (this.#rest.length - at >= 19) {
      const length = this.#rest.readUInt16BE(at + 16)
      if (length < 19 || this.#rest.length - at < length) break
      const message = new Received(Uint8Array.from(this.#rest.subarray(at, at + length)), now())
      at += length
      this.received.push(message)
      if (message.type === 2) this.#update(message)
    }
    this.#rest = this.#rest.subarray(at)
    this.#tell()
  }

  #update(message: Received) {
    try {
      const { at } = message
      const parts = readUpdate(message.body, this.terms)
      this.updates.push({ ...parts, at })
      const lost = [...parts.withdrawn, ...(parts.unreach?.withdrawn ?? [])]
      for (const { prefix, pathId } of lost) {
        this.table.delete(key(prefix, pathId))
        this.changes.push({ at, prefix, route: undefined })
      }
      const { asSize } = this.terms
      const routes = [
        ...parts.announced.map((one) => new Route(one, parts, undefined, asSize)),
        ...(parts.reach?.announced.map((one) => new Route(one, parts, parts.reach?.nextHop, asSize)) ?? []),
      ]
      for (const route of routes) {
        this.table.set(key(route.prefix, route.pathId), route)
        this.changes.push({ at, prefix: route.prefix, route })
      }
    } catch (error) {
      this.unreadable ??= `${(error as Error).message}: ${message.hex}`
    }
  }

  #ended(how: 'FIN' | 'RST') {
    this.end ??= { how, at: now() }
    clearInterval(this.#keepalives)
    if (how === 'RST') this.socket.destroy()
    this.#tell()
  }

  #tell() {
    for (const waiter of this.#waiters) waiter()
  }

  send(...messages: readonly Uint8Array[]) {
    if (this.socket.writable) this.socket.write(Buffer.concat(messages))
  }

  /** Sends KEEPALIVEs from now on, until `mute`. @param interval milliseconds */
  keepAlive(interval: number) {
    clearInterval(this.#keepalives)
    this.#keepalives = setInterval(() => this.send(KEEPALIVE), interval)
  }

  /** Sends no more KEEPALIVEs. */
  mute() {
    clearInterval(this.#keepalives)
  }

  /** Closes with FIN, without a NOTIFICATION. */
  close() {
    this.mute()
    this.socket.end()
    setTimeout(() => this.socket.destroy(), 200).unref()
  }

  /** Closes with RST. */
  reset() {
    this.mute()
    this.socket.resetAndDestroy()
  }

  /** What came so far and how it ended, for messages of failures. */
  get story(): string {
    const { name } = this.speaker
    const runs: { what: string; count: number }[] = []
    for (const message of this.received) {
      const last = runs.at(-1)
      if (last?.what === message.name) last.count++
      else runs.push({ what: message.name, count: 1 })
    }
    const names = runs.slice(-6).map(({ what, count }) => (count > 1 ? `${count} ${what}s` : what))
    return `${name} got ${names.join(', ') || 'nothing'}${this.end ? `, then ${this.end.how}` : ''}`
  }

  /**
   * Waits until `check` gives a value.
   * @param what ends the sentence "…, expected: …" of the failure
   * @param least milliseconds; PATIENCE when that is more
   * @throws Failure when it does not in time
   */
  until<T>(what: string, check: () => T | undefined | false, least = PATIENCE): Promise<T> {
    const within = Math.max(least, PATIENCE)
    return new Promise((resolve, reject) => {
      const look = () => {
        const value = check()
        if (value === undefined || value === false) return
        done()
        resolve(value)
      }
      const done = () => {
        clearTimeout(timer)
        this.#waiters.delete(look)
      }
      const timer = setTimeout(() => {
        done()
        reject(new Failure(`expected: ${what}; ${this.story} within ${within} ms`))
      }, within)
      this.#waiters.add(look)
      look()
    })
  }

  /** The next message of a type, past those that were looked at. @throws Failure when none comes */
  next(type: number, within = PATIENCE): Promise<Received> {
    return this.until(
      TYPES[type],
      () => {
        while (this.#seen < this.received.length) {
          const message = this.received[this.#seen++]
          if (message.type === type) return message
        }
        return undefined
      },
      within,
    )
  }

  /** Messages of a type so far. */
  all(type: number): Received[] {
    return this.received.filter((message) => message.type === type)
  }

  /** The NOTIFICATION as 'code/subcode/data', or 'close' when the end comes without. @throws Failure */
  async verdict(within = PATIENCE): Promise<string> {
    const found = await this.until(
      'the end of the session',
      () => {
        const message = this.all(3)[0]
        return message ? notificationText(message.body) : this.end && 'close'
      },
      within,
    )
    return found
  }

  /** Waits for the end and judges it. @param expected 'code/subcode' with or without data, or 'close' */
  async ends(expected: string | readonly string[], within = PATIENCE): Promise<void> {
    const allowed = [expected].flat()
    let verdict: string
    try {
      verdict = await this.verdict(within)
    } catch (error) {
      throw new Failure(`expected ${allowed.join(' or ')}; ${(error as Error).message}`)
    }
    const fits = allowed.some((one) => verdict === one || verdict.startsWith(`${one}/`))
    if (!fits) throw new Failure(`expected ${allowed.join(' or ')}, got ${verdict}`)
    await this.until('the end of the connection after a NOTIFICATION', () => this.end, 5000)
  }

  /** @throws Failure when the session has ended */
  alive() {
    const message = this.all(3)[0]
    if (message || this.end) throw new Failure(`the session ended: ${this.story}`)
  }

  /** A path for a prefix, once there is one. @throws Failure when none comes */
  has(prefix: string, within = PATIENCE): Promise<Route> {
    return this.until(
      `${this.speaker.name} is told of ${prefix}`,
      () => this.table.get(prefix) ?? this.paths(prefix)[0],
      within,
    )
  }

  /** Waits for a path for which `check` holds. @throws Failure */
  async hasWith(
    prefix: string,
    what: string,
    check: (route: Route) => boolean,
    within = PATIENCE,
  ): Promise<Route> {
    return this.until(
      `${this.speaker.name} is told of ${prefix} with ${what}`,
      () => this.paths(prefix).find(check),
      within,
    )
  }

  /** Waits until there is no path for a prefix. @throws Failure */
  async lacks(prefix: string, within = PATIENCE): Promise<void> {
    await this.until(
      `${this.speaker.name} has no route to ${prefix}`,
      () => this.paths(prefix).length === 0,
      within,
    )
  }

  /** All paths of a prefix. */
  paths(prefix: string): Route[] {
    return [...this.table.values()].filter((route) => route.prefix === prefix)
  }

  /** Changes of a prefix so far. */
  history(prefix: string): Change[] {
    return this.changes.filter((change) => change.prefix === prefix)
  }

  /** Waits for the End-of-RIB of a family. @param family 'afi/safi' */
  endOfRib(family = '1/1', within = 8000) {
    return this.until(
      `End-of-RIB of ${family}`,
      () => this.updates.find((update) => update.endOfRib === family),
      within,
    )
  }

  /** The octets of an announcement of this speaker's. */
  announcement(prefixes: string | readonly string[], what: Announcement = {}): Uint8Array {
    const list = [prefixes].flat()
    const { as, internal, address, address6 } = this.speaker
    const path = what.path ?? (internal ? [] : [as])
    const preference = what.localPref ?? (internal ? 100 : undefined)
    const version6 = list[0].includes(':')
    const gateway = what.nextHop ?? (version6 ? address6 : address)
    const attributes = [
      origin(what.origin ?? 0),
      path.length === 0 || this.terms.asSize === 4
        ? asPath(...path)
        : asPathOf([[SEQUENCE, ...path.map((one) => (one > 65535 ? 23456 : one))]], 2),
      ...(version6 ? [] : [nextHop(gateway)]),
      ...(what.med === undefined ? [] : [med(what.med)]),
      ...(preference === undefined ? [] : [localPref(preference)]),
      ...(what.communities ? [communities(...what.communities.map(community))] : []),
      ...(what.more ?? []),
      ...(version6 ? [mpReach(2, nextHop6(gateway), ...list)] : []),
    ]
    return update({ attributes, announced: version6 ? [] : list })
  }

  announce(prefixes: string | readonly string[], what: Announcement = {}) {
    this.send(this.announcement(prefixes, what))
  }

  withdraw(...prefixes: string[]) {
    this.send(
      prefixes[0].includes(':')
        ? update({ attributes: [mpUnreachIpv6(...prefixes)] })
        : update({ withdrawn: prefixes }),
    )
  }

  /** Sends the End-of-RIB of a family. */
  sendEndOfRib(family: '1/1' | '2/1' = '1/1') {
    this.send(family === '1/1' ? update({}) : update({ attributes: [attribute(0x80, 15, [0, 2, 1])] }))
  }
}

const key = (prefix: string, pathId: number | undefined) =>
  pathId === undefined ? prefix : `${prefix}#${pathId}`

/** Waits for connections of the device under test at one of the tester's addresses. */
export class Listening {
  /** Milliseconds at which connections arrived. */
  readonly arrivals: number[] = []
  readonly #server: Server
  readonly #accepted: Conversation[] = []
  readonly #waiters = new Set<() => void>()

  private constructor(speaker: Speaker, accept: (conversation: Conversation) => void) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const conversation = new Conversation(socket, speaker)
      this.arrivals.push(now())
      this.#accepted.push(conversation)
      accept(conversation)
      for (const waiter of this.#waiters) waiter()
    })
  }

  /** @param accept called with each connection at once */
  static open(speaker: Speaker, accept: (conversation: Conversation) => void = () => {}): Promise<Listening> {
    return new Promise((resolve, reject) => {
      const listening = new Listening(speaker, accept)
      listening.#server.once('error', reject)
      listening.#server.listen(179, speaker.address, () => resolve(listening))
    })
  }

  /** The next connection that arrived or arrives. @throws Failure when none does in time */
  accept(within = 3 * PATIENCE): Promise<Conversation> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const conversation = this.#accepted.shift()
        if (!conversation) return
        done()
        resolve(conversation)
      }
      const done = () => {
        clearTimeout(timer)
        this.#waiters.delete(look)
      }
      const timer = setTimeout(() => {
        done()
        reject(new Failure(`expected: the device under test connects; it did not within ${within} ms`))
      }, within)
      this.#waiters.add(look)
      look()
    })
  }

  close() {
    this.#server.close()
  }
}
