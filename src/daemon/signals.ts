import type { Log } from '../ports/log.js'

/** What the signals ask for. */
export interface SignalActions {
  /** SIGTERM or SIGINT: end in good order. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** A second SIGTERM or SIGINT: end at once. */
  abort(): void
  /** SIGHUP that somebody sent: apply the changed file. */
  reload(): Promise<unknown>
}

/** Milliseconds after a SIGHUP at which the terminal is looked at again: a shell says it before it ends. */
const HANGUP_LATER = 1000

/**
 * Binds the process's signals. SIGHUP means two things: somebody asks for a reload, or the terminal was closed. The
 * second is meant where the daemon ran in a terminal that is gone now.
 * @param terminal whether the terminal that the daemon runs in is still there; left out: it runs in none
 * @returns unbind
 */
export function bindSignals(actions: SignalActions, log: Log, terminal?: () => boolean): () => void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      log.warn({ signal }, `${signal} again: ending at once`)
      actions.abort()
      return
    }
    stopping = true
    actions.stop(signal).catch((error: unknown) => {
      log.error({ err: error }, 'ending in good order failed')
      actions.abort()
    })
  }
  let later: NodeJS.Timeout | undefined
  const hungUp = () => {
    if (stopping || terminal === undefined || terminal()) return false
    log.info({}, 'the terminal was closed: SIGHUP is no reload')
    stop('SIGHUP')
    return true
  }
  const reload = () => {
    if (stopping || hungUp()) return
    void actions.reload()
    if (terminal === undefined) return
    clearTimeout(later)
    later = setTimeout(hungUp, HANGUP_LATER)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', reload)
  return () => {
    clearTimeout(later)
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
    process.off('SIGHUP', reload)
  }
}
