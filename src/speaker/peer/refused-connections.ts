/** Connections that were refused before any session: said once in a while, with the remedy. */

import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { Endpoint } from '../../ports/transport.js'
import type { Events } from '../events/events.js'

/** A refused speaker tries again every few seconds; it is reported once in this time, milliseconds. */
const QUIET = 60_000
/** Refused addresses remembered; beyond, the oldest is forgotten. */
const REMEMBERED = 1000

/** Reports connections that are refused: who it was, why, and what to do if it was meant to get in. */
export class RefusedConnections {
  readonly #clock: Clock
  readonly #log: Log
  readonly #events: Events
  readonly #last = new Map<string, { at: number; cause: string; again: number }>()

  constructor(clock: Clock, log: Log, events: Events) {
    this.#clock = clock
    this.#log = log
    this.#events = events
  }

  /**
   * @param cause what was wrong, half a sentence
   * @param remedy what to do, half a sentence
   */
  report(remote: Endpoint, cause: string, remedy: string): void {
    const now = this.#clock.now()
    const known = this.#last.get(remote.address)
    if (known !== undefined && known.cause === cause && now - known.at < QUIET) {
      known.again++
      return
    }
    this.#last.delete(remote.address)
    this.#last.set(remote.address, { at: now, cause, again: 0 })
    if (this.#last.size > REMEMBERED) this.#last.delete(this.#last.keys().next().value as string)
    const again = known !== undefined && known.again > 0 ? ` (and ${known.again} times before)` : ''
    const text = `refused a connection from ${remote.address} port ${remote.port}: ${cause}${again}; ${remedy}`
    this.#log.warn({ address: remote.address, port: remote.port }, text)
    this.#events.add({
      type: 'refused',
      address: remote.address,
      port: remote.port,
      cause: `${cause}; ${remedy}`,
    })
  }
}
