/** Diagnostics as lines of text. */

import type { Diagnostic } from './diagnostic.js'

/** `file:line:column: error: message (hint)`: the form that editors and CI logs turn into links. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, hint } = diagnostic
  return `${file}:${line}:${column}: ${severity}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}

/** One line each, without a final line end. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n')
}
