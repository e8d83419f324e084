/** What a row of the table of operational commands is made of. */

import type { Args } from '../grammar/args.js'
import type { Row } from '../grammar/grammar.js'

/** One command: its words, and the request that they make. */
export interface CommandRow<R> extends Row {
  /** A whole line, as people would type it; it is a line of this row. */
  readonly example: string
  /** When one types it, for the examples of help; left out: the example is not shown there. */
  readonly occasion?: string
  /** @throws WrongArgument for arguments that do not go together */
  request(args: Args): R
}

/** Help for all commands that begin with the same word. */
export interface Head {
  readonly word: string
  /** One phrase. */
  readonly help: string
  /** The one form that its lines have, for messages; left out where there are many. */
  readonly form?: string
  /** The part of its rows' syntax that help writes as `ip bgp`, the spelling that fingers know. */
  readonly bgp?: string
  /** A paragraph about when and how long, for the page of help. */
  readonly notes: string
}

/** An argument that can be read, but not behind the words that stand before it. */
export class WrongArgument extends Error {
  readonly argument: string

  /**
   * @param argument its name in the syntax
   * @param remedy what to write instead, one phrase
   */
  constructor(argument: string, remedy: string) {
    super(remedy)
    this.argument = argument
  }
}

/** The first word of a syntax or of a whole line. */
export const headOf = (text: string) => text.split(' ', 1)[0]
