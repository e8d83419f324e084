import type { Family } from '../../ip/family.js'
import { compilePolicy } from '../../policy/route-policy.js'
import type { AttributeTable } from '../../rib/attributes/attributes.js'
import type { Source } from '../../rib/store/types.js'
import type { RouteFilter } from '../../rib/table.js'
import type { Negotiated } from '../../session/types.js'
import type { DecodeContext } from '../../wire/types.js'
import type { NextHopSession } from '../inbound/next-hop-rules.js'
import type { FamilyOptions } from '../model/options.js'
import type { Outlet } from '../outbound/update-out.js'
import type { Link } from '../peer/connection-driver.js'
import type { Peer } from '../peer/peer.js'
import type { Task } from '../turn/work.js'
import type { Graceful } from './graceful.js'
import type { Refresh } from './refresh.js'

/** One family of a neighbor. */
export interface FamilyRoutes {
  readonly family: Family
  options: FamilyOptions
  /** Import policy; undefined accepts all. */
  filter: RouteFilter | undefined
  /** Both sides announced the family in the session that is up. */
  negotiated: boolean
  /** NLRI carry path identifiers (RFC 7911), in the session that is up: those that come, those that go. */
  addPathReceive: boolean
  addPathSend: boolean
  endOfRibReceived: boolean
  endOfRibSent: boolean
  /** The maximum was exceeded: nothing more is read from this session. */
  overLimit: boolean
  /** What was said of the number of paths: nothing, that it nears the maximum, that it exceeds it. */
  limitSaid: 'nothing' | 'threshold' | 'exceeded'
  /** What is sent, while the family is negotiated. */
  outlet: Outlet | undefined
  /** Removal of paths that is under way. */
  removal: Task | undefined
}

/** What the tables know of one neighbor, beside its session. */
export interface NeighborRoutes {
  readonly peer: Peer
  /** Index as a source of both tables. */
  readonly source: number
  readonly families: Map<Family, FamilyRoutes>
  readonly graceful: Graceful
  /** Of the session that is up. */
  session:
    | {
        readonly terms: Negotiated
        readonly link: Link
        /** Changes when AS_SETs are rejected from now on, or no longer. */
        context: DecodeContext
        readonly nextHop: NextHopSession
        /**
         * What is wrong with a next hop ('' nothing), by next-hop id. Ids are given again: an answer holds for
         * the next hop with these very octets.
         */
        readonly nextHopFaults: Map<number, { readonly octets: Uint8Array; readonly fault: string }>
        /** AFI * 256 + SAFI of families that were not negotiated and came nevertheless. */
        readonly ignoredFamilies: Set<number>
        readonly refresh: Refresh
      }
    | undefined
}

/** A family of a neighbor that has no session yet. @throws RangeError for a policy that is none */
export function familyRoutes(options: FamilyOptions, attributes: AttributeTable): FamilyRoutes {
  return {
    family: options.family,
    options,
    filter: compilePolicy(options.import, options.family, attributes, 'in'),
    negotiated: false,
    addPathReceive: false,
    addPathSend: false,
    endOfRibReceived: false,
    endOfRibSent: false,
    overLimit: false,
    limitSaid: 'nothing',
    outlet: undefined,
    removal: undefined,
  }
}

/** What a neighbor's options say of it as a source of paths. */
export function sourceTerms(peer: Peer, options: FamilyOptions): Pick<Source, 'weight' | 'client'> {
  return { weight: peer.options.weight, client: options.routeReflectorClient ?? false }
}
