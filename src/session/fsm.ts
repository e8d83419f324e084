/**
 * One TCP connection's state machine: RFC 4271 §8.2.2 from the moment when TCP is up. What comes before (Idle,
 * Connect, Active without a connection) belongs to the neighbor, not to a connection: peer.ts.
 *
 *        TCP up                     TCP up, DelayOpenTime > 0
 *          │ OPEN ▶                   │ start delay-open
 *          │                          ▼
 *          │      delay-open    ┌──────────┐  ◀ OPEN: OPEN ▶ KEEPALIVE ▶
 *          │◀───────────────────│ Connect/ │────────────────────────────┐
 *          ▼           OPEN ▶   │ Active   │                            │
 *     ┌──────────┐              └──────────┘                            ▼
 *     │ OpenSent │─────────────── ◀ OPEN: KEEPALIVE ▶ ──────────▶ ┌─────────────┐
 *     └──────────┘                                                │ OpenConfirm │
 *          ▲ openHold runs                                        └─────────────┘
 *                                     ◀ KEEPALIVE                        │
 *     ┌─────────────┐◀───────────────────────────────────────────────────┘
 *     │ Established │──┐ KEEPALIVE, UPDATE, ROUTE-REFRESH restart the hold timer
 *     └─────────────┘◀─┘ keepalive timer: KEEPALIVE ▶
 *
 *     every state: stop, fault, hold timer, unexpected message ──▶ NOTIFICATION ▶, closed
 *                  NOTIFICATION received, TCP fails            ──▶ closed
 *
 * The end of a connection is `state: undefined` with an End that says why.
 */

import type { NotificationMessage } from '../wire/types.js'
import { negotiate } from './negotiate.js'
import { buildOpen, checkOpen } from './open.js'
import { type Cause, faultReason, stopReason } from './reasons.js'
import { describeReceived, messageName } from './sentences.js'
import type {
  ConnectionId,
  ConnectionState,
  ConnectionTimer,
  End,
  EndCause,
  Negotiated,
  PeerAction,
  PeerEvent,
  PeerParams,
} from './types.js'

/** Events of a connection: those of the neighbor that name one, and what the neighbor's machine orders. */
export type ConnectionEvent =
  | Exclude<Extract<PeerEvent, { connection: ConnectionId }>, { type: 'tcp-acked' | 'tcp-confirmed' }>
  /** ManualStop, AutomaticStop [2, 8]. */
  | {
      readonly type: 'stop'
      readonly automatic: boolean
      readonly subcode: number
      readonly data: Uint8Array
      readonly text: string
    }
  /** Somebody who watches the peer says that it is dead. */
  | Extract<PeerEvent, { type: 'dead' }>
  /** OpenCollisionDump [23]. */
  | { readonly type: 'collision-dump'; readonly text: string }
  /** The peer has restarted and opened another connection: close without a word (RFC 4724 §4.2). */
  | { readonly type: 'replaced'; readonly text: string }

/** What a step of a connection depends on besides state and event. */
export interface ConnectionContext {
  readonly params: PeerParams
  /** Leave the capabilities out of the own OPEN. */
  readonly plain: boolean
  /** Draws a number in [0, 1) for the jitter of a timer. */
  readonly random: () => number
}

export interface ConnectionStep {
  /** Undefined: the connection is closed. */
  readonly state: ConnectionState | undefined
  readonly actions: readonly PeerAction[]
  /** Set when `state` is undefined. */
  readonly end?: End
}

/**
 * Keepalive timer expiries after which a session counts as stable: three of at most a third of the hold time
 * each, so about one hold time.
 */
export const STABLE_TICKS = 3

const NO_DATA = new Uint8Array(0)
const NOTHING: readonly PeerAction[] = []

/**
 * A new connection: TCP is up.
 * @param delayOpen seconds to wait for the peer's OPEN before the own is sent; 0: send it now
 * @param after the connection of the neighbor that is Established now
 */
