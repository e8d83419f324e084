/** The BGP speaker of a test: started from a configuration, looked at through views, waited for by conditions. */

import { loadText } from '../config/load.js'
import { formatDiagnostics } from '../config/text/format.js'
import { systemClock } from '../daemon/clock.js'
import { type Decorator, decorated } from '../decorate/compose.js'
import { type Family, familyOfText } from '../ip/family.js'
import { TcpTransport } from '../net/tcp.js'
import type { Clock, Random } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Liveness } from '../ports/liveness.js'
import { type Log, silent } from '../ports/log.js'
import type { Transport } from '../ports/transport.js'
import { said } from '../session/reasons.js'
import { plural } from '../show/text.js'
import type { NeighborOperation, OperationOutcome } from '../speaker/model/operation.js'
import type { SpeakerOptions } from '../speaker/model/options.js'
import { Speaker } from '../speaker/speaker.js'
import type {
  ApplyReport,
  NeighborView,
  RoutePage,
  RouteQuery,
  RouteView,
  SpeakerEvent,
  SpeakerView,
} from '../views/types.js'
import { speakerViews, type Views } from '../views/views.js'
import { activity } from './activity.js'
import { type Unfulfilled, Waiting } from './waiting.js'

/**
 * What a peer is: the text of a configuration file as `ecmpd run` reads it (YAML or the switch's words), or the
 * document of a YAML file as an object: `{ as: 64512, neighbors: [{ address: '127.0.0.1', remoteAs: 64513 }] }`.
 * config/ecmpd.schema.json says what may stand in it. The sections `fib`, `api` and `log` have no effect here.
 */
export type Configuration = string | Readonly<Record<string, unknown>>

/** What a peer is started with. */
export interface TestPeerOptions {
  readonly configuration: Configuration
  /** What carries its sessions: a host of a MemoryNetwork; left out: TCP of this machine. */
  readonly transport?: Transport
  /** Put around the transport, from the inside out: faults, counters. Left out: none. */
  readonly decorators?: readonly Decorator<Transport>[]
  /** Its time: a ManualClock; left out: the machine's. */
  readonly clock?: Clock
  /** In [0, 1): jitter of its timers; left out: Math.random. */
  readonly random?: Random
  /** Gets its routes; left out: nobody does. */
  readonly fib?: FibPort
  /** Answers whether next hops can be used; left out: all can. */
  readonly resolver?: Resolver
  /** Who says that neighbors or gateways are dead: a ManualLiveness. Left out: nobody. */
  readonly liveness?: readonly Liveness[]
  /** A pino logger, or what looks like one; left out: silence. */
  readonly log?: Log
}

/** Milliseconds that a condition is waited for unless a call says otherwise. */
const LONGEST_WAIT = 10_000
/** Routes asked of the speaker at a time. */
const PAGE = 1000

/** A BGP speaker in this process. Several live side by side, each on an address or port of its own. */
export class TestPeer {
  readonly #speaker: Speaker
  readonly #views: Views
  readonly #waiting: Waiting

  private constructor(speaker: Speaker, waiting: Waiting) {
    this.#speaker = speaker
    this.#views = speakerViews(speaker.reads)
    this.#waiting = waiting
    speaker.subscribe(() => waiting.touch())
  }

  /**
   * Starts a peer: its listeners are open and its neighbors dialled when the promise is resolved.
   * @throws Error that names what is wrong with the configuration, or the address that can't be listened on
   */
  static async start(options: TestPeerOptions): Promise<TestPeer> {
    const { clock = systemClock, random = Math.random, log = silent, fib, resolver, liveness } = options
    const waiting = new Waiting(clock)
    const transport = decorated(options.transport ?? new TcpTransport(log), [
      ...(options.decorators ?? []),
      activity(() => waiting.touch()),
    ])
    const speaker = new Speaker({
      ...{ clock, random, log, transport, fib, resolver, liveness },
      options: speakerOptions(options.configuration),
    })
    await speaker.start()
    return new TestPeer(speaker, waiting)
  }

  /**
   * Applies a changed configuration neighbor by neighbor, as `ecmpd reload` does.
   * @throws Error as `start` does; nothing was changed then
   */
  async apply(configuration: Configuration): Promise<ApplyReport> {
    const report = await this.#speaker.apply(speakerOptions(configuration))
    this.#waiting.touch()
    return report
  }

  /** Does what an operator asks of a neighbor: shut down, start, reset, drain, refresh. */
  operate(address: string, operation: NeighborOperation): OperationOutcome {
    const outcome = this.#speaker.operate(address, operation, 'a test')
    this.#waiting.touch()
    return outcome
  }

  /**
   * Ends the sessions with Cease/Administrative Shutdown and closes the listeners. Whoever still waits gets an
   * Error. With a ManualClock: `clock.until(peer.stop())`.
   * @param message the text for the neighbors (RFC 9003), at most 255 octets of UTF-8
   */
  async stop(message = 'the test is over'): Promise<void> {
    this.#waiting.close('the peer was stopped')
    await this.#speaker.stop(message)
  }

