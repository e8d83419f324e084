/** The decision written down plainly, as stages over lists of objects: what the table is checked against. */
import type { DecisionParameters } from '../../../src/rib/decision/decide.js'
import type { Source } from '../../../src/rib/store/types.js'
import { AS_SEQUENCE, AS_SET, type PathAttributes } from '../../../src/wire/types.js'

export interface NaivePath {
  readonly source: Source
  readonly attributes: PathAttributes
  readonly valid: boolean
  readonly metric: number
  readonly since: number
  /** RFC 7911; 0 without. */
  readonly pathId?: number
}

function hops({ asPath = [] }: PathAttributes): number {
  let total = 0
  for (const { type, asns } of asPath) {
    if (type === AS_SEQUENCE) total += asns.length
    else if (type === AS_SET) total++
  }
  return total
}

function neighborAs({ asPath = [] }: PathAttributes): number {
  return asPath[0]?.type === AS_SEQUENCE ? asPath[0].asns[0] : 0
}

/** Keeps the paths with the lowest value. */
function lowest(paths: readonly NaivePath[], value: (path: NaivePath) => number): NaivePath[] {
  const values = paths.map(value)
  const least = Math.min(...values)
  return paths.filter((_, i) => values[i] === least)
}

function addressKey(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0)
}

/** The multipath set, best first; empty without a valid path. IPv4 addresses of neighbors only. */
export function naiveMultipath(all: readonly NaivePath[], options: DecisionParameters): NaivePath[] {
  let paths = all.filter(({ valid }) => valid)
  if (paths.length === 0) return []
  paths = lowest(paths, ({ attributes }) => (attributes.communities?.includes(0xffff0006) ? 1 : 0))
  paths = lowest(paths, ({ source }) => -source.weight)
  paths = lowest(paths, ({ attributes }) => -(attributes.localPref ?? options.defaultLocalPref))
  paths = lowest(paths, ({ source }) => (source.type === 'local' ? 0 : 1))
  if (!options.ignoreAsPath) paths = lowest(paths, ({ attributes }) => hops(attributes))
  paths = lowest(paths, ({ attributes }) => attributes.origin ?? 0)
  const med = ({ attributes }: NaivePath) => attributes.med ?? (options.missingMedAsWorst ? 4294967295 : 0)
  const remaining = paths
  paths = remaining.filter(
    (path) =>
      !remaining.some(
        (other) =>
          (options.alwaysCompareMed || neighborAs(other.attributes) === neighborAs(path.attributes)) &&
          med(other) < med(path),
      ),
  )
  paths = lowest(paths, ({ source }) => (source.type === 'ibgp' ? 1 : 0))
  paths = lowest(paths, ({ metric }) => metric)
  const rank = (a: NaivePath, b: NaivePath): number => {
    if (!options.compareRouterId && a.source.type === 'ebgp' && a.since !== b.since) return a.since - b.since
    const left = a.attributes.originatorId ?? a.source.routerId
    const right = b.attributes.originatorId ?? b.source.routerId
    return (
      left - right ||
      (a.attributes.clusterList?.length ?? 0) - (b.attributes.clusterList?.length ?? 0) ||
      addressKey(a.source.address) - addressKey(b.source.address) ||
      (a.pathId ?? 0) - (b.pathId ?? 0) ||
      a.source.index - b.source.index
    )
  }
  paths = [...paths].sort(rank)
  const best = paths[0]
  const maximum =
    best.source.type === 'ebgp'
      ? options.maximumPathsEbgp
      : best.source.type === 'ibgp'
        ? options.maximumPathsIbgp
        : 1
  const chosen: NaivePath[] = []
  for (const path of paths) {
    const same = options.multipathRelax
      ? hops(path.attributes) === hops(best.attributes)
      : JSON.stringify(path.attributes.asPath) === JSON.stringify(best.attributes.asPath)
    const taken = chosen.some(({ attributes }) => attributes.nextHop === path.attributes.nextHop)
    if (same && !taken && chosen.length < maximum) chosen.push(path)
  }
  return chosen
}
