/**
 * Long-lived graceful restart (RFC 9494 §4.2): what the helper (restart.ts) keeps beyond the restart time. Each
 * family has a stale timer of its own. It begins when the restart time is over, or at once for a family that the
 * graceful restart capability does not list; neither the neighbor's return nor another loss begins it anew,
 * End-of-RIB ends it.
 */

import type { Family } from '../ip/family.js'
import type { LongLivedState, LongLivedTimer, Negotiated, RestartAction, RestartParams } from './types.js'

/** The name of a family's stale timer. */
export const longLivedTimer = (family: Family): LongLivedTimer => `long-lived ${family}`

/** The family of a stale timer; undefined for another timer. */
export function familyOfTimer(timer: string): Family | undefined {
  return timer.startsWith('long-lived ') ? (timer.slice('long-lived '.length) as Family) : undefined
}

/**
 * Stale times granted to a lost neighbor, seconds by family; families without one are not in it.
 * @param former of this neighbor: a family that used its time up is granted none before its End-of-RIB
 */
export function grantedTimes(
  negotiated: Negotiated,
  params: RestartParams,
  former: LongLivedState | undefined,
): ReadonlyMap<Family, number> {
  const times = new Map<Family, number>()
  const { longLived: most } = params
  if (most === undefined) return times
  for (const { family, time } of negotiated.longLived ?? []) {
    if (!negotiated.families.includes(family) || former?.spent.includes(family)) continue
    if (Math.min(time, most) > 0) times.set(family, Math.min(time, most))
  }
  return times
}

/** True when a returned neighbor has kept the state of a family whose stale timer runs. */
export function isPreserved(family: Family, negotiated: Negotiated): boolean {
  const restart = negotiated.gracefulRestart
  const longLived = negotiated.longLived?.find((one) => one.family === family)
  if (restart === undefined || longLived === undefined) return false
  // RFC 9494 §5: a family may be in the long-lived capability alone.
  return longLived.forwarding && restart.families.find((one) => one.family === family)?.forwarding !== false
}

/** Begins the long-lived period of families; timers that run already go on. */
export function begin(
  families: readonly Family[],
  state: LongLivedState,
  actions: RestartAction[],
): LongLivedState {
  if (families.length === 0) return state
  const longest = Math.max(...families.map((family) => state.times.get(family) ?? 0))
  const reason = `long-lived graceful restart: kept as the last choice for at most ${longest} s`
  actions.push({ type: 'depreference', families, reason })
  const fresh = families.filter((family) => !state.running.includes(family))
  for (const family of fresh) {
    actions.push({
      type: 'start',
      timer: longLivedTimer(family),
      ms: (state.times.get(family) ?? 0) * 1000,
    })
  }
  return { ...state, running: [...state.running, ...fresh] }
}

/** The state without families that are no longer stale; their timers are stopped. Undefined when nothing is left. */
export function without(
  families: readonly Family[],
  state: LongLivedState | undefined,
  actions: RestartAction[],
): LongLivedState | undefined {
  if (state === undefined) return undefined
  const running = state.running.filter((family) => !families.includes(family))
  for (const family of state.running) {
    if (!running.includes(family)) actions.push({ type: 'stop', timer: longLivedTimer(family) })
  }
  const times = new Map([...state.times].filter(([family]) => !families.includes(family)))
  return some({ times, running, spent: state.spent })
}

/** Undefined instead of a state that says nothing. */
export function some(state: LongLivedState): LongLivedState | undefined {
  return state.times.size + state.running.length + state.spent.length === 0 ? undefined : state
}