  /** The speaker: router id, listeners, sizes of the tables. */
  status(): SpeakerView {
    return this.#views.speaker()
  }

  neighbors(): readonly NeighborView[] {
    return this.#views.neighbors()
  }

  /** @param address canonical text @returns undefined when there is no such neighbor */
  neighbor(address: string): NeighborView | undefined {
    return this.#views.neighbor(address)
  }

  /** All routes of a family in ascending order of their prefixes. */
  routes(family: Family = 'ipv4-unicast'): readonly RouteView[] {
    return all((query) => this.#views.routes(query), family)
  }

  /** @param prefix canonical text @returns undefined without a path for it */
  route(prefix: string): RouteView | undefined {
    return this.#views.routes({ family: familyOfText(prefix), prefix, limit: 1 }).routes[0]
  }

  /** What a neighbor is sent (Adj-RIB-Out), attributes as they leave; nothing while it is not Established. */
  advertised(address: string, family: Family = 'ipv4-unicast'): readonly RouteView[] {
    return all((query) => this.#views.advertised(address, query), family)
  }

  /** The last 1000 events with ids above `after`, oldest first. */
  events(after = 0): readonly SpeakerEvent[] {
    return this.#speaker.recent(after)
  }

  /** @returns unsubscribe */
  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    return this.#speaker.subscribe(listener)
  }

  /**
   * Waits for anything that can be seen in the views. It is looked at whenever messages were exchanged or an event
   * happened. With a ManualClock: `clock.until(peer.until(…))`.
   * @param what is waited for, for the error: 'ten routes'
   * @param condition fulfilled by a value that is neither undefined, null nor false; what it throws is thrown here
   * @param within milliseconds
   * @returns the value
   * @throws Error, one sentence with the neighbors' states, when the time is over or the peer is stopped
   */
  until<T>(what: string, condition: () => T, within = LONGEST_WAIT): Promise<Exclude<T, Unfulfilled>> {
    return this.#waiting.until(what, condition, within, () => this.#summary())
  }

  /** Waits for a session. @throws as `until` */
  established(address: string, within = LONGEST_WAIT): Promise<NeighborView> {
    return this.until(
      `neighbor ${address} Established`,
      () => {
        const view = this.neighbor(address)
        return view?.state === 'Established' ? view : undefined
      },
      within,
    )
  }

  /** Waits until a neighbor has no session, or is gone. @throws as `until` */
  async down(address: string, within = LONGEST_WAIT): Promise<void> {
    await this.until(
      `neighbor ${address} down`,
      () => this.neighbor(address)?.state !== 'Established',
      within,
    )
  }

  /**
   * Waits for a route in use.
   * @param prefix canonical text
   * @param nextHops exactly these, in any order, or so many; left out: any
   * @throws as `until`
   */
  routed(prefix: string, nextHops?: readonly string[] | number, within = LONGEST_WAIT): Promise<RouteView> {
    const wanted = typeof nextHops === 'object' ? [...nextHops].sort().join(', ') : nextHops
    const matches = (route: RouteView) => {
      if (wanted === undefined) return route.paths.some(({ best }) => best)
      return typeof wanted === 'number'
        ? route.nextHops.length === wanted
        : [...route.nextHops].sort().join(', ') === wanted
    }
    const via =
      wanted === undefined ? '' : typeof wanted === 'number' ? ` by ${wanted} ways` : ` via ${wanted}`
    return this.until(
      `route ${prefix}${via}`,
      () => {
        const route = this.route(prefix)
        return route !== undefined && matches(route) ? route : undefined
      },
      within,
    )
  }

  /** Waits until nobody has a path for a prefix. @param prefix canonical text @throws as `until` */
  async withdrawn(prefix: string, within = LONGEST_WAIT): Promise<void> {
    await this.until(`no route ${prefix}`, () => this.route(prefix) === undefined, within)
  }

  #summary(): string {
    const neighbors = this.neighbors().map(({ address, state, prefixesReceived, lastError }) => {
      if (state === 'Established')
        return `neighbor ${address} is Established with ${plural(prefixesReceived, 'prefix', 'prefixes')}`
      const why = lastError === undefined ? '' : ` (${said(lastError)})`
      return `neighbor ${address} is ${state}${why}`
    })
    return neighbors.length === 0 ? 'there is no neighbor' : neighbors.join(', ')
  }
}

function speakerOptions(configuration: Configuration): SpeakerOptions {
  // JSON is YAML.
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration)
  const { config, diagnostics } = loadText(text, 'configuration')
  // Warnings and notes do not keep it from starting.
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (config === undefined) throw new Error(formatDiagnostics(errors))
  return config.bgp
}

function all(page: (query: RouteQuery) => RoutePage, family: Family): readonly RouteView[] {
  const routes: RouteView[] = []
  let cursor: string | undefined
  do {
    const { routes: some, next } = page({ family, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    routes.push(...some)
    cursor = next
  } while (cursor !== undefined)
  return routes
}
