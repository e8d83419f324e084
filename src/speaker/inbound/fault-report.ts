/** How people learn of a faulty UPDATE: in the log, as an event, in the counts of its neighbor. */

import { bitsOf } from '../../ip/family.js'
import { isMartian } from '../../ip/special.js'
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import { nlriOctets, readNlri } from '../../wire/nlri.js'
import { hex } from '../../wire/printable.js'
import type { Fault } from '../../wire/types.js'
import type { Events } from '../events/events.js'
import type { FaultVerdict } from '../peer/faults.js'
import type { Peer } from '../peer/peer.js'
import type { FamilyIn } from './family-in.js'

/** Prefixes named in the log and the event of a faulty UPDATE. */
const MOST_PREFIXES = 100
/** Faulty UPDATEs of one neighbor that the log shows in full within PERIOD; what goes beyond is counted. */
const MOST_TOLD = 10
/** Milliseconds. */
const PERIOD = 10_000

/** NLRI of an announcement: in [start, end) of the message. */
export interface NlriRange {
  readonly family: FamilyIn
  readonly start: number
  readonly end: number
}

/**
 * Tells what was wrong with UPDATEs (RFC 7606 §6): the rule, the routes concerned and the whole message, so that
 * people find the culprit. A neighbor that sends nothing else must not fill the disk: the log shows some in full,
 * the rest is counted.
 */
export class FaultReport {
  readonly #clock: Clock
  readonly #log: Log
  readonly #events: Events
  readonly #told = new WeakMap<Peer, { since: number; count: number; kept: number }>()

  constructor(clock: Clock, log: Log, events: Events) {
    this.#clock = clock
    this.#log = log
    this.#events = events
  }

  /**
   * @param faults at least one; the first of the strongest kind is named
   * @param bytes the UPDATE stands in [start, end)
   * @param announced where its announcements stand
   */
  update(
    peer: Peer,
    faults: readonly Fault[],
    verdict: FaultVerdict,
    bytes: Uint8Array,
    start: number,
    end: number,
    announced: readonly NlriRange[],
  ): void {
    const fault = faults.find((one) => one.verdict === verdict) ?? faults[0]
    const text = faults.map((one) => one.text).join('; ')
    const prefixes = announced.flatMap((range) => prefixesOf(bytes, range)).slice(0, MOST_PREFIXES)
    peer.faults.add(faults, fault, verdict, bytes, start, end, prefixes, this.#clock.wall())
    // The log line of the session's end has it.
    if (verdict !== 'reset') peer.session?.record.fault(verdict, faults)
    // One of many sessions that ended so: what counts them names the last one (peer/damping.ts).
    else if (peer.level('warn') === 'debug') return
    const kept = this.#keptBack(peer, verdict === 'reset')
    if (kept === undefined) return
    const message = hex(bytes.subarray(start, end), end - start)
    const consequence =
      verdict === 'discard'
        ? 'the attribute is ignored'
        : verdict === 'withdraw'
          ? `its routes are treated as withdrawn: ${prefixes.slice(0, 10).join(' ')}`
          : 'the session is reset'
    this.#log.warn(
      { neighbor: peer.key, rule: fault.rule, prefixes, message },
      `neighbor ${peer.name} sent a faulty UPDATE${kept}: ${text} (${fault.rule}); ${consequence}`,
    )
    const { rule } = fault
    this.#events.add({ type: 'fault', neighbor: peer.key, verdict, rule, text, prefixes, message })
  }

  /** Prefixes that are no unicast ones and were ignored by themselves (RFC 4271 §6.3). */
  martians(peer: Peer, bytes: Uint8Array, { family, start, end }: NlriRange): void {
    const kept = this.#keptBack(peer, false)
    if (kept === undefined) return
    const width = bitsOf(family.family)
    const prefixes: string[] = []
    for (let at = start; at < end && prefixes.length < MOST_PREFIXES; ) {
      if (family.addPathReceive) at += 4
      const bits = bytes[at]
      const next = at + 1 + nlriOctets(bits)
      if (isMartian(bytes, at + 1, bits, width)) {
        prefixes.push(...readNlri(bytes, at, next, width / 8, false).map(({ prefix }) => prefix))
      }
      at = next
    }
    this.#log.warn(
      { neighbor: peer.key, prefixes },
      `neighbor ${peer.name} announced prefixes that are not for routing${kept}, ignored: ${prefixes.slice(0, 10).join(' ')}`,
    )
  }

  /** @returns what to add about those that were not told; undefined when this one is not told either */
  #keptBack(peer: Peer, always: boolean): string | undefined {
    const now = this.#clock.now()
    let told = this.#told.get(peer)
    if (told === undefined || now - told.since >= PERIOD) {
      told = { since: now, count: 0, kept: told?.kept ?? 0 }
      this.#told.set(peer, told)
    }
    if (!always && told.count >= MOST_TOLD) {
      told.kept++
      return undefined
    }
    told.count++
    const { kept } = told
    told.kept = 0
    return kept === 0 ? '' : ` (and ${kept} more before)`
  }
}

function prefixesOf(bytes: Uint8Array, { family, start, end }: NlriRange): string[] {
  if (end <= start) return []
  return readNlri(bytes, start, end, bitsOf(family.family) / 8, family.addPathReceive)
    .slice(0, MOST_PREFIXES)
    .map(({ prefix }) => prefix)
}
