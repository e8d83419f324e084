/**
 * What the speaker shows of itself to those who make read models of it (views/): its state as it is now, to be read
 * within the same turn and never changed or kept. The speaker's own classes stay behind these interfaces, so that they
 * can change without the views, and views can be made of anything else that has such a state.
 */

import type { Family } from '../../ip/family.js'
import type { FibRouteView } from '../../ports/fib.js'
import type { Endpoint } from '../../ports/transport.js'
import type { AdjOut } from '../../rib/out/adj-out.js'
import type { OutMember } from '../../rib/out/out-member.js'
import type { Rib } from '../../rib/table.js'
import type { NamedNeighbor, NeighborKey } from '../../session/neighbor-key.js'
import type { Negotiated, RestartState, State } from '../../session/types.js'
import type { Capability } from '../../wire/types.js'
import type { OperatorAction } from './operation.js'
import type { FamilyOptions, NeighborOptions, SpeakerOptions } from './options.js'
import type { Pause } from './pause.js'
import type {
  AttributeFaults,
  FaultCounts,
  FaultRecord,
  LastDial,
  LastError,
  MessageCounts,
} from './session-record.js'

/** The speaker's state. */
export interface SpeakerReads {
  /** What it is to be. */
  readonly options: SpeakerOptions
  /** Wall time of its making, milliseconds. */
  readonly started: number
  /** Where it listens. */
  readonly listening: readonly Endpoint[]
  /** Back from a restart: no route is announced yet (RFC 4724 §4.1). */
  readonly restarting: boolean
  /** Put into maintenance by an operator; undefined: not by one. */
  readonly maintained: OperatorAction | undefined
  /** Clock time, milliseconds from any beginning. */
  now(): number
  /** Wall time, milliseconds since 1970. */
  wall(): number
  /** The table of a family. */
  table(family: Family): TableReads
  /** Distinct attribute sets of both tables. */
  readonly attributeSets: number
  /** All neighbors: the configured ones in the order in which they were added, and those from listen ranges. */
  neighbors(): Iterable<NeighborReads>
  neighbor(key: NeighborKey): NeighborReads | undefined
  /** Those from listen ranges that left, and are not back: the earliest first. */
  departed(): Iterable<NeighborReads>
  /** The neighbor of a source index; undefined for 0, the speaker itself, and for one that is gone. */
  bySource(source: number): NeighborReads | undefined
  /** By whose word a neighbor, or a gateway, is dead (ports/liveness.ts), the earliest first; empty: it is alive. */
  neighborDeaths(address: string): readonly DeathReads[]
  gatewayDeaths(gateway: string): readonly DeathReads[]
  /** Why a next hop, by its id, can't be reached, for people; undefined when it can, or when nobody knows. */
  nextHopProblem(nextHop: number): string | undefined
  /** Whether routes are given to a kernel at all. */
  readonly installs: boolean
  /** What the kernel has for a prefix; undefined when it was not asked for it. */
  installed(prefix: string): FibRouteView | undefined
}

/** A death as a source of liveness says it. */
export interface DeathReads {
  readonly source: { readonly name: string }
  readonly death: { readonly cause: string; readonly strict?: boolean }
  /** Wall time at which this source said it first, milliseconds. */
  readonly since: number
}

/** The reading side of a routing table: ids of prefixes and paths hold until the table is changed. */
export type TableReads = Pick<
  Rib,
  | 'family'
  | 'version'
  | 'prefixes'
  | 'attributes'
  | 'totals'
  | 'source'
  | 'count'
  | 'find'
  | 'first'
  | 'next'
  | 'explain'
  | 'reasonOf'
  | 'unreachableOf'
  | 'prefixOf'
  | 'sourceOf'
  | 'pathIdOf'
  | 'attributeOf'
  | 'receivedAttributeOf'
  | 'isAccepted'
  | 'isStale'
  | 'sinceOf'
  | 'versionOf'
  | 'isSuppressed'
  | 'nextHopSet'
  | 'forEachOfSource'
>

