import { type Diagnostic, Report } from './diagnostic.js'
import { type Environment, machine } from './environment.js'
import { readIos } from './ios/read.js'
import type { Config, Dialect } from './model.js'
import { Resolution } from './resolution.js'
import { resolve } from './resolve.js'
import { readYaml } from './yaml.js'

/** What came of a file. */
export interface Loaded {
  /** Undefined when a diagnostic is an error. */
  readonly config?: Config
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a configuration file in either dialect. Never throws: a file that can't be read is a diagnostic too.
 * @param file path, shown in diagnostics as given
 */
export function loadConfig(file: string, environment: Environment = machine): Loaded {
  let text: string
  try {
    text = environment.readFile(file)
  } catch (error) {
    const report = new Report(file)
    report.add('error', { line: 1, column: 1 }, '', `can't be read: ${(error as Error).message}`)
    return { diagnostics: report.diagnostics }
  }
  return loadText(text, file, environment)
}

/**
 * Reads a configuration from a text. Never throws.
 * @param file name shown in diagnostics
 */
export function loadText(text: string, file: string, environment: Environment = machine): Loaded {
  const report = new Report(file)
  const dialect = dialectOf(text)
  const plain = text.replace(/^\uFEFF/, '')
  const read = dialect === 'ios' ? readIos(plain, report, environment) : readYaml(plain, report)
  if (read === undefined) return { diagnostics: report.diagnostics }
  const context = new Resolution(read.document, read.locate, report, environment, dialect)
  const config = resolve(context, { file, dialect })
  return report.failed ? { diagnostics: report.diagnostics } : { config, diagnostics: report.diagnostics }
}

/** A line `router bgp`, abbreviated or behind a prompt, makes it the switch's text; all else is YAML. */
export function dialectOf(text: string): Dialect {
  return /^[^\S\r\n]*(?:[\w.:/@-]+(?:\([^)\r\n]*\))?[#>])?[^\S\r\n]*(?:no[^\S\r\n]+)?rout\w*[^\S\r\n]+bgp\b(?!\s*:)/im.test(
    text,
  )
    ? 'ios'
    : 'yaml'
}
