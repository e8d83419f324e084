import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { onPath } from './daemons/daemon.js'
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

/** Parts of which the check is made. */
const CHECKED = ['full-table', 'kernel', 'failover']

export const USAGE = `npm run bench [-- PART… [options]]

parts: ${PARTS.map(({ name }) => name).join(', ')}; none: all of them
check: instead of parts, two minutes' look at ecmpd beside BIRD before a release; exits 1 when a bound is exceeded

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
    const check = positionals.includes('check')
    if (check && positionals.length > 1) throw new Error('check stands alone: it has its own parts')
    const list = (text: string | undefined) => (text ? text.toLowerCase().split(',') : [])
    const seconds = Number(values.seconds)
    if (!Number.isInteger(seconds) || seconds < 1)
      throw new Error(`--seconds ${values.seconds} is no whole number above 0`)
    const runs = Number(values.runs)
    if (!Number.isInteger(runs) || runs < 1)
      throw new Error(`--runs ${values.runs} is no whole number above 0`)
    for (const option of ['replay', 'mrt'] as const) {
      const file = values[option]
      if (file !== undefined && !existsSync(file))
        throw new Error(`--${option} ${file}: there is no such file`)
    }
    const asked = {
      parts: check ? [] : known('part', positionals, PARTS),
      check,
      daemons: known('daemon', list(values.daemons), DAEMONS),
      works: [] as readonly string[],
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
    const parts = PARTS.filter(({ name }) => asked.parts.length === 0 || asked.parts.includes(name))
    const works = parts.flatMap((part) => part.cases(asked).map(({ id }) => ({ name: id })))
    return { ...asked, works: known('work', list(values.work), works) }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/**
 * What this machine lacks for what is asked.
 * @returns a sentence with the remedy; undefined: nothing
 */
export function lacking({ parts, daemons, check }: Asked): string | undefined {
  for (const daemon of DAEMONS) {
    const wanted = check ? daemon.name === 'BIRD' : daemons.includes(daemon.name.toLowerCase())
    if (!wanted || daemon.installed()) continue
    const remedy = `install Debian's package ${daemon.package}`
    return `${daemon.name} is not installed: ${remedy}${check ? ', check compares with it' : ', or leave it out of --daemons'}`
  }
  const names = check ? CHECKED : parts
  for (const { name, needs } of PARTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    for (const [program, origin] of Object.entries({ ip: 'iproute2', ...needs })) {
      if (onPath(program)) continue
      return `the part «${name}» needs ${program}: install Debian's package ${origin}, or name the other parts`
    }
  }
  return undefined
}
