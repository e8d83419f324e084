/** Whether a path has been here before (RFC 4271 §9.1.2). Pure. */

import type { AttributeTable } from '../../rib/attributes/attributes.js'

/**
 * True when a path went through an own AS more often than it may (RFC 4271 §9.1.2, and `allowas-in` of IOS and
 * FRR). Where the neighbor knows another AS than the speaker's own, both count, each for itself.
 * @param attribute the set as received
 * @param localAs the AS that the neighbor knows
 * @param realAs the speaker's AS
 * @param allowed how often; 'origin': any number of times in a path that begins in an own AS; undefined: never
 */
export function hasAsLoop(
  attributes: AttributeTable,
  attribute: number,
  localAs: number,
  realAs: number,
  allowed: number | 'origin' | undefined,
): boolean {
  if (allowed === 'origin') {
    const origin = attributes.originAs[attribute]
    if (origin === realAs || origin === localAs) return false
  } else if (allowed !== undefined) {
    const times = attributes.countAs(attribute, localAs)
    return times > allowed || (localAs !== realAs && attributes.countAs(attribute, realAs) > allowed)
  }
  return attributes.hasAs(attribute, localAs) || (localAs !== realAs && attributes.hasAs(attribute, realAs))
}
