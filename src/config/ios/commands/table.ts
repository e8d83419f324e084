/**
 * The grammar table: every command of the dialect, which parsing, help, suggestions and config/dialect.md
 * come from.
 */

import type { Command } from '../document/grammar.js'
import { ANNOUNCE_COMMANDS } from './commands-announce.js'
import { FAMILY_COMMANDS } from './commands-family.js'
import { GLOBAL_COMMANDS } from './commands-global.js'
import { NEIGHBOR_COMMANDS } from './commands-neighbor.js'
import { OTHER_COMMANDS } from './commands-other.js'
import { PATH_COMMANDS } from './commands-path.js'
import { POLICY_COMMANDS } from './commands-policy.js'
import { ROUTE_MAP_COMMANDS } from './commands-route-map.js'
import { ROUTER_COMMANDS } from './commands-router.js'
import { SESSION_COMMANDS } from './commands-session.js'
import { SETTING_COMMANDS } from './commands-settings.js'

/** Every command of the dialect. */
export const COMMANDS: readonly Command[] = [
  ...GLOBAL_COMMANDS,
  ...POLICY_COMMANDS,
  ...ROUTE_MAP_COMMANDS,
  ...ROUTER_COMMANDS,
  ...ANNOUNCE_COMMANDS,
  ...OTHER_COMMANDS,
  ...NEIGHBOR_COMMANDS,
  ...SETTING_COMMANDS,
  ...SESSION_COMMANDS,
  ...FAMILY_COMMANDS,
  ...PATH_COMMANDS,
]
