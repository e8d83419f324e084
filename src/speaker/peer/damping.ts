/**
 * Addresses whose sessions and connections fail one after the other are let in at growing distances: RFC 4271 §8.1.1's
 * DampPeerOscillations for the connections that come in. It belongs to the address, so that a neighbor from a listen
 * range, which is a new one each time, is damped as well.
 */

import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { EndCause } from '../../session/types.js'
import type { Events } from '../events/events.js'
import type { FailurePause } from '../model/pause.js'

/** Failures that have no consequence: a node that restarts, or an agent that is updated, causes one or two. */
const FREE = 5
/** Milliseconds after which one failure is forgiven: who keeps failing is let in about once in this time. */
const FORGIVEN = 20_000
/** The first pause, milliseconds; doubled with each further failure. */
const FIRST = 1000
/** Milliseconds. Reached only when several connections fail at once. */
const LONGEST = 60_000
/** An address that goes on failing is named once in this time, milliseconds. */
const QUIET = 60_000
/** Addresses remembered; beyond, the one that failed the longest time ago is forgotten. */
const REMEMBERED = 1000

/** Ends that say nothing against the neighbor: asked for here, or the other connection was as good. */
const NO_FAILURES: ReadonlySet<EndCause> = new Set<EndCause>([
  ...(['admin', 'collision', 'dead', 'control-dead', 'dial'] as const),
])

interface Record {
  /** Failures that are not forgiven at `at`. */
  score: number
  /** Clock time of the last failure, milliseconds. */
  at: number
  /** Failures since it began. */
  count: number
  /** Connections refused since the log named it. */
  refused: number
  /** Clock time until which connections are refused. */
  until: number
  /** Clock time when the log named it; undefined: not yet. */
  named: number | undefined
}

/** A neighbor whose session or connection has ended. */
interface Failed {
  readonly key: string
  readonly address: string
  readonly name: string
}

/** Counts what fails, by address, and says how long connections from there are refused. */
export class Damping {
  readonly #clock: Clock
  readonly #log: Log
  readonly #events: Events
  readonly #records = new Map<string, Record>()

  constructor(clock: Clock, log: Log, events: Events) {
    this.#clock = clock
    this.#log = log
    this.#events = events
  }

  /**
   * A session, or a connection that the neighbor opened, has ended.
   * @param text why, for people
   */
  ended(neighbor: Failed, cause: EndCause, text: string): void {
    if (NO_FAILURES.has(cause)) return
    const { address } = neighbor
    const at = this.#clock.now()
    const last = this.#live(address)
    const record = last ?? { score: 0, at, count: 0, refused: 0, until: at, named: undefined }
    record.score = this.#scoreOf(record) + 1
    record.at = at
    record.count++
    this.#records.delete(address)
    this.#records.set(address, record)
    if (this.#records.size > REMEMBERED) this.#records.delete(this.#records.keys().next().value as string)
    if (record.score <= FREE) return
    const ms = Math.min(LONGEST, Math.round(FIRST * 2 ** (record.score - FREE - 1)))
    record.until = at + ms
    this.#name(neighbor, record, ms, text)
  }

  /** Its last sessions or connections failed one after the other: they are counted, not told one by one. */
  repeats(address: string): boolean {
    const record = this.#live(address)
    return record !== undefined && record.named !== undefined
  }

  /** Why connections from an address are refused now; undefined: they are not. */
  pause(address: string): FailurePause | undefined {
    const record = this.#records.get(address)
    const ms = record === undefined ? 0 : record.until - this.#clock.now()
    if (record === undefined || ms <= 0) return undefined
    return { reason: 'failures', count: record.count, refused: record.refused, until: this.#wall(ms) }
  }

  /** A connection was refused because of pause(). */
  refused(address: string): void {
    const record = this.#records.get(address)
    if (record !== undefined) record.refused++
  }

  /** It is let in at once, as if nothing had failed. */
  forget(address: string): void {
    this.#records.delete(address)
  }

  /** The configuration changed: what made them fail may be mended. */
  forgetAll(): void {
    this.#records.clear()
  }

  /** The record of an address of which something is not forgiven yet. */
  #live(address: string): Record | undefined {
    const record = this.#records.get(address)
    if (record === undefined || this.#scoreOf(record) > 0) return record
    this.#records.delete(address)
    return undefined
  }

  #scoreOf({ score, at }: Record): number {
    return Math.max(0, score - (this.#clock.now() - at) / FORGIVEN)
  }

  #name({ key, name }: Failed, record: Record, ms: number, text: string): void {
    const now = this.#clock.now()
    if (record.named !== undefined && now - record.named < QUIET) return
    const { count, refused } = record
    record.named = now
    record.refused = 0
    const meanwhile = refused === 0 ? '' : `, and ${refused} more were refused`
    this.#log.warn(
      { neighbor: key, failures: count, refused },
      `neighbor ${name}: ${count} of its sessions and connections failed one after the other${meanwhile}; the last one: ${text}; it is let in again in ${Math.ceil(ms / 1000)} s, and at growing distances as long as they fail`,
    )
    this.#events.add({
      type: 'damped',
      ...{ neighbor: key, failures: count, refused, until: this.#wall(ms), cause: text },
    })
  }

  /** ISO 8601, `ms` from now. */
  #wall(ms: number): string {
    return new Date(this.#clock.wall() + ms).toISOString()
  }
}
