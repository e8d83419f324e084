import type { Cancel, Clock } from '../ports/clock.js'

/** Longest delay that setTimeout takes (32 bits, signed): some 24 days. */
const LONGEST = 2 ** 31 - 1

/** What performance.now() lacks to 1970, milliseconds; set anew whenever somebody has set the wall clock. */
let epoch = 0

/** Date.now() says which millisecond it is, performance.now() how far into it: a step of the wall clock is followed. */
function micros(): number {
  const wall = Date.now()
  const monotonic = performance.now()
  const into = epoch + monotonic - wall
  // A millisecond either way: the two are not read at once, and need not turn together.
  if (into >= -1 && into < 2) return Math.floor((epoch + monotonic) * 1000)
  epoch = wall - monotonic
  return wall * 1000
}

/** The machine's clock, as the core sees it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  micros,
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
