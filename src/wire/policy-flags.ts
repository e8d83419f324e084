/**
 * What policy notes on an attribute set beside its attributes. These flags are stored with the set as an optional
 * non-transitive attribute of the reserved type code 0, which no neighbor can bring in (what is unknown and
 * not transitive is dropped on arrival, RFC 4271 §5) and which is never sent.
 */
import { OPTIONAL } from './attribute-row.js'
import type { UnknownAttribute } from './types.js'

/** The lowest 16 bits are a weight that counts in place of the neighbor's. */
export const POLICY_WEIGHT = 0x10000
/** MULTI_EXIT_DISC was set on the way out: it is sent to other ASes too. */
export const POLICY_MED = 0x20000
/** The next hop was set on the way out, or is to stay: it is sent as it is. */
export const POLICY_NEXT_HOP = 0x40000
/** The own address is the next hop on the way out, whatever the neighbor's setting. */
export const POLICY_NEXT_HOP_SELF = 0x80000
/** Made by an import policy, made by an export policy: what one made is never taken for what came in. */
export const POLICY_IMPORTED = 0x100000
export const POLICY_EXPORTED = 0x200000

/** Type code of the attribute that holds the policy flags (RFC 4271: reserved). */
const POLICY_FLAGS_CODE = 0

/** The policy flags as an attribute. @param policyFlags POLICY_… bits with a weight below, unsigned */
export function policyFlagsAttribute(policyFlags: number): UnknownAttribute {
  const value = Uint8Array.of(policyFlags >>> 24, policyFlags >>> 16, policyFlags >>> 8, policyFlags)
  return { code: POLICY_FLAGS_CODE, flags: OPTIONAL, value }
}

/** True for the flags and type code of the attribute that holds policy flags. */
export function isPolicyFlags(flags: number, code: number): boolean {
  return code === POLICY_FLAGS_CODE && flags === OPTIONAL
}
