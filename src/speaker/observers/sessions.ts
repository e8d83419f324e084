/**
 * Connections and those who watch them. Every connection has a record, so that who comes late hears of it; nothing
 * else is made while nobody watches.
 */

import type { Clock } from '../../ports/clock.js'
import type {
  DialFailure,
  MessageFault,
  ObservedNeighbor,
  RefusedConnection,
  RetentionChange,
  SessionObserver,
  StateChange,
} from '../../ports/observer.js'
import type { Connection } from '../../ports/transport.js'
import { said } from '../../session/reasons.js'
import type { End } from '../../session/types.js'
import type { Audience, Watcher } from './audience.js'
import { MessageTap } from './message-tap.js'
import { type RecordWatch, SessionRecord } from './session-record.js'

type Unstamped<T> = Omit<T, 'at'>

/** Tells of connections, as described at the head of this file. */
export class SessionWatch implements RecordWatch {
  /** Hands messages on; undefined while nobody wants them. */
  messages: MessageTap | undefined
  readonly #clock: Clock
  readonly #audience: Audience
  /** Open connections, oldest first. */
  readonly #records = new Set<SessionRecord>()
  #watchers: readonly Watcher<SessionObserver>[] = []
  #next = 1

  constructor(clock: Clock, audience: Audience) {
    this.#clock = clock
    this.#audience = audience
  }

  /** Begins to tell an observer, of what is there first. @returns ends it */
  add(observer: SessionObserver): () => void {
    const watcher = { observer, gone: false }
    for (const record of this.#records) {
      this.#audience.tell(watcher, () => observer.opened?.(record))
      if (record.establishedAt !== undefined)
        this.#audience.tell(watcher, () => observer.established?.(record))
    }
    this.#watchers = [...this.#watchers, watcher]
    this.#tap()
    return () => {
      watcher.gone = true
      this.#watchers = this.#watchers.filter((one) => one !== watcher)
      this.#tap()
    }
  }

  /** A connection came into being. */
  opened(neighbor: ObservedNeighbor, connection: Connection): SessionRecord {
    const record = new SessionRecord(this, this.#next++, neighbor, connection, this.#clock.micros())
    this.#records.add(record)
    this.#tellAll((observer) => observer.opened?.(record))
    return record
  }

  /** The session is up; terms and OPENs stand in the record. */
  established(record: SessionRecord): void {
    record.establishedAt = this.#clock.micros()
    this.#tellAll((observer) => observer.established?.(record))
  }

  /** The connection has ended: said once, what comes later is ignored. */
  ended(record: SessionRecord, ended: End): void {
    if (!this.#records.delete(record) || this.#watchers.length === 0) return
    const established = record.establishedAt !== undefined
    const { cause, reason, notification } = ended
    const at = this.#clock.micros()
    const end = { at, established, cause, reason, text: said(ended), ...(notification && { notification }) }
    this.#tellAll((observer) => observer.ended?.(record, end))
  }

  fault(record: SessionRecord, verdict: MessageFault['verdict'], faults: MessageFault['faults']): void {
    if (this.#watchers.length === 0) return
    const fault = { at: this.#clock.micros(), verdict, faults }
    this.#tellAll((observer) => observer.fault?.(record, fault))
  }

  /** @param change is made only when somebody watches */
  stateChanged(change: () => Unstamped<StateChange>): void {
    if (this.#watchers.length === 0) return
    const told = { at: this.#clock.micros(), ...change() }
    this.#tellAll((observer) => observer.stateChanged?.(told))
  }

  /** @param change is made only when somebody watches */
  retention(change: () => Unstamped<RetentionChange>): void {
    if (this.#watchers.length === 0) return
    const told = { at: this.#clock.micros(), ...change() }
    this.#tellAll((observer) => observer.retention?.(told))
  }

  dialFailed(failure: () => Unstamped<DialFailure>): void {
    if (this.#watchers.length === 0) return
    const told = { at: this.#clock.micros(), ...failure() }
    this.#tellAll((observer) => observer.dialFailed?.(told))
  }

  refused({ local, remote }: Connection, sent: Uint8Array | undefined, cause: string): void {
    if (this.#watchers.length === 0) return
    const told: RefusedConnection = { at: this.#clock.micros(), local, remote, sent, cause }
    this.#tellAll((observer) => observer.refused?.(told))
  }

  #tellAll(call: (observer: SessionObserver) => void): void {
    this.#audience.tellAll(this.#watchers, call)
  }

  #tap(): void {
    const watchers = this.#watchers.filter(({ observer }) => observer.message !== undefined)
    this.messages = watchers.length === 0 ? undefined : new MessageTap(this.#clock, this.#audience, watchers)
  }
}
