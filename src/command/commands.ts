/**
 * A table of commands, ready to be asked: what a line means, what can follow, what completes it. Command line,
 * shell and API have the same; one that knows more commands (`terminal length 0`, `configure terminal`) makes
 * its own table of these rows and its own.
 */

import { MissingArgument } from '../grammar/args.js'
import { Grammar, type Mistake } from '../grammar/grammar.js'
import { type Choice, type Completion, choices, completions, END } from '../grammar/help.js'
import type { Line } from '../grammar/line.js'
import { KINDS } from './kinds.js'
import { invalid, mistakeText } from './mistake.js'
import { OUTPUT_WORDS, type Output, takeOutput } from './output.js'
import { type CommandRow, type Head, headOf, WrongArgument } from './row.js'

/** A line as understood, or why it is no command. */
export type Parsed<R> = { readonly output: Output } & (
  | { readonly request: R }
  | {
      /** One line in the words of the switch: '% Invalid input: …'. */
      readonly error: string
      /** Number of the word that does not fit (columnOf() has its place); of words, when the line is too short. */
      readonly word: number
      /** The line is a command's beginning: words are missing. */
      readonly incomplete: boolean
    }
)

/** What keywords mean wherever they stand. */
const WORDS: Readonly<Record<string, string>> = {
  ip: 'IPv4',
  ipv6: 'IPv6',
  ipv4: 'IPv4',
  unicast: 'unicast, the only kind of routes here',
  all: 'everything: both families, all VRFs',
  vrf: 'a VRF',
  default: 'the only VRF here',
  bgp: 'BGP',
  route: 'routes with their next hops',
  soft: 'keep the session',
  in: 'ask for routes again',
  out: 'send routes again',
  '*': 'all neighbors',
  message: "text for the neighbor's operator (RFC 9003)",
  'advertised-routes': 'what ecmpd sent to the neighbor',
  routes: 'what it told and was accepted',
  'received-routes': 'what it told, as it came',
}

/** Commands by rows; `R` is the union of their requests. */
export class Commands<R> {
  readonly #grammar: Grammar<CommandRow<R>>
  readonly #heads: ReadonlyMap<string, Head>

  /**
   * @param rows in the order in which choices are named
   * @param heads one for each first word
   */
  constructor(rows: readonly CommandRow<R>[], heads: readonly Head[]) {
    this.#heads = new Map(heads.map((head) => [head.word, head]))
    const words = { ...WORDS, ...Object.fromEntries(heads.map(({ word, help }) => [word, help])) }
    this.#grammar = new Grammar(rows, { kinds: KINDS, words })
  }

  get rows(): readonly CommandRow<R>[] {
    return this.#grammar.rows
  }

  /** Every first word, in order. */
  get heads(): readonly Head[] {
    return [...this.#heads.values()]
  }

  /** Reads a line. Words may be shortened while only one fits; nothing is thrown, whatever the line. */
  parse(whole: Line): Parsed<R> {
    const { line, output } = shows(whole) ? takeOutput(whole) : { line: whole, output: { json: false } }
    const found = this.#grammar.match(line)
    if (found.type !== 'match') {
      const error = mistakeText(found, line, this.#formOf(found))
      return { output, error, word: found.word, incomplete: found.type === 'incomplete' }
    }
    try {
      return { output, request: found.row.request(found.args) }
    } catch (error) {
      if (!(error instanceof WrongArgument)) throw error
      const word = found.args.words.get(error.argument)
      if (word === undefined) throw new MissingArgument(error.argument)
      return { output, error: invalid(line, word, [error.message]), word, incomplete: false }
    }
  }

  /**
   * What can follow the words of a line: the answer to `?`.
   * @returns the choices, or one line that says where this is no beginning of a command
   */
  choices(line: Line): readonly Choice[] | { readonly error: string; readonly word: number } {
    const found = choices(this.#grammar, line)
    if ('type' in found) return { error: mistakeText(found, line, this.#formOf(found)), word: found.word }
    const end = found.at(-1)
    if (!shows(line) || end?.word !== END) return found
    return [...found.slice(0, -1), ...OUTPUT_WORDS, end]
  }

  /**
   * What the word that is being typed may become: the answer to Tab.
   * @param line the words before it
   * @param typed its beginning; '' behind a blank
   * @param values known values of a kind of argument: `neighbor` and `target` are worth it
   */
  completions(
    line: Line,
    typed: string,
    values?: (kind: string) => readonly Completion[],
  ): readonly Completion[] {
    const found = completions(this.#grammar, line, typed, values)
    const whole = shows(line) && this.#grammar.match(line).type === 'match'
    const more = whole ? OUTPUT_WORDS.filter(({ word }) => word.startsWith(typed.toLowerCase())) : []
    return [...found, ...more]
  }

  /** The one form of the commands that a mistake could be of. */
  #formOf({ rows, word }: Mistake<CommandRow<R>>): string | undefined {
    if (word === 0) return undefined
    const heads = new Set(rows.map(({ syntax }) => headOf(syntax)))
    return heads.size === 1 ? this.#heads.get([...heads][0])?.form : undefined
  }
}

/** Whether a line shows something, so that its answer may be printed in several ways. */
function shows({ words }: Line): boolean {
  const first = words[0]?.text.toLowerCase() ?? ''
  return first !== '' && 'show'.startsWith(first)
}
