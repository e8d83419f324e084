import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Figures } from '../parts/part.js'

/** What one daemon did with one piece of work. */
export interface Row {
  readonly part: string
  readonly work: string
  /** Heading of the piece of work. */
  readonly title: string
  /** Name of the daemon or of the floor. */
  readonly name: string
  /** As the program tells it; undefined for a floor. */
  readonly version?: string
  /** When it was measured, ISO 8601. */
  readonly at: string
  /** Words of the command line that measured it. */
  readonly command: string
  /** Figures of each run. */
  readonly runs: readonly Figures[]
  /** Why there are no (more) runs: beyond the limit, a wrong result, or unable to. */
  readonly note?: string
}

/** The machine. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** MiB. */
  readonly memory: number
  readonly kernel: string
  readonly system: string
  readonly node: string
  readonly iproute2: string
  /** Load average of a minute before the first run. */
  readonly load: number
}

/** Everything measured so far. */
export interface Results {
  readonly machine: Machine
  readonly rows: readonly Row[]
}

const keyOf = ({ part, work, name }: Row) => JSON.stringify([part, work, name])

/**
 * Rows measured before with those measured now: a new row takes the place of the one for the same work and
 * daemon, everything else stays, in the order of `names` within a piece of work.
 * @param order position of a row among the others
 */
export function mergeRows(
  before: readonly Row[],
  now: readonly Row[],
  order: (row: Row) => readonly number[],
): Row[] {
  const rows = new Map(before.map((row) => [keyOf(row), row]))
  for (const row of now) rows.set(keyOf(row), row)
  return [...rows.values()].sort((a, b) => {
    const [first, second] = [order(a), order(b)]
    for (const [i, value] of first.entries()) if (value !== second[i]) return value - second[i]
    return 0
  })
}

/** Reads a file of results; undefined when there is none. */
export function readResults(file: string): Results | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined
}

/** Writes it, a line for each row, so that changes can be read. */
export function writeResults(file: string, { machine, rows }: Results): void {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  writeFileSync(file, `{\n  "machine": ${JSON.stringify(machine)},\n  "rows": [\n${lines}\n  ]\n}\n`)
}
