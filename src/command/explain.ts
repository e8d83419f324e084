/** The rows of `explain …`: ecmpd's own word for why something is as it is. */

import type { RequestOf } from './request.js'
import type { CommandRow, Head } from './row.js'

export const EXPLAIN: Head = {
  word: 'explain',
  help: 'why a neighbor, a prefix, a next hop or this machine is as it is',
  form: 'explain [NEIGHBOR|PREFIX|NEXTHOP|host]',
  notes:
    'Without an argument: everything that is not as it should be, the worst first, one line each; exit code 1 when\n' +
    'traffic suffers. With one: the conclusion first, the facts in order, the next step last; `json` at the end:\n' +
    'JSON. docs/findings.md has all that can be found.',
}

export const EXPLAIN_ROWS: readonly CommandRow<RequestOf<'explain'>>[] = [
  {
    syntax: 'explain',
    help: 'everything that is not as it should be',
    example: 'explain',
    occasion: 'is anything wrong?',
    request: () => ({ command: 'explain' }),
  },
  {
    syntax: 'explain host',
    help: 'whether this machine is in the way',
    example: 'explain host',
    request: () => ({ command: 'explain', subject: 'host' }),
  },
  {
    syntax: 'explain <subject:subject>',
    help: 'why it is as it is, and what to do next',
    example: 'explain 192.168.95.210',
    occasion: 'why is this node not up?',
    request: (args) => ({ command: 'explain', subject: args.text('subject') }),
  },
]
