/** Reads a switch's text, line by line, as a switch would. */

import { MissingArgument } from '../../grammar/args.js'
import { usageOf } from '../../grammar/syntax.js'
import type { ReadDocument } from '../document/yaml.js'
import type { Environment } from '../model/environment.js'
import type { Report } from '../text/diagnostic.js'
import { Cells } from './document/cells.js'
import { Context } from './document/context.js'
import { toDocument } from './document/document.js'
import type { Mode } from './document/grammar.js'
import { lex, type SourceLine } from './document/lexer.js'
import { type CommandMatch, type Mismatch, match } from './document/match.js'
import { OtherSections } from './document/other-sections.js'
import { MODES } from './modes.js'

/** Where a line is looked for that its own mode does not know: further out. */
const OUTER: Readonly<Record<Mode, Mode | undefined>> = {
  family: 'router',
  'route-map': 'config',
  router: 'config',
  config: undefined,
}

const TITLES: Readonly<Record<Mode, string>> = {
  config: 'the top level',
  router: '`router bgp`',
  family: '`address-family`',
  'route-map': '`route-map`',
}

/**
 * Reads a switch's text into a document. The lines are carried out in their order, as on the switch, but may
 * come in any: what one needs of another is looked up at the end. Nothing is thrown, whatever the text.
 * @returns undefined when there was an error
 */
export function readIos(text: string, report: Report, environment: Environment): ReadDocument | undefined {
  const cells = new Cells()
  const context = new Context(cells, report)
  const others = new OtherSections((line) => 'command' in match(line, MODES.config))
  for (const line of lex(text)) {
    context.line = line
    if (!others.take(line, context)) carryOut(line, context)
  }
  if (report.failed) return undefined
  const read = toDocument(cells, report, environment)
  return report.failed ? undefined : read
}

function carryOut(line: SourceLine, context: Context): void {
  const tried: Mismatch[] = []
  for (let mode: Mode | undefined = context.mode; mode !== undefined; mode = OUTER[mode]) {
    const found = match(line, MODES[mode])
    if (!('command' in found)) {
      tried.push(found)
      continue
    }
    if (context.mode === 'family' && mode === 'router') {
      context.note('belongs to router level and is applied there')
    }
    run(found, context)
    return
  }
  // The attempt that got furthest knows best what was meant; of equals the innermost.
  const best = tried.reduce((a, b) => (b.word > a.word ? b : a))
  const elsewhere = (Object.keys(OUTER) as Mode[]).find((mode) => 'command' in match(line, MODES[mode]))
  const hint = elsewhere === undefined ? best.hint : `it belongs under ${TITLES[elsewhere]}`
  context.error(best.message, hint, best.word)
  // A section whose first line is wrong is a section all the same: one mistake, one error.
  const [first, second] = line.words.map((word) => word.text)
  if (first === 'router' && second === 'bgp') context.enter('router')
  else if (first === 'address-family' && context.mode !== 'config') context.enter('family')
}

function run(found: CommandMatch, context: Context): void {
  if (!found.negated) {
    found.command.run(found.args, context)
    return
  }
  try {
    found.command.no?.(found.args, context)
  } catch (error) {
    // A `no` form may leave out the last arguments; what it can't do without, the switch asks for, too.
    if (!(error instanceof MissingArgument)) throw error
    context.error(`% Incomplete command: <${error.argument}> is missing`, usageOf(found.command.syntax))
  }
}
