/** Which neighbors there are: those of the configuration and guests of listen ranges, how they come, change and go. */

import type { Family } from '../ip/family.js'
import type { Random } from '../ports/clock.js'
import type { Liveness, NeighborDeath } from '../ports/liveness.js'
import type { Connection } from '../ports/transport.js'
import { type NeighborKey, neighborKey } from '../session/neighbor-key.js'
import { CeaseError, ErrorCode } from '../wire/codes.js'
import { NO_DATA } from '../wire/fault.js'
import { encodeNotification, shutdownData } from '../wire/notification.js'
import { Departed, TRACES, type Trace } from './departed.js'
import type { FirstRoutesOf } from './first-routes.js'
import { limitData } from './inbound/prefix-limit.js'
import type { Expected } from './initial-convergence.js'
import { deathText } from './liveness/deaths.js'
import type { NeighborOptions } from './model/options.js'
import type { Pause, PrefixPause } from './model/pause.js'
import type { NeighborHost } from './neighbor-host.js'
import type { Damping } from './peer/damping.js'
import { dynamicOptions, rangeFor } from './peer/listen-ranges.js'
import { Peer } from './peer/peer.js'
import type { RefusedConnections } from './peer/refused-connections.js'
import { PrefixPauses } from './prefix-pauses.js'
import type { Routing } from './routing.js'

const CONNECTION_REJECTED = encodeNotification({
  type: 'notification',
  code: ErrorCode.Cease,
  subcode: CeaseError.ConnectionRejected,
  data: NO_DATA,
})

const FORWARDS_NOTHING = 'the neighbor is dead, and forwards nothing'

export interface NeighborsParts {
  readonly host: NeighborHost
  readonly random: Random
  readonly refusals: RefusedConnections
  readonly damping: Damping
  readonly routing: Routing
  /** False: connections are refused. */
  running(): boolean
}

/** The neighbors: configured ones, and those that came from listen ranges. */
export class Neighbors {
  readonly #parts: NeighborsParts
  readonly #peers = new Map<NeighborKey, Peer>()
  readonly #departed = new Departed<Peer>()
  /** Why connections with an address or prefix can't be protected as configured, so that there are none. */
  readonly unprotected = new Map<string, string>()
  readonly #pauses: PrefixPauses
  #dynamic = 0
  /** The neighbor for which a test of every() failed last. */
  #missing: Peer | undefined

  constructor(parts: NeighborsParts) {
    this.#parts = parts
    this.#pauses = new PrefixPauses(parts.host.clock, (key, pause) => this.#pauseOver(key, pause))
  }

  all(): IterableIterator<Peer> {
    return this.#peers.values()
  }

  get(key: NeighborKey): Peer | undefined {
    return this.#peers.get(key)
  }

  /** Dynamic neighbors that left and would be let in again: the earliest first. */
  *departed(): Iterable<Trace<Peer>> {
    const { listenRanges, listenTraces = TRACES } = this.#parts.host.options()
    for (const trace of this.#departed.all(this.#parts.host.clock.wall(), listenTraces)) {
      if (rangeFor(listenRanges, trace.peer.address) !== undefined) yield trace
    }
  }

  /** Adds a neighbor and starts it unless it is shut down. */
  add(options: NeighborOptions, dynamic = false): Peer {
    const { random, host, routing } = this.#parts
    const peer = new Peer(host, options, Math.floor(random() * 0x1_0000_0000) >>> 0, dynamic)
    this.#peers.set(peer.key, peer)
    const { listenTraces = TRACES } = host.options()
    const former = this.#departed.take(peer.key, host.clock.wall(), listenTraces)
    if (dynamic) {
      this.#dynamic++
      if (former !== undefined) peer.inherit(former)
    }
    routing.add(peer)
    this.#pauses.reconsider(peer.key, options)
    if (options.shutdown === undefined) peer.start()
    this.#note(peer)
    return peer
  }