export function openConnection(
  id: ConnectionId,
  incoming: boolean,
  delayOpen: number,
  after: ConnectionId | undefined,
  context: ConnectionContext,
): ConnectionStep {
  const fresh: ConnectionState = { id, incoming, state: incoming ? 'Active' : 'Connect', after, ticks: 0 }
  if (delayOpen > 0) {
    return { state: fresh, actions: [start('delay-open', id, delayOpen * 1000)] }
  }
  return sendOpen(fresh, context)
}

/**
 * One step of one connection. Answers every event in every state; never throws.
 */
export function stepConnection(
  c: ConnectionState,
  event: ConnectionEvent,
  context: ConnectionContext,
): ConnectionStep {
  switch (event.type) {
    case 'stop':
      return stop(c, event)
    case 'dead':
      return dead(c, event)
    case 'collision-dump':
      return close(c, 'collision', { reason: 'collision', text: event.text }, 6, 7, NO_DATA)
    case 'replaced':
      return closeSilently(c, 'replaced', { reason: 'replaced', text: event.text })
    case 'fault':
      if (event.code === 0) return closeSilently(c, 'notification', faultCause(event))
      return close(c, 'notification', faultCause(event), event.code, event.subcode, event.data)
    case 'tcp-fails':
      return {
        state: undefined,
        actions: NOTHING,
        end: { cause: 'tcp', ...tcpFailed(c, event.reason, context) },
      }
    case 'notification':
      return notified(c, event.message, context)
    case 'timer':
      return timer(c, event.timer, context)
    case 'open':
      if (c.state === 'OpenConfirm' || c.state === 'Established') return unexpected(c, 1, context)
      return opened(c, event.message, context)
    case 'keepalive':
      if (c.state === 'Established') return { state: c, actions: restartHold(c) }
      if (c.state === 'OpenConfirm') return established(c)
      return unexpected(c, 4, context)
    case 'update':
      if (c.state === 'Established') return { state: c, actions: restartHold(c) }
      return unexpected(c, 2, context)
    case 'route-refresh':
      if (c.state !== 'Established') return unexpected(c, 5, context)
      return {
        state: c,
        actions: [...restartHold(c), { type: 'route-refresh', connection: c.id, message: event.message }],
      }
    case 'sent':
      return { state: c, actions: c.state === 'Established' ? restartSendHold(c) : NOTHING }
  }
}

function sendOpen(c: ConnectionState, context: ConnectionContext): ConnectionStep {
  const message = buildOpen(context.params, context.plain)
  return {
    state: { ...c, state: 'OpenSent', sent: message },
    actions: [
      { type: 'send-open', connection: c.id, message },
      start('hold', c.id, context.params.openHold * 1000),
    ],
  }
}

/** OPEN in OpenSent [19], or while DelayOpenTimer runs [20]. */
function opened(c: ConnectionState, message: ConnectionOpen, context: ConnectionContext): ConnectionStep {
  const verdict = checkOpen(message, context.params)
  if (!verdict.ok) return close(c, 'notification', verdict.why, verdict.code, verdict.subcode, verdict.data)
  const actions: PeerAction[] = []
  let own = c.sent
  if (own === undefined) {
    own = buildOpen(context.params, context.plain)
    actions.push(
      { type: 'stop', timer: 'delay-open', connection: c.id },
      { type: 'send-open', connection: c.id, message: own },
    )
  }
  const negotiated = negotiate(own, message, context.params)
  actions.push(
    { type: 'negotiated', connection: c.id, result: negotiated },
    { type: 'send-keepalive', connection: c.id },
  )
  if (negotiated.holdTime > 0) {
    actions.push(
      start('hold', c.id, negotiated.holdTime * 1000),
      start('keepalive', c.id, jitteredKeepalive(negotiated, context)),
    )
  } else {
    actions.push({ type: 'stop', timer: 'hold', connection: c.id })
  }
  return { state: { ...c, state: 'OpenConfirm', sent: own, received: message, negotiated }, actions }
}

type ConnectionOpen = Extract<ConnectionEvent, { type: 'open' }>['message']

/** KEEPALIVE in OpenConfirm [26]. */
function established(c: ConnectionState): ConnectionStep {
  const up: ConnectionState = { ...c, state: 'Established' }
  return {
    state: up,
    actions: [
      ...restartHold(up),
      ...restartSendHold(up),
      { type: 'established', connection: c.id, result: c.negotiated! },
    ],
  }
}

