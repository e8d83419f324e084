/** Hands messages of every session to those who want them; there while somebody does. */

import type { Clock } from '../../ports/clock.js'
import type { Microseconds, ObservedMessage, ObservedSession, SessionObserver } from '../../ports/observer.js'
import { HEADER_LENGTH } from '../../wire/message.js'
import type { Audience, Watcher } from './audience.js'

/** Tells messages one by one. */
export class MessageTap {
  readonly #clock: Clock
  readonly #audience: Audience
  readonly #watchers: readonly Watcher<SessionObserver>[]

  /** @param watchers those with a `message` part */
  constructor(clock: Clock, audience: Audience, watchers: readonly Watcher<SessionObserver>[]) {
    this.#clock = clock
    this.#audience = audience
    this.#watchers = watchers
  }

  /** Now, for octets that came and may be worked on later. */
  stamp(): Microseconds {
    return this.#clock.micros()
  }

  /**
   * A message came, or octets that are none.
   * @param type undefined for octets that are no whole message
   * @param at when its last octet came; 0: nobody watched then, it counts as come now
   */
  came(
    session: ObservedSession,
    type: number | undefined,
    bytes: Uint8Array,
    start: number,
    end: number,
    at: Microseconds,
  ): void {
    const octets = bytes.subarray(start, end)
    this.#tell(session, { direction: 'in', at: at === 0 ? this.stamp() : at, type, octets })
  }

  /**
   * The transport has taken over what one write queued.
   * @param bytes whole messages, one behind the other
   */
  went(session: ObservedSession, bytes: Uint8Array): void {
    const at = this.stamp()
    for (let start = 0; start + HEADER_LENGTH <= bytes.length; ) {
      const end = start + ((bytes[start + 16] << 8) | bytes[start + 17])
      this.#tell(session, {
        direction: 'out',
        at,
        type: bytes[start + 18],
        octets: bytes.subarray(start, end),
      })
      start = end
    }
  }

  #tell(session: ObservedSession, message: ObservedMessage): void {
    // Not by the audience's tell(): this is the one place where a closure each would count.
    for (const { observer, gone } of this.#watchers) {
      if (gone) continue
      try {
        observer.message?.(session, message)
      } catch (error) {
        this.#audience.failed(observer, error)
      }
    }
  }
}
