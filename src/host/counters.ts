/** Counters of the kernel's TCP and IP. */

import type { ReadProc } from './files.js'
import type { CounterFact, CounterName } from './model.js'

/** Names by file and by the word that their lines begin with. */
const SOURCES: readonly { file: string; line: string; names: readonly CounterName[] }[] = [
  {
    file: 'net/netstat',
    line: 'TcpExt:',
    names: [
      'TCPMD5NotFound',
      'TCPMD5Unexpected',
      'TCPMD5Failure',
      'TCPMinTTLDrop',
      'ListenDrops',
      'ListenOverflows',
      'IPReversePathFilter',
    ],
  },
  { file: 'net/snmp', line: 'Ip:', names: ['ForwDatagrams', 'OutNoRoutes'] },
]

/** What counts as recent, milliseconds. */
const RECENT = 300_000

/** Values by name; those that this kernel does not count are missing. */
export type Counters = ReadonlyMap<CounterName, number>

/**
 * Reads the counters of this network namespace: pairs of lines that begin alike, the first with names, the second
 * with the values in the same order.
 */
export function readCounters(read: ReadProc): Counters {
  const counters = new Map<CounterName, number>()
  for (const { file, line, names } of SOURCES) {
    const rows = (read(file) ?? '').split('\n').filter((text) => text.startsWith(line))
    const [words = [], values = []] = rows.map((text) => text.trim().split(/\s+/))
    for (const name of names) {
      const at = words.indexOf(name)
      const value = at < 0 ? Number.NaN : Number(values[at])
      if (Number.isSafeInteger(value)) counters.set(name, value)
    }
  }
  return counters
}

/** How much each has grown between two looks; what has not grown is missing. */
export function growth(before: Counters, after: Counters): Counters {
  return new Map(
    [...after].flatMap(([name, value]) => {
      const more = value - (before.get(name) ?? value)
      return more > 0 ? [[name, more] as const] : []
    }),
  )
}

interface Course {
  readonly first: number
  last: number
  lastGrown?: number
  /** Growth of the last five minutes by the time at which it was seen, oldest first. */
  steps: { readonly at: number; readonly by: number }[]
}

/** The course of the counters over all looks. */
export class CounterHistory {
  readonly #courses = new Map<CounterName, Course>()

  /**
   * Takes a look's values in.
   * @param now milliseconds since 1970
   */
  add(counters: Counters, now: number): void {
    for (const [name, value] of counters) {
      const course = this.#courses.get(name)
      if (course === undefined) {
        this.#courses.set(name, { first: value, last: value, steps: [] })
        continue
      }
      const by = value - course.last
      course.last = value
      course.steps = course.steps.filter(({ at }) => now - at < RECENT)
      if (by <= 0) continue
      course.lastGrown = now
      course.steps.push({ at: now, by })
    }
  }

  /** The facts so far, in the order of the kernel's files. */
  facts(): CounterFact[] {
    return [...this.#courses].map(([name, { first, last, lastGrown, steps }]) => ({
      name,
      total: last,
      grown: Math.max(0, last - first),
      recent: steps.reduce((sum, { by }) => sum + by, 0),
      ...(lastGrown === undefined ? {} : { lastGrown: new Date(lastGrown).toISOString() }),
    }))
  }
}
