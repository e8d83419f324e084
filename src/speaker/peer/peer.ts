/**
 * One neighbor: its session machine (session/peer.ts), the connections and timers that the machine asks for, and what
 * views tell of its sessions. Its routes are elsewhere, behind PeerRoutes.
 */

import type { ObservedNeighbor } from '../../ports/observer.js'
import type { Connection, Dial, Transport } from '../../ports/transport.js'
import { type NeighborKey, neighborKey } from '../../session/neighbor-key.js'
import { initialPeer, peerState, stepPeer } from '../../session/peer.js'
import { said } from '../../session/reasons.js'
import type {
  End,
  Negotiated,
  PeerAction,
  PeerEvent,
  PeerParams,
  PeerState,
  State,
} from '../../session/types.js'
import { MessageType } from '../../wire/codes.js'
import type { Capability, RouteRefreshMessage } from '../../wire/types.js'
import type { OperatorAction } from '../model/operation.js'
import type { NeighborOptions, SpeakerOptions } from '../model/options.js'
import type { Pause } from '../model/pause.js'
import type { LastError } from '../model/session-record.js'
import { Timers } from '../turn/timers.js'
import {
  ConnectionDriver,
  type DriverHost,
  type UpdateReader,
  type UpdateSender,
} from './connection-driver.js'
import { MessageCounters } from './counters.js'
import { FailureLog } from './failure-log.js'
import { Failures } from './failures.js'
import { Faults } from './faults.js'
import { addressAndName, givenName, hostNameOf } from './given-name.js'
import { endText, lastErrorOf } from './last-error.js'
import { protectionQuestions } from './protection.js'

/** What a neighbor needs of the speaker, and what it tells it. */
export interface PeerHost extends DriverHost {
  readonly transport: Transport
  /** Where names of neighbors are looked up, as they are now. */
  options(): Pick<SpeakerOptions, 'names'>
  params(peer: Peer): PeerParams
  changed(peer: Peer, from: State, to: State, cause: string): void
  /** Why a neighbor at this address is to have no session, one sentence: a source of liveness calls it dead. */
  keptDown(address: string): string | undefined
  /** Why connections from a neighbor's address are refused for a while; undefined: they are not. */
  paused(peer: Peer): Pause | undefined
  /** A session, or a connection that the neighbor opened, has ended. */
  over(peer: Peer, end: End): void
  /** Sessions and connections from there fail one after the other: the log counts them instead of naming each. */
  repeats(address: string): boolean
  /** Nothing of a session is left, and the neighbor is idle or stopped. */
  ended(peer: Peer): void
}

/** The routes of one neighbor, as its sessions drive them. */
export interface PeerRoutes {
  readonly outbound: UpdateSender
  readonly retained: {
    /** A ROUTE-REFRESH of the session that is up. */
    routeRefresh(message: RouteRefreshMessage): void
  }
  /** The session is up: `driver` carries it. @returns who reads its UPDATEs */
  established(driver: ConnectionDriver, result: Negotiated): UpdateReader
  /** A session that was up has ended. */
  down(end: End, result: Negotiated): void
}

/** The end of a connection that the session machine took no interest in. */
const NOT_NEEDED: End = {
  cause: 'collision',
  reason: 'collision',
  text: 'another connection came first, or the neighbor was stopped',
}

/** How long a dial may take, seconds: below the connect-retry time, and long enough for a lost SYN or two. */
const DIAL_TIMEOUT = 20

/**
 * One neighbor: carries out what its session machine asks for, on up to two connections and with the
 * speaker's clock. It decides nothing itself.
 */
