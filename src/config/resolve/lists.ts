/**
 * Named lists that policies and route maps refer to: prefix lists, AS path lists and community lists, each an
 * error where there is none of that name, in the words of the dialect that the file is written in.
 */

import { didYouMean } from '../../grammar/nearest.js'
import type { AsPathRule, CommunityRule, NamedList, PrefixRule } from '../../policy/types.js'
import type { AsPathRuleEntry, CommunityRuleEntry } from '../document/schema.js'
import type { Path } from '../text/diagnostic.js'
import { readCommunity } from '../text/values.js'
import { prefixRules } from './prefix-rules.js'
import type { Resolution } from './resolution.js'

type Section = 'prefixLists' | 'asPathLists' | 'communityLists' | 'routeMaps'

const KINDS: Readonly<Record<Section, string>> = {
  prefixLists: 'prefix list',
  asPathLists: 'AS path list',
  communityLists: 'community list',
  routeMaps: 'route map',
}

/** The prefix list of a name, rules of both families. */
export function namedPrefixList(name: string, path: Path, context: Resolution): NamedList<PrefixRule> {
  return {
    name,
    rules: prefixRules(entriesOf('prefixLists', name, path, context), ['prefixLists', name], context),
  }
}

/** The AS path list of a name. */
export function namedAsPathList(name: string, path: Path, context: Resolution): NamedList<AsPathRule> {
  return { name, rules: asPathRules(entriesOf('asPathLists', name, path, context)) }
}

/** AS path rules as written; a regular expression alone is permitted. */
export function asPathRules(entries: string | readonly AsPathRuleEntry[]): readonly AsPathRule[] {
  return (typeof entries === 'string' ? [entries] : entries).map((entry): AsPathRule => {
    if (typeof entry === 'string') return { action: 'permit', regex: entry }
    return 'permit' in entry
      ? { action: 'permit', regex: entry.permit }
      : { action: 'deny', regex: entry.deny }
  })
}

/** The community list of a name. */
export function namedCommunityList(name: string, path: Path, context: Resolution): NamedList<CommunityRule> {
  return { name, rules: entriesOf('communityLists', name, path, context).map(communityRule) }
}

function communityRule(entry: CommunityRuleEntry): CommunityRule {
  if (typeof entry === 'string') return { action: 'permit', all: canonical(entry) }
  if ('permitRegex' in entry) return { action: 'permit', regex: entry.permitRegex }
  if ('denyRegex' in entry) return { action: 'deny', regex: entry.denyRegex }
  return 'permit' in entry
    ? { action: 'permit', all: canonical(entry.permit) }
    : { action: 'deny', all: canonical(entry.deny) }
}

/** The switch's command that makes a list of that name. */
export function commandFor(section: Section, name: string): string {
  if (section === 'routeMaps') return `route-map ${name} permit 10`
  const access = /^access-list-(.*)$/.exec(name)
  const command = {
    prefixLists: access === null ? `ip prefix-list ${name}` : `access-list ${access[1]}`,
    asPathLists: `ip as-path access-list ${name}`,
    communityLists: name.startsWith('large-')
      ? `ip large-community-list standard ${name.slice('large-'.length)}`
      : `ip community-list standard ${name}`,
  }[section]
  return `${command} permit …`
}

/** Entries of a list; none for one that there is not, which is an error. */
export function entriesOf<S extends Section>(
  section: S,
  name: string,
  path: Path,
  context: Resolution,
): NonNullable<Resolution['document'][S]>[string] {
  const lists = (context.document[section] ?? {}) as Record<
    string,
    NonNullable<Resolution['document'][S]>[string]
  >
  if (Object.hasOwn(lists, name)) return lists[name]
  const hint =
    didYouMean(name, Object.keys(lists)) ??
    (context.dialect === 'ios' ? commandFor(section, name) : `define it under \`${section}\``)
  // An access list of a switch's text is kept as a prefix list.
  const access =
    section === 'prefixLists' && context.dialect === 'ios' ? /^access-list-(.*)$/.exec(name) : null
  const what = access === null ? `${KINDS[section]} \`${name}\`` : `access list \`${access[1]}\``
  context.error(path, `there is no ${what}`, hint)
  return [] as never
}

/** Communities in canonical text. */
export function canonical(entry: string | readonly string[]): readonly string[] {
  return listOf(entry).map((text) => {
    const read = readCommunity(text)
    return 'value' in read ? read.value : text
  })
}

/** A name alone is a list of one. */
export const listOf = (entry: string | readonly string[]): readonly string[] =>
  typeof entry === 'string' ? [entry] : entry
