/** What every step of resolving works with. */

import type { Document } from '../document/schema.js'
import type { Locate } from '../document/yaml.js'
import type { Environment } from '../model/environment.js'
import type { Dialect } from '../model/model.js'
import type { Place } from '../settings/setting.js'
import type { Path, Report } from '../text/diagnostic.js'

/** What a document is resolved with: where its paths stand, where faults go, and what the machine is. */
export class Resolution {
  readonly document: Document
  readonly environment: Environment
  /** The language of hints. */
  readonly dialect: Dialect
  readonly #locate: Locate
  readonly #report: Report

  constructor(
    document: Document,
    locate: Locate,
    report: Report,
    environment: Environment,
    dialect: Dialect,
  ) {
    this.dialect = dialect
    this.document = document
    this.environment = environment
    this.#locate = locate
    this.#report = report
  }

  error(path: Path, message: string, hint?: string): void {
    this.#report.add('error', this.#locate(path), path, message, hint)
  }

  warn(path: Path, message: string, hint?: string): void {
    this.#report.add('warning', this.#locate(path), path, message, hint)
  }

  note(path: Path, message: string, hint?: string): void {
    this.#report.add('note', this.#locate(path), path, message, hint)
  }

  /** Line of a path, for messages that name another place. */
  line(path: Path): number {
    return this.#locate(path).line
  }
}

/** What a neighbor's settings are resolved with. @param name of the neighbor, for messages */
export function placeOf(internal: boolean, name: string, context: Resolution): Omit<Place, 'other'> {
  return {
    internal,
    name,
    dialect: context.dialect,
    error: (path, message, hint) => context.error(path, message, hint),
    warn: (path, message, hint) => context.warn(path, message, hint),
  }
}
