/** Routes that the kernel or a guard refused: why, said once, and when to try again. */
import type { Clock, Log } from '../ports/index.js'
import { RefusalLog } from './refusal-log.js'
import type { Route } from './routes.js'

/** Longest pause between two attempts, milliseconds, unless the configured pause is longer. */
const LONGEST = 60_000
/** How often it is looked whose time has come. */
const TICK = 1000

export interface Refusal {
  reason: string
  /** Another's route is in the way. */
  readonly occupied: boolean
  /** Attempts so far. */
  attempts: number
  /** Clock time of the next attempt; Infinity: only when something changes (a guard's refusal). */
  next: number
  /** It stands in the log. */
  logged: boolean
}

export interface RefusalsOptions {
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds before the second attempt; doubled each time up to a minute. */
  readonly pause: number
  /** These are to be tried again. */
  readonly retry: (routes: readonly Route[]) => void
}

/** Refused routes by prefix, each with the reason and the time of its next attempt. */
export class Refusals {
  readonly #routes = new Map<Route, Refusal>()
  readonly #options: RefusalsOptions
  readonly #log: RefusalLog
  #ticking = false
  #hopes = 0

  constructor(options: RefusalsOptions) {
    this.#options = options
    this.#log = new RefusalLog(options.log, options.clock)
  }

  get size(): number {
    return this.#routes.size
  }

  get(route: Route): Refusal | undefined {
    return this.#routes.get(route)
  }

  entries(): Iterable<[Route, Refusal]> {
    return this.#routes.entries()
  }

  /** True when a guard keeps it out. */
  isBlocked(route: Route): boolean {
    return this.#routes.get(route)?.next === Number.POSITIVE_INFINITY
  }

  /** True when the kernel refused it lately: it is not its time yet. */
  mustWait(route: Route): boolean {
    const next = this.#routes.get(route)?.next
    return next !== undefined && Number.isFinite(next) && next > this.#options.clock.now()
  }

  /** Ascends with every `hope`: a line remembers the number that it was written at. */
  get hopes(): number {
    return this.#hopes
  }

  /**
   * The kernel refused a line.
   * @param occupied another's route is in the way: logged only when `occupant` says whose
   * @param hopes `hopes` when the line was written: one that is older than the last hope says nothing of what
   *   the kernel would do now, and is written again at once
   * @returns true when this is news
   */
  add(route: Route, reason: string, occupied: boolean, hopes: number): boolean {
    const { clock, pause } = this.#options
    const known = this.#routes.get(route)
    const outdated = !occupied && hopes !== this.#hopes
    const attempts = (known?.attempts ?? 0) + (outdated ? 0 : 1)
    const wait = Math.min(pause * 2 ** Math.min(attempts - 1, 16), Math.max(LONGEST, pause))
    const next = clock.now() + (outdated ? 0 : wait)
    this.#tick()
    if (known !== undefined && known.occupied === occupied && (occupied || known.reason === reason)) {
      known.attempts = attempts
      known.next = next
      return false
    }
    const refusal = { reason, occupied, attempts, next, logged: false }
    this.#routes.set(route, refusal)
    if (!occupied) this.#log.add(route.prefix, refusal)
    return true
  }

  /** A guard's refusal: nothing to try until what is protected, or the guard, changes. */
  block(route: Route, reason: string): void {
    if (this.#routes.get(route)?.reason === reason) return
    const refusal = { reason, occupied: false, attempts: 0, next: Number.POSITIVE_INFINITY, logged: false }
    this.#routes.set(route, refusal)
    this.#log.add(route.prefix, refusal)
  }

  /** What the kernel holds in an occupied route's place; undefined: nothing (any more). */
  occupant(route: Route, reason: string | undefined): void {
    const refusal = this.#routes.get(route)
    if (!refusal?.occupied) return
    if (reason === undefined) {
      this.unblocked(route)
      return
    }
    refusal.reason = reason
    this.#log.add(route.prefix, refusal)
    this.#log.flush()
  }

  /** The obstacle in an occupied route's way is gone: tried again at once. */
  unblocked(route: Route): void {
    const refusal = this.#routes.get(route)
    if (!refusal?.occupied) return
    refusal.next = this.#options.clock.now()
    this.#options.retry([route])
  }

  /** The network changed, gateways may be back: what was refused for want of them may be tried at once. */
  hope(): void {
    this.#hopes++
    const now = this.#options.clock.now()
    for (const refusal of this.#routes.values()) {
      if (!refusal.occupied && Number.isFinite(refusal.next)) refusal.next = now
    }
  }

  /** The kernel took the route, or nothing is to be tried. A guard's refusal that came meanwhile stands. */
  succeeded(route: Route): void {
    if (!this.isBlocked(route)) this.#routes.delete(route)
  }

  clear(route: Route): void {
    this.#routes.delete(route)
  }

  /** Logs what was kept back to be summed up. */
  flushLog(): void {
    this.#log.flush()
  }

  #tick(): void {
    if (this.#ticking) return
    this.#ticking = true
    const { clock, pause, retry } = this.#options
    clock.after(Math.min(TICK, pause), () => {
      this.#ticking = false
      const now = clock.now()
      const due: Route[] = []
      let waiting = false
      for (const [route, { next }] of this.#routes) {
        if (next <= now) due.push(route)
        waiting ||= Number.isFinite(next)
      }
      if (waiting) this.#tick()
      retry(due)
    })
  }
}
