import { OPERATIONAL } from '../../../src/command/operational.js'
import type { RequestOf, ShowRequest } from '../../../src/command/request.js'
import { lineOfWords } from '../../../src/grammar/line.js'

/** Reads the words after `show`. */
export function parseShow(
  words: readonly string[],
): { readonly show: ShowRequest; readonly json: boolean } | { readonly error: string } {
  const parsed = OPERATIONAL.parse(lineOfWords(['show', ...words.filter((word) => word !== '')]))
  if ('error' in parsed) return { error: parsed.error }
  if (parsed.request.command !== 'show') throw new Error(`read as ${parsed.request.command}`)
  return { show: parsed.request.show, json: parsed.output.json }
}

/** Reads a line of another command. */
export function parseAs<C extends 'clear' | 'neighbor' | 'maintenance'>(
  command: C,
  line: string,
): RequestOf<C> | { readonly error: string } {
  const parsed = OPERATIONAL.parse(lineOfWords(line.split(' ').filter(Boolean)))
  if ('error' in parsed) return { error: parsed.error }
  if (parsed.request.command !== command) throw new Error(`read as ${parsed.request.command}`)
  return parsed.request as RequestOf<C>
}
