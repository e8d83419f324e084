/** For how long a neighbor's connections are refused, and why. Plain JSON values: read models hold them as they are. */

import type { Family } from '../../ip/family.js'

/** It announced more than it may (`maximum-prefix`): no session until then, unless the limit is changed. */
export interface PrefixPause {
  readonly reason: 'maximum-prefix'
  readonly family: Family
  /** Prefixes that it may announce, at least 1. */
  readonly limit: number
  /** Prefixes that were counted when the session was ended; it may have had more to say. */
  readonly count: number
  /** When it is let in again, ISO 8601. */
  readonly until: string
}

/** Its sessions and connections failed one after the other: those that it opens are refused at growing distances. */
export interface FailurePause {
  readonly reason: 'failures'
  /** How many failed, at least 1. */
  readonly count: number
  /** Connections that were refused since the log named it last. */
  readonly refused: number
  /** When it is let in again, ISO 8601. */
  readonly until: string
}

/** Why a neighbor is kept out for a while. It belongs to the address, whoever comes from there. */
export type Pause = PrefixPause | FailurePause
