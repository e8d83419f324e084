import type { ListenAddress } from '../config/model/model.js'
import type { Overrides } from '../daemon/overrides.js'
import { CommandError, USAGE } from './exit.js'
import type { RunArguments } from './run-options.js'

async function endpoint(option: string, text: string, fallback: ListenAddress): Promise<ListenAddress> {
  const { readEndpoint } = await import('../config/text/values.js')
  const read = readEndpoint(text, fallback)
  if ('problem' in read) {
    throw new CommandError(`ecmpd: --${option} ${text}: ${read.problem}; write ADDRESS:PORT`, USAGE)
  }
  return read.value
}

async function overridesOf(words: RunArguments): Promise<Overrides> {
  const { api, fib, logLevel, logFormat } = words
  // As for those who ask: the variable counts where no option does, whatever the file says.
  const socket = words.socket ?? (process.env.ECMPD_SOCKET || undefined)
  const { API_PORT, BGP_PORT } = await import('../config/model/defaults.js')
  const listen = await Promise.all(
    (words.listen ?? []).map((text) => endpoint('listen', text, { address: '0.0.0.0', port: BGP_PORT })),
  )
  const loopback = { address: '127.0.0.1', port: API_PORT }
  return {
    ...(fib === undefined ? {} : { fib }),
    ...(listen.length === 0 ? {} : { listen }),
    ...(api === undefined ? {} : { api: api === 'off' ? api : await endpoint('api', api, loopback) }),
    ...(socket === undefined ? {} : { socket }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(logFormat === undefined ? {} : { logFormat }),
  }
}

/**
 * `ecmpd run`: a daemon until a signal ends it. Sets the exit code.
 * @throws CommandError for wrong usage or a wrong file (2), Error, one sentence, when it can't start (1)
 */
export async function run(words: RunArguments): Promise<void> {
  const overrides = await overridesOf(words)
  const { loadConfig } = await import('../config/load.js')
  const { formatDiagnostic } = await import('../config/text/format.js')
  const { config, diagnostics } = loadConfig(words.config)
  const said = diagnostics.filter(({ severity }) => severity !== 'note').map(formatDiagnostic)
  if (config === undefined) throw new CommandError(said.join('\n'), USAGE)
  const { runDaemon } = await import('../daemon/run.js')
  process.exitCode = await runDaemon(config, overrides, said)
}
