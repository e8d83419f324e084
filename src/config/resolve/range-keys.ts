/** Whether the neighbors of a listen range can get in past the range's password. */

import { parseAddress } from '../../ip/address.js'
import { contains, parsePrefix } from '../../ip/prefix.js'
import type { ListenRange, NeighborOptions } from '../../speaker/model/options.js'
import type { Resolution } from './resolution.js'

/** The kernel asks all addresses of a range for the range's key; a neighbor without one can't get in. */
export function checkRangeKeys(
  neighbors: readonly NeighborOptions[],
  ranges: readonly ListenRange[],
  context: Resolution,
): void {
  const keyed = ranges.flatMap(({ prefix, template }) => {
    const parsed = parsePrefix(prefix)
    return template.password === undefined || parsed === undefined ? [] : [parsed]
  })
  if (keyed.length === 0) return
  for (const [i, { address, password }] of neighbors.entries()) {
    const parsed = parseAddress(address)
    if (password !== undefined || parsed === undefined) continue
    const host = { family: parsed.family, bytes: parsed.bytes, length: parsed.bytes.length * 8 }
    if (!keyed.some((range) => contains(range, host))) continue
    context.warn(
      ['neighbors', i, 'address'],
      `${address} has no password, but lies in a listen range that has one: the kernel refuses its connections`,
      'give it a password too',
    )
  }
}
