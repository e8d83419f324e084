/**
 * One TCP connection of a neighbor: octets in, messages to the session machine or the Adj-RIB-In, messages out. It knows
 * neither the neighbor nor the speaker, only what the interfaces below say of them.
 */

import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { ObservedNeighbor } from '../../ports/observer.js'
import type { Connection } from '../../ports/transport.js'
import type { Negotiated, PeerEvent } from '../../session/types.js'
import { CeaseError, ErrorCode, MessageType } from '../../wire/codes.js'
import { NO_DATA } from '../../wire/fault.js'
import { type FrameHandler, Framer } from '../../wire/framer.js'
import { KEEPALIVE, MAX_EXTENDED_LENGTH, MAX_LENGTH } from '../../wire/message.js'
import { decodeNotification, encodeNotification } from '../../wire/notification.js'
import { decodeOpen, encodeOpen } from '../../wire/open.js'
import { decodeRouteRefresh } from '../../wire/refresh.js'
import type { Fault, NotificationMessage, OpenMessage } from '../../wire/types.js'
import type { SessionRecord } from '../observers/session-record.js'
import type { SessionWatch } from '../observers/sessions.js'
import type { Task, Work } from '../turn/work.js'
import type { MessageCounters } from './counters.js'

/** Octets that wait for a slice before the connection stops reading. */
const INBOX_HIGH = 256 * 1024

const DIALLED_NOT_BGP = 'another service listens on that port; correct the port here, or start BGP there'
const INCOMING_NOT_BGP = 'a program there, or a scanner, takes this port for another service'

/** What a connection needs of the speaker. */
export interface DriverHost {
  readonly clock: Clock
  readonly log: Log
  readonly work: Work
  /** What was read has been dealt with: `decide` decides, and writes what follows from it. */
  readonly tables: { decide(): void }
  readonly observers: { readonly sessions: SessionWatch }
  /** A connection of a neighbor came into being; the last was heard of it. */
  opened(): void
  gone(): void
}

/** What a connection needs of its neighbor, and what it notes there. */
export interface DriverNeighbor {
  /** Canonical text. */
  readonly address: string
  /** As observers know it. */
  readonly observed: ObservedNeighbor
  readonly sent: MessageCounters
  readonly received: MessageCounters
  /** Clock time of the last octets read and written, milliseconds. */
  lastRead: number | undefined
  lastWrite: number | undefined
  /** Clock time of the last UPDATE, milliseconds. */
  lastUpdate: number
  /** Hands an event to the session machine. */
  feed(event: PeerEvent): void
  /** The connection is gone without our doing. @param reason half a sentence */
  lost(driver: ConnectionDriver, reason: string): void
}

/** Takes the UPDATEs of a session that is up. */
export interface UpdateReader {
  /** One UPDATE in [start, end), header included. The octets are valid until the call returns. */
  receive(bytes: Uint8Array, start: number, end: number): void
}

/** Sends UPDATEs over a session that is up. */
export interface UpdateSender {
  /** The connection takes octets again. */
  writable(): void
}

/**
 * Joins a TCP connection to its neighbor: octets in, messages to the machine or the tables, messages out.
 *
 * What arrives is worked on at once, so that a withdrawal reaches the kernel in the turn it came in. When a
 * turn of the event loop has used its budget, chunks wait in an inbox for a slice of their own, and a
 * connection whose inbox is full stops reading: TCP then slows the neighbor down.
 */
export class ConnectionDriver implements FrameHandler, Task {
  /** Unique in the life of the neighbor. */
  readonly id: number
  readonly connection: Connection
  /** The result of both OPENs, once they are here. */
  terms: Negotiated | undefined
  /** The connection as observers know it. */
  readonly record: SessionRecord
  readonly #neighbor: DriverNeighbor
  readonly #host: DriverHost
  readonly #framer = new Framer()
  /** Who has the routes of the session, while it is up. */
  #reader: UpdateReader | undefined
  #sender: UpdateSender | undefined
  #over = false
  #full = false
  #inbox: Uint8Array[] = []
  #inboxSize = 0
  /** When the chunk being read came, and those of the inbox; 0 where no observer wanted to know. */
  #cameAt = 0
  #inboxCameAt: number[] = []
  #queued = false
  #paused = false
  #updates = 0
  #written = 0
  #taken = 0
  #takenAt: number
  #sendHold = 0

