/** Routes that the kernel or a guard refused: why, said once, and when to try again. */
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { Route } from '../groups/routes.js'
import { type LoggedRefusal, RefusalLog } from './refusal-log.js'

/** Longest pause between two attempts, milliseconds, unless the configured pause is longer. */
const LONGEST = 60_000
/** How often it is looked whose time has come. */
const TICK = 1000
/** Milliseconds after a change of the network in which the kernel's own routes may still be coming. */
const UNREST = 1000
/** Pause before a route that was refused in such times is tried again, for the first time. */
const SHORT_PAUSE = 50
/** Places that were found free again and again, and yet were taken: from then on after a pause. */
const QUICK_TRIES = 3

/** Why a route is not in the kernel, and when it is tried again. */
export interface RouteRefusal extends LoggedRefusal {
  reason: string
  /** A route that is not known as own is in the way. */
  readonly occupied: boolean
  /** Whose that is, is yet to be read. It may be an own one: until then nothing counts as refused. */
  unclear: boolean
  /** Attempts so far, without those that the network's changes explain. */
  attempts: number
  /** It was refused, and put off for a moment, right after the network's last change. */
  putOff: boolean
  /** Clock time of the next attempt; Infinity: only when something changes (a guard's refusal). */
  next: number
}

export interface RouteRefusalsOptions {
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds before the second attempt; doubled each time up to a minute. */
  readonly pause: number
  /** These are to be tried again. */
  readonly retry: (routes: readonly Route[]) => void
}

/** Refused routes by prefix, each with the reason and the time of its next attempt. */
export class RouteRefusals {
  readonly #routes = new Map<Route, RouteRefusal>()
  readonly #options: RouteRefusalsOptions
  readonly #log: RefusalLog
  #ticking = false
  /** When a tick was last brought forward, clock time. */
  #hurriedAt = Number.NEGATIVE_INFINITY
  #hopes = 0
  /** When the last was, clock time. */
  #hopedAt = Number.NEGATIVE_INFINITY
  #unclear = 0

  constructor(options: RouteRefusalsOptions) {
    this.#options = options
    this.#log = new RefusalLog(options.log, options.clock)
  }

  /** Refused routes, without those that are `unclear`. */
  get size(): number {
    return this.#routes.size - this.#unclear
  }

  /** Routes whose place is taken, by whom is yet to be read. */
  get unclear(): number {
    return this.#unclear
  }

  get(route: Route): RouteRefusal | undefined {
    return this.#routes.get(route)
  }

  entries(): Iterable<[Route, RouteRefusal]> {
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
   * @param occupied a route is in the way: whose is to be found out, and told to `occupant`
   * @param hopes `hopes` when the line was written: one that is older than the last hope says nothing of what
   *   the kernel would do now, and is written again at once
   * @returns true when this is news, or the occupant is not known
   */
  add(route: Route, reason: string, occupied: boolean, hopes: number): boolean {
    const { clock, pause } = this.#options
    const known = this.#routes.get(route)
    const outdated = !occupied && hopes !== this.#hopes
    const early = !occupied && !outdated && !known?.putOff && clock.now() - this.#hopedAt < UNREST
    const putOff = early || (known?.putOff ?? false)
    const attempts = (known?.attempts ?? 0) + (outdated || early ? 0 : 1)
    const usual = Math.min(pause * 2 ** Math.min(attempts - 1, 16), Math.max(LONGEST, pause))
    const wait = outdated ? 0 : early ? SHORT_PAUSE : usual
    const next = clock.now() + wait
    this.#tick()
    if (early) this.#hurry()
    if (known !== undefined && known.occupied === occupied && (occupied || known.reason === reason)) {
      known.attempts = attempts
      known.next = next
      known.putOff = putOff
      return known.unclear
    }
    const refusal = { reason, occupied, unclear: occupied, attempts, putOff, next, logged: false }
    this.#put(route, refusal)
    if (!occupied) this.#log.add(route.prefix, refusal)
    return true
  }

  /** A guard's refusal: nothing to try until what is protected, or the guard, changes. */
  block(route: Route, reason: string): void {
    if (this.#routes.get(route)?.reason === reason) return
    const next = Number.POSITIVE_INFINITY
    const state = { occupied: false, unclear: false, attempts: 0, putOff: false, logged: false }
    const refusal = { reason, next, ...state }
    this.#put(route, refusal)
    this.#log.add(route.prefix, refusal)
  }

  /** What the kernel holds in an occupied route's place; undefined: nothing (any more). */
  occupant(route: Route, reason: string | undefined): void {
    const refusal = this.#routes.get(route)
    if (!refusal?.occupied) return
    // What is in the way and yet is not shown is not asked for without end.
    if (reason === undefined && refusal.attempts <= QUICK_TRIES) {
      this.unblocked(route)
      return
    }
    this.#clarify(refusal, true)
    if (reason === undefined) return
    refusal.reason = reason
    this.#log.add(route.prefix, refusal)
    this.#log.flush()
  }

  /** The obstacle in an occupied route's way is gone: tried again at once. */
  unblocked(route: Route): void {
    const refusal = this.#routes.get(route)
    if (!refusal?.occupied) return
    this.#clarify(refusal, false)
    refusal.next = this.#options.clock.now()
    this.#options.retry([route])
  }

  /** The network changed, gateways may be back: what was refused for want of them may be tried at once. */
  hope(): void {
    this.#hopes++
    const now = this.#options.clock.now()
    this.#hopedAt = now
    let due = false
    for (const refusal of this.#routes.values()) {
      if (refusal.occupied || !Number.isFinite(refusal.next)) continue
      refusal.next = now
      refusal.attempts = 0
      refusal.putOff = false
      due = true
    }
    if (due) this.#hurry()
  }

  /** The kernel took the route, or nothing is to be tried. A guard's refusal that came meanwhile stands. */
  succeeded(route: Route): void {
    if (!this.isBlocked(route)) this.clear(route)
  }

  clear(route: Route): void {
    if (this.#routes.get(route)?.unclear) this.#unclear--
    this.#routes.delete(route)
  }

  /** Logs what was kept back to be summed up. */
  flushLog(): void {
    this.#log.flush()
  }

  #put(route: Route, refusal: RouteRefusal): void {
    this.clear(route)
    this.#routes.set(route, refusal)
    if (refusal.unclear) this.#unclear++
  }

  #clarify(refusal: RouteRefusal, clear: boolean): void {
    if (refusal.unclear !== clear) return
    refusal.unclear = !clear
    this.#unclear += clear ? -1 : 1
  }

  #tick(): void {
    if (this.#ticking) return
    this.#ticking = true
    const { clock, pause } = this.#options
    clock.after(Math.min(TICK, pause), () => {
      this.#ticking = false
      this.#retryDue()
    })
  }

  /**
   * Links, addresses and routes are announced one by one: a moment later all of them are there. Where they
   * change all the time, the ticks are enough.
   */
  #hurry(): void {
    const { clock } = this.#options
    const now = clock.now()
    if (now - this.#hurriedAt < TICK) return
    this.#hurriedAt = now
    // Not before those that are put off now.
    clock.after(SHORT_PAUSE + 1, () => this.#retryDue())
  }

  #retryDue(): void {
    const now = this.#options.clock.now()
    const due: Route[] = []
    let waiting = false
    for (const [route, { next }] of this.#routes) {
      if (next <= now) due.push(route)
      waiting ||= Number.isFinite(next)
    }
    if (waiting) this.#tick()
    this.#options.retry(due)
  }
}
