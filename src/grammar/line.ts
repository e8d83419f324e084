/** A command line as words and where each stands. */

/** A word of a command and where it stands. */
export interface Word {
  readonly text: string
  /** Column of its first character, from 1. */
  readonly column: number
}

/** The words of a line, and the line itself. */
export interface Line {
  readonly words: readonly Word[]
  /** The line as it was written, for texts that run to its end. */
  readonly raw: string
}

/**
 * Splits a text at white space.
 * @param start characters at its beginning that are no part of the command, such as a pasted prompt
 */
export function lineOf(raw: string, start = 0): Line {
  const words: Word[] = []
  for (const match of raw.slice(start).matchAll(/\S+/g)) {
    words.push({ text: match[0], column: start + match.index + 1 })
  }
  return { words, raw }
}

/** A line of words that somebody else has split, such as a shell; blanks within a word stay its own. */
export function lineOfWords(texts: readonly string[]): Line {
  const words: Word[] = []
  let column = 1
  for (const text of texts) {
    words.push({ text, column })
    column += text.length + 1
  }
  return { words, raw: texts.join(' ') }
}

/**
 * Where a word of a line stands, for a place in a message or a `^` below the line.
 * @param word its number, from 0; the number of words: where the next one would stand
 * @returns column, from 1
 */
export function columnOf(line: Line, word: number): number {
  return line.words[word]?.column ?? line.raw.trimEnd().length + 1
}
