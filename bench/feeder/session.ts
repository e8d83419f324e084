import { createConnection, type Socket } from 'node:net'
import { endOfRib, KEEPALIVE, message, NOTIFICATION, OPEN, open } from '../bytes/messages.js'
import type { Table } from '../bytes/tables.js'
import { ChangeTimes } from './changes.js'
import { Inbox } from './inbox.js'
import type { FeederPeer, FeederSpec, SessionReport } from './protocol.js'

const KEEPALIVE_MESSAGE = message(KEEPALIVE)
/** Milliseconds before another attempt to connect. */
const AGAIN = 50
/** The same after a session that the other side ended: a daemon may hold the neighbor back for a while. */
const AGAIN_AFTER_END = 500

/** What a session tells its process. */
export interface SessionListener {
  established(session: Session): void
  closed(session: Session, notification?: readonly [number, number]): void
  complete(session: Session): void
}

/**
 * One BGP session of a feeder: connects until it is Established, writes octets made beforehand, counts what it
 * receives.
 */
export class Session {
  readonly peer: FeederPeer
  readonly table: Table | undefined
  established = false
  attempts = 0
  inbox: Inbox
  changes: ChangeTimes | undefined
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #complete = false
  readonly #spec: FeederSpec
  readonly #listener: SessionListener

  constructor(spec: FeederSpec, peer: FeederPeer, table: Table | undefined, listener: SessionListener) {
    this.#spec = spec
    this.peer = peer
    this.table = table
    this.#listener = listener
    this.inbox = this.#newInbox()
  }

  #newInbox(): Inbox {
    const { expect, churn } = this.#spec
    if (churn?.role === 'receive') this.changes = new ChangeTimes(churn)
    return new Inbox(expect !== undefined, (type, body) => this.#message(type, body), this.changes)
  }

  connect(): void {
    this.attempts++
    const { local, as } = this.peer
    const socket = createConnection({
      host: this.#spec.remote,
      port: 179,
      localAddress: local,
      noDelay: true,
    })
    socket.on('connect', () => this.accept(socket, as))
    this.#follow(socket)
  }

  /** Takes a connection that is open. */
  accept(socket: Socket, as = this.peer.as): void {
    if (this.#socket !== socket) this.#follow(socket)
    const { family, holdTime } = this.#spec
    socket.write(open({ as, holdTime, routerId: this.peer.routerId, family }))
  }

  #follow(socket: Socket): void {
    this.#socket = socket
    this.inbox = this.#newInbox()
    let notification: readonly [number, number] | undefined
    this.#notified = (code, subcode) => {
      notification = [code, subcode]
    }
    socket.on('data', (chunk) => {
      this.inbox.push(chunk as Buffer)
      if (!this.#complete && this.#all()) {
        this.#complete = true
        this.#listener.complete(this)
      }
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.#socket !== socket) return
      const wasUp = this.established
      this.established = false
      clearInterval(this.#timer)
      if (wasUp) this.#listener.closed(this, notification)
      if (!this.#spec.listen)
        setTimeout(() => this.connect(), wasUp || notification ? AGAIN_AFTER_END : AGAIN)
    })
  }

  /** Everything that is waited for was received. */
  #all(): boolean {
    if (this.changes) return this.changes.complete
    const { expect } = this.#spec
    return expect !== undefined && this.inbox.announced >= expect
  }

  #notified: (code: number, subcode: number) => void = () => undefined

  #message(type: number, body: Buffer): void {
    if (type === OPEN) this.#socket!.write(KEEPALIVE_MESSAGE)
    if (type === NOTIFICATION) this.#notified(body[0], body[1])
    if (type !== KEEPALIVE || this.established) return
    this.established = true
    const every = (this.#spec.holdTime * 1000) / 3
    this.#timer = setInterval(() => this.#socket!.write(KEEPALIVE_MESSAGE), every)
    if (this.#spec.eager) this.announce()
    this.#listener.established(this)
  }

  /** Writes the whole table and End-of-RIB. */
  announce(written?: () => void): void {
    const { table } = this
    if (table) this.#socket!.write(table.bytes)
    this.#socket!.write(endOfRib(this.#spec.family), () => written?.())
  }

  /** Withdraws the whole table. */
  withdraw(written?: () => void): void {
    this.#socket!.write(this.table!.withdrawals(), () => written?.())
  }

  /** Writes messages made elsewhere. */
  write(octets: Buffer): void {
    this.#socket!.write(octets)
  }

  report(): SessionReport {
    const { updates, octets, announced, withdrawn, hash, attributes } = this.inbox
    const { local } = this.peer
    return {
      local,
      up: this.established,
      updates,
      octets,
      announced,
      withdrawn,
      hash,
      attributes: [...attributes],
    }
  }

  /** Begins to count anew what it receives. */
  forget(): void {
    this.#complete = false
    const { inbox } = this
    inbox.updates = inbox.octets = inbox.announced = inbox.withdrawn = inbox.hash = 0
  }
}
