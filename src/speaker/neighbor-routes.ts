/**
 * What the tables have of one neighbor: the three sides of it, each of which alone writes what it holds. Its sessions
 * drive them through this record; what comes and goes between takes no detour over it.
 */

import type { End, Negotiated } from '../session/types.js'
import type { InboundParts } from './inbound/inbound-parts.js'
import { InboundRoutes } from './inbound/inbound-routes.js'
import type { NeighborHost } from './neighbor-host.js'
import { type OutboundParts, OutboundRoutes } from './outbound/outbound-routes.js'
import type { ConnectionDriver, UpdateReader } from './peer/connection-driver.js'
import type { Peer, PeerRoutes } from './peer/peer.js'
import type { RetentionParts } from './retention/path-keeper.js'
import { RetainedRoutes } from './retention/retained-routes.js'

/** What the neighbors share. */
export interface NeighborRoutesParts {
  readonly host: NeighborHost
  readonly inbound: InboundParts
  readonly outbound: OutboundParts
  readonly retention: RetentionParts
}

/** Milliseconds after which a session is no longer one of those that fail at once. */
const LASTED = 10_000

/** The routes of one neighbor, from its configuration to its removal. */
export class NeighborRoutes implements PeerRoutes {
  readonly peer: Peer
  /** Index as a source of the tables' paths, from 1 on. */
  readonly source: number
  /** How long paths stay without a session, or without being announced anew. */
  readonly retained: RetainedRoutes
  readonly inbound: InboundRoutes
  readonly outbound: OutboundRoutes
  readonly #host: NeighborHost

  /** @throws RangeError for a policy that is none */
  constructor(parts: NeighborRoutesParts, peer: Peer, source: number) {
    this.#host = parts.host
    this.peer = peer
    this.source = source
    this.retained = new RetainedRoutes(parts.retention, peer, source)
    this.inbound = new InboundRoutes(parts.inbound, peer, source, this.retained)
    this.outbound = new OutboundRoutes(parts.outbound, peer, source, this.retained)
  }

  /** The session is up. @returns who reads its UPDATEs */
  established(driver: ConnectionDriver, terms: Negotiated): UpdateReader {
    const { peer, inbound, outbound, retained } = this
    const { families, holdTime, remoteAs } = terms
    const text = `neighbor ${peer.name} Established: AS ${remoteAs}, hold ${holdTime} s, families ${families.join(', ') || 'none in common'}`
    this.#name(driver, text)
    retained.begin(driver, terms, outbound)
    const reader = inbound.established(driver, terms)
    outbound.established(driver, terms)
    retained.established(terms)
    this.#host.checkConvergence()
    return reader
  }

  /** Names a session that is up; of a neighbor whose sessions keep failing, once it has lasted. */
  #name(driver: ConnectionDriver, text: string): void {
    const { peer } = this
    const { log, clock } = this.#host
    const level = peer.level('info')
    log[level]({ neighbor: peer.key }, text)
    if (level === 'info') return
    clock.after(LASTED, () => {
      if (peer.session === driver) log.info({ neighbor: peer.key }, text)
    })
  }

  /** A session that was up has ended. */
  down(end: End, terms: Negotiated): void {
    const { peer } = this
    this.#host.log[peer.level('warn')]({ neighbor: peer.key }, `neighbor ${peer.name} down: ${peer.endText}`)
    this.inbound.down()
    this.outbound.down()
    this.retained.down(end, terms)
  }

  /** The neighbor is forgotten: its paths go at once. */
  close(): void {
    this.retained.close()
    this.inbound.close()
  }
}
