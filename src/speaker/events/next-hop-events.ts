/** Events of next hops that can't be used, and of those that can be again: one a next hop, not one a route. */

import type { Clock } from '../../ports/clock.js'
import type { Events } from './events.js'

/** So many events in a time, milliseconds: a link that fails takes all its next hops with it. */
const MOST = 100
const WINDOW = 10_000
/** Next hops remembered as unusable; beyond, the oldest is forgotten. */
const REMEMBERED = 10_000

/** Remembers which next hops can't be used, so that each change is one event. */
export class NextHopEvents {
  readonly #clock: Clock
  readonly #events: Events
  readonly #unusable = new Set<string>()
  #since = Number.NEGATIVE_INFINITY
  #told = 0
  #more = 0

  constructor(clock: Clock, events: Events) {
    this.#clock = clock
    this.#events = events
  }

  /**
   * A next hop was resolved.
   * @param nextHop canonical text, with a zone for link-local addresses
   * @param reason why it can't be used, half a sentence; undefined: it can
   */
  resolved(nextHop: string, reason: string | undefined): void {
    if (reason === undefined) {
      if (this.#unusable.size > 0 && this.#unusable.delete(nextHop)) this.#tell({ nextHop, change: 'usable' })
      return
    }
    if (this.#unusable.has(nextHop)) return
    this.#unusable.add(nextHop)
    if (this.#unusable.size > REMEMBERED) this.#unusable.delete(this.#unusable.keys().next().value as string)
    this.#tell({ nextHop, change: 'unusable', reason })
  }

  #tell(change: {
    readonly nextHop: string
    readonly change: 'unusable' | 'usable'
    readonly reason?: string
  }) {
    const now = this.#clock.now()
    if (now - this.#since > WINDOW) {
      this.#since = now
      this.#told = 0
    }
    if (this.#told++ >= MOST) {
      this.#more++
      return
    }
    const more = this.#more === 0 ? {} : { more: this.#more }
    this.#more = 0
    this.#events.add({ type: 'next-hop', ...change, ...more })
  }
}
