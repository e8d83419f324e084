/** The configuration grammar, mode by mode: what reads a text and what answers `?` use the same rows. */

import { COMMANDS } from './commands/table.js'
import type { Mode } from './document/grammar.js'
import { type ModeGrammar, modeGrammar } from './document/match.js'

const of = (mode: Mode): ModeGrammar => modeGrammar(COMMANDS.filter((one) => one.modes.includes(mode)))

/** The commands of each mode. */
export const MODES: Readonly<Record<Mode, ModeGrammar>> = {
  config: of('config'),
  router: of('router'),
  family: of('family'),
  'route-map': of('route-map'),
}
