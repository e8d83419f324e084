/** Route maps: entries with what must match, what is set, and where evaluation goes on. */

import type { CommunityRule, NamedList, RouteMatch, RouteRule, RouteSet } from '../../policy/types.js'
import type { RouteRuleEntry } from '../document/schema.js'
import { ORIGINS, type RouteMatchEntry, type RouteSetEntry } from '../document/schema-policy.js'
import type { Path } from '../text/diagnostic.js'
import { readAddress, readAs, readCommunity } from '../text/values.js'
import {
  asPathRules,
  canonical,
  entriesOf,
  listOf,
  namedAsPathList,
  namedCommunityList,
  namedPrefixList,
} from './lists.js'
import { prefixRules } from './prefix-rules.js'
import type { Resolution } from './resolution.js'

/** Checks lists and route maps, also those that nobody uses. */
export function checkRouteMaps(context: Resolution): void {
  for (const name of Object.keys(context.document.routeMaps ?? {})) {
    if (name === 'all' || name === 'none') {
      context.error(['routeMaps', name], `a route map can't be called \`${name}\``, 'the word has a meaning')
    }
    resolveRouteMap(name, ['routeMaps', name], context)
  }
}

/** The route map of a name, or of entries written where it is used. */
export function resolveRouteMap(
  entry: string | readonly RouteRuleEntry[],
  path: Path,
  context: Resolution,
): NamedList<RouteRule> {
  if (typeof entry !== 'string') return { name: '', rules: routeRules(entry, path, context) }
  const entries = entriesOf('routeMaps', entry, path, context)
  return { name: entry, rules: routeRules(entries, ['routeMaps', entry], context) }
}

function routeRules(
  entries: readonly RouteRuleEntry[],
  path: Path,
  context: Resolution,
): readonly RouteRule[] {
  let before = 0
  const rules = entries.map((entry, i): RouteRule => {
    const at = [...path, i]
    const seq = entry.seq ?? before + 10
    if (seq <= before || seq > 65535) {
      context.error([...at, 'seq'], `entry ${seq} follows entry ${before}`, 'numbers ascend, up to 65535')
    }
    before = seq
    const action = entry.action ?? 'permit'
    if (action === 'deny' && entry.continue !== undefined) {
      context.error([...at, 'continue'], 'a deny entry ends the map', 'continue belongs to a permit entry')
    }
    return {
      seq,
      action,
      ...(entry.description === undefined ? {} : { description: entry.description }),
      match: matchOf(entry.match ?? {}, [...at, 'match'], context),
      set: setOf(entry.set ?? {}, [...at, 'set'], context),
      ...(entry.continue === undefined
        ? {}
        : { continue: entry.continue === true ? seq + 1 : entry.continue }),
    }
  })
  for (const [i, rule] of rules.entries()) {
    if (rule.continue !== undefined && rule.continue <= rule.seq) {
      context.error([...path, i, 'continue'], `entry ${rule.seq} can't go back to ${rule.continue}`)
    }
  }
  return rules
}

const EXCLUSIVE = [
  ['prefix', 'prefixList'],
  ['nextHop', 'nextHopList'],
  ['asPath', 'asPathList'],
  ['community', 'communityList'],
] as const

