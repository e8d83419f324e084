import type { Clock } from '../ports/clock.js'
import { REASON_POLICY, VALID } from '../rib/store/reasons.js'
import type { Source } from '../rib/store/types.js'
import type { RouteFilter } from '../rib/table.js'
import type { Negotiated } from '../session/types.js'
import { lowersOtherwise, renewFilter } from './inbound/import-filter.js'
import type { PrefixLimit } from './inbound/prefix-limit.js'
import type { UpdateIn } from './inbound/update-in.js'
import type { DecisionOptions, FamilyOptions, NeighborOptions, SpeakerOptions } from './model/options.js'
import { outletSession } from './outbound/outlet-session.js'
import type { UpdateOut } from './outbound/update-out.js'
import type { Peer } from './peer/peer.js'
import { acceptance, exportTerms, same } from './reload/difference.js'
import { type FamilyRoutes, type NeighborRoutes, sourceTerms } from './retention/neighbor-routes.js'
import type { Tables } from './tables/tables.js'

/** What routes are reconsidered with. */
export interface ReconsiderParts {
  readonly clock: Clock
  readonly tables: Tables
  readonly neighbors: ReadonlyMap<Peer, NeighborRoutes>
  readonly updateIn: UpdateIn
  readonly updateOut: UpdateOut
  readonly limit: PrefixLimit
  options(): SpeakerOptions
  /** The whole speaker is in maintenance. */
  maintenance(): boolean
  /** Writes to all neighbors with the next round of decisions, whatever that decides. */
  written(): void
}

/**
 * Routes that are there already, when what was said about them no longer holds: options or the machine changed.
 * They are read or sent anew without a word to the neighbor that brought them.
 */
export class Reconsider {
  readonly #parts: ReconsiderParts

  constructor(parts: ReconsiderParts) {
    this.#parts = parts
  }

  /** A neighbor's options changed in a way that its session survives. */
  neighbor(routes: NeighborRoutes, before: NeighborOptions): void {
    const { tables, limit } = this.#parts
    const { peer } = routes
    for (const options of peer.options.families) {
      const family = routes.families.get(options.family)
      if (family === undefined) continue
      const was = family.options
      family.options = options
      const source = tables.rib(options.family).source(routes.source)?.source
      if (source !== undefined) this.#sourceChanged(options, { ...source, ...sourceTerms(peer, options) })
      const filtered = !same(was.import, options.import) || lowersOtherwise(before, peer.options)
      const former = filtered ? this.#renewFilter(peer, family) : undefined
      const accepted = same(acceptance(before, was), acceptance(peer.options, options))
      if (source !== undefined && (filtered || !accepted)) this.#reapply(routes, family)
      former?.close?.()
      if (exportsOtherwise(before, was, peer.options, options)) this.#resend(routes, family)
      family.outlet?.pace.change(peer.options.advertisementInterval ?? 0)
      limit.check(routes, family)
    }
  }

