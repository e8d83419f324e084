/** Own routes: which are announced, and where the document contradicts itself about them. */

import { bitsOf, FAMILIES, type Family } from '../../ip/family.js'
import { parsePrefix } from '../../ip/prefix.js'
import { isMartian } from '../../ip/special.js'
import type { NamedList, RouteRule } from '../../policy/types.js'
import type {
  AggregateOptions,
  AnnounceOptions,
  DefaultOriginateOptions,
  NetworkOptions,
  RedistributeOptions,
} from '../../speaker/model/announce-options.js'
import type { SpeakerOptions } from '../../speaker/model/options.js'
import type { FamilySettings, RouteRuleEntry } from '../document/schema.js'
import type { AggregateEntry, NetworkEntry, RedistributeEntry } from '../document/schema-announce.js'
import type { Path } from '../text/diagnostic.js'
import { type PrefixText, readPrefix } from '../text/values.js'
import type { Resolution } from './resolution.js'
import { resolveRouteMap } from './route-maps.js'

/** Own routes as the document has them; nothing when it has none. */
export function resolveAnnounce(context: Resolution): { announce?: AnnounceOptions } {
  const { announce } = context.document
  if (announce === undefined) return {}
  const long = Array.isArray(announce) ? { networks: announce } : announce
  const at: Path = Array.isArray(announce) ? ['announce'] : ['announce', 'networks']
  const networks = networksOf(long.networks ?? [], at, context)
  const redistribute = redistributionOf(long.redistribute ?? [], context)
  const aggregates = aggregatesOf(long.aggregates ?? [], context)
  if (networks.length + redistribute.length + aggregates.length === 0) return {}
  return { announce: { networks, redistribute, aggregates } }
}

/** What a neighbor's `defaultOriginate` says; nothing for false. */
export function resolveDefaultOriginate(
  entry: NonNullable<FamilySettings['defaultOriginate']>,
  path: Path,
  context: Resolution,
): { defaultOriginate?: DefaultOriginateOptions } {
  if (entry === false) return {}
  if (entry === true) return { defaultOriginate: {} }
  return { defaultOriginate: { routeMap: resolveRouteMap(entry.routeMap, [...path, 'routeMap'], context) } }
}

/** Own routes that go to no neighbor are a mistake more often than not: with YAML eBGP exports nothing by itself. */
export function checkAnnounced(bgp: SpeakerOptions, context: Resolution): void {
  if (bgp.announce === undefined) return
  const neighbors = [...bgp.neighbors, ...bgp.listenRanges.map(({ template }) => template)]
  if (neighbors.length === 0) return
  if (neighbors.some(({ families }) => families.some((family) => family.export !== 'none'))) return
  const hint = 'export: all, a prefix list or a route map'
  context.warn(['announce'], 'own routes are announced to nobody: no neighbor has `export`', hint)
}

function networksOf(
  entries: readonly NetworkEntry[],
  at: Path,
  context: Resolution,
): readonly NetworkOptions[] {
  const known = new Map<string, Path>()
  const networks = entries.flatMap((entry, i): NetworkOptions[] => {
    const path = [...at, i]
    const long = typeof entry === 'string' ? { prefix: entry } : entry
    const prefix = prefixOf(long.prefix, path, known, context)
    if (prefix === undefined) return []
    return [
      {
        prefix: prefix.text,
        ...mapOf(long.routeMap, path, context),
        ifInTable: long.ifInTable ?? false,
      },
    ]
  })
  return networks.sort((a, b) => (a.prefix < b.prefix ? -1 : 1))
}

function aggregatesOf(entries: readonly AggregateEntry[], context: Resolution): readonly AggregateOptions[] {
  const known = new Map<string, Path>()
  const aggregates = entries.flatMap((entry, i): AggregateOptions[] => {
    const path: Path = ['announce', 'aggregates', i]
    const long = typeof entry === 'string' ? { prefix: entry } : entry
    const prefix = prefixOf(long.prefix, path, known, context)
    if (prefix === undefined) return []
    if (prefix.length === bitsOf(prefix.family)) {
      context.error(path, `nothing is more specific than ${prefix.text}`, 'a shorter prefix, or `networks`')
      return []
    }
    return [{ prefix: prefix.text, summaryOnly: long.summaryOnly ?? false }]
  })
  return aggregates.sort((a, b) => (a.prefix < b.prefix ? -1 : 1))
}

function redistributionOf(
  entries: readonly RedistributeEntry[],
  context: Resolution,
): readonly RedistributeOptions[] {
  const known = new Map<string, Path>()
  const found: RedistributeOptions[] = []
  for (const [i, entry] of entries.entries()) {
    const path: Path = ['announce', 'redistribute', i]
    const long = typeof entry === 'string' ? { from: entry } : entry
    const families: readonly Family[] = long.families ?? FAMILIES
    if (families.length === 0) context.error([...path, 'families'], 'no address family', 'default: both')
    const more = mapOf(long.routeMap, path, context)
    for (const family of FAMILIES) {
      if (!families.includes(family)) continue
      const key = `${long.from} ${family}`
      const first = known.get(key)
      if (first !== undefined) {
        const where = `it is on line ${context.line(first)} already`
        context.error(path, `${long.from} routes of ${family} twice`, where)
        continue
      }
      known.set(key, path)
      found.push({
        from: long.from,
        family,
        ...more,
        ...(long.metric === undefined ? {} : { metric: long.metric }),
        defaultRoute: long.defaultRoute ?? false,
      })
    }
  }
  const order = (one: RedistributeOptions) => `${one.family} ${one.from}`
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

/** A prefix that may be announced, the first time that it is named. */
function prefixOf(
  text: string,
  path: Path,
  known: Map<string, Path>,
  context: Resolution,
): PrefixText | undefined {
  const read = readPrefix(text)
  if ('problem' in read) {
    context.error(path, read.problem, read.hint)
    return undefined
  }
  const prefix = read.value
  const first = known.get(prefix.text)
  if (first !== undefined) {
    context.error(path, `${prefix.text} twice`, `it is on line ${context.line(first)} already`)
    return undefined
  }
  known.set(prefix.text, path)
  const { bytes, length } = parsePrefix(prefix.text)!
  if (isMartian(bytes, 0, length, bitsOf(prefix.family))) {
    const hint = 'loopback, link-local and multicast addresses have no meaning elsewhere (RFC 7454 §6.1)'
    context.error(path, `${prefix.text} can't be announced`, hint)
    return undefined
  }
  return prefix
}

function mapOf(
  entry: string | readonly RouteRuleEntry[] | undefined,
  path: Path,
  context: Resolution,
): { routeMap?: NamedList<RouteRule> } {
  if (entry === undefined) return {}
  const at = [...path, 'routeMap']
  const routeMap = resolveRouteMap(entry, at, context)
  if (routeMap.rules.some(({ set }) => set.nextHop !== undefined)) {
    const message = 'the next hop that the route map sets has no effect: an own route has the own address'
    context.warn(at, message, 'an export policy can set it')
  }
  return { routeMap }
}
