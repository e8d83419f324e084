/**
 * When the first routes are complete after a start: until then the kernel keeps what it had, and a restart stays
 * unannounced.
 */

import type { Cancel, Clock } from '../ports/clock.js'

/** Milliseconds without an UPDATE after which a neighbor that sends no End-of-RIB counts as complete. */
const QUIET = 3_000
/**
 * Milliseconds of silence after which a neighbor that has restarted itself seems to wait for us. RFC 4724 §4.1 would
 * not wait for it at all; but FRR sets the R bit in every OPEN and sends its routes a second later.
 */
const RESTARTED_QUIET = 5_000
/** Milliseconds after which a neighbor that is dialled and not there is no longer waited for. */
export const ABSENT = 30_000
/** Seconds after which nobody is waited for any longer, unless configured (RFC 4724 §4.1). */
export const DEFERRAL = 120
/** Milliseconds between two looks while quiet times run. */
const LOOK = 500

/** A neighbor that is expected, as the question "are the first routes here" sees it. */
export interface Expected {
  readonly established: boolean
  /** The neighbor announced graceful restart: its End-of-RIB will come. */
  readonly sendsEndOfRib: boolean
  /** End-of-RIB is here for every negotiated family. */
  readonly complete: boolean
  /** The neighbor has restarted itself (R bit): it may wait for us. */
  readonly restarting: boolean
  /** It is never dialled: when it comes is its own choice. */
  readonly passive: boolean
  /** Clock time of its last UPDATE, or of the start of the session, milliseconds. */
  readonly lastUpdate: number
}

/** How long is waited, milliseconds. */
export interface WaitLimits {
  /** For anybody. */
  readonly deferral: number
  /** For neighbors that dial us and are not there; at least as long for those that nobody knows beforehand. */
  readonly passive: number
  /** Neighbors may come that nobody knows beforehand (listen ranges), and are worth waiting for. */
  readonly dynamic: boolean
}

export interface InitialConvergenceParts {
  readonly clock: Clock
  waits(): WaitLimits
  /** Whether a test holds for every neighbor that is expected. */
  every(test: (neighbor: Expected) => boolean): boolean
  /**
   * Routes can be chosen and announced: all are here but those of neighbors that have restarted themselves, which
   * may wait for ours. Called once, before `done`.
   */
  selected(): void
  /** The first routes are complete. Called once. */
  done(): void
}

type Test = (neighbor: Expected, waited: number, limits: WaitLimits) => boolean

/**
 * Finds out when the first complete set of routes is known, once in a run: every neighbor that is expected
 * has sent its End-of-RIB or, without one, has been quiet; those who do not come are waited for only so long.
 */
export class InitialConvergence {
  readonly #parts: InitialConvergenceParts
  #selected = false
  #converged = false
  #running = false
  #started = 0
  #cancel: Cancel | undefined

  constructor(parts: InitialConvergenceParts) {
    this.#parts = parts
  }

  get converged(): boolean {
    return this.#converged
  }

  start(): void {
    this.#started = this.#parts.clock.now()
    this.#running = true
    this.look()
  }

  stop(): void {
    this.#running = false
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** Looks whether it is time; called when something happened that may make it so. */
  look(): void {
    if (this.#converged || !this.#running) return
    const now = this.#parts.clock.now()
    const isComplete: Test = (one, waited, limits) => isReady(one, now, waited, limits)
    const complete = this.#holds(isComplete)
    const mayWait: Test = (one, ...rest) =>
      (one.established && one.restarting && now - one.lastUpdate >= RESTARTED_QUIET) ||
      isComplete(one, ...rest)
    if (!this.#selected && (complete || this.#holds(mayWait))) {
      this.#selected = true
      this.#parts.selected()
    }
    if (complete) {
      this.#converged = true
      this.stop()
      this.#parts.done()
    } else if (this.#cancel === undefined) {
      this.#cancel = this.#parts.clock.after(LOOK, () => {
        this.#cancel = undefined
        this.look()
      })
    }
  }

  #holds(test: Test): boolean {
    const limits = this.#parts.waits()
    const waited = this.#parts.clock.now() - this.#started
    if (waited >= limits.deferral) return true
    if (limits.dynamic && waited < limits.passive) return false
    return this.#parts.every((one) => test(one, waited, limits))
  }
}

function isReady(neighbor: Expected, now: number, waited: number, limits: WaitLimits): boolean {
  if (!neighbor.established) return waited >= (neighbor.passive ? limits.passive : ABSENT)
  return neighbor.complete || (!neighbor.sendsEndOfRib && now - neighbor.lastUpdate >= QUIET)
}
