/** Waiting for a condition: it is looked at when something has happened, never by the clock. */

import type { Cancel, Clock } from '../ports/clock.js'

/** What a condition gives while it is not fulfilled. */
export type Unfulfilled = undefined | null | false

interface Waiter {
  look(): void
  /** @param why half a sentence */
  fail(why: string): void
}

/** Those who wait for something at one peer. */
export class Waiting {
  readonly #clock: Clock
  readonly #waiters = new Set<Waiter>()
  #due = false
  #closed: string | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * @param what is waited for, for the error: 'neighbor 10.0.0.1 Established'
   * @param condition looked at now, and a turn after each `touch`; what it throws is thrown here
   * @param within milliseconds of the clock
   * @param now what there is instead, for the error
   * @returns the condition's first value that is neither undefined, null nor false
   * @throws Error, one sentence, when the time is over, or `close` was called
   */
  until<T>(
    what: string,
    condition: () => T,
    within: number,
    now: () => string,
  ): Promise<Exclude<T, Unfulfilled>> {
    return new Promise((resolve, reject) => {
      let timer: Cancel = () => {}
      const leave = () => {
        timer()
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        look() {
          try {
            const value = condition()
            if (value === undefined || value === null || value === false) return
            resolve(value as Exclude<T, Unfulfilled>)
          } catch (error) {
            reject(error)
          }
          leave()
        },
        fail(why) {
          leave()
          reject(new Error(`${what}: ${why}`))
        },
      }
      if (this.#closed !== undefined) {
        waiter.fail(this.#closed)
        return
      }
      this.#waiters.add(waiter)
      timer = this.#clock.after(within, () => {
        waiter.look()
        if (this.#waiters.has(waiter)) waiter.fail(`not within ${within} ms; ${now()}`)
      })
      waiter.look()
    })
  }

  /** Something has happened: the conditions are looked at once this turn is over. */
  touch(): void {
    if (this.#due || this.#waiters.size === 0) return
    this.#due = true
    this.#clock.soon(() => {
      this.#due = false
      for (const waiter of [...this.#waiters]) waiter.look()
    })
  }

  /** Nothing will happen any more. @param why half a sentence for those who still wait, and who will */
  close(why: string): void {
    this.#closed = why
    for (const waiter of [...this.#waiters]) waiter.fail(why)
  }
}
