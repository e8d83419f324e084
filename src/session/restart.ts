/**
 * The graceful-restart helper of one neighbor: RFC 4724 §4.2 (Receiving Speaker), RFC 8538 §4.
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
 * it all, unless both sides set the N bit; a Hard Reset, an administrative stop and a peer that is known to forward
 * nothing (RFC 5882 §4.3.1) always do. The stale timer (stalePathTime) bounds the retention from loss to
 * End-of-RIB, the peer's return included.
 *
 * Long-lived graceful restart (long-lived.ts) is a second period within 'waiting', and goes on in 'receiving': where
 * a family has a long-lived stale time, the restart timer begins it instead of removing the paths.
 */

import type { Family } from '../ip/family.js'
import { begin, familyOfTimer, grantedTimes, isPreserved, some, without } from './long-lived.js'
import type {
  EndCause,
  LongLivedState,
  Negotiated,
  RestartAction,
  RestartEvent,
  RestartParams,
  RestartState,
  RestartTimer,
  Step,
} from './types.js'

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
      return state.phase === 'waiting' ? returned(state, event.negotiated) : nothing(state)
    case 'end-of-rib':
      return endOfRib(state, event.family)
    case 'timer':
      return expired(state, event.timer, params)
    case 'give-up':
      return finish(state, event.reason ?? GIVEN_UP)
  }
}

/** Ends that leave graceful restart possible, N bit or not. */
const WITHOUT_NOTIFICATION: ReadonlySet<EndCause> = new Set(['tcp', 'replaced', 'control-dead'])

const GIVEN_UP = 'no longer kept: the neighbor was shut down, removed, or its helper switched off'

function nothing(state: RestartState): Step<RestartState, RestartAction> {
  return { state, actions: [] }
}

function lost(
  state: RestartState,
  cause: EndCause,
  negotiated: Negotiated,
  params: RestartParams,
): Step<RestartState, RestartAction> {
  const former = state.longLived
  const ended = whyNothingIsKept(cause, negotiated, params)
  const times = ended === undefined ? grantedTimes(negotiated, params, former) : NO_TIMES
  const seconds = Math.min(negotiated.gracefulRestart?.time ?? 0, params.stalePathTime)
  const refusal = ended ?? whyNoGrace(negotiated, seconds)
  const grace = refusal === undefined ? graceFamilies(negotiated, former) : []
  const kept = negotiated.families.filter((family) => grace.includes(family) || times.has(family))
  const dropped = negotiated.families.filter((family) => !kept.includes(family))
  const actions: RestartAction[] = []
  // Still stale from an earlier restart: RFC 4724 §4.2 "consecutive restarts" removes them; not with the N bit
  // (RFC 8538 §4.1), nor before the long-lived stale time is over (RFC 9494 §4.2).
  const again = negotiated.restartOnNotification
    ? []
    : state.stale.filter((family) => kept.includes(family) && !times.has(family))
  if (again.length > 0) {
    actions.push({ type: 'sweep', families: again, reason: 'restarted again before its End-of-RIB' })
  }
  if (dropped.length > 0) {
    const reason = refusal ?? 'the neighbor did not list the family for graceful restart'
    actions.push({ type: 'drop', families: dropped, reason })
  }
  const running = (former?.running ?? []).filter((family) => kept.includes(family))
  const gone = (former?.running ?? []).filter((family) => !running.includes(family))
  without(gone, former, actions)
  if (kept.length === 0) {
    if (state.phase !== 'none') actions.push({ type: 'stop', timer: 'stale' })
    return { state: NO_RESTART, actions }
  }
  const wait = grace.length > 0 ? `kept for at most ${seconds} s` : 'there is no restart time'
  actions.push({ type: 'keep', families: kept, reason: `graceful restart: ${wait}` })
  if (grace.length > 0) {
    actions.push({ type: 'start', timer: 'restart', ms: seconds * 1000 })
    // Where older stale paths stay that no long-lived timer bounds, the time that does goes on, too.
    const older = state.stale.some(
      (family) => kept.includes(family) && !again.includes(family) && !running.includes(family),
    )
    if (state.phase === 'none' || !older) {
      actions.push({ type: 'start', timer: 'stale', ms: params.stalePathTime * 1000 })
    }
  } else if (state.phase !== 'none') actions.push({ type: 'stop', timer: 'stale' })
  const atOnce = kept.filter((family) => !grace.includes(family))
  const longLived = begin(atOnce, { times, running, spent: [] }, actions)
  return { state: stateOf('waiting', kept, longLived), actions }
}

const NO_TIMES: ReadonlyMap<Family, number> = new Map()

function stateOf(
  phase: RestartState['phase'],
  stale: readonly Family[],
  longLived: LongLivedState | undefined,
): RestartState {
  const kept = longLived === undefined ? undefined : some(longLived)
  if (stale.length === 0 && kept === undefined) return NO_RESTART
  return { phase: stale.length === 0 ? 'none' : phase, stale, ...(kept && { longLived: kept }) }
}

/** Families whose paths are kept for the restart time. */
function graceFamilies(negotiated: Negotiated, former: LongLivedState | undefined): readonly Family[] {
  const listed = negotiated.gracefulRestart?.families ?? []
  return negotiated.families.filter(
    (family) => listed.some((f) => f.family === family) && !former?.spent.includes(family),
  )
}

/** Why a loss leaves nothing behind; undefined when paths may be kept. */
function whyNothingIsKept(
  cause: EndCause,
  negotiated: Negotiated,
  params: RestartParams,
): string | undefined {
  if (!params.enabled || negotiated.gracefulRestart === undefined)
    return 'graceful restart was not negotiated'
  if (cause === 'admin') return 'the session was ended here'
  if (cause === 'hard-reset') return 'a hard reset ends graceful restart'
  if (cause === 'dead') return 'the neighbor is dead, and forwards nothing'
  if (!WITHOUT_NOTIFICATION.has(cause) && !negotiated.restartOnNotification) {
    return cause === 'hold-expired'
      ? 'the hold time passed in silence: the neighbor may be gone'
      : 'a NOTIFICATION ends the session for good (RFC 4724 §4)'
  }
  return undefined
}

