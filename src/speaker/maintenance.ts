/** Maintenance of the whole speaker: who began it, and whether it lasts. */

import type { Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import type { Events } from './events/events.js'
import type { OperationOutcome, OperatorAction } from './model/operation.js'
import type { SpeakerOptions } from './model/options.js'

/**
 * Maintenance of the whole speaker (RFC 8326 §4): while it lasts every route is announced with GRACEFUL_SHUTDOWN,
 * so that neighbors move their traffic away before anything is shut down. The configuration or an operator
 * begins it; what an operator began outlives a changed configuration, not the process.
 */
export class Maintenance {
  readonly #clock: Clock
  readonly #log: Log
  readonly #events: Events
  #begun: OperatorAction | undefined

  constructor(clock: Clock, log: Log, events: Events) {
    this.#clock = clock
    this.#log = log
    this.#events = events
  }

  /** Begun by an operator; undefined: not by one. */
  get action(): OperatorAction | undefined {
    return this.#begun
  }

  /** Whether it lasts. */
  active(options: SpeakerOptions): boolean {
    return options.maintenance === true || this.#begun !== undefined
  }

  /**
   * An operator begins or ends it.
   * @param by who asks, for people
   */
  set(on: boolean, by: string, options: SpeakerOptions): OperationOutcome {
    const before = this.active(options)
    if (!on && options.maintenance === true) {
      const text = 'Maintenance is on by the configuration'
      const remedy = 'Take `maintenance` out of the configuration file, then `ecmpd reload`'
      return { ok: false, reason: 'conflict', text, remedy }
    }
    this.#begun = on ? { by, at: this.#clock.wall() } : undefined
    if (before === on) return { ok: true, text: `Maintenance was ${on ? 'on' : 'off'} already` }
    this.#say(on, by)
    const text = on
      ? 'Maintenance is on: all routes are announced with GRACEFUL_SHUTDOWN'
      : 'Maintenance is off: all routes are announced as before'
    return { ok: true, text }
  }

  /** Another configuration holds. @returns whether that began or ended it */
  applied(before: SpeakerOptions, after: SpeakerOptions): boolean {
    if (this.active(before) === this.active(after)) return false
    this.#say(this.active(after), 'the configuration')
    return true
  }

  #say(on: boolean, by: string): void {
    const what = on ? 'begins: routes are announced with GRACEFUL_SHUTDOWN' : 'ends'
    this.#log.info({ maintenance: on, by }, `maintenance ${what}, by ${by}`)
    this.#events.add({ type: 'maintenance', on, by })
  }
}
