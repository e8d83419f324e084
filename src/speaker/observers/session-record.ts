/**
 * A connection as observers know it. It is there whether anybody watches or not, for those who come late; who drives
 * the connection tells it what comes and goes, and it asks one field whether somebody wants to know.
 */

import type {
  MessageFault,
  Microseconds,
  ObservedNeighbor,
  ObservedSession,
  OpenPair,
} from '../../ports/observer.js'
import type { Connection, Endpoint } from '../../ports/transport.js'
import type { End, Negotiated } from '../../session/types.js'
import { NO_DATA } from '../../wire/fault.js'
import type { Fault } from '../../wire/types.js'
import type { MessageTap } from './message-tap.js'

/** What a record needs of those who watch (sessions.ts). */
export interface RecordWatch {
  /** Undefined while nobody wants messages. */
  readonly messages: MessageTap | undefined
  established(record: SessionRecord): void
  fault(record: SessionRecord, verdict: MessageFault['verdict'], faults: MessageFault['faults']): void
  ended(record: SessionRecord, end: End): void
}

/** ObservedSession, with what its driver says to it. */
export class SessionRecord implements ObservedSession {
  readonly id: number
  readonly neighbor: ObservedNeighbor
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly incoming: boolean
  readonly openedAt: Microseconds
  terms: Negotiated | undefined
  opens: OpenPair | undefined
  establishedAt: Microseconds | undefined
  readonly #watch: RecordWatch
  /** OPENs so far: kept, because they are small and who comes late wants them. */
  #openSent: Uint8Array = NO_DATA
  #openReceived: Uint8Array = NO_DATA

  constructor(
    watch: RecordWatch,
    id: number,
    neighbor: ObservedNeighbor,
    connection: Connection,
    at: Microseconds,
  ) {
    const { local, remote, incoming } = connection
    this.#watch = watch
    this.id = id
    this.neighbor = neighbor
    this.local = local
    this.remote = remote
    this.incoming = incoming
    this.openedAt = at
  }

  /** When octets came that are being handed over now; 0 while nobody wants to know. */
  arrival(): Microseconds {
    return this.#watch.messages?.stamp() ?? 0
  }

  /**
   * A whole message came, and is about to be worked on.
   * @param at from arrival()
   */
  came(type: number, bytes: Uint8Array, start: number, end: number, at: Microseconds): void {
    this.#watch.messages?.came(this, type, bytes, start, end, at)
  }

  /** Octets came of which no message will be made. @param at from arrival() */
  cameUnread(octets: Uint8Array, at: Microseconds): void {
    if (octets.length > 0) this.#watch.messages?.came(this, undefined, octets, 0, octets.length, at)
  }

  /** True while somebody wants octets that no message was made of. */
  get wantsUnread(): boolean {
    return this.#watch.messages !== undefined
  }

  /** The transport has taken over whole messages, one behind the other. */
  went(bytes: Uint8Array): void {
    this.#watch.messages?.went(this, bytes)
  }

  /** The own OPEN; not changed afterwards. */
  openSent(bytes: Uint8Array): void {
    this.#openSent = bytes
  }

  /** The neighbor's OPEN, in [start, end); it is copied. */
  openReceived(bytes: Uint8Array, start: number, end: number): void {
    this.#openReceived = bytes.slice(start, end)
  }

  /** The session is up. */
  established(terms: Negotiated): void {
    this.terms = terms
    this.opens = { sent: this.#openSent, received: this.#openReceived }
    this.#watch.established(this)
  }

  /** What came last is not as it should be. @param faults at least one */
  fault(verdict: 'discard' | 'withdraw' | 'reset', faults: readonly Fault[]): void {
    this.#watch.fault(this, verdict, faults)
  }

  /** The connection has ended: said once, what comes later is ignored. */
  ended(end: End): void {
    this.#watch.ended(this, end)
  }
}
