/** The arguments of a command that a line is, by the names that the syntax gives them. */

import type { ArgumentValue } from './kinds.js'

/** An argument that is not there: left out of a form that may do without it, or none of the syntax at all. */
export class MissingArgument extends Error {
  readonly argument: string

  constructor(argument: string) {
    super(`no argument ${argument}`)
    this.argument = argument
  }
}

/** Arguments of a command by name; keywords of choices and optional parts are there as themselves. */
export class Args {
  readonly #values: ReadonlyMap<string, ArgumentValue>
  /** Number of the word that a name was read from; of a keyword that comes twice, the last. */
  readonly words: ReadonlyMap<string, number>
  /** The keywords in the order of the line, each in full. */
  readonly keywords: readonly string[]

  constructor(
    values: ReadonlyMap<string, ArgumentValue>,
    words: ReadonlyMap<string, number>,
    keywords: readonly string[],
  ) {
    this.#values = values
    this.words = words
    this.keywords = keywords
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** @throws MissingArgument for one that was left out, or that the syntax does not have */
  text(name: string): string {
    return String(this.#value(name))
  }

  /** @throws MissingArgument for one that was left out, or that the syntax does not have */
  number(name: string): number {
    return Number(this.#value(name))
  }

  #value(name: string): ArgumentValue {
    const value = this.#values.get(name)
    if (value === undefined) throw new MissingArgument(name)
    return value
  }
}
