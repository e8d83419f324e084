/** Source of the same numbers for the same seed (mulberry32). @returns a function that gives numbers in [0, 1) */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Shuffles in place (Fisher and Yates). @returns the array */
export function shuffle<T>(values: T[], next: () => number): T[] {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1))
    ;[values[last], values[other]] = [values[other], values[last]]
  }
  return values
}
