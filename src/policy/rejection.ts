/** Which part of a policy rejects a route, for people: on demand, so it may compile and allocate. */
import type { Family } from '../ip/family.js'
import type { PathAttributes } from '../wire/types.js'
import { asPathCondition, conditionsOf } from './conditions.js'
import { nameOf } from './list-names.js'
import { PrefixRules } from './prefix-rules.js'
import { isList } from './route-policy.js'
import type { NamedList, PrefixRule, RoutePolicy, RouteRule } from './types.js'

/** What rejects a route. */
export interface Rejection {
  /** 'none': the policy lets nothing pass. */
  readonly kind: 'none' | 'prefix-list' | 'as-path-list' | 'route-map'
  /** As configured; '' for a list that was written where it is used. */
  readonly name: string
  /** Of a route map: the number of the entry that denies; absent: no entry permits, or that is not known. */
  readonly entry?: number
}

/** A route as it goes into a policy. */
export interface RouteIn {
  /** Address octets of the prefix, `bits` of which count. */
  readonly bytes: Uint8Array
  readonly bits: number
  /** As received. */
  readonly attributes: PathAttributes
}

/** What a policy is made of that may reject a route, in the order in which it is asked; empty: it rejects none. */
export function rejecters(policy: RoutePolicy): readonly Rejection[] {
  if (policy === 'all') return []
  if (policy === 'none') return [{ kind: 'none', name: '' }]
  if (isList(policy)) return [{ kind: 'prefix-list', name: nameOf(policy) }]
  const { prefixList, asPathList, routeMap } = policy
  return [
    ...(prefixList === undefined ? [] : [{ kind: 'prefix-list' as const, name: prefixList.name }]),
    ...(asPathList === undefined ? [] : [{ kind: 'as-path-list' as const, name: asPathList.name }]),
    ...(routeMap === undefined ? [] : [{ kind: 'route-map' as const, name: routeMap.name }]),
  ]
}

/** The part of a policy that rejects a route which the policy as a whole has rejected; undefined: none does. */
export function rejectionOf(policy: RoutePolicy, family: Family, route: RouteIn): Rejection | undefined {
  if (typeof policy === 'string' || isList(policy)) return rejecters(policy)[0]
  const { prefixList, asPathList, routeMap } = policy
  if (prefixList !== undefined && !permits(prefixList, family, route)) {
    return { kind: 'prefix-list', name: prefixList.name }
  }
  if (asPathList !== undefined && !asPathCondition(asPathList)(route.attributes)) {
    return { kind: 'as-path-list', name: asPathList.name }
  }
  if (routeMap === undefined) return undefined
  const entry = entryOf(routeMap, family, route)
  return { kind: 'route-map', name: routeMap.name, ...(entry === undefined ? {} : { entry }) }
}

/** The number of the entry that denies; undefined where entries that change the route come before it, or none does. */
function entryOf({ rules }: NamedList<RouteRule>, family: Family, route: RouteIn): number | undefined {
  const first = rules.find((rule) => matches(rule, family, route))
  return first?.action === 'deny' ? first.seq : undefined
}

function matches({ match }: RouteRule, family: Family, route: RouteIn): boolean {
  const { prefixLists, prefixLength } = match
  if (prefixLists?.some((list) => permits(list, family, route)) === false) return false
  if (prefixLength !== undefined && (route.bits < prefixLength.ge || route.bits > prefixLength.le))
    return false
  return conditionsOf(match).every((condition) => condition(route.attributes))
}

/** Compiled lists, as long as somebody has them. */
const compiled = new WeakMap<readonly PrefixRule[], Map<Family, PrefixRules>>()

function permits({ rules }: NamedList<PrefixRule>, family: Family, { bytes, bits }: RouteIn): boolean {
  let ofFamilies = compiled.get(rules)
  if (ofFamilies === undefined) {
    ofFamilies = new Map()
    compiled.set(rules, ofFamilies)
  }
  let list = ofFamilies.get(family)
  if (list === undefined) {
    list = new PrefixRules(rules, family)
    ofFamilies.set(family, list)
  }
  return list.permits(bytes, 0, bits)
}
