/** Where findings stand in the switch's views. */

import { ofNeighbor, ofPrefix } from '../diagnose/model/about.js'
import { type Finding, firstLine } from '../diagnose/model/finding.js'
import { absentees, sessionText } from '../diagnose/model/routes.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteView } from '../views/model/route.js'
import { escapeText } from './text.js'

const line = (finding: Finding) => escapeText(firstLine(finding))

/**
 * Below a summary: the worst finding of each of its neighbors, notes left out, and of those who want to be neighbors.
 * A line each, after an empty one; none when all is well.
 */
export function summaryFindings(neighbors: readonly NeighborView[], findings: readonly Finding[]): string[] {
  const worse = findings.filter(({ severity }) => severity !== 'note')
  const worst = neighbors.flatMap(({ key }) => ofNeighbor(worse, key).slice(0, 1))
  const others = worse.filter(({ subject }) => subject.type === 'address')
  const lines = [...worst, ...others].map(line)
  return lines.length === 0 ? [] : [...lines, '']
}

/** At the head of a neighbor's block: all that is found of it, a line each. */
export function neighborFindings({ key }: NeighborView, findings: readonly Finding[]): string[] {
  return ofNeighbor(findings, key).map((finding) => `  ${finding.severity}: ${line(finding)}`)
}

/** At the end of a prefix: who announces it not, though its like do, and what is found of it. */
export function prefixFindings(
  route: RouteView,
  neighbors: readonly NeighborView[],
  findings: readonly Finding[],
): string[] {
  const missing = absentees({ neighbors }, route).map(
    (neighbor) => `${neighbor.name ?? neighbor.address} (${sessionText(neighbor, route.family)})`,
  )
  return [
    ...(missing.length === 0 ? [] : [escapeText(`  Not from: ${missing.join(', ')}`)]),
    ...ofPrefix(findings, route.prefix).map((finding) => `  ${finding.severity}: ${line(finding)}`),
  ]
}
