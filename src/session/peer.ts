/**
 * A neighbor's state machine: RFC 4271 §8.2.2's Idle, Connect and Active, which need no TCP connection, and
 * above them the connections (fsm.ts) and their collisions (collision.ts).
 *
 *                        start                     dial failed, or closed before its OPEN
 *      ┌────────────────┐    ┌────────────────────────────────────────────────────────────┐
 *      │ Idle (stopped) │──▶ │  ┌─────────┐  dial ▶   connect-retry   ┌────────┐          │
 *      └────────────────┘    │  │ Connect │◀───────────────────────── │ Active │ ◀────────┘
 *        ▲ manual-stop       │  └─────────┘                           └────────┘
 *        │ from everywhere   │     │ tcp-acked       passive neighbors │ tcp-confirmed
 *        │                   │     ▼ never dial                         ▼ (in every running phase)
 *      ┌────────────────┐    │  ┌───────────────────────────────────────────────────┐
 *      │ Idle           │    │  │ connections: OpenSent, OpenConfirm, Established   │
 *      │ (idle-hold     │────┘  └───────────────────────────────────────────────────┘
 *      │  runs)         │◀──────── the last connection ended
 *      └────────────────┘
 *
 * - Dials follow each other at growing, jittered distances: idleHold, doubled with every failure in a row,
 *   at most connectRetry (RFC 4271 §8.1.1 DampPeerOscillations, §10). The count starts again after a session
 *   that lasted about a hold time.
 * - The idle hold damps the own dialling. A connection by the peer is welcome all the time, so that a node that
 *   restarts does not have to wait for its next try. The connections of one that fails again and again do not come here
 *   (speaker/peer/damping.ts).
 * - At most one dial is under way; it ends when a valid OPEN arrives on another connection. No dial begins
 *   while a connection exists.
 * - Of several incoming connections without OPEN only the newest is kept: the peer has given up the others.
 * - While a session is Established, a second connection waits for the peer's OPEN before it sends its own: one
 *   which is refused has then confused nobody.
 */

import { type CollisionDecision, collide } from './collision.js'
import { RANK, StepDraft, visibleState } from './draft.js'
import { type ConnectionEvent, openConnection, stepConnection } from './fsm.js'
import { checkOpen } from './open.js'
import { type Cause, said } from './reasons.js'
import { identifier, noAnswerRemedy } from './sentences.js'
import type {
  ConnectionId,
  ConnectionState,
  PeerAction,
  PeerEvent,
  PeerParams,
  PeerState,
  State,
  Step,
} from './types.js'

/** Seconds for which a connection beside an Established one waits for the peer's OPEN. */
const SECOND_CONNECTION_DELAY = 2

const NO_DATA = new Uint8Array(0)
const NOTHING: readonly PeerAction[] = []
/** UPDATE and progress in sending start no jittered timer. */
const noJitter = () => 0

/**
 * A neighbor that is not started.
 * @param seed of the jitter, any number; different for each neighbor
 */
export function initialPeer(seed: number): PeerState {
  return {
    phase: 'Idle',
    running: false,
    connections: [],
    retries: 0,
    plainOpen: false,
    otherAs: false,
    seed: seed >>> 0,
  }
}

/** The state that RFC 4271 speaks of: that of the furthest connection, else the neighbor's phase. */
export function peerState(peer: PeerState): State {
  return visibleState(peer.phase, peer.connections)
}

/** The connection with a session on it, if the neighbor is Established. */
export function establishedConnection(peer: Pick<PeerState, 'connections'>): ConnectionState | undefined {
  return peer.connections.find((c) => c.state === 'Established')
}

/** One step of a neighbor. Answers every event in every state; never throws. */
export function stepPeer(
  state: PeerState,
  event: PeerEvent,
  params: PeerParams,
): Step<PeerState, PeerAction> {
  if (event.type === 'update' || event.type === 'sent') {
    // The hot path: in Established nothing changes but a timer.
    const c = state.connections.find(({ id }) => id === event.connection)
    if (c === undefined) return { state, actions: NOTHING }
    if (c.state === 'Established') {
      return { state, actions: stepConnection(c, event, { params, plain: false, random: noJitter }).actions }
    }
  }
  const draft = new StepDraft(state, params)
  handle(draft, event)
  return draft.result()
}