/** One neighbor. */
export interface NeighborReads extends NamedNeighbor {
  readonly session: SessionReads
  /** It left at `at`, and is forgotten at `until`; wall time, milliseconds. Undefined: it is there. */
  readonly departed?: { readonly at: number; readonly until: number }
  /** A session is up. */
  readonly up: boolean
  /** Index as a source of paths, from 1; undefined while it has no place in the tables. */
  readonly source: number | undefined
  /** Those configured, in their order. */
  readonly families: Iterable<FamilyReads>
  /** What the helper does for it (RFC 4724, RFC 9494); undefined while it has no place in the tables. */
  readonly graceful:
    | {
        readonly phase: RestartState['phase']
        /** Seconds until stale paths are removed; undefined when none are kept. */
        readonly remaining: number | undefined
        /** Families in their long-lived period, with the seconds until their stale paths are removed. */
        readonly longLived: readonly { readonly family: Family; readonly remaining: number }[]
      }
    | undefined
}

/** A neighbor's session, the one that is up or the last one, and its attempts. */
export interface SessionReads {
  readonly options: NeighborOptions
  /** What people call the neighbor; undefined: nobody gave it a name. */
  readonly givenName: string | undefined
  /** Made from a listen range. */
  readonly dynamic: boolean
  readonly state: State
  /** Shut down by configuration or operator. */
  readonly adminDown: boolean
  /** Shut down by an operator. */
  readonly operatorShutdown: OperatorAction | undefined
  /** Drained by an operator. */
  readonly drained: OperatorAction | undefined
  /** Why its connections are refused for a while; undefined: they are not. */
  readonly paused: Pause | undefined
  /** Wall time of the last change of state, milliseconds. */
  readonly since: number
  /** From the last OPENs that were accepted. */
  readonly negotiated: Negotiated | undefined
  /** Any connection, the session's first. */
  readonly connection: { readonly local: Endpoint; readonly remote: Endpoint } | undefined
  /** Of the own OPEN, of this session or the last. */
  readonly sentCapabilities: readonly Capability[]
  /** What explains that it is not up; undefined while it is. */
  readonly lastError: LastError | undefined
  readonly failures: {
    /** Of the last connection that got as far as an OPEN, since a session came up. */
    readonly lastFailure: LastError | undefined
    /** What the last own dial came to. */
    readonly lastDial: LastDial | undefined
    /** Why the last session that was up ended. */
    readonly lastReset: LastError | undefined
  }
  /** Sessions that came up, and that ended. */
  readonly establishedCount: number
  readonly droppedCount: number
  /** Wall time of the end of the last session that was up, milliseconds. */
  readonly downSince: number | undefined
  /** Clock time of the last octets read and written, milliseconds. */
  readonly lastRead: number | undefined
  readonly lastWrite: number | undefined
  /** Octets waiting in the connections' queues. */
  readonly outputQueue: number
  readonly sent: { view(): MessageCounts }
  readonly received: { view(): MessageCounts }
  readonly faults: {
    counts(): FaultCounts & { readonly attributes: readonly AttributeFaults[] }
    /** The newest first. */
    last(): readonly FaultRecord[]
  }
}

/** One family of a neighbor. */
export interface FamilyReads {
  readonly family: Family
  readonly options: FamilyOptions
  /** Both sides announced the family in the session that is up. */
  readonly negotiated: boolean
  /** NLRI carry path identifiers (RFC 7911), in the session that is up: those that come, those that go. */
  readonly addPathReceive: boolean
  readonly addPathSend: boolean
  readonly endOfRibReceived: boolean
  readonly endOfRibSent: boolean
  /** What the log has said of the number of paths: nothing, that it nears the maximum, that it exceeds it. */
  readonly limitSaid: 'nothing' | 'threshold' | 'exceeded'
  /** Its place in an update group; undefined while nothing is exported to it. */
  readonly advertised: AdvertisedReads | undefined
}

/** What a neighbor is sent (Adj-RIB-Out). */
export interface AdvertisedReads {
  /** Number of the update group. */
  readonly group: number
  readonly adj: Pick<AdjOut, 'treatment' | 'advertisedPaths' | 'isOriginated' | 'attributes'>
  readonly member: OutMember
}
