import type { PathView, RouteView } from '../views/model/route.js'
import { afiName } from './family.js'
import { localPrefJson, pathFrom } from './table-json.js'
import { escapeText } from './text.js'
import { ctime, epoch } from './time.js'

interface Segment {
  readonly type: string
  readonly list: readonly number[]
}

/** Segments of an AS path's text: '64512 {64513,64514} (65001 65002)'. */
function segments(asPath: string): Segment[] {
  const result: Segment[] = []
  for (const [, set, confederation, confederationSet, sequence] of asPath.matchAll(
    /\{([^}]*)\}|\(([^)]*)\)|\[([^\]]*)\]|([0-9]+(?: +[0-9]+)*)/g,
  )) {
    const numbers = (text: string) => text.split(/[ ,]+/).filter(Boolean).map(Number)
    if (set !== undefined) result.push({ type: 'as-set', list: numbers(set) })
    else if (confederation !== undefined)
      result.push({ type: 'as-confed-sequence', list: numbers(confederation) })
    else if (confederationSet !== undefined)
      result.push({ type: 'as-confed-set', list: numbers(confederationSet) })
    else if (sequence !== undefined) result.push({ type: 'as-sequence', list: numbers(sequence) })
  }
  return result
}

function communityJson(values: readonly string[]): object {
  return { string: values.join(' '), list: values }
}

function path(route: RouteView, entry: PathView, defaultLocalPref: number): object {
  const name = entry.neighborName === undefined ? {} : { hostname: escapeText(entry.neighborName) }
  const used = entry.best || entry.multipath
  return {
    aspath: { string: entry.asPath, segments: segments(entry.asPath), length: entry.asPathLength },
    ...(entry.aggregator === undefined ? {} : { aggregatorId: entry.aggregator }),
    ...(entry.atomicAggregate ? { atomicAggregate: true } : {}),
    origin: entry.origin,
    ...(entry.med === undefined ? {} : { metric: entry.med }),
    ...localPrefJson(entry, defaultLocalPref),
    ...(entry.weight === 0 ? {} : { weight: entry.weight }),
    valid: entry.valid,
    ...(entry.stale ? { stale: true } : {}),
    ...(entry.longLivedStale ? { llgrStale: true } : {}),
    ...(entry.type === 'local' ? { sourced: true, local: true } : {}),
    ...(route.suppressed ? { suppressed: true } : {}),
    version: route.version,
    ...(entry.multipath ? { multipath: true } : {}),
    ...(entry.best
      ? { bestpath: { overall: true, selectionReason: entry.decidedBy ?? 'First path received' } }
      : {}),
    ...(!entry.best && entry.decidedBy !== undefined ? { decidedBy: entry.decidedBy } : {}),
    ...(entry.reason === undefined ? {} : { reason: escapeText(entry.reason) }),
    ...unusableJson(entry),
    ...(entry.communities.length > 0 ? { community: communityJson(entry.communities) } : {}),
    ...(entry.extendedCommunities.length > 0
      ? { extendedCommunity: communityJson(entry.extendedCommunities) }
      : {}),
    ...(entry.largeCommunities.length > 0 ? { largeCommunity: communityJson(entry.largeCommunities) } : {}),
    ...(entry.fromClient === true ? { rrClient: true } : {}),
    ...(entry.originatorId === undefined ? {} : { originatorId: entry.originatorId }),
    ...(entry.clusterList === undefined ? {} : { clusterList: { list: entry.clusterList } }),
    lastUpdate: { epoch: epoch(entry.since), string: `${ctime(entry.since)}\n` },
    nexthops: [
      {
        ip: entry.nextHop,
        ...name,
        afi: entry.nextHop.includes(':') ? 'ipv6' : 'ipv4',
        metric: 0,
        accessible: entry.valid,
        used,
        ...(entry.linkLocalNextHop === undefined ? {} : { scope: 'global' }),
      },
      ...(entry.linkLocalNextHop === undefined
        ? []
        : [
            {
              ip: entry.linkLocalNextHop,
              ...name,
              afi: 'ipv6',
              scope: 'link-local',
              accessible: entry.valid,
              used,
            },
          ]),
    ],
    peer: {
      peerId: entry.type === 'local' ? '0.0.0.0' : entry.neighbor,
      routerId: entry.neighborRouterId,
      ...name,
      type: pathFrom(entry.type),
    },
  }
}

function unusableJson({ unusable }: PathView): object {
  if (unusable === undefined) return {}
  const entries = Object.entries(unusable).filter(([, value]) => value !== undefined)
  return { unusable: Object.fromEntries(entries.map(([key, value]) => [key, escapeText(value)])) }
}

/** `show ip bgp PREFIX json` in FRR's shape, with `fib` and `afi` beside it. */
export function detailJson(route: RouteView, defaultLocalPref: number): object {
  return {
    prefix: route.prefix,
    version: route.version,
    afi: afiName(route.family),
    paths: route.paths.map((entry) => path(route, entry, defaultLocalPref)),
    ...(route.fib === undefined ? {} : { fib: route.fib }),
  }
}
