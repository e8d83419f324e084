/** Faulty UPDATEs of one neighbor: how many, of which attribute, and the last ones with their octets. */

import { attributeName } from '../../wire/attributes.js'
import { hex } from '../../wire/printable.js'
import type { Fault } from '../../wire/types.js'
import type { AttributeFaults, FaultCounts, FaultRecord } from '../model/session-record.js'

/** What becomes of a faulty UPDATE (RFC 7606 §2), the mildest first. */
export type FaultVerdict = 'discard' | 'withdraw' | 'reset'

/** Faulty UPDATEs of a neighbor that are kept with their octets. */
const KEPT = 3
/** Octets kept of each: a whole message, unless it is an extended one (RFC 8654). */
const MOST_OCTETS = 4096

interface Kept {
  readonly at: number
  readonly verdict: FaultVerdict
  readonly fault: Fault
  readonly text: string
  readonly prefixes: readonly string[]
  readonly message: Uint8Array
  readonly size: number
}

/** Faulty UPDATEs of one neighbor over all its sessions: counts, by attribute too, and the last ones whole. */
export class Faults {
  readonly #counts = { discard: 0, withdraw: 0, reset: 0 }
  /** By attribute type code; 0 for what lies in no attribute. */
  readonly #attributes = new Map<number, Record<FaultVerdict, number>>()
  /** The newest first. */
  #last: readonly Kept[] = []

  /**
   * One faulty UPDATE.
   * @param faults at least one
   * @param fault of these, the one that decided
   * @param bytes the message stands in [start, end); it is copied
   * @param prefixes that it announced
   * @param wall milliseconds since 1970
   */
  add(
    faults: readonly Fault[],
    fault: Fault,
    verdict: FaultVerdict,
    bytes: Uint8Array,
    start: number,
    end: number,
    prefixes: readonly string[],
    wall: number,
  ): void {
    this.#counts[verdict]++
    for (const one of faults) this.#of(one.attribute ?? 0)[one.verdict as FaultVerdict]++
    const text = `${faults.map((one) => one.text).join('; ')} (${fault.rule})`
    const message = bytes.slice(start, Math.min(end, start + MOST_OCTETS))
    const kept = { at: wall, verdict, fault, text, prefixes, message, size: end - start }
    this.#last = [kept, ...this.#last.slice(0, KEPT - 1)]
  }

  /** Counts of UPDATEs by what became of them; counts of faults by attribute, in the order of their codes. */
  counts(): FaultCounts & { readonly attributes: readonly AttributeFaults[] } {
    const attributes = [...this.#attributes].sort(([a], [b]) => a - b)
    return {
      ...this.#counts,
      attributes: attributes.map(([code, counts]) => ({
        ...(code === 0 ? {} : { attribute: code }),
        name: code === 0 ? 'message' : attributeName(code),
        ...counts,
      })),
    }
  }

  /** The last faulty UPDATEs, the newest first. */
  last(): readonly FaultRecord[] {
    return this.#last.map(({ at, verdict, fault, text, prefixes, message, size }) => ({
      at: new Date(at).toISOString(),
      verdict,
      ...(fault.attribute === undefined ? {} : { attribute: fault.attribute }),
      rule: fault.rule,
      text,
      prefixes,
      message: hex(message, message.length),
      size,
    }))
  }

  #of(attribute: number): Record<FaultVerdict, number> {
    let counts = this.#attributes.get(attribute)
    if (counts === undefined) {
      counts = { discard: 0, withdraw: 0, reset: 0 }
      this.#attributes.set(attribute, counts)
    }
    return counts
  }
}
