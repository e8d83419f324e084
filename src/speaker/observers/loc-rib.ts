/**
 * Loc-RIB as values: the best path of each prefix that changed and its gateways, and the gateways alone where they
 * changed. Each of the two remembers, by prefix, the gateways told last.
 */

import type { Family } from '../../ip/family.js'
import type { LocRibChange, NextHopSetChange, ObservedNextHops } from '../../ports/observer.js'
import type { ChangeBatch } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'
import type { TableKind } from './table-watch.js'
import { NO_NEXT_HOPS, type RouteValues, sameNextHops } from './values.js'

/** What both kinds remember: the gateways of prefixes that have a route, by family and prefix. */
abstract class BestKind<Change> implements TableKind<Change> {
  protected readonly values: RouteValues
  readonly #told = new Map<Family, (ObservedNextHops | undefined)[]>()

  constructor(values: RouteValues) {
    this.values = values
  }

  follow(rib: Rib, batch: (batch: ChangeBatch) => void): () => void {
    return rib.subscribe(batch)
  }

  changes(rib: Rib, { prefixes, count }: ChangeBatch): Change[] {
    const told = this.#of(rib)
    const changes: Change[] = []
    for (let i = 0; i < count; i++) {
      const prefix = prefixes[i]
      const before = told[prefix]
      const best = rib.best(prefix)
      if (best === 0 && before === undefined) continue
      const after = this.values.nextHops(rib.nextHopSet(prefix))
      told[prefix] = best === 0 ? undefined : after
      this.add(rib, prefix, best, before ?? NO_NEXT_HOPS, after, changes)
    }
    return changes
  }

  present(rib: Rib, prefix: number, into: Change[]): void {
    const best = rib.best(prefix)
    if (best === 0) return
    const after = this.values.nextHops(rib.nextHopSet(prefix))
    this.#of(rib)[prefix] = after
    this.add(rib, prefix, best, NO_NEXT_HOPS, after, into)
  }

  forget(): void {
    this.#told.clear()
  }

  protected abstract add(
    rib: Rib,
    prefix: number,
    best: number,
    before: ObservedNextHops,
    after: ObservedNextHops,
    into: Change[],
  ): void

  #of({ family }: Rib): (ObservedNextHops | undefined)[] {
    let told = this.#told.get(family)
    if (told === undefined) {
      told = []
      this.#told.set(family, told)
    }
    return told
  }
}

/** Best paths (LocRibChange). */
export class LocRibKind extends BestKind<LocRibChange> {
  protected add(
    rib: Rib,
    prefix: number,
    best: number,
    before: ObservedNextHops,
    nextHops: ObservedNextHops,
    into: LocRibChange[],
  ): void {
    into.push({
      prefix: rib.prefixes.text(prefix),
      best: best === 0 ? undefined : this.values.path(rib, best),
      nextHops,
      before,
    })
  }
}

/** Sets of gateways (NextHopSetChange). */
export class NextHopSetKind extends BestKind<NextHopSetChange> {
  protected add(
    rib: Rib,
    prefix: number,
    _best: number,
    before: ObservedNextHops,
    after: ObservedNextHops,
    into: NextHopSetChange[],
  ): void {
    if (!sameNextHops(before, after)) into.push({ prefix: rib.prefixes.text(prefix), before, after })
  }
}
