/** Ends a timer; calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void

/** Time as the core sees it. Production: daemon/clock.ts. Tests: a manual clock. */
export interface Clock {
  /** Monotonic milliseconds, for intervals. */
  now(): number
  /** Milliseconds since 1970, for what people read. */
  wall(): number
  /** The same in microseconds, an integer as fine as the machine has it: for records of single messages. */
  micros(): number
  /** Calls `fn` once, `ms` milliseconds from now (0: as soon as possible, never synchronously). */
  after(ms: number, fn: () => void): Cancel
  /** Calls `fn` once after pending I/O has had its turn: the way that long work yields. */
  soon(fn: () => void): void
}

/** A random source in [0, 1), injected so that jitter can be tested. */
export type Random = () => number
