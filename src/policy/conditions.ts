/** Conditions that depend on the attributes alone: worked out once for an attribute set, so that objects are fine. */

import { parseAddress } from '../ip/address.js'
import type { Family } from '../ip/family.js'
import { asPathText, communityText, largeCommunityText } from '../wire/text.js'
import { AS_SEQUENCE, type PathAttributes } from '../wire/types.js'
import { PrefixRules } from './prefix-rules.js'
import { Regex } from './regex.js'
import type { AsPathRule, CommunityRule, NamedList, PrefixRule, RouteMatch } from './types.js'

/** A condition on attributes. */
export type Condition = (attributes: PathAttributes) => boolean

/** The conditions of an entry that look at attributes. @throws SyntaxError, RangeError for what can't be compiled */
export function conditionsOf(match: RouteMatch): readonly Condition[] {
  const conditions: Condition[] = []
  const { nextHopLists, asPathLists, communityLists, neighborAs, origin, med, localPref } = match
  if (asPathLists !== undefined) conditions.push(anyOf(asPathLists.map(asPathCondition)))
  if (communityLists !== undefined) {
    const exact = match.exactCommunities ?? false
    conditions.push(anyOf(communityLists.map((list) => communityCondition(list, exact))))
  }
  if (nextHopLists !== undefined) conditions.push(anyOf(nextHopLists.map(nextHopCondition)))
  if (neighborAs !== undefined) conditions.push((attributes) => neighborAs.includes(firstAs(attributes)))
  if (origin !== undefined) conditions.push((attributes) => (attributes.origin ?? 2) === origin)
  if (med !== undefined) conditions.push((attributes) => attributes.med === med)
  if (localPref !== undefined) conditions.push((attributes) => attributes.localPref === localPref)
  return conditions
}

const anyOf =
  (conditions: readonly Condition[]): Condition =>
  (attributes) =>
    conditions.some((condition) => condition(attributes))

/** An AS path list: the first line found in the path's text decides; a path that none is found in is not permitted. */
export function asPathCondition({ rules }: NamedList<AsPathRule>): Condition {
  const lines = rules.map(({ action, regex }) => ({ permits: action === 'permit', regex: new Regex(regex) }))
  return ({ asPath }) => {
    const text = asPathText(asPath ?? [])
    return lines.find(({ regex }) => regex.test(text))?.permits ?? false
  }
}

/** @param exact a line matches only routes whose communities (of the line's kinds) it names all of */
function communityCondition({ rules }: NamedList<CommunityRule>, exact: boolean): Condition {
  const lines = rules.map((rule) => ({ permits: rule.action === 'permit', line: lineOf(rule, exact) }))
  return (attributes) => {
    const texts = communityTexts(attributes)
    return lines.find(({ line }) => line(texts))?.permits ?? false
  }
}

/** Communities of a route as texts, in ascending order. */
interface CommunityTexts {
  readonly standard: readonly string[]
  readonly large: readonly string[]
}

function communityTexts({ communities = [], largeCommunities = [] }: PathAttributes): CommunityTexts {
  return {
    standard: [...communities].sort((a, b) => a - b).map(communityText),
    large: [...largeCommunities]
      .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
      .map(largeCommunityText),
  }
}

function lineOf({ all, regex }: CommunityRule, exact: boolean): (texts: CommunityTexts) => boolean {
  if (regex !== undefined) {
    const compiled = new Regex(regex)
    return ({ standard, large }) => compiled.test(standard.join(' ')) || compiled.test(large.join(' '))
  }
  const standard = (all ?? []).filter((one) => !isLarge(one))
  const large = (all ?? []).filter(isLarge)
  const holds = (wanted: readonly string[], own: readonly string[]) =>
    wanted.every((one) => own.includes(one)) &&
    (!exact || wanted.length === 0 || own.every((one) => wanted.includes(one)))
  return (texts) => holds(standard, texts.standard) && holds(large, texts.large)
}

/** True when a community text has three parts. */
export function isLarge(community: string): boolean {
  return community.split(':').length === 3
}

/** Whether a list permits a community by itself: what removing by a list looks at. */
export function communityFilter({ rules }: NamedList<CommunityRule>): (community: string) => boolean {
  const lines = rules.map(({ action, all, regex }) => {
    const compiled = regex === undefined ? undefined : new Regex(regex)
    return {
      permits: action === 'permit',
      matches: (text: string) => (compiled === undefined ? (all ?? []).includes(text) : compiled.test(text)),
    }
  })
  return (community) => lines.find(({ matches }) => matches(community))?.permits ?? false
}

function nextHopCondition({ rules }: NamedList<PrefixRule>): Condition {
  const families: readonly Family[] = ['ipv4-unicast', 'ipv6-unicast']
  const lists = new Map(families.map((family) => [family, new PrefixRules(rules, family)]))
  return ({ nextHop, linkLocalNextHop }) => {
    const address = parseAddress(nextHop ?? linkLocalNextHop ?? '')
    if (address === undefined) return false
    return lists.get(address.family)?.permits(address.bytes, 0, address.bytes.length * 8) ?? false
  }
}

/** First AS of a path that opens with a sequence; 0 without. */
export function firstAs({ asPath }: PathAttributes): number {
  const first = asPath?.[0]
  return first?.type === AS_SEQUENCE ? first.asns[0] : 0
}
