import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'

/** So many refusals are logged one by one; more of them within an interval are summed up. */
const SINGLE = 10
const INTERVAL = 10_000

/** A refusal as it is logged. */
export interface LoggedRefusal {
  readonly reason: string
  /** It stands in the log. */
  logged: boolean
}

/** One warning for each refused route, and one for many at once. */
export class RefusalLog {
  readonly #log: Log
  readonly #clock: Clock
  #since = Number.NEGATIVE_INFINITY
  #count = 0
  #examples: { prefix: string; reason: string }[] = []
  #more = 0

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Logs a refusal once; many at once are kept for `flush`. */
  add(prefix: string, refusal: LoggedRefusal): void {
    if (refusal.logged) return
    refusal.logged = true
    const now = this.#clock.now()
    if (now - this.#since > INTERVAL) {
      this.#since = now
      this.#count = 0
    }
    const { reason } = refusal
    if (this.#count++ < SINGLE) this.#log.warn({ prefix, reason }, `route ${prefix} refused: ${reason}`)
    else if (this.#examples.length < 3) this.#examples.push({ prefix, reason })
    else this.#more++
  }

  /** Logs those that were kept. */
  flush(): void {
    if (this.#examples.length === 0) return
    const routes = this.#examples.length + this.#more
    this.#log.warn(
      { routes, examples: this.#examples },
      `${routes} more routes refused, ${this.#examples[0].prefix} among them: ${this.#examples[0].reason}`,
    )
    this.#examples = []
    this.#more = 0
  }
}
