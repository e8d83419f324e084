import { Community } from '../wire/community.js'
import { ATTR_GRACEFUL_SHUTDOWN, type AttributeTable } from './attributes.js'
import type { RouteFilter } from './table.js'

/** Whose paths are lowered: those that say GRACEFUL_SHUTDOWN, or all of a neighbour that is being drained. */
export type Lowered = 'marked' | 'all'

/**
 * An import policy that gives LOCAL_PREF 0 to paths with GRACEFUL_SHUTDOWN (RFC 8326 §4.1), after the policy
 * itself, which may have put the community there or taken it off. A neighbour that is being drained has the
 * community put on all its paths, so that the whole AS hears of it. What was made is held as long as the set
 * that it was made from is there.
 */
export class LoweringFilter implements RouteFilter {
  readonly #attributes: AttributeTable
  readonly #lowered: Lowered
  readonly #policy: RouteFilter | undefined
  readonly #made = new Map<number, number>()
  readonly #unsubscribe: () => void

  /** @param policy undefined lets all pass */
  constructor(attributes: AttributeTable, lowered: Lowered, policy: RouteFilter | undefined) {
    this.#attributes = attributes
    this.#lowered = lowered
    this.#policy = policy
    this.#unsubscribe = attributes.blocks.onFree((id) => this.#forget(id))
  }

  /** As RouteFilter says. */
  passes(attribute: number): boolean {
    return (
      this.#policy === undefined &&
      this.#lowered === 'marked' &&
      (this.#attributes.flags[attribute] & ATTR_GRACEFUL_SHUTDOWN) === 0
    )
  }

  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    const use = this.#policy === undefined ? attribute : this.#policy.apply(bytes, offset, bits, attribute)
    if (use === 0) return 0
    if (this.#lowered === 'marked' && (this.#attributes.flags[use] & ATTR_GRACEFUL_SHUTDOWN) === 0) return use
    return this.#made.get(use) ?? this.#make(use)
  }

  /** The filter is used no more. */
  close(): void {
    this.#unsubscribe()
    for (const [use, made] of this.#made) if (made !== use) this.#attributes.release(made)
    this.#made.clear()
    this.#policy?.close?.()
  }

  #make(use: number): number {
    const attributes = this.#attributes
    const { communities = [], ...rest } = attributes.get(use)
    const marked = communities.includes(Community.GRACEFUL_SHUTDOWN)
      ? communities
      : [...communities, Community.GRACEFUL_SHUTDOWN]
    const lowered = { ...rest, communities: marked, localPref: 0 }
    const made = attributes.internAttributes(lowered, attributes.marksOf(use))
    if (made !== use) attributes.retain(made)
    this.#made.set(use, made)
    return made
  }

  #forget(id: number): void {
    const made = this.#made.get(id)
    if (made === undefined) return
    this.#made.delete(id)
    if (made !== id) this.#attributes.release(made)
  }
}
