import type { Finding } from '../diagnose/model/finding.js'
import type { Family } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { NeighborFamilyView } from '../views/model/neighbor-family.js'
import type { StatusView } from '../views/model/status.js'
import { familyTitle } from './family.js'
import { summaryFindings } from './finding-lines.js'
import { nameLines } from './name-lines.js'
import { lacksImportPolicy } from './path-rules.js'
import { escapeText, left, right } from './text.js'
import { secondsSince, upDown } from './time.js'

/** Neighbors with this family, each with its counts. */
export function membersOf(
  neighbors: readonly NeighborView[],
  family: Family,
): readonly { readonly neighbor: NeighborView; readonly counts: NeighborFamilyView }[] {
  return neighbors.flatMap((neighbor) => {
    const counts = neighbor.families.find((entry) => entry.family === family)
    return counts === undefined ? [] : [{ neighbor, counts }]
  })
}

/** All messages of one direction. */
export function totalMessages(neighbor: NeighborView, direction: 'sent' | 'received'): number {
  const counts = neighbor.messages[direction]
  return counts.open + counts.update + counts.notification + counts.keepalive + counts.routeRefresh
}

/** State as the switch shows it: 'Idle (Admin)' shut down, 'Idle (PfxCt)' kept out by `maximum-prefix`. */
export function stateText({ adminDown, paused, state }: NeighborView): string {
  if (adminDown) return 'Idle (Admin)'
  return paused?.reason === 'maximum-prefix' ? 'Idle (PfxCt)' : state
}

/** Seconds in the present up or down condition; undefined when it was never up. */
export function upDownSeconds(neighbor: NeighborView, now: number): number | undefined {
  if (neighbor.state === 'Established') return secondsSince(neighbor.since, now)
  if (neighbor.established === 0) return undefined
  return secondsSince(neighbor.downSince ?? neighbor.since, now)
}

const received = (counts: NeighborFamilyView) =>
  lacksImportPolicy(counts) ? '(Policy)' : counts.prefixesReceived

/**
 * Cisco's names in 80 columns: an AS of more than eight digits, or a version of more than six, moves its row by what it
 * is longer, which parsers of these columns take.
 */
const HEADER = 'Neighbor        V       AS MsgRcvd MsgSent TblVer InQ OutQ Up/Down  State/PfxRcd'

function row(neighbor: NeighborView, counts: NeighborFamilyView, version: number, now: number): string {
  const up = neighbor.state === 'Established'
  const seconds = upDownSeconds(neighbor, now)
  // An address wider than its column stands on a line of its own, as IOS does it.
  const name =
    neighbor.address.length > 15 ? `${neighbor.address}\n${' '.repeat(16)}` : left(neighbor.address, 16)
  return [
    `${name}4 ${right(neighbor.remoteAs, 8)}`,
    right(totalMessages(neighbor, 'received'), 7),
    right(totalMessages(neighbor, 'sent'), 7),
    right(up ? version : 1, 6),
    right(0, 3),
    right(neighbor.outputQueue, 4),
    left(seconds === undefined ? 'never' : upDown(seconds), 8),
    right(up ? received(counts) : stateText(neighbor), 8),
  ].join(' ')
}

function maintenanceLine({ maintenance }: StatusView): string[] {
  if (maintenance === undefined) return []
  const by = maintenance.by === undefined ? '' : `, by ${maintenance.by}`
  return [escapeText(`Maintenance: all routes are announced with graceful-shutdown${by}`)]
}

/** Drained neighbors above the table, whose rows have Cisco's columns and no room for it. */
function drainedLine(members: readonly { readonly neighbor: NeighborView }[]): string[] {
  const drained = members.flatMap(({ neighbor: { address, maintenance } }) => {
    if (maintenance === undefined) return []
    return [maintenance.by === undefined ? address : `${address} by ${maintenance.by}`]
  })
  return drained.length === 0 ? [] : [escapeText(`Graceful shutdown: drained ${drained.join(', ')}`)]
}

/**
 * `show ip bgp summary` of one family, in Cisco's layout (which ZebOS-like switches are read with too).
 * @param now milliseconds since 1970
 */
export function showSummary(
  status: StatusView,
  neighbors: readonly NeighborView[],
  family: Family,
  now: number,
  findings: readonly Finding[] = [],
): string {
  const table = status.tables.find((entry) => entry.family === family)
  const version = table?.version ?? 0
  const members = membersOf(neighbors, family)
  const paths = table?.paths ?? 0
  const prefixes = table?.prefixes ?? 0
  const lines = [
    `BGP router identifier ${status.routerId}, local AS number ${status.localAs}`,
    ...maintenanceLine(status),
    ...drainedLine(members),
    ...(status.restarting
      ? ['Restarting: routes are announced when the neighbors have sent theirs again']
      : []),
    `BGP table version is ${version}, main routing table version ${version}`,
    `${prefixes} network entries`,
    `${paths} path entries`,
    `${table?.multipathPrefixes ?? 0} multipath network entries and ${table?.multipathPaths ?? 0} multipath paths`,
    `${table?.attributeSets ?? 0} BGP path attribute entries`,
    `BGP using ${status.memory} total bytes of memory`,
    '',
    HEADER,
    ...members.map(({ neighbor, counts }) => row(neighbor, counts, version, now)),
    '',
    ...nameLines(members.map(({ neighbor }) => neighbor)),
    ...summaryFindings(
      members.map(({ neighbor }) => neighbor),
      findings,
    ),
  ]
  return lines.join('\n')
}

/** `show bgp all summary`: every family that has neighbors under a heading of its own. */
export function showAllSummaries(
  status: StatusView,
  neighbors: readonly NeighborView[],
  now: number,
  findings: readonly Finding[] = [],
): string {
  const families = status.tables
    .map((table) => table.family)
    .filter((family) => membersOf(neighbors, family).length > 0)
  return families
    .map(
      (family) =>
        `For address family: ${familyTitle(family)}\n${showSummary(status, neighbors, family, now, findings)}`,
    )
    .join('\n')
}
