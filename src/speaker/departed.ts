/** Neighbors from listen ranges that left, or whose OPEN failed: they leave a trace, so that somebody misses them. */

/** How long, and how many. */
export interface TraceLimits {
  /** Seconds; 0: no trace is kept. */
  readonly keep: number
  /** Beyond, the one that left the longest time ago is forgotten. */
  readonly limit: number
}

/** Default: an hour, as many as there may be dynamic neighbors. */
export const TRACES: TraceLimits = { keep: 3600, limit: 1000 }

/** One that left. Times are wall time, milliseconds. */
export interface Trace<P> {
  /** As it was when it left. */
  readonly peer: P
  readonly at: number
  readonly until: number
}

/** Who left, by key, the earliest first. */
export class Departed<P extends { readonly key: string }> {
  readonly #traces = new Map<string, { readonly peer: P; readonly at: number }>()

  /** @param wall milliseconds since 1970 */
  note(peer: P, wall: number, { keep, limit }: TraceLimits): void {
    this.#traces.delete(peer.key)
    if (keep === 0) return
    this.#traces.set(peer.key, { peer, at: wall })
    for (const [key, { at }] of this.#traces) {
      if (this.#traces.size <= limit && wall < at + keep * 1000) break
      this.#traces.delete(key)
    }
  }

  /**
   * It is back, or configured: the trace goes.
   * @param wall milliseconds since 1970
   * @returns what it was; undefined: it left none, or its time is over
   */
  take(key: string, wall: number, { keep }: TraceLimits): P | undefined {
    const trace = this.#traces.get(key)
    this.#traces.delete(key)
    return trace !== undefined && wall < trace.at + keep * 1000 ? trace.peer : undefined
  }

  /** Those whose time is not over. @param wall milliseconds since 1970 */
  *all(wall: number, { keep }: TraceLimits): Iterable<Trace<P>> {
    for (const { peer, at } of this.#traces.values()) {
      const until = at + keep * 1000
      if (wall < until) yield { peer, at, until }
    }
  }
}
