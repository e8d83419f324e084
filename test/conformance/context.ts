import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, PeerSpec } from './case.js'
import { Conversation, Failure, Listening, now, PATIENCE, type Speaker } from './conversation.js'
import { type Control, DUT_ADDRESS, DUT_ADDRESS6 } from './model.js'
import { enhancedRefresh, fourOctetAs, KEEPALIVE, multiprotocol, open, routeRefresh } from './octets.js'
import type { Place } from './place.js'
import type { Job } from './protocol.js'
import { readOpen } from './reading.js'

/** How a peer opens a session. */
export interface SessionOptions {
  /** Default 90 s. */
  readonly hold?: number
  /** BGP Identifier; default the tester's address. */
  readonly id?: string
  /** Families announced; default both. */
  readonly families?: readonly ('ipv4' | 'ipv6')[]
  /** False: no capability 65, so that AS numbers have two octets. */
  readonly as4?: boolean
  /** The AS in the OPEN instead of the configured one. */
  readonly as?: number
  /** More capabilities. */
  readonly capabilities?: readonly number[][]
  /** All capabilities, instead of those above. */
  readonly only?: readonly number[][]
  /** False: no KEEPALIVE beyond the one that answers the OPEN. */
  readonly keepAlive?: boolean
  /** Milliseconds for which a refused connection is tried again. */
  readonly within?: number
}

/** Observers that the cases of a setup share: plain sessions that stay up. */
export interface Observers {
  /** An observer that is up, with all that it was told so far. @throws Failure when it can't get a session */
  get(kind: 'external' | 'internal'): Promise<Conversation>
}

/** What a case works with: its peers, prefixes of its own, and the controls of the device under test. */
export class Context {
  readonly case: Case
  readonly control: Control
  /** Milliseconds between what one observer may see and another, for daemons that batch. */
  readonly settleTime: number
  /** Messages of the corpus must get their strict reading, or the other one that is explained. */
  readonly strict: boolean
  readonly #place: Place
  readonly #observers: Observers
  readonly #open = new Set<{ close(): void }>()
  #sentinels = 0

  /** @param place the peers' addresses @param control what can be done to the daemon */
  constructor(
    one: Case,
    place: Place,
    observers: Observers,
    control: Control,
    { settleTime, strict }: Pick<Job, 'settleTime' | 'strict'>,
  ) {
    this.case = one
    this.#place = place
    this.#observers = observers
    this.control = control
    this.settleTime = settleTime
    this.strict = strict
  }

  peer(name: string): Speaker {
    return this.#place.speakers[name]
  }

  spec(name: string): PeerSpec {
    return this.case.peers[name]
  }

  /** An IPv4 prefix that no other case uses. @param index 0 to 199 */
  prefix(index = 0): string {
    const { number } = this.#place
    return `${20 + (number >> 8)}.${number & 255}.${index}.0/24`
  }

  /** A host prefix that no other case uses. @param index 0 to 51,199; prefix() has others from index 200 on */
  host(index: number): string {
    const { number } = this.#place
    return `${20 + (number >> 8)}.${number & 255}.${index >> 8}.${index & 255}/32`
  }

  /** An IPv6 prefix that no other case uses. @param index 0 to 199 */
  prefix6(index = 0): string {
    return `2001:db8:${(0x1000 + this.#place.number).toString(16)}:${(index + 1).toString(16)}::/64`
  }

  /** An eBGP session in AS 65009, or an iBGP one, that only listens. */
  observer(kind: 'external' | 'internal' = 'external'): Promise<Conversation> {
    return this.#observers.get(kind)
  }

  sleep(ms: number): Promise<void> {
    return sleep(ms)
  }

  /** Ends everything with the case. */
  closeWithCase<T extends { close(): void }>(thing: T): T {
    this.#open.add(thing)
    return thing
  }

  /** Closes all connections. */
  async finish(): Promise<void> {
    for (const thing of this.#open) {
      if (thing instanceof Conversation) {
        thing.mute()
        thing.socket.destroy()
      } else thing.close()
    }
  }

  /** A TCP connection; it is tried again while the device under test refuses it. @throws Failure */
  async connect(name: string, within = 3 * PATIENCE): Promise<Conversation> {
    const deadline = now() + within
    for (;;) {
      try {
        const to = this.spec(name)?.over6 ? DUT_ADDRESS6 : DUT_ADDRESS
        return this.closeWithCase(await Conversation.dial(this.peer(name), to, Math.min(within, PATIENCE)))
      } catch (error) {
        if (now() > deadline) throw new Failure(`${name} can't connect: ${(error as Error).message}`)
        await sleep(150)
      }
    }
  }

  /** Waits for connections of the device under test at a peer's address. */
  async listen(name: string, accept?: (conversation: Conversation) => void): Promise<Listening> {
    const listening = await Listening.open(this.peer(name), (conversation) => {
      this.closeWithCase(conversation)
      accept?.(conversation)
    })
    return this.closeWithCase(listening)
  }

