import type { Config } from '../config/model/model.js'
import { Daemon } from './daemon.js'
import { createLog, type DaemonLog } from './log.js'
import { notify } from './notify.js'
import { type Overrides, override } from './overrides.js'
import { bindSignals } from './signals.js'
import { hasTerminal, runsInTerminal } from './terminal.js'

/** Milliseconds that an end in good order may take; the unit's TimeoutStopSec is longer. */
const FAREWELL = 10_000
/** Milliseconds for the last words of a process that fails. */
const LAST_WORDS = 1_000

function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it took longer than ${ms / 1000} s`)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** A fault that nobody caught: say it, tell the neighbors, end. systemd or Docker starts a new process. */
function bindFaults(daemon: Daemon, log: DaemonLog): void {
  let failing = false
  const fail = (error: unknown) => {
    const text = 'internal error, ecmpd ends; its routes stay in the kernel'
    log.error({ err: error instanceof Error ? error : new Error(String(error)) }, text)
    if (failing) return
    failing = true
    const end = () => {
      void log.flush().then(() => process.exit(1))
    }
    within(LAST_WORDS, daemon.fail('internal error')).then(end, end)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

/** Binds the signals. @returns the exit code, once one has ended the daemon */
function untilSignal(daemon: Daemon, log: DaemonLog): Promise<number> {
  return new Promise((resolve) => {
    bindSignals(
      {
        async stop(signal) {
          log.info({ signal }, `${signal}: ecmpd ends`)
          notify('STOPPING', `ends on ${signal}`, log)
          await within(FAREWELL, daemon.stop(`ecmpd ends (${signal})`))
          log.info({}, 'ecmpd has ended')
          resolve(0)
        },
        abort: () => resolve(1),
        async reload() {
          notify('RELOADING', 'applies its configuration', log)
          await daemon.reload()
          notify('READY', daemon.summary, log)
        },
      },
      log,
      runsInTerminal() ? hasTerminal : undefined,
    )
  })
}

/**
 * Runs a daemon until a signal ends it.
 * @param loaded the file's configuration
 * @param said warnings about the file, for the log
 * @returns the exit code: 0 after an end in good order
 * @throws Error, one sentence with the remedy, when it can't start
 */
export async function runDaemon(
  loaded: Config,
  overrides: Overrides,
  said: readonly string[],
): Promise<number> {
  const config = override(loaded, overrides)
  const log = await createLog(config.log)
  for (const line of said) log.warn({}, line)
  let daemon: Daemon
  try {
    daemon = await Daemon.start({ config, overrides, log })
  } catch (error) {
    await log.flush()
    throw error
  }
  bindFaults(daemon, log)
  const ended = untilSignal(daemon, log)
  // Said last: whoever waits for this line may send a signal at once.
  const { summary, socket, version } = daemon
  log.info({ socket }, `ecmpd ${version} runs: ${summary}`)
  notify('READY', summary, log)
  const code = await ended
  await log.flush()
  // Whatever still holds the event loop has nothing left to do.
  setTimeout(() => process.exit(), 500).unref()
  if (code !== 0) process.exit(code)
  return code
}
