import type { Position } from '../../text/diagnostic.js'

/** A word of a command and where it stands. */
export interface Word {
  readonly text: string
  /** Column of its first character, from 1. */
  readonly column: number
}

/** A command line; blank lines, comments and terminal noise have none. */
export interface Line {
  readonly number: number
  readonly words: readonly Word[]
  /** The line as it stands in the file, for texts that run to its end. */
  readonly raw: string
}

/** `Ruijie(config-router)#`, `sw1#`, `sw1>`: what a terminal shows before a command. */
const PROMPT = /^\s*[A-Za-z][\w.:/@-]*(?:\([\w.-]*\))?[#>]/

/** What a terminal prints between commands, when a whole session is pasted. */
const NOISE = [
  /^Enter configuration commands, one per line/,
  /^Building configuration/,
  /^Current configuration/,
  /^\[OK\]$/,
  /^-{1,2} ?More ?-{1,2}$/i,
]

/**
 * Splits a switch's text into command lines. Any line end and any white space will do; indentation means
 * nothing, `!` and `#` at the start of a line make it a comment, a pasted prompt is dropped.
 */
export function lex(text: string): readonly Line[] {
  const lines: Line[] = []
  for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
    let start = 0
    for (let prompt = PROMPT.exec(raw); prompt !== null; prompt = PROMPT.exec(raw.slice(start))) {
      start += prompt[0].length
    }
    const body = raw.slice(start).trim()
    if (body === '' || body.startsWith('!') || body.startsWith('#')) continue
    if (NOISE.some((noise) => noise.test(body))) continue
    // What was asked at a prompt configures nothing.
    if (start > 0 && /^sh(o|ow)?\s/.test(body)) continue
    const words: Word[] = []
    for (const match of raw.slice(start).matchAll(/\S+/g)) {
      words.push({ text: match[0], column: start + match.index + 1 })
    }
    lines.push({ number: i + 1, words, raw })
  }
  return lines
}

/** Where a word of a line stands. */
export function positionOf(line: Line, word = 0): Position {
  return { line: line.number, column: line.words[word]?.column ?? line.raw.trimEnd().length + 1 }
}
