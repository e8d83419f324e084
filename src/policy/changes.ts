/** What an entry of a route map sets, carried out on attributes: worked out once for an attribute set. */
import { canonicalAddress } from '../ip/address.js'
import { Community } from '../wire/community.js'
import {
  POLICY_EXPORTED,
  POLICY_IMPORTED,
  POLICY_MED,
  POLICY_NEXT_HOP,
  POLICY_NEXT_HOP_SELF,
  POLICY_WEIGHT,
} from '../wire/policy-flags.js'
import { prepended } from '../wire/prepend.js'
import { communityText, largeCommunityText, parseCommunity, parseLargeCommunity } from '../wire/text.js'
import type { PathAttributes } from '../wire/types.js'
import { communityFilter, firstAs, isLarge } from './conditions.js'
import type { RouteSet } from './types.js'

/** Attributes on their way through a route map, with the policy flags (wire/policy-flags.ts) set so far. */
export interface RouteDraft {
  readonly attributes: PathAttributes
  readonly policyFlags: number
}

type Change = (draft: RouteDraft) => RouteDraft

const U32 = 0xffffffff

/**
 * Compiles what an entry sets.
 * @returns undefined when it sets nothing
 * @throws SyntaxError for a regular expression that is none
 */
export function changeOf(set: RouteSet, direction: 'in' | 'out'): Change | undefined {
  const changes: Change[] = []
  const plain = (make: (attributes: PathAttributes) => PathAttributes, policyFlags = 0) =>
    changes.push((draft) => ({
      attributes: make(draft.attributes),
      policyFlags: draft.policyFlags | policyFlags,
    }))
  const { localPref, origin, weight, nextHop, prepend, prependLast } = set
  if (localPref !== undefined) plain((attributes) => ({ ...attributes, localPref }))
  if (origin !== undefined) plain((attributes) => ({ ...attributes, origin }))
  if (set.med !== undefined)
    plain((attributes) => medOf(attributes, set.med), direction === 'out' ? POLICY_MED : 0)
  if (weight !== undefined && direction === 'in') {
    changes.push(({ attributes, policyFlags }) => ({
      attributes,
      policyFlags: ((policyFlags & ~0xffff) | POLICY_WEIGHT | weight) >>> 0,
    }))
  }
  if (prepend !== undefined) plain((attributes) => withInFront(attributes, prepend))
  if (prependLast !== undefined) {
    plain((attributes) => {
      const as = firstAs(attributes)
      return as === 0 ? attributes : withInFront(attributes, Array<number>(prependLast).fill(as))
    })
  }
  if (nextHop !== undefined) changes.push(nextHopChange(nextHop, direction))
  communityChanges(set, plain)
  if (changes.length === 0) return undefined
  const flag = direction === 'in' ? POLICY_IMPORTED : POLICY_EXPORTED
  return (draft) => {
    let done = draft
    for (const change of changes) done = change(done)
    const attributes = direction === 'out' ? keepingStale(draft.attributes, done.attributes) : done.attributes
    return { attributes, policyFlags: done.policyFlags | flag }
  }
}

/** RFC 9494 §4.3: LLGR_STALE is never taken off on the way out. */
function keepingStale(before: PathAttributes, after: PathAttributes): PathAttributes {
  const { LLGR_STALE } = Community
  if (!before.communities?.includes(LLGR_STALE) || after.communities?.includes(LLGR_STALE)) return after
  return { ...after, communities: [...(after.communities ?? []), LLGR_STALE] }
}

function medOf(attributes: PathAttributes, med: RouteSet['med']): PathAttributes {
  const { med: before, ...rest } = attributes
  if (med === undefined) return attributes
  if (med === 'none') return rest
  const value = typeof med === 'number' ? med : (before ?? 0) + med.change
  return { ...rest, med: Math.min(U32, Math.max(0, value)) }
}

function withInFront(attributes: PathAttributes, asns: readonly number[]): PathAttributes {
  return { ...attributes, asPath: prepended(attributes.asPath ?? [], asns) }
}

function nextHopChange(nextHop: string, direction: 'in' | 'out'): Change {
  if (nextHop === 'self' || nextHop === 'unchanged') {
    if (direction === 'in') return (draft) => draft
    const [set, cleared] =
      nextHop === 'self' ? [POLICY_NEXT_HOP_SELF, POLICY_NEXT_HOP] : [POLICY_NEXT_HOP, POLICY_NEXT_HOP_SELF]
    return ({ attributes, policyFlags }) => ({ attributes, policyFlags: (policyFlags & ~cleared) | set })
  }
  const address = canonicalAddress(nextHop)
  const policyFlags = direction === 'out' ? POLICY_NEXT_HOP : 0
  return (draft) => {
    const { linkLocalNextHop, ...attributes } = draft.attributes
    return {
      attributes: { ...attributes, nextHop: address },
      policyFlags: (draft.policyFlags & ~POLICY_NEXT_HOP_SELF) | policyFlags,
    }
  }
}

function communityChanges(
  set: RouteSet,
  plain: (make: (attributes: PathAttributes) => PathAttributes) => void,
) {
  const { communities, largeCommunities, addCommunities, removeCommunities } = set
  if (communities !== undefined) plain((attributes) => withStandard(attributes, numbersOf(communities)))
  if (largeCommunities !== undefined)
    plain((attributes) => withLarge(attributes, triplesOf(largeCommunities)))
  if (removeCommunities !== undefined) {
    const removes = communityFilter(removeCommunities)
    plain((attributes) => {
      const { communities: standard, largeCommunities: large } = attributes
      const kept = standard?.filter((one) => !removes(communityText(one)))
      const keptLarge = large?.filter((one) => !removes(largeCommunityText(one)))
      return withLarge(withStandard(attributes, kept ?? []), keptLarge ?? [])
    })
  }
  if (addCommunities !== undefined) {
    const standard = numbersOf(addCommunities.filter((one) => !isLarge(one)))
    const large = triplesOf(addCommunities.filter(isLarge))
    plain((attributes) => {
      const more = withStandard(attributes, [...(attributes.communities ?? []), ...standard])
      return withLarge(more, [...(attributes.largeCommunities ?? []), ...large])
    })
  }
}

function withStandard(attributes: PathAttributes, communities: readonly number[]): PathAttributes {
  const { communities: _, ...rest } = attributes
  return communities.length === 0 ? rest : { ...rest, communities: [...new Set(communities)] }
}

type Triple = readonly [number, number, number]

function withLarge(attributes: PathAttributes, communities: readonly Triple[]): PathAttributes {
  const { largeCommunities: _, ...rest } = attributes
  const distinct = new Map(communities.map((one) => [largeCommunityText(one), one]))
  return distinct.size === 0 ? rest : { ...rest, largeCommunities: [...distinct.values()] }
}

const numbersOf = (texts: readonly string[]) => texts.flatMap((text) => parseCommunity(text) ?? [])
const triplesOf = (texts: readonly string[]): readonly Triple[] =>
  texts.flatMap((text) => {
    const triple = parseLargeCommunity(text)
    return triple === undefined ? [] : [triple]
  })
