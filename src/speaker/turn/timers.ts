/** Named timers that are cheap to restart: hold timers are restarted with every message. */

import type { Cancel, Clock } from '../../ports/clock.js'

/** Milliseconds that a clock can wait at once (2^31 - 1); a longer timer is looked at in between. */
const LONGEST = 0x7fff_ffff

/** One named timer: `deadline` is what counts, `wake` only when the clock looks at it next. */
interface Entry {
  deadline: number
  wake: number
  cancel: Cancel
}

/**
 * The timers of one neighbor, by name. Starting a timer that already runs moves its deadline and touches
 * the clock only when the new deadline lies before the next wake-up: a hold timer that each message restarts
 * costs one clock timer a hold time, not one a message.
 */
export class Timers<Name extends string> {
  readonly #clock: Clock
  readonly #fire: (name: Name) => void
  readonly #entries = new Map<Name, Entry>()

  /** @param fire is called with the name of a timer that has run out; the timer is stopped by then */
  constructor(clock: Clock, fire: (name: Name) => void) {
    this.#clock = clock
    this.#fire = fire
  }

  /** @param ms milliseconds from now, restarts a timer of that name that runs */
  start(name: Name, ms: number): void {
    const deadline = this.#clock.now() + ms
    const entry = this.#entries.get(name)
    if (entry !== undefined) {
      entry.deadline = deadline
      if (deadline >= entry.wake) return
      entry.cancel()
      this.#arm(name, entry)
      return
    }
    const fresh: Entry = { deadline, wake: deadline, cancel: () => {} }
    this.#entries.set(name, fresh)
    this.#arm(name, fresh)
  }

  stop(name: Name): void {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    this.#entries.delete(name)
    entry.cancel()
  }

  stopAll(): void {
    for (const entry of this.#entries.values()) entry.cancel()
    this.#entries.clear()
  }

  running(name: Name): boolean {
    return this.#entries.has(name)
  }

  /** Milliseconds until the timer runs out, undefined when it does not run. */
  remaining(name: Name): number | undefined {
    const entry = this.#entries.get(name)
    return entry === undefined ? undefined : Math.max(0, entry.deadline - this.#clock.now())
  }

  #arm(name: Name, entry: Entry): void {
    const ms = Math.min(LONGEST, Math.max(0, entry.deadline - this.#clock.now()))
    entry.wake = this.#clock.now() + ms
    entry.cancel = this.#clock.after(ms, () => {
      if (this.#entries.get(name) !== entry) return
      // A clock may be a fraction of a millisecond early; the deadline decides.
      if (this.#clock.now() < entry.deadline) {
        this.#arm(name, entry)
        return
      }
      this.#entries.delete(name)
      this.#fire(name)
    })
  }
}
