/**
 * The workbench of a neighbor's machine (peer.ts): its state while one event is worked on, and the moves of which the
 * answers consist (dial, close, timers, reports).
 */

import {
  type ConnectionContext,
  type ConnectionEvent,
  type ConnectionStep,
  jitter,
  STABLE_TICKS,
  stepConnection,
} from './fsm.js'
import { said } from './reasons.js'
import type {
  ConnectionId,
  ConnectionState,
  End,
  PeerAction,
  PeerParams,
  PeerState,
  PeerTimer,
  State,
  Step,
} from './types.js'

/** States by how far they are from Idle; Active and Connect have no order of their own. */
export const RANK: Readonly<Record<State, number>> = {
  Idle: 0,
  Active: 1,
  Connect: 2,
  OpenSent: 3,
  OpenConfirm: 4,
  Established: 5,
}

/** The state that RFC 4271 speaks of: that of the furthest connection, else the neighbor's phase. */
export function visibleState(phase: PeerState['phase'], connections: readonly ConnectionState[]): State {
  let state: State = phase
  for (const c of connections) if (RANK[c.state] > RANK[state]) state = c.state
  return state
}

/**
 * A neighbor while one event is worked on, and the moves of which the answers in peer.ts consist. Thrown away
 * after the step; it never leaves this room.
 */
export class StepDraft {
  readonly params: PeerParams
  readonly actions: PeerAction[] = []
  phase: PeerState['phase']
  running: boolean
  connections: readonly ConnectionState[]
  retries: number
  plainOpen: boolean
  private otherAs: boolean
  private seed: number
  private readonly before: PeerState
  /** The last state that was reported. */
  private reported: State

  constructor(state: PeerState, params: PeerParams) {
    this.before = state
    const { otherAs } = params
    this.params = state.otherAs && otherAs !== undefined ? { ...params, localAs: otherAs } : params
    this.phase = state.phase
    this.running = state.running
    this.connections = state.connections
    this.retries = state.retries
    this.plainOpen = state.plainOpen
    this.otherAs = state.otherAs
    this.seed = state.seed
    this.reported = visibleState(state.phase, state.connections)
  }

  /** What came of it; the state object of before when nothing changed. */
  result(): Step<PeerState, PeerAction> {
    const { phase, running, connections, retries, plainOpen, otherAs, seed, before } = this
    const same =
      phase === before.phase &&
      running === before.running &&
      connections === before.connections &&
      retries === before.retries &&
      plainOpen === before.plainOpen &&
      otherAs === before.otherAs &&
      seed === before.seed
    const state = same ? before : { phase, running, connections, retries, plainOpen, otherAs, seed }
    return { state, actions: this.actions }
  }

  // Phases

  /** Leaves Idle. */
  begin(cause: string): void {
    this.running = true
    if (this.params.passive) {
      this.phase = 'Active'
      this.report(cause)
    } else {
      this.dial(cause)
    }
  }

  dial(cause: string): void {
    this.phase = 'Connect'
    this.actions.push({ type: 'dial' })
    this.start('connect-retry', jitter(this.params.connectRetry * 1000, this.random()))
    this.report(cause)
  }

  cancelDial(): void {
    if (this.phase !== 'Connect') return
    this.phase = 'Active'
    this.actions.push({ type: 'cancel-dial' })
    this.stop('connect-retry')
  }

  /** Idle until the idle hold time has passed. @param ms replaces the computed time */
  pause(cause: string, ms?: number): void {
    this.stop('connect-retry')
    this.retries++
    this.phase = 'Idle'
    this.report(cause)
    this.start('idle-hold', ms ?? this.backoff())
  }

  /** Active until the next dial. */
  wait(cause: string): void {
    this.phase = 'Active'
    this.retries++
    this.report(cause)
    if (this.connections.length > 0 || this.params.passive) this.stop('connect-retry')
    else this.start('connect-retry', this.backoff())
  }

  // Connections

  find(id: ConnectionId): ConnectionState | undefined {
    return this.connections.find((c) => c.id === id)
  }

  add(step: ConnectionStep): void {
    this.actions.push(...step.actions)
    if (step.state) this.connections = [...this.connections, step.state]
  }

  /** A connection's step, and what its end means for the neighbor. */
  feed(c: ConnectionState, event: ConnectionEvent): void {
    const step = stepConnection(c, event, this.context())
    this.actions.push(...step.actions)
    if (step.state === undefined) {
      this.connections = this.connections.filter(({ id }) => id !== c.id)
      this.ended(c, step.end!)
    } else if (step.state !== c) {
      const next = step.state
      this.connections = this.connections.map((other) => (other.id === c.id ? next : other))
      if (next.ticks === STABLE_TICKS) this.retries = 0
    }
  }

  private ended(c: ConnectionState, end: End): void {
    if (c.state === 'Established') {
      this.actions.push({ type: 'down', connection: c.id, end, result: c.negotiated! })
    } else {
      this.actions.push({ type: 'failed', connection: c.id, end })
    }
    this.learnFrom(c, end)
    if (!this.running || this.connections.length > 0 || this.phase === 'Connect') {
      // Whoever stops, another connection or the dial under way goes on from here.
      this.report(said(end))
    } else if (end.cause === 'tcp' && RANK[c.state] < RANK.OpenConfirm && this.phase === 'Active') {
      this.wait(said(end))
    } else {
      this.pause(said(end))
    }
  }

  /**
   * RFC 5492 §3: a peer that answers 2/4 is offered an OPEN without capabilities; one that answers 2/2 the
   * other own AS, where there are two.
   */
  private learnFrom(c: ConnectionState, { notification }: End): void {
    if (c.state === 'Established') {
      this.plainOpen = false
      return
    }
    if (notification?.direction !== 'received' || notification.code !== 2) return
    if (notification.subcode === 4) this.plainOpen = (c.sent?.capabilities.length ?? 0) > 0
    else if (notification.subcode === 2 && this.params.otherAs !== undefined) this.otherAs = !this.otherAs
  }

  /** What a connection's step depends on. */
  context(): ConnectionContext {
    const { params } = this
    return { params, plain: this.plainOpen || params.plainOpen === true, random: () => this.random() }
  }

  // Small things

  /** Milliseconds before the next try: doubled with each failure in a row, at most connectRetry, with jitter. */
  private backoff(): number {
    // A configured 0 must not make a busy loop.
    const base = Math.max(this.params.idleHold, 0.05)
    const ceiling = Math.max(this.params.connectRetry, base)
    return jitter(Math.min(base * 2 ** Math.min(this.retries - 1, 30), ceiling) * 1000, this.random())
  }

  /** Mulberry32: the next number in [0, 1) from the neighbor's own seed. */
  private random(): number {
    this.seed = (this.seed + 0x6d2b79f5) >>> 0
    let t = this.seed
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  start(timer: PeerTimer, ms: number): void {
    this.actions.push({ type: 'start', timer, ms })
  }

  stop(timer: PeerTimer): void {
    this.actions.push({ type: 'stop', timer })
  }

  /** Says that the state changed, if it did since the last time. */
  report(cause: string): void {
    const now = visibleState(this.phase, this.connections)
    if (now === this.reported) return
    this.actions.push({ type: 'changed', from: this.reported, to: now, cause })
    this.reported = now
  }
}
