/**
 * The read models of a speaker, made when they are asked for. What they look like is in model/, which holds types alone
 * and can be imported anywhere; how each is made is in the file of its name; what they are made of is what the speaker
 * shows of itself (speaker/model/reads.ts).
 */

import type { Family } from '../ip/family.js'
import { type FoundNeighbor, findNeighbor, type NeighborKey } from '../session/neighbor-key.js'
import type { SpeakerReads } from '../speaker/model/reads.js'
import type { NeighborView } from './model/neighbor.js'
import type { NextHopSetView } from './model/next-hops.js'
import type { RoutePage, RouteQuery } from './model/route.js'
import type { SpeakerView } from './model/status.js'
import { neighborView } from './neighbor-view.js'
import { nextHopSets } from './next-hops-view.js'
import { advertisedPage, type RouteContext, routePage } from './route-view.js'
import { speakerView } from './speaker-view.js'

/** The read models of a speaker, as those ask for them who show it. */
export interface Views {
  /** Counts over whole tables: some milliseconds with a full one. */
  speaker(): SpeakerView
  /** All neighbors: the configured ones in the order in which they were added, and those from listen ranges, last those that left. */
  neighbors(): readonly NeighborView[]
  neighbor(key: NeighborKey): NeighborView | undefined
  /** The neighbor that a person named. @param name address in any spelling, or 'ADDRESS#AS' */
  find(name: string): FoundNeighbor<NeighborView>
  /** A page of the Loc-RIB, or of a neighbor's Adj-RIB-In. @throws RangeError on a cursor that it did not make */
  routes(query: RouteQuery): RoutePage
  /** A page of a neighbor's Adj-RIB-Out. @throws RangeError on a cursor that it did not make */
  advertised(key: NeighborKey, query: RouteQuery): RoutePage
  /** The ECMP sets in use, those of most prefixes first; walks the whole table. */
  nextHopSets(family: Family): readonly NextHopSetView[]
}

const NO_ROUTES: RoutePage = { routes: [], total: 0 }

/** The read models of the speaker that is read. */
export function speakerViews(reads: SpeakerReads): Views {
  const view = (neighbor: Parameters<typeof neighborView>[1]) => neighborView(reads, neighbor)
  function* all() {
    yield* reads.neighbors()
    yield* reads.departed()
  }
  return {
    speaker: () => speakerView(reads),
    neighbors: () => Array.from(all(), view),
    neighbor(key) {
      const neighbor = reads.neighbor(key) ?? [...reads.departed()].find((one) => one.key === key)
      return neighbor === undefined ? undefined : view(neighbor)
    },
    find(name) {
      const found = findNeighbor(all(), name)
      return 'neighbor' in found ? { neighbor: view(found.neighbor) } : found
    },
    routes(query) {
      const context = routeContext(reads, query.family)
      if (query.neighbor === undefined) return routePage(context, query)
      const source = reads.neighbor(query.neighbor)?.source
      return source === undefined ? NO_ROUTES : routePage(context, query, source)
    },
    advertised(key, query) {
      const families = reads.neighbor(key)?.families ?? []
      const family = [...families].find((one) => one.family === query.family)
      return advertisedPage(routeContext(reads, query.family), query, family?.advertised)
    },
    nextHopSets: (family) => nextHopSets(reads.table(family)),
  }
}

function routeContext(reads: SpeakerReads, family: Family): RouteContext {
  return {
    rib: reads.table(family),
    installs: reads.installs,
    installed: (prefix) => reads.installed(prefix),
    wall: () => reads.wall(),
    defaultLocalPref: reads.options.decision.defaultLocalPref,
    localAs: reads.options.localAs,
    neighbor: (source) => reads.bySource(source),
    gatewayDeaths: (gateway) => reads.gatewayDeaths(gateway),
    nextHopProblem: (nextHop) => reads.nextHopProblem(nextHop),
  }
}
