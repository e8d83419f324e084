/**
 * What policy notes on an attribute set beside its attributes. Marks are stored with the set as an optional
 * non-transitive attribute of the reserved type code 0, which no neighbor can bring in (what is unknown and
 * not transitive is dropped on arrival, RFC 4271 §5) and which is never sent.
 */
import { OPTIONAL } from './attribute-row.js'
import type { UnknownAttribute } from './types.js'

/** The lowest 16 bits are a weight that counts in place of the neighbor's. */
export const MARK_WEIGHT = 0x10000
/** MULTI_EXIT_DISC was set on the way out: it is sent to other ASes too. */
export const MARK_MED = 0x20000
/** The next hop was set on the way out, or is to stay: it is sent as it is. */
export const MARK_NEXT_HOP = 0x40000
/** The own address is the next hop on the way out, whatever the neighbor's setting. */
export const MARK_SELF = 0x80000
/** Made by an import policy, made by an export policy: what one made is never taken for what came in. */
export const MARK_IMPORTED = 0x100000
export const MARK_EXPORTED = 0x200000

/** Type code of the attribute that holds the marks (RFC 4271: reserved). */
const MARKS_CODE = 0

/** The marks as an attribute. @param marks MARK_… bits with a weight below, unsigned */
export function marksAttribute(marks: number): UnknownAttribute {
  const value = Uint8Array.of(marks >>> 24, marks >>> 16, marks >>> 8, marks)
  return { code: MARKS_CODE, flags: OPTIONAL, value }
}

/** True for the flags and type code of the attribute that holds marks. */
export function isMarks(flags: number, code: number): boolean {
  return code === MARKS_CODE && flags === OPTIONAL
}
