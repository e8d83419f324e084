/** The way back for policies: lists and route maps as the document writes them, each named list once. */

import { bitsOf, type Family, familyOfText } from '../../ip/family.js'
import { isList } from '../../policy/route-policy.js'
import type {
  AsPathRule,
  CommunityRule,
  NamedList,
  PrefixRule,
  RouteMatch,
  RoutePolicy,
  RouteRule,
  RouteSet,
  RulePolicy,
} from '../../policy/types.js'
import type {
  AsPathRuleEntry,
  CommunityRuleEntry,
  Document,
  PolicyEntry,
  PrefixRuleEntry,
  RouteRuleEntry,
} from '../document/schema.js'
import { ORIGINS } from '../document/schema-policy.js'

/** The lists that policies name, as the document writes them at its top level. */
export class NamedLists {
  readonly #prefixLists = new Map<string, readonly PrefixRuleEntry[]>()
  readonly #asPathLists = new Map<string, readonly AsPathRuleEntry[]>()
  readonly #communityLists = new Map<string, readonly CommunityRuleEntry[]>()
  readonly #routeMaps = new Map<string, readonly RouteRuleEntry[]>()

  /** The document's keys for the lists that were met. */
  get sections(): Pick<Document, 'prefixLists' | 'asPathLists' | 'communityLists' | 'routeMaps'> {
    const section = <T>(key: string, lists: ReadonlyMap<string, readonly T[]>) =>
      lists.size === 0 ? {} : { [key]: Object.fromEntries(lists) }
    return {
      ...section('prefixLists', this.#prefixLists),
      ...section('asPathLists', this.#asPathLists),
      ...section('communityLists', this.#communityLists),
      ...section('routeMaps', this.#routeMaps),
    }
  }

  /** A policy as the document writes it: a permitted prefix alone where that says it. */
  policy(policy: RoutePolicy, family: Family): PolicyEntry {
    if (typeof policy === 'string') return policy
    return isList(policy) ? policy.map((rule) => describeRule(rule, family)) : this.#rulePolicy(policy)
  }

  #rulePolicy({ prefixList, asPathList, routeMap }: RulePolicy): PolicyEntry {
    return {
      ...(prefixList === undefined
        ? {}
        : prefixList.name === ''
          ? { prefix: prefixList.rules.map(prefixRule) }
          : { prefixList: this.#prefixList(prefixList) }),
      ...(asPathList === undefined
        ? {}
        : asPathList.name === ''
          ? { asPath: asPathList.rules.map(asPathRule) }
          : { asPathList: this.#asPathList(asPathList) }),
      ...(routeMap === undefined ? {} : { routeMap: this.routeMap(routeMap) }),
    }
  }

  #prefixList({ name, rules }: NamedList<PrefixRule>): string {
    this.#prefixLists.set(name, rules.map(prefixRule))
    return name
  }

  #asPathList({ name, rules }: NamedList<AsPathRule>): string {
    this.#asPathLists.set(name, rules.map(asPathRule))
    return name
  }

  #communityList({ name, rules }: NamedList<CommunityRule>): string {
    this.#communityLists.set(name, rules.map(communityRule))
    return name
  }

  /** A route map, by its name (its entries then stand at the top level) or written out. */
  routeMap({ name, rules }: NamedList<RouteRule>): string | RouteRuleEntry[] {
    const entries = rules.map((rule) => this.#routeRule(rule))
    if (name === '') return entries
    this.#routeMaps.set(name, entries)
    return name
  }

  #routeRule(rule: RouteRule): RouteRuleEntry {
    const { seq, action, description } = rule
    const match = this.#match(rule.match)
    const set = this.#set(rule.set)
    return {
      seq,
      action,
      ...(description === undefined ? {} : { description }),
      ...(Object.keys(match).length === 0 ? {} : { match }),
      ...(Object.keys(set).length === 0 ? {} : { set }),
      ...(rule.continue === undefined ? {} : { continue: rule.continue }),
    }
  }

  #match(match: RouteMatch): NonNullable<RouteRuleEntry['match']> {
    const { prefixLists, prefixLength, nextHopLists, asPathLists, communityLists, neighborAs, origin } = match
    const lists = <T, R, I extends string, N extends string>(
      found: readonly NamedList<T>[] | undefined,
      inline: I,
      key: N,
      rules: (list: NamedList<T>) => R,
      name: (list: NamedList<T>) => string,
    ): Partial<Record<I, R> & Record<N, string[]>> => {
      if (found === undefined) return {}
      if (found.length === 1 && found[0].name === '') return { [inline]: rules(found[0]) } as never
      return { [key]: found.map(name) } as never
    }
    const prefixes = ({ rules }: NamedList<PrefixRule>) => rules.map(prefixRule)
    return {
      ...lists(prefixLists, 'prefix', 'prefixList', prefixes, (list) => this.#prefixList(list)),
      ...(prefixLength === undefined ? {} : { prefixLength: { ...prefixLength } }),
      ...lists(nextHopLists, 'nextHop', 'nextHopList', prefixes, (list) => this.#prefixList(list)),
      ...lists(
        asPathLists,
        'asPath',
        'asPathList',
        ({ rules }) => rules.map(asPathRule),
        (list) => this.#asPathList(list),
      ),
      ...lists(
        communityLists,
        'community',
        'communityList',
        ({ rules }) => [...(rules[0]?.all ?? [])],
        (list) => this.#communityList(list),
      ),
      ...(match.exactCommunities === true ? { exactCommunities: true } : {}),
      ...(neighborAs === undefined ? {} : { neighborAs: [...neighborAs] }),
      ...(origin === undefined ? {} : { origin: ORIGINS[origin] }),
      ...(match.med === undefined ? {} : { med: match.med }),
      ...(match.localPref === undefined ? {} : { localPref: match.localPref }),
    }
  }

  #set(set: RouteSet): NonNullable<RouteRuleEntry['set']> {
    const { communities, largeCommunities, addCommunities, removeCommunities, med, origin, ...rest } = set
    return {
      ...(rest as Omit<typeof rest, 'prepend'>),
      ...(rest.prepend === undefined ? {} : { prepend: [...rest.prepend] }),
      ...(med === undefined
        ? {}
        : { med: typeof med === 'object' ? `${med.change < 0 ? '' : '+'}${med.change}` : med }),
      ...(origin === undefined ? {} : { origin: ORIGINS[origin] }),
      ...(communities === undefined
        ? {}
        : { communities: communities.length === 0 ? 'none' : [...communities] }),
      ...(largeCommunities === undefined
        ? {}
        : { largeCommunities: largeCommunities.length === 0 ? 'none' : [...largeCommunities] }),
      ...(addCommunities === undefined ? {} : { addCommunities: [...addCommunities] }),
      ...(removeCommunities === undefined
        ? {}
        : {
            removeCommunities:
              removeCommunities.name === ''
                ? removeCommunities.rules.flatMap(({ all }) => all ?? [])
                : this.#communityList(removeCommunities),
          }),
    }
  }
}

const prefixRule = (rule: PrefixRule): PrefixRuleEntry => describeRule(rule, familyOf(rule))

const asPathRule = ({ action, regex }: AsPathRule): AsPathRuleEntry =>
  action === 'permit' ? regex : { deny: regex }

function communityRule({ action, all, regex }: CommunityRule): CommunityRuleEntry {
  if (regex !== undefined) return action === 'permit' ? { permitRegex: regex } : { denyRegex: regex }
  return action === 'permit' ? { permit: [...(all ?? [])] } : { deny: [...(all ?? [])] }
}

function familyOf({ prefix }: PrefixRule): Family {
  return familyOfText(prefix)
}

function describeRule({ action, prefix, ge, le }: PrefixRule, family: Family): PrefixRuleEntry {
  const lengths = ruleLengths({ action, prefix, ge, le }, family)
  if (action === 'permit' && Object.keys(lengths).length === 0) return prefix
  return action === 'permit' ? { permit: prefix, ...lengths } : { deny: prefix, ...lengths }
}

/** `ge` and `le` of a rule as far as they have to be written. */
export function ruleLengths(rule: PrefixRule, family: Family): { ge?: number; le?: number } {
  const own = Number(rule.prefix.slice(rule.prefix.indexOf('/') + 1))
  if (rule.ge === own) return rule.le === own ? {} : { le: rule.le }
  return rule.le === bitsOf(family) ? { ge: rule.ge } : { ge: rule.ge, le: rule.le }
}
