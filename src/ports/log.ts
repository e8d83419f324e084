/** The part of pino that ecmpd uses; a pino logger fits as it is. */
export interface Log {
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

/** A log that drops everything. */
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }
