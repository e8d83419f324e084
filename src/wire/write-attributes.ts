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

/**
 * The attributes in ascending order, flags as the attribute demands, extended length only where it is needed
 * (RFC 4271 §4.3). With the default options this is the canonical form (canonical.ts). Unknown attributes are
 * written with Partial when transitive.
 * Text that is no address is left out.
 * @throws RangeError when an attribute exceeds 65535 octets
 */
export function writeAttributes(attributes: PathAttributes, options: WriteOptions = {}): Uint8Array {
  const { as4 = true, nextHop = true } = options
  const out = new Writer(128)
  const unknown = [...(attributes.unknown ?? [])].sort((a, b) => a.code - b.code)
  let next = 0
  for (const row of ATTRIBUTE_ROWS) {
    for (; next < unknown.length && unknown[next].code < row.code; next++) writeUnknown(out, unknown[next])
    if (!nextHop && (row.code === AttributeCode.NEXT_HOP || row.code === AttributeCode.MP_REACH_NLRI))
      continue
    const value = row.write(attributes, as4)
    if (value === undefined) continue
    const isPartial = row.flags === (OPTIONAL | TRANSITIVE) && attributes.partial?.includes(row.code)
    writeOne(out, isPartial ? row.flags | PARTIAL : row.flags, row.code, value)
    while (next < unknown.length && unknown[next].code === row.code) next++
  }
  for (; next < unknown.length; next++) writeUnknown(out, unknown[next])
  return out.take()
}

function writeUnknown(out: Writer, { code, flags, value }: UnknownAttribute): void {
  const partial = (flags & TRANSITIVE) === 0 ? 0 : PARTIAL
  writeOne(out, (flags & (OPTIONAL | TRANSITIVE)) | partial, code, value)
}

function writeOne(out: Writer, flags: number, code: number, value: Uint8Array): void {
  if (value.length > 65535) {
    throw new RangeError(`attribute ${code} has ${value.length} octets; 65535 are the most`)
  }
  if (value.length > 255)
    out
      .u8(flags | EXTENDED_LENGTH)
      .u8(code)
      .u16(value.length)
  else out.u8(flags).u8(code).u8(value.length)
  out.bytes(value)
}
