import { Community } from '../../wire/community.js'
import { ATTR_GRACEFUL_SHUTDOWN, type AttributeTable } from '../attributes/attributes.js'
import { DerivedSets } from '../attributes/derived-sets.js'
import type { RouteFilter } from '../table.js'

/** Whose paths are lowered: those that say GRACEFUL_SHUTDOWN, or all of a neighbor that is being drained. */
export type Lowered = 'marked' | 'all'

/**
 * An import policy that gives LOCAL_PREF 0 to paths with GRACEFUL_SHUTDOWN (RFC 8326 §4.1), after the policy
 * itself, which may have put the community there or taken it off. A neighbor that is being drained has the
 * community put on all its paths, so that the whole AS hears of it.
 */
export class GracefulShutdownFilter implements RouteFilter {
  readonly #attributes: AttributeTable
  readonly #lowered: Lowered
  readonly #policy: RouteFilter | undefined
  readonly #sets: DerivedSets

  /** @param policy undefined lets all pass */
  constructor(attributes: AttributeTable, lowered: Lowered, policy: RouteFilter | undefined) {
    this.#attributes = attributes
    this.#lowered = lowered
    this.#policy = policy
    this.#sets = new DerivedSets(attributes, (attribute) => this.#lower(attribute))
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
    return this.#sets.of(use)
  }

  /** The filter is used no more. */
  close(): void {
    this.#sets.close()
    this.#policy?.close?.()
  }

  #lower(attribute: number): number {
    const { communities = [], ...rest } = this.#attributes.get(attribute)
    const marked = communities.includes(Community.GRACEFUL_SHUTDOWN)
      ? communities
      : [...communities, Community.GRACEFUL_SHUTDOWN]
    const lowered = { ...rest, communities: marked, localPref: 0 }
    return this.#attributes.internAttributes(lowered, this.#attributes.policyFlagsOf(attribute))
  }
}
