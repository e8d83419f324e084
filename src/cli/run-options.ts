import { type ParseArgsConfig, parseArgs } from 'node:util'
import { SOCKET_PLACES } from '../api/http/socket-path.js'
import type { LogLevel, LogOptions } from '../config/model/model.js'

/** The words of `run`, as either parser gives them. */
export interface RunArguments {
  readonly config: string
  readonly fib?: boolean
  readonly listen?: string[]
  readonly api?: string
  readonly socket?: string
  readonly logLevel?: LogLevel
  readonly logFormat?: LogOptions['format']
}

/** Options of `run` in the form of yargs. */
export const RUN_OPTIONS = {
  config: {
    alias: 'c',
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'configuration file: YAML, or the text of the switch',
  },
  fib: {
    type: 'boolean',
    describe: 'install routes into the kernel (needs CAP_NET_ADMIN and iproute2)',
  },
  listen: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'where to listen for BGP, ADDRESS:PORT; may be given several times',
  },
  api: {
    type: 'string',
    requiresArg: true,
    describe: "where the HTTP API listens, ADDRESS:PORT, or 'off' (default 127.0.0.1:9179)",
  },
  socket: {
    type: 'string',
    requiresArg: true,
    describe: `UNIX socket of the API (default: $ECMPD_SOCKET, else the file's, else ${SOCKET_PLACES})`,
  },
  'log-level': {
    type: 'string',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    describe: 'how much is logged (default info)',
  },
  'log-format': {
    type: 'string',
    choices: ['auto', 'json', 'pretty'],
    describe: 'auto: pretty on a terminal, JSON else',
  },
} as const

/**
 * Reads the plain forms of `ecmpd run …` with Node.js's own parser: a switch that restarts should not spend a
 * quarter of that time on loading yargs.
 * @param words what follows `run`
 * @returns undefined for everything else (help, mistakes, rarer spellings), which is left to yargs
 */
export function plainRun(words: readonly string[]): RunArguments | undefined {
  const options: ParseArgsConfig['options'] = {}
  for (const [name, option] of Object.entries(RUN_OPTIONS)) {
    options[name] = {
      type: option.type,
      ...('alias' in option ? { short: option.alias } : {}),
      ...('array' in option ? { multiple: true } : {}),
    }
  }
  let values: Record<string, unknown>
  try {
    values = parseArgs({ args: [...words], options, strict: true, allowPositionals: false }).values
  } catch {
    return undefined
  }
  for (const [name, option] of Object.entries(RUN_OPTIONS)) {
    const value = values[name]
    if (value === undefined) continue
    if ('choices' in option && !(option.choices as readonly unknown[]).includes(value)) return undefined
  }
  const { config, 'log-level': logLevel, 'log-format': logFormat, ...rest } = values
  if (typeof config !== 'string') return undefined
  return { ...rest, config, logLevel, logFormat } as RunArguments
}
