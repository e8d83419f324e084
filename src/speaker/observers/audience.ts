/** Those who watch, by name: whoever throws is written to the log, and nobody else notices. */

import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'

/** Somebody who watches. */
export interface Watcher<Part extends object> {
  readonly observer: Part
  /** It hears nothing more, not even the rest of what all are hearing just now. */
  gone: boolean
}

/** What one observer throws is written at most once in this time, milliseconds; the rest is counted. */
const QUIET = 10_000

/** Calls observers so that none can do harm by throwing. */
export class Audience {
  readonly #clock: Clock
  readonly #log: Log
  /** Names, by the parts of an observer that are called. */
  readonly #names = new WeakMap<object, string>()
  readonly #failures = new Map<string, { at: number; more: number }>()

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  /** Notes whose part this is. */
  introduce(part: object, name: string): void {
    this.#names.set(part, name)
  }

  /** Runs `call`, which tells an observer something, unless that has gone meanwhile. */
  tell<Part extends object>(watcher: Watcher<Part>, call: (observer: Part) => void): void {
    if (watcher.gone) return
    try {
      call(watcher.observer)
    } catch (error) {
      this.failed(watcher.observer, error)
    }
  }

  /** The same for all of them, in the order in which they came. */
  tellAll<Part extends object>(watchers: readonly Watcher<Part>[], call: (observer: Part) => void): void {
    for (const watcher of watchers) this.tell(watcher, call)
  }

  /** Something was thrown by the observer whose part this is. */
  failed(part: object, error: unknown): void {
    const observer = this.#names.get(part) ?? 'unknown'
    const now = this.#clock.now()
    const last = this.#failures.get(observer)
    if (last !== undefined && now - last.at < QUIET) {
      last.more++
      return
    }
    this.#failures.set(observer, { at: now, more: 0 })
    const before = last === undefined || last.more === 0 ? '' : ` (and ${last.more} times more before)`
    this.#log.error({ err: error, observer }, `observer ${observer} failed${before}: it goes on hearing`)
  }
}
