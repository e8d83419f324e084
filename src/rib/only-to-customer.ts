import { ATTR_HAS_OTC, type AttributeTable } from './attributes.js'
import type { RouteFilter } from './table.js'

/**
 * An import policy that puts Only to Customer (RFC 9234 §5) on what has none, after the policy itself. Marked
 * sets are remembered as long as both they and the ones that they were made from are there.
 */
export class MarkingFilter implements RouteFilter {
  readonly #attributes: AttributeTable
  readonly #as: number
  readonly #policy: RouteFilter | undefined
  readonly #marked = new Map<number, number>()
  readonly #origin = new Map<number, number>()
  readonly #unsubscribe: () => void

  /**
   * @param as the neighbour's AS, the value of the mark
   * @param policy undefined lets all pass
   */
  constructor(attributes: AttributeTable, as: number, policy: RouteFilter | undefined) {
    this.#attributes = attributes
    this.#as = as
    this.#policy = policy
    this.#unsubscribe = attributes.blocks.onFree((id) => this.#forget(id))
  }

  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    const use = this.#policy === undefined ? attribute : this.#policy.apply(bytes, offset, bits, attribute)
    if (use === 0 || (this.#attributes.flags[use] & ATTR_HAS_OTC) !== 0) return use
    const known = this.#marked.get(use)
    if (known !== undefined) return known
    const marks = this.#attributes.marksOf(use)
    const made = this.#attributes.internAttributes({ ...this.#attributes.get(use), otc: this.#as }, marks)
    this.#marked.set(use, made)
    this.#origin.set(made, use)
    return made
  }

  /** The filter is used no more. */
  close(): void {
    this.#unsubscribe()
    this.#policy?.close?.()
  }

  #forget(id: number): void {
    const made = this.#marked.get(id)
    if (made !== undefined) {
      this.#marked.delete(id)
      this.#origin.delete(made)
    }
    const origin = this.#origin.get(id)
    if (origin !== undefined) {
      this.#origin.delete(id)
      this.#marked.delete(origin)
    }
  }
}
