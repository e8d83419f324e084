/** How long changes took, and how many of them were seen one by one. */
export interface Latencies {
  /** Milliseconds, ascending. */
  readonly sorted: Float64Array
  /** Share of the changes that were seen themselves; the others were overtaken by a later one. */
  readonly single: number
}

/**
 * How long each change took to be known: it, or a later one of the same prefix, which replaces it.
 * @param sent when each change was sent; change n + period is the next one of n's prefix
 * @param seen when each was first seen on the same clock, 0 for never
 * @throws Error when the last change of a prefix was never seen
 */
export function latencies(sent: Float64Array, seen: Float64Array, period: number): Latencies {
  const known = Float64Array.from(seen)
  let single = 0
  for (let number = sent.length - 1; number >= 0; number--) {
    if (seen[number] > 0) single++
    const later = number + period < known.length ? known[number + period] : 0
    if (known[number] === 0 || (later > 0 && later < known[number])) known[number] = later
    if (known[number] === 0) throw new Error(`change ${number} was never seen`)
  }
  const sorted = known.map((at, number) => at - sent[number]).sort()
  return { sorted, single: single / sent.length }
}

/** Value below which so much of a sorted list is (nearest rank). @param share 0 to 1 */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** A change that the kernel told. */
export interface RouteEvent {
  /** On the clock of `sent`. */
  readonly at: number
  /** Index of the prefix. */
  readonly prefix: number
  readonly gateway: string
}

/**
 * When the kernel first had each change: an event stands for the latest change of its prefix with this gateway
 * that had been sent by then.
 * @returns milliseconds on the clock of `sent`; 0: the kernel never had it
 */
export function matchEvents(
  sent: Float64Array,
  events: readonly RouteEvent[],
  period: number,
  gatewayOf: (number: number) => string,
): Float64Array {
  const seen = new Float64Array(sent.length)
  const next = Int32Array.from({ length: period }, (_, prefix) => prefix)
  for (const { at, prefix, gateway } of events) {
    let found = -1
    for (let number = next[prefix]; number < sent.length && sent[number] <= at; number += period) {
      if (gatewayOf(number) === gateway) found = number
    }
    if (found < 0) continue
    seen[found] = at
    next[prefix] = found + period
  }
  return seen
}
