import { AS_SEQUENCE, type AsPathSegment } from '../wire/types.js'
import type { AttributeTable } from './attributes.js'
import type { RouteFilter } from './table.js'

/**
 * An import policy that puts an own AS in front of paths before the policy itself sees them: `local-as` without
 * `no-prepend`, as IOS and FRR do it, so that the AS that neighbours know stays in the path. The new sets are
 * remembered as long as both they and the ones that they were made from are there.
 */
export class PrependingFilter implements RouteFilter {
  readonly #attributes: AttributeTable
  readonly #as: number
  readonly #policy: RouteFilter | undefined
  readonly #made = new Map<number, number>()
  readonly #origin = new Map<number, number>()
  readonly #unsubscribe: () => void

  /**
   * @param as the own AS that the neighbour knows
   * @param policy undefined lets all pass
   */
  constructor(attributes: AttributeTable, as: number, policy: RouteFilter | undefined) {
    this.#attributes = attributes
    this.#as = as
    this.#policy = policy
    this.#unsubscribe = attributes.blocks.onFree((id) => this.#forget(id))
  }

  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    const made = this.#made.get(attribute) ?? this.#make(attribute)
    return this.#policy === undefined ? made : this.#policy.apply(bytes, offset, bits, made)
  }

  /** The filter is used no more. */
  close(): void {
    this.#unsubscribe()
    this.#policy?.close?.()
  }

  #make(attribute: number): number {
    const read = this.#attributes.get(attribute)
    const [first, ...rest] = read.asPath ?? []
    const asPath: readonly AsPathSegment[] =
      first?.type === AS_SEQUENCE && first.asns.length < 255
        ? [{ type: AS_SEQUENCE, asns: [this.#as, ...first.asns] }, ...rest]
        : [{ type: AS_SEQUENCE, asns: [this.#as] }, ...(read.asPath ?? [])]
    const made = this.#attributes.internAttributes({ ...read, asPath })
    this.#made.set(attribute, made)
    this.#origin.set(made, attribute)
    return made
  }

  #forget(id: number): void {
    const made = this.#made.get(id)
    if (made !== undefined) {
      this.#made.delete(id)
      this.#origin.delete(made)
    }
    const origin = this.#origin.get(id)
    if (origin !== undefined) {
      this.#origin.delete(id)
      this.#made.delete(origin)
    }
  }
}
