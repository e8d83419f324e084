/** Deletions of own routes that `ip monitor` shows: an own one, the kernel's, or a foreign hand's. */
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { RouteLine } from '../kernel/route-line.js'
import type { Installer } from './installer.js'

/** A deletion seen is believed to be foreign when it is still unexplained so many milliseconds later. */
const SUSPICION = 30

interface Suspect {
  readonly prefix: string
  readonly nhid: number
  /** Sequence number of the last line written when it was shown. */
  readonly heard: number
  /** Clock time of that. */
  readonly at: number
}

/** Deletions whose cause is not clear yet; those that nothing explains are put back. */
export class DeletionSuspects {
  readonly #clock: Clock
  readonly #log: Log
  #suspects: Suspect[] = []

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /** A link that goes down deletes IPv6 routes before it is announced itself: it is looked into a moment later. */
  add({ prefix, nhid }: RouteLine, installer: Installer): void {
    const suspect = { prefix, nhid, heard: installer.written, at: this.#clock.now() }
    if (this.#suspects.push(suspect) === 1) this.#wait(SUSPICION, installer)
  }

  #wait(ms: number, installer: Installer): void {
    this.#clock.after(ms, () => {
      const now = this.#clock.now()
      const young = this.#suspects.findIndex(({ at }) => now - at < SUSPICION)
      const due = this.#suspects.splice(0, young < 0 ? this.#suspects.length : young)
      if (this.#suspects.length > 0) this.#wait(this.#suspects[0].at + SUSPICION - now, installer)
      // An own deletion is shown before it is known to be done.
      if (due.length > 0) installer.linesDone().then(() => this.#judge(due, installer))
    })
  }

  #judge(due: readonly Suspect[], installer: Installer): void {
    const foreign = due.filter(({ prefix, nhid, heard }) => installer.deleted(prefix, nhid, heard))
    if (foreign.length === 0) return
    const [{ prefix }] = foreign
    const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''
    const text = `route ${prefix}${more} deleted by someone else: put back`
    this.#log.warn({ prefix, routes: foreign.length }, text)
    installer.flush()
  }
}
