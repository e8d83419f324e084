/** Path attributes as octets, written from an object: the cold way. */
import { EXTENDED_LENGTH, OPTIONAL, PARTIAL, TRANSITIVE } from './attribute-row.js'
import { ATTRIBUTE_ROWS } from './attributes.js'
import { AttributeCode } from './codes.js'
import type { PathAttributes, UnknownAttribute } from './types.js'
import { Writer } from './writer.js'

export interface WriteOptions {
  /** False: for a peer without 4-octet AS numbers (RFC 6793 §4.2.2). Default true. */
  readonly as4?: boolean
  /** False leaves the next hop out; an UpdateWriter adds its own. Default true. */
  readonly nextHop?: boolean
}

/** Reused by every call: a buffer for each costs more than the writing. */
const scratch = new Writer(4096)

/**
 * The attributes in ascending order, flags as the attribute demands, extended length only where it is needed
 * (RFC 4271 §4.3). With the default options this is the canonical form (canonical.ts). Unknown attributes are
 * written with Partial when transitive.
 * Text that is no address is left out.
 * @throws RangeError when an attribute exceeds 65535 octets
 */
export function writeAttributes(attributes: PathAttributes, options: WriteOptions = {}): Uint8Array {
  const { as4 = true, nextHop = true } = options
  const out = scratch
  out.cut(0)
  const unknown = [...(attributes.unknown ?? [])].sort((a, b) => a.code - b.code)
  let next = 0
  for (const row of ATTRIBUTE_ROWS) {
    for (; next < unknown.length && unknown[next].code < row.code; next++) writeUnknown(out, unknown[next])
    if (!nextHop && (row.code === AttributeCode.NEXT_HOP || row.code === AttributeCode.MP_REACH_NLRI))
      continue
    const start = out.length
    out.u8(row.flags).u8(row.code).u8(0)
    if (!row.write(attributes, as4, out)) {
      out.cut(start)
      continue
    }
    if (row.flags === (OPTIONAL | TRANSITIVE) && attributes.partial?.includes(row.code)) {
      out.patch8(start, row.flags | PARTIAL)
    }
    finishOne(out, start)
    while (next < unknown.length && unknown[next].code === row.code) next++
  }
  for (; next < unknown.length; next++) writeUnknown(out, unknown[next])
  return out.take()
}

function writeUnknown(out: Writer, { code, flags, value }: UnknownAttribute): void {
  const partial = (flags & TRANSITIVE) === 0 ? 0 : PARTIAL
  const start = out.length
  out
    .u8((flags & (OPTIONAL | TRANSITIVE)) | partial)
    .u8(code)
    .u8(0)
    .bytes(value)
  finishOne(out, start)
}

/** Fills in the length of the attribute that starts at `start` with a header of three octets. */
function finishOne(out: Writer, start: number): void {
  const length = out.length - start - 3
  if (length > 65535) {
    throw new RangeError(`attribute ${out.at(start + 1)} has ${length} octets; 65535 are the most`)
  }
  out.patch8(start + 2, length)
  if (length <= 255) return
  out.patch8(start, out.at(start) | EXTENDED_LENGTH)
  out.insert8(start + 2, length >>> 8)
}
