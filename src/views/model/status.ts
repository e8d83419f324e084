/** The read models of the speaker as a whole, and of the process around it. Times are ISO 8601 texts in UTC. */

import type { Family } from '../../ip/family.js'
import type { FibStatusView } from '../../ports/fib.js'
import type { MaintenanceView } from './maintenance.js'

/** The table of one family, counted when asked. */
export interface TableView {
  readonly family: Family
  /** Ascends with each round of decisions that changed something. */
  readonly version: number
  /** Prefixes with a path, used or not. */
  readonly prefixes: number
  /** Paths of all Adj-RIBs-In, used or not. */
  readonly paths: number
  /** Prefixes with two or more multipaths. */
  readonly multipathPrefixes: number
  /** The paths in these sets. */
  readonly multipathPaths: number
  /** Distinct attribute sets; both families share them. */
  readonly attributeSets: number
  /** Prefixes by width of their ECMP set: widths[3] is the number with three next hops. */
  readonly widths: readonly number[]
}

/** The speaker: who it is, and counts of its tables. */
export interface SpeakerView {
  /** 1 to 4294967295. */
  readonly localAs: number
  /** BGP Identifier, dotted decimal. */
  readonly routerId: string
  /** As announced in capability 73. */
  readonly hostName: string
  /** When this speaker was made. */
  readonly started: string
  /** Back from a restart: no route is announced yet (RFC 4724 §4.1). Absent: routes are announced. */
  readonly restarting?: true
  /** All routes are announced with GRACEFUL_SHUTDOWN (RFC 8326). Absent: they are not. */
  readonly maintenance?: MaintenanceView
  /** Widest ECMP sets from eBGP and from iBGP; 1 is no multipath. */
  readonly maximumPaths: { readonly ebgp: number; readonly ibgp: number }
  /** Addresses and ports that it listens on; empty: it only dials. */
  readonly listen: readonly { readonly address: string; readonly port: number }[]
  /** One for each family. */
  readonly tables: readonly TableView[]
}

/** `/api/v1/status`: the speaker, and the process around it. */
export interface StatusView extends SpeakerView {
  /** Of ecmpd. */
  readonly version: string
  /** Node.js version without the 'v'. */
  readonly node: string
  /** Of the daemon. */
  readonly pid: number
  /** The daemon's wall clock, ISO 8601. */
  readonly now: string
  /** Seconds since the process started. */
  readonly uptime: number
  /** Where the running configuration came from. */
  readonly configuration: {
    /** Absolute path; absent when the daemon runs without a file (demo). */
    readonly file?: string
    /** When the running configuration was loaded, ISO 8601. */
    readonly loaded: string
  }
  /** The kernel's side, in counts. */
  readonly fib: FibStatusView
  /** What `/readyz` says. */
  readonly ready: boolean
  /** Why it is not ready, for people; empty when it is. */
  readonly waiting: readonly string[]
  /** Resident set size, octets. */
  readonly memory: number
}