function handle(draft: StepDraft, event: PeerEvent): void {
  switch (event.type) {
    case 'manual-start':
      manualStart(draft)
      break
    case 'automatic-start':
      // RFC 4271 §8.2.2: start events are ignored in every state but Idle; in idle hold the timer decides.
      if (!draft.running) draft.begin('started')
      break
    case 'manual-stop':
      manualStop(draft, event)
      break
    case 'automatic-stop':
      automaticStop(draft, event)
      break
    case 'dead':
      automaticEnd(draft, event)
      break
    case 'tcp-acked':
      dialled(draft, event.connection)
      break
    case 'tcp-confirmed':
      accepted(draft, event.connection)
      break
    case 'dial-failed':
      if (draft.phase !== 'Connect') break
      draft.actions.push({ type: 'failed', end: { cause: 'dial', ...event.failure } })
      draft.wait(said(event.failure))
      break
    case 'timer':
      if (event.timer === 'connect-retry') connectRetry(draft)
      else if (event.timer === 'idle-hold') idleHold(draft)
      else onConnection(draft, event as Extract<FromPeer, { type: 'timer' }>)
      break
    default:
      onConnection(draft, event)
  }
}

// Starting and stopping

function manualStart(draft: StepDraft): void {
  if (!draft.running) {
    draft.retries = 0
    draft.plainOpen = false
    draft.begin('started by the operator')
  } else if (draft.phase === 'Idle' && draft.connections.length === 0) {
    // An operator does not wait for the idle hold time.
    draft.stop('idle-hold')
    draft.begin('started by the operator')
  }
}

function manualStop(draft: StepDraft, event: Extract<PeerEvent, { type: 'manual-stop' }>): void {
  if (!draft.running) return
  draft.running = false
  draft.cancelDial()
  draft.phase = 'Idle'
  for (const c of draft.connections) draft.feed(c, stopEvent(false, event))
  draft.stop('connect-retry')
  draft.stop('idle-hold')
  draft.retries = 0
  draft.plainOpen = false
  draft.report(event.text)
}

function automaticStop(draft: StepDraft, event: Extract<PeerEvent, { type: 'automatic-stop' }>): void {
  automaticEnd(draft, stopEvent(true, event), event.idleHold)
}

type Stop = Extract<ConnectionEvent, { type: 'stop' }>
type Dead = Extract<ConnectionEvent, { type: 'dead' }>

/** Ends all connections and waits for the idle hold time. @param idleHold milliseconds in place of the computed time */
function automaticEnd(draft: StepDraft, end: Stop | Dead, idleHold?: number): void {
  if (!draft.running || (draft.phase === 'Idle' && draft.connections.length === 0)) return
  // Not running meanwhile: the end of the last connection must not start the idle hold timer, this does.
  draft.running = false
  draft.cancelDial()
  draft.phase = 'Idle'
  for (const c of draft.connections) draft.feed(c, end)
  draft.running = true
  draft.pause(end.text, idleHold)
}

function stopEvent(
  automatic: boolean,
  { subcode, data, text }: { readonly subcode: number; readonly data: Uint8Array; readonly text: string },
): Stop {
  return { type: 'stop', automatic, subcode, data, text }
}

// Timers of the neighbor

function connectRetry(draft: StepDraft): void {
  if (!draft.running || draft.phase === 'Idle') return
  const { peer, connectRetry: seconds, passive, questions = [] } = draft.params
  if (draft.phase === 'Connect') {
    const text = `no answer from ${peer} within ${seconds} s`
    const remedy = noAnswerRemedy(questions)
    draft.actions.push(
      { type: 'cancel-dial' },
      { type: 'failed', end: { cause: 'dial', reason: 'dial-no-answer', text, remedy } },
    )
    draft.phase = 'Active'
    draft.retries++
  }
  if (draft.connections.length > 0 || passive) draft.report('connect retry')
  else draft.dial('connect retry')
}

function idleHold(draft: StepDraft): void {
  if (!draft.running || draft.phase !== 'Idle') return
  // A connection that came meanwhile goes on; without one the neighbor is dialled.
  if (draft.connections.length > 0) draft.phase = 'Active'
  else draft.begin('the idle hold time has passed')
}

// TCP

function dialled(draft: StepDraft, id: ConnectionId): void {
  if (draft.find(id)) return
  // Too late: the dial was cancelled, or a session is about to be on another connection.
  if (draft.phase !== 'Connect' || draft.connections.some((c) => RANK[c.state] >= RANK.OpenConfirm)) {
    draft.actions.push({ type: 'close', connection: id })
    return
  }
  draft.phase = 'Active'
  draft.stop('connect-retry')
  draft.add(openConnection(id, false, draft.params.delayOpen, undefined, draft.context()))
  draft.report('TCP connected')
}

