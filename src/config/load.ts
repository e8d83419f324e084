/**
 * The way in: a file or text of either dialect becomes a resolved configuration, or diagnostics with their
 * lines.
 */

import { readYaml } from './document/yaml.js'
import { readIos } from './ios/read.js'
import { type Environment, machine } from './model/environment.js'
import type { Config, Dialect } from './model/model.js'
import { Resolution } from './resolve/resolution.js'
import { resolve } from './resolve/resolve.js'
import { type Diagnostic, Report } from './text/diagnostic.js'
import { whyUnreadable } from './text/unreadable.js'

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
    report.add('error', { line: 1, column: 1 }, '', `can't be read: ${whyUnreadable(error)}`)
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

/** A prompt that was pasted with the line. */
const PROMPT = String.raw`(?:[A-Za-z][\w.:/@-]*(?:\([\w.-]*\))?[#>]\s*)?`
/** `router bgp 64513`, abbreviated or not. */
const ROUTER = new RegExp(
  String.raw`^\s*${PROMPT}(?:no\s+)?ro[a-z]*\s+b[a-z]*(?:\s+[\d.]+)?\s*(?:[!#].*)?$`,
  'i',
)
/** Other lines that only a switch's text has; in YAML a colon follows the first word. */
const SWITCH = new RegExp(
  String.raw`^\s*${PROMPT}(?:no\s+)?(?:neighbor|address-family|maximum-paths|bgp|configure|ip|ipv6)\s+[\w.]`,
  'i',
)

/**
 * A line `router bgp` makes a file the switch's text, all else is YAML. A file without that line which is full
 * of the switch's other lines is the switch's too: the line is misspelt.
 */
export function dialectOf(text: string): Dialect {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.some((line) => ROUTER.test(line))) return 'ios'
  const like = lines.filter((line) => SWITCH.test(line)).length
  const keys = lines.filter((line) => /^[A-Za-z]\w*\s*:(\s|$)/.test(line)).length
  return like > keys ? 'ios' : 'yaml'
}
