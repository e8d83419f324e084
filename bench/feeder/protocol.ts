import type { Family } from '../../src/ip/family.js'
import type { Sample, TableSpec } from '../bytes/tables.js'

/** One BGP session that a feeder process holds. */
export interface FeederPeer {
  /** Own address, of which the router id is the last 32 bits for IPv6. */
  readonly local: string
  readonly as: number
  readonly routerId: string
  /** What it announces at 'go'; undefined: nothing. */
  readonly table?: TableSpec
}

/** What a feeder process does. */
export interface FeederSpec {
  readonly family: Family
  /** Where the switch listens, or where this process itself listens for one session (`listen`). */
  readonly remote: string
  readonly listen?: boolean
  /** Seconds. */
  readonly holdTime: number
  readonly peers: readonly FeederPeer[]
  /**
   * true: each session announces its table as soon as it is Established; false: at 'go', all of them.
   */
  readonly eager: boolean
  /** Milliseconds between the first attempts of two sessions. Default 0: all at once. */
  readonly stagger?: number
  /** Prefixes that complete a session that receives; undefined: nothing is counted. */
  readonly expect?: number
  /** Changes that the first session sends at 'churn', or looks for in what it receives. */
  readonly churn?: ChurnSpec
}

/** A stream of changes: host routes in turn get another next hop and a community that numbers the change. */
export interface ChurnSpec {
  /** Host routes from 16.0.0.0 on, which the first peer's table holds. */
  readonly prefixes: number
  /** Changes a second; together they must be whole rounds of the prefixes. */
  readonly rate: number
  readonly seconds: number
  /** Next hops that take turns; the table has the first. */
  readonly nextHops: readonly string[]
  readonly role: 'send' | 'receive'
  /**
   * Where the times go when all were sent ('churn') or received ('complete'): a double for each change,
   * milliseconds of the monotonic clock; 0: never.
   */
  readonly file: string
}

/**
 * What a feeder process writes to its standard output, a line of JSON each. `at` is milliseconds of the
 * machine's monotonic clock.
 */
export type FeederEvent =
  /** Octets are ready; connecting begins. */
  | {
      readonly type: 'ready'
      readonly tables: readonly {
        readonly prefixes: number
        readonly asSets: number
        readonly faulty: number
        readonly updates: number
        readonly octets: number
        readonly sets: number
        readonly samples: readonly Sample[]
        readonly hash: number
      }[]
    }
  /** The first attempt to connect. */
  | { readonly type: 'connecting'; readonly at: number }
  /** All sessions are Established. */
  | { readonly type: 'established'; readonly at: number; readonly attempts: number }
  /** Before the first octet of an order ('go', 'withdraw', 'churn'). */
  | { readonly type: 'sending'; readonly at: number }
  /** The kernel took the last octet of it. */
  | { readonly type: 'sent'; readonly at: number }
  /** A session ended. */
  | {
      readonly type: 'closed'
      readonly at: number
      readonly local: string
      readonly notification?: readonly [number, number]
    }
  /** A receiving session has `expect` prefixes; `all`: it was the last. */
  | { readonly type: 'complete'; readonly at: number; readonly local: string; readonly all: boolean }
  /** Answer to 'report'. */
  | { readonly type: 'report'; readonly sessions: readonly SessionReport[]; readonly cpu: number }

/** What a session received. */
export interface SessionReport {
  readonly local: string
  readonly up: boolean
  readonly updates: number
  readonly octets: number
  readonly announced: number
  readonly withdrawn: number
  /** Sum of the hashes of the announced prefixes. */
  readonly hash: number
  /** Distinct attribute blocks, hex; at most 16. */
  readonly attributes: readonly string[]
}
