/** The rows of `neighbor …`: ecmpd's own words for work on one node. */

import type { Args } from '../grammar/args.js'
import type { NeighborOperation } from '../speaker/model/operation.js'
import type { RequestOf } from './request.js'
import type { CommandRow, Head } from './row.js'

export const NEIGHBOR: Head = {
  word: 'neighbor',
  help: 'shut a neighbor down, start, reset, drain or refresh it',
  form: 'neighbor ADDRESS shutdown|start|reset|drain|undrain|refresh [in|out]',
  notes:
    'A neighbor that is shut down stays down until it is started here, or ecmpd is started anew: `ecmpd reload`\n' +
    'does not bring it back. To keep it down for good, write `shutdown` into the configuration file. One that is\n' +
    'drained keeps its session; traffic moves to other paths (GRACEFUL_SHUTDOWN, RFC 8326) until undrain.',
}

/** A row for one operation; address and operation may come in either order: both are clear. */
function operation(
  verb: NeighborOperation['type'],
  more: string,
  help: string,
  of: (args: Args) => NeighborOperation,
): Pick<CommandRow<RequestOf<'neighbor'>>, 'syntax' | 'help' | 'request'> {
  return {
    syntax: `neighbor {<address:neighbor> ${verb}|${verb} <address:neighbor>}${more}`,
    help,
    request: (args) => ({ command: 'neighbor', neighbor: args.text('address'), operation: of(args) }),
  }
}

const MESSAGE = ' [message <text:rest>]'
const messageOf = (args: Args) => (args.has('message') ? { message: args.text('text') } : {})

export const NEIGHBOR_ROWS: readonly CommandRow<RequestOf<'neighbor'>>[] = [
  {
    ...operation('shutdown', MESSAGE, 'end the session and keep it down until start', (args) => ({
      type: 'shutdown',
      ...messageOf(args),
    })),
    example: 'neighbor 192.168.95.210 shutdown message reboot',
    occasion: 'before work on a node',
  },
  {
    ...operation('start', '', 'lift a shutdown, or dial at once', () => ({ type: 'start' })),
    example: 'neighbor 192.168.95.210 start',
    occasion: 'after it',
  },
  {
    ...operation('reset', MESSAGE, 'end the session and connect again', (args) => ({
      type: 'reset',
      ...messageOf(args),
    })),
    example: 'neighbor 192.168.95.210 reset',
  },
  {
    ...operation('drain', '', 'move traffic away; the session stays', () => ({ type: 'drain' })),
    example: 'neighbor 192.168.95.210 drain',
  },
  {
    ...operation('undrain', '', 'end its maintenance', () => ({ type: 'undrain' })),
    example: 'neighbor 192.168.95.210 undrain',
  },
  {
    ...operation('refresh', ' [in|out]', 'ask for its routes again, send ours again, or both', (args) => ({
      type: 'refresh',
      direction: args.has('in') ? 'in' : args.has('out') ? 'out' : 'both',
    })),
    example: 'neighbor 192.168.95.210 refresh in',
    occasion: 'ask for its routes again; the session stays',
  },
]
