/** Route policies ready for the hot path: nothing is allocated for a route whose like was seen before. */
import type { Family } from '../ip/family.js'
import { PrefixRules } from './prefix-rules.js'
import { type PolicyAttributes, RouteRules } from './route-rules.js'
import type { PrefixRule, RoutePolicy } from './types.js'

/** A policy of one neighbor, family and direction, compiled. */
export interface CompiledPolicy {
  /**
   * @param bytes address octets of a prefix from `offset`; those that hold its `bits` bits are read
   * @param attribute id of the attribute set that it comes with
   * @returns the attribute set to use instead, or the same; 0: the route is rejected
   */
  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number
  /** Gives up what is kept of attribute sets. */
  close?(): void
}

/** Which way routes go through a policy. */
export type Direction = 'in' | 'out'

/** Rejects everything. */
const REJECT_ALL: CompiledPolicy = { apply: () => 0 }

/**
 * Compiles a policy for one family. Prefix rules of the other family match nothing there.
 * @param attributes the attribute sets that routes come with
 * @returns undefined for a policy that lets all pass unchanged
 * @throws RangeError for a rule whose prefix is none, or whose lengths are not prefix length ≤ ge ≤ le ≤ width
 * @throws SyntaxError for a regular expression that is none
 */
export function compilePolicy(
  policy: RoutePolicy,
  family: Family,
  attributes: PolicyAttributes,
  direction: Direction,
): CompiledPolicy | undefined {
  if (policy === 'all') return undefined
  if (policy === 'none') return REJECT_ALL
  return isList(policy) ? listOf(policy, family) : new RouteRules(policy, family, attributes, direction)
}

/** Compiles a policy only to see whether that can be done. @throws RangeError, SyntaxError as compilePolicy() */
export function checkPolicy(policy: RoutePolicy, family: Family): void {
  compilePolicy(policy, family, NO_ATTRIBUTES, 'out')?.close?.()
}

/** Attribute sets where there are none. */
const NO_ATTRIBUTES: PolicyAttributes = {
  get: () => ({}),
  policyFlagsOf: () => 0,
  internAttributes: () => 0,
  retain() {},
  release() {},
  onFree: () => () => {},
}

/** Text that is equal for policies that do the same, for grouping neighbors. */
export function policyKey(policy: RoutePolicy): string {
  if (typeof policy === 'string') return policy
  if (!isList(policy)) return JSON.stringify(policy)
  return policy.map(({ action, prefix, ge, le }) => `${action} ${prefix} ${ge}-${le}`).join(',')
}

/** True for a prefix list alone. */
export function isList(policy: Exclude<RoutePolicy, string>): policy is readonly PrefixRule[] {
  return Array.isArray(policy)
}

function listOf(rules: readonly PrefixRule[], family: Family): CompiledPolicy {
  const list = new PrefixRules(rules, family)
  return {
    apply: (bytes, offset, bits, attribute) => (list.permits(bytes, offset, bits) ? attribute : 0),
  }
}
