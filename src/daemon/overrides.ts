import type { Config, ListenAddress, LogLevel } from '../config/model/model.js'

/** What the command line says over the file; it holds across reloads. */
export interface Overrides {
  readonly fib?: boolean
  readonly listen?: readonly ListenAddress[]
  readonly api?: ListenAddress | 'off'
  readonly socket?: string
  readonly logLevel?: LogLevel
  readonly logFormat?: Config['log']['format']
}

/** The configuration with the command line's words in place of the file's. */
export function override(config: Config, overrides: Overrides): Config {
  const { fib, listen, api, socket, logLevel, logFormat } = overrides
  return {
    ...config,
    bgp: listen === undefined ? config.bgp : { ...config.bgp, listen },
    fib: fib === undefined ? config.fib : { ...config.fib, enabled: fib },
    api: {
      ...config.api,
      ...(api === undefined ? {} : { tcp: api }),
      ...(socket === undefined ? {} : { socket }),
    },
    log: {
      level: logLevel ?? config.log.level,
      format: logFormat ?? config.log.format,
    },
  }
}
