/** The rows of `clear …`, in the words of the switch. */

import type { Args } from '../grammar/args.js'
import type { ClearTarget, RequestOf } from './request.js'
import type { CommandRow, Head } from './row.js'

/** Where a line begins: a family says nothing here, since all that a session carries is refreshed. */
const BGP = '[ip|ipv6] bgp [{ipv4|ipv6|all} [unicast]]'
const TARGET = '{<address:neighbor>|<as:as>|*}'

export const CLEAR: Head = {
  word: 'clear',
  help: 'reset or refresh neighbors, in the words of the switch',
  form: 'clear ip bgp ADDRESS|AS|* [soft [in|out]]',
  bgp: BGP,
  notes:
    'ADDRESS is one neighbor, AS those of an AS, * all of them (in quotes, so that the shell leaves it alone).\n' +
    '`in` asks for routes again, `out` sends them again, `soft` alone does both; a family says nothing here.',
}

function targetOf(args: Args): ClearTarget {
  if (args.has('address')) return { neighbor: args.text('address') }
  return args.has('as') ? { as: args.number('as') } : 'all'
}

export const CLEAR_ROWS: readonly CommandRow<RequestOf<'clear'>>[] = [
  {
    syntax: `clear ${BGP} ${TARGET}`,
    help: 'end the session; it comes back at once',
    example: 'clear ip bgp 192.168.95.210',
    request: (args) => ({ command: 'clear', target: targetOf(args), operation: { type: 'reset' } }),
  },
  {
    syntax: `clear ${BGP} ${TARGET} {soft [in|out]|in|out}`,
    help: 'refresh both ways, or one; the session stays',
    example: 'clear ip bgp 192.168.95.210 soft in',
    occasion: 'ask a node for its routes again',
    request: (args) => {
      const direction = args.has('in') ? 'in' : args.has('out') ? 'out' : 'both'
      return { command: 'clear', target: targetOf(args), operation: { type: 'refresh', direction } }
    },
  },
]
