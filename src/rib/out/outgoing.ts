/** Outgoing blocks as objects, for views of what is advertised. */
import { formatAddress } from '../../ip/address.js'
import { CANONICAL_CONTEXT } from '../../wire/canonical.js'
import { readAttributes } from '../../wire/read-attributes.js'
import type { PathAttributes } from '../../wire/types.js'
import type { BlockStore } from '../attributes/block-store.js'

/**
 * @param block outgoing block (format: export.ts)
 * @param as4 whether it was made for a session with 4-octet AS numbers
 */
export function readOutgoing(blocks: BlockStore, block: number, as4: boolean): PathAttributes {
  const octets = blocks.octets(block)
  const length = octets[0]
  const context = { ...CANONICAL_CONTEXT, as4 }
  const attributes = readAttributes(octets, 1 + length, octets.length, context)
  if (length === 0) return attributes
  const nextHop = formatAddress(octets.subarray(1, 17))
  if (length === 16) return { ...attributes, nextHop }
  return { ...attributes, nextHop, linkLocalNextHop: formatAddress(octets.subarray(17, 33)) }
}
