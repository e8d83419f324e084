/** Says what the kernel keeps silent about: segments dropped by TCP-MD5 or GTSM while neighbors are down. */

import type { Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import type { DropsReport } from '../speaker/model/event.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { Counters } from './counters.js'

/** What repeats itself, a node that tries again and again, is logged once in this time, milliseconds. */
const QUIET = 300_000
/** Neighbors named in one line. */
const NAMED = 5

/** A listen range, of whose neighbors nobody knows who is missing. */
export interface HostRange {
  readonly prefix: string
  /** Its neighbors sign with TCP-MD5. */
  readonly password: boolean
  /** Its neighbors are protected by GTSM. */
  readonly ttlSecurity: boolean
}

/** What is expected to be up. */
export interface ExpectedUp {
  readonly neighbors: readonly NeighborView[]
  readonly ranges: readonly HostRange[]
}

interface Kind {
  readonly protection: 'MD5' | 'GTSM'
  /** Whom it may concern, of the neighbors that are not up and of the ranges. */
  readonly concerns: (one: { readonly password: boolean; readonly ttlSecurity: boolean }) => boolean
  readonly counts: (grown: Counters) => { readonly [name: string]: number }
  readonly words: (counts: { readonly [name: string]: number }) => readonly string[]
  readonly remedy: string
}

const KINDS: readonly Kind[] = [
  {
    protection: 'MD5',
    concerns: ({ password }) => password,
    counts: (grown) => ({
      missing: grown.get('TCPMD5NotFound') ?? 0,
      wrong: grown.get('TCPMD5Failure') ?? 0,
    }),
    words: ({ missing, wrong }) => [
      ...(missing > 0 ? [`${missing} without a signature [not found]`] : []),
      ...(wrong > 0 ? [`${wrong} signed with another password [bad]`] : []),
    ],
    remedy: 'compare the password on both sides',
  },
  {
    protection: 'MD5',
    concerns: ({ password }) => !password,
    counts: (grown) => ({ unexpected: grown.get('TCPMD5Unexpected') ?? 0 }),
    words: ({ unexpected }) => [`${unexpected} signed where no password is set [unexpected]`],
    remedy: 'set `password` here too, or take it away there',
  },
  {
    protection: 'GTSM',
    concerns: ({ ttlSecurity }) => ttlSecurity,
    counts: (grown) => ({ lowTtl: grown.get('TCPMinTTLDrop') ?? 0 }),
    words: ({ lowTtl }) => [`${lowTtl} with a TTL that is too low`],
    remedy: 'set ttl-security on the neighbor too, which sends with TTL 255 then, and count the hops to it',
  },
]

/**
 * Neither side hears of such drops otherwise, since these segments are dropped without an answer (RFC 2385 §2,
 * RFC 5082 §3).
 */
export class DropsLog {
  readonly #clock: Clock
  readonly #log: Log
  readonly #report: (event: DropsReport) => void
  readonly #said = new Map<Kind, { readonly text: string; readonly at: number }>()

  /** @param report makes an event of each line */
  constructor(clock: Clock, log: Log, report: (event: DropsReport) => void) {
    this.#clock = clock
    this.#log = log
    this.#report = report
  }

  /**
   * Logs what has been dropped since the last look.
   * @param grown how much the counters have grown
   * @param seconds since the last look
   * @param expected asked only when something was dropped
   */
  look(grown: Counters, seconds: number, expected: () => ExpectedUp): void {
    // A wrong key here makes unsigned answers too: the first of MD5 that concerns somebody is the cause.
    const done = new Set<string>()
    for (const kind of KINDS) {
      const counts = Object.fromEntries(Object.entries(kind.counts(grown)).filter(([, count]) => count > 0))
      if (done.has(kind.protection) || Object.keys(counts).length === 0) continue
      const down = missing(expected(), kind)
      if (down.length === 0) continue
      done.add(kind.protection)
      this.#say(kind, kind.counts(grown), counts, down, seconds)
    }
  }

  #say(
    kind: Kind,
    all: { readonly [name: string]: number },
    counts: { readonly [name: string]: number },
    down: readonly string[],
    seconds: number,
  ): void {
    const named = down.slice(0, NAMED).join(', ')
    const who = down.length > NAMED ? `${named} and ${down.length - NAMED} more` : named
    const text = `${Object.keys(counts).join()} ${who}`
    const now = this.#clock.now()
    const said = this.#said.get(kind)
    if (said?.text === text && now - said.at < QUIET) return
    this.#said.set(kind, { text, at: now })
    const { protection, words, remedy } = kind
    const line = `TCP segments dropped by ${protection} in the last ${seconds} s: ${words(all).join(', ')}; not up: ${who}; the kernel does not say whose they were: ${remedy}`
    this.#log.warn({ [protection.toLowerCase()]: counts }, line)
    const segments = Object.values(counts).reduce((sum, count) => sum + count, 0)
    this.#report({ type: 'drops', protection, segments, missing: down, text: line })
  }
}

/** Those whom this kind concerns and whose session is not up; and ranges, since nobody knows who is missing. */
function missing({ neighbors, ranges }: ExpectedUp, { concerns }: Kind): string[] {
  const down = neighbors
    .filter((one) => !one.adminDown && !one.dynamic && one.state !== 'Established')
    .filter(({ authentication, ttlSecurity }) =>
      concerns({ password: authentication === 'md5', ttlSecurity: ttlSecurity !== undefined }),
    )
    .map(({ address, name }) => (name === undefined ? address : `${address} (${name})`))
  return [...down, ...ranges.filter(concerns).map(({ prefix }) => `anybody in ${prefix}`)]
}
