/** The commands of the speaker that ecmpd has no need of, can do without, or refuses. */

import type { Command } from '../document/grammar.js'
import { noEffect, notYet, withoutIt } from '../document/rows.js'

const ROUTER = ['router'] as const
const FAMILY = ['router', 'family'] as const

const NO_MEMBER = 'ecmpd is no member of a confederation'

/** Commands of the speaker that ecmpd has no need of, can do without, or refuses. */
export const OTHER_COMMANDS: readonly Command[] = [
  noEffect(
    'bgp {suppress-duplicates|fast-external-fallover|fast-external-failover|fast-convergence|soft-reconfig-backup|upgrade-cli|ipv6-auto-ra}',
    ROUTER,
    'habits of other speakers',
  ),
  noEffect('bgp route-map delay-timer [<seconds:0-600>]', ROUTER, 'policies are applied again at once'),
  noEffect('bgp default {show-hostname|show-nexthop-hostname}', ROUTER, 'names in views'),
  noEffect('bgp default subgroup-pkt-queue-max <packets:1-65535>', ROUTER, 'queues of other speakers'),
  noEffect('bgp {input-queue-limit|output-queue-limit} <messages:0-4294967295>', ROUTER, 'queues'),
  noEffect('bgp asnotation {dot|dot+|plain}', ROUTER, 'how AS numbers are shown: plainly'),
  noEffect('bgp transport path-mtu-discovery', ROUTER, 'path MTU discovery: the kernel’s'),
  noEffect('bgp scan-time <seconds:0-60>', FAMILY, 'next hops are watched, not scanned'),
  noEffect('bgp nexthop trigger delay <seconds:0-100>', FAMILY, 'changes of next hops are used at once'),
  noEffect('bgp nexthop trigger enable', FAMILY, 'changes of next hops are used at once: always done'),
  noEffect('{coalesce-time|write-quanta|read-quanta} <number:0-4294967295>', ROUTER, 'habits of FRR'),
  noEffect('bgp tcp-keepalive <idle:1-65535> <interval:1-65535> <probes:1-30>', ROUTER, 'BGP has its own'),
  noEffect('bgp bestpath {cost-community ignore|igp-metric ignore}', FAMILY, 'not compared in any case'),
  withoutIt(
    'bgp bestpath as-path confed',
    ROUTER,
    'length of AS paths in a confederation',
    'ecmpd is no member of a confederation: such segments are never counted',
  ),
  withoutIt(
    'bgp bestpath med confed [missing-as-worst]',
    ROUTER,
    'MED in a confederation',
    'ecmpd is no member of a confederation; `bgp bestpath med missing-as-worst` has its own line',
  ),
  withoutIt(
    'bgp bestpath peer-type multipath-relax',
    ROUTER,
    'eBGP and iBGP paths together',
    'eBGP and iBGP paths never form one multipath: eBGP goes first',
  ),
  withoutIt(
    'bgp bestpath bandwidth {ignore|skip-missing|default-weight-for-missing}',
    ROUTER,
    'shares by link bandwidth',
    'all paths of a multipath have the same share',
  ),
  withoutIt('bgp bestpath {aigp|prefix-validate <text:rest>}', FAMILY, 'AIGP, RPKI', 'not compared'),
  withoutIt(
    'bgp dampening [<text:rest>]',
    FAMILY,
    'route flap damping (RFC 2439)',
    'route flap damping is not supported: flapping routes are used as they come',
  ),
  notYet(
    'bgp confederation {identifier|peers} <text:rest>',
    ROUTER,
    'confederations (RFC 5065)',
    `${NO_MEMBER}: its neighbors would refuse the member’s AS; route reflection does the same within one AS`,
  ),
  notYet('bgp shutdown [<text:rest>]', ROUTER, 'all sessions down', 'bgp default shutdown, or stop ecmpd'),
  withoutIt(
    '{bgp update-delay|update-delay} <text:rest>',
    ROUTER,
    'waiting for the first routes',
    'routes are used as they come',
  ),
  noEffect(
    'bgp {hard-administrative-reset|advertise-best-external|suppress-inactive|recursion host|dmzlink-bw|labeled-unicast <text:rest>|rr-group <text:rest>|aggregate-timer <seconds:0-60>|wpkt-quanta <packets:1-64>|rpkt-quanta <packets:1-64>}',
    FAMILY,
    'habits of other speakers',
  ),
  withoutIt(
    'bgp maxas-limit <hops:1-2000>',
    ROUTER,
    'longest AS path',
    'long AS paths are used: an import policy with an AS path list can refuse them',
  ),
  withoutIt(
    'bgp max-med <text:rest>',
    ROUTER,
    'the largest MED after a start',
    'MED stays as it is; `bgp graceful-shutdown` keeps traffic away',
  ),
  withoutIt(
    'bgp route-reflector allow-outbound-policy',
    ROUTER,
    'policies on reflected routes',
    'not needed: export policies change reflected routes, too',
  ),
  notYet('bgp inject-map <text:rest>', FAMILY, 'conditional injection'),
  notYet('table-map <text:rest>', FAMILY, 'a policy between table and kernel'),
  withoutIt(
    'distance <distance:1-255> <text:rest>',
    FAMILY,
    'administrative distance of some routes',
    'the kernel orders routes by metric: fib.metric in a YAML configuration',
  ),
  notYet('template {peer-session|peer-policy} <name>', ROUTER, 'templates', 'neighbor NAME peer-group'),
  notYet(
    'neighbor <peer:peer> inherit {peer-session|peer-policy} <name>',
    FAMILY,
    'templates',
    'neighbor ADDRESS peer-group NAME',
  ),
  notYet('neighbor <peer:peer> path-attribute <text:rest>', FAMILY, 'filters of unknown attributes'),
  notYet(
    'neighbor <peer:peer> maximum-prefix-out <prefixes:1-4294967295>',
    FAMILY,
    'a limit of what is sent',
  ),
  notYet('neighbor <peer:peer> {aigp|oad|soo <text:rest>}', FAMILY, 'this kind of neighbor'),
  noEffect(
    'neighbor <peer:peer> {ha-mode sso|log-neighbor-changes|dmzlink-bw|slow-peer <text:rest>}',
    FAMILY,
    'habits of other speakers',
  ),
  withoutIt(
    'bgp suppress-fib-pending',
    ROUTER,
    'announcing after installing',
    'routes are announced whether or not the kernel has taken them',
  ),
  withoutIt('bgp session-dscp <dscp>', ROUTER, 'DSCP of sessions', 'the DSCP is the system’s'),
  withoutIt(
    'bgp allow-martian-nexthop',
    ROUTER,
    'next hops that are no host addresses',
    'routes with such next hops are not used',
  ),
]
