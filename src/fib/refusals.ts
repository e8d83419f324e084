/** Routes that the kernel or a guard refused: why, and when to try again. */
import type { Route } from './routes.js'

/** Longest pause between two attempts, milliseconds, unless the configured pause is longer. */
const LONGEST = 60_000

export interface Refusal {
  reason: string
  /** Another's route is in the way. */
  readonly occupied: boolean
  /** Attempts so far. */
  attempts: number
  /** Clock time of the next attempt; Infinity: only when something changes. */
  next: number
  /** It stands in the log. */
  logged: boolean
}

export class Refusals {
  readonly #routes = new Map<Route, Refusal>()
  readonly #pause: number

  /** @param pause milliseconds before the second attempt; doubled each time up to a minute */
  constructor(pause: number) {
    this.#pause = pause
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

  /** @returns the refusal, the known one when only another attempt failed for the same reason */
  add(route: Route, reason: string, occupied: boolean, now: number): Refusal {
    const known = this.#routes.get(route)
    const attempts = (known?.attempts ?? 0) + 1
    const next = now + Math.min(this.#pause * 2 ** Math.min(attempts - 1, 16), Math.max(LONGEST, this.#pause))
    if (known !== undefined && known.occupied === occupied && (occupied || known.reason === reason)) {
      known.attempts = attempts
      known.next = next
      return known
    }
    const refusal = { reason, occupied, attempts, next, logged: false }
    this.#routes.set(route, refusal)
    return refusal
  }

  /** A guard's refusal: nothing to try until what is protected, or the guard, changes. */
  block(route: Route, reason: string): Refusal {
    const known = this.#routes.get(route)
    if (known?.reason === reason) return known
    const refusal = { reason, occupied: false, attempts: 0, next: Number.POSITIVE_INFINITY, logged: false }
    this.#routes.set(route, refusal)
    return refusal
  }

  clear(route: Route): void {
    this.#routes.delete(route)
  }

  /** The kernel took the route. A guard's refusal that came meanwhile stands. */
  succeeded(route: Route): void {
    if (Number.isFinite(this.#routes.get(route)?.next)) this.#routes.delete(route)
  }

  /** True when some route is to be tried again in time. */
  waiting(): boolean {
    for (const refusal of this.#routes.values()) if (Number.isFinite(refusal.next)) return true
    return false
  }

  /** Routes whose next attempt is due. */
  due(now: number): Route[] {
    const routes: Route[] = []
    for (const [route, refusal] of this.#routes) if (refusal.next <= now) routes.push(route)
    return routes
  }
}