function timer(c: ConnectionState, name: ConnectionTimer, context: ConnectionContext): ConnectionStep {
  switch (name) {
    case 'hold': {
      // No hold timer runs while the own OPEN is delayed: an expiry that was under way is ignored.
      if (c.sent === undefined) return { state: c, actions: NOTHING }
      return close(c, 'hold-expired', holdExpired(c, context), 4, 0, NO_DATA)
    }
    case 'keepalive': {
      if (c.negotiated === undefined || c.negotiated.holdTime === 0) return { state: c, actions: NOTHING }
      const counts = c.state === 'Established' && c.ticks < STABLE_TICKS
      return {
        state: counts ? { ...c, ticks: c.ticks + 1 } : c,
        actions: [
          { type: 'send-keepalive', connection: c.id },
          start('keepalive', c.id, jitteredKeepalive(c.negotiated, context)),
        ],
      }
    }
    case 'delay-open':
      return c.sent === undefined ? sendOpen(c, context) : { state: c, actions: NOTHING }
    case 'send-hold':
      if (c.state !== 'Established') return { state: c, actions: NOTHING }
      return close(
        c,
        'send-hold-expired',
        {
          reason: 'send-hold-expired',
          text: `nothing could be sent to ${context.params.peer} for ${c.negotiated!.sendHold} s (send hold time)`,
          remedy: 'it does not read from its TCP connection',
        },
        8,
        0,
        NO_DATA,
      )
  }
}

/** NOTIFICATION [24, 25]: closed without an answer (RFC 4271 §6.4). */
function notified(
  c: ConnectionState,
  message: NotificationMessage,
  context: ConnectionContext,
): ConnectionStep {
  const { code, subcode, data } = message
  return {
    state: undefined,
    actions: [{ type: 'close', connection: c.id }],
    end: {
      cause: receivedCause(c, code, subcode),
      ...describeReceived(message, context.params),
      notification: { direction: 'received', code, subcode, data },
    },
  }
}

function receivedCause(c: ConnectionState, code: number, subcode: number): EndCause {
  if (code !== 6) return 'notification'
  if (subcode === 9) return 'hard-reset'
  // Only a session that was not yet up is a collision's loser in the sense that nothing went wrong.
  return subcode === 7 && c.state !== 'Established' ? 'collision' : 'notification'
}

/** Cease subcodes that mean the end for good, sent as Hard Reset to a peer with the N bit (RFC 8538 §5.1, RFC 9384 §4). */
const HARD = new Set([1, 2, 3, 10])

function stop(c: ConnectionState, event: Extract<ConnectionEvent, { type: 'stop' }>): ConnectionStep {
  const hard = HARD.has(event.subcode)
  const cause = event.automatic ? (hard ? 'hard-reset' : 'notification') : 'admin'
  const why: Cause = { reason: stopReason(event.subcode), text: event.text }
  if (hard && c.negotiated?.restartOnNotification) {
    return close(c, cause, why, 6, 9, Uint8Array.of(6, event.subcode, ...event.data))
  }
  return close(c, cause, why, 6, event.subcode, event.data)
}

/** RFC 5882 §4.2, §4.3. */
function dead(c: ConnectionState, event: Extract<ConnectionEvent, { type: 'dead' }>): ConnectionStep {
  const { bfd, forwardingDead, text } = event
  const why: Cause = { reason: 'dead', text }
  if (!forwardingDead && c.state === 'Established' && c.negotiated?.gracefulRestart !== undefined) {
    return closeSilently(c, 'control-dead', why)
  }
  if (!bfd) return close(c, 'dead', why, 4, 0, NO_DATA)
  // RFC 9384 §4: to a peer with the N bit as a Hard Reset.
  if (c.negotiated?.restartOnNotification) return close(c, 'dead', why, 6, 9, Uint8Array.of(6, 10))
  return close(c, 'dead', why, 6, 10, NO_DATA)
}