  /** @param id unique in the life of the neighbor */
  constructor(id: number, connection: Connection, neighbor: DriverNeighbor, host: DriverHost) {
    this.id = id
    this.connection = connection
    this.#neighbor = neighbor
    this.#host = host
    this.#takenAt = host.clock.now()
    this.record = host.observers.sessions.opened(neighbor.observed, connection)
    host.opened()
    connection.handle({
      data: (chunk) => this.#data(chunk),
      drain: () => this.#writable(),
      closed: (reason) => this.#closed(reason),
    })
  }

  /** True once the connection was closed by us: nothing is read or written any more. */
  get over(): boolean {
    return this.#over
  }

  /** True while the connection has enough to send: write again after it drained. */
  get full(): boolean {
    return this.#full || this.#over
  }

  /** The OPENs fit: what follows is read by these terms. */
  negotiated(terms: Negotiated): void {
    this.terms = terms
    this.record.terms = terms
    this.#framer.maxLength = terms.extendedMessage.receive ? MAX_EXTENDED_LENGTH : MAX_LENGTH
  }

  /** The session is up on this connection: `reader` takes its UPDATEs, `sender` writes them. */
  established(reader: UpdateReader, sender: UpdateSender): void {
    if (this.#over) return
    this.#reader = reader
    this.#sender = sender
  }

  sendOpen(message: OpenMessage): void {
    const octets = encodeOpen(message)
    this.record.openSent(octets)
    this.write(octets, MessageType.Open)
  }

  sendKeepalive(): void {
    this.write(KEEPALIVE, MessageType.Keepalive)
  }

  /**
   * Queues whole messages of one type.
   * @returns false when the connection has enough for now
   */
  write(bytes: Uint8Array, type: number, count = 1): boolean {
    if (this.#over) return false
    const neighbor = this.#neighbor
    neighbor.sent.add(type, count)
    neighbor.lastWrite = this.#host.clock.now()
    this.#written += bytes.length
    this.#full = !this.connection.write(bytes)
    this.record.went(bytes)
    this.#noteProgress()
    return !this.#full
  }

  /** Sends `last`, if any, and ends the connection. */
  close(last?: NotificationMessage): void {
    if (this.#over) return
    this.#shut()
    const limit = this.terms?.extendedMessage.send ? MAX_EXTENDED_LENGTH : MAX_LENGTH
    const octets = last === undefined ? undefined : encodeNotification(last, limit)
    this.connection.close(octets)
    if (octets !== undefined) this.record.went(octets)
  }

  /** Works on everything that was read and waits. */
  catchUp(): void {
    while (!this.step());
    this.#host.tables.decide()
  }

  /** From now on the kernel must take octets at least every `ms` milliseconds (RFC 9687). */
  expectProgress(ms: number): void {
    this.#sendHold = ms
    this.#noteProgress()
    this.#takenAt = this.#host.clock.now()
  }

  /** Milliseconds until nothing was taken for the send hold time; 0 or less: it has passed. */
  untilStalled(): number {
    this.#noteProgress()
    return this.#takenAt + this.#sendHold - this.#host.clock.now()
  }

  /** One chunk of the inbox. @returns true when the inbox is empty */
  step(): boolean {
    const chunk = this.#inbox.shift()
    if (chunk !== undefined) {
      this.#inboxSize -= chunk.length
      this.#cameAt = this.#inboxCameAt.shift() ?? 0
      this.#consume(chunk)
      this.#noteUpdates()
    }
    if (this.#inbox.length > 0) return false
    if (this.#paused && !this.#over) {
      this.#paused = false
      this.connection.resume()
    }
    return true
  }

  done(): void {
    this.#queued = false
  }

  message(type: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { id } = this
    const neighbor = this.#neighbor
    neighbor.received.add(type)
    this.record.came(type, bytes, start, end, this.#cameAt)
    switch (type) {
      case MessageType.Update: {
        const reader = this.#reader
        if (reader !== undefined) {
          this.#updates++
          reader.receive(bytes, start, end)
        } else neighbor.feed({ type: 'update', connection: id })
        break
      }
      case MessageType.Keepalive:
        neighbor.feed({ type: 'keepalive', connection: id })
        break
      case MessageType.Open: {
        const { message, fault } = decodeOpen(bytes, start, end)
        this.record.openReceived(bytes, start, end)
        if (message !== undefined) neighbor.feed({ type: 'open', connection: id, message })
        else this.fault(fault)
        break
      }
      case MessageType.Notification:
        neighbor.feed({
          type: 'notification',
          connection: id,
          message: decodeNotification(bytes, start, end),
        })
        break
      case MessageType.RouteRefresh: {
        const enhanced = this.terms?.enhancedRouteRefresh ?? false
        const { message, fault } = decodeRouteRefresh(bytes, start, end, enhanced)
        if (message !== undefined) neighbor.feed({ type: 'route-refresh', connection: id, message })
        else this.fault(fault)
        break
      }
    }
    return !this.#over
  }

  /** The stream or a message is so wrong that the session must end. */
  fault(fault: Fault): void {
    const { code, subcode, data, text, rule, notBgp } = fault
    if (this.#framer.broken) this.#tellUnread()
    this.record.fault('reset', [fault])
    const { address } = this.#neighbor
    const why =
      notBgp === undefined
        ? { text: `${address} sent what BGP does not allow: ${text} (${rule})` }
        : {
            reason: 'not-bgp' as const,
            text: `${address} does not speak BGP on this connection: what it sent ${notBgp}`,
            remedy: this.connection.incoming ? INCOMING_NOT_BGP : DIALLED_NOT_BGP,
          }
    this.#neighbor.feed({ type: 'fault', connection: this.id, code, subcode, data, ...why })
  }

  #data(chunk: Uint8Array): void {
    if (this.#over) return
    this.#neighbor.lastRead = this.#host.clock.now()
    const { work } = this.#host
    const at = this.record.arrival()
    if (this.#inbox.length > 0 || (this.#reader !== undefined && work.exhausted())) {
      // The chunk is the connection's own buffer: what waits is copied.
      this.#inbox.push(chunk.slice())
      this.#inboxCameAt.push(at)
      this.#inboxSize += chunk.length
      if (!this.#paused && this.#inboxSize >= INBOX_HIGH) {
        this.#paused = true
        this.connection.pause()
      }
      if (!this.#queued) {
        this.#queued = true
        work.add(this)
      }
      return
    }
    this.#cameAt = at
    this.#consume(chunk)
    this.#host.tables.decide()
    this.#noteUpdates()
  }

  #consume(chunk: Uint8Array): void {
    try {
      this.#framer.push(chunk, this)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** The machine hears of UPDATEs when what they change is on its way: it restarts a timer. */
  #noteUpdates(): void {
    if (this.#updates === 0) return
    this.#updates = 0
    const neighbor = this.#neighbor
    neighbor.lastUpdate = neighbor.lastRead ?? 0
    if (!this.#over) neighbor.feed({ type: 'update', connection: this.id })
  }

  /** A mistake of ours costs one session, not the process and everybody's routes. */
  #failed(error: unknown): void {
    const { id } = this
    const neighbor = this.#neighbor
    const text = `internal error while reading from ${neighbor.address}`
    this.#host.log.error({ err: error, neighbor: neighbor.address }, text)
    const { Cease } = ErrorCode
    neighbor.feed({
      type: 'fault',
      connection: id,
      code: Cease,
      subcode: CeaseError.OutOfResources,
      data: NO_DATA,
      text,
      reason: 'internal',
    })
  }

  #writable(): void {
    if (this.#over) return
    this.#full = false
    this.#noteProgress()
    this.#sender?.writable()
  }

  #closed(reason: string): void {
    this.#host.gone()
    if (this.#over) return
    // A NOTIFICATION that came before the FIN counts; it may still wait in the inbox.
    this.catchUp()
    if (this.#over) return
    this.#shut()
    this.#neighbor.lost(this, reason)
    this.#host.tables.decide()
  }

  #shut(): void {
    this.#over = true
    this.#reader = undefined
    this.#sender = undefined
    this.#tellUnread()
    for (const chunk of this.#inbox) this.record.cameUnread(chunk, this.#inboxCameAt.shift() ?? 0)
    this.#inbox = []
    this.#inboxCameAt = []
    this.#inboxSize = 0
    if (this.#queued) this.#host.work.cancel(this)
    this.#queued = false
  }

  /** What no message was made of, and will not be. */
  #tellUnread(): void {
    if (this.record.wantsUnread) this.record.cameUnread(this.#framer.unread(), this.#cameAt)
    this.#framer.close()
  }

  #noteProgress(): void {
    const queued = this.connection.queued
    const taken = this.#written - queued
    if (queued > 0 && taken <= this.#taken) return
    this.#taken = taken
    this.#takenAt = this.#host.clock.now()
  }
}
