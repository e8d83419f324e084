/**
 * The retention side of one neighbor: how long its paths stay when nobody vouches for them any more. The helper of
 * graceful restart, the route refresh of the session that is up, and the removals under way. Nobody else writes any
 * of it.
 */

import type { Family } from '../../ip/family.js'
import type { End, Negotiated } from '../../session/types.js'
import { MessageType } from '../../wire/codes.js'
import { encodeRouteRefresh } from '../../wire/refresh.js'
import type { RouteRefreshMessage } from '../../wire/types.js'
import type { ConnectionDriver } from '../peer/connection-driver.js'
import type { Peer } from '../peer/peer.js'
import { restartParams } from '../peer/peer-params.js'
import { Graceful } from './graceful.js'
import { PathKeeper, type RetentionParts } from './path-keeper.js'
import { Refresh } from './refresh.js'

/** Sends all routes of a family again, then says so with `resent`. */
export interface Resender {
  resend(family: Family): void
}

/** What is kept of a neighbor's paths, from its configuration to its removal. */
export class RetainedRoutes {
  readonly graceful: Graceful
  readonly #parts: RetentionParts
  readonly #peer: Peer
  readonly #keeper: PathKeeper
  #session: { readonly refresh: Refresh; readonly terms: Negotiated } | undefined

  /** @param source the neighbor's index as a source of paths */
  constructor(parts: RetentionParts, peer: Peer, source: number) {
    this.#parts = parts
    this.#peer = peer
    this.#keeper = new PathKeeper(parts, peer, source)
    this.graceful = new Graceful(parts.clock, () => restartParams(peer.options), this.#keeper)
  }

  /**
   * A session is about to be up: what is still being removed goes now, before anything new comes.
   * @param resender is asked for all routes again when the neighbor asks for them
   */
  begin(driver: ConnectionDriver, terms: Negotiated, resender: Resender): void {
    this.#keeper.finish()
    this.#keeper.connected = true
    this.#session = { refresh: this.#refreshOf(driver, terms, resender), terms }
  }

  /** The session is up, in both directions. */
  established(terms: Negotiated): void {
    this.graceful.feed({ type: 'established', negotiated: terms })
  }

  /** A session that was up has ended. */
  down(end: End, terms: Negotiated): void {
    this.#session?.refresh.close()
    this.#session = undefined
    this.#keeper.connected = false
    this.graceful.feed({ type: 'lost', cause: end.cause, negotiated: terms })
  }

  /** The neighbor's End-of-RIB came. */
  endOfRib(family: Family): void {
    this.graceful.feed({ type: 'end-of-rib', family })
    this.#session?.refresh.feed({ type: 'end-of-rib-received', family })
  }

  /** The own End-of-RIB went out. */
  endOfRibSent(family: Family): void {
    this.#session?.refresh.feed({ type: 'end-of-rib-sent', family })
  }

  /** All routes of a family have been sent again. */
  resent(family: Family): void {
    this.#session?.refresh.feed({ type: 'resent', family })
  }

  /** A ROUTE-REFRESH of the session that is up. */
  routeRefresh(message: RouteRefreshMessage): void {
    this.#session?.refresh.feed({ type: 'message', message })
  }

  /**
   * Asks for all routes of every negotiated family again ('in', RFC 2918), or sends all again ('out').
   * @returns false without a session, or when the neighbor does not know route refresh
   */
  refresh(direction: 'in' | 'out'): boolean {
    const session = this.#session
    if (session === undefined || (direction === 'in' && !session.terms.routeRefresh)) return false
    const type = direction === 'in' ? 'request' : 'resend'
    for (const family of session.terms.families) session.refresh.feed({ type, family })
    return true
  }

  /** The neighbor is not coming back: what was kept for it goes. @param reason half a sentence, for the log */
  giveUp(reason?: string): void {
    this.graceful.feed({ type: 'give-up', reason })
  }

  /** The neighbor is forgotten. What removals have under way ends at once. */
  close(): void {
    this.giveUp()
    this.graceful.close()
    this.#keeper.finish()
  }

  #refreshOf(driver: ConnectionDriver, terms: Negotiated, resender: Resender): Refresh {
    const { clock, log, tables } = this.#parts
    const peer = this.#peer
    return new Refresh(clock, terms, {
      send: (message) => driver.write(encodeRouteRefresh(message), MessageType.RouteRefresh),
      resend: (family) => resender.resend(family),
      markStale: (family) => this.#keeper.mark(family),
      sweep: (family, reason) => this.#keeper.sweep([family], reason),
      ignored: (text) => log.debug({ neighbor: peer.key }, `neighbor ${peer.name}: ${text}: ignored`),
      decide: () => tables.decide(),
    })
  }
}
