import type { Family } from '../ip/family.js'
import type { Clock, Random } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { Connection, Listener, Transport } from '../ports/transport.js'
import type { Rib } from '../rib/table.js'
import type { State } from '../session/types.js'
import { CeaseError } from '../wire/codes.js'
import { NO_DATA } from '../wire/fault.js'
import { shutdownData } from '../wire/notification.js'
import type { SpeakerApi } from './api.js'
import { applyDifference } from './apply.js'
import { difference } from './difference.js'
import { Events } from './events.js'
import { dynamicOptions, rangeFor } from './listen-ranges.js'
import { neighborView } from './neighbor-view.js'
import type { NeighborOptions, SpeakerOptions } from './options.js'
import { Peer, type PeerHost } from './peer.js'
import { peerParams } from './peer-params.js'
import { Refusals } from './refusals.js'
import { advertisedPage, type RouteContext, routePage } from './route-view.js'
import { limitData, Routing } from './routing.js'
import { type Expected, Settling } from './settling.js'
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

/** Milliseconds for which a neighbour that announced too much is kept out. */
const LIMIT_PAUSE = 60_000
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
  readonly #settling: Settling
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
      sliceEnd: () => this.#routing.tables.settle(),
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
      overLimit: (peer, family, limit) => this.#overLimit(peer, family, limit),
      progressed: () => this.#progressed(),
    })
    this.#settling = new Settling(
      clock,
      () => this.#expected(),
      () => {
        log.info({}, 'the first routes are complete')
        this.#routing.tables.settle()
        parts.fib?.sweep()
      },
    )
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
      settle: () => routing.tables.settle(),
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
    this.#routing.tables.settle()
    this.#settling.start()
  }

  async apply(options: SpeakerOptions): Promise<ApplyReport> {
    const before = this.#options
    const { open, close } = difference(before, options)
    // Listeners first: when one can't be had, nothing was changed.
    const opened = await this.#listen(open)
    const kept = this.#listeners.filter((listener) => !close.some((gone) => isSame(listener, gone)))
    const closing = this.#listeners.filter((listener) => !kept.includes(listener))
    this.#listeners = [...kept, ...opened]
    this.#options = options
    const report = applyDifference(before, options, {
      dynamic: () => [...this.#peers.values()].filter((peer) => peer.dynamic).map((peer) => peer.options),
      add: (neighbor) => {
        this.#add(neighbor)
        this.#tell(neighbor.address, 'added')
      },
      remove: (address, what) => this.#deconfigure(address, what),
      change: (address, neighbor) => this.#change(address, neighbor),
      reset: (address, neighbor) => this.#reset(address, neighbor),
      decide: () => this.#routing.decisionChanged(),
    })
    this.#routing.tables.settle()
    await Promise.all(closing.map((listener) => listener.close()))
    return report
  }

  /**
   * Ends every session with Cease/Administrative Shutdown and closes the listeners. Kernel routes are not
   * touched: whoever owns the kernel's side removes or keeps them.
   */
  async stop(message: string, reason: 'shutdown' | 'out-of-resources' = 'shutdown'): Promise<void> {
    this.#running = false
    this.#settling.stop()
    this.#routing.tables.bus.freeze()
    const listeners = this.#listeners
    this.#listeners = []
    const shutdown = reason === 'shutdown'
    const subcode = shutdown ? CeaseError.AdministrativeShutdown : CeaseError.OutOfResources
    const data = shutdown ? shutdownData(message) : NO_DATA
    for (const peer of [...this.#peers.values()]) peer.stop(subcode, data, `this speaker stops: ${message}`)
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
    const rib = this.#routing.tables.rib(query.family)
    const context = this.#context(rib)
    if (query.neighbor === undefined) return routePage(context, query)
    const peer = this.#peers.get(query.neighbor)
    const source = peer === undefined ? undefined : this.#routing.of(peer)?.source
    return source === undefined ? { routes: [], total: 0 } : routePage(context, query, source)
  }

  advertised(address: string, query: RouteQuery): RoutePage {
    const rib = this.#routing.tables.rib(query.family)
    const peer = this.#peers.get(address)
    const outlet = peer === undefined ? undefined : this.#routing.of(peer)?.families.get(query.family)?.outlet
    return advertisedPage(this.#context(rib), query, outlet)
  }

  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    return this.#events.subscribe(listener)
  }

  recent(after?: number): readonly SpeakerEvent[] {
    return this.#events.recent(after)
  }

  settled(): boolean {
    return this.#settling.settled
  }

  #context(rib: Rib): RouteContext {
    return {
      rib,
      fib: this.#parts.fib,
      defaultLocalPref: this.#options.decision.defaultLocalPref,
      neighbor: (source: number) => this.#routing.bySource(source),
    }
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

  /** Ends a neighbour for good. */
  #deconfigure(address: string, what: string, subcode: number = CeaseError['PeerDe-configured']): void {
    const peer = this.#peers.get(address)
    if (peer === undefined) return
    this.#parts.log.info({ neighbor: address }, `neighbor ${peer.name}: ${what}`)
    this.#peers.delete(address)
    peer.stop(subcode, NO_DATA, what)
    this.#routing.remove(peer)
    this.#tell(address, 'removed')
  }

  /** New options that the session that is up can live with. */
  #change(address: string, options: NeighborOptions): void {
    const peer = this.#peers.get(address)
    if (peer === undefined) return
    const before = peer.options
    peer.options = options
    this.#tell(address, 'changed')
    this.#routing.changed(peer, before)
    if (options.shutdown !== undefined && before.shutdown === undefined) {
      const { message } = options.shutdown
      const data = message === undefined ? NO_DATA : shutdownData(message)
      peer.stop(CeaseError.AdministrativeShutdown, data, 'shut down by configuration')
      this.#routing.giveUp(peer)
    } else if (options.shutdown === undefined && before.shutdown !== undefined) peer.start()
  }

  /** New options that need a new session. */
  #reset(address: string, options: NeighborOptions): void {
    const peer = this.#peers.get(address)
    if (peer === undefined) return
    const text = 'its configuration changed'
    if (peer.dynamic) {
      // It comes back by itself, as a new neighbour with the new options.
      this.#deconfigure(address, text, CeaseError.OtherConfigurationChange)
      return
    }
    if (options.shutdown !== undefined) {
      const { message } = options.shutdown
      const data = message === undefined ? NO_DATA : shutdownData(message)
      peer.stop(CeaseError.AdministrativeShutdown, data, 'shut down by configuration')
    } else if (peer.running) peer.stop(CeaseError.OtherConfigurationChange, NO_DATA, text)
    // Paths were learned under other conditions: nothing of them is kept.
    this.#routing.remove(peer)
    peer.options = options
    this.#routing.add(peer)
    this.#tell(address, 'changed')
    if (options.shutdown === undefined) peer.start()
  }

  /** More paths than the neighbour may have: it stays down for a while (RFC 4486 §4). */
  #overLimit(peer: Peer, family: Family, limit: number): void {
    const text = `${peer.address} announced more than ${limit} ${family} prefixes (maximum-prefix)`
    peer.stop(CeaseError.MaximumNumberOfPrefixesReached, limitData(family, limit), text)
    this.#parts.clock.after(LIMIT_PAUSE, () => {
      if (this.#running && this.#peers.get(peer.address) === peer && peer.options.shutdown === undefined)
        peer.start()
    })
  }

  /** End-of-RIBs came, or kept paths went. */
  #progressed(): void {
    this.#settling.look()
    for (const peer of this.#peers.values()) if (peer.dynamic && peer.idle) this.#ended(peer)
  }

  #tell(address: string, change: 'added' | 'removed' | 'changed'): void {
    this.#events.add({ type: 'neighbor', neighbor: address, change })
  }

  /** Configured neighbours, for settled(). */
  #expected(): Expected[] {
    const expected: Expected[] = []
    for (const peer of this.#peers.values()) {
      if (peer.dynamic || peer.options.shutdown !== undefined) continue
      const families = [...(this.#routing.of(peer)?.families.values() ?? [])]
      expected.push({
        established: peer.session !== undefined,
        sendsEndOfRib: peer.negotiated?.gracefulRestart !== undefined,
        complete: families.every((family) => !family.negotiated || family.endOfRibReceived),
        lastUpdate: peer.lastUpdate,
      })
    }
    return expected
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
      this.#routing.tables.settle()
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
    this.#tell(remote.address, 'added')
    this.#add(dynamicOptions(range, remote.address), true).accept(connection)
    this.#routing.tables.settle()
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
    this.#peers.delete(peer.address)
    peer.stop(CeaseError['PeerDe-configured'], NO_DATA, 'its session has ended')
    this.#routing.remove(peer)
    this.#tell(peer.address, 'removed')
  }
}

function isSame(a: { address: string; port: number }, b: { address: string; port: number }): boolean {
  return a.address === b.address && a.port === b.port
}