export class Peer {
  readonly key: NeighborKey
  readonly address: string
  /** True for a neighbor made from a listen range. */
  readonly dynamic: boolean
  options: NeighborOptions
  /** Shut down by the operator, whatever the configuration says. */
  operatorShutdown: OperatorAction | undefined
  /** Drained by the operator, whatever the configuration says. */
  drained: OperatorAction | undefined
  readonly sent = new MessageCounters()
  readonly received = new MessageCounters()
  failures = new Failures()
  readonly faults = new Faults()
  /** Sessions that came up, and that ended. */
  establishedCount = 0
  droppedCount = 0
  /** Wall time of the last change of state, milliseconds. */
  since: number
  /** Wall time of the end of the last session that was up, milliseconds. */
  downSince: number | undefined
  /** The same in one line for the log, with the NOTIFICATION. */
  endText = ''
  /** Clock time of the last octets read and written, milliseconds. */
  lastRead: number | undefined
  lastWrite: number | undefined
  /** Clock time of the last UPDATE, or of the start of the session, milliseconds. */
  lastUpdate = 0
  /** From the last OPENs that were accepted; kept after the session for those who look why it ended. */
  negotiated: Negotiated | undefined
  /** The connection of the session that is up. */
  session: ConnectionDriver | undefined
  /** Undefined before the tables have made room for it, and after they have forgotten it. */
  routes: PeerRoutes | undefined
  readonly #host: PeerHost
  readonly #drivers = new Map<number, ConnectionDriver>()
  readonly #timers: Timers<string>
  #state: PeerState
  #nextConnection = 1
  #dial: Dial | undefined
  #queue: PeerEvent[] = []
  #stepping = false
  readonly #failureLog: FailureLog
  #sentCapabilities: readonly Capability[] = []
  /** As its last OPEN that had one says, be it taken or refused. */
  #hostName: string | undefined
  /** The newest connection. */
  #latest: ConnectionDriver | undefined
  /** Connections that are closed, and whose end the machine has not given a cause yet. */
  #closed: ConnectionDriver[] = []

  /** @param seed for the jitter of retries, an unsigned 32-bit number */
  constructor(host: PeerHost, options: NeighborOptions, seed: number, dynamic = false) {
    this.#host = host
    this.options = options
    this.key = neighborKey(options.address)
    this.address = options.address
    this.dynamic = dynamic
    this.since = host.clock.wall()
    this.#state = initialPeer(seed)
    this.#failureLog = new FailureLog(() => host.clock.now())
    this.#timers = new Timers(host.clock, (name) => this.#timeout(name))
  }

