/** What comes later in the order in which it was sent: one direction of a slow connection. */

import type { Cancel, Clock } from '../ports/clock.js'

interface Item {
  /** Of the clock, milliseconds. */
  readonly at: number
  /** Octets that wait in it. */
  readonly size: number
  readonly run: () => void
}

/** A queue of things to do, each after its delay and never before the one ahead of it. */
export class DelayLine {
  readonly #clock: Clock
  readonly #items: Item[] = []
  #paused = false
  #size = 0
  #timer: Cancel | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Octets that wait. */
  get size(): number {
    return this.#size
  }

  /** While it is paused nothing is done, whatever is due. */
  pause(paused: boolean): void {
    this.#paused = paused
    if (!paused) this.#arm()
  }

  /**
   * @param delay milliseconds; 0: at once, during the call, unless something is ahead of it or the line is paused
   * @param size octets
   */
  push(delay: number, size: number, run: () => void): void {
    if (delay <= 0 && this.#items.length === 0 && !this.#paused) {
      run()
      return
    }
    const due = this.#clock.now() + Math.max(0, delay)
    this.#items.push({ at: Math.max(due, this.#items.at(-1)?.at ?? due), size, run })
    this.#size += size
    this.#arm()
  }

  /** Forgets what waits. */
  clear(): void {
    this.#items.length = 0
    this.#size = 0
    this.#timer?.()
    this.#timer = undefined
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#items.length === 0 || this.#paused) return
    this.#timer = this.#clock.after(this.#items[0].at - this.#clock.now(), () => {
      this.#timer = undefined
      this.#run()
      this.#arm()
    })
  }

  #run(): void {
    const now = this.#clock.now()
    while (this.#items.length > 0 && this.#items[0].at <= now && !this.#paused) {
      const item = this.#items.shift()!
      this.#size -= item.size
      item.run()
    }
  }
}
