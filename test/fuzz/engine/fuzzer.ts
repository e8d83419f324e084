import type { Coverage } from './coverage.js'
import { minimise } from './minimise.js'
import { mutate } from './mutate.js'
import { Random } from './random.js'
import type { Target } from './target.js'

/** An input that went wrong. */
export interface Finding {
  readonly target: string
  /** Equal for findings that look alike. */
  readonly key: string
  readonly error: unknown
  /** The smallest input found that goes wrong in the same way. */
  readonly input: Uint8Array
}

export interface FuzzerOptions {
  readonly seed: number
  /** Left out, inputs are made without looking at what they reach. */
  readonly coverage?: Coverage
  /** Called before each input, for a watchdog. */
  readonly started?: (target: Target, input: Uint8Array) => void
}

/** Runs a target with inputs made from its corpus and its grammar. */
export class Fuzzer {
  readonly target: Target
  readonly findings = new Map<string, Finding>()
  /** Inputs that reach something that no earlier one did. */
  readonly corpus: Uint8Array[] = []
  executions = 0
  readonly #random: Random
  readonly #options: FuzzerOptions
  #loaded = false

  constructor(target: Target, options: FuzzerOptions) {
    this.target = target
    this.#options = options
    this.#random = new Random(options.seed)
  }

  /** Runs the inputs given, and those to begin with. */
  async load(inputs: Iterable<Uint8Array> = []): Promise<void> {
    this.#loaded = true
    for (const input of [...inputs, ...this.target.seeds()])
      await this.#batch([input.slice(0, this.target.limit)])
    if (this.corpus.length === 0) this.corpus.push(new Uint8Array(0))
  }

  /** Makes and runs inputs until `enough` says so; it is asked between batches. */
  async run(enough: () => boolean): Promise<void> {
    if (!this.#loaded) await this.load()
    while (!enough()) {
      await this.#batch(Array.from({ length: this.target.batch }, () => this.#make()))
    }
  }

  #make(): Uint8Array {
    const random = this.#random
    const { target, corpus } = this
    if (random.below(6) === 0) return target.generate(random).slice(0, target.limit)
    // Newer entries reach what is rarer.
    const recent = random.below(2) === 0 ? Math.min(corpus.length, 50) : corpus.length
    const input = corpus[corpus.length - 1 - random.below(recent)]
    const other = corpus[random.below(corpus.length)]
    const special = random.below(2) === 0 ? target.mutate?.(input, random) : undefined
    return (special ?? mutate(input, other, random, target.limit)).slice(0, target.limit)
  }

  /** Runs inputs; when together they reach something new, those that do it join the corpus. */
  async #batch(inputs: readonly Uint8Array[]): Promise<void> {
    const { coverage } = this.#options
    for (const input of inputs) await this.#one(input)
    if (coverage === undefined) {
      if (inputs.length === 1) this.corpus.push(inputs[0])
      return
    }
    if (inputs.length === 1) {
      if (coverage.take() > 0) this.corpus.push(inputs[0])
      return
    }
    if (coverage.take(false) === 0) return
    for (const input of inputs) {
      await this.#one(input)
      if (coverage.take() > 0) this.corpus.push(input)
    }
  }

  async #one(input: Uint8Array): Promise<void> {
    this.executions++
    const error = await this.#attempt(input)
    if (error === undefined) return
    const key = shape(error)
    if (this.findings.has(key)) return
    const same = async (smaller: Uint8Array) => {
      const other = await this.#attempt(smaller)
      return other !== undefined && shape(other) === key
    }
    this.findings.set(key, { target: this.target.name, key, error, input })
    const small = await minimise(input, same)
    const again = await this.#attempt(small)
    this.findings.set(key, { target: this.target.name, key, error: again ?? error, input: small })
  }

  /** @returns what was thrown; undefined when all went well */
  async #attempt(input: Uint8Array): Promise<unknown> {
    this.#options.started?.(this.target, input)
    try {
      await this.target.run(input)
      return undefined
    } catch (error) {
      return error ?? new Error('nothing was thrown')
    }
  }
}

/** A message without what varies, and the innermost place of the project in the stack. */
function shape(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const places = (error.stack ?? '').match(/\/(src|test)\/[^)\n]*?:\d+/g) ?? []
  const place = places.find((one) => !one.includes('/fuzz/engine/')) ?? ''
  const text = error.message.split(/[:{["']/)[0].replace(/\d+/g, 'N')
  return `${error.name} ${text} ${place}`
}
