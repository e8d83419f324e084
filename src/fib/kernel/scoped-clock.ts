import type { Cancel, Clock } from '../../ports/clock.js'

/** A clock whose timers all end with it, so that none keeps the process alive after a stop. */
export class ScopedClock implements Clock {
  readonly #clock: Clock
  readonly #timers = new Set<Cancel>()
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  wall(): number {
    return this.#clock.wall()
  }

  micros(): number {
    return this.#clock.micros()
  }

  after(ms: number, fn: () => void): Cancel {
    if (this.#ended) return () => {}
    const stop = this.#clock.after(ms, () => {
      this.#timers.delete(cancel)
      fn()
    })
    const cancel = () => {
      this.#timers.delete(cancel)
      stop()
    }
    this.#timers.add(cancel)
    return cancel
  }

  soon(fn: () => void): void {
    this.#clock.soon(() => {
      if (!this.#ended) fn()
    })
  }

  /** Cancels every timer; new ones are not started. */
  end(): void {
    this.#ended = true
    for (const cancel of [...this.#timers]) cancel()
  }
}
