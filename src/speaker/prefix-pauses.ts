/** Neighbors that announced more than they may and are kept out for a while (`maximum-prefix`, RFC 4486 §4). */

import type { Cancel, Clock } from '../ports/clock.js'
import type { NeighborKey } from '../session/neighbor-key.js'
import type { FamilyOptions, NeighborOptions } from './model/options.js'
import type { PrefixPause } from './model/pause.js'
import { acceptance, same } from './reload/difference.js'

/** Milliseconds for which a neighbor is kept out whose limit says nothing of that. */
const USUAL = 60_000
/** Addresses remembered, so that a listen range full of offenders fills no memory; beyond, the oldest comes in. */
const REMEMBERED = 10_000

interface Kept {
  readonly pause: PrefixPause
  /** What it broke: it is over as soon as this is no longer what is configured. */
  readonly terms: unknown
  readonly cancel: Cancel
}

/**
 * Pauses by address: whoever comes from it is kept out, be it the neighbor that announced too much or a new one that a
 * listen range made of its next connection.
 */
export class PrefixPauses {
  readonly #clock: Clock
  readonly #over: (key: NeighborKey, pause: PrefixPause) => void
  readonly #kept = new Map<NeighborKey, Kept>()

  /** @param over a pause has come to its end by itself */
  constructor(clock: Clock, over: (key: NeighborKey, pause: PrefixPause) => void) {
    this.#clock = clock
    this.#over = over
  }

  /**
   * Keeps a neighbor out from now on.
   * @param offence the family, its limit, and what was counted
   * @returns how long, milliseconds
   */
  begin(
    key: NeighborKey,
    options: NeighborOptions,
    offence: Pick<PrefixPause, 'family' | 'limit' | 'count'>,
  ): number {
    this.lift(key)
    const family = options.families.find((one) => one.family === offence.family)
    const ms = lengthOf(family)
    const until = new Date(this.#clock.wall() + ms).toISOString()
    const pause: PrefixPause = { reason: 'maximum-prefix', ...offence, until }
    const cancel = this.#clock.after(ms, () => {
      this.#kept.delete(key)
      this.#over(key, pause)
    })
    this.#kept.set(key, { pause, terms: termsOf(options, family), cancel })
    if (this.#kept.size > REMEMBERED) this.lift(this.#kept.keys().next().value as NeighborKey)
    return ms
  }

  of(key: NeighborKey): PrefixPause | undefined {
    return this.#kept.get(key)?.pause
  }

  /** Ends a pause. @returns whether there was one */
  lift(key: NeighborKey): boolean {
    const kept = this.#kept.get(key)
    kept?.cancel()
    return this.#kept.delete(key)
  }

  /**
   * Ends a pause if what the neighbor broke is no longer asked of it: another limit, another time, other rules for
   * what counts. @returns whether it did
   */
  reconsider(key: NeighborKey, options: NeighborOptions): boolean {
    const kept = this.#kept.get(key)
    if (kept === undefined) return false
    const family = options.families.find((one) => one.family === kept.pause.family)
    return !same(kept.terms, termsOf(options, family)) && this.lift(key)
  }
}

function lengthOf(family: FamilyOptions | undefined): number {
  const action = family?.maximumPrefixAction
  return typeof action === 'number' ? action * 60_000 : USUAL
}

function termsOf(options: NeighborOptions, family: FamilyOptions | undefined): unknown {
  if (family === undefined) return undefined
  const { maximumPrefix, maximumPrefixAction, maximumPrefixReceived } = family
  return [maximumPrefix, maximumPrefixAction, maximumPrefixReceived, acceptance(options, family)]
}
