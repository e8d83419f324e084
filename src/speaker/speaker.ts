/**
 * The speaker put together: ports and options in, sessions and routes running; start, reload, stop and what it is
 * asked.
 */

import { FAMILIES } from '../ip/family.js'
import { checkPolicy } from '../policy/route-policy.js'
import type { Clock, Random } from '../ports/clock.js'
import type { FibPort, Resolver } from '../ports/fib.js'
import type { Liveness } from '../ports/liveness.js'
import type { Log } from '../ports/log.js'
import type { MachineRoutes } from '../ports/machine-routes.js'
import type { Observer, Unobserve } from '../ports/observer.js'
import type { Transport } from '../ports/transport.js'
import { type NeighborKey, neighborKey } from '../session/neighbor-key.js'
import type { PeerParams } from '../session/types.js'
import { CeaseError } from '../wire/codes.js'
import { NO_DATA } from '../wire/fault.js'
import { shutdownData } from '../wire/notification.js'
import type { SpeakerApi } from './api.js'
import { Events } from './events/events.js'
import { SessionEvents } from './events/session-events.js'
import { firstRoutes } from './first-routes.js'
import { ABSENT, DEFERRAL, InitialConvergence, type WaitLimits } from './initial-convergence.js'
import { LivenessWatch } from './liveness/watch.js'
import { Maintenance } from './maintenance.js'
import type { ApplyReport } from './model/apply-report.js'
import type { DropsReport, FibReport, FindingReport, SpeakerEvent } from './model/event.js'
import type { NeighborOperation, OperationOutcome } from './model/operation.js'
import type { NeighborOptions, SpeakerOptions } from './model/options.js'
import type { SpeakerReads } from './model/reads.js'
import type { SpeakerSizes } from './model/sizes.js'
import type { NeighborHost } from './neighbor-host.js'
import { Neighbors } from './neighbors.js'
import { Observers } from './observers/observers.js'
import { operate } from './operate.js'
import { usesLongLived } from './outbound/long-lived.js'
import { Damping } from './peer/damping.js'
import { endText } from './peer/last-error.js'
import { Listeners } from './peer/listeners.js'
import { keepsOurs, OwnRestart } from './peer/own-restart.js'
import type { Peer } from './peer/peer.js'
import { peerParams } from './peer/peer-params.js'
import { protectionRules } from './peer/protection.js'
import { RefusedConnections } from './peer/refused-connections.js'
import { speakerReads } from './reads.js'
import { applyDifference } from './reload/apply.js'
import { Routing } from './routing.js'
import { Tables } from './tables/tables.js'
import { Work } from './turn/work.js'

/** What a speaker is made of: the world through ports, and its options. */
export interface SpeakerParts {
  readonly clock: Clock
  readonly transport: Transport
  readonly log: Log
  readonly random: Random
  /** The kernel; left out, nothing is installed. */
  readonly fib?: FibPort
  /** Answers whether next hops can be used; left out, all count as reachable. */
  readonly resolver?: Resolver
  /** This machine's routes, followed when own routes depend on them; left out, none of these is announced. */
  readonly machine?: MachineRoutes
  /** Who says that neighbors or gateways are dead; left out: nobody. */
  readonly liveness?: readonly Liveness[]
  readonly options: SpeakerOptions
  /** Watch from before the first connection on; others may come and go (`observe`). */
  readonly observers?: readonly Observer[]
}

/** How long stop() waits for neighbors to take the last message, milliseconds. */
const FAREWELL = 1500

/** A BGP speaker: sessions with its neighbors, and the routes that they bring. */
export class Speaker implements SpeakerApi {
  /** Its state as it is now: views/ makes read models of it. */
  readonly reads: SpeakerReads
  readonly #parts: SpeakerParts
  readonly #events: Events
  readonly #damping: Damping
  readonly #tables: Tables
  readonly #observers: Observers
  readonly #routing: Routing
  readonly #neighbors: Neighbors
  readonly #listeners: Listeners
  readonly #convergence: InitialConvergence
  readonly #maintenance: Maintenance
  readonly #liveness: LivenessWatch
  readonly #ownRestart = new OwnRestart()
  /** Kernel routes of an earlier run were there at the start. */
  #left = false
  #options: SpeakerOptions
  /** Parameters of the session machines, by the neighbor's options. */
  #params = new WeakMap<NeighborOptions, PeerParams>()
  #running = false
  /** TCP connections of neighbors that are not gone. */
  #connections = 0
  #lastGone: (() => void) | undefined