  /** RFC 4271 §8.2.2's name for where the neighbor is. */
  get state(): State {
    return peerState(this.#state)
  }

  /** False until started and after a stop. */
  get running(): boolean {
    return this.#state.running
  }

  /** Shut down by configuration or operator. */
  get adminDown(): boolean {
    return this.options.shutdown !== undefined || this.operatorShutdown !== undefined
  }

  /** Drained by configuration or operator. */
  get inMaintenance(): boolean {
    return this.options.maintenance === true || this.drained !== undefined
  }

  /** As observers know it, with the options of now. */
  get observed(): ObservedNeighbor {
    const { key, address, dynamic } = this
    const { description, remoteAs, localAs } = this.options
    return { key, address, ...(description && { description }), remoteAs, localAs, dynamic }
  }

  /** What explains that it is not up; undefined while it is. */
  get lastError(): LastError | undefined {
    return this.session === undefined ? this.failures.explanation : undefined
  }

  /** True without a connection and without a dial. */
  get idle(): boolean {
    return this.#drivers.size === 0 && this.#dial === undefined
  }

  /** What people call it; undefined: nobody gave it a name. */
  get givenName(): string | undefined {
    return givenName(this.#host.options(), this.options, this.#hostName)
  }

  /** 'address (name)', for logs. */
  get name(): string {
    return addressAndName(this.address, this.givenName)
  }

  /** Capabilities of the own OPEN, of this session or the last. */
  get sentCapabilities(): readonly Capability[] {
    return this.#sentCapabilities
  }

  /** Any connection, the session's first: for the addresses and ports of views. */
  get connection(): Connection | undefined {
    return this.session?.connection ?? this.#drivers.values().next().value?.connection
  }

  /** Octets waiting in the connections' queues. */
  get outputQueue(): number {
    let queued = 0
    for (const driver of this.#drivers.values()) queued += driver.connection.queued
    return queued
  }

  /** Why its connections are refused for a while; undefined: they are not. */
  get paused(): Pause | undefined {
    return this.#host.paused(this)
  }

  /** Where the log names what it does: not line by line where it does so again and again. */
  level<L extends 'info' | 'warn'>(usual: L): L | 'debug' {
    return this.#host.repeats(this.address) ? 'debug' : usual
  }

  /** Starts it, unless a source of liveness or its limit of prefixes keeps it down. */
  start(): void {
    if (this.#host.keptDown(this.address) !== undefined || this.paused?.reason === 'maximum-prefix') return
    if (!this.running) this.#failureLog.restart()
    this.feed({ type: 'automatic-start' })
  }

  /** Goes on counting where a former neighbor of this address ended. */
  inherit(former: Peer): void {
    this.failures = former.failures
    this.establishedCount = former.establishedCount
    this.droppedCount = former.droppedCount
    this.downSince = former.downSince
    this.negotiated = former.negotiated
    this.#hostName = former.#hostName
  }

  /** It is gone and kept for those who look for it: lets go of its last connection. */
  retire(): void {
    this.#latest = undefined
    this.routes = undefined
  }

  /** Ends everything with Cease/`subcode`; the neighbor stays down until start(). */
  stop(subcode: number, data: Uint8Array, text: string): void {
    this.feed({ type: 'manual-stop', subcode, data, text })
  }

  /** Ends the session with Cease/`subcode` and lets it come back. */
  reset(subcode: number, data: Uint8Array, text: string, idleHold?: number): void {
    this.feed({ type: 'automatic-stop', subcode, data, text, idleHold })
  }

  /** Takes a connection that the neighbor dialled. */
  accept(connection: Connection): void {
    const driver = this.#attach(connection)
    this.feed({ type: 'tcp-confirmed', connection: driver.id })
  }

  /** Feeds an event to the machine, after those that wait, and carries out what it asks for. */
  feed(event: PeerEvent): void {
    if (event.type === 'open') this.#hostName = hostNameOf(event.message) ?? this.#hostName
    this.#queue.push(event)
    if (this.#stepping) return
    this.#stepping = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { state, actions } = stepPeer(this.#state, next, this.#host.params(this))
        this.#state = state
        for (const action of actions) this.#act(action)
      }
    } finally {
      this.#stepping = false
    }
    if (this.#closed.length > 0) {
      for (const driver of this.#closed.splice(0)) driver.record.ended(NOT_NEEDED)
    }
    // Before its first connection a neighbor has not begun.
    if (this.idle && this.#nextConnection > 1) this.#host.ended(this)
  }

  #act(action: PeerAction): void {
    switch (action.type) {
      case 'dial':
        this.#startDial()
        break
      case 'cancel-dial':
        this.#dial?.cancel()
        this.#dial = undefined
        break
      case 'send-open':
        this.#sentCapabilities = action.message.capabilities
        this.#drivers.get(action.connection)?.sendOpen(action.message)
        break
      case 'send-keepalive':
        this.#drivers.get(action.connection)?.sendKeepalive()
        break
      case 'close': {
        const driver = this.#drivers.get(action.connection)
        if (driver === undefined) break
        this.#detach(driver)
        if (action.notification !== undefined) this.sent.add(MessageType.Notification)
        driver.close(action.notification)
        break
      }
      case 'start':
        this.#timers.start(
          'connection' in action ? `${action.timer} ${action.connection}` : action.timer,
          action.ms,
        )
        if (action.timer === 'send-hold') this.#drivers.get(action.connection)?.expectProgress(action.ms)
        break
      case 'stop':
        this.#timers.stop('connection' in action ? `${action.timer} ${action.connection}` : action.timer)
        break
      case 'negotiated':
        this.negotiated = action.result
        this.#negotiated(this.#drivers.get(action.connection), action.result)
        break
      case 'established':
        this.#establish(action.connection, action.result)
        break
      case 'down':
        this.#ended(action.connection, action.end)
        this.#down(action.end, action.result)
        this.#host.over(this, action.end)
        break
      case 'failed': {
        const closed = this.#closed.find(({ id }) => id === action.connection)
        this.#failed(action.end, this.#ended(action.connection, action.end))
        // Our own dials have their own distances; what comes beside a session that is up is no failure.
        if (closed?.connection.incoming && this.session === undefined) this.#host.over(this, action.end)
        break
      }
      case 'changed':
        this.since = this.#host.clock.wall()
        this.#tellState(action.from, action.to, action.cause)
        this.#host.changed(this, action.from, action.to, action.cause)
        break
      case 'route-refresh':
        this.routes?.retained.routeRefresh(action.message)
        break
    }
  }

  #establish(connection: number, result: Negotiated): void {
    const driver = this.#drivers.get(connection)
    if (driver === undefined) return
    this.session = driver
    this.negotiated = result
    this.establishedCount++
    this.lastUpdate = this.#host.clock.now()
    this.failures.established()
    this.#failureLog.restart()
    driver.record.established(result)
    const { routes } = this
    if (routes !== undefined) driver.established(routes.established(driver, result), routes.outbound)
  }

  #negotiated(driver: ConnectionDriver | undefined, result: Negotiated): void {
    if (driver === undefined) return
    if (!driver.connection.incoming) this.failures.answered(this.#stamp())
    driver.negotiated(result)
  }

  /**
   * Why a connection has ended, or a dial that came to nothing, for those who watch.
   * @returns whether this side had dialled
   */
  #ended(connection: number | undefined, end: End): boolean {
    const { sessions } = this.#host.observers
    if (connection === undefined) {
      sessions.dialFailed(() => ({ neighbor: this.observed, text: said(end) }))
      return true
    }
    const index = this.#closed.findIndex(({ id }) => id === connection)
    if (index < 0) return false
    const [driver] = this.#closed.splice(index, 1)
    driver.record.ended(end)
    return !driver.connection.incoming
  }

  #tellState(from: State, to: State, cause: string): void {
    const [other] = this.#drivers.values()
    const session = (this.session ?? other ?? this.#latest)?.record
    this.#host.observers.sessions.stateChanged(() => ({ neighbor: this.observed, session, from, to, cause }))
  }

  #down(end: End, result: Negotiated): void {
    this.session = undefined
    this.droppedCount++
    this.downSince = this.#host.clock.wall()
    this.failures.down(lastErrorOf(end, this.downSince))
    this.#failureLog.restart()
    this.endText = endText(end)
    this.routes?.down(end, result)
  }

