import type { Cancel, Clock } from '../ports/clock.js'

/** Longest delay that setTimeout takes (32 bits, signed): some 24 days. */
const LONGEST = 2 ** 31 - 1

/** The machine's clock, as the core sees it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms: number, fn: () => void): Cancel {
    let timer: NodeJS.Timeout
    const start = (left: number) => {
      timer = left > LONGEST ? setTimeout(() => start(left - LONGEST), LONGEST) : setTimeout(fn, left)
    }
    start(Math.max(0, ms))
    return () => clearTimeout(timer)
  },
  soon(fn: () => void): void {
    setImmediate(fn)
  },
}
