import { ATTR_HAS_OTC, type AttributeTable } from '../attributes/attributes.js'
import { DerivedSets } from '../attributes/derived-sets.js'
import type { RouteFilter } from '../table.js'

/**
 * An import policy that puts Only to Customer (RFC 9234 §5) on what has none, after the policy itself.
 */
export class OtcFilter implements RouteFilter {
  readonly #attributes: AttributeTable
  readonly #policy: RouteFilter | undefined
  readonly #sets: DerivedSets

  /**
   * @param as the neighbor's AS, the value of Only to Customer
   * @param policy undefined lets all pass
   */
  constructor(attributes: AttributeTable, as: number, policy: RouteFilter | undefined) {
    this.#attributes = attributes
    this.#policy = policy
    this.#sets = new DerivedSets(attributes, (attribute) =>
      attributes.internAttributes(
        { ...attributes.get(attribute), otc: as },
        attributes.policyFlagsOf(attribute),
      ),
    )
  }

  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    const use = this.#policy === undefined ? attribute : this.#policy.apply(bytes, offset, bits, attribute)
    if (use === 0 || (this.#attributes.flags[use] & ATTR_HAS_OTC) !== 0) return use
    return this.#sets.of(use)
  }

  /** The filter is used no more. */
  close(): void {
    this.#sets.close()
    this.#policy?.close?.()
  }
}
