import type { Clock } from '../../ports/clock.js'

/** How long a group may stand unused before it is removed, milliseconds: flapping prefixes find theirs again. */
const LINGER = 1000

export interface CleaningOptions {
  readonly clock: Clock
  /** Removes groups without routes and objects without groups. @returns whether a line was written */
  readonly unused: () => boolean
  /** Nothing may be removed at present: what the kernel has is not known. */
  readonly holding: () => boolean
  /** Objects of an earlier run may go: the first routes are complete, and none is on its way. */
  readonly leftoversMayGo: () => 'never' | 'later' | 'now'
  readonly remove: (id: number) => void
  /** Hands the lines to the child. */
  readonly flush: () => void
}

/** Removes what is unused, after a while; and objects that an earlier run with other options left behind. */
export class Cleaning {
  readonly #options: CleaningOptions
  #due = false
  #stopped = false
  #leftovers: readonly number[] = []

  constructor(options: CleaningOptions) {
    this.#options = options
  }

  /** Objects of an earlier run, to be removed once no own route needs them. */
  leftOver(ids: readonly number[]): void {
    this.#leftovers = [...ids]
    this.soon()
  }

  /** Something may be unused by now. */
  soon(): void {
    if (this.#due || this.#stopped) return
    this.#due = true
    this.#options.clock.after(LINGER, () => {
      this.#due = false
      if (this.#stopped) return
      if (this.#options.holding()) this.soon()
      else if (this.#clean()) this.#options.flush()
    })
  }

  stop(): void {
    this.#stopped = true
  }

  /** @returns whether a line was written */
  #clean(): boolean {
    const written = this.#options.unused()
    if (this.#leftovers.length === 0) return written
    const when = this.#options.leftoversMayGo()
    if (when === 'never') return written
    if (when === 'later') {
      this.soon()
      return written
    }
    for (const id of this.#leftovers) this.#options.remove(id)
    this.#leftovers = []
    return true
  }
}