  /** Lets the neighbors whose connections can't be protected say so. */
  noteUnprotected(): void {
    for (const peer of this.#peers.values()) this.#note(peer)
  }

  /** Ends a neighbor for good. @param what the text for the log */
  remove(key: NeighborKey, what: string, subcode: number = CeaseError['PeerDe-configured']): void {
    const peer = this.#peers.get(key)
    if (peer === undefined) return
    this.#parts.host.log.info({ neighbor: key }, `neighbor ${peer.name} removed: ${what}`)
    // Out of the map first: a dynamic neighbor must not remove itself once more when its session ends.
    this.#forget(peer)
    peer.stop(subcode, NO_DATA, what)
    this.#parts.routing.remove(peer)
    this.tell(key, 'removed', peer.givenName)
  }

  /** New options that the session that is up can live with. */
  change(key: NeighborKey, options: NeighborOptions): void {
    const peer = this.#peers.get(key)
    if (peer === undefined) return
    const before = peer.options
    peer.options = options
    const lifted = this.#pauses.reconsider(key, options)
    this.tell(key, 'changed')
    this.#parts.routing.reconsider.neighbor(peer, before)
    if (options.shutdown !== undefined && before.shutdown === undefined) {
      this.#shutDown(peer)
      this.#parts.routing.of(peer)?.retained.giveUp()
    } else if ((lifted || before.shutdown !== undefined) && !peer.adminDown) peer.start()
  }

  /** New options that need a new session. */
  reset(key: NeighborKey, options: NeighborOptions): void {
    const peer = this.#peers.get(key)
    if (peer === undefined) return
    const text = 'its configuration changed'
    this.#pauses.reconsider(key, options)
    if (peer.dynamic && !this.#remembered(peer)) {
      // It comes back by itself, as a new neighbor with the new options.
      this.remove(key, text, CeaseError.OtherConfigurationChange)
      this.#trace(peer)
      return
    }
    const before = peer.options
    if (options.shutdown === undefined) {
      if (peer.running) peer.stop(CeaseError.OtherConfigurationChange, NO_DATA, text)
    } else if (before.shutdown === undefined) this.#shutDown(peer, options.shutdown.message)
    // Paths were learned under other conditions: nothing of them is kept.
    this.#parts.routing.remove(peer)
    peer.options = options
    this.#parts.routing.add(peer)
    this.tell(key, 'changed')
    if (!peer.adminDown) peer.start()
  }

  /** More paths (`count`) than the neighbor may have: it stays down for a while (RFC 4486 §4). */
  overLimit(peer: Peer, family: Family, limit: number, count: number): void {
    const ms = this.#pauses.begin(peer.key, peer.options, { family, limit, count })
    const { clock, events } = this.#parts.host
    const until = new Date(clock.wall() + ms).toISOString()
    const change = 'exceeded'
    events.add({ type: 'maximum-prefix', neighbor: peer.key, family, change, limit, count, until })
    const text = `${peer.address} announced more than ${limit} ${family} prefixes (maximum-prefix): it is kept out for ${ms / 1000} s`
    peer.stop(CeaseError.MaximumNumberOfPrefixesReached, limitData(family, limit), text)
  }

  /** Why connections from a neighbor's address are refused for a while; undefined: they are not. */
  paused({ key, address }: Peer): Pause | undefined {
    return this.#pauses.of(key) ?? this.#parts.damping.pause(address)
  }

  /** An operator wants a neighbor back now, whatever it is kept out for. Starting it is up to the caller. */
  letIn({ key, address }: Peer): void {
    this.#pauses.lift(key)
    this.#parts.damping.forget(address)
  }

  /** A source of liveness calls a neighbor dead: its session ends (RFC 5882 §4.2). */
  died(address: string, source: Liveness, death: NeighborDeath): void {
    const { forwardingDead, strict } = death
    const text = deathText(address, [{ source, death }])
    for (const peer of this.#at(address)) {
      const { session } = peer
      peer.feed({ type: 'dead', bfd: source.bfd === true, forwardingDead, text })
      // Strict: not dialled either. There is nothing left that a NOTIFICATION could be sent to.
      if (strict) peer.stop(CeaseError.BFDDown, NO_DATA, text)
      // RFC 5882 §4.3.1: what is kept of an earlier session goes, too.
      if (forwardingDead) this.#parts.routing.of(peer)?.retained.giveUp(FORWARDS_NOTHING)
      if (session === undefined) this.#note(peer)
    }
  }

  /** No source of liveness keeps a neighbor down any longer. */
  released(address: string): void {
    if (!this.#parts.running()) return
    for (const peer of this.#at(address)) {
      if (!peer.adminDown && !peer.running) peer.start()
    }
  }

  /** A dynamic neighbor without connection and without paths kept for it has no reason to stay. */
  ended(peer: Peer): void {
    if (!peer.dynamic || !peer.idle || this.#peers.get(peer.key) !== peer) return
    // Forgotten, it would come back with its next connection.
    if (this.#remembered(peer)) return
    if (this.#parts.routing.of(peer)?.retained.graceful.phase === 'waiting') return
    this.#forget(peer)
    peer.stop(CeaseError['PeerDe-configured'], NO_DATA, 'its session has ended')
    this.#parts.routing.remove(peer)
    this.#trace(peer)
    this.tell(peer.key, 'removed', peer.givenName)
  }

  /** A connection that somebody dialled. */
  accept(connection: Connection): void {
    const { remote } = connection
    if (!this.#parts.running()) {
      this.#refuse(connection, '')
      return
    }
    if (connection.refusal !== undefined) {
      this.#refuse(connection, connection.refusal.cause)
      this.#parts.refusals.report(remote, connection.refusal.cause, connection.refusal.remedy)
      return
    }
    const dead = this.#parts.host.keptDown(remote.address)
    if (dead !== undefined) {
      this.#refuse(connection, dead, CONNECTION_REJECTED)
      this.#parts.refusals.report(remote, dead, 'it is let in once it is alive')
      return
    }
    const known = this.#peers.get(neighborKey(remote.address))
    const { listenRanges, listenLimit } = this.#parts.host.options()
    const range = known === undefined ? rangeFor(listenRanges, remote.address) : undefined
    const options = known?.options ?? (range && dynamicOptions(range, remote.address))
    if (options !== undefined && this.#keepOut(connection, options)) return
    if (known !== undefined) {
      known.accept(connection)
    } else if (options === undefined) {
      const cause = 'it is not configured as a neighbor'
      this.#refuse(connection, cause)
      const remedy = `add neighbor ${remote.address} with its remote AS, or a listen range that covers it, if it belongs here`
      this.#parts.refusals.report(remote, cause, remedy)
    } else if (this.#dynamic >= listenLimit) {
      // It belongs here: it gets a NOTIFICATION (RFC 4486 §4).
      const cause = `there are ${this.#dynamic} dynamic neighbors already`
      this.#refuse(connection, cause, CONNECTION_REJECTED)
      this.#parts.refusals.report(remote, cause, 'raise the listen limit if more are meant to come')
    } else {
      this.tell(neighborKey(remote.address), 'added')
      this.add(options, true).accept(connection)
    }
  }

  /** Refuses a connection from an address that is to wait. @returns whether it did */
  #keepOut(connection: Connection, options: NeighborOptions): boolean {
    const { damping, refusals } = this.#parts
    const { remote } = connection
    const { address } = remote
    const key = neighborKey(address)
    // What is shut down says so by itself.
    if (this.#peers.get(key)?.adminDown) return false
    this.#pauses.reconsider(key, options)
    const pause = this.#pauses.of(key)
    if (pause === undefined) {
      if (damping.pause(address) === undefined) return false
      damping.refused(address)
      this.#refuse(connection, 'its sessions and connections failed one after the other', CONNECTION_REJECTED)
      return true
    }
    const cause = `it announced more than ${pause.limit} ${pause.family} prefixes (maximum-prefix)`
    this.#refuse(connection, cause, CONNECTION_REJECTED)
    const remedy = `it is let in again at ${pause.until}, sooner with another limit or \`ecmpd neighbor ${key} start\``
    refusals.report(remote, cause, remedy)
    return true
  }

  #pauseOver(key: NeighborKey, { family, limit, count }: PrefixPause): void {
    const change = 'over'
    this.#parts.host.events.add({ type: 'maximum-prefix', neighbor: key, family, change, limit, count })
    const peer = this.#peers.get(key)
    if (peer === undefined || !this.#parts.running()) return
    if (!peer.adminDown) peer.start()
    this.ended(peer)
  }

  /** What is held against a neighbor, or was asked for by an operator, would be forgotten with a dynamic one. */
  #remembered(peer: Peer): boolean {
    return (
      peer.operatorShutdown !== undefined ||
      peer.drained !== undefined ||
      this.#pauses.of(peer.key) !== undefined
    )
  }

  /**
   * True when `test` holds for every configured neighbor that is neither shut down nor kept down.
   * @param dynamic the same of dynamic neighbors that are there
   */
  every(test: (neighbor: Expected) => boolean, dynamic: boolean): boolean {
    const fails = (peer: Peer) => {
      if (this.#isDown(peer) || (peer.dynamic && !(dynamic && peer.session !== undefined))) return false
      return !test(this.#expected(peer))
    }
    // Asked with each End-of-RIB: who was missing the last time is missing most of the time.
    const last = this.#missing
    if (last !== undefined && this.#peers.get(last.key) === last && fails(last)) return false
    this.#missing = undefined
    for (const peer of this.#peers.values()) {
      if (!fails(peer)) continue
      this.#missing = peer
      return false
    }
    return true
  }

  /** Keys of those that are configured, neither shut down nor kept down, and not complete. */
  incomplete(): readonly NeighborKey[] {
    const keys: NeighborKey[] = []
    for (const peer of this.#peers.values()) {
      if (this.#isDown(peer) || peer.dynamic) continue
      const { established, complete } = this.#expected(peer)
      if (!established || !complete) keys.push(peer.key)
    }
    return keys
  }

  /** What has come of those that are configured, neither shut down nor kept down, and of dynamic ones. */
  *expected(): Iterable<FirstRoutesOf> {
    for (const peer of this.#peers.values()) {
      if (this.#isDown(peer) || (peer.dynamic && peer.session === undefined)) continue
      const { established, complete } = this.#expected(peer)
      yield { name: peer.name, source: this.#parts.routing.of(peer)?.source, established, complete }
    }
  }

  /** What people call a neighbor, or the speaker at an address; undefined: nobody gave it a name. */
  nameOf(key: NeighborKey): string | undefined {
    const peer = this.#peers.get(key)
    return peer === undefined ? this.#parts.host.options().names?.[key] : peer.givenName
  }

  /** @param name of a neighbor that is gone already */
  tell(key: NeighborKey, change: 'added' | 'removed' | 'changed', name?: string): void {
    this.#parts.host.events.add({ type: 'neighbor', neighbor: key, ...(name && { name }), change })
  }

  #expected(peer: Peer): Expected {
    return {
      established: peer.session !== undefined,
      sendsEndOfRib: peer.negotiated?.gracefulRestart !== undefined,
      complete: this.#parts.routing.of(peer)?.inbound.complete ?? true,
      restarting: peer.negotiated?.gracefulRestart?.restarting === true,
      passive: peer.options.passive,
      lastUpdate: peer.lastUpdate,
    }
  }

  /** Nobody waits for it. */
  #isDown(peer: Peer): boolean {
    return peer.adminDown || this.#parts.host.keptDown(peer.address) !== undefined
  }

  #at(address: string): Peer[] {
    return [...this.#peers.values()].filter((peer) => peer.address === address)
  }

  #note(peer: Peer): void {
    const unprotected = this.unprotected.get(peer.address)
    const text = unprotected ?? this.#parts.host.keptDown(peer.address)
    if (text === undefined || peer.session !== undefined) return
    const reason = unprotected === undefined ? 'dead' : 'protection'
    peer.failures.note({ at: new Date(this.#parts.host.clock.wall()).toISOString(), reason, text })
  }

  /** Somebody may miss it; not one that never said a word of BGP: a scanner, a check whether the port is open. */
  #trace(peer: Peer): void {
    if (!peer.failures.spoke && peer.establishedCount === 0) return
    const { options, clock } = this.#parts.host
    peer.retire()
    this.#departed.note(peer, clock.wall(), options().listenTraces ?? TRACES)
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer.key)
    if (peer.dynamic) this.#dynamic--
  }

  #shutDown(peer: Peer, message = peer.options.shutdown?.message): void {
    const data = message === undefined ? NO_DATA : shutdownData(message)
    peer.stop(CeaseError.AdministrativeShutdown, data, 'shut down by configuration')
  }

  /** Closes a connection, without a word unless there is one: who is not known here learns nothing. */
  #refuse(connection: Connection, cause: string, last?: Uint8Array): void {
    connection.handle({ data() {}, drain() {}, closed() {} })
    connection.close(last)
    this.#parts.host.observers.sessions.refused(connection, last, cause)
  }
}
