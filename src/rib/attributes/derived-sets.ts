import type { AttributeTable } from './attributes.js'

/**
 * Attribute sets that were made from others by one rule, each worked out once. What was made is held as long as
 * the set that it was made from is there, so that a path that comes again finds it.
 */
export class DerivedSets {
  readonly #attributes: AttributeTable
  readonly #make: (attribute: number) => number
  readonly #made = new Map<number, number>()
  readonly #unsubscribe: () => void

  /** @param make the rule: from a set's id to that of the set that replaces it, which may be the same */
  constructor(attributes: AttributeTable, make: (attribute: number) => number) {
    this.#attributes = attributes
    this.#make = make
    this.#unsubscribe = attributes.blocks.onFree((id) => this.#forget(id))
  }

  /** @returns id of the set that replaces `attribute` */
  of(attribute: number): number {
    const known = this.#made.get(attribute)
    if (known !== undefined) return known
    const made = this.#make(attribute)
    if (made !== attribute) this.#attributes.retain(made)
    this.#made.set(attribute, made)
    return made
  }

  /** Lets go of what is held. */
  close(): void {
    this.#unsubscribe()
    for (const [attribute, made] of this.#made) if (made !== attribute) this.#attributes.release(made)
    this.#made.clear()
  }

  #forget(id: number): void {
    const made = this.#made.get(id)
    if (made === undefined) return
    this.#made.delete(id)
    if (made !== id) this.#attributes.release(made)
  }
}