  /** The rules of the decision changed: every prefix is decided anew. */
  decision(before: DecisionOptions): void {
    const { decision } = this.#parts.options()
    for (const rib of this.#parts.tables.ribs()) rib.setOptions(decision)
    if (decision.defaultLocalPref === before.defaultLocalPref) return
    // Internal neighbors are told the preference of paths that have none.
    this.#resendAll(({ peerType }) => peerType === 'ibgp')
  }

  /** What concerns all that is sent began or ended: every neighbor is sent its routes as they are to be now. */
  exports(): void {
    this.#resendAll(() => true)
  }

  /** A neighbor is to be drained, or no longer. */
  drain(routes: NeighborRoutes): void {
    for (const family of routes.families.values()) {
      const former = this.#renewFilter(routes.peer, family)
      const known = this.#parts.tables.rib(family.family).source(routes.source) !== undefined
      if (known) this.#reapply(routes, family)
      former?.close?.()
    }
    for (const family of routes.families.values()) this.#resend(routes, family)
  }

  /** The cluster id or client-to-client reflection changed: which paths have come round, and what is reflected. */
  reflection(): void {
    for (const routes of this.#parts.neighbors.values()) {
      if (routes.session?.terms.peerType === 'ibgp') this.#reapplyAll(routes)
    }
    this.#resendAll(({ peerType }) => peerType === 'ibgp')
  }

  /** Own routes changed, or what is said of them. */
  own(): void {
    this.#parts.updateOut.reevaluate()
    this.#parts.written()
  }

  /** Links, addresses or routes of the machine changed: what was said about next hops is looked at again. */
  nextHops(): void {
    for (const routes of this.#parts.neighbors.values()) {
      if (this.#nextHopsMoved(routes)) this.#reapplyAll(routes)
    }
    this.#parts.updateOut.subnetsChanged()
    this.#parts.written()
    this.#parts.tables.settle()
  }

  /** Asks anew about the next hops of a session. @returns whether one came or went as usable */
  #nextHopsMoved(routes: NeighborRoutes): boolean {
    const { tables, updateIn } = this.#parts
    const faults = routes.session?.nextHopFaults
    if (faults === undefined) return false
    let moved = false
    for (const [nextHop, { octets, fault }] of faults) {
      if (octets !== tables.nextHops.octets(nextHop)) {
        faults.delete(nextHop)
        continue
      }
      const now = updateIn.nextHopFault(routes, nextHop)
      if (now === fault) continue
      faults.set(nextHop, { octets, fault: now })
      if ((now === '') !== (fault === '')) moved = true
    }
    return moved
  }

  #sourceChanged(options: FamilyOptions, source: Source): void {
    const rib = this.#parts.tables.rib(options.family)
    const { weight, client } = rib.source(source.index)!.source
    if (weight === source.weight && client === source.client) return
    rib.setSource(source)
    if (client !== source.client) this.own()
  }

  #renewFilter(peer: Peer, family: FamilyRoutes): RouteFilter | undefined {
    return renewFilter(family, peer, this.#parts.tables.attributes, this.#parts.options().localAs)
  }

  #reapplyAll(routes: NeighborRoutes): void {
    for (const family of routes.families.values()) if (family.negotiated) this.#reapply(routes, family)
  }

  #reapply(routes: NeighborRoutes, family: FamilyRoutes): void {
    const { clock, tables, updateIn } = this.#parts
    tables.rib(family.family).reapply(
      routes.source,
      family.filter,
      (attribute, former) => {
        if (routes.session !== undefined) return updateIn.reason(routes, family, attribute)
        // Paths kept for a restart: what was wrong with them is known from the session that brought them.
        return former === REASON_POLICY ? VALID : former
      },
      clock.wall(),
    )
  }

  #resendAll(concerns: (terms: Negotiated) => boolean): void {
    for (const routes of this.#parts.neighbors.values()) {
      if (routes.session === undefined || !concerns(routes.session.terms)) continue
      for (const family of routes.families.values()) this.#resend(routes, family)
    }
  }

  #resend(routes: NeighborRoutes, family: FamilyRoutes): void {
    const { session } = routes
    if (session === undefined || family.outlet === undefined) return
    const { options, maintenance, updateOut } = this.#parts
    const outlet = outletSession(routes, session.link, session.terms, options(), maintenance())
    updateOut.change(family.outlet, outlet, family.options)
  }
}

/** A neighbor is to be sent other routes, or the same ones otherwise. */
function exportsOtherwise(
  before: NeighborOptions,
  was: FamilyOptions,
  after: NeighborOptions,
  options: FamilyOptions,
): boolean {
  return (
    !same(exportTerms(was), exportTerms(options)) ||
    before.maintenance !== after.maintenance ||
    !same(before.gracefulRestart.longLived, after.gracefulRestart.longLived)
  )
}
