/** At what level the log names a neighbor's failures: once each, and dials that nobody answers only when it stays away. */

/** Milliseconds without a session after which an unanswered dial is worth a warning. */
const LONG_AWAY = 30_000
/** Different sentences remembered since the last session; beyond, they may be named again. */
const REMEMBERED = 20

/** What the log said of a neighbor since it was up the last time. */
export class FailureLog {
  readonly #now: () => number
  readonly #said = new Set<string>()
  /** Something was warned of: an OPEN that was refused, or that it stays away. */
  #warned = false
  #since: number

  /** @param now clock time, milliseconds */
  constructor(now: () => number) {
    this.#now = now
    this.#since = now()
  }

  /** A session came up, or ended: what comes now is named anew. */
  restart(): void {
    this.#said.clear()
    this.#warned = false
    this.#since = this.#now()
  }

  /** The level for a connection that failed. */
  failure(text: string): 'debug' | 'warn' {
    this.#warned = true
    return this.#isNew(text) ? 'warn' : 'debug'
  }

  /** The level for a dial without an answer: most nodes dial by themselves, so at first it is nothing special. */
  dial(text: string): 'debug' | 'info' | 'warn' {
    const isNew = this.#isNew(text)
    if (!this.#warned && this.#now() - this.#since >= LONG_AWAY) {
      this.#warned = true
      return 'warn'
    }
    return isNew ? 'info' : 'debug'
  }

  #isNew(text: string): boolean {
    if (this.#said.has(text)) return false
    if (this.#said.size >= REMEMBERED) this.#said.clear()
    this.#said.add(text)
    return true
  }
}
