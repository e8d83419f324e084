import { didYouMean, nearest } from '../../text/nearest.js'
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

/** A variant that the words so far fit. */
interface Candidate {
  readonly command: Command
  readonly variant: Variant
  /** Words needed, fewer than the variant's in a `no` form. */
  readonly needed: number
  /** An argument, or a comment, has taken the rest of the line. */
  readonly closed?: true
}

/** What is wrong with a word as an argument. */
interface Problem {
  readonly problem: string
  readonly hint?: string
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

/** The candidates of a mode, made once: most lines are read against the same few hundred. */
const started = new WeakMap<readonly Command[], Readonly<Record<'plain' | 'negated', readonly Candidate[]>>>()

function candidatesOf(commands: readonly Command[], negated: boolean): readonly Candidate[] {
  let both = started.get(commands)
  if (both === undefined) {
    const make = (no: boolean) =>
      commands
        .filter((command) => !no || command.no !== undefined)
        .flatMap((command) => spell(command).map((variant) => start(command, variant, no)))
    both = { plain: make(false), negated: make(true) }
    started.set(commands, both)
  }
  return negated ? both.negated : both.plain
}

/**
 * Finds the command that a line is, as a switch does: keywords may be abbreviated while only one fits.
 * @param commands those of the current mode; the same array each time
 */
export function match(line: Line, commands: readonly Command[]): Match | Mismatch {
  const negated = line.words[0]?.text.toLowerCase() === 'no'
  const first = negated ? 1 : 0
  let candidates = candidatesOf(commands, negated)
  for (let word = first; word < line.words.length; word++) {
    if (candidates.some((candidate) => candidate.closed)) break
    const next = take(candidates, line, word, first)
    if ('message' in next) return next
    candidates = next
  }
  const given = line.words.length - first
  const whole = candidates.find((one) => one.closed || given >= one.needed)
  if (whole !== undefined)
    return { command: whole.command, negated, args: argsOf(whole.variant, line, first) }
  const expected = [...new Set(candidates.map((one) => shownElement(one.variant[given])))]
  const missing = expected.length > 8 ? '' : `: ${expected.join(' or ')} is missing`
  return {
    word: line.words.length,
    message: `% Incomplete command${missing}`,
    hint: usage(candidates[0].command),
  }
}

/** The arguments, and the keywords as themselves, of a line that a variant fits. */
function argsOf(variant: Variant, line: Line, first: number): Args {
  const values = new Map<string, string | number>()
  const words = new Map<string, number>()
  for (const [at, element] of variant.entries()) {
    const word = first + at
    if (word >= line.words.length) break
    const name = element.kind === 'keyword' ? element.text : element.name
    const value = element.kind === 'keyword' ? element.text : readArgumentWord(element, line, word)
    if (typeof value === 'object') break
    values.set(name, value)
    words.set(name, word)
  }
  return new Args(values, words)
}

/** The syntax as help shows it, without argument types. */
export function usage(command: Command): string {
  return command.syntax.replace(/<([^:>]+):[^>]*>/g, '<$1>')
}

function start(command: Command, variant: Variant, negated: boolean): Candidate {
  let needed = variant.length
  if (negated && !command.onlyNo) while (needed > 1 && variant[needed - 1].kind === 'argument') needed--
  return { command, variant, needed }
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
  const exact = open.filter(({ variant }) => keywordOf(variant[at]) === lower)
  if (exact.length > 0) return exact
  const { read, problem } = readAll(open, at, line, word)
  const short = open.filter(({ variant }) => keywordOf(variant[at])?.startsWith(lower))
  const names = [...new Set(short.map(({ variant }) => keywordOf(variant[at])))]
  if (read.length > 0 && names.length === 0) return read
  if (names.length === 1) return short
  if (names.length > 1) {
    return { word, message: `% Ambiguous command: \`${text}\` can be ${names.join(', ')}` }
  }
  const whole = candidates.filter((candidate) => at >= candidate.needed)
  if (/^[!#]/.test(text) && whole.length > 0) return whole.map((one) => ({ ...one, closed: true }))
  return mismatch(line, word, open, at, problem)
}

/** Who takes the word as an argument; of equal arguments one is read. */
function readAll(
  open: readonly Candidate[],
  at: number,
  line: Line,
  word: number,
): { read: readonly Candidate[]; problem?: Problem } {
  const results = new Map<string, string | number | Problem>()
  const read: Candidate[] = []
  let problem: Problem | undefined
  for (const candidate of open) {
    const element = candidate.variant[at]
    if (element.kind === 'keyword') continue
    const key = `${element.type} ${element.name}`
    const result = results.get(key) ?? readArgumentWord(element, line, word)
    results.set(key, result)
    if (typeof result === 'object') problem ??= result
    else read.push(element.type === 'rest' ? { ...candidate, closed: true } : candidate)
  }
  return { read, problem }
}

function mismatch(
  line: Line,
  word: number,
  open: readonly Candidate[],
  at: number,
  problem: Problem | undefined,
): Mismatch {
  const { text } = line.words[word]
  const known = [
    ...new Set(open.flatMap(({ variant }) => (variant[at].kind === 'keyword' ? [variant[at].text] : []))),
  ]
  const meant = nearest(text, known)
  if (problem !== undefined && (meant === undefined || /^[\d.:/]+$/.test(text))) {
    const hint = problem.hint ?? usage(open[0].command)
    return { word, message: `% Wrong parameter: ${problem.problem}`, hint }
  }
  const message = `% Unrecognized command: \`${text}\``
  if (meant !== undefined && word > 0) {
    // What follows is not repeated where it may be a secret.
    const rest = (text: string) => (meant === 'password' ? '…' : text)
    const corrected = line.words
      .map((one, i) => (i === word ? meant : i < word ? one.text : rest(one.text)))
      .join(' ')
    return { word, message, hint: `did you mean \`${corrected}\`?` }
  }
  return { word, message, hint: didYouMean(text, known) ?? expectedHere(known, at) }
}

/** After a known beginning the choice is small enough to be listed. */
function expectedHere(known: readonly string[], at: number): string | undefined {
  return at === 0 || known.length === 0 || known.length > 40 ? undefined : `known here: ${known.join(', ')}`
}

/** @returns the value, or an object that says what is wrong */
function readArgumentWord(
  element: Extract<Element, { kind: 'argument' }>,
  line: Line,
  word: number,
): string | number | Problem {
  if (element.type === 'rest') return line.raw.slice(line.words[word].column - 1).trim()
  const read = readElement(element, line.words[word].text)
  return 'problem' in read ? read : read.value
}

/** The keyword in small letters; undefined for an argument. */
const keywordOf = (element: Element) => (element.kind === 'keyword' ? element.text.toLowerCase() : undefined)
