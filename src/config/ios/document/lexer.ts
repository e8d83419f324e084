/** The command lines of a switch's text, wherever it was copied from. */

import { type Line as CommandLine, columnOf, lineOf } from '../../../grammar/line.js'
import type { Position } from '../../text/diagnostic.js'

/** A command line of a text; blank lines, comments and terminal noise have none. */
export interface SourceLine extends CommandLine {
  /** Its number in the text, from 1. */
  readonly number: number
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
export function lex(text: string): readonly SourceLine[] {
  const lines: SourceLine[] = []
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
    lines.push({ number: i + 1, ...lineOf(raw, start) })
  }
  return lines
}

/** Where a word of a line stands. */
export function positionOf(line: SourceLine, word = 0): Position {
  return { line: line.number, column: columnOf(line, word) }
}
