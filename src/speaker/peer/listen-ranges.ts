/** Which listen range an address belongs to, and the options of the neighbor that it makes. */

import { parseAddress } from '../../ip/address.js'
import { contains, type Prefix, parsePrefix } from '../../ip/prefix.js'
import type { ListenRange, NeighborOptions } from '../model/options.js'

/** The listen range with the longest prefix that covers `address` (a zone is ignored), if any. */
export function rangeFor(ranges: readonly ListenRange[], address: string): ListenRange | undefined {
  const parsed = parseAddress(address)
  if (parsed === undefined) return undefined
  const host: Prefix = { family: parsed.family, bytes: parsed.bytes, length: parsed.bytes.length * 8 }
  let best: ListenRange | undefined
  let bestLength = -1
  for (const range of ranges) {
    const prefix = parsePrefix(range.prefix)
    if (prefix === undefined || prefix.length <= bestLength || !contains(prefix, host)) continue
    best = range
    bestLength = prefix.length
  }
  return best
}

/** Options of a neighbor that came from a listen range: it is waited for, never dialled. */
export function dynamicOptions(range: ListenRange, address: string): NeighborOptions {
  return { ...range.template, address, passive: true }
}
