/** What the log says when the first routes are complete: how many there are, of whom, and who brought none. */

import type { Rib } from '../rib/table.js'

/** A neighbor, as the sentence sees it. */
export interface FirstRoutesOf {
  readonly name: string
  /** Index as a source of paths; undefined while it has no place in the tables. */
  readonly source: number | undefined
  readonly established: boolean
  /** Its End-of-RIB is here. */
  readonly complete: boolean
}

/** Neighbors named in one sentence. */
const NAMED = 5

/**
 * The sentence; undefined when no neighbor is expected, or none has brought anything: then there is nothing to be
 * complete. It walks the tables, once in a run.
 */
export function firstRoutes(ribs: Iterable<Rib>, neighbors: Iterable<FirstRoutesOf>): string | undefined {
  const tables = [...ribs]
  const brought = new Set<string>()
  const absent: string[] = []
  const silent: string[] = []
  for (const { name, source, established, complete } of neighbors) {
    const some = source !== undefined && tables.some((rib) => (rib.source(source)?.received ?? 0) > 0)
    if (some) brought.add(name)
    if (!established) absent.push(name)
    else if (!some && !complete) silent.push(name)
  }
  if (brought.size === 0) return undefined
  let prefixes = 0
  for (const rib of tables) prefixes += learned(rib)
  const from = brought.size === 1 ? `neighbor ${[...brought][0]}` : `${brought.size} neighbors`
  const rest = [
    ...(absent.length === 0 ? [] : [`not up: ${listOf(absent)}`]),
    ...(silent.length === 0 ? [] : [`neither a route nor End-of-RIB from: ${listOf(silent)}`]),
  ]
  const text = `the first routes are complete: ${prefixes} ${prefixes === 1 ? 'prefix' : 'prefixes'} from ${from}`
  return [text, ...rest].join('; ')
}

/** Prefixes with a path of a neighbor. */
function learned(rib: Rib): number {
  let count = 0
  for (let prefix = 0; prefix < rib.prefixes.limit; prefix++) {
    if (rib.count(prefix) === 0) continue
    let path = rib.first(prefix)
    while (path !== 0 && rib.sourceOf(path) === 0) path = rib.next(path)
    if (path !== 0) count++
  }
  return count
}

function listOf(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  return `${names.slice(0, NAMED).join(', ')}${more}`
}
