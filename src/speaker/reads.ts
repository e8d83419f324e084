/** The speaker's state as read models see it (model/reads.ts), put together from the parts that own it. */

import type { Clock } from '../ports/clock.js'
import type { FibPort } from '../ports/fib.js'
import type { Endpoint } from '../ports/transport.js'
import type { FamilyIn } from './inbound/family-in.js'
import type { LivenessWatch } from './liveness/watch.js'
import type { Maintenance } from './maintenance.js'
import type { SpeakerOptions } from './model/options.js'
import type { FamilyReads, NeighborReads, SpeakerReads } from './model/reads.js'
import type { NeighborRoutes } from './neighbor-routes.js'
import type { Neighbors } from './neighbors.js'
import type { FamilyOut } from './outbound/outbound-routes.js'
import type { OwnRestartBits } from './peer/own-restart.js'
import type { Peer } from './peer/peer.js'
import type { Routing } from './routing.js'

/** The owners of what is read. */
export interface ReadsParts {
  readonly clock: Clock
  /** The kernel; undefined: nothing is installed. */
  readonly fib: FibPort | undefined
  /** Wall time, milliseconds. */
  readonly started: number
  readonly neighbors: Neighbors
  readonly routing: Routing
  readonly maintenance: Maintenance
  readonly ownRestart: OwnRestartBits
  readonly liveness: LivenessWatch
  options(): SpeakerOptions
  listening(): readonly Endpoint[]
}

/** Everything is asked for anew at each reading: nothing is copied until a view is made. */
export function speakerReads(parts: ReadsParts): SpeakerReads {
  const { clock, fib, started, neighbors, routing, maintenance, ownRestart, liveness } = parts
  const { tables } = routing
  const read = (peer: Peer) => neighborReads(peer, routing.of(peer))
  return {
    started,
    get options() {
      return parts.options()
    },
    get listening() {
      return parts.listening()
    },
    get restarting() {
      return ownRestart.restarting
    },
    get maintained() {
      return maintenance.action
    },
    now: () => clock.now(),
    wall: () => clock.wall(),
    table: (family) => tables.rib(family),
    get attributeSets() {
      return tables.attributes.size
    },
    *neighbors() {
      for (const peer of neighbors.all()) yield read(peer)
    },
    neighbor(key) {
      const peer = neighbors.get(key)
      return peer === undefined ? undefined : read(peer)
    },
    *departed() {
      for (const { peer, at, until } of neighbors.departed()) yield departedReads(peer, { at, until })
    },
    bySource(source) {
      const routes = routing.bySource(source)
      return routes === undefined ? undefined : neighborReads(routes.peer, routes)
    },
    neighborDeaths: (address) => liveness.neighbors.of(address),
    gatewayDeaths: (gateway) => liveness.gateways.of(gateway),
    nextHopProblem: (nextHop) => routing.nextHopProblem(nextHop),
    installs: fib !== undefined,
    installed: (prefix) => fib?.route(prefix),
  }
}

function neighborReads(peer: Peer, routes: NeighborRoutes | undefined): NeighborReads {
  const { key, address, options, negotiated } = peer
  return {
    key,
    address,
    remoteAs: options.remoteAs !== 0 ? options.remoteAs : (negotiated?.remoteAs ?? 0),
    session: peer,
    up: peer.session !== undefined,
    source: routes?.source,
    graceful: routes?.retained.graceful,
    get families() {
      if (routes === undefined) return []
      const { inbound, outbound } = routes
      return Array.from(inbound.families.values(), (family) =>
        familyReads(family, outbound.families.get(family.family)),
      )
    },
  }
}

/** One that left, as it was then: it has no routes any more. */
function departedReads(peer: Peer, departed: NeighborReads['departed']): NeighborReads {
  const families = peer.options.families.map((options) => ({
    ...{ family: options.family, options, negotiated: false, addPathReceive: false, addPathSend: false },
    ...{ endOfRibReceived: false, endOfRibSent: false, limitSaid: 'nothing' as const, advertised: undefined },
  }))
  return { ...neighborReads(peer, undefined), families, departed }
}

function familyReads(inward: Readonly<FamilyIn>, outward: Readonly<FamilyOut> | undefined): FamilyReads {
  const { family, options, negotiated, addPathReceive, endOfRibReceived, limitSaid } = inward
  const { group, member } = outward?.sender ?? {}
  return {
    ...{ family, options, negotiated, addPathReceive, endOfRibReceived, limitSaid },
    addPathSend: outward?.addPathSend ?? false,
    endOfRibSent: outward?.endOfRibSent ?? false,
    advertised:
      group === undefined || member === undefined ? undefined : { group: group.id, adj: group.adj, member },
  }
}
