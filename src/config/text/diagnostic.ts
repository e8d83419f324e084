/** What there is to say about a configuration file, and where in it. */

/** A place in a file; line and column count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** 'error': the configuration can't be used. 'warning': usable, but look. 'note': how a line was understood. */
export type Severity = 'error' | 'warning' | 'note'

/** One thing to say about a configuration file. */
export interface Diagnostic extends Position {
  readonly file: string
  /** Where in the structure: 'neighbors[1].timers.keepalive'; '' for the whole file. */
  readonly path: string
  readonly severity: Severity
  /** One sentence without a full stop. */
  readonly message: string
  /** What to do: 'did you mean `neighbors`?'. */
  readonly hint?: string
}

/** Keys and list indexes from the top of a document. */
export type Path = readonly (string | number)[]

/** 'neighbors[1].timers.hold'. */
export function pathText(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/**
 * Collects the diagnostics of one file, without repeats: a fault of a group is found again with each of its
 * neighbors and is still one fault.
 */
export class Report {
  readonly file: string
  readonly #found = new Map<string, Diagnostic>()

  constructor(file: string) {
    this.file = file
  }

  add(severity: Severity, at: Position, path: Path | string, message: string, hint?: string): void {
    const key = `${at.line}:${at.column}:${severity}:${message}`
    if (this.#found.has(key)) return
    const text = typeof path === 'string' ? path : pathText(path)
    const { line, column } = at
    this.#found.set(key, {
      file: this.file,
      line,
      column,
      path: text,
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** True once an error was added. */
  get failed(): boolean {
    for (const diagnostic of this.#found.values()) if (diagnostic.severity === 'error') return true
    return false
  }

  /** Everything found, in the order of the file. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column)
  }
}
