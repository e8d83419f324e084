/** A connection as observers know it: kept for those who come late, whether anybody watches or not. */
import type { Microseconds, ObservedNeighbor, ObservedSession, OpenPair } from '../../ports/observer.js'
import type { Connection, Endpoint } from '../../ports/transport.js'
import type { Negotiated } from '../../session/types.js'

/** The writable form of ObservedSession; who drives the connection writes. */
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
  /** Its end was told. */
  over = false

  constructor(id: number, neighbor: ObservedNeighbor, connection: Connection, at: Microseconds) {
    const { local, remote, incoming } = connection
    this.id = id
    this.neighbor = neighbor
    this.local = local
    this.remote = remote
    this.incoming = incoming
    this.openedAt = at
  }
}