  /** The octets of a peer's OPEN. */
  openMessage(peer: string | Speaker, options: SessionOptions = {}): Uint8Array {
    const speaker = typeof peer === 'string' ? this.peer(peer) : peer
    const as = options.as ?? speaker.as
    const families = options.families ?? ['ipv4', 'ipv6']
    const capabilities = options.only ?? [
      ...(families.includes('ipv4') ? [multiprotocol(1)] : []),
      ...(families.includes('ipv6') ? [multiprotocol(2)] : []),
      routeRefresh(),
      enhancedRefresh(),
      ...(options.as4 === false ? [] : [fourOctetAs(as)]),
      ...(options.capabilities ?? []),
    ]
    return open({ as, routerId: options.id ?? speaker.address, hold: options.hold ?? 90, capabilities })
  }

  /**
   * Exchanges OPEN and KEEPALIVE on a connection.
   * @returns the connection, Established
   * @throws Failure when the device under test refuses
   */
  async greet(conversation: Conversation, options: SessionOptions = {}): Promise<Conversation> {
    const message = this.openMessage(conversation.speaker, options)
    conversation.send(message)
    const answer = readOpen((await conversation.next(1)).body)
    const own = readOpen(message.subarray(19))
    conversation.terms = {
      asSize: [own, answer].every(({ capabilities }) => capabilities.some(({ code }) => code === 65)) ? 4 : 2,
      addPath: addPathFamilies(own, answer),
    }
    await conversation.next(4)
    conversation.send(KEEPALIVE)
    const hold = Math.min(own.hold, answer.hold)
    if (options.keepAlive !== false && hold > 0) conversation.keepAlive((hold * 1000) / 3)
    return conversation
  }

  /** Connects and gets a session; a refusal is tried again for a while. @throws Failure */
  async session(name: string, options: SessionOptions = {}): Promise<Conversation> {
    const deadline = now() + (options.within ?? 3 * PATIENCE)
    for (;;) {
      const conversation = await this.connect(name, options.within)
      try {
        return await this.greet(conversation, options)
      } catch (error) {
        conversation.socket.destroy()
        if (!(error instanceof Failure) || now() > deadline) throw error
        await sleep(200)
      }
    }
  }

  /** Sessions of several peers, without options. */
  sessions(...names: string[]): Promise<Conversation[]> {
    return Promise.all(names.map((name) => this.session(name)))
  }

  /** Waits until what the daemon says fits. @throws Failure with `what` when it does not in time */
  async eventually(what: string, fits: () => Promise<boolean>): Promise<void> {
    for (const deadline = now() + PATIENCE; !(await fits()); await sleep(150)) {
      if (now() > deadline) throw new Failure(what)
    }
  }

  /**
   * Waits until a line of the daemon's log names a peer's address and fits all patterns.
   * @throws Failure when there is none
   */
  logged(name: string, what: string, ...patterns: readonly RegExp[]): Promise<void> {
    const { address } = this.peer(name)
    return this.eventually(`no line of the log tells ${what}`, async () =>
      (await this.control.log())
        .split('\n')
        .some((line) => line.includes(address) && patterns.every((pattern) => pattern.test(line))),
    )
  }

  /**
   * Waits until what `from` sent so far has had its effect on `observer`: a route sent last has arrived there.
   * @throws Failure when it does not arrive
   */
  async settled(from: Conversation, observer: Conversation): Promise<void> {
    const mark = `65009:${++this.#sentinels}`
    const prefix = this.prefix(200 + (this.#sentinels % 50))
    from.announce(prefix, { communities: [mark] })
    await observer.hasWith(prefix, 'what was sent last', (route) => route.communities.includes(mark))
    await sleep(this.settleTime)
  }
}

/** Families in which the device under test sends path identifiers. */
function addPathFamilies(
  own: ReturnType<typeof readOpen>,
  answer: ReturnType<typeof readOpen>,
): ReadonlySet<string> {
  const modes = (open: ReturnType<typeof readOpen>) => {
    const families = new Map<string, number>()
    for (const { code, value } of open.capabilities) {
      if (code !== 69) continue
      for (let at = 0; at + 4 <= value.length; at += 4) {
        families.set(`${value[at] * 256 + value[at + 1]}/${value[at + 2]}`, value[at + 3])
      }
    }
    return families
  }
  const [receives, sends] = [modes(own), modes(answer)]
  return new Set(
    [...receives]
      .filter(([family, mode]) => {
        const other = sends.get(family) ?? 0
        return (mode === 1 || mode === 3) && (other === 2 || other === 3)
      })
      .map(([family]) => family),
  )
}

/** @throws Failure unless the values are equal as JSON */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [actual, expected].map((value) => JSON.stringify(value))
  if (is !== should) throw new Failure(`${what} is ${is}, expected ${should}`)
}

/** @throws Failure unless the condition holds */
export function check(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Failure(what)
}
