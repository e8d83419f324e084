/** Lists and route maps in the switch's words. */

import { type Family, familyOfText } from '../../../ip/family.js'
import { isList } from '../../../policy/route-policy.js'
import type {
  AsPathRule,
  CommunityRule,
  NamedList,
  PrefixRule,
  RouteMatch,
  RoutePolicy,
  RouteRule,
  RouteSet,
} from '../../../policy/types.js'
import { ruleLengths } from '../../describe/describe-policy.js'
import { ORIGINS } from '../../document/schema-policy.js'

/** Lists and route maps in the switch's words, each once; equal ones without a name share one. */
export class PolicyLines {
  /** Lines by kind and name. */
  readonly #lists = new Map<string, readonly string[]>()
  readonly #names = new Map<string, string>()
  readonly #lost: string[]

  /** @param lost gets YAML paths of what these words can't say */
  constructor(lost: string[]) {
    this.#lost = lost
  }

  /** The lines of all lists and route maps that were met. */
  get lines(): readonly string[] {
    return [...this.#lists.values()].flat()
  }

  /** What a neighbor's lines say behind its name for a policy other than 'all': 'prefix-list LAN in'. */
  of(
    policy: Exclude<RoutePolicy, 'all'>,
    family: Family,
    direction: 'in' | 'out',
    path: string,
  ): readonly string[] {
    if (policy === 'none') return [`prefix-list ${this.#none(family)} ${direction}`]
    if (isList(policy))
      return [`prefix-list ${this.#prefixList({ name: '', rules: policy }, family)} ${direction}`]
    const { prefixList, asPathList, routeMap } = policy
    return [
      ...(prefixList === undefined
        ? []
        : [`prefix-list ${this.#prefixList(prefixList, family)} ${direction}`]),
      ...(asPathList === undefined ? [] : [`filter-list ${this.#asPathList(asPathList)} ${direction}`]),
      ...(routeMap === undefined ? [] : [`route-map ${this.#routeMap(routeMap, family, path)} ${direction}`]),
    ]
  }

  /** The name of a route map, whose lines are kept. @param path of its place in YAML, for what is lost */
  routeMap(map: NamedList<RouteRule>, family: Family, path: string): string {
    return this.#routeMap(map, family, path)
  }

  /** A policy that lets everything pass, where having none would let nothing pass. */
  everything(family: Family, direction: 'in' | 'out'): string {
    return `prefix-list ${this.#whole('ALL', 'permit', family)} ${direction}`
  }

  #none(family: Family): string {
    return this.#whole('NONE', 'deny', family)
  }

