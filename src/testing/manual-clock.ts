/** A clock for tests that stands still until a test lets it go. */

import type { Cancel, Clock } from '../ports/clock.js'

interface Timer {
  readonly at: number
  readonly order: number
  readonly fn: () => void
}

/** Lets pending promise callbacks run. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve()
}

/**
 * A clock that stands still until a test lets it go. Timers fire in the order of their deadlines (equal ones
 * in the order they were set), `soon` callbacks between them, each followed by the promise callbacks it
 * caused: a test sees the same sequence on every run.
 */
export class ManualClock implements Clock {
  #now = 0
  #order = 0
  #timers: Timer[] = []
  #soon: (() => void)[] = []
  readonly #epoch: number

  /** @param epoch wall time at the start, milliseconds since 1970 */
  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch
  }

  /** Milliseconds that pass with every look at the clock: a machine on which work takes time. */
  slowness = 0

  now(): number {
    this.#now += this.slowness
    return this.#now
  }

  wall(): number {
    return this.#epoch + this.#now
  }

  micros(): number {
    return (this.#epoch + this.#now) * 1000
  }

  after(ms: number, fn: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, fn }
    this.#timers.push(timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  soon(fn: () => void): void {
    this.#soon.push(fn)
  }

  /** Timers that are set: a test of leaks counts them. */
  get pending(): number {
    return this.#timers.length
  }

  /** Runs what is due now until nothing is left to do; timers and `soon` callbacks take turns. */
  async run(): Promise<void> {
    for (let round = 0; round < 100_000; round++) {
      await microtasks()
      const due = this.#earliest()
      const fires = due !== undefined && due.at <= this.#now
      if (fires) this.#fire(due)
      const soon = this.#soon
      this.#soon = []
      for (const fn of soon) {
        fn()
        await microtasks()
      }
      if (!fires && soon.length === 0) return
    }
    throw new Error('the clock found work without end')
  }

  /** Moves time on by `ms` milliseconds, firing what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await this.run()
    for (;;) {
      const due = this.#earliest()
      if (due === undefined || due.at > end) break
      this.#now = Math.max(this.#now, due.at)
      this.#fire(due)
      await this.run()
    }
    this.#now = end
    await this.run()
  }

  /**
   * Lets time pass, timer by timer, until a promise is kept or broken; no real time is waited for.
   * @returns the promise's value
   * @throws what the promise was rejected with; Error when nothing is left that could keep it
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let done = false
    const note = () => {
      done = true
    }
    promise.then(note, note)
    await this.run()
    while (!done) {
      const due = this.#earliest()
      if (due === undefined) throw new Error('no timer is set: what is waited for never comes')
      await this.advance(due.at - this.#now)
    }
    return promise
  }

  #earliest(): Timer | undefined {
    let best: Timer | undefined
    for (const timer of this.#timers) {
      if (best === undefined || timer.at < best.at || (timer.at === best.at && timer.order < best.order))
        best = timer
    }
    return best
  }

  #fire(timer: Timer): void {
    this.#timers.splice(this.#timers.indexOf(timer), 1)
    timer.fn()
  }
}
