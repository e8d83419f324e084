/** Attribute sets by number, with the references that policies hold. */
import type { PolicyAttributes } from '../../../src/policy/route-rules.js'
import type { PathAttributes } from '../../../src/wire/types.js'

export class Sets implements PolicyAttributes {
  readonly sets: { attributes: PathAttributes; marks: number }[] = [{ attributes: {}, marks: 0 }]
  readonly refs = new Map<number, number>()
  reads = 0
  readonly #listeners = new Set<(id: number) => void>()

  get(id: number): PathAttributes {
    this.reads++
    return this.sets[id].attributes
  }

  policyFlagsOf(id: number): number {
    return this.sets[id].marks
  }

  internAttributes(attributes: PathAttributes, marks = 0): number {
    const key = JSON.stringify([attributes, marks])
    const known = this.sets.findIndex((one) => JSON.stringify([one.attributes, one.marks]) === key)
    return known > 0 ? known : this.sets.push({ attributes, marks }) - 1
  }

  retain(id: number): void {
    this.refs.set(id, (this.refs.get(id) ?? 0) + 1)
  }

  release(id: number): void {
    this.refs.set(id, (this.refs.get(id) ?? 0) - 1)
  }

  onFree(listener: (id: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  free(id: number): void {
    for (const listener of this.#listeners) listener(id)
  }
}
