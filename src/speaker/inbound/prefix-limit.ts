/** How many prefixes a neighbor may send (`maximum-prefix`), and what happens when it sends more. */

import { afiOf, type Family, SAFI_UNICAST } from '../../ip/family.js'
import type { Log } from '../../ports/log.js'
import type { Events } from '../events/events.js'
import type { FamilyOptions } from '../model/options.js'
import type { Peer } from '../peer/peer.js'
import type { FamilyIn } from './family-in.js'

type Exceeded = (peer: Peer, family: Family, limit: number, count: number) => void

/** Holds neighbors to the number of prefixes that they may send. */
export class PrefixLimit {
  readonly #log: Log
  readonly #events: Events
  readonly #exceeded: Exceeded

  /** @param exceeded ends the session of a neighbor that sent more than it may */
  constructor(log: Log, events: Events, exceeded: Exceeded) {
    this.#log = log
    this.#events = events
    this.#exceeded = exceeded
  }

  /**
   * Looks at the number of prefixes after it may have grown, or its limit has changed, while the session is up.
   * @param source the neighbor's index as a source of paths
   */
  check(peer: Peer, source: number, family: FamilyIn): void {
    const { maximumPrefix, maximumPrefixAction, maximumPrefixReceived } = family.options
    if (maximumPrefix === 0 || family.overLimit) return
    const paths = family.rib.source(source)
    const count = (maximumPrefixReceived ? paths?.received : paths?.accepted) ?? 0
    this.#say(peer, family, count)
    if (count <= maximumPrefix || maximumPrefixAction === 'warning-only') return
    family.overLimit = true
    this.#exceeded(peer, family.family, maximumPrefix, count)
  }

  /** Each line once until the number falls below the threshold. */
  #say(peer: Peer, family: FamilyIn, count: number): void {
    const { maximumPrefix, maximumPrefixAction } = family.options
    if (count < limitThreshold(family.options)) {
      family.limitSaid = 'nothing'
      return
    }
    const exceeded = count > maximumPrefix
    if (family.limitSaid === 'exceeded' || (family.limitSaid === 'threshold' && !exceeded)) return
    family.limitSaid = exceeded ? 'exceeded' : 'threshold'
    if (exceeded && maximumPrefixAction !== 'warning-only') return
    const about = { family: family.family, limit: maximumPrefix, count }
    this.#events.add({
      type: 'maximum-prefix',
      neighbor: peer.key,
      change: exceeded ? 'exceeded' : 'near',
      ...about,
    })
    const what = exceeded ? 'more than' : `${Math.floor((count * 100) / maximumPrefix)} % of`
    const kept = exceeded ? '; maximum-prefix is warning-only: they are used' : ''
    this.#log.warn(
      { neighbor: peer.key, family: family.family, accepted: count, limit: maximumPrefix },
      `neighbor ${peer.name}: ${count} prefixes of ${family.family}, ${what} the ${maximumPrefix} allowed${kept}`,
    )
  }
}

/** Number of accepted prefixes from which on a warning is logged; at least 1. */
export function limitThreshold({ maximumPrefix, maximumPrefixThreshold = 75 }: FamilyOptions): number {
  return Math.max(1, Math.ceil((maximumPrefix * maximumPrefixThreshold) / 100))
}

/** Data of Cease/Maximum Number of Prefixes Reached: AFI, SAFI and the limit (RFC 4486 §4). */
export function limitData(family: Family, limit: number): Uint8Array {
  const afi = afiOf(family)
  return Uint8Array.of(afi >>> 8, afi, SAFI_UNICAST, limit >>> 24, limit >>> 16, limit >>> 8, limit)
}