  #failed(end: End, dialled: boolean): void {
    if (end.cause === 'collision') return
    const asDial = this.failures.failed(lastErrorOf(end, this.#host.clock.wall()), dialled)
    const text = said(end)
    const level = asDial ? this.#failureLog.dial(text) : this.#failureLog.failure(text)
    const loud = level === 'warn' ? this.level('warn') : level
    this.#host.log[loud]({ neighbor: this.key }, `neighbor ${this.name}: ${endText(end)}`)
  }

  #stamp(): string {
    return new Date(this.#host.clock.wall()).toISOString()
  }

  #startDial(): void {
    const { options } = this
    let answered = false
    const dial = this.#host.transport.dial(
      {
        address: options.address,
        port: options.port,
        localAddress: options.localAddress,
        timeout: Math.min(DIAL_TIMEOUT, Math.max(2, options.timers.connectRetry - 1)) * 1000,
        questions: protectionQuestions(options),
      },
      (result) => {
        answered = true
        this.#dial = undefined
        if (result instanceof Error) {
          const { message: text, reason = 'dial-failed', remedy } = result
          this.feed({
            type: 'dial-failed',
            failure: { reason, text, ...(remedy !== undefined && { remedy }) },
          })
          return
        }
        const driver = this.#attach(result)
        this.feed({ type: 'tcp-acked', connection: driver.id })
      },
    )
    if (!answered) this.#dial = dial
  }

  #attach(connection: Connection): ConnectionDriver {
    const driver = new ConnectionDriver(this.#nextConnection++, connection, this, this.#host)
    this.#drivers.set(driver.id, driver)
    this.#latest = driver
    return driver
  }

  #detach(driver: ConnectionDriver): void {
    this.#drivers.delete(driver.id)
    this.#closed.push(driver)
    for (const timer of ['hold', 'keepalive', 'delay-open', 'send-hold'])
      this.#timers.stop(`${timer} ${driver.id}`)
  }

  /** The connection is gone without our doing. */
  lost(driver: ConnectionDriver, reason: string): void {
    if (!this.#drivers.has(driver.id)) return
    this.#detach(driver)
    this.feed({ type: 'tcp-fails', connection: driver.id, reason })
  }

  #timeout(name: string): void {
    const [timer, id] = name.split(' ')
    if (id === undefined) {
      this.feed({ type: 'timer', timer: timer as 'connect-retry' | 'idle-hold' })
      return
    }
    const driver = this.#drivers.get(Number(id))
    if (driver === undefined) return
    if (timer === 'hold') this.#holdExpired(driver, name)
    else if (timer === 'send-hold') this.#sendHoldExpired(driver, name)
    else this.feed({ type: 'timer', timer: timer as 'keepalive' | 'delay-open', connection: driver.id })
    // What the machine sent or ended may have freed routes to write.
    this.#host.tables.decide()
  }

  /**
   * The neighbor has been silent as far as this process has read. What its socket already holds is read
   * first, so that a busy process never takes its own delay for the neighbor's death.
   */
  #holdExpired(driver: ConnectionDriver, name: string): void {
    driver.connection.readPending().then(() => {
      if (!this.#drivers.has(driver.id)) return
      driver.catchUp()
      if (!this.#drivers.has(driver.id) || this.#timers.running(name)) return
      this.feed({ type: 'timer', timer: 'hold', connection: driver.id })
      this.#host.tables.decide()
    })
  }

  /** The machine restarts this timer only when it is asked; progress since then is looked up here. */
  #sendHoldExpired(driver: ConnectionDriver, name: string): void {
    const rest = driver.untilStalled()
    if (rest > 0) this.#timers.start(name, rest)
    else this.feed({ type: 'timer', timer: 'send-hold', connection: driver.id })
  }
}
