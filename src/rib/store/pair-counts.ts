/**
 * How many paths each source has through each next hop, and how many sources a next hop has at all: the
 * answer to "does any other session use this gateway" without looking at a single path. A source uses few
 * next hops (a node one, a reflector some thousand), so counts stand in a map for each source.
 */
export class PairCounts {
  /** Paths by next hop, for each source. */
  readonly #counts: (Map<number, number> | undefined)[] = []
  /** Number of sources by next hop. */
  readonly #users: number[] = []

  /** Adds `change` (which may be negative) to the paths of a source through a next hop. */
  add(source: number, nextHop: number, change: number): void {
    if (change === 0) return
    let counts = this.#counts[source]
    if (counts === undefined) {
      counts = new Map()
      this.#counts[source] = counts
    }
    const before = counts.get(nextHop) ?? 0
    const after = before + change
    if (after === 0) {
      counts.delete(nextHop)
      if (counts.size === 0) this.#counts[source] = undefined
      this.#users[nextHop]--
    } else {
      counts.set(nextHop, after)
      if (before === 0) this.#users[nextHop] = (this.#users[nextHop] ?? 0) + 1
    }
  }

  /** Number of sources with at least one path through the next hop. */
  users(nextHop: number): number {
    return this.#users[nextHop] ?? 0
  }

  /** Paths of a source through a next hop. */
  count(source: number, nextHop: number): number {
    return this.#counts[source]?.get(nextHop) ?? 0
  }

  /** Next hops that a source has paths through. */
  nextHops(source: number): IterableIterator<number> {
    return (this.#counts[source] ?? new Map<number, number>()).keys()
  }
}
