/** What this machine knows of the way to a neighbor. */

import type { CounterName, NeighborReach, SynFact } from '../../host/model.js'
import type { NeighborOptions } from '../../speaker/model/options.js'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { Facts } from './facts.js'

/** How its address is reached; undefined where that is not known. */
export function reachOf({ host }: Facts, { address }: NeighborView): NeighborReach | undefined {
  const network = host?.network
  return network?.known ? network.neighbors.find((one) => one.address === address) : undefined
}

/** SYNs that it sent; undefined where nobody looks, null where none came. */
export function synOf({ host }: Facts, { address }: NeighborView): SynFact | null | undefined {
  const arrivals = host?.arrivals
  if (!arrivals?.known) return undefined
  const [bare] = address.split('%')
  return arrivals.syns.find(({ from }) => from.split('%')[0] === bare) ?? null
}

/** Growth of a counter in the last minutes; 0 where this kernel does not have it. */
export function recentOf({ host }: Facts, name: CounterName): number {
  return host?.counters.find((counter) => counter.name === name)?.recent ?? 0
}

/** What is configured of it; of a neighbor from a listen range undefined. */
export function optionsOf({ config }: Facts, { address }: NeighborView): NeighborOptions | undefined {
  return config.bgp.neighbors.find((options) => options.address === address)
}
