import type { CommandModule } from 'yargs'
import type { Endpoint, LogLevel, LogOptions } from '../config/model.js'
import type { Overrides } from '../daemon/overrides.js'
import { CommandError, USAGE } from './exit.js'

interface Arguments {
  readonly config: string
  readonly fib?: boolean
  readonly listen?: string[]
  readonly api?: string
  readonly socket?: string
  readonly logLevel?: LogLevel
  readonly logFormat?: LogOptions['format']
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const FORMATS = ['auto', 'json', 'pretty'] as const

async function endpoint(option: string, text: string, fallback: Endpoint): Promise<Endpoint> {
  const { readEndpoint } = await import('../config/values.js')
  const read = readEndpoint(text, fallback)
  if ('problem' in read) {
    throw new CommandError(`ecmpd: --${option} ${text}: ${read.problem}; write ADDRESS:PORT`, USAGE)
  }
  return read.value
}

async function run(words: Arguments): Promise<void> {
  const { api, fib, socket, logLevel, logFormat } = words
  const { API_PORT, BGP_PORT } = await import('../config/defaults.js')
  const listen = await Promise.all(
    (words.listen ?? []).map((text) => endpoint('listen', text, { address: '0.0.0.0', port: BGP_PORT })),
  )
  const overrides: Overrides = {
    ...(fib === undefined ? {} : { fib }),
    ...(listen.length === 0 ? {} : { listen }),
    ...(api === undefined
      ? {}
      : { api: api === 'off' ? api : await endpoint('api', api, { address: '127.0.0.1', port: API_PORT }) }),
    ...(socket === undefined ? {} : { socket }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(logFormat === undefined ? {} : { logFormat }),
  }
  const { loadConfig } = await import('../config/load.js')
  const { formatDiagnostic } = await import('../config/format.js')
  const { config, diagnostics } = loadConfig(words.config)
  const said = diagnostics.filter(({ severity }) => severity !== 'note').map(formatDiagnostic)
  if (config === undefined) throw new CommandError(said.join('\n'), USAGE)
  const { runDaemon } = await import('../daemon/run.js')
  process.exitCode = await runDaemon(config, overrides, said)
}

export const runCommand: CommandModule<object, Arguments> = {
  command: 'run',
  describe: 'be the switch, a monitor or a test peer, as the configuration says',
  builder: (parser) =>
    parser
      .option('config', {
        alias: 'c',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'configuration file: YAML, or the text of the switch',
      })
      .option('fib', {
        type: 'boolean',
        describe: 'install routes into the kernel (needs CAP_NET_ADMIN and iproute2)',
      })
      .option('listen', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'where to listen for BGP, ADDRESS:PORT; may be given several times',
      })
      .option('api', {
        type: 'string',
        requiresArg: true,
        describe: "where the HTTP API listens, ADDRESS:PORT, or 'off' (default 127.0.0.1:9179)",
      })
      .option('socket', {
        type: 'string',
        requiresArg: true,
        describe: 'UNIX socket of the API (default /run/ecmpd/ecmpd.sock, else under $XDG_RUNTIME_DIR)',
      })
      .option('log-level', { choices: LEVELS, describe: 'how much is logged (default info)' })
      .option('log-format', { choices: FORMATS, describe: 'auto: pretty on a terminal, JSON else' })
      .usage(
        '$0 run -c FILE [--fib]\n\nSIGTERM ends it (its routes leave the kernel), SIGHUP or `ecmpd reload` applies a changed file.',
      )
      .example('$0 run -c ruijie.conf --fib', 'replace the switch; 179 needs CAP_NET_BIND_SERVICE')
      .example('$0 run -c monitor.yaml', 'watch beside the switch')
      .example('$0 run -c peer.yaml --listen 127.0.0.1:1790 --api off', 'a test peer without root'),
  handler: run,
}
