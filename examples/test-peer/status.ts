import type { NeighborView, StatusView } from 'ecmpd'
import { version } from 'ecmpd'

/** One line about a running daemon, from what its HTTP API answers: `ecmpd` has the types. */
export function summary(status: StatusView, neighbors: readonly NeighborView[]): string {
  const up = neighbors.filter(({ state }) => state === 'Established').length
  const same = status.version === version ? '' : ` (version ${status.version})`
  return `AS ${status.localAs}: ${up} of ${neighbors.length} neighbors up${same}`
}
