/** Path attributes as an object, read from octets: the cold way, for show, policy, tests and tools. */
import { type AttributeDraft, EXTENDED_LENGTH, OPTIONAL, PARTIAL, TRANSITIVE } from './attribute-row.js'
import { ATTRIBUTES } from './attributes.js'
import { Block, canonicalize, type NextHopForm } from './canonical.js'
import { AttributeScan } from './scan.js'
import { scanAttributes } from './scan-attributes.js'
import type { DecodeContext, PathAttributes, UnknownAttribute } from './types.js'

/**
 * Reads a block as a session sent it, or canonical octets (with CANONICAL_CONTEXT). Attributes that are
 * malformed or to be discarded are left out; no octets make it throw.
 * @param form which next hop to read when the block has two; by default that of MP_REACH_NLRI
 */
export function readAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: DecodeContext,
  form?: NextHopForm,
): PathAttributes {
  const scan = new AttributeScan()
  scanAttributes(bytes, start, end, false, context, scan)
  return readScanned(bytes, scan, form)
}

/** The same for a block that was scanned just now. */
export function readScanned(bytes: Uint8Array, scan: AttributeScan, form?: NextHopForm): PathAttributes {
  const block = new Block()
  canonicalize(bytes, scan, form ?? (scan.reachAfi === 0 ? 'field' : 'reach'), block)
  return readCanonical(block.bytes, 0, block.length)
}

/** Reads octets that are in canonical form. */
export function readCanonical(bytes: Uint8Array, start: number, end: number): PathAttributes {
  const draft: AttributeDraft = {}
  const unknown: UnknownAttribute[] = []
  const partial: number[] = []
  for (let at = start; at < end; ) {
    const flags = bytes[at]
    const code = bytes[at + 1]
    const extended = (flags & EXTENDED_LENGTH) !== 0
    const value = extended ? at + 4 : at + 3
    const length = extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]
    at = value + length
    const row = ATTRIBUTES[code]
    if (row === undefined) {
      const kept = flags & (OPTIONAL | TRANSITIVE | PARTIAL)
      unknown.push({ code, flags: kept, value: bytes.slice(value, at) })
    } else {
      row.read(bytes, value, at, draft)
      if ((flags & PARTIAL) !== 0) partial.push(code)
    }
  }
  if (unknown.length > 0) draft.unknown = [...(draft.unknown ?? []), ...unknown]
  if (partial.length > 0) draft.partial = partial
  return draft
}
