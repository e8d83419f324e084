/** How sentences name those they speak of. */

import type { NeighborView } from '../../views/model/neighbor.js'
import type { Facts } from './facts.js'

/** 'k8s-master-0 (192.168.95.210)'; the address alone where nobody gave it a name. */
export function nameOf({ address, name }: NeighborView): string {
  return name === undefined ? address : `${name} (${address})`
}

/** A sentence that begins with the neighbor's address, with its name in that place. */
export function named(neighbor: NeighborView, sentence: string): string {
  const { address } = neighbor
  return sentence.startsWith(`${address} `) ? nameOf(neighbor) + sentence.slice(address.length) : sentence
}

/** The neighbor of a key, as far as there is one. */
export function neighborOf({ neighbors }: Pick<Facts, 'neighbors'>, key: string): NeighborView | undefined {
  return neighbors.find((neighbor) => neighbor.key === key)
}

/** 'a', 'a and b', 'a, b and 3 more'. */
export function listed(texts: readonly string[], most = 5): string {
  const shown = texts.length > most ? [...texts.slice(0, most), `${texts.length - most} more`] : texts
  if (shown.length < 2) return shown[0] ?? ''
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Seconds as people say them: '40 s', '3 min', '2 h'. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} days`
}
