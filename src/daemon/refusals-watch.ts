/** Makes events of routes that are not in the kernel because it, or the guard, refused them, and of those that are again. */

import type { Cancel, Clock } from '../ports/clock.js'
import type { FibPort, FibRouteView } from '../ports/fib.js'
import type { FibReport } from '../speaker/model/event.js'
import { every } from './every.js'

/** Milliseconds between two looks. What is refused for less is not told: the log may have it. */
const INTERVAL = 2000
/** Events of a look, of each kind: what is beyond them is counted in the last. */
const SINGLE = 10

export interface RefusalsWatchParts {
  readonly clock: Clock
  readonly fib: Pick<FibPort, 'refused' | 'route'>
  report(event: FibReport): void
}

/** Looks at the refused routes regularly, which costs as much as there are of them. */
export class RefusalsWatch {
  readonly #parts: RefusalsWatchParts
  /** Reasons by prefix, as of the last look. */
  #known: ReadonlyMap<string, string | undefined> = new Map()
  #cancel: Cancel | undefined

  constructor(parts: RefusalsWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#cancel = every(this.#parts.clock, INTERVAL, () => this.#look())
  }

  stop(): void {
    this.#cancel?.()
  }

  #look(): void {
    const { fib } = this.#parts
    const before = this.#known
    const refused = fib.refused()
    if (refused.length === 0 && before.size === 0) return
    this.#known = new Map(refused.map(({ prefix, reason }) => [prefix, reason]))
    const news = refused.filter(({ prefix, reason }) => !before.has(prefix) || before.get(prefix) !== reason)
    this.#report('refused', news)
    const gone = [...before.keys()].filter((prefix) => !this.#known.has(prefix))
    // One that nobody wants any more is no success.
    const installed = gone.filter((prefix) => fib.route(prefix)?.state === 'installed')
    this.#report(
      'installed',
      installed.map((prefix) => ({ prefix })),
    )
  }

  #report(change: FibReport['change'], routes: readonly Pick<FibRouteView, 'prefix' | 'reason'>[]): void {
    const more = routes.length - SINGLE
    for (const [i, { prefix, reason }] of routes.slice(0, SINGLE).entries()) {
      this.#parts.report({
        type: 'fib',
        change,
        prefix,
        ...(reason === undefined ? {} : { reason }),
        ...(more > 0 && i === SINGLE - 1 ? { more } : {}),
      })
    }
  }
}
