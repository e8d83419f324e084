import { ADD_PATH_COMMANDS } from './commands-add-path.js'
import { NEIGHBOR_POLICIES } from './commands-policy.js'
import type { Context } from './context.js'
import type { Args, Command } from './grammar.js'
import { notYet, setting, toggle } from './rows.js'

/** A family's commands are taken at router level too, where they are meant for IPv4 unicast, as on the switch. */
const FAMILY = ['router', 'family'] as const

/** Path of one of a neighbour's settings in the current family. */
const family = (key: string) => (args: Args, context: Context) => [...context.peerFamily(args), key]

/** Commands of a neighbour in an address family. */
export const FAMILY_COMMANDS: readonly Command[] = [
  {
    syntax: 'neighbor <peer:peer> activate',
    modes: FAMILY,
    help: 'exchange this family with the neighbour',
    support: 'yes',
    run: (args, context) => context.set([...context.peer(args), 'active', context.family], true),
    no: (args, context) => context.set([...context.peer(args), 'active', context.family], false),
  },
  setting(
    'neighbor <peer:peer> next-hop-self [{all|force}]',
    FAMILY,
    'announce the own address as next hop',
    family('nextHop'),
    () => 'self',
  ),
  {
    syntax: 'neighbor <peer:peer> prefix-list <list> {in|out}',
    modes: FAMILY,
    help: 'let pass what a prefix list permits',
    support: 'yes',
    run: (args, context) => context.set(family(direction(args))(args, context), args.text('list')),
    no: (args, context) => context.clear(family(direction(args))(args, context)),
  },
  {
    syntax:
      'neighbor <peer:peer> maximum-prefix <prefixes:1-100000000> [<threshold:1-100>] [{warning-only|restart <minutes:1-65535>}] [force]',
    modes: FAMILY,
    help: 'more prefixes end the session, for one minute or those of restart; a warning from 75 %, or the threshold, on; force: refused ones count, too',
    support: 'yes',
    run(args, context) {
      const limit = args.number('prefixes')
      const more = {
        ...(args.has('threshold') ? { threshold: args.number('threshold') } : {}),
        ...(args.has('warning-only') ? { warningOnly: true } : {}),
        ...(args.has('force') ? { received: true } : {}),
        ...(args.has('minutes') ? { restart: args.number('minutes') } : {}),
      }
      const value = Object.keys(more).length === 0 ? limit : { limit, ...more }
      context.set(family('maximumPrefix')(args, context), value)
    },
    no: (args, context) => context.clear(family('maximumPrefix')(args, context)),
  },
  setting(
    'neighbor <peer:peer> weight <weight:0-65535>',
    FAMILY,
    'weight of its paths; the highest wins',
    (args, context) => [...context.peer(args), 'weight'],
    (args) => args.number('weight'),
  ),
  toggle(
    'neighbor <peer:peer> route-reflector-client',
    FAMILY,
    'an iBGP neighbour that routes are reflected to and from (RFC 4456)',
    family('routeReflectorClient'),
  ),
  ...ADD_PATH_COMMANDS,
  setting(
    'neighbor <peer:peer> default-originate [route-map <map>]',
    FAMILY,
    'announce an own default route; with a map: while a route of the table meets its conditions',
    family('defaultOriginate'),
    (args) => (args.has('map') ? { routeMap: args.text('map') } : true),
  ),
  ...NEIGHBOR_POLICIES,
  notYet('neighbor <peer:peer> unsuppress-map <map>', FAMILY, 'aggregation (`unsuppress-map`)'),
]

const direction = (args: Args) => (args.has('in') ? 'import' : 'export')
