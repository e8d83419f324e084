import type { Family } from '../ip/family.js'
import type {
  EndCause,
  Negotiated,
  RestartAction,
  RestartEvent,
  RestartParams,
  RestartState,
  RestartTimer,
  Step,
} from './types.js'

/**
 * The graceful-restart helper of one neighbour: RFC 4724 §4.2 (Receiving Speaker), RFC 8538 §4.
 *
 *               lost, nothing to keep: drop
 *                 ┌──────┐
 *                 ▼      │    lost: keep, start restart and stale timers      ┌─────────┐
 *               ┌───────────┐ ──────────────────────────────────────────────▶ │ waiting │
 *               │   none    │                                                 └─────────┘
 *               └───────────┘ ◀── restart or stale timer, give-up: sweep ────   │     ▲
 *                 ▲       ▲                                                     │     │ lost again: sweep what
 *                 │       └── established, no family preserved: sweep ──────────┤     │ is still stale (not with
 *                 │                                           established:      │     │ the N bit), keep the rest
 *                 │                                           sweep families    ▼     │
 *                 │                                           without F bit   ┌───────────┐
 *                 └── last End-of-RIB, stale timer, give-up: sweep ────────── │ receiving │
 *                                                                             └───────────┘
 *
 * What is kept: after TCP ended without a word, the families of the peer's graceful restart capability, for the
 * restart time that the peer announced there. A NOTIFICATION in either direction and an expired hold timer end
 * it all, unless both sides set the N bit; a Hard Reset and an administrative stop always do. The stale timer
 * (stalePathTime) bounds the retention from loss to End-of-RIB, the peer's return included.
 */

/** No helper at work. */
export const NO_RESTART: RestartState = { phase: 'none', stale: [] }

/** One step of the helper. Answers every event in every state; never throws. */
export function stepRestart(
  state: RestartState,
  event: RestartEvent,
  params: RestartParams,
): Step<RestartState, RestartAction> {
  switch (event.type) {
    case 'lost':
      return lost(state, event.cause, event.negotiated, params)
    case 'established':
      return state.phase === 'waiting' ? returned(state, event.negotiated, params) : nothing(state)
    case 'end-of-rib':
      return state.phase === 'receiving' ? endOfRib(state, event.family) : nothing(state)
    case 'timer':
      return expired(state, event.timer, params)
    case 'give-up':
      return finish(state, 'no longer kept: the neighbour was shut down, removed, or its helper switched off')
  }
}

function nothing(state: RestartState): Step<RestartState, RestartAction> {
  return { state, actions: [] }
}

function lost(
  state: RestartState,
  cause: EndCause,
  negotiated: Negotiated,
  params: RestartParams,
): Step<RestartState, RestartAction> {
  const refusal = whyNothingIsKept(cause, negotiated, params)
  const restart = negotiated.gracefulRestart
  const kept =
    refusal === undefined && restart
      ? negotiated.families.filter((family) => restart.families.some((f) => f.family === family))
      : []
  const dropped = negotiated.families.filter((family) => !kept.includes(family))
  const actions: RestartAction[] = []
  // Still stale from an earlier restart (RFC 4724 §4.2 "consecutive restarts"; RFC 8538 §4.1 with the N bit).
  const again = negotiated.restartOnNotification ? [] : state.stale.filter((family) => kept.includes(family))
  if (again.length > 0) {
    actions.push({ type: 'sweep', families: again, reason: 'restarted again before its End-of-RIB' })
  }
  if (dropped.length > 0) {
    const reason = refusal ?? 'the neighbour did not list the family for graceful restart'
    actions.push({ type: 'drop', families: dropped, reason })
  }
  if (kept.length === 0 || restart === undefined) {
    if (state.phase !== 'none') actions.push({ type: 'stop', timer: 'stale' })
    return { state: NO_RESTART, actions }
  }
  const seconds = Math.min(restart.time, params.stalePathTime)
  actions.push(
    { type: 'keep', families: kept, reason: `graceful restart: kept for at most ${seconds} s` },
    { type: 'start', timer: 'restart', ms: seconds * 1000 },
  )
  // With the N bit older stale paths stay, so the time that bounds them goes on too.
  if (state.phase === 'none' || !negotiated.restartOnNotification) {
    actions.push({ type: 'start', timer: 'stale', ms: params.stalePathTime * 1000 })
  }
  return { state: { phase: 'waiting', stale: kept }, actions }
}

/** Why a loss leaves nothing behind; undefined when paths may be kept. */
function whyNothingIsKept(
  cause: EndCause,
  negotiated: Negotiated,
  params: RestartParams,
): string | undefined {
  const restart = negotiated.gracefulRestart
  if (!params.enabled || restart === undefined) return 'graceful restart was not negotiated'
  if (cause === 'admin') return 'the session was ended here'
  if (cause === 'hard-reset') return 'a hard reset ends graceful restart'
  if (cause !== 'tcp' && cause !== 'replaced' && !negotiated.restartOnNotification) {
    return cause === 'hold-expired'
      ? 'the hold time passed in silence: the neighbour may be gone'
      : 'a NOTIFICATION ends the session for good (RFC 4724 §4)'
  }
  if (restart.families.length === 0) return 'the neighbour lists no family for graceful restart'
  if (restart.time === 0 || params.stalePathTime === 0) return 'the restart time is 0'
  return undefined
}

/** The session is back: RFC 4724 §4.2 asks for the F bit of each family. */
function returned(
  state: RestartState,
  negotiated: Negotiated,
  params: RestartParams,
): Step<RestartState, RestartAction> {
  const preserved = (family: Family) =>
    negotiated.families.includes(family) &&
    negotiated.gracefulRestart?.families.some(
      (f) => f.family === family && (f.forwarding || params.keepWithoutForwarding),
    ) === true
  const stale = state.stale.filter(preserved)
  const swept = state.stale.filter((family) => !stale.includes(family))
  const actions: RestartAction[] = [{ type: 'stop', timer: 'restart' }]
  if (swept.length > 0) {
    const reason = 'the neighbour came back without having preserved its forwarding state (no F bit)'
    actions.push({ type: 'sweep', families: swept, reason })
  }
  if (stale.length > 0) return { state: { phase: 'receiving', stale }, actions }
  actions.push({ type: 'stop', timer: 'stale' })
  return { state: NO_RESTART, actions }
}

function endOfRib(state: RestartState, family: Family): Step<RestartState, RestartAction> {
  if (!state.stale.includes(family)) return nothing(state)
  const stale = state.stale.filter((other) => other !== family)
  const actions: RestartAction[] = [{ type: 'sweep', families: [family], reason: 'End-of-RIB received' }]
  if (stale.length > 0) return { state: { phase: 'receiving', stale }, actions }
  actions.push({ type: 'stop', timer: 'stale' })
  return { state: NO_RESTART, actions }
}

function expired(
  state: RestartState,
  timer: RestartTimer,
  params: RestartParams,
): Step<RestartState, RestartAction> {
  if (timer === 'stale') {
    return finish(state, `kept for ${params.stalePathTime} s without End-of-RIB (stalepath-time)`)
  }
  if (state.phase !== 'waiting') return nothing(state)
  return finish(state, 'the neighbour did not come back within its restart time')
}

/** Removes what is stale and ends the helper's work. */
function finish(state: RestartState, reason: string): Step<RestartState, RestartAction> {
  if (state.phase === 'none') return nothing(state)
  return {
    state: NO_RESTART,
    actions: [
      { type: 'stop', timer: 'restart' },
      { type: 'stop', timer: 'stale' },
      { type: 'sweep', families: state.stale, reason },
    ],
  }
}
