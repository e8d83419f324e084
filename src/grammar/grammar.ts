/**
 * The matcher that every command line of ecmpd goes through: which row of a table a line is, as a switch finds
 * it. Keywords may be shortened while only one fits, a keyword goes before an argument, and a line that is no
 * command is answered with the word where it stops to be one and with what could stand there. It knows no
 * command: rows and kinds of arguments are the table's, and so are the words of a mistake.
 */

import { Args } from './args.js'
import type { ArgumentKind, ArgumentValue, Checked, Kinds } from './kinds.js'
import type { Line } from './line.js'
import { nearest } from './nearest.js'
import { type Argument, type Element, type Variant, variantsOf } from './syntax.js'

/** What every row of a table has. */
export interface Row {
  /** See syntax.ts. */
  readonly syntax: string
  /** One phrase that says what it does. */
  readonly help: string
}

/** A line that is a command. */
export interface Match<R extends Row> {
  readonly type: 'match'
  readonly row: R
  readonly args: Args
}

/** Why a line is no command. `rows` are those that fit up to there, in the order of the table. */
export type Mistake<R extends Row> = {
  /** Number of the word that does not fit; the number of words when the line is too short. */
  readonly word: number
  readonly rows: readonly R[]
  /** What could stand there, each once: keywords and arguments. */
  readonly expected: readonly Element[]
} & (
  | { readonly type: 'incomplete' }
  /** The word shortens several keywords. */
  | { readonly type: 'ambiguous'; readonly names: readonly string[] }
  /** The line is whole before the word, and nothing can follow. */
  | { readonly type: 'too many' }
  | {
      readonly type: 'unknown'
      /** The keyword that was most likely meant. */
      readonly nearest?: string
      /** What is wrong with the word as an argument; of several kinds the first one's. */
      readonly problem?: Problem
      /** The line is whole before the word: only what is optional could follow. */
      readonly whole: boolean
    }
)

/** What is wrong with a word as an argument. */
export type Problem = Extract<Checked<never>, { problem: string }>

/** One way to write a row. */
export interface Form<R extends Row> {
  readonly row: R
  readonly variant: Variant
  /** Words needed: the variant's, or fewer where the last arguments may be left out. */
  readonly needed: number
}

/** A form that the words so far fit. */
export interface Candidate<R extends Row> extends Form<R> {
  /** An argument, or a comment, has taken the rest of the line. */
  readonly closed?: true
}

/** What a table may ask for beside its rows. */
export interface GrammarOptions<R extends Row> {
  readonly kinds: Kinds
  /** How many words of a variant are needed; default all. */
  readonly needed?: (row: R, variant: Variant) => number
  /** A word behind a whole command that begins a comment. */
  readonly comment?: RegExp
  /** What a keyword means wherever it stands; for others the help of the row is shown. */
  readonly words?: Readonly<Record<string, string>>
}

/** The rows of one mode, ready to be matched. */
export class Grammar<R extends Row> {
  readonly rows: readonly R[]
  readonly #options: GrammarOptions<R>
  #forms: readonly Form<R>[] | undefined

  constructor(rows: readonly R[], options: GrammarOptions<R>) {
    this.rows = rows
    this.#options = options
  }

