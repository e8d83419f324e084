/**
 * What a neighbor's sessions, connections and dials came to: two fields, so that a dial that nobody answers, as most
 * Cilium nodes don't, never hides why the neighbor's own connection was refused.
 */

import { type Cause, type EndReason, isDialReason } from '../../session/reasons.js'
import type { LastDial, LastError } from '../model/session-record.js'

/** TCP was up, and nothing of BGP came: no more than a dial that failed. */
const BEFORE_OPEN: ReadonlySet<EndReason> = new Set<EndReason>(['closed-before-open', 'no-open'])

/** Failures of one neighbor since its last session, and why that ended. */
export class Failures {
  /** Why the last session that was up ended. */
  lastReset: LastError | undefined
  /** Of the last connection that got as far as an OPEN, since a session came up. */
  lastFailure: LastError | undefined
  /** What the last own dial came to. */
  lastDial: LastDial | undefined
  /** What this side knows beforehand: that it is dead, or can't be protected. */
  #known: LastError | undefined

  /** What explains that the neighbor is not up; undefined before its first failure. */
  get explanation(): LastError | undefined {
    if (this.#known !== undefined || this.lastFailure !== undefined) return this.#known ?? this.lastFailure
    const { at, reason, text, remedy } = this.lastDial ?? {}
    if (at === undefined || reason === undefined || text === undefined) return undefined
    return { at, reason, text, ...(remedy !== undefined && { remedy }) }
  }

  /** A connection got as far as an OPEN or a NOTIFICATION. */
  get spoke(): boolean {
    const { lastFailure } = this
    return (
      lastFailure !== undefined && !BEFORE_OPEN.has(lastFailure.reason) && lastFailure.reason !== 'not-bgp'
    )
  }

  /** There will be no session for this reason until something else happens. */
  note(error: LastError): void {
    this.#known = error
  }

  /** A session is up. */
  established(): void {
    this.#known = undefined
    this.lastFailure = undefined
  }

  /** A session that was up has ended. */
  down(error: LastError): void {
    this.#known = undefined
    this.lastReset = error
    this.lastFailure = error
  }

  /** Our dial became a connection on which the neighbor speaks BGP. @param at ISO 8601 */
  answered(at: string): void {
    this.lastDial = { at, failures: 0 }
  }

  /**
   * An attempt ended before a session was up.
   * @param dialled by this side
   * @returns whether it counts as a failed dial
   */
  failed(error: LastError, dialled: boolean): boolean {
    this.#known = undefined
    const early = BEFORE_OPEN.has(error.reason)
    if (dialled && (early || isDial(error))) {
      const { at, reason, text, remedy } = error
      const failures = (this.lastDial?.failures ?? 0) + 1
      this.lastDial = { at, failures, reason, text, ...(remedy !== undefined && { remedy }) }
      return true
    }
    if (dialled) this.answered(error.at)
    // A connection that says nothing doesn't hide one that said what is wrong.
    const { lastFailure } = this
    if (early && lastFailure !== undefined && !BEFORE_OPEN.has(lastFailure.reason)) return false
    this.lastFailure = error
    return false
  }
}

function isDial({ reason }: Cause): boolean {
  return isDialReason(reason) || reason === 'protection'
}