/** Why nothing is kept for the restart time; undefined when something may be. */
function whyNoGrace(negotiated: Negotiated, seconds: number): string | undefined {
  if (negotiated.gracefulRestart?.families.length === 0) {
    return 'the neighbor lists no family for graceful restart'
  }
  return seconds === 0 ? 'the restart time is 0' : undefined
}

/** The session is back: RFC 4724 §4.2 and RFC 9494 §4.2 ask for the F bit of each family. */
function returned(state: RestartState, negotiated: Negotiated): Step<RestartState, RestartAction> {
  const preserved = (family: Family) => {
    if (!negotiated.families.includes(family)) return false
    if (state.longLived?.running.includes(family)) return isPreserved(family, negotiated)
    const listed = negotiated.gracefulRestart?.families.find((f) => f.family === family)
    return listed?.forwarding === true
  }
  const stale = state.stale.filter(preserved)
  const swept = state.stale.filter((family) => !stale.includes(family))
  const actions: RestartAction[] = [{ type: 'stop', timer: 'restart' }]
  const longLived = without(swept, state.longLived, actions)
  if (swept.length > 0) {
    const reason = 'the neighbor came back without having preserved its forwarding state (no F bit)'
    actions.push({ type: 'sweep', families: swept, reason })
  }
  if (stale.length === 0) actions.push({ type: 'stop', timer: 'stale' })
  return { state: stateOf('receiving', stale, longLived), actions }
}

function endOfRib(state: RestartState, family: Family): Step<RestartState, RestartAction> {
  const { longLived: before } = state
  const spent = before?.spent.includes(family) ?? false
  const stale = state.phase === 'receiving' && state.stale.includes(family)
  if (!stale && !spent) return nothing(state)
  const actions: RestartAction[] = []
  if (stale) actions.push({ type: 'sweep', families: [family], reason: 'End-of-RIB received' })
  const rest = state.stale.filter((other) => other !== family)
  if (stale && rest.length === 0) actions.push({ type: 'stop', timer: 'stale' })
  const longLived = without([family], before, actions)
  const left = longLived && { ...longLived, spent: longLived.spent.filter((other) => other !== family) }
  return { state: stateOf(state.phase, rest, left), actions }
}

function expired(
  state: RestartState,
  timer: RestartTimer,
  params: RestartParams,
): Step<RestartState, RestartAction> {
  const family = familyOfTimer(timer)
  if (family !== undefined) return longLivedExpired(state, family)
  const reason =
    timer === 'stale'
      ? `kept for ${params.stalePathTime} s without End-of-RIB (stalepath-time)`
      : 'the neighbor did not come back within its restart time'
  if (state.phase === 'waiting') return graceOver(state, reason)
  if (state.phase === 'receiving' && timer === 'stale') {
    // The long-lived stale timer bounds what it was begun for.
    const stale = state.stale.filter((one) => state.longLived?.running.includes(one))
    const swept = state.stale.filter((one) => !stale.includes(one))
    if (stale.length === 0) return finish(state, reason)
    const actions: RestartAction[] = swept.length > 0 ? [{ type: 'sweep', families: swept, reason }] : []
    return { state: stateOf('receiving', stale, without(swept, state.longLived, actions)), actions }
  }
  return nothing(state)
}

/** The restart time is over: the long-lived period begins for the families that have one. */
function graceOver(state: RestartState, reason: string): Step<RestartState, RestartAction> {
  const { longLived } = state
  const stale = state.stale.filter((family) => longLived?.times.has(family))
  if (longLived === undefined || stale.length === 0) return finish(state, reason)
  const swept = state.stale.filter((family) => !stale.includes(family))
  const actions: RestartAction[] = [
    { type: 'stop', timer: 'restart' },
    { type: 'stop', timer: 'stale' },
  ]
  if (swept.length > 0) actions.push({ type: 'sweep', families: swept, reason })
  return { state: stateOf('waiting', stale, begin(stale, longLived, actions)), actions }
}

function longLivedExpired(state: RestartState, family: Family): Step<RestartState, RestartAction> {
  const { longLived } = state
  if (!longLived?.running.includes(family)) return nothing(state)
  const reason = `kept for its long-lived stale time of ${longLived.times.get(family) ?? 0} s`
  const stale = state.stale.filter((other) => other !== family)
  const running = longLived.running.filter((other) => other !== family)
  const times = new Map([...longLived.times].filter(([other]) => other !== family))
  // RFC 9494 §4.2: what is lost again before it is synchronized has no time left.
  const spent = state.phase === 'receiving' ? [...longLived.spent, family] : longLived.spent
  const actions: RestartAction[] = []
  if (stale.length === 0) actions.push({ type: 'stop', timer: 'restart' }, { type: 'stop', timer: 'stale' })
  actions.push({ type: 'sweep', families: [family], reason })
  return { state: stateOf(state.phase, stale, { times, running, spent }), actions }
}

/** Removes what is stale and ends the helper's work. */
function finish(state: RestartState, reason: string): Step<RestartState, RestartAction> {
  if (state.phase === 'none') return nothing(state)
  const actions: RestartAction[] = [
    { type: 'stop', timer: 'restart' },
    { type: 'stop', timer: 'stale' },
  ]
  without(state.stale, state.longLived, actions)
  actions.push({ type: 'sweep', families: state.stale, reason })
  return { state: NO_RESTART, actions }
}