  /** Every way to write every row; spelled out when first asked for. */
  get forms(): readonly Form<R>[] {
    this.#forms ??= this.rows.flatMap((row) =>
      variantsOf(row.syntax).map((variant) => ({
        row,
        variant,
        needed: this.#options.needed?.(row, variant) ?? variant.length,
      })),
    )
    return this.#forms
  }

  /**
   * Finds the row that a line is.
   * @param first number of the word that the rows begin at: 1 behind `no`
   */
  match(line: Line, first = 0): Match<R> | Mistake<R> {
    const candidates = this.fitting(line, first)
    if ('type' in candidates) return candidates
    const given = line.words.length - first
    const whole = candidates.find((one) => one.closed || given >= one.needed)
    if (whole !== undefined) {
      return { type: 'match', row: whole.row, args: this.#argsOf(whole.variant, line, first) }
    }
    return { type: 'incomplete', ...mistakeAt(candidates, line.words.length, given) }
  }

  /** The forms that begin with the words of a line, never none; or where it stops to fit any. */
  fitting(line: Line, first = 0): readonly Candidate<R>[] | Mistake<R> {
    let candidates: readonly Candidate<R>[] = this.forms
    for (let word = first; word < line.words.length; word++) {
      if (candidates.some(({ closed }) => closed)) break
      const next = this.#take(candidates, line, word, first)
      if ('type' in next) return next
      candidates = next
    }
    return candidates
  }

  /** What `?` says of a keyword in a row. */
  helpOf(keyword: string, row: R): string {
    return this.#options.words?.[keyword] ?? row.help
  }

  /** The kind of an argument. @throws Error when the grammar does not have it: a mistake in the table */
  kindOf(element: Argument): ArgumentKind {
    const kind = this.#options.kinds(element.kind)
    if (kind === undefined) throw new Error(`no kind of argument \`${element.kind}\``)
    return kind
  }

  /** The arguments, and the keywords as themselves, of a line that a variant fits. */
  #argsOf(variant: Variant, line: Line, first: number): Args {
    const values = new Map<string, ArgumentValue>()
    const words = new Map<string, number>()
    const keywords: string[] = []
    for (const [at, element] of variant.entries()) {
      const word = first + at
      if (word >= line.words.length) break
      const name = element.type === 'keyword' ? element.text : element.name
      const value = element.type === 'keyword' ? element.text : this.#read(element, line, word)
      // A comment stands where an argument may be left out.
      if (typeof value === 'object') break
      if (element.type === 'keyword') keywords.push(element.text)
      values.set(name, value)
      words.set(name, word)
    }
    return new Args(values, words, keywords)
  }

  /** Lets every candidate read one word; who can't is out. */
  #take(
    candidates: readonly Candidate<R>[],
    line: Line,
    word: number,
    first: number,
  ): readonly Candidate<R>[] | Mistake<R> {
    const { text } = line.words[word]
    const at = word - first
    const comment = this.#options.comment?.test(text) === true
    const open = candidates.filter(({ variant }) => at < variant.length)
    if (open.length === 0) {
      if (comment) return candidates.map((one) => ({ ...one, closed: true }))
      return { type: 'too many', ...mistakeAt(candidates, word, at) }
    }
    const lower = text.toLowerCase()
    const exact = open.filter(({ variant }) => keywordOf(variant[at]) === lower)
    if (exact.length > 0) return exact
    const { read, problem } = this.#readAll(open, at, line, word)
    const short = open.filter(({ variant }) => lower !== '' && keywordOf(variant[at])?.startsWith(lower))
    const names = [...new Set(short.map(({ variant }) => keywordOf(variant[at])!))]
    if (read.length > 0 && names.length === 0) return read
    if (names.length === 1) return short
    if (names.length > 1) return { type: 'ambiguous', names, ...mistakeAt(short, word, at) }
    const whole = candidates.filter((one) => at >= one.needed)
    if (comment && whole.length > 0) return whole.map((one) => ({ ...one, closed: true }))
    const mistake = mistakeAt(open, word, at)
    const known = mistake.expected.flatMap((element) => (element.type === 'keyword' ? [element.text] : []))
    const meant = nearest(text, known)
    return {
      type: 'unknown',
      ...mistake,
      ...(meant === undefined ? {} : { nearest: meant }),
      ...(problem === undefined ? {} : { problem }),
      whole: whole.length > 0,
    }
  }

  /** Who takes the word as an argument; of equal arguments one is read. */
  #readAll(
    open: readonly Candidate<R>[],
    at: number,
    line: Line,
    word: number,
  ): { readonly read: readonly Candidate<R>[]; readonly problem?: Problem } {
    const results = new Map<string, ArgumentValue | Problem>()
    const read: Candidate<R>[] = []
    let problem: Problem | undefined
    for (const candidate of open) {
      const element = candidate.variant[at]
      if (element.type === 'keyword') continue
      const key = `${element.kind} ${element.name}`
      const result = results.get(key) ?? this.#read(element, line, word)
      results.set(key, result)
      if (typeof result === 'object') problem ??= result
      else read.push(this.kindOf(element).rest ? { ...candidate, closed: true } : candidate)
    }
    return { read, problem }
  }

  /** @returns the value, or an object that says what is wrong */
  #read(element: Argument, line: Line, word: number): ArgumentValue | Problem {
    const kind = this.kindOf(element)
    const { text, column } = line.words[word]
    const read = kind.read(kind.rest ? line.raw.slice(column - 1).trim() : text, element.name)
    return 'problem' in read ? read : read.value
  }
}

/** The keyword in small letters; undefined for an argument, and behind the end. */
function keywordOf(element: Element | undefined): string | undefined {
  return element?.type === 'keyword' ? element.text.toLowerCase() : undefined
}

function mistakeAt<R extends Row>(
  candidates: readonly Form<R>[],
  word: number,
  at: number,
): { readonly word: number; readonly rows: readonly R[]; readonly expected: readonly Element[] } {
  const expected = new Map<string, Element>()
  for (const { variant } of candidates) {
    const element = variant[at]
    if (element === undefined) continue
    const key = element.type === 'keyword' ? element.text : `<${element.name}`
    if (!expected.has(key)) expected.set(key, element)
  }
  return { word, rows: [...new Set(candidates.map(({ row }) => row))], expected: [...expected.values()] }
}
