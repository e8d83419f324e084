import { didYouMean, nearest } from '../nearest.js'
import {
  Args,
  type Command,
  type Element,
  readElement,
  shownElement,
  type Variant,
  variantsOf,
} from './grammar.js'
import type { Line } from './lexer.js'

/** A command that a line is. */
export interface Match {
  readonly command: Command
  readonly negated: boolean
  readonly args: Args
}

/** Why a line is no command. */
export interface Mismatch {
  /** Number of the word that does not fit; the number of words when the line is too short. */
  readonly word: number
  readonly message: string
  readonly hint?: string
}

interface Candidate {
  readonly command: Command
  readonly variant: Variant
  /** Words needed, smaller than the variant's in a `no` form. */
  readonly needed: number
  readonly values: ReadonlyMap<string, string | number>
  readonly words: ReadonlyMap<string, number>
  /** An argument has taken the rest of the line. */
  readonly closed: boolean
}

const spelled = new Map<Command, readonly Variant[]>()

/** The variants of a command, spelled out once. */
export function spell(command: Command): readonly Variant[] {
  const known = spelled.get(command)
  if (known !== undefined) return known
  const variants = variantsOf(command.syntax)
  spelled.set(command, variants)
  return variants
}

/**
 * Finds the command that a line is, as a switch does: keywords may be abbreviated while only one fits.
 * @param commands those of the current mode
 */
export function match(line: Line, commands: readonly Command[]): Match | Mismatch {
  const negated = line.words[0]?.text.toLowerCase() === 'no'
  const first = negated ? 1 : 0
  let candidates = commands
    .filter((command) => !negated || command.no !== undefined)
    .flatMap((command) => spell(command).map((variant) => start(command, variant, negated)))
  for (let word = first; word < line.words.length; word++) {
    if (candidates.some((candidate) => candidate.closed)) break
    const next = take(candidates, line, word, first)
    if (!Array.isArray(next)) return next as Mismatch
    candidates = next
  }
  const given = line.words.length - first
  const whole = candidates.find((one) => one.closed || given >= one.needed)
  if (whole !== undefined) {
    return { command: whole.command, negated, args: new Args(whole.values, whole.words) }
  }
  const expected = [...new Set(candidates.map((one) => shownElement(one.variant[given])))]
  const missing = expected.length > 8 ? '' : `: ${expected.join(' or ')} is missing`
  return {
    word: line.words.length,
    message: `% Incomplete command${missing}`,
    hint: usage(candidates[0].command),
  }
}

/** The syntax as help shows it, without argument types. */
export function usage(command: Command): string {
  return command.syntax.replace(/<([^:>]+):[^>]*>/g, '<$1>')
}

function start(command: Command, variant: Variant, negated: boolean): Candidate {
  let needed = variant.length
  if (negated && !command.onlyNo) while (needed > 1 && variant[needed - 1].kind === 'argument') needed--
  return { command, variant, needed, values: new Map(), words: new Map(), closed: false }
}

/** Lets every candidate read one word; who can't is out. */
function take(
  candidates: readonly Candidate[],
  line: Line,
  word: number,
  first: number,
): readonly Candidate[] | Mismatch {
  const { text } = line.words[word]
  const at = word - first
  const open = candidates.filter((candidate) => at < candidate.variant.length)
  if (open.length === 0) {
    // What follows a whole command behind a comment sign is a comment.
    if (/^[!#]/.test(text)) return candidates.map((candidate) => ({ ...candidate, closed: true }))
    return { word, message: `% Too many parameters: \`${text}\``, hint: usage(candidates[0].command) }
  }
  const lower = text.toLowerCase()
  const keywords = open.filter(({ variant }) => variant[at].kind === 'keyword')
  const exact = keywords.filter(({ variant }) => keywordOf(variant[at]) === lower)
  if (exact.length > 0)
    return exact.map((candidate) => keep(candidate, at, keywordOf(candidate.variant[at]), word))
  const fitting = open.flatMap((candidate) => readArgumentWord(candidate, at, line, word))
  const read = fitting.filter((result): result is Candidate => !('problem' in result))
  const short = keywords.filter(({ variant }) => keywordOf(variant[at]).startsWith(lower))
  const names = [...new Set(short.map(({ variant }) => keywordOf(variant[at])))]
  if (read.length > 0 && names.length === 0) return read
  if (names.length === 1) return short.map((candidate) => keep(candidate, at, names[0], word))
  if (names.length > 1) {
    return { word, message: `% Ambiguous command: \`${text}\` can be ${names.join(', ')}` }
  }
  if (/^[!#]/.test(text) && candidates.some((one) => at >= one.needed)) {
    return candidates.filter((one) => at >= one.needed).map((one) => ({ ...one, closed: true }))
  }
  return mismatch(text, word, open, at, fitting, line)
}

function mismatch(
  text: string,
  word: number,
  open: readonly Candidate[],
  at: number,
  fitting: readonly (Candidate | { problem: string; hint?: string })[],
  line: Line,
): Mismatch {
  const known = [
    ...new Set(
      open
        .map(({ variant }) => variant[at])
        .filter(isKeyword)
        .map((element) => element.text),
    ),
  ]
  const problem = fitting.find((result) => 'problem' in result)
  const meant = nearest(text, known)
  if (problem !== undefined && 'problem' in problem && (meant === undefined || /^[\d.:/]+$/.test(text))) {
    return {
      word,
      message: `% Wrong parameter: ${problem.problem}`,
      hint: problem.hint ?? usage(open[0].command),
    }
  }
  if (meant !== undefined && word > 0) {
    const corrected = line.words.map((one, i) => (i === word ? meant : one.text)).join(' ')
    return { word, message: `% Unrecognized command: \`${text}\``, hint: `did you mean \`${corrected}\`?` }
  }
  return {
    word,
    message: `% Unrecognized command: \`${text}\``,
    hint: didYouMean(text, known) ?? expectedHere(known, at),
  }
}

/** After a known beginning the choice is small enough to be listed. */
function expectedHere(known: readonly string[], at: number): string | undefined {
  return at === 0 || known.length === 0 || known.length > 40 ? undefined : `known here: ${known.join(', ')}`
}

function readArgumentWord(
  candidate: Candidate,
  at: number,
  line: Line,
  word: number,
): readonly (Candidate | { problem: string; hint?: string })[] {
  const element = candidate.variant[at]
  if (element.kind === 'keyword') return []
  if (element.type === 'rest') {
    const text = line.raw.slice(line.words[word].column - 1).trim()
    return [{ ...keep(candidate, at, text, word), closed: true }]
  }
  const read = readElement(element, line.words[word].text)
  return ['problem' in read ? read : keep(candidate, at, read.value, word)]
}

function keep(candidate: Candidate, at: number, value: string | number, word: number): Candidate {
  const element = candidate.variant[at]
  const name = element.kind === 'keyword' ? element.text : element.name
  return {
    ...candidate,
    values: new Map(candidate.values).set(name, value),
    words: new Map(candidate.words).set(name, word),
  }
}

const isKeyword = (element: Element) => element.kind === 'keyword'
const keywordOf = (element: Element) => (element.kind === 'keyword' ? element.text : '')
