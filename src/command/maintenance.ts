/** The rows of `maintenance …`: of the whole speaker. */

import type { RequestOf } from './request.js'
import type { CommandRow, Head } from './row.js'

export const MAINTENANCE: Head = {
  word: 'maintenance',
  help: 'announce all routes with GRACEFUL_SHUTDOWN, or as usual again',
  form: 'maintenance on|off',
  notes:
    'Before work on this machine: neighbors that honor GRACEFUL_SHUTDOWN (RFC 8326) move their traffic to other\n' +
    'paths while these still work. It lasts until `off`, through reloads, and ends with the process; `maintenance:\n' +
    'true` in the configuration file stays. One neighbor alone: `ecmpd neighbor ADDRESS drain`.',
}

export const MAINTENANCE_ROWS: readonly CommandRow<RequestOf<'maintenance'>>[] = [
  {
    syntax: 'maintenance on',
    help: 'begin it',
    example: 'maintenance on',
    occasion: 'before work on this machine',
    request: () => ({ command: 'maintenance', on: true }),
  },
  {
    syntax: 'maintenance off',
    help: 'end it',
    example: 'maintenance off',
    occasion: 'after it',
    request: () => ({ command: 'maintenance', on: false }),
  },
]
