/** Where a generator takes its decisions from: a seeded generator of numbers, or the octets of an input. */
export interface Choices {
  /** A number from 0 to n - 1; 0 is the plainest choice. */
  below(n: number): number
}

/** One of a list; the first is the plainest. */
export function pick<T>(choices: Choices, list: readonly T[]): T {
  return list[choices.below(list.length)]
}

/** True once in `n` times. */
export function oneIn(choices: Choices, n: number): boolean {
  return choices.below(n) === n - 1
}

/** So many octets. */
export function octets(choices: Choices, count: number): number[] {
  return Array.from({ length: count }, () => choices.below(256))
}

/** Numbers that look random and are the same for the same seed (Mulberry32). */
export class Random implements Choices {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An unsigned 32-bit number. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }

  below(n: number): number {
    return Math.floor((this.next() / 4294967296) * n)
  }
}

/** Decisions read from an input: a changed octet changes one decision. Behind the end all decisions are 0. */
export class ByteChoices implements Choices {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Octets not yet used. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  below(n: number): number {
    if (n <= 1) return 0
    let value = 0
    for (let range = 1; range < n; range *= 256) value = value * 256 + this.#octet()
    return value % n
  }

  #octet(): number {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++] : 0
  }
}
