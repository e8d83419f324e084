/**
 * What a change of options, or of the machine, means for routes that are there already: which neighbors have to be
 * looked at again, and on which side.
 */

import { lowersOtherwise } from './inbound/import-filter.js'
import type { DecisionOptions, FamilyOptions, NeighborOptions, SpeakerOptions } from './model/options.js'
import type { NeighborRoutes } from './neighbor-routes.js'
import type { UpdateOut } from './outbound/update-out.js'
import type { Peer } from './peer/peer.js'
import { acceptance, exportTerms, same } from './reload/difference.js'
import type { Tables } from './tables/tables.js'

/** What routes are reconsidered with. */
export interface ReconsiderParts {
  readonly tables: Tables
  readonly neighbors: ReadonlyMap<Peer, NeighborRoutes>
  readonly updateOut: UpdateOut
  options(): SpeakerOptions
  /** Writes to all neighbors with the next round of decisions, whatever that decides. */
  written(): void
}

/**
 * Routes that are there already, when the verdict on them no longer holds: options or the machine changed.
 * They are read or sent anew without a word to the neighbor that brought them.
 */
export class Reconsider {
  readonly #parts: ReconsiderParts

  constructor(parts: ReconsiderParts) {
    this.#parts = parts
  }

  /** A neighbor's options changed in a way that its session survives. */
  neighbor(peer: Peer, before: NeighborOptions): void {
    const routes = this.#parts.neighbors.get(peer)
    if (routes === undefined) return
    const { inbound, outbound, retained } = routes
    const after = peer.options
    for (const options of after.families) {
      const was = inbound.families.get(options.family)?.options
      if (was === undefined) continue
      if (inbound.change(options)) this.own()
      const filtered = !same(was.import, options.import) || lowersOtherwise(before, after)
      const accepted = same(acceptance(before, was), acceptance(after, options))
      if (filtered || !accepted) inbound.reapply(options.family, filtered)
      outbound.change(options, exportsOtherwise(before, was, after, options))
      inbound.checkLimit(options.family)
    }
    if (before.gracefulRestart.enabled && !after.gracefulRestart.enabled) retained.giveUp()
  }

  /** The rules of the decision changed: every prefix is decided anew. */
  decision(before: DecisionOptions): void {
    const { decision } = this.#parts.options()
    for (const rib of this.#parts.tables.ribs()) rib.setOptions(decision)
    if (decision.defaultLocalPref === before.defaultLocalPref) return
    // Internal neighbors get the preference of paths that have none.
    for (const { outbound } of this.#parts.neighbors.values()) outbound.renew('ibgp')
  }

  /** What concerns all that is sent began or ended: every neighbor is sent its routes as they are to be now. */
  exports(): void {
    for (const { outbound } of this.#parts.neighbors.values()) outbound.renew()
  }

  /** A neighbor is to be drained, or no longer. */
  drain(peer: Peer): void {
    const routes = this.#parts.neighbors.get(peer)
    if (routes === undefined) return
    const { inbound, outbound } = routes
    for (const family of inbound.families.keys()) inbound.reapply(family, true)
    outbound.renew()
  }

  /** The cluster id or client-to-client reflection changed: which paths have come round, and what is reflected. */
  reflection(): void {
    const neighbors = [...this.#parts.neighbors.values()]
    for (const { inbound } of neighbors) inbound.reapplyAll('ibgp')
    for (const { outbound } of neighbors) outbound.renew('ibgp')
  }

  /** Whether AS_SETs are rejected has changed: the routes of everybody who can send them again are read anew. */
  asSets(): void {
    for (const { inbound, retained } of this.#parts.neighbors.values()) {
      inbound.asSetsChanged()
      retained.refresh('in')
    }
  }

  /** Own routes changed, or their attributes. */
  own(): void {
    this.#parts.updateOut.reevaluate()
    this.#parts.written()
  }

  /** Links, addresses or routes of the machine changed: next hops are looked at again. */
  nextHops(): void {
    for (const { inbound } of this.#parts.neighbors.values()) inbound.nextHopsChanged()
    this.#parts.updateOut.subnetsChanged()
    this.#parts.written()
    this.#parts.tables.decide()
  }
}

/** A neighbor is to be sent other routes, or the same ones otherwise. */
function exportsOtherwise(
  before: NeighborOptions,
  was: FamilyOptions,
  after: NeighborOptions,
  options: FamilyOptions,
): boolean {
  return !same(exportTerms(was, before), exportTerms(options, after))
}
