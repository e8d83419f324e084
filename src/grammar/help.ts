/** What can stand at a place of a line: the answers to `?` and to Tab, in line with what the matcher takes. */

import type { Grammar, Mistake, Row } from './grammar.js'
import type { Line } from './line.js'
import { shownElement } from './syntax.js'

/** One thing that can stand at a place. */
export interface Choice {
  /** The keyword; the argument as the syntax names it, `<peer>`; `<cr>` when the line may end here. */
  readonly word: string
  readonly help: string
  /** Of an argument: its kind, for who has values to offer, and what stands for it on a switch (`A.B.C.D`). */
  readonly argument?: { readonly kind: string; readonly placeholder: string }
}

/** The end of the line among the choices. */
export const END = '<cr>'

/**
 * What can follow the words of a line, in the order of the table, the end of the line last.
 * @param line whole words; they may be shortened
 * @param first number of the word that the rows begin at: 1 behind `no`
 * @returns the choices, never none; or where the line stops to be a beginning of a command
 */
export function choices<R extends Row>(
  grammar: Grammar<R>,
  line: Line,
  first = 0,
): readonly Choice[] | Mistake<R> {
  const candidates = grammar.fitting(line, first)
  if ('type' in candidates) return candidates
  const at = line.words.length - first
  const found = new Map<string, Choice>()
  let end: Choice | undefined
  for (const { row, variant, needed, closed } of candidates) {
    if (closed || at >= needed) {
      end ??= { word: END, help: row.help }
      if (closed) continue
    }
    const element = variant[at]
    if (element === undefined) continue
    const word = shownElement(element)
    if (found.has(word)) continue
    if (element.type === 'keyword') {
      found.set(word, { word, help: grammar.helpOf(element.text, row) })
      continue
    }
    const { placeholder, help } = grammar.kindOf(element)
    found.set(word, { word, help, argument: { kind: element.kind, placeholder } })
  }
  return [...found.values(), ...(end === undefined ? [] : [end])]
}

/** A word that completes a line. */
export interface Completion {
  readonly word: string
  readonly help: string
}

/**
 * What the word that is being typed may become: the answer to Tab.
 * @param line the words before it
 * @param typed the beginning of the word, '' at its start
 * @param values known values of a kind of argument, such as the addresses of neighbors; none by default
 * @returns words that begin with `typed`, keywords first; none where the line before is no command's beginning
 */
export function completions<R extends Row>(
  grammar: Grammar<R>,
  line: Line,
  typed: string,
  values: (kind: string) => readonly Completion[] = () => [],
): readonly Completion[] {
  const found = choices(grammar, line)
  if ('type' in found) return []
  const lower = typed.toLowerCase()
  const words = found.filter(({ word, argument }) => argument === undefined && word !== END)
  const known = found.flatMap(({ argument }) => (argument === undefined ? [] : values(argument.kind)))
  return [...words, ...known]
    .filter(({ word }) => word.toLowerCase().startsWith(lower))
    .map(({ word, help }) => ({ word, help }))
}
