import { destination, type Level, type Logger, pino } from 'pino'
import type { LogLevel, LogOptions } from '../config/model.js'
import type { Log } from '../ports/log.js'

/** Octets that may wait for a slow reader; what comes on top is dropped, for BGP must not wait for a log. */
const MOST_QUEUED = 4 << 20

/** The daemon's log. */
export interface DaemonLog extends Log {
  setLevel(level: LogLevel): void
  /** Writes what is queued, at once: before the process ends. */
  flush(): void
}

function facade(logger: Logger, flush: () => void): DaemonLog {
  return {
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
    setLevel(level) {
      logger.level = level as Level
    },
    flush,
  }
}

/**
 * A log to standard output: coloured lines for people on a terminal, one JSON object a line else. pino-pretty
 * is loaded only where it is used.
 */
export async function createLog(options: LogOptions): Promise<DaemonLog> {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && process.stdout.isTTY === true)
  if (pretty) {
    const { default: pinoPretty } = await import('pino-pretty')
    const stream = pinoPretty({
      colorize: process.stdout.isTTY === true,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'pid,hostname',
      singleLine: true,
      sync: true,
    })
    return facade(pino({ level: options.level }, stream), () => {})
  }
  const stream = destination({ dest: 1, sync: false, maxLength: MOST_QUEUED })
  // A reader that went away (EPIPE) must not end the daemon.
  stream.on('error', () => {})
  const base = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  return facade(pino({ ...base, formatters: { level: (label) => ({ level: label }) } }, stream), () => {
    try {
      stream.flushSync()
    } catch {
      // Nobody reads any more.
    }
  })
}
