/** The route refresh of one session (RFC 2918, RFC 7313): its state machine (session/refresh.ts), with timers. */

import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import {
  initialRefresh,
  type RefreshEvent,
  type RefreshParams,
  type RefreshState,
  stepRefresh,
} from '../../session/refresh.js'
import type { Negotiated } from '../../session/types.js'
import type { RouteRefreshMessage } from '../../wire/types.js'
import { Timers } from '../turn/timers.js'

/** Seconds from the beginning of a neighbor's refresh until what it did not send again goes. */
const STALE_TIME = 360

/** What a route refresh does with the tables and the connection. */
export interface Refreshable {
  send(message: RouteRefreshMessage): void
  /** Send the whole Adj-RIB-Out of the family, then feed 'resent'. */
  resend(family: Family): void
  /** Mark the neighbor's paths as stale. */
  markStale(family: Family): void
  /** Remove the neighbor's paths that are still stale. */
  sweep(family: Family, reason: string): void
  ignored(text: string): void
  /** What a timer caused is done. */
  decide(): void
}

/** Drives the route refresh of one session in both directions. */
export class Refresh {
  readonly #params: RefreshParams
  readonly #tables: Refreshable
  readonly #timers: Timers<Family>
  #state: RefreshState
  #queue: RefreshEvent[] = []
  #stepping = false

  constructor(clock: Clock, negotiated: Negotiated, tables: Refreshable) {
    this.#params = { negotiated, staleTime: STALE_TIME }
    this.#tables = tables
    this.#state = initialRefresh(negotiated)
    this.#timers = new Timers(clock, (family) => {
      this.feed({ type: 'timer', family })
      tables.decide()
    })
  }

  feed(event: RefreshEvent): void {
    // A resend that is done at once feeds 'resent' from within.
    this.#queue.push(event)
    if (this.#stepping) return
    this.#stepping = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next)
    } finally {
      this.#stepping = false
    }
  }

  /** The session has ended. */
  close(): void {
    this.#timers.stopAll()
    this.#queue = []
  }

  #step(event: RefreshEvent): void {
    const { state, actions } = stepRefresh(this.#state, event, this.#params)
    this.#state = state
    for (const action of actions) {
      switch (action.type) {
        case 'send':
          this.#tables.send(action.message)
          break
        case 'resend':
          this.#tables.resend(action.family)
          break
        case 'mark':
          this.#tables.markStale(action.family)
          break
        case 'sweep':
          this.#tables.sweep(action.family, action.reason)
          break
        case 'start':
          this.#timers.start(action.family, action.ms)
          break
        case 'stop':
          this.#timers.stop(action.family)
          break
        case 'ignored':
          this.#tables.ignored(action.text)
      }
    }
  }
}
