import type { Log } from '../ports/log.js'

/** What the signals ask for. */
export interface SignalActions {
  /** SIGTERM or SIGINT: end in good order. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** A second SIGTERM or SIGINT: end at once. */
  abort(): void
  /** SIGHUP: apply the changed file. */
  reload(): Promise<unknown>
}

/**
 * Binds the process's signals.
 * @returns unbind
 */
export function bindSignals(actions: SignalActions, log: Log): () => void {
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
  const reload = () => {
    if (!stopping) void actions.reload()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', reload)
  return () => {
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
    process.off('SIGHUP', reload)
  }
}
