/** Which command of a mode a line is, and what the switch says of one that is none. */

import type { Args } from '../../../grammar/args.js'
import { Grammar, type Mistake } from '../../../grammar/grammar.js'
import { shownElement, usageOf } from '../../../grammar/syntax.js'
import { KINDS } from './arguments.js'
import type { Command } from './grammar.js'
import type { SourceLine } from './lexer.js'
import { WORDS } from './words.js'

/** A command that a line is. */
export interface CommandMatch {
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

/** The commands of a mode. */
export interface ModeGrammar {
  /** As they stand. */
  readonly plain: Grammar<Command>
  /** Behind `no`: the last arguments may be left out. */
  readonly negated: Grammar<Command>
  /** What is offered to who asks: without what exists behind `no` alone. */
  readonly offered: Grammar<Command>
  /** What is proposed for a word that is none: without what is not supported yet. */
  readonly proposed: { readonly plain: Grammar<Command>; readonly negated: Grammar<Command> }
}

/** What follows a whole command behind a comment sign is a comment. */
const COMMENT = /^[!#]/

/** Makes the grammar of a mode of its commands. */
export function modeGrammar(commands: readonly Command[]): ModeGrammar {
  const options = { kinds: KINDS, comment: COMMENT, words: WORDS }
  const behindNo = (commands: readonly Command[]) =>
    new Grammar(
      commands.filter((command) => command.no !== undefined),
      {
        ...options,
        needed: (command, variant) => {
          let needed = variant.length
          if (command.onlyNo) return needed
          while (needed > 1 && variant[needed - 1].type === 'argument') needed--
          return needed
        },
      },
    )
  const supported = commands.filter(({ support }) => support !== 'not yet')
  return {
    plain: new Grammar(commands, options),
    offered: new Grammar(
      commands.filter((command) => !command.onlyNo),
      options,
    ),
    negated: behindNo(commands),
    proposed: { plain: new Grammar(supported, options), negated: behindNo(supported) },
  }
}

/** Finds the command that a line is, as a switch does: keywords may be abbreviated while only one fits. */
export function match(line: SourceLine, mode: ModeGrammar): CommandMatch | Mismatch {
  const negated = line.words[0]?.text.toLowerCase() === 'no'
  const find = ({ plain, negated: behindNo }: Pick<ModeGrammar, 'plain' | 'negated'>, asked = line) =>
    negated ? behindNo.match(asked, 1) : plain.match(asked)
  const found = find(mode)
  if (found.type === 'match') return { command: found.row, negated, args: found.args }
  if (found.type !== 'unknown') return told(found, line, negated ? 1 : 0)
  const proposed = find(mode.proposed)
  const same = proposed.type === 'unknown' && proposed.word === found.word
  const { nearest: meant, ...bare } = same ? proposed : found
  const first = negated ? 1 : 0
  if (!same || meant === undefined) return told(bare, line, first)
  // A word behind which there is no place for what follows was not meant.
  const words = line.words.map((word, at) => (at === found.word ? { ...word, text: meant } : word))
  const { type } = find(mode, { ...line, words })
  return told(type === 'too many' ? bare : proposed, line, first)
}

/** A mistake in the words of the switch. */
function told(mistake: Mistake<Command>, line: SourceLine, first: number): Mismatch {
  const { word, expected } = mistake
  const usage = usageOf(mistake.rows[0].syntax)
  const text = line.words[word]?.text
  switch (mistake.type) {
    case 'incomplete': {
      const missing = expected.length > 8 ? '' : `: ${expected.map(shownElement).join(' or ')} is missing`
      return { word, message: `% Incomplete command${missing}`, hint: usage }
    }
    case 'too many':
      return { word, message: `% Too many parameters: \`${text}\``, hint: usage }
    case 'ambiguous':
      return { word, message: `% Ambiguous command: \`${text}\` can be ${mistake.names.join(', ')}` }
    case 'unknown':
      return unknown(mistake, line, word - first, usage)
  }
}

function unknown(
  mistake: Extract<Mistake<Command>, { type: 'unknown' }>,
  line: SourceLine,
  at: number,
  usage: string,
): Mismatch {
  const { word, problem, nearest: meant } = mistake
  const { text } = line.words[word]
  if (problem !== undefined && (meant === undefined || /^[\d.:/]+$/.test(text))) {
    return { word, message: `% Wrong parameter: ${problem.problem}`, hint: problem.hint ?? usage }
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
  const known = mistake.expected.flatMap((element) => (element.type === 'keyword' ? [element.text] : []))
  return { word, message, hint: meant === undefined ? expectedHere(known, at) : `did you mean \`${meant}\`?` }
}

/** After a known beginning the choice is small enough to be listed. */
function expectedHere(known: readonly string[], at: number): string | undefined {
  return at === 0 || known.length === 0 || known.length > 40 ? undefined : `known here: ${known.join(', ')}`
}
