/** Reads YAML into a document that the schema accepts, and knows on which line each of its paths stands. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml'
import { type Path, type Position, pathText, type Report } from '../text/diagnostic.js'
import { manifestOf } from './manifest.js'
import { type Document, documentSchema } from './schema.js'
import { type DocumentProblem, issuesToProblems } from './schema-issues.js'
import { asWritten, readPast } from './unknown-keys.js'

/** Where a path of the document stands in the file; of the nearest thing above it that is there. */
export type Locate = (path: Path, part?: 'key' | 'value') => Position

/** A document as it was read, before what its keys say together was checked. */
export interface ReadDocument {
  readonly document: Document
  readonly locate: Locate
}

const START: Position = { line: 1, column: 1 }

/** Keys that people look for and that ecmpd can't do, with what to do instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '<<': 'merge keys are not read; use `groups` and `group`',
  bfd: 'BFD is not supported yet',
}

/**
 * Reads YAML into a document that the schema accepts. Every fault goes to the report with its line; nothing
 * is thrown, whatever the text. Unknown keys are read past, as those that were meant, so that what else is wrong comes
 * out in the same round.
 * @returns undefined when there was an error that leaves nothing to read on
 */
export function readYaml(text: string, report: Report): ReadDocument | undefined {
  try {
    return read(text, report)
  } catch (error) {
    // The library throws on nesting deeper than the stack and on aliases that multiply without end.
    const what = plainMessage((error as Error).message)
    report.add('error', START, '', `can't be read as YAML: ${what}`)
    return undefined
  }
}

function read(text: string, report: Report): ReadDocument | undefined {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const documents = 'empty' in parsed ? [] : parsed
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const manifest = manifestOf(documents)
  if (manifest !== undefined) {
    report.add('error', START, '', manifest.message, manifest.hint)
    return undefined
  }
  for (const document of documents) {
    for (const error of document.errors) {
      const position = at(error.pos[0])
      if (isSecretLine(text, position))
        report.add('error', position, '', 'is no YAML', 'put the secret in quotes')
      else report.add('error', position, '', plainMessage(error.message), tabHint(error.message))
    }
  }
  for (const warning of documents.flatMap((document) => document.warnings)) {
    const position = at(warning.pos[0])
    const message = isSecretLine(text, position) ? 'is more than a text' : plainMessage(warning.message)
    report.add('warning', position, '', message)
  }
  if (documents.length > 1) {
    const second = documents[1].range?.[0] ?? 0
    report.add('error', at(second), '', 'a second document (`---`) in one file', 'one configuration a file')
  }
  if (report.failed) return undefined
  const root = documents[0]?.contents ?? null
  if (root === null) {
    report.add(
      'error',
      START,
      '',
      'the file is empty',
      'a minimal one is `as: 64513` and a list of `neighbors`',
    )
    return undefined
  }
  const locate: Locate = (path, part = 'value') => at(offsetOf(documents[0].contents, path, part))
  const data: unknown = documents[0].toJS({ maxAliasCount: 1000 })
  const result = documentSchema.safeParse(data)
  if (result.success) return { document: result.data, locate }
  const problems = issuesToProblems(result.error.issues, data)
  addAll(problems, locate, report)
  const renamed = readPast(data, problems)
  if (renamed === undefined) return undefined
  const where: Locate = (path, part) => locate(asWritten(path, renamed), part)
  const again = documentSchema.safeParse(data)
  if (again.success) return { document: again.data, locate: where }
  addAll(issuesToProblems(again.error.issues, data), where, report)
  return undefined
}

function addAll(problems: readonly DocumentProblem[], locate: Locate, report: Report): void {
  for (const { path, part, key, message, hint } of problems) {
    const remedy = key === undefined ? hint : (ELSEWHERE[key] ?? hint)
    report.add('error', locate(path, part), pathText(path), message, remedy)
  }
}

/**
 * The library's messages carry a hint about its own API or the position, which is shown already, and the name
 * of an alias, which may be a secret that begins with an asterisk.
 */
function plainMessage(message: string): string {
  return message
    .replace(/ at line \d+, column \d+:?[\s\S]*$/, '')
    .replace(/^(Unresolved alias[^:]*):[\s\S]*$/, '$1 (a text that begins with * needs quotes)')
    .replace(/\.$/, '')
}

/** True for a line whose text must not be repeated: the library's messages may. */
function isSecretLine(text: string, { line }: Position): boolean {
  return /\b(password|token)\b/i.test(text.split(/\r\n|\n|\r/)[line - 1] ?? '')
}

function tabHint(message: string): string | undefined {
  return /tab/i.test(message) ? 'YAML indents with spaces' : undefined
}

/** Offset of a path's key or value; where the path ends early, of the last thing found. */
function offsetOf(root: Node | null, path: Path, part: 'key' | 'value'): number {
  let node: Node | null = root
  let offset = root?.range?.[0] ?? 0
  for (const [i, step] of path.entries()) {
    if (isAlias(node)) return offset
    if (isSeq(node) && typeof step === 'number') {
      node = (node.items[step] as Node | undefined) ?? null
      if (node?.range) offset = node.range[0]
    } else if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item) === String(step))
      if (pair === undefined) return offset
      const key = (pair.key as Node).range?.[0] ?? offset
      node = (pair.value as Node | null) ?? null
      const empty = !node?.range || (isScalar(node) && node.value === null && node.range[0] === node.range[1])
      offset = empty || (part === 'key' && i === path.length - 1) ? key : node!.range![0]
    } else {
      return offset
    }
  }
  return offset
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : ''
}
