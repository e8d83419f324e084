/** The shape of a row of the attribute table (attributes.ts), and what rows share. */
import { UpdateError } from './codes.js'
import type { AttributeScan } from './scan.js'
import type { DecodeContext, Fault, PathAttributes, Verdict } from './types.js'
import type { Writer } from './writer.js'

/** Attribute flags (RFC 4271 §4.3). */
export const OPTIONAL = 0x80
export const TRANSITIVE = 0x40
export const PARTIAL = 0x20
export const EXTENDED_LENGTH = 0x10

/** Well-known attributes are transitive (RFC 4271 §4.3). @alias */
export const WELL_KNOWN = TRANSITIVE
export const OPTIONAL_TRANSITIVE = OPTIONAL | TRANSITIVE
/** As many octets as fit. */
export const ANY_LENGTH = 65535

/** PathAttributes while it is being put together. */
export type AttributeDraft = { -readonly [K in keyof PathAttributes]: PathAttributes[K] }

export interface AttributeRow {
  readonly code: number
  readonly name: string
  /** The Optional and Transitive bits that it must have. */
  readonly flags: number
  /** Octets of the value: a multiple of `unit` from `min` to `max`. */
  readonly unit: number
  readonly min: number
  readonly max: number
  /** What a malformed one does (RFC 7606 §7). */
  readonly onFault: Verdict
  /** The RFC and section that says so. */
  readonly rule: string
  /** Subcode of UPDATE Message Error when a flag or length fault ends in a reset; 0: RFC 4271's 3/4 and 3/5. */
  readonly subcode: number
  /** Discarded when an external neighbor sends it (RFC 7606 §7.5, §7.9, §7.10). */
  readonly internalOnly: boolean
  /**
   * Hot: looks at the value in [start, end), whose flags and length are right, and notes what it finds.
   * @returns false when the attribute does not stay (a fault was added, or it is none of the set's)
   */
  scan(bytes: Uint8Array, start: number, end: number, context: DecodeContext, out: AttributeScan): boolean
  /** Cold: reads a sound value in canonical form. */
  read(bytes: Uint8Array, start: number, end: number, draft: AttributeDraft): void
  /** Cold: writes the value. @returns false, with nothing written, when the set has no such attribute */
  write(attributes: PathAttributes, as4: boolean, out: Writer): boolean
}

/** What most rows have: four octets, treat-as-withdraw, nothing to find. */
export const USUAL = {
  unit: 1,
  min: 4,
  max: 4,
  onFault: 'withdraw',
  subcode: 0,
  internalOnly: false,
  scan: () => true,
} as const

/** A fault that lies in one attribute; its octets, header included, become the data. */
export function attributeFault(
  verdict: Verdict,
  subcode: number,
  code: number,
  rule: string,
  text: string,
  data: Uint8Array,
): Fault {
  return { verdict, code: 3, subcode, data, attribute: code, rule, text }
}

/** Adds the fault of a malformed value, with the row's own consequence. @returns false, for `scan` */
export function malformed(
  row: AttributeRow,
  out: AttributeScan,
  bytes: Uint8Array,
  start: number,
  end: number,
  text: string,
  subcode: number = UpdateError.OptionalAttributeError,
): false {
  out.add(
    attributeFault(
      row.onFault,
      row.subcode || subcode,
      row.code,
      row.rule,
      `${row.name} ${text}`,
      attributeOctets(bytes, start, end, row.code),
    ),
  )
  return false
}

/** The whole attribute, header included, whose value lies in [start, end). */
export function attributeOctets(bytes: Uint8Array, start: number, end: number, code: number): Uint8Array {
  const short = bytes[start - 2] === code && bytes[start - 1] === end - start
  return bytes.slice(start - (short ? 3 : 4), end)
}

/** The unsigned 32-bit number whose first octet is at offset `at`, most significant first. */
export function u32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
}

/** Writes an unsigned 32-bit number that may be missing. @returns as `write` */
export function writeU32(value: number | undefined, out: Writer): boolean {
  if (value === undefined) return false
  out.u32(value)
  return true
}

/** Writes unsigned 32-bit numbers; an empty list counts as missing. @returns as `write` */
export function writeU32List(values: readonly number[] | undefined, out: Writer): boolean {
  if (values === undefined || values.length === 0) return false
  for (let i = 0; i < values.length; i++) out.u32(values[i])
  return true
}

/** The unsigned 32-bit numbers in [start, end). */
export function readU32List(bytes: Uint8Array, start: number, end: number): number[] {
  const values: number[] = []
  for (let at = start; at < end; at += 4) values.push(u32At(bytes, at))
  return values
}

/** The octets in [start, end) as copies of `size` each. */
export function readChunks(bytes: Uint8Array, start: number, end: number, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = start; at < end; at += size) chunks.push(bytes.slice(at, at + size))
  return chunks
}

/** Writes chunks one behind the other; an empty list counts as missing. @returns as `write` */
export function writeChunks(chunks: readonly Uint8Array[] | undefined, out: Writer): boolean {
  if (chunks === undefined || chunks.length === 0) return false
  for (const chunk of chunks) out.bytes(chunk)
  return true
}
