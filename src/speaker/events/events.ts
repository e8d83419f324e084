/** The last events, for those who look back and those who listen. */

import type { Log } from '../../ports/log.js'
import type { NeighborKey } from '../../session/neighbor-key.js'
import type { SpeakerEvent } from '../model/event.js'

type WithoutStamp<T> = T extends unknown ? Omit<T, 'id' | 'at'> : never

/** A SpeakerEvent before it gets its id and time. */
export type EventBody = WithoutStamp<SpeakerEvent>

/** The last events, numbered from 1, and those who listen. */
export class Events {
  readonly #wall: () => number
  readonly #log: Log
  readonly #nameOf: (key: NeighborKey) => string | undefined
  readonly #capacity: number
  readonly #ring: SpeakerEvent[] = []
  readonly #listeners = new Set<(event: SpeakerEvent) => void>()
  #last = 0
  #stampedAt = Number.NaN
  #stamped = ''

  /**
   * @param wall milliseconds since 1970
   * @param nameOf what people call the neighbor of a key, or the speaker at an address
   * @param capacity events kept for recent()
   */
  constructor(
    wall: () => number,
    log: Log,
    nameOf: (key: NeighborKey) => string | undefined = () => undefined,
    capacity = 1000,
  ) {
    this.#wall = wall
    this.#log = log
    this.#nameOf = nameOf
    this.#capacity = capacity
  }

  /** True while somebody listens. */
  get watched(): boolean {
    return this.#listeners.size > 0
  }

  add(body: EventBody): void {
    const event = { ...body, ...this.#named(body), id: ++this.#last, at: this.#stamp() } as SpeakerEvent
    // Slots are reused in a circle: id modulo capacity.
    this.#ring[(event.id - 1) % this.#capacity] = event
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#log.error({ err: error }, 'a listener to events failed')
      }
    }
  }

  /** The name of whom an event is about, unless it has one already or is about nobody who has one. */
  #named(body: EventBody): { readonly name?: string } {
    if ('name' in body) return {}
    const key = 'neighbor' in body ? body.neighbor : 'address' in body ? body.address : undefined
    const name = key === undefined ? undefined : this.#nameOf(key)
    return name === undefined ? {} : { name }
  }

  /** Now; made once a millisecond, for events of routes come by the hundred. */
  #stamp(): string {
    const now = this.#wall()
    if (now !== this.#stampedAt) {
      this.#stampedAt = now
      this.#stamped = new Date(now).toISOString()
    }
    return this.#stamped
  }

  /** @returns unsubscribe */
  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Kept events with ids above `after`, oldest first. */
  recent(after = 0): readonly SpeakerEvent[] {
    const result: SpeakerEvent[] = []
    const oldest = Math.max(1, this.#last - this.#capacity + 1)
    for (let id = Math.max(oldest, after + 1); id <= this.#last; id++) {
      result.push(this.#ring[(id - 1) % this.#capacity])
    }
    return result
  }
}
