import type { Context } from './context.js'
import type { Args, Command } from './grammar.js'
import { noEffect, notYet, setting, toggle, withoutIt } from './rows.js'

const ROUTER = ['router'] as const

/** Path of one of a neighbour's settings. */
const peer =
  (...key: readonly string[]) =>
  (args: Args, context: Context) => [...context.peer(args), ...key]

const UNNUMBERED =
  'ecmpd needs an address: neighbor fe80::…%eth0 remote-as external, with the neighbour’s link-local one'

/** What a neighbour's lines say of its OPEN, of the first AS of its paths and of the pace of announcements. */
export const SESSION_COMMANDS: readonly Command[] = [
  {
    syntax: 'neighbor <peer:peer> local-as <as:as> [no-prepend] [replace-as] [dual-as]',
    modes: ROUTER,
    help: 'own AS towards this neighbour; no-prepend: not in its paths, replace-as: the real AS is not shown, dual-as: or the real one',
    support: 'yes',
    run: (args, context) =>
      context.set(peer('localAs')(args, context), {
        as: args.number('as'),
        noPrepend: args.has('no-prepend'),
        replaceAs: args.has('replace-as'),
        dualAs: args.has('dual-as'),
      }),
    no: (args, context) => context.clear(peer('localAs')(args, context)),
  },
  toggle(
    'neighbor <peer:peer> enforce-first-as',
    ROUTER,
    'use no path that does not begin with the neighbour’s AS; on in ecmpd',
    peer('enforceFirstAs'),
  ),
  {
    syntax: 'neighbor <peer:peer> disable-connected-check',
    modes: ROUTER,
    help: 'an eBGP neighbour need not be on a connected subnet, although the TTL stays 1',
    support: 'yes',
    run: (args, context) => context.set(peer('connectedCheck')(args, context), false),
    no: (args, context) => context.set(peer('connectedCheck')(args, context), true),
  },
  {
    syntax: 'neighbor <peer:peer> advertisement-interval <seconds:0-600>',
    modes: ROUTER,
    help: 'seconds between two runs of announcements; withdrawals do not wait; default 0',
    support: 'yes',
    run: (args, context) => context.set(peer('advertisementInterval')(args, context), args.number('seconds')),
    no: (args, context) => context.clear(peer('advertisementInterval')(args, context)),
  },
  {
    syntax: 'neighbor <peer:peer> dont-capability-negotiate',
    modes: ROUTER,
    help: 'send an OPEN without capabilities',
    support: 'yes',
    run: (args, context) => context.set(peer('negotiateCapabilities')(args, context), false),
    no: (args, context) => context.set(peer('negotiateCapabilities')(args, context), true),
  },
  toggle(
    'neighbor <peer:peer> override-capability',
    ROUTER,
    'use the activated address families whatever the neighbour announces',
    peer('overrideCapabilities'),
  ),
  toggle(
    'neighbor <peer:peer> strict-capability-match',
    ROUTER,
    'refuse a neighbour that does not announce every activated address family',
    peer('strictCapabilities'),
  ),
  toggle(
    'neighbor <peer:peer> capability extended-nexthop',
    ROUTER,
    'IPv4 routes with IPv6 next hops (RFC 8950); default: over IPv6 sessions',
    peer('extendedNextHop'),
  ),
  noEffect('neighbor <peer:peer> capability fqdn', ROUTER, 'tell the own host name: always done'),
  withoutIt(
    'neighbor <peer:peer> capability dynamic',
    ROUTER,
    'dynamic capabilities',
    'capabilities are not changed within a session: a changed family needs a new one',
  ),
  withoutIt(
    'neighbor <peer:peer> capability orf prefix-list {send|receive|both}',
    ROUTER,
    'outbound route filters (RFC 5291)',
    'outbound route filters are not supported: both sides filter for themselves',
  ),
  withoutIt(
    'neighbor <peer:peer> capability {software-version|link-local}',
    ROUTER,
    'capabilities that are drafts',
    'this capability is not announced',
  ),
  setting(
    'neighbor <peer:peer> timers delayopen <seconds:1-240>',
    ROUTER,
    'seconds to wait for the neighbour’s OPEN before the own is sent; default 0',
    peer('timers', 'delayOpen'),
    (args) => args.number('seconds'),
  ),
  notYet('neighbor <peer:peer> interface <text:rest>', ROUTER, 'sessions without addresses', UNNUMBERED),
  noEffect('neighbor <peer:peer> transport path-mtu-discovery', ROUTER, 'path MTU discovery: the kernel’s'),
  noEffect('neighbor <peer:peer> solo', ROUTER, 'an update group of its own'),
  withoutIt(
    'neighbor <peer:peer> tcp-mss <octets:1-65535>',
    ROUTER,
    'the TCP segment size',
    'the segment size is the kernel’s: it follows the MTU',
  ),
]