function accepted(draft: StepDraft, id: ConnectionId): void {
  if (draft.find(id)) return
  const { peer, delayOpen } = draft.params
  if (!draft.running) {
    refuse(draft, id, { reason: 'shut-down', text: `${peer} is shut down here: its connection was refused` })
    return
  }
  const stale = draft.connections.filter((c) => c.incoming && RANK[c.state] < RANK.OpenConfirm)
  const existing = draft.connections.find((c) => c.state === 'Established')
  const delay = existing ? Math.max(SECOND_CONNECTION_DELAY, delayOpen) : delayOpen
  if (draft.phase === 'Active') draft.stop('connect-retry')
  draft.add(openConnection(id, true, delay, existing?.id, draft.context()))
  for (const c of stale) draft.feed(c, { type: 'collision-dump', text: `${peer} opened a newer connection` })
  draft.report(`${peer} connected`)
}

/** RFC 4486 §4: Connection Rejected. */
function refuse(draft: StepDraft, id: ConnectionId, why: Cause): void {
  const notification = { type: 'notification', code: 6, subcode: 5, data: NO_DATA } as const
  const sent = { direction: 'sent', code: 6, subcode: 5, data: NO_DATA } as const
  draft.actions.push(
    { type: 'close', connection: id, notification },
    { type: 'failed', connection: id, end: { cause: 'admin', ...why, notification: sent } },
  )
}

// Connections

type FromPeer = Exclude<ConnectionEvent, { type: 'stop' | 'dead' | 'collision-dump' | 'replaced' }>

function onConnection(draft: StepDraft, event: FromPeer): void {
  const c = draft.find(event.connection)
  if (c === undefined) return
  if (event.type === 'open' && RANK[c.state] < RANK.OpenConfirm) opened(draft, c, event)
  else if (event.type === 'keepalive' && c.state === 'OpenConfirm') established(draft, c, event)
  else other(draft, c, event)
}

function other(draft: StepDraft, c: ConnectionState, event: FromPeer): void {
  draft.feed(c, event)
  // The only change of state left: DelayOpenTimer has expired. Every end has been reported.
  draft.report('the peer sent no OPEN within the delay open time')
}

function opened(draft: StepDraft, c: ConnectionState, event: Extract<FromPeer, { type: 'open' }>): void {
  const { params } = draft
  if (!checkOpen(event.message, params).ok) {
    draft.feed(c, event)
    return
  }
  const decisions: [ConnectionState, CollisionDecision][] = draft.connections
    .filter(({ id }) => id !== c.id)
    .map((existing) => [existing, collide(existing, c, event.message, params)])
  const kept = decisions.find(([, decision]) => decision === 'keep-existing')
  if (kept) {
    const second = kept[0].state === 'Established' && c.after === kept[0].id
    const text = second
      ? `${params.peer} opened a second connection beside the Established session`
      : collisionText(kept[0], event.message.routerId, params)
    draft.feed(c, { type: 'collision-dump', text })
    return
  }
  for (const [existing, decision] of decisions) {
    if (decision === 'keep-new') {
      const text = collisionText(c, event.message.routerId, params)
      draft.feed(existing, { type: 'collision-dump', text })
    } else if (decision === 'replace') {
      draft.feed(existing, { type: 'replaced', text: replacedText(params) })
    }
  }
  draft.cancelDial()
  draft.feed(c, event)
  draft.report('OPEN received')
}

function established(
  draft: StepDraft,
  c: ConnectionState,
  event: Extract<FromPeer, { type: 'keepalive' }>,
): void {
  const old = establishedConnection(draft)
  if (old) draft.feed(old, { type: 'replaced', text: replacedText(draft.params) })
  if (draft.phase === 'Idle') {
    draft.stop('idle-hold')
    draft.phase = 'Active'
  }
  draft.feed(c, event)
  // Without hold time there are no ticks to tell a stable session by.
  if (c.negotiated?.holdTime === 0) draft.retries = 0
  draft.report('KEEPALIVE received')
}

function collisionText(winner: ConnectionState, routerId: number, params: PeerParams): string {
  const side = winner.incoming ? params.peer : 'this side'
  const ids = `router-ids ${identifier(routerId)} there, ${identifier(params.routerId)} here`
  return `connection collision with ${params.peer}: the connection dialled by ${side} stays (${ids})`
}

function replacedText(params: PeerParams): string {
  return `${params.peer} opened a new connection: it has restarted`
}
