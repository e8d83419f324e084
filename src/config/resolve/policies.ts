/** What `import` and `export` of a neighbor say: a word, a prefix list, or lists and a route map together. */

import { didYouMean } from '../../grammar/nearest.js'
import { bitsOf, type Family } from '../../ip/family.js'
import { named } from '../../policy/list-names.js'
import type { NamedList, PrefixRule, RoutePolicy, RulePolicy } from '../../policy/types.js'
import type { PolicyEntry, PrefixRuleEntry } from '../document/schema.js'
import type { Path } from '../text/diagnostic.js'
import { asPathRules, commandFor, namedAsPathList, namedPrefixList } from './lists.js'
import { prefixRule, prefixRules } from './prefix-rules.js'
import type { Resolution } from './resolution.js'
import { resolveRouteMap } from './route-maps.js'

/**
 * Reads what `import` or `export` says.
 * @returns the policy of one family: rules of the other one can never match and are left out
 */
export function resolvePolicy(
  entry: PolicyEntry,
  path: Path,
  family: Family,
  context: Resolution,
): RoutePolicy {
  if (entry === 'all' || entry === 'none') return entry
  if (Array.isArray(entry)) return rulesOf(entry, path, family, context)
  if (typeof entry !== 'string') return rulePolicyOf(entry, path, family, context)
  const { prefixLists = {}, routeMaps = {} } = context.document
  const [isPrefixList, isRouteMap] = [Object.hasOwn(prefixLists, entry), Object.hasOwn(routeMaps, entry)]
  if (isPrefixList && isRouteMap) {
    const hint = `say { routeMap: ${entry} } or { prefixList: ${entry} }`
    context.error(path, `\`${entry}\` is a prefix list and a route map`, hint)
    return 'none'
  }
  if (isRouteMap) return rulePolicyOf({ routeMap: entry }, path, family, context)
  if (isPrefixList) {
    const rules = rulesOf(prefixLists[entry], ['prefixLists', entry], family, context)
    return typeof rules === 'string' ? rules : named(rules, entry)
  }
  const maps = context.document.routeMaps !== undefined
  const what = maps ? 'prefix list or route map' : 'prefix list'
  const sections = maps ? '`prefixLists` or `routeMaps`' : '`prefixLists`'
  const known = ['all', 'none', ...Object.keys(prefixLists), ...Object.keys(routeMaps)]
  if (context.dialect === 'ios') {
    // An access list of a switch's text is kept as a prefix list.
    const access = /^access-list-(.*)$/.exec(entry)
    const missing = access === null ? `${what} \`${entry}\`` : `access list \`${access[1]}\``
    context.error(
      path,
      `there is no ${missing}`,
      didYouMean(entry, known) ?? commandFor('prefixLists', entry),
    )
    return 'none'
  }
  const hint = didYouMean(entry, known) ?? `define it under ${sections}`
  context.error(path, `there is no ${what} \`${entry}\``, hint)
  return 'none'
}

/** Lists and a route map, all of which must let a route pass. */
function rulePolicyOf(
  entry: Exclude<PolicyEntry, string | readonly PrefixRuleEntry[]>,
  path: Path,
  family: Family,
  context: Resolution,
): RoutePolicy {
  const { prefix, prefixList, asPath, asPathList, routeMap } = entry
  for (const [inline, name] of [
    ['prefix', 'prefixList'],
    ['asPath', 'asPathList'],
  ] as const) {
    if (entry[inline] !== undefined && entry[name] !== undefined) {
      context.error(
        [...path, inline],
        `\`${inline}\` and \`${name}\` exclude each other`,
        'keep one of the two',
      )
    }
  }
  const prefixes: NamedList<PrefixRule> | undefined =
    prefix !== undefined
      ? { name: '', rules: prefixRules(prefix, [...path, 'prefix'], context) }
      : prefixList !== undefined
        ? namedPrefixList(prefixList, [...path, 'prefixList'], context)
        : undefined
  const paths =
    asPath !== undefined
      ? { name: '', rules: asPathRules(asPath) }
      : asPathList !== undefined
        ? namedAsPathList(asPathList, [...path, 'asPathList'], context)
        : undefined
  const policy: RulePolicy = {
    ...(prefixes === undefined ? {} : { prefixList: prefixes }),
    ...(paths === undefined ? {} : { asPathList: paths }),
    ...(routeMap === undefined
      ? {}
      : { routeMap: resolveRouteMap(routeMap, [...path, 'routeMap'], context) }),
  }
  if (Object.keys(policy).length === 0) {
    context.error(path, 'says nothing', 'such as { routeMap: NAME }; all or none')
    return 'none'
  }
  // A prefix list alone is the simplest of policies, and has a shorter way.
  if (paths === undefined && routeMap === undefined && prefixes !== undefined && prefixes.name === '') {
    return rulesOf(prefix ?? [], [...path, 'prefix'], family, context)
  }
  return policy
}

function rulesOf(
  entries: readonly PrefixRuleEntry[],
  path: Path,
  family: Family,
  context: Resolution,
): 'all' | 'none' | readonly PrefixRule[] {
  const rules = entries.flatMap((entry, i) => prefixRule(entry, [...path, i], context) ?? [])
  const own = rules.filter((one) => one.family === family)
  if (own.length === 0) {
    context.warn(path, `holds no ${family} prefix, so that nothing of ${family} passes`)
    return 'none'
  }
  return simplest(
    own.map(({ action, prefix, ge, le }) => ({ action, prefix, ge, le })),
    family,
  )
}

/** Rules that let nothing or everything pass, as the word for it. */
function simplest(rules: readonly PrefixRule[], family: Family): 'all' | 'none' | readonly PrefixRule[] {
  if (rules.every((rule) => rule.action === 'deny')) return 'none'
  const [{ action, prefix, ge, le }] = rules
  const everything = prefix.endsWith('/0') && ge === 0 && le === bitsOf(family)
  return action === 'permit' && everything ? 'all' : rules
}