function matchOf(entry: RouteMatchEntry, path: Path, context: Resolution): RouteMatch {
  for (const [inline, name] of EXCLUSIVE) {
    if (entry[inline] === undefined || entry[name] === undefined) continue
    context.error(
      [...path, inline],
      `\`${inline}\` and \`${name}\` exclude each other`,
      'keep one of the two',
    )
  }
  const prefixes = (inline: 'prefix' | 'nextHop', name: 'prefixList' | 'nextHopList') => {
    const [rules, names] = [entry[inline], entry[name]]
    if (rules !== undefined) return [{ name: '', rules: prefixRules(rules, [...path, inline], context) }]
    return names === undefined
      ? undefined
      : listOf(names).map((one) => namedPrefixList(one, [...path, name], context))
  }
  const match = {
    prefixLists: prefixes('prefix', 'prefixList'),
    prefixLength: lengthsOf(entry.prefixLength, path, context),
    nextHopLists: prefixes('nextHop', 'nextHopList'),
    asPathLists:
      entry.asPath !== undefined
        ? [{ name: '', rules: asPathRules(entry.asPath) }]
        : entry.asPathList === undefined
          ? undefined
          : listOf(entry.asPathList).map((one) => namedAsPathList(one, [...path, 'asPathList'], context)),
    communityLists:
      entry.community !== undefined
        ? [{ name: '', rules: [{ action: 'permit' as const, all: canonical(entry.community) }] }]
        : entry.communityList === undefined
          ? undefined
          : listOf(entry.communityList).map((one) =>
              namedCommunityList(one, [...path, 'communityList'], context),
            ),
    exactCommunities: entry.exactCommunities === true ? true : undefined,
    neighborAs: entry.neighborAs === undefined ? undefined : asNumbers(entry.neighborAs),
    origin: entry.origin === undefined ? undefined : ORIGINS.indexOf(entry.origin),
    med: entry.med,
    localPref: entry.localPref,
  }
  return defined(match)
}

function lengthsOf(entry: RouteMatchEntry['prefixLength'], path: Path, context: Resolution) {
  if (entry === undefined) return undefined
  if (typeof entry === 'number') return { ge: entry, le: entry }
  const { ge = 0, le = 128 } = entry
  if (ge > le) context.error([...path, 'prefixLength'], `no length is from ${ge} to ${le}`)
  return { ge, le }
}

function setOf(entry: RouteSetEntry, path: Path, context: Resolution): RouteSet {
  const { communities, largeCommunities, addCommunities, removeCommunities, med, prepend, nextHop } = entry
  const kind = (key: 'communities' | 'largeCommunities', texts: readonly string[]) => {
    const other = texts.find((text) => (text.split(':').length === 3) !== (key === 'largeCommunities'))
    if (other === undefined) return texts
    const hint = key === 'communities' ? 'large ones have `largeCommunities`' : 'others have `communities`'
    context.error([...path, key], `\`${other}\` is of the other kind`, hint)
    return texts
  }
  const address = nextHop === undefined ? undefined : readAddress(nextHop)
  const set = {
    localPref: entry.localPref,
    med:
      typeof med === 'string' && med !== 'none'
        ? { change: Number(med) }
        : (med as number | 'none' | undefined),
    weight: entry.weight,
    origin: entry.origin === undefined ? undefined : ORIGINS.indexOf(entry.origin),
    prepend: prepend === undefined ? undefined : asNumbers(prepend),
    prependLast: entry.prependLast,
    nextHop: address !== undefined && 'value' in address ? address.value.text : nextHop,
    communities:
      communities === undefined
        ? undefined
        : communities === 'none'
          ? []
          : kind('communities', canonical(communities)),
    largeCommunities:
      largeCommunities === undefined
        ? undefined
        : largeCommunities === 'none'
          ? []
          : kind('largeCommunities', canonical(largeCommunities)),
    addCommunities: addCommunities === undefined ? undefined : canonical(addCommunities),
    removeCommunities:
      removeCommunities === undefined ? undefined : removalOf(removeCommunities, path, context),
  }
  return defined(set)
}

/** A community, or a list of them, is a list of its own; any other word is a list's name. */
function removalOf(
  entry: string | readonly string[],
  path: Path,
  context: Resolution,
): NamedList<CommunityRule> {
  if (typeof entry === 'string' && !('value' in readCommunity(entry) && !isName(entry, context))) {
    return namedCommunityList(entry, [...path, 'removeCommunities'], context)
  }
  return { name: '', rules: canonical(entry).map((one) => ({ action: 'permit', all: [one] })) }
}

const isName = (name: string, context: Resolution) =>
  Object.hasOwn(context.document.communityLists ?? {}, name)

function asNumbers(entry: number | string | readonly (number | string)[]): readonly number[] {
  return (Array.isArray(entry) ? entry : [entry]).map((one) => {
    const read = readAs(one)
    return 'value' in read ? read.value : 0
  })
}

/** Without the keys that are undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
}
