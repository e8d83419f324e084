/** Removes paths of neighbors in pieces, so that nothing else waits for a full table to go. */

import { FAMILIES, type Family } from '../../ip/family.js'
import type { Gateway } from '../../rib/attributes/next-hop-sets.js'
import type { NextHops } from '../../rib/attributes/next-hops.js'
import type { Rib } from '../../rib/table.js'
import type { Task, Work } from '../turn/work.js'

/** Paths removed at a time; a slice of work has several. */
const STEP = 2048

/** One family of a neighbor, with the removal of its paths that is under way. */
export interface FamilyRemoval {
  readonly family: Family
  readonly rib: Rib
  removal: Task | undefined
}

/** Takes paths of a neighbor out of the tables, or puts them last: at once what is little, in slices what is much. */
export class Removals {
  readonly #work: Work

  constructor(work: Work) {
    this.#work = work
  }

  /** Removes every path of a family. @param source the neighbor's index as a source of paths */
  drop(source: number, family: FamilyRemoval): void {
    this.#remove(family, () => family.rib.dropSource(source, STEP))
  }

  /** Removes the paths of a family that are stale. */
  sweep(source: number, family: FamilyRemoval): void {
    this.#remove(family, () => family.rib.sweepStale(source, STEP))
  }

  /** Makes every path of a family, all of them stale, long-lived; those with NO_LLGR go. */
  depreference(source: number, family: FamilyRemoval, now: number): void {
    this.finish(family)
    family.rib.beginLongLived(source)
    this.#remove(family, () => family.rib.markLongLived(source, STEP, now))
  }

  /** Brings a removal that is under way to its end: new paths of the same neighbor are about to come. */
  finish(family: FamilyRemoval): void {
    const { removal } = family
    if (removal === undefined) return
    while (!removal.step());
    this.#work.cancel(removal)
    family.removal = undefined
  }

  #remove(family: FamilyRemoval, step: () => boolean): void {
    this.finish(family)
    // When many neighbors go at once, those that stay must get their keepalives in between.
    if (!this.#work.exhausted() && step()) return
    const removal = this.#work.add({
      step,
      done() {
        if (family.removal === removal) family.removal = undefined
      },
    })
    family.removal = removal
  }
}

/**
 * Gateways that only paths of this source use, in all tables: with its session they lose their last user.
 * Empty while a table keeps paths of the source.
 * @param dropped families whose paths are about to go
 */
export function lostGateways(
  source: number,
  dropped: readonly Family[],
  rib: (family: Family) => Rib,
  nextHops: NextHops,
): Gateway[] {
  const tables = FAMILIES.map(rib)
  if (tables.some((table) => !dropped.includes(table.family) && (table.source(source)?.accepted ?? 0) > 0)) {
    return []
  }
  const sole = tables.map((table) => new Set(table.soleGateways(source)))
  const all = new Set(sole.flatMap((set) => [...set]))
  return [...all].filter((gateway) =>
    tables.every((table, index) => sole[index].has(gateway) || !usesGateway(table, nextHops, gateway)),
  )
}

function usesGateway(table: Rib, nextHops: NextHops, gateway: Gateway): boolean {
  for (let id = 1; id <= nextHops.size; id++) {
    if (table.nextHopUsers(id) === 0) continue
    const used = nextHops.gateway[id]
    if (used !== 0 && table.nextHopSets.gatewayOf(used) === gateway) return true
  }
  return false
}
