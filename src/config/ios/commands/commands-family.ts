/** The commands of a neighbor in an address family. */

import type { Args, Command } from '../document/grammar.js'
import { family } from '../document/places.js'
import { notYet, setting, toggle } from '../document/rows.js'
import { ADD_PATH_COMMANDS } from './commands-add-path.js'
import { NEIGHBOR_POLICIES } from './commands-policy.js'

/** A family's commands are taken at router level too, where they are meant for IPv4 unicast, as on the switch. */
const FAMILY = ['router', 'family'] as const

/** Commands of a neighbor in an address family. */
export const FAMILY_COMMANDS: readonly Command[] = [
  {
    syntax: 'neighbor <peer:peer> activate',
    modes: FAMILY,
    help: 'exchange this family with the neighbor',
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
  setting(
    'neighbor <peer:peer> prefix-list <list> {in|out}',
    FAMILY,
    'let pass what a prefix list permits',
    (args, context) => family(direction(args))(args, context),
    (args) => args.text('list'),
  ),
  setting(
    'neighbor <peer:peer> maximum-prefix <prefixes:1-100000000> [<threshold:1-100>] [{warning-only|restart <minutes:1-65535>}] [force]',
    FAMILY,
    'more prefixes end the session, for one minute or those of restart; a warning from 75 %, or the threshold, on; force: refused ones count, too',
    family('maximumPrefix'),
    (args) => {
      const limit = args.number('prefixes')
      const more = {
        ...(args.has('threshold') ? { threshold: args.number('threshold') } : {}),
        ...(args.has('warning-only') ? { warningOnly: true } : {}),
        ...(args.has('force') ? { received: true } : {}),
        ...(args.has('minutes') ? { restart: args.number('minutes') } : {}),
      }
      return Object.keys(more).length === 0 ? limit : { limit, ...more }
    },
  ),
  toggle(
    'neighbor <peer:peer> route-reflector-client',
    FAMILY,
    'an iBGP neighbor that routes are reflected to and from (RFC 4456)',
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
