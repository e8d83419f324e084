/**
 * What may follow a command that shows something, and says how: `json`. Pipes (`| include …`) belong here, too:
 * they are no words of any row, so that every command that shows something has them.
 */

import type { Line } from '../grammar/line.js'

/** How an answer is to be printed. */
export interface Output {
  readonly json: boolean
}

/** The words for it, with what they do. */
export const OUTPUT_WORDS: readonly { readonly word: string; readonly help: string }[] = [
  { word: 'json', help: 'JSON in the shape of FRR' },
]

/** `json`, `jso` and `js`, in capital or small letters. */
const JSON_WORD = /^js(on?)?$/i

/**
 * Takes the words for the output off the end of a line.
 * @param line a whole line of a command that shows something
 */
export function takeOutput(line: Line): { readonly line: Line; readonly output: Output } {
  const last = line.words.at(-1)
  if (last === undefined || !JSON_WORD.test(last.text)) return { line, output: { json: false } }
  return {
    line: { words: line.words.slice(0, -1), raw: line.raw.slice(0, last.column - 1) },
    output: { json: true },
  }
}
