/** The commands of a neighbor about AS paths, communities and other attributes. */

import type { Context } from '../document/context.js'
import type { Args, Command } from '../document/grammar.js'
import { family } from '../document/places.js'
import { noEffect, setting } from '../document/rows.js'

/** A family's commands are taken at router level too, where they are meant for IPv4 unicast, as on the switch. */
const FAMILY = ['router', 'family'] as const

const KINDS = ['standard', 'extended', 'large'] as const
type Kind = (typeof KINDS)[number]

/** What a neighbor's lines do to AS paths, communities and other attributes in an address family. */
export const PATH_COMMANDS: readonly Command[] = [
  {
    syntax: 'neighbor <peer:peer> send-community [{both|extended|standard|large|all}]',
    modes: FAMILY,
    help: 'send communities: all kinds unless `no` takes some away, as FRR does it',
    support: 'yes',
    run: (args, context) => sendCommunities(args, context, true),
    no: (args, context) => sendCommunities(args, context, false),
  },
  {
    syntax:
      'neighbor <peer:peer> attribute-unchanged [{as-path|next-hop|med}] [{as-path|next-hop|med}] [{as-path|next-hop|med}]',
    modes: FAMILY,
    help: 'leave the AS path, the next hop or MED as received; without a word all three',
    support: 'yes',
    run(args, context) {
      const named = ['as-path', 'next-hop', 'med'].filter((one) => args.has(one))
      leaveUnchanged(args, context, named.length === 0 ? ['as-path', 'next-hop', 'med'] : named)
    },
    no: clearUnchanged,
  },
  {
    syntax: 'neighbor <peer:peer> route-server-client',
    modes: FAMILY,
    help: 'a client of a route server (RFC 7947): AS path, next hop and MED stay as received',
    support: 'yes',
    run: (args, context) => leaveUnchanged(args, context, ['as-path', 'next-hop', 'med']),
    no: clearUnchanged,
  },
  setting(
    'neighbor <peer:peer> next-hop-unchanged',
    FAMILY,
    'never touch the next hop',
    family('nextHop'),
    () => 'unchanged',
  ),
  noEffect(
    'neighbor <peer:peer> soft-reconfiguration inbound',
    FAMILY,
    'keep what the neighbor sent as it was received: always done',
  ),
]

/** A line without a word is about the standard ones, as on the switch; FRR's `no` form is about all. */
function sendCommunities(args: Args, context: Context, send: boolean): void {
  const named = (word: string): readonly Kind[] =>
    word === 'all' ? KINDS : word === 'both' ? ['standard', 'extended'] : [word as Kind]
  const word = ['both', 'extended', 'standard', 'large', 'all'].find((one) => args.has(one))
  const about = word === undefined ? (send ? named('standard') : KINDS) : named(word)
  const path = family('sendCommunity')(args, context)
  const before = context.cells.get(path)?.value as boolean | readonly Kind[] | undefined
  const sent = before === undefined || before === true ? KINDS : before === false ? [] : before
  const now = KINDS.filter((kind) => (about.includes(kind) ? send : sent.includes(kind)))
  // Lines add up: the second takes nothing back from the first.
  context.clear(path)
  context.set(path, now.length === KINDS.length ? true : now.length === 0 ? false : now)
}

function leaveUnchanged(args: Args, context: Context, what: readonly string[]): void {
  const attributes = what.filter((one) => one !== 'next-hop')
  if (attributes.length > 0) context.set(family('unchanged')(args, context), attributes)
  if (what.includes('next-hop')) context.set(family('nextHop')(args, context), 'unchanged')
}

function clearUnchanged(args: Args, context: Context): void {
  context.clear(family('unchanged')(args, context))
  context.clear(family('nextHop')(args, context))
}
