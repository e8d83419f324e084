import type { Path, Report } from './diagnostic.js'
import type { Environment } from './environment.js'
import type { Dialect } from './model.js'
import type { Document } from './schema.js'
import type { Locate } from './yaml.js'

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

  get failed(): boolean {
    return this.#report.failed
  }
}
