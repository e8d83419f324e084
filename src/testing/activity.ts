/** Tells when something has come or gone on a peer's connections, for whoever waits for its consequences. */

import type { Decorator } from '../decorate/compose.js'
import { ForwardingConnection, ForwardingTransport } from '../decorate/forwarding-transport.js'
import type { Connection, ConnectionHandlers, Transport } from '../ports/transport.js'

/** @param active called after each chunk of octets was handled, and at the end of each connection */
export function activity(active: () => void): Decorator<Transport> {
  return (inner) => new ActiveTransport(inner, active)
}

class ActiveTransport extends ForwardingTransport {
  readonly #active: () => void

  constructor(inner: Transport, active: () => void) {
    super(inner)
    this.#active = active
  }

  protected override wrap(connection: Connection): Connection {
    return new ActiveConnection(connection, this.#active)
  }
}

class ActiveConnection extends ForwardingConnection {
  readonly #active: () => void

  constructor(inner: Connection, active: () => void) {
    super(inner)
    this.#active = active
  }

  override handle(handlers: ConnectionHandlers): void {
    this.inner.handle({
      data: (chunk) => {
        handlers.data(chunk)
        this.#active()
      },
      drain: () => handlers.drain(),
      closed: (reason) => {
        handlers.closed(reason)
        this.#active()
      },
    })
  }

  override write(bytes: Uint8Array): boolean {
    const roomy = this.inner.write(bytes)
    this.#active()
    return roomy
  }
}
