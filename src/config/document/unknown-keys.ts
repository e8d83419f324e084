/** Reading on past unknown keys, so that one round names every fault of a file. */

import { type Path, pathText } from '../text/diagnostic.js'
import type { DocumentProblem } from './schema-issues.js'

/** Where keys stand in the file that were taken for others: by the path of the known key, as text, the key as written. */
export type Renamed = ReadonlyMap<string, string>

/**
 * Takes unknown keys for the ones that were meant, and those that resemble nothing away.
 * @param data the document's plain value, which is changed
 * @param problems what the schema found wrong in it
 * @returns undefined when none of it is an unknown key
 */
export function readPast(data: unknown, problems: readonly DocumentProblem[]): Renamed | undefined {
  const renamed = new Map<string, string>()
  const unknown = problems.filter(({ key }) => key !== undefined)
  for (const { path, meant } of unknown) {
    const above = path.slice(0, -1)
    const written = String(path.at(-1))
    const holder = mappingAt(data, above)
    if (holder === undefined || !Object.hasOwn(holder, written)) continue
    const value = holder[written]
    delete holder[written]
    if (meant === undefined || Object.hasOwn(holder, meant)) continue
    holder[meant] = value
    renamed.set(pathText([...above, meant]), written)
  }
  return unknown.length === 0 ? undefined : renamed
}

/** A path as the file has it. */
export function asWritten(path: Path, renamed: Renamed): Path {
  return path.map((step, at) => renamed.get(pathText(path.slice(0, at + 1))) ?? step)
}

function mappingAt(data: unknown, path: Path): Record<string, unknown> | undefined {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}
