/** The commands of the speaker as a whole, under `router bgp`. */

import type { Command } from '../document/grammar.js'
import { noEffect, notYet, onlyNo, setting, toggle } from '../document/rows.js'

const ROUTER = ['router'] as const
/** What a switch takes at router level for IPv4 and in an address family for that one. */
const BOTH = ['router', 'family'] as const

/** Commands of the speaker as a whole. */
export const ROUTER_COMMANDS: readonly Command[] = [
  setting(
    'bgp router-id <id:router-id>',
    ROUTER,
    'BGP Identifier; default: the highest IPv4 address',
    () => ['routerId'],
    (args) => args.text('id'),
  ),
  noEffect('bgp log-neighbor-changes', ROUTER, 'log session changes: always done'),
  {
    syntax:
      'bgp graceful-restart [restart-time <restart-time:1-4095>] [stalepath-time <stalepath-time:1-4095>]',
    modes: ROUTER,
    help: 'keep the paths of a neighbor that restarts: done by default; times default to 120 and 360 s',
    support: 'yes',
    run(args, context) {
      const times = { 'restart-time': 'restartTime', 'stalepath-time': 'stalePathTime' }
      for (const [name, key] of Object.entries(times)) {
        if (args.words.has(name)) context.set(['gracefulRestart', key], args.number(name))
      }
      if (!args.has('restart-time') && !args.has('stalepath-time'))
        context.set(['gracefulRestart', 'enabled'], true)
    },
    no(args, context) {
      if (args.has('restart-time')) context.clear(['gracefulRestart', 'restartTime'])
      if (args.has('stalepath-time')) context.clear(['gracefulRestart', 'stalePathTime'])
      if (!args.has('restart-time') && !args.has('stalepath-time'))
        context.set(['gracefulRestart', 'enabled'], false)
    },
  },
  toggle(
    'bgp graceful-restart notification',
    ROUTER,
    'keep them across a NOTIFICATION too (RFC 8538)',
    () => ['gracefulRestart', 'notification'],
  ),
  {
    syntax: 'bgp graceful-restart-disable',
    modes: ROUTER,
    help: 'no graceful restart',
    support: 'yes',
    run: (_, context) => context.set(['gracefulRestart', 'enabled'], false),
    no: (_, context) => context.clear(['gracefulRestart', 'enabled']),
  },
  {
    syntax: 'bgp long-lived-graceful-restart stale-time <stale-time:1-16777215>',
    modes: ROUTER,
    help: 'keep the paths of a neighbor that does not come back as the last choice (RFC 9494); off by default',
    support: 'yes',
    run: (args, context) => context.set(['longLivedGracefulRestart', 'staleTime'], args.number('stale-time')),
    no: (_, context) => context.clear(['longLivedGracefulRestart']),
  },
  toggle('bgp graceful-shutdown', ROUTER, 'announce all routes with GRACEFUL_SHUTDOWN (RFC 8326)', () => [
    'maintenance',
  ]),
  toggle(
    'bgp graceful-restart preserve-fw-state',
    ROUTER,
    'neighbors keep our routes while ecmpd restarts, for forwarding goes on; helper only by default',
    () => ['gracefulRestart', 'restarter'],
  ),
  setting(
    'bgp graceful-restart select-defer-time <seconds:1-3600>',
    ROUTER,
    'longest wait for the neighbors’ routes after a start; default 120',
    () => ['selectionDeferralTime'],
    (args) => args.number('seconds'),
  ),
  {
    syntax: 'maximum-paths [{ebgp|ibgp}] <paths:1-32>',
    modes: BOTH,
    help: 'widest ECMP set from eBGP (also without a word) or iBGP; default 1',
    support: 'yes',
    run(args, context) {
      context.set(['maximumPaths', args.has('ibgp') ? 'ibgp' : 'ebgp', context.family], args.number('paths'))
    },
    no(args, context) {
      context.clear(['maximumPaths', args.has('ibgp') ? 'ibgp' : 'ebgp'])
    },
  },
  {
    syntax: 'timers bgp <keepalive:0-65535> <hold:0-65535> [<minimum:3-65535>]',
    modes: ROUTER,
    help: 'keepalive and hold time of every neighbor, and the least hold time accepted; default 60 180',
    support: 'yes',
    run(args, context) {
      context.set(['timers', 'keepalive'], args.number('keepalive'))
      context.set(['timers', 'hold'], args.number('hold'))
      if (args.has('minimum')) context.set(['timers', 'minimumHold'], args.number('minimum'))
    },
    no: (_, context) => context.clear(['timers']),
  },
  toggle(
    'bgp default ipv4-unicast',
    ROUTER,
    'neighbors with an IPv4 address are activated in IPv4; default on',
    () => ['defaultFamily', 'ipv4-unicast'],
  ),
  toggle(
    'bgp default ipv6-unicast',
    ROUTER,
    'every neighbor, whatever its address, is activated in IPv6; default off',
    () => ['defaultFamily', 'ipv6-unicast'],
  ),
  setting(
    'bgp default local-preference <preference:0-4294967295>',
    ROUTER,
    'local preference of paths that have none; default 100',
    () => ['defaultLocalPref'],
    (args) => args.number('preference'),
  ),
  toggle('bgp always-compare-med', ROUTER, 'compare MED between different ASes', () => [
    'bestPath',
    'alwaysCompareMed',
  ]),
  toggle('bgp deterministic-med', ROUTER, 'compare MED by AS first; always so in ecmpd', () => [
    'bestPath',
    'deterministicMed',
  ]),
  toggle('bgp bestpath as-path ignore', ROUTER, 'do not compare AS path lengths', () => [
    'bestPath',
    'ignoreAsPath',
  ]),
  toggle(
    'bgp bestpath as-path multipath-relax [{as-set|no-as-set}]',
    ROUTER,
    'balance over equally long AS paths that differ too',
    () => ['multipathRelax'],
  ),
  toggle(
    'bgp bestpath compare-routerid',
    ROUTER,
    'lowest router id rather than oldest path; on in ecmpd',
    () => ['bestPath', 'compareRouterId'],
  ),
  toggle('bgp bestpath med missing-as-worst', ROUTER, 'no MED is the largest one', () => [
    'bestPath',
    'missingMedAsWorst',
  ]),
  setting(
    'bgp cluster-id <id:cluster-id>',
    ROUTER,
    'cluster of this route reflector, as an address or a number; default: the router id',
    () => ['clusterId'],
    (args) => args.text('id'),
  ),
  toggle(
    'bgp client-to-client reflection',
    BOTH,
    'reflect routes of clients to other clients; default on',
    () => ['clientToClientReflection'],
  ),
  toggle('bgp reject-as-sets', ROUTER, 'routes with an AS_SET are withdrawn (RFC 9774); on in ecmpd', () => [
    'rejectAsSets',
  ]),
  {
    syntax: 'bgp listen range <prefix:prefix> peer-group <group>',
    modes: ROUTER,
    help: 'connections from these addresses become neighbors',
    support: 'yes',
    run: (args, context) => context.set(['ranges', args.text('prefix')], args.text('group')),
    no: (args, context) => context.clear(['ranges', args.text('prefix')]),
  },
  onlyNo('bgp listen range <prefix:prefix>', ROUTER, 'remove a listen range', (args, context) =>
    context.clear(['ranges', args.text('prefix')]),
  ),
  setting(
    'bgp listen limit <neighbors:1-100000>',
    ROUTER,
    'most dynamic neighbors; default 1000',
    () => ['listenLimit'],
    (args) => args.number('neighbors'),
  ),
  toggle(
    'bgp ebgp-requires-policy',
    ROUTER,
    'eBGP neighbors without a policy take and get nothing (RFC 8212); default off, unlike in FRR',
    () => ['ebgpRequiresPolicy'],
  ),
  toggle(
    'bgp enforce-first-as',
    ROUTER,
    'use no path that does not begin with the eBGP neighbor’s AS; on in ecmpd',
    () => ['defaults', 'enforceFirstAs'],
  ),
  setting(
    'bgp minimum-holdtime <seconds:3-65535>',
    ROUTER,
    'least hold time accepted of neighbors; default any',
    () => ['timers', 'minimumHold'],
    (args) => args.number('seconds'),
  ),
  {
    syntax: 'bgp disable-ebgp-connected-route-check',
    modes: ROUTER,
    help: 'eBGP neighbors need not be on connected subnets',
    support: 'yes',
    run: (_, context) => context.set(['defaults', 'connectedCheck'], false),
    no: (_, context) => context.clear(['defaults', 'connectedCheck']),
  },
  toggle(
    'bgp default shutdown',
    ROUTER,
    'neighbors are shut down unless `no neighbor … shutdown` stands there',
    () => ['defaults', 'shutdown'],
  ),
  {
    syntax: 'distance bgp <external:1-255> <internal:1-255> <local:1-255>',
    modes: BOTH,
    help: 'administrative distance, shown as 20, 200 and 200',
    support: 'no effect',
    run(args, context) {
      const given = ['external', 'internal', 'local'].map((name) => args.text(name)).join(' ')
      if (given === '20 200 200') return
      context.warn(
        `distance ${given} has no effect: the kernel orders routes by metric`,
        '`run --fib`: fib.metric',
      )
    },
    no() {},
  },
  notYet('synchronization', BOTH, 'IGP synchronisation'),
  notYet('auto-summary', BOTH, 'classful summaries'),
  {
    syntax: 'address-family {ipv4|ipv6} [unicast]',
    modes: BOTH,
    help: 'settings of one address family',
    support: 'yes',
    run: (args, context) => context.enter('family', args.has('ipv6') ? 'ipv6-unicast' : 'ipv4-unicast'),
    no(args, context) {
      const family = args.has('ipv6') ? 'ipv6-unicast' : 'ipv4-unicast'
      for (const kind of ['neighbors', 'groups']) {
        for (const name of context.cells.children([kind])) {
          context.clear([kind, name, 'families', family])
          context.clear([kind, name, 'active', family])
        }
      }
    },
  },
  notYet(
    'address-family {ipv4|ipv6} {multicast|labeled-unicast|vpn|flowspec|vrf <name>}',
    BOTH,
    'address families other than unicast',
  ),
  notYet('address-family {vpnv4|vpnv6|l2vpn} [<text:rest>]', BOTH, 'address families other than unicast'),
  {
    syntax: 'exit-address-family',
    modes: BOTH,
    help: 'back to router level',
    support: 'yes',
    run: (_, context) => context.enter('router'),
  },
]
