/** The rows of `show …`, in the words of the switch and of FRR. */

import type { Args } from '../grammar/args.js'
import { FAMILIES, type Family, familyOfText } from '../ip/family.js'
import { canonicalPrefix } from '../ip/prefix.js'
import { maskLength } from './kinds.js'
import type { NeighborTable, RequestOf, Scope, ShowRequest, Target } from './request.js'
import { type CommandRow, type Head, WrongArgument } from './row.js'

/** Where a view of BGP begins: which families it is about. */
const BGP = '{ip bgp|ipv6 bgp|bgp} [vrf {all|default}] [{ipv4|ipv6} [unicast]|all]'

export const SHOW: Head = {
  word: 'show',
  help: 'ask the running daemon, in the words of the switch',
  bgp: BGP,
  notes:
    'Words may be shortened (`sh ip b sum`). For `ip bgp` there is `ipv6 bgp` and `bgp`, too, and behind each\n' +
    '`vrf all|default` and `ipv4|ipv6 [unicast]` or `all`. `json` at the end: JSON in the shape of FRR.',
}

const familyOfIp = (word: string): Family => (word === 'ipv6' ? 'ipv6-unicast' : 'ipv4-unicast')

/** The families and the shape that the words of BGP ask for. */
function scopeOf({ keywords }: Args): Scope {
  const at = keywords.indexOf('bgp')
  const vrf = keywords[at + 1] === 'vrf' ? keywords[at + 2] : undefined
  const family = keywords[at + (vrf === undefined ? 1 : 3)]
  const form = vrf === 'all' ? 'vrf' : 'keyed'
  if (family === 'ipv4' || family === 'ipv6') {
    return { families: [familyOfIp(family)], form: form === 'vrf' ? form : 'bare' }
  }
  if (family === 'all' || keywords[at - 1] === 'show') return { families: FAMILIES, form }
  return { families: [familyOfIp(keywords[at - 1])], form }
}

/** Where a route is shown: among those of BGP, or with what the kernel has of it. */
type RouteTable = 'bgp' | 'route'

/**
 * The route that address, prefix or network with its mask ask for.
 * @param name of the argument
 * @param family the only one that fits; undefined: the argument's own
 * @param table what it is looked up in, for the remedy
 * @throws WrongArgument for one of another family, and for a mask that does not go with it
 */
function targetOf(
  args: Args,
  name: string,
  family: Family | undefined,
  table: RouteTable,
): { family: Family; target: Target } {
  const text = args.text(name)
  const own = familyOfText(text)
  if (family !== undefined && own !== family) {
    const [is, wanted] = own === 'ipv6-unicast' ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6']
    const afi = is.toLowerCase()
    const command = table === 'bgp' ? `bgp ${afi}` : own === 'ipv6-unicast' ? 'ipv6 route' : 'ip route'
    throw new WrongArgument(name, `it is ${is}, expected: ${wanted}; \`show ${command} ${text}\``)
  }
  if (!args.has('mask'))
    return { family: own, target: text.includes('/') ? { prefix: text } : { longest: text } }
  if (own === 'ipv6-unicast' || text.includes('/')) {
    throw new WrongArgument('mask', 'a mask goes with an IPv4 address that has no length yet')
  }
  return { family: own, target: { prefix: canonicalPrefix(`${text}/${maskLength(args.text('mask'))}`)! } }
}

const show = (request: ShowRequest): RequestOf<'show'> => ({ command: 'show', show: request })

/**
 * The family that stands behind `bgp`; undefined where it doesn't. `ip bgp` alone asks for IPv4 where several could be
 * meant, and not where an address says which.
 */
function namedFamily(args: Args): Family | undefined {
  const { families, form } = scopeOf(args)
  return form !== 'keyed' && families.length === 1 ? families[0] : undefined
}

/** Routes of a neighbor, of every family that the words ask for. */
function neighborRoutes(args: Args): RequestOf<'show'> {
  const { families } = scopeOf(args)
  const table = args.keywords.at(-1) as NeighborTable
  return show({ view: 'neighbor-routes', address: args.text('address'), table, families })
}

/** A view that takes no arguments. */
function plain(
  view: 'version' | 'fib' | 'running-config' | 'events',
  help: string,
): CommandRow<RequestOf<'show'>> {
  return { syntax: `show ${view}`, help, example: `show ${view}`, request: () => show({ view }) }
}

export const SHOW_ROWS: readonly CommandRow<RequestOf<'show'>>[] = [
  {
    syntax: `show ${BGP}`,
    help: 'the table',
    example: 'show ip bgp',
    request: (args) => show({ view: 'table', ...scopeOf(args) }),
  },
  {
    syntax: `show ${BGP} <prefix:target> [<mask:mask>]`,
    help: 'one route with all details',
    example: 'show ip bgp 192.168.95.123/32',
    request: (args) => show({ view: 'prefix', ...targetOf(args, 'prefix', namedFamily(args), 'bgp') }),
  },
  {
    syntax: `show ${BGP} summary`,
    help: 'neighbors, one line each',
    example: 'show ip bgp summary',
    occasion: 'are the sessions up?',
    request: (args) => show({ view: 'summary', ...scopeOf(args) }),
  },
  {
    syntax: `show ${BGP} summary failed`,
    help: 'neighbors that are not up, with why',
    example: 'show ip bgp summary failed',
    request: (args) => show({ view: 'summary', failed: true, ...scopeOf(args) }),
  },
  {
    syntax: `show ${BGP} neighbors [<address:neighbor>]`,
    help: 'neighbors in full',
    example: 'show ip bgp neighbors 192.168.95.210',
    request: (args) =>
      show({
        view: 'neighbors',
        ...(args.has('address') ? { address: args.text('address') } : {}),
        ...scopeOf(args),
      }),
  },
  {
    syntax: `show ${BGP} neighbors <address:neighbor> advertised-routes`,
    help: 'what ecmpd sent to a neighbor',
    example: 'show ip bgp neighbors 192.168.95.210 advertised-routes',
    request: neighborRoutes,
  },
  {
    syntax: `show ${BGP} neighbors <address:neighbor> {routes|received-routes}`,
    help: 'what it told: as accepted, as it came',
    example: 'show ip bgp neighbors 192.168.95.210 routes',
    request: neighborRoutes,
  },
  {
    syntax: 'show {ip|ipv6} route [bgp]',
    help: "routes with next hops and the kernel's word on them",
    example: 'show ip route',
    request: ({ keywords }) => show({ view: 'routes', family: familyOfIp(keywords[1]) }),
  },
  {
    syntax: 'show {ip|ipv6} route <address:target> [<mask:mask>]',
    help: 'the same of one prefix or address',
    example: 'show ip route 192.0.2.1 json',
    occasion: 'next hops of an address, for a script',
    request: (args) =>
      show({ view: 'route', ...targetOf(args, 'address', familyOfIp(args.keywords[1]), 'route') }),
  },
  plain('version', 'of the daemon'),
  plain('fib', "the kernel's side, refused routes with the reason"),
  plain('running-config', "the effective configuration in the switch's words"),
  plain('events', 'what happened last'),
]
