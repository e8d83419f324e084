import type { Cancel, Clock } from '../../ports/clock.js'

/** A clock that stands still between the acts of a rehearsal; its timers run when it is moved on. */
export class StageClock implements Clock {
  #now = 0
  #timers: { readonly at: number; readonly fn: () => void }[] = []
  #soon: (() => void)[] = []

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#now
  }

  micros(): number {
    return this.#now * 1000
  }

  after(ms: number, fn: () => void): Cancel {
    const timer = { at: this.#now + ms, fn }
    this.#timers.push(timer)
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  soon(fn: () => void): void {
    this.#soon.push(fn)
  }

  /** Moves on by `ms` milliseconds: what is due by then runs, timers in their order. */
  pass(ms: number): void {
    this.#runSoon()
    this.#now += ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) return
      this.#timers.splice(this.#timers.indexOf(due), 1)
      due.fn()
      this.#runSoon()
    }
  }

  /** What runs asks for more: that waits for the next time. */
  #runSoon(): void {
    const soon = this.#soon
    this.#soon = []
    for (const fn of soon) fn()
  }
}
