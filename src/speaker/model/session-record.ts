/**
 * What sessions leave behind, for people who look why one ended and what came over it. Plain JSON values: read models
 * hold them as they are. Times are ISO 8601 texts in UTC.
 */

import type { Cause, EndReason } from '../../session/reasons.js'

/** Why a session ended or a connection was refused. */
export interface LastError extends Cause {
  /** When it ended. */
  readonly at: string
  /** The NOTIFICATION, if one was sent or received. */
  readonly notification?: {
    readonly direction: 'sent' | 'received'
    /** Error code and subcode (RFC 4271 §4.5), 0 to 255. */
    readonly code: number
    readonly subcode: number
    /** 'Cease/Administrative Shutdown'. */
    readonly name: string
    /** Shutdown communication, escaped (RFC 9003). */
    readonly message?: string
    /** Data octets in hex. */
    readonly data: string
  }
}

/** What the last own dial of a neighbor came to. */
export interface LastDial {
  /** When it did. */
  readonly at: string
  /** Dials in a row that brought no OPEN of the neighbor; 0: the last one did. */
  readonly failures: number
  /** Why the last one failed, a stable word, a sentence, and what to do; absent: it did not. */
  readonly reason?: EndReason
  readonly text?: string
  readonly remedy?: string
}

/** Messages in one direction by type. */
export interface MessageCounts {
  readonly open: number
  readonly update: number
  readonly notification: number
  readonly keepalive: number
  readonly routeRefresh: number
}

/** Counts by what became of the routes or the session (RFC 7606 §2). */
export interface FaultCounts {
  /** The attribute was left out, the routes were taken. */
  readonly discard: number
  /** The routes were treated as withdrawn. */
  readonly withdraw: number
  /** The session was reset. */
  readonly reset: number
}

/** Faults that lay in one attribute. */
export interface AttributeFaults extends FaultCounts {
  /** Type code; absent for what lay in no attribute: lengths, NLRI. */
  readonly attribute?: number
  /** 'ORIGIN'; 'message' when there is no attribute. */
  readonly name: string
}

/** A faulty UPDATE as it came. */
export interface FaultRecord {
  /** When it came. */
  readonly at: string
  /** What became of it (RFC 7606 §2). */
  readonly verdict: 'discard' | 'withdraw' | 'reset'
  /** Type code of the attribute that decided, when it was one. */
  readonly attribute?: number
  /** 'RFC 7606 §7.1'. */
  readonly rule: string
  /** What is wrong, for people. */
  readonly text: string
  /** Announced in it; at most 100. */
  readonly prefixes: readonly string[]
  /** The whole message, hexadecimal; of one above 4,096 octets the beginning. */
  readonly message: string
  /** Octets of the whole message. */
  readonly size: number
}
