/** Every operational command: the table that command line, shell and API read. */

import { CLEAR, CLEAR_ROWS } from './clear.js'
import { Commands } from './commands.js'
import { EXPLAIN, EXPLAIN_ROWS } from './explain.js'
import { MAINTENANCE, MAINTENANCE_ROWS } from './maintenance.js'
import { NEIGHBOR, NEIGHBOR_ROWS } from './neighbor.js'
import type { Request } from './request.js'
import type { CommandRow, Head } from './row.js'
import { SHOW, SHOW_ROWS } from './show.js'

/** The first words, in the order of help. */
export const HEADS: readonly Head[] = [SHOW, EXPLAIN, NEIGHBOR, CLEAR, MAINTENANCE]

/** The rows, in the order in which what can follow is named. */
export const ROWS: readonly CommandRow<Request>[] = [
  ...SHOW_ROWS,
  ...EXPLAIN_ROWS,
  ...NEIGHBOR_ROWS,
  ...CLEAR_ROWS,
  ...MAINTENANCE_ROWS,
]

/** The operational commands. */
export const OPERATIONAL = new Commands<Request>(ROWS, HEADS)
