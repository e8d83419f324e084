import { type Level, type Logger, pino } from 'pino'
import type { LogLevel, LogOptions } from '../config/model/model.js'
import type { Log } from '../ports/log.js'
import { LogSink } from './log-sink.js'

/** Milliseconds that the last lines may take. */
const LAST_LINES = 500

/** The daemon's log. */
export interface DaemonLog extends Log {
  setLevel(level: LogLevel): void
  /** Resolves once what is queued is written: before the process ends. */
  flush(): Promise<void>
}

/**
 * Lines are made when the turn that said them is over: what they tell of, a dead node's routes for one, is more
 * urgent. Their order stays; their time is that of their making, at most a slice of work later.
 */
function facade(logger: Logger, flush: () => Promise<void>): DaemonLog {
  const waiting: [level: 'debug' | 'info' | 'warn' | 'error', fields: object, text: string][] = []
  const make = () => {
    for (const [level, fields, text] of waiting.splice(0)) logger[level](fields, text)
  }
  const later = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, text: string) => {
    if (logger.isLevelEnabled(level) && waiting.push([level, fields, text]) === 1) setImmediate(make)
  }
  return {
    debug: later('debug'),
    info: later('info'),
    warn: later('warn'),
    error: later('error'),
    setLevel(level) {
      logger.level = level as Level
    },
    flush() {
      make()
      return flush()
    },
  }
}

/**
 * A log to standard output: coloured lines for people on a terminal, one JSON object a line else. pino-pretty
 * is loaded only where it is used.
 */
export async function createLog(options: LogOptions): Promise<DaemonLog> {
  const terminal = process.stdout.isTTY === true
  const sink = new LogSink(1)
  const flush = () => sink.flush(LAST_LINES)
  if (options.format === 'pretty' || (options.format === 'auto' && terminal)) {
    const { prettyFactory } = await import('pino-pretty')
    const pretty = prettyFactory({
      colorize: terminal,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'pid,hostname',
      singleLine: true,
    })
    return facade(
      pino({ level: options.level }, { write: (line) => sink.write(pretty(line) ?? line) }),
      flush,
    )
  }
  const base = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  return facade(pino({ ...base, formatters: { level: (label) => ({ level: label }) } }, sink), flush)
}
