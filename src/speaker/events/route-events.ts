/** Changes of the tables as events for people: one by one while they are few, as counts when they are many. */

import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { NextHopSet } from '../../rib/attributes/next-hop-sets.js'
import type { ChangeBatch } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'
import { gatewayText } from './attribute-text.js'
import type { Events } from './events.js'

/** Single route events in a second; what goes beyond is counted. */
const MOST_A_SECOND = 1000
/** Milliseconds after which counted changes become an event. */
const SUMMARY_AFTER = 1000

/** A best path as an event tells it. */
interface Described {
  readonly neighbor: string
  readonly asPath: string
}

interface Counts {
  announced: number
  changed: number
  withdrawn: number
}

/** What the events of one family need. */
interface Watched {
  readonly rib: Rib
  /** 1 for a prefix that had a best path after the last batch, by prefix id. */
  known: Uint8Array
  readonly left: Counts
}

/**
 * Tells changes of routes as events. A full table at session start would be a million objects that nobody
 * reads: at most 1,000 changes a second become events of their own, the rest one 'routes' event with counts.
 */
export class RouteEvents {
  readonly #clock: Clock
  readonly #events: Events
  readonly #describe: (rib: Rib, path: number) => Described
  readonly #watched = new Map<Family, Watched>()
  #second = Number.NEGATIVE_INFINITY
  #told = 0
  #summaryDue = false
  /** Texts of the last event: routes of one batch mostly differ in the prefix alone. */
  #set: NextHopSet | undefined
  #nextHops: readonly string[] = []
  #parts: { attribute: number; source: number; best: Described | undefined } = {
    ...{ attribute: 0, source: -1, best: undefined },
  }

  /** @param describe names the neighbor and the AS path of a path */
  constructor(clock: Clock, events: Events, describe: (rib: Rib, path: number) => Described) {
    this.#clock = clock
    this.#events = events
    this.#describe = describe
  }

  watch(rib: Rib): void {
    const left = { announced: 0, changed: 0, withdrawn: 0 }
    this.#watched.set(rib.family, { rib, known: new Uint8Array(1024), left })
  }

  /** Called with each batch, while the table shows its outcome. */
  batch(batch: ChangeBatch): void {
    const watched = this.#watched.get(batch.family)
    if (watched === undefined) return
    const now = this.#clock.now()
    if (now - this.#second >= 1000) {
      this.#second = now
      this.#told = 0
    }
    const { rib } = watched
    if (rib.prefixes.limit > watched.known.length) {
      const grown = new Uint8Array(Math.max(rib.prefixes.limit, watched.known.length * 2))
      grown.set(watched.known)
      watched.known = grown
    }
    const { known, left } = watched
    this.#forgetParts()
    for (let i = 0; i < batch.count; i++) {
      const prefix = batch.prefixes[i]
      const best = rib.best(prefix)
      const change = best === 0 ? 'withdrawn' : known[prefix] === 0 ? 'announced' : 'changed'
      if (best === 0 && known[prefix] === 0) continue
      known[prefix] = best === 0 ? 0 : 1
      if (this.#told < MOST_A_SECOND) {
        this.#told++
        this.#tell(rib, prefix, best, change)
      } else {
        left[change]++
        this.#summaryLater()
      }
    }
  }

  #tell(rib: Rib, prefix: number, best: number, change: 'announced' | 'changed' | 'withdrawn'): void {
    const set = rib.nextHopSet(prefix)
    if (set !== this.#set) {
      this.#set = set
      this.#nextHops = set === undefined ? [] : set.gateways.map(gatewayText)
    }
    const parts = this.#parts
    if (best !== 0) {
      const attribute = rib.attributeOf(best)
      const source = rib.sourceOf(best)
      if (attribute !== parts.attribute || source !== parts.source) {
        parts.attribute = attribute
        parts.source = source
        parts.best = this.#describe(rib, best)
      }
    }
    this.#events.add({
      type: 'route',
      family: rib.family,
      prefix: rib.prefixes.text(prefix),
      change,
      nextHops: this.#nextHops,
      best: best === 0 ? undefined : parts.best,
    })
  }

  /** What events share holds within a batch: ids are given again. */
  #forgetParts(): void {
    this.#set = undefined
    this.#nextHops = []
    this.#parts = { attribute: 0, source: -1, best: undefined }
  }

  #summaryLater(): void {
    if (this.#summaryDue) return
    this.#summaryDue = true
    this.#clock.after(SUMMARY_AFTER, () => {
      this.#summaryDue = false
      for (const [family, { left }] of this.#watched) {
        if (left.announced + left.changed + left.withdrawn === 0) continue
        this.#events.add({ type: 'routes', family, ...left })
        left.announced = 0
        left.changed = 0
        left.withdrawn = 0
      }
    })
  }
}
