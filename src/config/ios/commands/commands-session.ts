/** The commands of a neighbor about its OPEN and the interval between announcements. */

import type { Command } from '../document/grammar.js'
import { peer } from '../document/places.js'
import { noEffect, notYet, setting, toggle, turnOff, withoutIt } from '../document/rows.js'

const ROUTER = ['router'] as const

const UNNUMBERED =
  'ecmpd needs an address: neighbor fe80::…%eth0 remote-as external, with the neighbor’s link-local one'

/** What a neighbor's lines say of its OPEN, of the first AS of its paths and of the interval between announcements. */
export const SESSION_COMMANDS: readonly Command[] = [
  setting(
    'neighbor <peer:peer> local-as <as:as> [no-prepend] [replace-as] [dual-as]',
    ROUTER,
    'own AS towards this neighbor; no-prepend: not in its paths, replace-as: the real AS is not shown, dual-as: or the real one',
    peer('localAs'),
    (args) => ({
      as: args.number('as'),
      noPrepend: args.has('no-prepend'),
      replaceAs: args.has('replace-as'),
      dualAs: args.has('dual-as'),
    }),
  ),
  turnOff(
    'neighbor <peer:peer> dont-capability-negotiate',
    ROUTER,
    'send an OPEN without capabilities',
    peer('negotiateCapabilities'),
  ),
  toggle(
    'neighbor <peer:peer> override-capability',
    ROUTER,
    'use the activated address families whatever the neighbor announces',
    peer('overrideCapabilities'),
  ),
  toggle(
    'neighbor <peer:peer> strict-capability-match',
    ROUTER,
    'refuse a neighbor that does not announce every activated address family',
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
    'seconds to wait for the neighbor’s OPEN before the own is sent; default 0',
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
