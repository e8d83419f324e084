/**
 * Changes of a neighbor's state as events and in the log. A neighbor that doesn't answer goes round from Connect to
 * Active for as long as it is away: the first round is an event, the others are counted.
 */

import type { Log } from '../../ports/log.js'
import type { State } from '../../session/types.js'
import type { Events } from './events.js'

/** Whose state it is. */
interface Changing {
  readonly key: string
  readonly name: string
  readonly running: boolean
  readonly options: { readonly description?: string }
}

interface Change {
  readonly from: State
  readonly to: State
  readonly cause: string
}

/** Dials since the last change that became an event. */
interface Rounds {
  /** Dials that came to nothing. */
  failed: number
  /** Of these, those that events have named. */
  named: number
  /** Why the last one came to nothing. */
  cause: string
  /** TCP is up: an event if anything comes of it. */
  pending: Change | undefined
}

/** Tells changes of state, and counts those of dialling. */
export class SessionEvents {
  readonly #log: Log
  readonly #events: Events
  readonly #rounds = new WeakMap<Changing, Rounds>()

  constructor(log: Log, events: Events) {
    this.#log = log
    this.#events = events
  }

  changed(neighbor: Changing, from: State, to: State, cause: string): void {
    const change = { from, to, cause }
    const rounds = this.#rounds.get(neighbor)
    if (rounds === undefined) {
      if (isDial(change, neighbor)) {
        this.#rounds.set(neighbor, { failed: 0, named: 0, cause, pending: undefined })
      }
      this.#tell(neighbor, change)
      return
    }
    if (from === 'Connect' && to === 'OpenSent') rounds.pending = change
    else if (isFailure(change, neighbor, rounds)) this.#failed(neighbor, change, rounds)
    else if (!isDial(change, neighbor)) {
      this.#count(neighbor, rounds)
      if (rounds.pending !== undefined) this.#tell(neighbor, rounds.pending)
      this.#rounds.delete(neighbor)
      this.#tell(neighbor, change)
    }
  }

  #failed(neighbor: Changing, change: Change, rounds: Rounds): void {
    const { cause } = change
    if (rounds.failed > 0 && cause !== rounds.cause) this.#count(neighbor, rounds)
    rounds.failed++
    if (rounds.failed === 1 || cause !== rounds.cause) {
      if (rounds.pending !== undefined) this.#tell(neighbor, rounds.pending)
      this.#tell(neighbor, change)
      rounds.named = rounds.failed
    }
    rounds.pending = undefined
    rounds.cause = cause
    // With 10, 100, 1,000 …: that it still is away, and how often it was dialled.
    if (rounds.failed >= 10 && /^10*$/.test(String(rounds.failed))) this.#count(neighbor, rounds)
  }

  /** The dials without an event of their own, in one event. */
  #count(neighbor: Changing, rounds: Rounds): void {
    const { failed, named, cause } = rounds
    if (failed <= named) return
    rounds.named = failed
    const { key, name, options } = neighbor
    const { description } = options
    this.#log.debug(
      { neighbor: key, dials: failed },
      `neighbor ${name}: ${failed} dials without a session: ${cause}`,
    )
    this.#events.add({ type: 'dials', neighbor: key, description, count: failed, cause })
  }

  #tell(neighbor: Changing, { from, to, cause }: Change): void {
    const { key, name, options } = neighbor
    const { description } = options
    this.#log.debug({ neighbor: key, from, to }, `neighbor ${name} ${from} -> ${to}: ${cause}`)
    this.#events.add({ type: 'session', neighbor: key, description, from, to, cause })
  }
}

/** A stop is an event, whatever it interrupts. */
function isDial({ from, to }: Change, { running }: Changing): boolean {
  return running && to === 'Connect' && (from === 'Idle' || from === 'Active')
}

/** It went back to waiting: no connection, or one that ended before the neighbor's OPEN. */
function isFailure({ from, to }: Change, { running }: Changing, { pending }: Rounds): boolean {
  return running && to === 'Active' && (from === 'Connect' || (from === 'OpenSent' && pending !== undefined))
}
