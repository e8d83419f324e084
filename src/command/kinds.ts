/** The kinds of arguments of the operational commands. */

import { readAddress, readAs } from '../config/text/values.js'
import { type Kinds, kindsOf } from '../grammar/kinds.js'
import { canonicalAddress, parseIPv4 } from '../ip/address.js'
import { canonicalPrefix } from '../ip/prefix.js'
import { neighborKey, parseNeighborName } from '../session/neighbor-key.js'

/** Length of the prefix that a contiguous IPv4 network mask stands for, 0 to 32; undefined for other texts. */
export function maskLength(text: string): number | undefined {
  const mask = parseIPv4(text)
  if (mask === undefined) return undefined
  const zeros = 32 - Math.clz32(~mask)
  // All the bits behind the last one that is set, and no others, are clear.
  return (~mask & (~mask + 1)) === 0 ? 32 - zeros : undefined
}

/**
 * `neighbor`: a neighbor's key. `target`: an address or a prefix, canonical, bits behind the length cleared.
 * `subject`: either.
 * `mask`: an IPv4 network mask. `as`: an AS number. `MIN-MAX`, `word` and `rest` beside them.
 */
export const KINDS: Kinds = kindsOf({
  neighbor: {
    placeholder: 'A.B.C.D or X:X::X:X',
    help: 'address of a neighbor; ADDRESS#AS where two neighbors share it',
    example: '192.168.95.210',
    read: (text) => {
      const name = parseNeighborName(text)
      if (name !== undefined) return { value: neighborKey(name.address, name.remoteAs) }
      const read = readAddress(text)
      return 'problem' in read ? read : { problem: `\`${text}\` is no neighbor` }
    },
  },
  target: {
    placeholder: 'A.B.C.D[/M] or X:X::X:X[/M]',
    help: 'a prefix, or an address: the longest prefix that covers it',
    example: '192.168.95.123/32',
    read: (text) => {
      const value = canonicalAddress(text) ?? canonicalPrefix(text)
      return value === undefined ? { problem: `\`${text}\` is no address and no prefix` } : { value }
    },
  },
  subject: {
    placeholder: 'A.B.C.D[/M] or X:X::X:X[/M]',
    help: 'a neighbor, a prefix, a next hop, or an address that a prefix covers',
    example: '192.168.95.123/32',
    read: (text) => {
      const name = parseNeighborName(text)
      if (name !== undefined) return { value: neighborKey(name.address, name.remoteAs) }
      const value = canonicalPrefix(text)
      return value === undefined ? { problem: `\`${text}\` is no address and no prefix` } : { value }
    },
  },
  mask: {
    placeholder: 'A.B.C.D',
    help: 'network mask of an IPv4 prefix',
    example: '255.255.255.0',
    read: (text) =>
      maskLength(text) === undefined ? { problem: `\`${text}\` is no network mask` } : { value: text },
  },
  as: {
    placeholder: '<1-4294967295>',
    help: 'AS number of neighbors, plain or asdot',
    example: '64512',
    read: readAs,
  },
})
