import { initialPeer, peerState, stepPeer } from '../../../src/session/peer.js'
import type {
  ConnectionId,
  ConnectionTimer,
  Negotiated,
  PeerAction,
  PeerEvent,
  PeerParams,
  PeerState,
  PeerTimer,
  State,
} from '../../../src/session/types.js'
import { type Choices, oneIn, pick } from '../engine/random.js'
import { check } from '../engine/target.js'

const PEER_TIMERS: readonly PeerTimer[] = ['connect-retry', 'idle-hold']
const CONNECTION_TIMERS: readonly ConnectionTimer[] = ['hold', 'keepalive', 'delay-open', 'send-hold']

/** What a driver knows of a neighbor: every action of the machine is held against it. */
export class PeerWorld {
  /** Connections that are not closed. */
  live: ConnectionId[] = []
  dialling = false
  /** Terms of connections that were accepted, newest last. */
  readonly terms: Negotiated[] = []
  readonly #params: PeerParams
  #state: PeerState = initialPeer(7)
  #reported: State = 'Idle'
  #established: ConnectionId | undefined
  #negotiated = new Set<ConnectionId>()
  #timers = new Set<string>()
  #next = 1

  constructor(params: PeerParams) {
    this.#params = params
  }

  /** A name for a new connection. */
  next(): ConnectionId {
    return this.#next++
  }

