import type { NeighborView } from '../views/model/neighbor.js'
import type { PathView, RouteView } from '../views/model/route.js'
import { escapeText } from './text.js'
import { ctime } from './time.js'

/** 'best', 'multipath', 'stale' and the rest of a path's line, in the switch's order. */
function traits(path: PathView): string {
  const origin = `Origin ${path.origin}`
  const words = [origin]
  if (path.med !== undefined) words.push(`metric ${path.med}`)
  words.push(`localpref ${path.localPref}`)
  if (path.weight !== 0) words.push(`weight ${path.weight}`)
  words.push(path.valid ? 'valid' : 'invalid')
  words.push(path.type === 'ebgp' ? 'external' : path.type === 'ibgp' ? 'internal' : 'sourced, local')
  if (path.stale) words.push('stale')
  if (path.longLivedStale) words.push('long-lived stale')
  if (path.atomicAggregate) words.push('atomic-aggregate')
  if (path.multipath || path.best) {
    if (path.multipath) words.push('multipath')
    if (path.best) words.push('best')
  }
  return words.join(', ')
}

/** Why a path takes no part, and what to do about it. */
function notUsed({ reason, unusable }: PathView): string {
  const remedy = unusable?.remedy === undefined ? '' : ` (${unusable.remedy})`
  return `Not used: ${escapeText(`${reason ?? 'it takes no part in the decision'}${remedy}`)}`
}

/** Why the path is the best one, or why it is not. */
function verdict(path: PathView): string | undefined {
  if (!path.valid) return notUsed(path)
  if (path.best) return path.decidedBy === undefined ? undefined : `Best: ${path.decidedBy}`
  if (path.decidedBy === undefined) return undefined
  return path.multipath ? `Multipath; best path chosen by: ${path.decidedBy}` : `Not best: ${path.decidedBy}`
}

function pathLines(path: PathView): string[] {
  const name = path.neighborName === undefined ? '' : ` ${escapeText(path.neighborName)}`
  const linkLocal = path.linkLocalNextHop === undefined ? '' : ` (${path.linkLocalNextHop})`
  const from =
    path.type === 'local'
      ? ` from ${path.nextHop.includes(':') ? '::' : '0.0.0.0'} (${path.neighborRouterId})`
      : ` from ${path.neighbor} (${path.neighborRouterId})${name === '' ? '' : `,${name}`}`
  const lines = [
    `  ${path.asPath === '' ? 'Local' : path.asPath}${path.aggregator === undefined ? '' : `, (aggregated by ${path.aggregator})`}${path.fromClient === true ? ', (Received from a RR-client)' : ''}`,
    `    ${path.nextHop}${linkLocal}${from}`,
    `      ${traits(path)}`,
  ]
  if (path.originatorId !== undefined) {
    const cluster = path.clusterList === undefined ? '' : `, Cluster list: ${path.clusterList.join(' ')}`
    lines.push(`      Originator: ${path.originatorId}${cluster}`)
  }
  if (path.communities.length > 0) lines.push(`      Community: ${path.communities.join(' ')}`)
  if (path.extendedCommunities.length > 0) {
    lines.push(`      Extended Community: ${path.extendedCommunities.join(' ')}`)
  }
  if (path.largeCommunities.length > 0)
    lines.push(`      Large Community: ${path.largeCommunities.join(' ')}`)
  if (path.pathId !== undefined) lines.push(`      Path identifier: ${path.pathId}`)
  const why = verdict(path)
  if (why !== undefined) lines.push(`      ${why}`)
  lines.push(`      Last update: ${ctime(path.since)}`)
  return lines
}

/** State of a prefix in the kernel, in words; undefined when it is installed or no path is used. */
export function fibText(route: RouteView): string | undefined {
  const fib = route.fib
  if (fib === undefined || fib.state === 'installed' || route.nextHops.length === 0) return undefined
  if (fib.state === 'off') return 'FIB is off: not installed in the kernel (start with --fib)'
  const reason = fib.reason === undefined ? '' : `: ${escapeText(fib.reason)}`
  return fib.state === 'refused' ? `FIB refused this route${reason}` : `FIB: waiting to be installed${reason}`
}

/**
 * `show ip bgp PREFIX`: every path with all attributes, and why it is or is not the best.
 * @param findings lines that stand at the end
 */
export function showDetail(route: RouteView, findings: readonly string[] = []): string {
  const best = route.paths.findIndex((path) => path.best)
  // As FRR counts them: all. What can't be used is not hidden in a smaller number.
  const available = route.paths.length
  const unusable = route.paths.filter((path) => !path.valid).length
  const choice = best < 0 ? 'no best path' : `best #${best + 1}`
  const suppressed = route.suppressed ? ', Advertisements suppressed by an aggregate.' : ''
  const kinds = new Set(route.paths.filter((path) => path.multipath).map((path) => path.type))
  const lines = [
    `BGP routing table entry for ${route.prefix}, version ${route.version}`,
    `Paths: (${available} available, ${choice}, table default${unusable === 0 ? '' : `, ${unusable} not usable`}${suppressed})`,
  ]
  if (kinds.size > 0) {
    lines.push(`  Multipath: ${[...kinds].map((kind) => (kind === 'ebgp' ? 'eBGP' : 'iBGP')).join(' ')}`)
  }
  const fib = fibText(route)
  if (fib !== undefined) lines.push(`  ${fib}`)
  for (const path of route.paths) lines.push(...pathLines(path))
  lines.push(...findings)
  return `${lines.join('\n')}\n`
}

/** The answer when the table holds no such route. */
export function notInTable(asked: string): string {
  return `% Network not in table: ${asked}\n`
}

/** `show ip bgp PREFIX` names neighbors; for an unknown one it names those that exist. */
export function noSuchNeighbor(address: string, neighbors: readonly NeighborView[]): string {
  const known = neighbors.slice(0, 8).map(({ key }) => key)
  const more = neighbors.length > known.length ? ', …' : ''
  const hint = known.length === 0 ? 'there are no neighbors' : `neighbors: ${known.join(', ')}${more}`
  return `% No such neighbor: ${address} (${hint})\n`
}
