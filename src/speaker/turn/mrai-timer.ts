/** The time between two runs of announcements to one neighbor (MRAI). */

import type { Cancel, Clock } from '../../ports/clock.js'

/**
 * MinRouteAdvertisementIntervalTimer of one neighbor and family (RFC 4271 §9.2.1.1): a run of announcements
 * leaves at once, what changes in the interval after it is sent together at its end. Withdrawals do not wait:
 * a route that is gone must not draw traffic for the sake of fewer messages, and FRR does not hold them back
 * either.
 */
export class MraiTimer {
  readonly #clock: Clock
  readonly #go: () => void
  #interval: number
  #seed: number
  #announced = false
  #timer: Cancel | undefined

  /**
   * @param interval seconds; 0: nothing ever waits
   * @param seed of the jitter
   * @param go called when announcements may be sent again
   */
  constructor(clock: Clock, interval: number, seed: number, go: () => void) {
    this.#clock = clock
    this.#interval = interval
    this.#seed = seed >>> 0
    this.#go = go
  }

  /** True while announcements wait. */
  get running(): boolean {
    return this.#timer !== undefined
  }

  /** Something was announced. */
  announced(): void {
    this.#announced = true
  }

  /** All that there was to announce has been written: the interval begins. */
  rest(): void {
    if (!this.#announced) return
    this.#announced = false
    if (this.#interval === 0) return
    this.#timer = this.#clock.after(this.#interval * 1000 * this.#jitter(), () => {
      this.#timer = undefined
      this.#go()
    })
  }

  /** Another interval; what waits for the former one is sent when the new one is 0. */
  change(interval: number): void {
    this.#interval = interval
    if (interval > 0 || this.#timer === undefined) return
    this.close()
    this.#go()
  }

  close(): void {
    this.#timer?.()
    this.#timer = undefined
  }

  /** 0.75 to 1 (RFC 4271 §10). */
  #jitter(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return 0.75 + this.#seed / 2 ** 34
  }
}