  /** @throws RangeError for a route policy that is none */
  constructor(parts: SpeakerParts) {
    checkPolicies(parts.options)
    this.#parts = parts
    this.#options = parts.options
    const { clock, log, random, transport, fib } = parts
    this.#events = new Events(
      () => clock.wall(),
      log,
      (key) => this.#neighbors.nameOf(key),
    )
    const events = this.#events
    this.#damping = new Damping(clock, log, events)
    this.#maintenance = new Maintenance(clock, log, events)
    const work = new Work(clock, {
      failed: (error) => log.error({ err: error }, 'a piece of work failed'),
      sliceEnd: () => this.#tables.decide(),
    })
    this.#liveness = new LivenessWatch({
      ...{ clock, log, events, sources: parts.liveness ?? [] },
      neighborDied: (address, source, death) => {
        this.#neighbors.died(address, source, death)
        this.#tables.decide()
        this.#convergence.look()
      },
      neighborReleased: (address) => this.#neighbors.released(address),
      gatewayChanged: (gateway) => this.#routing.gatewayChanged(gateway),
    })
    const seed = Math.floor(random() * 0x1_0000_0000) >>> 0
    this.#tables = new Tables({ clock, work, fib, decision: parts.options.decision, seed })
    this.#observers = new Observers({
      ...{ clock, log, work },
      ribs: () => this.#tables.ribs(),
      attributes: () => this.#tables.attributes,
      sentSoFar: () => this.#routing.updateOut.sentSoFar(),
    })
    for (const observer of parts.observers ?? []) this.#observers.observe(observer)
    const host = this.#host(work)
    const { resolver, machine } = parts
    this.#routing = new Routing({ host, resolver, machine, seed })
    this.#neighbors = new Neighbors({
      ...{ host, random, routing: this.#routing },
      refusals: new RefusedConnections(clock, log, events),
      damping: this.#damping,
      running: () => this.#running,
    })
    this.#listeners = new Listeners(transport, (connection) => {
      this.#neighbors.accept(connection)
      this.#tables.decide()
    })
    this.#convergence = new InitialConvergence({
      clock,
      waits: () => this.#waits(),
      every: (test) => this.#neighbors.every(test, this.#left || this.#ownRestart.restarting),
      selected: () => {
        const { restarting } = this.#ownRestart
        this.#ownRestart.selected()
        if (!restarting) return
        log.info({}, 'back from the restart: routes are announced from now on')
        this.#params = new WeakMap()
        this.#routing.updateOut.defer(false)
      },
      done: () => {
        this.#tables.decide()
        const told = firstRoutes(this.#routing.tables.ribs(), this.#neighbors.expected())
        if (told !== undefined) log.info({}, told)
        fib?.sweep()
        this.#ownRestart.converged()
        this.#params = new WeakMap()
      },
    })
    this.reads = speakerReads({
      liveness: this.#liveness,
      ...{ clock, fib, started: clock.wall() },
      ...{ neighbors: this.#neighbors, routing: this.#routing },
      ...{ maintenance: this.#maintenance, ownRestart: this.#ownRestart },
      options: () => this.#options,
      listening: () => this.#listeners.addresses,
    })
  }

  async start(): Promise<void> {
    this.#protect(this.#options)
    await this.#routing.start()
    await this.#listeners.replace(this.#options.listen)
    this.#running = true
    this.#liveness.start()
    this.#restarted()
    for (const options of this.#options.neighbors) this.#neighbors.add(options)
    this.#tables.decide()
    this.#convergence.start()
  }

  async apply(options: SpeakerOptions): Promise<ApplyReport> {
    // What can be refused comes first: then nothing was changed.
    checkPolicies(options)
    await this.#listeners.replace(options.listen)
    if (!this.#running) {
      await this.#listeners.close()
      throw new Error('the speaker was stopped meanwhile')
    }
    this.#protect(options)
    const before = this.#options
    this.#options = options
    this.#params = new WeakMap()
    this.#damping.forgetAll()
    const neighbors = this.#neighbors
    const report = applyDifference(before, options, {
      dynamic: () => [...neighbors.all()].filter((peer) => peer.dynamic).map((peer) => peer.options),
      add: (added) => {
        neighbors.add(added)
        neighbors.tell(neighborKey(added.address), 'added')
      },
      remove: (key, what) => neighbors.remove(key, what),
      change: (key, changed) => neighbors.change(key, changed),
      reset: (key, changed) => neighbors.reset(key, changed),
      decide: () => this.#routing.reconsider.decision(before.decision),
      announce: () => this.#routing.announceChanged(),
      rereadAsSets: () => this.#routing.reconsider.asSets(),
      reflect: () => this.#routing.reconsider.reflection(),
    })
    const maintained = this.#maintenance.applied(before, options)
    if (maintained || usesLongLived(before) !== usesLongLived(options)) this.#routing.reconsider.exports()
    neighbors.noteUnprotected()
    this.#tables.decide()
    return report
  }

  /**
   * Ends every session and closes the listeners. Kernel routes are not touched: whoever owns the kernel's side
   * removes or keeps them.
   */
  async stop(
    message: string,
    reason: 'shutdown' | 'out-of-resources' = 'shutdown',
    kept = false,
  ): Promise<void> {
    this.#running = false
    this.#liveness.stop()
    this.#convergence.stop()
    this.#tables.bus.freeze()
    const shutdown = reason === 'shutdown'
    const subcode = shutdown ? CeaseError.AdministrativeShutdown : CeaseError.OutOfResources
    const data = shutdown ? shutdownData(message) : NO_DATA
    const text = `this speaker stops: ${message}`
    for (const peer of [...this.#neighbors.all()]) {
      if (kept) this.#leave(peer, text)
      peer.stop(subcode, data, text)
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
    await this.#listeners.close()
    this.#routing.close()
  }

  /**
   * Ends a session so that the neighbor keeps our routes until this speaker is back: a NOTIFICATION would end them
   * (RFC 4724 §4), unless both sides set the N bit, when a Cease that is no Hard Reset does not (RFC 8538 §4).
   */
  #leave(peer: Peer, text: string): void {
    const { session, negotiated } = peer
    if (session === undefined || negotiated?.gracefulRestart === undefined || !keepsOurs(peer.options)) return
    if (negotiated.restartOnNotification) peer.reset(CeaseError.AdministrativeReset, NO_DATA, text)
    else peer.feed({ type: 'fault', connection: session.id, code: 0, subcode: 0, data: NO_DATA, text })
  }

  /**
   * Asks a neighbor for all its routes again ('in', RFC 2918), or sends it all of ours again ('out'), in every
   * negotiated family. The session stays.
   * @returns false without a session, or when the neighbor does not know route refresh
   */
  refresh(key: NeighborKey, direction: 'in' | 'out'): boolean {
    const peer = this.#neighbors.get(key)
    if (peer === undefined) return false
    const done = this.#routing.of(peer)?.retained.refresh(direction) ?? false
    this.#tables.decide()
    return done
  }

  operate(key: NeighborKey, operation: NeighborOperation, by: string): OperationOutcome {
    const peer = this.#neighbors.get(key)
    if (peer === undefined) {
      const left = [...this.#neighbors.departed()].some((trace) => trace.peer.key === key)
      if (left)
        return {
          ok: false,
          reason: 'unknown',
          text: `${key} has left`,
          remedy: 'wait until it connects again',
        }
      const text = `No neighbor ${key}`
      return { ok: false, reason: 'unknown', text, remedy: '`ecmpd show ip bgp summary` lists them' }
    }
    const { clock, log } = this.#parts
    const keptDown = (address: string) => this.#liveness.keptDown(address)
    const letIn = () => this.#neighbors.letIn(peer)
    const parts = { clock, log, events: this.#events, routing: this.#routing, keptDown, letIn }
    const outcome = operate(peer, operation, by, parts)
    // A dynamic one without a session may have been there for what was just taken back.
    this.#neighbors.ended(peer)
    this.#tables.decide()
    this.#convergence.look()
    return outcome
  }

  maintenance(on: boolean, by: string): OperationOutcome {
    const before = this.#maintenance.active(this.#options)
    const outcome = this.#maintenance.set(on, by, this.#options)
    if (this.#maintenance.active(this.#options) !== before) this.#routing.reconsider.exports()
    return outcome
  }

  /** What is held in memory because of neighbors: tests look whether it goes with them. */
  sizes(): SpeakerSizes {
    return this.#routing.sizes()
  }

  report(event: FindingReport | FibReport | DropsReport): void {
    this.#events.add(event)
  }

  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    return this.#events.subscribe(listener)
  }

  recent(after?: number): readonly SpeakerEvent[] {
    return this.#events.recent(after)
  }

  observe(observer: Observer): Unobserve {
    return this.#observers.observe(observer)
  }

  converged(): boolean {
    return this.#convergence.converged
  }

  incomplete(): readonly NeighborKey[] {
    return this.#neighbors.incomplete()
  }

  /** Looks whether this start is a restart that neighbors keep our routes through. */
  #restarted(): void {
    const { fib, log } = this.#parts
    const kept = fib?.kept() ?? 0
    this.#left = kept > 0
    this.#ownRestart.start(this.#options, fib)
    if (!this.#ownRestart.restarting) return
    log.info({ kept }, 'a restart: routes are announced when the neighbors have sent theirs again')
    this.#routing.updateOut.defer(true)
  }

  /** A restart that nobody is to notice waits for those who dial us, too. */
  #waits(): WaitLimits {
    const { listenRanges, selectionDeferralTime = DEFERRAL } = this.#options
    const { restarting } = this.#ownRestart
    const deferral = selectionDeferralTime * 1000
    const passive = restarting ? deferral : ABSENT
    return { deferral, passive, dynamic: listenRanges.length > 0 && (this.#left || restarting) }
  }

  /** Tells the transport which connections are to be protected, before any of them can come. */
  #protect(options: SpeakerOptions): void {
    const neighbors = this.#neighbors
    neighbors.unprotected.clear()
    this.#parts.transport.protect(protectionRules(options), (remote, reason) => {
      neighbors.unprotected.set(remote, reason.message)
      const who = remote.includes('/') ? `neighbors in ${remote} stay` : `neighbor ${remote} stays`
      this.#parts.log.error({ neighbor: remote }, `${who} down: ${reason.message}`)
    })
  }

  /** What sessions and routes of neighbors need of the speaker: all of it in one place. */
  #host(work: Work): NeighborHost {
    const { clock, log, transport } = this.#parts
    const sessionEvents = new SessionEvents(log, this.#events)
    return {
      ...{
        clock,
        log,
        transport,
        work,
        tables: this.#tables,
        events: this.#events,
        observers: this.#observers,
      },
      options: () => this.#options,
      maintenance: () => this.#maintenance.active(this.#options),
      params: (peer) => this.#paramsOf(peer),
      changed: (peer, from, to, cause) => sessionEvents.changed(peer, from, to, cause),
      ended: (peer) => this.#neighbors.ended(peer),
      keptDown: (address) => this.#liveness.keptDown(address),
      gatewayDead: (gateway) => this.#liveness.gateways.of(gateway).length > 0,
      overLimit: (...offence) => this.#neighbors.overLimit(...offence),
      paused: (peer) => this.#neighbors.paused(peer),
      over: (peer, end) => this.#damping.ended(peer, end.cause, endText(end)),
      repeats: (address) => this.#damping.repeats(address),
      checkConvergence: () => this.#convergence.look(),
      opened: () => {
        this.#connections++
      },
      gone: () => {
        this.#connections--
        if (this.#connections === 0) this.#lastGone?.()
      },
    }
  }

  /** Made once for each set of options: every event of a session asks for them. */
  #paramsOf(peer: Peer): PeerParams {
    let params = this.#params.get(peer.options)
    if (params === undefined) {
      params = peerParams(peer.options, this.#options, this.#ownRestart)
      this.#params.set(peer.options, params)
    }
    return params
  }
}

/** @throws RangeError for a route policy that is none */
function checkPolicies(options: SpeakerOptions): void {
  const neighbors = [...options.neighbors, ...options.listenRanges.map(({ template }) => template)]
  for (const family of FAMILIES) {
    for (const neighbor of neighbors) {
      const policies = neighbor.families.find((one) => one.family === family)
      if (policies === undefined) continue
      checkPolicy(policies.import, family)
      checkPolicy(policies.export, family)
    }
  }
}
