/** Help about commands as text: the page of `--help`, and the list that `?` prints. */

import type { Choice } from '../grammar/help.js'
import { usageOf } from '../grammar/syntax.js'
import { type CommandRow, type Head, headOf } from './row.js'

/** Widest left column; behind what is longer its help follows at once. */
const WIDTH = 54

/** Two columns of text. */
function columns(entries: readonly (readonly [string, string])[], indent: string): string {
  const width = Math.min(WIDTH, Math.max(...entries.map(([left]) => left.length)))
  return entries.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`).join('\n')
}

/** A row's syntax as people read it: `show ip bgp neighbors [ADDRESS]`. */
function rowUsage({ syntax }: CommandRow<unknown>, { bgp }: Head): string {
  const usual = bgp === undefined ? syntax : syntax.replace(bgp, 'ip bgp')
  // Of words that may come in either order, one is shown.
  const short = usual.replace(/\{<([^:>]+):[^>]*> (\S+)\|\2 <[^>]*>\}/, '<$1> $2')
  return usageOf(short).replace(/<([^>]+)>/g, (_, name: string) => name.toUpperCase())
}

/**
 * The rows of a first word, with what they do, and its notes.
 * @param program what stands before each command: 'ecmpd'
 */
export function usagePage(head: Head, rows: readonly CommandRow<unknown>[], program: string): string {
  const own = rows.filter(({ syntax }) => headOf(syntax) === head.word)
  return `${columns(
    own.map((row) => [`${program} ${rowUsage(row, head)}`, row.help]),
    '',
  )}\n\n${head.notes}`
}

/** The list that `?` prints, one choice a line: the word, or what stands for an argument, and its help. */
export function choicesText(choices: readonly Choice[]): string {
  return `${columns(
    choices.map(({ word, help, argument }) => [argument?.placeholder ?? word, help]),
    '  ',
  )}\n`
}
