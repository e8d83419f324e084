/** The answer to a line that is no operational command: one line in the words of the switch. */

import type { Mistake, Row } from '../grammar/grammar.js'
import type { Line } from '../grammar/line.js'
import type { Element } from '../grammar/syntax.js'

/** How messages name an element: `summary`, `ADDRESS`. */
const named = (element: Element) => (element.type === 'keyword' ? element.text : element.name.toUpperCase())

/** The line as it was typed, up to and with a word. */
const upTo = (line: Line, word: number) =>
  line.words
    .slice(0, word + 1)
    .map(({ text }) => text)
    .join(' ')

/** Something that was meant as an address: what is wrong with it helps more than what else there is. */
const LIKE_ADDRESS = /^[\d.:/#%a-f]*[\d:][\d.:/#%\w]*$/i

/**
 * Says why a line is no command.
 * @param form the one form that such commands have; without one the words that could stand there are named
 * @returns '% …': the place, and in brackets what to do
 */
export function mistakeText(mistake: Mistake<Row>, line: Line, form?: string): string {
  const { word } = mistake
  const read = upTo(line, word)
  const expected = mistake.expected.map(named).join(', ')
  switch (mistake.type) {
    case 'incomplete':
      return `% Incomplete command: \`${read}\` (${form ?? `next: ${expected}`})`
    case 'ambiguous':
      return `% Ambiguous command: \`${read}\` (${mistake.names.join(' or ')})`
    case 'too many':
      return form === undefined
        ? `% Too many parameters: \`${read}\``
        : `% Too many parameters: \`${read}\` at \`${line.words[word].text}\` (${form})`
    case 'unknown':
      return unknown(mistake, line, form)
  }
}

function unknown(mistake: Extract<Mistake<Row>, { type: 'unknown' }>, line: Line, form?: string): string {
  const { word, nearest, problem } = mistake
  const { text } = line.words[word]
  const meant = nearest === undefined ? undefined : `did you mean \`${nearest}\`?`
  const read = upTo(line, word)
  const keywords = mistake.expected.filter(({ type }) => type === 'keyword')
  const one = mistake.expected.length - keywords.length === 1
  const wrong = one && problem !== undefined && LIKE_ADDRESS.test(text) ? problem : undefined
  const reasons = [meant, wrong?.problem, wrong?.hint].filter((reason) => reason !== undefined)
  if (form !== undefined) return invalid(line, word, [...reasons, form])
  // A mask can be left out where it may stand: what is none is one word too many.
  if (mistake.whole && mistake.expected.every((one) => one.type === 'argument' && one.kind === 'mask')) {
    return `% Too many parameters: \`${read}\`${problem === undefined ? '' : ` (${problem.problem})`}`
  }
  const expected = `expected: ${mistake.expected.map(named).join(', ')}`
  return `% Invalid input: \`${read}\` (${meant ?? [...reasons, expected].join('; ')})`
}

/** An argument, or a word, that does not fit where it stands. */
export function invalid(line: Line, word: number, reasons: readonly string[]): string {
  return `% Invalid input: \`${upTo(line, word)}\` at \`${line.words[word].text}\` (${reasons.join('; ')})`
}
