/**
 * Lines of `ip -N -o route show` and `ip -N -o monitor … label`, which have one form:
 *
 *     [Deleted ][type ]destination [nhid N] [via A] [dev D] [table T] [proto P] … [metric M] … [\\ nexthop …]
 *
 * Text rather than JSON because `ip monitor` has no JSON, and one parser for both is one less to go wrong;
 * and because a table of a million routes can be read line by line.
 */
import type { Family } from '../../ip/family.js'

/** One hop of a route as the kernel shows it. */
export interface RouteHop {
  /** Absent on a route to the link itself. */
  readonly via?: string
  readonly device?: string
  /** The kernel marks it `dead` or `linkdown`. */
  readonly down: boolean
}

export interface RouteLine {
  readonly deleted: boolean
  /** 'unicast', 'blackhole', 'unreachable', 'prohibit', 'local', 'broadcast', … */
  readonly type: string
  readonly family: Family
  /** 'address/length'. */
  readonly prefix: string
  /** Next-hop object or group; 0: none. */
  readonly nhid: number
  /** Number in rt_protos: 186 is bgp; 3 (boot), which is not shown, when absent. */
  readonly protocol: number
  /** 0 when absent (IPv4). */
  readonly metric: number
  /** Number of another table than main; absent: main. */
  readonly table?: string
  readonly hops: readonly RouteHop[]
}

/** Routing protocol number of BGP in Linux (RTPROT_BGP). */
export const PROTOCOL_BGP = 186

/** `ip -N` prints route types as numbers (linux/rtnetlink.h, RTN_*). */
const TYPES: Record<string, string> = {
  1: 'unicast',
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
  10: 'nat',
}
for (const name of Object.values(TYPES)) TYPES[name] = name
/** Words that stand alone; every other word is followed by its value. */
const FLAGS = new Set(['dead', 'linkdown', 'onlink', 'pervasive', 'offload', 'trap', 'notify', 'rt_offload'])

/**
 * @param text one line without the label
 * @param known the family, where it is known: a default route does not always show it
 * @returns undefined for a line that is no route (a resolver's cache entry, a message)
 */
export function parseRouteLine(text: string, known?: Family): RouteLine | undefined {
  const words = text.split(/[\s\\]+/)
  let at = 0
  const deleted = words[0] === 'Deleted'
  if (deleted) at++
  let type = 'unicast'
  if (TYPES[words[at]] !== undefined) type = TYPES[words[at++]]
  const destination = words[at++]
  if (destination === undefined || !/^(default|[0-9a-f.:]+(\/\d+)?)$/.test(destination)) return undefined

  let nhid = 0
  let protocol = 3
  let metric = 0
  let table: string | undefined
  let six = known === 'ipv6-unicast' || destination.includes(':')
  const hops: { via?: string; device?: string; down: boolean }[] = []
  let hop: { via?: string; device?: string; down: boolean } = { down: false }
  for (; at < words.length; at++) {
    switch (words[at]) {
      case 'nexthop':
        if (hop.via !== undefined || hop.device !== undefined) hops.push(hop)
        hop = { down: false }
        break
      case 'via':
        if (words[at + 1] === 'inet6' || words[at + 1] === 'inet') at++
        else if (words[at + 1]?.includes(':')) six = true
        hop.via = words[++at]
        break
      case 'dev':
        hop.device = words[++at]
        break
      case 'dead':
      case 'linkdown':
        hop.down = true
        break
      case 'nhid':
        nhid = Number(words[++at])
        break
      case 'proto':
        protocol = Number(words[++at])
        break
      case 'metric':
        metric = Number(words[++at])
        break
      case 'table':
        table = words[++at]
        break
      case 'pref':
        // Only IPv6 routes have a preference (RFC 4191), and all of them show it.
        six = true
        at++
        break
      default:
        if (!FLAGS.has(words[at])) at++
    }
  }
  if (hop.via !== undefined || hop.device !== undefined) hops.push(hop)
  const family: Family = six ? 'ipv6-unicast' : 'ipv4-unicast'
  const width = six ? 128 : 32
  const prefix =
    destination === 'default'
      ? six
        ? '::/0'
        : '0.0.0.0/0'
      : destination.includes('/')
        ? destination
        : `${destination}/${width}`
  return { deleted, type, family, prefix, nhid, protocol, metric, table, hops }
}

/**
 * Reads the two things that matter of an own route by group, ten times as fast as parseRouteLine.
 * @param tail see `ownTail`
 * @returns undefined for any other line
 */
export function parseOwnRoute(
  text: string,
  tail: string,
  family: Family,
): { prefix: string; nhid: number } | undefined {
  const at = text.indexOf(' nhid ')
  if (at < 0 || !hasTail(text, tail)) return undefined
  const end = text.indexOf(' ', at + 6)
  const destination = text.slice(0, at)
  if (destination.includes(' ') || destination === 'default') return undefined
  const nhid = Number(text.slice(at + 6, end))
  if (destination.includes('/')) return { prefix: destination, nhid }
  return { prefix: `${destination}/${family === 'ipv6-unicast' ? 128 : 32}`, nhid }
}

/** Found in the line of every route with ecmpd's protocol and this metric: see `hasTail`. */
export function ownTail(metric: number): string {
  return ` proto ${PROTOCOL_BGP} metric ${metric}`
}

/** True when the text holds the tail, and the metric does not go on behind it. */
export function hasTail(text: string, tail: string): boolean {
  const at = text.indexOf(tail)
  return at >= 0 && !/^\d/.test(text.slice(at + tail.length, at + tail.length + 1))
}

const NAMES: Record<number, string> = {
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  9: 'ra',
  11: 'zebra',
  12: 'bird',
  16: 'dhcp',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
}

/** A routing protocol number as `ip` takes it, which knows these names of itself. */
export function protocolWord(protocol: number): string {
  return NAMES[protocol] ?? String(protocol)
}
