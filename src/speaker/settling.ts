import type { Cancel, Clock } from '../ports/clock.js'

/** Milliseconds without an UPDATE after which a neighbour that sends no End-of-RIB counts as complete. */
const QUIET = 3_000
/** Milliseconds after which a neighbour that is not there is no longer waited for. */
const ABSENT = 30_000
/** Milliseconds after which nobody is waited for any longer (RFC 4724 §4.1, Selection_Deferral_Timer). */
const DEFERRAL = 120_000
/** Milliseconds between two looks while quiet times run. */
const LOOK = 500

/** A configured neighbour that is not shut down, as the question "are the first routes here" sees it. */
export interface Expected {
  readonly established: boolean
  /** The neighbour announced graceful restart: its End-of-RIB will come. */
  readonly sendsEndOfRib: boolean
  /** End-of-RIB is here for every negotiated family. */
  readonly complete: boolean
  /** Clock time of its last UPDATE, or of the start of the session, milliseconds. */
  readonly lastUpdate: number
}

/**
 * Finds out when the first complete set of routes is known, once in a run: every neighbour that is expected
 * has sent its End-of-RIB or, without one, has been quiet; those who do not come are waited for only so long.
 */
export class Settling {
  readonly #clock: Clock
  readonly #every: (test: (neighbor: Expected) => boolean) => boolean
  readonly #done: () => void
  #settled = false
  #running = false
  #started = 0
  #cancel: Cancel | undefined

  /**
   * @param every says whether a test holds for every neighbour that is expected
   * @param done is called once, when the routes are settled
   */
  constructor(clock: Clock, every: (test: (neighbor: Expected) => boolean) => boolean, done: () => void) {
    this.#clock = clock
    this.#every = every
    this.#done = done
  }

  get settled(): boolean {
    return this.#settled
  }

  start(): void {
    this.#started = this.#clock.now()
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
    if (this.#settled || !this.#running) return
    const now = this.#clock.now()
    const waited = now - this.#started
    const ready = waited >= DEFERRAL || this.#every((one) => isReady(one, now, waited))
    if (ready) {
      this.#settled = true
      this.stop()
      this.#done()
    } else if (this.#cancel === undefined) {
      this.#cancel = this.#clock.after(LOOK, () => {
        this.#cancel = undefined
        this.look()
      })
    }
  }
}

function isReady(neighbor: Expected, now: number, waited: number): boolean {
  if (!neighbor.established) return waited >= ABSENT
  return neighbor.complete || (!neighbor.sendsEndOfRib && now - neighbor.lastUpdate >= QUIET)
}
