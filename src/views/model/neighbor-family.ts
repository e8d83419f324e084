/** The read model of one address family of a neighbor. Plain JSON values; names follow the HTTP API. */

import type { Family } from '../../ip/family.js'
import type { PathSelection } from '../../rib/export/path-selection.js'
import type { Viewed } from '../../speaker/model/changes.js'
import type { FAMILY_CHANGES, FamilyOptions } from '../../speaker/model/options.js'
import type { UnusedCounts } from './unusable.js'

/** One family of a neighbor: what is configured and agreed on, and counts of its paths. */
export interface NeighborFamilyView {
  readonly family: Family
  /** Both sides announced the family. */
  readonly negotiated: boolean
  /** Paths in its Adj-RIB-In, refused ones too; with ADD-PATH several of a prefix count each. */
  readonly prefixesReceived: number
  /** Of these, those that neither policy nor a check refused. */
  readonly prefixesAccepted: number
  /** Of these, those that take part in the decision: their next hops can be reached, too. */
  readonly prefixesUsed: number
  /** Those received that take no part, by reason; they and `prefixesUsed` make up `prefixesReceived`. */
  readonly unused: UnusedCounts
  /** What import policy consists of, with the names of lists, in the order asked: 'prefix list nodes'. Absent: all pass. */
  readonly importLists?: readonly string[]
  /** Paths of this neighbor that are best. */
  readonly prefixesBest: number
  /** Paths of this neighbor that are best or multipath. */
  readonly prefixesMultipath: number
  /** Routes in its Adj-RIB-Out that it has been sent. */
  readonly prefixesAdvertised: number
  /** Paths kept while the neighbor restarts. */
  readonly prefixesStale: number
  /** In the session that is up. */
  readonly endOfRibReceived: boolean
  /** In the session that is up. */
  readonly endOfRibSent: boolean
  /** With a limit: `threshold` is the number from which on a warning is logged. */
  readonly maximumPrefix?: {
    /** Paths, from 1. */
    readonly limit: number
    /** Paths, from 1. */
    readonly threshold: number
    /** True: above the limit there is a warning, and the session stays. */
    readonly warningOnly: boolean
    /** Seconds that the neighbor is kept out for; absent with warningOnly. */
    readonly restart?: number
    /** 'near': at the threshold or above; 'exceeded': the last session went above the limit. */
    readonly state: 'below' | 'near' | 'exceeded'
  }
  /** Present, and true, for a client of this route reflector (RFC 4456). */
  readonly routeReflectorClient?: boolean
  /** What is configured of paths and communities; absent when it is nothing. */
  readonly rules?: Pick<FamilyOptions, Viewed<typeof FAMILY_CHANGES>>
  /** ADD-PATH (RFC 7911) as configured, and what the session that is up has agreed on. */
  readonly addPath?: {
    /** Configured: path identifiers are asked for. */
    readonly receive: boolean
    /** Configured: which paths of a prefix are sent; absent: the best alone, without identifiers. */
    readonly send?: PathSelection
    /** Agreed on in the session that is up: what comes has path identifiers. */
    readonly receiving: boolean
    /** Agreed on in the session that is up: what goes has path identifiers. */
    readonly sending: boolean
  }
}