  /** A prefix list about every prefix. */
  #whole(stem: string, action: 'permit' | 'deny', family: Family): string {
    const [command, all, name] =
      family === 'ipv4-unicast'
        ? ['ip prefix-list', '0.0.0.0/0 le 32', stem]
        : ['ipv6 prefix-list', '::/0 le 128', `${stem}-6`]
    this.#lists.set(`prefix ${name}`, [`${command} ${name} seq 5 ${action} ${all}`])
    return name
  }

  #prefixList(list: NamedList<PrefixRule>, family: Family): string {
    const name = this.#nameOf('prefix', list, family === 'ipv4-unicast' ? 'LIST' : 'LIST6')
    const lines = list.rules.map((rule, i) => {
      const own = familyOfText(rule.prefix)
      const lengths = Object.entries(ruleLengths(rule, own)).map(([key, value]) => ` ${key} ${value}`)
      const command = own === 'ipv4-unicast' ? 'ip prefix-list' : 'ipv6 prefix-list'
      return `${command} ${name} seq ${(i + 1) * 5} ${rule.action} ${rule.prefix}${lengths.join('')}`
    })
    this.#lists.set(`prefix ${name}`, lines)
    return name
  }

  #asPathList(list: NamedList<AsPathRule>): string {
    const name = this.#nameOf('as-path', list, 'PATHS')
    const lines = list.rules.map(({ action, regex }) => `ip as-path access-list ${name} ${action} ${regex}`)
    this.#lists.set(`as-path ${name}`, lines)
    return name
  }

  /** @returns the words of a match line: 'community BLUE' */
  #communityList(list: NamedList<CommunityRule>): { kind: 'community' | 'large-community'; name: string } {
    const large = list.rules.some(({ all }) => all?.some((one) => one.split(':').length === 3) ?? false)
    const kind = large || list.name.startsWith('large-') ? 'large-community' : 'community'
    const given = this.#nameOf('community', list, 'COMMUNITIES')
    const name = kind === 'large-community' ? given.replace(/^large-/, '') : given
    const lines = list.rules.map(({ action, all, regex }) =>
      regex === undefined
        ? `ip ${kind}-list standard ${name} ${action} ${(all ?? []).join(' ')}`
        : `ip ${kind}-list expanded ${name} ${action} ${regex}`,
    )
    this.#lists.set(`${kind} ${name}`, lines)
    return { kind, name }
  }

  #routeMap(map: NamedList<RouteRule>, family: Family, path: string): string {
    const name = this.#nameOf('route-map', map, 'MAP')
    const key = `route-map ${name}`
    if (this.#lists.has(key)) return name
    const lines = map.rules.flatMap((rule) => {
      const at = `${path}.routeMap[${rule.seq}]`
      return [
        `route-map ${name} ${rule.action} ${rule.seq}`,
        ...(rule.description === undefined ? [] : [` description ${rule.description}`]),
        ...this.#match(rule.match, family, at).map((line) => ` match ${line}`),
        ...this.#set(rule.set, at).map((line) => ` set ${line}`),
        ...(rule.continue === undefined ? [] : [` continue ${rule.continue}`]),
      ]
    })
    // The lists that it names come before it, as they have been met before.
    this.#lists.set(key, [...lines, '!'])
    return name
  }

  #match(match: RouteMatch, family: Family, path: string): readonly string[] {
    const lines: string[] = []
    const { prefixLists, prefixLength, nextHopLists, asPathLists, communityLists, origin, med, localPref } =
      match
    const ip = family === 'ipv4-unicast' ? 'ip' : 'ipv6'
    const names = (lists: readonly NamedList<PrefixRule>[]) =>
      lists.map((list) => this.#prefixList(list, family)).join(' ')
    if (prefixLists !== undefined) lines.push(`${ip} address prefix-list ${names(prefixLists)}`)
    if (prefixLength !== undefined) {
      if (prefixLength.ge === prefixLength.le) lines.push(`${ip} address prefix-len ${prefixLength.ge}`)
      else this.#lost.push(`${path}.match.prefixLength`)
    }
    if (nextHopLists !== undefined) lines.push(`${ip} next-hop prefix-list ${names(nextHopLists)}`)
    if (asPathLists !== undefined) {
      lines.push(`as-path ${asPathLists.map((list) => this.#asPathList(list)).join(' ')}`)
    }
    if (communityLists !== undefined) {
      const lists = communityLists.map((list) => this.#communityList(list))
      const [{ kind }] = lists
      if (lists.some((list) => list.kind !== kind)) this.#lost.push(`${path}.match.communityList`)
      const exact = match.exactCommunities === true ? ' exact-match' : ''
      lines.push(`${kind} ${lists.map(({ name }) => name).join(' ')}${exact}`)
    }
    if (match.neighborAs !== undefined) this.#lost.push(`${path}.match.neighborAs`)
    if (origin !== undefined) lines.push(`origin ${ORIGINS[origin]}`)
    if (med !== undefined) lines.push(`metric ${med}`)
    if (localPref !== undefined) lines.push(`local-preference ${localPref}`)
    return lines
  }

  #set(set: RouteSet, path: string): readonly string[] {
    const lines: string[] = []
    const { localPref, med, weight, origin, prepend, prependLast, nextHop, removeCommunities } = set
    if (localPref !== undefined) lines.push(`local-preference ${localPref}`)
    if (med === 'none') this.#lost.push(`${path}.set.med`)
    else if (typeof med === 'object') lines.push(`metric ${med.change < 0 ? '' : '+'}${med.change}`)
    else if (med !== undefined) lines.push(`metric ${med}`)
    if (weight !== undefined) lines.push(`weight ${weight}`)
    if (origin !== undefined) lines.push(`origin ${ORIGINS[origin]}`)
    if (prepend !== undefined) lines.push(`as-path prepend ${prepend.join(' ')}`)
    if (prependLast !== undefined) lines.push(`as-path prepend last-as ${prependLast}`)
    if (nextHop !== undefined) {
      const word = nextHop === 'self' ? 'peer-address' : nextHop
      lines.push(`${nextHop.includes(':') ? 'ipv6' : 'ip'} next-hop ${word}`)
    }
    const replaced = (kind: string, all: readonly string[] | undefined) => {
      if (all !== undefined) lines.push(`${kind} ${all.length === 0 ? 'none' : all.join(' ')}`)
    }
    replaced('community', set.communities)
    replaced('large-community', set.largeCommunities)
    const added = set.addCommunities ?? []
    for (const [kind, parts] of [
      ['community', 2],
      ['large-community', 3],
    ] as const) {
      const some = added.filter((one) => (one.split(':').length === 3) === (parts === 3))
      if (some.length > 0) lines.push(`${kind} ${some.join(' ')} additive`)
    }
    if (removeCommunities !== undefined) {
      const { kind, name } = this.#communityList(removeCommunities)
      lines.push(`${kind === 'community' ? 'comm-list' : 'large-comm-list'} ${name} delete`)
    }
    return lines
  }

  /** Its own name, or one made for what it says. */
  #nameOf(kind: string, list: NamedList<unknown>, stem: string): string {
    if (list.name !== '') return list.name
    const key = `${kind} ${JSON.stringify(list.rules)}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = `${stem}-${this.#names.size + 1}`
    this.#names.set(key, name)
    return name
  }
}
