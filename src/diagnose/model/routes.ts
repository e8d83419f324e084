/** What routes tell of the neighbors that could announce them. */

import type { Family } from '../../ip/family.js'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { RouteView } from '../../views/model/route.js'
import type { Facts } from './facts.js'

/** Neighbors that carry a family, or would, and are not shut down: those that a prefix could come from. */
function sources({ neighbors }: Pick<Facts, 'neighbors'>, family: Family): readonly NeighborView[] {
  return neighbors.filter(
    (neighbor) => !neighbor.adminDown && neighbor.families.some((one) => one.family === family),
  )
}

/** Those of the same AS as a neighbor with a path of this prefix that have none themselves. */
export function absentees(facts: Pick<Facts, 'neighbors'>, route: RouteView): readonly NeighborView[] {
  const present = new Set(route.paths.map(({ neighbor }) => neighbor))
  const able = sources(facts, route.family)
  const ases = new Set(able.filter(({ key }) => present.has(key)).map(({ remoteAs }) => remoteAs))
  return able.filter(({ key, remoteAs }) => !present.has(key) && ases.has(remoteAs))
}

/** 'Established, 0 prefixes', 'Active': what a neighbor's session says about why it has no path. */
export function sessionText(neighbor: NeighborView, family: Family): string {
  const counts = neighbor.families.find((one) => one.family === family)
  if (neighbor.state !== 'Established') return neighbor.state
  const received = counts?.prefixesReceived ?? 0
  return `Established, ${received} ${received === 1 ? 'prefix' : 'prefixes'}`
}