/** A message which this state does not expect: RFC 4271 §8.2.2 "any other event", subcodes of RFC 6608 §4. */
function unexpected(c: ConnectionState, type: number, context: ConnectionContext): ConnectionStep {
  const subcode =
    c.state === 'OpenSent' ? 1 : c.state === 'OpenConfirm' ? 2 : c.state === 'Established' ? 3 : 0
  const text = `${context.params.peer} sent ${messageName(type)} in state ${c.state}, where BGP allows none`
  return close(c, 'notification', { reason: 'unexpected-message', text }, 5, subcode, Uint8Array.of(type))
}

function close(
  c: ConnectionState,
  cause: EndCause,
  why: Cause,
  code: number,
  subcode: number,
  data: Uint8Array,
): ConnectionStep {
  return {
    state: undefined,
    actions: [
      { type: 'close', connection: c.id, notification: { type: 'notification', code, subcode, data } },
    ],
    end: { cause, ...why, notification: { direction: 'sent', code, subcode, data } },
  }
}

function closeSilently(c: ConnectionState, cause: EndCause, why: Cause): ConnectionStep {
  return { state: undefined, actions: [{ type: 'close', connection: c.id }], end: { cause, ...why } }
}

function faultCause({
  code,
  subcode,
  text,
  remedy,
  reason,
}: Extract<ConnectionEvent, { type: 'fault' }>): Cause {
  return { reason: reason ?? faultReason(code, subcode), text, ...(remedy !== undefined && { remedy }) }
}

function tcpFailed(c: ConnectionState, how: string, { params }: ConnectionContext): Cause {
  switch (c.state) {
    case 'Established':
      return { reason: 'connection-lost', text: `the TCP connection to ${params.peer} ended: ${how}` }
    case 'OpenConfirm':
      return {
        reason: 'closed-after-open',
        text: `${params.peer} closed the connection after the OPENs: ${how}`,
      }
    default:
      return {
        reason: 'closed-before-open',
        text: `${params.peer} closed the connection before its OPEN (${how})`,
        remedy: 'it may not know this address as a neighbor, or be pausing after an error',
      }
  }
}

function holdExpired(c: ConnectionState, { params }: ConnectionContext): Cause {
  const { peer, openHold } = params
  if (c.negotiated) {
    return {
      reason: 'hold-expired',
      text: `heard nothing from ${peer} for ${c.negotiated.holdTime} s (hold time)`,
    }
  }
  return {
    reason: 'no-open',
    text: `${peer} accepts TCP connections but sent no OPEN for ${openHold} s`,
    remedy: 'is BGP running there?',
  }
}

/**
 * Jitter of RFC 4271 §10: 0.75 to 1 times the interval.
 * @param random in [0, 1)
 */
export function jitter(ms: number, random: number): number {
  return Math.round(ms * (0.75 + random * 0.25))
}

/** KEEPALIVEs are not sent faster than one a second (RFC 4271 §4.4), jitter included. */
function jitteredKeepalive(negotiated: Negotiated, { random }: ConnectionContext): number {
  return Math.max(1000, jitter(negotiated.keepalive * 1000, random()))
}

function start(name: ConnectionTimer, connection: ConnectionId, ms: number): PeerAction {
  return { type: 'start', timer: name, connection, ms }
}

/**
 * The answers to UPDATE and to progress in sending are the same every time: made once per session, so that a
 * full table costs no object for each message.
 */
const restarts = new WeakMap<Negotiated, { hold: readonly PeerAction[]; sendHold: readonly PeerAction[] }>()

function restartActions(c: ConnectionState) {
  const negotiated = c.negotiated!
  let actions = restarts.get(negotiated)
  if (actions === undefined) {
    const { holdTime, sendHold } = negotiated
    actions = {
      hold: holdTime > 0 ? [start('hold', c.id, holdTime * 1000)] : NOTHING,
      sendHold: sendHold > 0 ? [start('send-hold', c.id, sendHold * 1000)] : NOTHING,
    }
    restarts.set(negotiated, actions)
  }
  return actions
}

function restartHold(c: ConnectionState): readonly PeerAction[] {
  return restartActions(c).hold
}

function restartSendHold(c: ConnectionState): readonly PeerAction[] {
  return restartActions(c).sendHold
}
