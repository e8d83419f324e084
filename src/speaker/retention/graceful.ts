/** The graceful-restart helper of one neighbor (RFC 4724 §4.2): its state machine, with timers. */

import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import { longLivedTimer } from '../../session/long-lived.js'
import { NO_RESTART, stepRestart } from '../../session/restart.js'
import type { RestartEvent, RestartParams, RestartState, RestartTimer } from '../../session/types.js'
import { Timers } from '../turn/timers.js'

/** What the helper does with a neighbor's paths. */
export interface RestartActions {
  /** Marks the paths as stale and goes on using them. @param ms until something else becomes of them at the latest */
  keep(families: readonly Family[], reason: string, ms: number): void
  /** Removes all paths. */
  drop(families: readonly Family[], reason: string): void
  /** Removes the paths that are still stale. */
  sweep(families: readonly Family[], reason: string): void
  /** Makes stale paths the last choice: LLGR_STALE, NO_LLGR (RFC 9494). @param ms as of `keep` */
  depreference(families: readonly Family[], reason: string, ms: number): void
  /** What a timer caused is done: decide, and write what follows from it. */
  decide(): void
}

/** Drives one neighbor's graceful-restart helper with the speaker's clock. */
export class Graceful {
  readonly #params: () => RestartParams
  readonly #actions: RestartActions
  readonly #timers: Timers<RestartTimer>
  #state: RestartState = NO_RESTART

  constructor(clock: Clock, params: () => RestartParams, actions: RestartActions) {
    this.#params = params
    this.#actions = actions
    this.#timers = new Timers(clock, (timer) => {
      this.feed({ type: 'timer', timer })
      actions.decide()
    })
  }

  /** 'waiting' for the neighbor's return; 'receiving' its routes until End-of-RIB. */
  get phase(): RestartState['phase'] {
    return this.#state.phase
  }

  /** Seconds until stale paths are removed at the latest; undefined when none are kept. */
  get remaining(): number | undefined {
    const longLived = this.#state.longLived?.running.map(longLivedTimer) ?? []
    const names: readonly RestartTimer[] = ['restart', 'stale', ...longLived]
    const times = names.map((name) => this.#timers.remaining(name)).filter((ms) => ms !== undefined)
    return times.length === 0 ? undefined : Math.ceil(Math.min(...times) / 1000)
  }

  /** Families in their long-lived period, with the seconds until their stale paths are removed. */
  get longLived(): readonly { readonly family: Family; readonly remaining: number }[] {
    return (this.#state.longLived?.running ?? []).map((family) => ({
      family,
      remaining: Math.ceil((this.#timers.remaining(longLivedTimer(family)) ?? 0) / 1000),
    }))
  }

  feed(event: RestartEvent): void {
    const { state, actions } = stepRestart(this.#state, event, this.#params())
    this.#state = state
    const started = actions.flatMap((action) => (action.type === 'start' ? [action.ms] : []))
    const ms = Math.min(...started, (this.remaining ?? Number.POSITIVE_INFINITY) * 1000)
    for (const action of actions) {
      switch (action.type) {
        case 'start':
          this.#timers.start(action.timer, action.ms)
          break
        case 'stop':
          this.#timers.stop(action.timer)
          break
        default:
          this.#actions[action.type](action.families, action.reason, ms)
      }
    }
  }

  /** Ends the timers; nothing is removed. */
  close(): void {
    this.#timers.stopAll()
  }
}
