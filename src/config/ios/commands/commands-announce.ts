/** The commands about own routes: `network`, `aggregate-address`, `redistribute`. */

import { formatIPv4, parseIPv4 } from '../../../ip/address.js'
import { canonicalPrefix, parsePrefix } from '../../../ip/prefix.js'
import type { Context } from '../document/context.js'
import type { Args, Command } from '../document/grammar.js'
import { notYet, toggle } from '../document/rows.js'

/** What a switch takes at router level for IPv4 and in an address family for that one. */
const BOTH = ['router', 'family'] as const

const NETWORK_HELP = 'announce a prefix while the machine has a route for it (see import-check)'
const AGGREGATE_HELP =
  'announce a prefix while the table has a more specific one; summary-only: instead of these'
const OPTIONS = '[as-set [summary-only]|summary-only [as-set]]'
/** `matching-MED-only` and the like change which routes are aggregated, and how. */
const FURTHER =
  '{route-map <map>|attribute-map <map>|advertise-map <map>|suppress-map <map>|matching-MED-only}'

/** Commands about own routes. */
export const ANNOUNCE_COMMANDS: readonly Command[] = [
  own('network <prefix:prefix> [route-map <map>]', NETWORK_HELP, 'networks', network),
  own('network <address:address> [mask <mask:mask>] [route-map <map>]', NETWORK_HELP, 'networks', network),
  toggle(
    'bgp network import-check',
    ['router'],
    '`network` waits for a route of the machine that is not BGP’s; default on',
    () => ['announce', 'importCheck'],
  ),
  own(`aggregate-address <prefix:prefix> ${OPTIONS}`, AGGREGATE_HELP, 'aggregates', aggregate),
  own(`aggregate-address <address:address> <mask:mask> ${OPTIONS}`, AGGREGATE_HELP, 'aggregates', aggregate),
  notYet(`aggregate-address <prefix:prefix> ${FURTHER}`, BOTH, 'aggregation by route maps'),
  notYet(`aggregate-address <address:address> <mask:mask> ${FURTHER}`, BOTH, 'aggregation by route maps'),
  {
    syntax:
      'redistribute {connected|static|kernel} [route-map <map> [metric <metric:0-4294967295>]|metric <metric:0-4294967295> [route-map <map>]]',
    modes: BOTH,
    help: 'announce the machine’s routes: subnets of own addresses, `proto static`, all others but BGP’s',
    support: 'yes',
    run: (args, context) => context.set(redistributed(args, context), { ...mapOf(args), ...metricOf(args) }),
    no: (args, context) => context.clear(redistributed(args, context)),
  },
  notYet(
    'redistribute <source> [<text:rest>]',
    BOTH,
    'routes of another protocol by its name',
    'redistribute kernel: what another daemon has put into the kernel',
  ),
  toggle('default-information originate', BOTH, 'redistribute the default route, too', (_, context) => [
    'announce',
    'defaultRoute',
    context.family,
  ]),
]

/** A command that names a prefix of the current family. */
function own(
  syntax: string,
  help: string,
  section: 'networks' | 'aggregates',
  value: (args: Args, context: Context) => unknown,
): Command {
  return {
    syntax,
    modes: BOTH,
    help,
    support: 'yes',
    run(args, context) {
      const prefix = prefixOf(args, context)
      if (prefix !== undefined) context.set(['announce', section, prefix], value(args, context))
    },
    no(args, context) {
      const prefix = prefixOf(args, context)
      if (prefix !== undefined) context.clear(['announce', section, prefix])
    },
  }
}

function network(args: Args): unknown {
  return mapOf(args)
}

function aggregate(args: Args, context: Context): unknown {
  if (args.has('as-set')) {
    context.warn(
      'as-set: no AS_SET is sent, it is deprecated (RFC 9774)',
      'the aggregate has an empty AS_PATH, and ATOMIC_AGGREGATE where that leaves AS numbers out',
    )
  }
  return { summaryOnly: args.has('summary-only') }
}

const mapOf = (args: Args) => (args.has('map') ? { routeMap: args.text('map') } : {})
const metricOf = (args: Args) => (args.words.has('metric') ? { metric: args.number('metric') } : {})

function redistributed(args: Args, context: Context): readonly string[] {
  const from = ['connected', 'static', 'kernel'].find((name) => args.has(name)) ?? 'kernel'
  return ['announce', 'redistribute', context.family, from]
}

/** The prefix, masked as a switch does; undefined after an error. */
function prefixOf(args: Args, context: Context): string | undefined {
  if (args.has('prefix')) return ofFamily(args.text('prefix'), 'prefix', args, context)
  const address = args.text('address')
  const value = parseIPv4(address)
  const word = args.words.get('address')
  if (value === undefined) {
    context.error(`% Invalid input: \`${address}\` without length`, `${address}/64`, word)
    return undefined
  }
  const length = args.has('mask') ? maskLength(args.text('mask')) : classful(value)
  if (length === undefined) {
    const hint = 'such as 255.255.255.0'
    context.error(
      `% Wrong parameter: \`${args.text('mask')}\` is no network mask`,
      hint,
      args.words.get('mask'),
    )
    return undefined
  }
  return ofFamily(canonicalPrefix(`${address}/${length}`) ?? address, 'address', args, context)
}

function ofFamily(prefix: string, name: string, args: Args, context: Context): string | undefined {
  if (parsePrefix(prefix)?.family === context.family) return prefix
  const [own, other] = context.family === 'ipv4-unicast' ? ['IPv4', 'ipv6'] : ['IPv6', 'ipv4']
  const hint = `it belongs under \`address-family ${other}\``
  context.error(`% Invalid input: \`${prefix}\` is no ${own} prefix`, hint, args.words.get(name))
  return undefined
}

/** Length of a mask; undefined when its bits are not in one piece. */
function maskLength(mask: string): number | undefined {
  const value = parseIPv4(mask) ?? 0
  for (let length = 0; length <= 32; length++) {
    if (formatIPv4(length === 0 ? 0 : (-1 << (32 - length)) >>> 0) === formatIPv4(value)) return length
  }
  return undefined
}

/** Without a mask an address stands for its class (RFC 791 §3.2). */
function classful(address: number): number {
  const first = address >>> 24
  return first < 128 ? 8 : first < 192 ? 16 : 24
}
