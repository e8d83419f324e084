import type { Random } from './random.js'

/** Something to be fuzzed. */
export interface Target {
  readonly name: string
  /** Longest input, octets. */
  readonly limit: number
  /** Inputs run between two looks at the coverage, which cost as much as a few dozen messages. */
  readonly batch: number
  /** Inputs to begin with. */
  seeds(): Iterable<Uint8Array>
  /** A fresh input by the target's grammar. */
  generate(random: Random): Uint8Array
  /** A change that knows the input's form; undefined leaves it to the changes that fit any octets. */
  mutate?(input: Uint8Array, random: Random): Uint8Array | undefined
  /** Runs an input. @throws when something is wrong, which is a finding */
  run(input: Uint8Array): void | Promise<void>
}

/** Fails with a sentence when a condition does not hold. */
export function check(condition: boolean, text: () => string): asserts condition {
  if (!condition) throw new Error(text())
}
