/** The commands of a neighbor's session, at router level. */

import { longText } from '../../settings/long-text.js'
import { passwordProblem } from '../../text/password.js'
import { isGroupName } from '../document/arguments.js'
import type { Context } from '../document/context.js'
import type { Args, Command } from '../document/grammar.js'
import { revealType7 } from '../document/password.js'
import { peer } from '../document/places.js'
import { noEffect, notYet, onlyNo, setting } from '../document/rows.js'

const ROUTER = ['router'] as const

/** Roles in FRR's words. */
const LOCAL_ROLES = ['provider', 'rs-server', 'rs-client', 'customer', 'peer']

/** Commands of a neighbor's session, at router level. */
export const NEIGHBOR_COMMANDS: readonly Command[] = [
  {
    syntax: 'neighbor <peer:peer> remote-as {<as:as>|internal|external}',
    modes: ROUTER,
    help: 'a neighbor and its AS number',
    support: 'yes',
    run(args, context) {
      const path = [...context.peer(args), 'remoteAs']
      const as = args.has('as') ? args.number('as') : args.has('internal') ? 'internal' : 'external'
      const before = context.cells.get(path)
      if (before === undefined) return context.set(path, as)
      const where = `line ${before.position.line}`
      if (before.value === as) return context.warn(`neighbor ${args.text('peer')} is on ${where} already`)
      const hint = `${where} says remote-as ${String(before.value)}`
      return context.error(
        `% Invalid input: duplicate neighbor ${args.text('peer')}`,
        hint,
        args.words.get('peer'),
      )
    },
    no: (args, context) => context.clear(context.peer(args)),
  },
  onlyNo('neighbor <peer:peer>', ROUTER, 'remove a neighbor or a peer group', (args, context) =>
    context.clear(context.peer(args)),
  ),
  {
    syntax: 'neighbor <peer:peer> peer-group [<group>]',
    modes: ROUTER,
    help: 'a peer group, or the membership in one',
    support: 'yes',
    run(args, context) {
      const named = isGroupName(args.text('peer'))
      if (named && !args.has('group')) return context.set(['groups', args.text('peer'), 'declared'], true)
      if (!named && args.has('group'))
        return context.set([...context.peer(args), 'group'], args.text('group'))
      const hint = 'neighbor NAME peer-group; neighbor ADDRESS peer-group NAME'
      return context.error(`% Invalid input: ${named ? 'a group in a group' : 'which peer group?'}`, hint)
    },
    no(args, context) {
      const named = isGroupName(args.text('peer'))
      context.clear(named ? context.peer(args) : [...context.peer(args), 'group'])
    },
  },
  {
    syntax: 'neighbor <peer:peer> timers <keepalive:0-65535> <hold:0-65535> [<minimum:3-65535>]',
    modes: ROUTER,
    help: 'keepalive and hold time, and the least hold time accepted',
    support: 'yes',
    run(args, context) {
      context.set([...context.peer(args), 'timers', 'keepalive'], args.number('keepalive'))
      context.set([...context.peer(args), 'timers', 'hold'], args.number('hold'))
      if (args.has('minimum'))
        context.set([...context.peer(args), 'timers', 'minimumHold'], args.number('minimum'))
    },
    no(args, context) {
      context.clear([...context.peer(args), 'timers', 'keepalive'])
      context.clear([...context.peer(args), 'timers', 'hold'])
      context.clear([...context.peer(args), 'timers', 'minimumHold'])
    },
  },
  setting(
    'neighbor <peer:peer> timers connect <seconds:1-65535>',
    ROUTER,
    'seconds between attempts to connect; default 120',
    peer('timers', 'connectRetry'),
    (args) => args.number('seconds'),
  ),
  {
    syntax: 'neighbor <peer:peer> shutdown [message <text:rest>]',
    modes: ROUTER,
    help: 'administratively down; the message is sent (RFC 9003)',
    support: 'yes',
    run: (args, context) =>
      context.set(peer('shutdown')(args, context), args.has('text') ? longText('text')(args, context) : true),
    no(args, context) {
      const path = peer('shutdown')(args, context)
      context.clear(path)
      // What a peer group or `bgp default shutdown` says is taken back, too.
      context.set(path, false)
    },
  },
  {
    // The choices can't be keywords: one of them is called as the argument for the neighbor is.
    syntax: 'neighbor <peer:peer> local-role <role> [strict-mode]',
    modes: ROUTER,
    help: 'provider, rs-server, rs-client, customer or peer: what this side is (RFC 9234); strict-mode: it must announce its role, too',
    support: 'yes',
    run(args, context) {
      const role = LOCAL_ROLES.find((name) => name === args.text('role'))
      if (role === undefined) {
        context.error(
          `% Invalid input: no role \`${args.text('role')}\``,
          LOCAL_ROLES.join(', '),
          args.words.get('role'),
        )
        return
      }
      context.set([...context.peer(args), 'role'], role === 'rs-server' ? 'rs' : role)
      context.set([...context.peer(args), 'roleStrict'], args.has('strict-mode'))
    },
    no(args, context) {
      context.clear([...context.peer(args), 'role'])
      context.clear([...context.peer(args), 'roleStrict'])
    },
  },
  {
    syntax: 'neighbor <peer:peer> password [0|7] <text:rest>',
    modes: ROUTER,
    help: 'TCP-MD5 password (RFC 2385): as it is, or 7: obscured in IOS’s way',
    support: 'yes',
    run(args, context) {
      const password = readPassword(args, context)
      if (password !== undefined) context.set(peer('password')(args, context), password)
    },
    no: (args, context) => context.clear(peer('password')(args, context)),
  },
  setting(
    'neighbor <peer:peer> update-source <source>',
    ROUTER,
    'own address, or interface, that the connection is made from',
    peer('updateSource'),
    (args) => args.text('source'),
  ),
  setting(
    'neighbor <peer:peer> {graceful-restart|graceful-restart-helper}',
    ROUTER,
    'graceful restart with this neighbor; helper: never asking it to keep our routes',
    peer('gracefulRestart'),
    (args) => (args.has('graceful-restart-helper') ? { enabled: true, restarter: false } : true),
  ),
  setting(
    'neighbor <peer:peer> graceful-restart-disable',
    ROUTER,
    'no graceful restart with this neighbor',
    peer('gracefulRestart'),
    () => false,
  ),
  noEffect('neighbor <peer:peer> version 4', ROUTER, 'BGP version'),
  notYet(
    'neighbor <peer:peer> fall-over [bfd]',
    ROUTER,
    'BFD',
    'shorter timers instead: neighbor A timers 3 9',
  ),
  notYet('neighbor <peer:peer> bfd', ROUTER, 'BFD', 'shorter timers instead: neighbor A timers 3 9'),
]

/** @returns undefined when it was refused; no message repeats it */
function readPassword(args: Args, context: Context): string | undefined {
  const written = args.text('text')
  const word = args.words.get('text')
  const other = args.has('0') || args.has('7') ? null : /^([1-9]) \S/.exec(written)
  if (other !== null) {
    const hint = `neighbor ${args.text('peer')} password 0 <the password itself>`
    context.error(`% Wrong parameter: a password of type ${other[1]} can't be read back`, hint, word)
    return undefined
  }
  const password = args.has('7') ? revealType7(written) : written
  if (password === undefined) {
    const hint = `Ruijie’s own type 7 differs; write neighbor ${args.text('peer')} password 0 <the password itself>`
    context.error('% Wrong parameter: no type 7 password of IOS', hint, word)
    return undefined
  }
  const problem = passwordProblem(password)
  if (problem !== undefined) context.error(`% Wrong parameter: the password ${problem}`, undefined, word)
  return problem === undefined ? password : undefined
}