  /** A timer that runs, or now and then one whose expiry was under way when it was stopped. */
  timer(c: Choices, connection: ConnectionId): PeerEvent {
    const running = [...this.#timers]
    if (running.length > 0 && !oneIn(c, 8)) {
      const name = pick(c, running)
      this.#timers.delete(name)
      const [timer, id] = name.split(' ')
      return id === undefined
        ? { type: 'timer', timer: timer as PeerTimer }
        : { type: 'timer', timer: timer as ConnectionTimer, connection: Number(id) }
    }
    return oneIn(c, 2)
      ? { type: 'timer', timer: pick(c, PEER_TIMERS) }
      : { type: 'timer', timer: pick(c, CONNECTION_TIMERS), connection }
  }

  step(event: PeerEvent): void {
    // What the driver knows before the machine does.
    if (event.type === 'tcp-acked' || event.type === 'dial-failed') this.dialling = false
    if (
      (event.type === 'tcp-acked' || event.type === 'tcp-confirmed') &&
      !this.live.includes(event.connection)
    ) {
      this.live.push(event.connection)
    }
    if (event.type === 'tcp-fails') this.#gone(event.connection)
    const { state, actions } = stepPeer(this.#state, event, this.#params)
    if (process.env.ECMPD_FUZZ_TRACE === '1')
      console.error(JSON.stringify(event), '->', JSON.stringify(actions))
    this.#state = state
    for (const action of actions) this.#act(action)
    this.#look(event)
  }

  #act(action: PeerAction): void {
    switch (action.type) {
      case 'dial':
        check(!this.dialling, () => 'two dials at a time')
        check(!this.#params.passive, () => 'a passive neighbor is dialled')
        this.dialling = true
        break
      case 'cancel-dial':
        check(this.dialling, () => 'a dial is cancelled that is not under way')
        this.dialling = false
        break
      case 'close':
        check(this.live.includes(action.connection), () => 'a connection is closed that is gone')
        this.#gone(action.connection)
        break
      case 'start':
        check(action.ms >= 0 && Number.isFinite(action.ms), () => `a timer of ${action.ms} ms`)
        if ('connection' in action) {
          check(
            this.live.includes(action.connection),
            () => `timer ${action.timer} of a connection that is gone`,
          )
          check(action.timer !== 'keepalive' || action.ms >= 1000, () => `keepalive after ${action.ms} ms`)
          this.#timers.add(`${action.timer} ${action.connection}`)
        } else this.#timers.add(action.timer)
        break
      case 'stop':
        this.#timers.delete('connection' in action ? `${action.timer} ${action.connection}` : action.timer)
        break
      case 'send-open':
      case 'send-keepalive':
        check(this.live.includes(action.connection), () => `${action.type} on a connection that is gone`)
        break
      case 'negotiated':
        check(this.live.includes(action.connection), () => 'terms of a connection that is gone')
        this.#negotiated.add(action.connection)
        this.terms.push(action.result)
        break
      case 'established':
        check(this.live.includes(action.connection), () => 'a session on a connection that is gone')
        check(this.#negotiated.has(action.connection), () => 'a session without terms')
        check(this.#established === undefined, () => 'two sessions at a time')
        this.#established = action.connection
        break
      case 'down':
        check(this.#established === action.connection, () => 'a session ends that was not there')
        check(action.end.text !== '', () => 'an end without a reason')
        this.#established = undefined
        break
      case 'failed':
        check(action.end.text !== '', () => 'an end without a reason')
        check(
          action.connection === undefined || this.#established !== action.connection,
          () => 'a session fails',
        )
        break
      case 'changed':
        check(action.from === this.#reported, () => `from ${action.from}, but ${this.#reported} was told`)
        check(action.from !== action.to, () => 'a change to the same')
        this.#reported = action.to
        break
      case 'route-refresh':
        check(this.#established === action.connection, () => 'a refresh without a session')
    }
  }

  /** What must hold between events. */
  #look(event: PeerEvent): void {
    const { connections, phase, running } = this.#state
    const after = ` after ${event.type}`
    const ids = connections.map(({ id }) => id)
    check(new Set(ids).size === ids.length, () => `a connection twice${after}`)
    check(
      ids.length === this.live.length && ids.every((id) => this.live.includes(id)),
      () => `the machine has connections ${ids.join()}, the driver ${this.live.join()}${after}`,
    )
    check(ids.length <= 4, () => `${ids.length} connections${after}`)
    check(
      peerState(this.#state) === this.#reported,
      () => `${peerState(this.#state)}, but ${this.#reported} was told`,
    )
    const up = connections.filter((one) => one.state === 'Established')
    check(
      up.length <= 1 && up[0]?.id === this.#established,
      () => `sessions ${up.map(({ id }) => id).join()}${after}`,
    )
    check(this.dialling === (phase === 'Connect'), () => `${phase}, dialling ${this.dialling}${after}`)
    if (!running) check(ids.length === 0 && phase === 'Idle', () => `stopped, yet ${phase}${after}`)
    for (const name of this.#timers) {
      const id = name.split(' ')[1]
      check(
        id === undefined || ids.includes(Number(id)),
        () => `timer ${name} outlives its connection${after}`,
      )
    }
    this.#progress(after)
  }

  /** Nothing waits for ever: a timer runs wherever the other side may stay silent. */
  #progress(after: string): void {
    const { connections, phase, running } = this.#state
    for (const { id, state, negotiated } of connections) {
      const needed: ConnectionTimer[] = []
      if (state === 'Connect' || state === 'Active') needed.push('delay-open')
      else if (negotiated === undefined) needed.push('hold')
      else if (negotiated.holdTime > 0) {
        needed.push('hold', 'keepalive')
        if (state === 'Established') needed.push('send-hold')
      }
      for (const timer of needed) {
        check(this.#timers.has(`${timer} ${id}`), () => `${state} without timer ${timer}${after}`)
      }
    }
    if (!running) {
      check(this.#timers.size === 0, () => `stopped, yet timers ${[...this.#timers].join()}${after}`)
      return
    }
    if (phase === 'Connect')
      check(this.#timers.has('connect-retry'), () => `Connect without connect-retry${after}`)
    if (connections.length > 0) return
    if (phase === 'Idle') check(this.#timers.has('idle-hold'), () => `Idle without idle-hold${after}`)
    if (phase === 'Active' && !this.#params.passive)
      check(this.#timers.has('connect-retry'), () => `Active without connect-retry${after}`)
  }

  #gone(connection: ConnectionId): void {
    this.live = this.live.filter((id) => id !== connection)
    for (const name of this.#timers) if (name.endsWith(` ${connection}`)) this.#timers.delete(name)
  }
}
