/** What decorators of the transport are made from: forwarders, of which each overrides what it changes. */

import type {
  Connection,
  ConnectionHandlers,
  ConnectionRefusal,
  Dial,
  DialError,
  DialOptions,
  Endpoint,
  Listener,
  ListenOptions,
  ProtectionRule,
  Transport,
} from '../ports/transport.js'

/** A connection that hands everything on to another one. */
export class ForwardingConnection implements Connection {
  protected readonly inner: Connection

  constructor(inner: Connection) {
    this.inner = inner
  }

  get local(): Endpoint {
    return this.inner.local
  }

  get remote(): Endpoint {
    return this.inner.remote
  }

  get incoming(): boolean {
    return this.inner.incoming
  }

  get counterpart(): string | undefined {
    return this.inner.counterpart
  }

  get refusal(): ConnectionRefusal | undefined {
    return this.inner.refusal
  }

  get queued(): number {
    return this.inner.queued
  }

  handle(handlers: ConnectionHandlers): void {
    this.inner.handle(handlers)
  }

  write(bytes: Uint8Array): boolean {
    return this.inner.write(bytes)
  }

  pause(): void {
    this.inner.pause()
  }

  resume(): void {
    this.inner.resume()
  }

  readPending(): Promise<void> {
    return this.inner.readPending()
  }

  close(last?: Uint8Array): void {
    this.inner.close(last)
  }
}

/** A transport that hands everything on to another one, and lets a subclass wrap the connections. */
export class ForwardingTransport implements Transport {
  protected readonly inner: Transport

  constructor(inner: Transport) {
    this.inner = inner
  }

  listen(options: ListenOptions, accept: (connection: Connection) => void): Promise<Listener> {
    return this.inner.listen(options, (connection) => accept(this.wrap(connection)))
  }

  dial(options: DialOptions, done: (result: Connection | DialError) => void): Dial {
    return this.inner.dial(options, (result) => done(result instanceof Error ? result : this.wrap(result)))
  }

  protect(rules: readonly ProtectionRule[], refused: (remote: string, reason: Error) => void): void {
    this.inner.protect(rules, refused)
  }

  /** @returns the connection as the speaker gets it; by default as it is */
  protected wrap(connection: Connection): Connection {
    return connection
  }
}
