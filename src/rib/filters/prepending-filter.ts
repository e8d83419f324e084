import { prepended } from '../../wire/prepend.js'
import type { AttributeTable } from '../attributes/attributes.js'
import { DerivedSets } from '../attributes/derived-sets.js'
import type { RouteFilter } from '../table.js'

/**
 * An import policy that puts an own AS in front of paths before the policy itself sees them: `local-as` without
 * `no-prepend`, as IOS and FRR do it, so that the AS that neighbors know stays in the path.
 */
export class PrependingFilter implements RouteFilter {
  readonly #policy: RouteFilter | undefined
  readonly #sets: DerivedSets

  /**
   * @param as the own AS that the neighbor knows
   * @param policy undefined lets all pass
   */
  constructor(attributes: AttributeTable, as: number, policy: RouteFilter | undefined) {
    this.#policy = policy
    this.#sets = new DerivedSets(attributes, (attribute) => {
      const read = attributes.get(attribute)
      return attributes.internAttributes({ ...read, asPath: prepended(read.asPath ?? [], [as]) })
    })
  }

  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    const made = this.#sets.of(attribute)
    return this.#policy === undefined ? made : this.#policy.apply(bytes, offset, bits, made)
  }

  /** The filter is used no more. */
  close(): void {
    this.#sets.close()
    this.#policy?.close?.()
  }
}
