import type { Clock, Random } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { Connection, Listener, Transport } from '../ports/transport.js'
import type { State } from '../session/types.js'
import { CeaseError } from '../wire/codes.js'
import { shutdownData } from '../wire/notification.js'
import type { SpeakerApi } from './api.js'
import { Events } from './events.js'
import { dynamicOptions, rangeFor } from './listen-ranges.js'
import { neighborView } from './neighbor-view.js'
import type { NeighborOptions, SpeakerOptions } from './options.js'
import { Peer, type PeerHost } from './peer.js'
import { peerParams } from './peer-params.js'
import { Refusals } from './refusals.js'
import { routePage } from './route-view.js'
import { Routing } from './routing.js'
import { speakerView } from './speaker-view.js'
import type { ApplyReport, NeighborView, RoutePage, RouteQuery, SpeakerEvent, SpeakerView } from './views.js'
import { Work } from './work.js'

/** What a speaker is made of: the world through ports, and what it is told to be. */
export interface SpeakerParts {
  readonly clock: Clock
  readonly transport: Transport
  readonly log: Log
  readonly random: Random
  /** The kernel; left out, nothing is installed. */
  readonly fib?: FibPort
  /** Answers whether next hops can be used; left out, all count as reachable. */
  readonly resolver?: Resolver
  readonly options: SpeakerOptions
}

/** How long stop() waits for neighbours to take the last message, milliseconds. */
const FAREWELL = 1500

/** A BGP speaker: sessions with its neighbours, and the routes that they bring. */
export class Speaker implements SpeakerApi {
  readonly #parts: SpeakerParts
  #options: SpeakerOptions
  readonly #events: Events
  readonly #refusals: Refusals
  readonly #work: Work
  readonly #routing: Routing
  readonly #host: PeerHost
  readonly #peers = new Map<string, Peer>()
  #listeners: Listener[] = []
  #running = false
  readonly #started: number
  #connections = 0
  #lastGone: (() => void) | undefined

