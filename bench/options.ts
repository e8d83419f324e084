import { parseArgs } from 'node:util'
import { DAEMONS } from './daemons/index.js'
import { PARTS } from './parts/index.js'
import type { Options } from './parts/part.js'

/** What the command line asks for. */
export interface Asked extends Options {
  readonly parts: readonly string[]
  readonly daemons: readonly string[]
  /** Pieces of work, '' for all. */
  readonly works: readonly string[]
  readonly runs: number
  /** Writes results and page. */
  readonly write: boolean
  readonly help: boolean
  /** The quick look before a release instead of parts. */
  readonly check: boolean
  /** The command line, for the page. */
  readonly command: string
}

export const USAGE = `npm run bench [-- PART… [options]]

parts: ${PARTS.map(({ name }) => name).join(', ')}; none: all of them
check: instead of parts, a minute's look at ecmpd beside BIRD before a release; exits 1 when a bound is exceeded

  --runs N            rounds (default 5)
  --daemons A,B       of ${DAEMONS.map(({ name }) => name.toLowerCase()).join(', ')} (default: all that are installed)
  --work A,B          only these pieces of work of the parts
  --quick             a tenth of the size and of the time, nothing is written: to see that it works
  --seconds N         churn: length of the stream (default 60)
  --replay FILE       full-table: a recorded session as well, BGP messages one behind the other (.gz or not)
  --mrt FILE          full-table: the table of an MRT file in the place of the Internet-like one
  --no-write          print figures only; docs/benchmarks.json, docs/benchmarks.md and its charts stay as they are`

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Asked | { readonly problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '5' },
        daemons: { type: 'string' },
        work: { type: 'string' },
        seconds: { type: 'string', default: '60' },
        quick: { type: 'boolean', default: false },
        replay: { type: 'string' },
        mrt: { type: 'string' },
        'no-write': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const known = <T extends { name: string }>(what: string, words: readonly string[], all: readonly T[]) => {
      for (const word of words) {
        if (!all.some(({ name }) => name.toLowerCase() === word)) {
          throw new Error(
            `no ${what} «${word}»; there are ${all.map(({ name }) => name.toLowerCase()).join(', ')}`,
          )
        }
      }
      return words
    }
    const check = positionals.length === 1 && positionals[0] === 'check'
    const list = (text: string | undefined) => (text ? text.toLowerCase().split(',') : [])
    const seconds = Number(values.seconds)
    if (!Number.isInteger(seconds) || seconds < 1)
      throw new Error(`--seconds ${values.seconds} is no whole number above 0`)
    const runs = Number(values.runs)
    if (!Number.isInteger(runs) || runs < 1)
      throw new Error(`--runs ${values.runs} is no whole number above 0`)
    return {
      parts: check ? [] : known('part', positionals, PARTS),
      check,
      daemons: known('daemon', list(values.daemons), DAEMONS),
      works: list(values.work),
      runs,
      seconds,
      quick: values.quick,
      replay: values.replay,
      mrt: values.mrt,
      // Figures of a smaller size would stand beside those of the whole one.
      write: !values['no-write'] && !values.quick,
      help: values.help,
      // Files by their names: where they are says nothing to others.
      command: ['npm run bench --', ...argv.map((word) => word.replace(/^(--\w+=)?.*\//, '$1'))].join(' '),
    }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