  constructor(parts: SpeakerParts) {
    this.#parts = parts
    this.#options = parts.options
    const { clock, log, random, transport } = parts
    this.#started = clock.wall()
    this.#events = new Events(() => clock.wall(), log)
    this.#refusals = new Refusals(clock, log, this.#events)
    this.#work = new Work(clock, {
      failed: (error) => log.error({ err: error }, 'a piece of work failed'),
      sliceEnd: () => this.#routing.settle(),
    })
    this.#routing = new Routing({
      clock,
      log,
      events: this.#events,
      work: this.#work,
      fib: parts.fib,
      resolver: parts.resolver,
      seed: Math.floor(random() * 0x1_0000_0000) >>> 0,
      options: () => this.#options,
    })
    const routing = this.#routing
    this.#host = {
      clock,
      log,
      transport,
      work: this.#work,
      params: (peer) => peerParams(peer.options, this.#options),
      established(peer, link, terms) {
        const { families, holdTime, remoteAs } = terms
        log.info(
          { neighbor: peer.address },
          `neighbor ${peer.name} Established: AS ${remoteAs}, hold ${holdTime} s, families ${families.join(', ') || 'none'}`,
        )
        routing.established(peer, link, terms)
      },
      down: (peer, end, terms) => routing.down(peer, end, terms),
      update: (peer, link, bytes, start, end) => routing.update(peer, link, bytes, start, end),
      routeRefresh: (peer, message) => routing.routeRefresh(peer, message),
      changed: (peer, from, to, cause) => this.#changed(peer, from, to, cause),
      drained: (peer) => routing.drained(peer),
      settle: () => routing.settle(),
      ended: (peer) => this.#ended(peer),
      opened: () => {
        this.#connections++
      },
      gone: () => {
        this.#connections--
        if (this.#connections === 0) this.#lastGone?.()
      },
    }
  }

  async start(): Promise<void> {
    this.#listeners = await this.#listen(this.#options.listen)
    this.#running = true
    for (const options of this.#options.neighbors) this.#add(options)
    this.#routing.settle()
  }

  async apply(options: SpeakerOptions): Promise<ApplyReport> {
    this.#options = options
    return { added: [], removed: [], changed: [], reset: [], unchanged: 0 }
  }

  /**
   * Ends every session with Cease/Administrative Shutdown and closes the listeners. Kernel routes are not
   * touched: whoever owns the kernel's side removes or keeps them.
   */
  async stop(message: string): Promise<void> {
    this.#running = false
    this.#routing.bus.freeze()
    const listeners = this.#listeners
    this.#listeners = []
    const data = shutdownData(message)
    for (const peer of [...this.#peers.values()]) {
      peer.stop(CeaseError.AdministrativeShutdown, data, `shut down: ${message}`)
    }
    if (this.#connections > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#parts.clock.after(FAREWELL, resolve)
        this.#lastGone = () => {
          cancel()
          resolve()
        }
      })
    }
    await Promise.all(listeners.map((listener) => listener.close()))
    this.#routing.close()
  }

  view(): SpeakerView {
    return speakerView(this.#options, this.#started, this.#listeners, this.#routing)
  }

  neighbors(): readonly NeighborView[] {
    return [...this.#peers.values()].map((peer) => this.#view(peer))
  }

  neighbor(address: string): NeighborView | undefined {
    const peer = this.#peers.get(address)
    return peer === undefined ? undefined : this.#view(peer)
  }

  routes(query: RouteQuery): RoutePage {
    const rib = this.#routing.rib(query.family)
    const context = {
      rib,
      fib: this.#parts.fib,
      defaultLocalPref: this.#options.decision.defaultLocalPref,
      neighbor: (source: number) => this.#routing.bySource(source),
    }
    if (query.neighbor === undefined) return routePage(context, query)
    const peer = this.#peers.get(query.neighbor)
    const source = peer === undefined ? undefined : this.#routing.of(peer)?.source
    return source === undefined ? { routes: [], total: 0 } : routePage(context, query, source)
  }

  advertised(address: string, query: RouteQuery): RoutePage {
    void address
    void query
    return { routes: [], total: 0 }
  }

  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    return this.#events.subscribe(listener)
  }

  recent(after?: number): readonly SpeakerEvent[] {
    return this.#events.recent(after)
  }

  settled(): boolean {
    return false
  }

  #view(peer: Peer): NeighborView {
    return neighborView(peer, this.#routing, this.#parts.clock)
  }

  async #listen(addresses: SpeakerOptions['listen']): Promise<Listener[]> {
    const opened: Listener[] = []
    try {
      for (const options of addresses) {
        opened.push(await this.#parts.transport.listen(options, (connection) => this.#accept(connection)))
      }
    } catch (error) {
      await Promise.all(opened.map((listener) => listener.close()))
      throw error
    }
    return opened
  }

  #add(options: NeighborOptions, dynamic = false): Peer {
    const seed = Math.floor(this.#parts.random() * 0x1_0000_0000) >>> 0
    const peer = new Peer(this.#host, options, seed, dynamic)
    this.#peers.set(options.address, peer)
    this.#routing.add(peer)
    if (options.shutdown === undefined) peer.start()
    return peer
  }

  #remove(peer: Peer): void {
    this.#peers.delete(peer.address)
    this.#routing.remove(peer)
  }

  #accept(connection: Connection): void {
    const { remote } = connection
    if (!this.#running) {
      connection.close()
      return
    }
    const known = this.#peers.get(remote.address)
    if (known !== undefined) {
      known.accept(connection)
      this.#routing.settle()
      return
    }
    const range = rangeFor(this.#options.listenRanges, remote.address)
    if (range === undefined) {
      connection.handle({ data() {}, drain() {}, closed() {} })
      connection.close()
      this.#refusals.report(
        remote,
        'it is not configured as a neighbour',
        `add neighbor ${remote.address} with its remote AS, or a listen range that covers it, if it belongs here`,
      )
      return
    }
    const dynamic = [...this.#peers.values()].filter((peer) => peer.dynamic).length
    if (dynamic >= this.#options.listenLimit) {
      connection.handle({ data() {}, drain() {}, closed() {} })
      connection.close()
      this.#refusals.report(
        remote,
        `there are ${dynamic} dynamic neighbours already`,
        'raise the listen limit if more are meant to come',
      )
      return
    }
    this.#events.add({ type: 'neighbor', neighbor: remote.address, change: 'added' })
    this.#add(dynamicOptions(range, remote.address), true).accept(connection)
    this.#routing.settle()
  }

  #changed(peer: Peer, from: State, to: State, cause: string): void {
    const fields = { neighbor: peer.address, from, to }
    if (from === 'Established') this.#parts.log.warn(fields, `neighbor ${peer.name} ${to}: ${cause}`)
    else if (to !== 'Established')
      this.#parts.log.debug(fields, `neighbor ${peer.name} ${from} -> ${to}: ${cause}`)
    this.#events.add({
      type: 'session',
      neighbor: peer.address,
      description: peer.options.description,
      from,
      to,
      cause,
    })
  }

  /** A dynamic neighbour without connection and without paths kept for it has no reason to stay. */
  #ended(peer: Peer): void {
    if (!peer.dynamic || this.#peers.get(peer.address) !== peer) return
    if (this.#routing.of(peer)?.graceful.phase === 'waiting') return
    this.#remove(peer)
    this.#events.add({ type: 'neighbor', neighbor: peer.address, change: 'removed' })
  }
}
