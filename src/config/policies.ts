import { bitsOf, type Family } from '../ip/family.js'
import type { PrefixRule, RoutePolicy } from '../policy/types.js'
import type { Path } from './diagnostic.js'
import { didYouMean } from './nearest.js'
import type { Resolution } from './resolution.js'
import type { PolicyEntry, PrefixRuleEntry } from './schema.js'
import { type PrefixText, readPrefix } from './values.js'

interface FamilyRule extends PrefixRule {
  readonly family: Family
}

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
  if (typeof entry === 'string') {
    const lists = context.document.prefixLists ?? {}
    if (!Object.hasOwn(lists, entry)) {
      const hint =
        didYouMean(entry, ['all', 'none', ...Object.keys(lists)]) ?? 'define it under `prefixLists`'
      context.error(path, `there is no prefix list \`${entry}\``, hint)
      return 'none'
    }
    return rulesOf(lists[entry], ['prefixLists', entry], family, context)
  }
  return rulesOf(entry, path, family, context)
}

/** Checks every prefix list, also those that nobody uses. */
export function checkPrefixLists(context: Resolution): void {
  for (const [name, entries] of Object.entries(context.document.prefixLists ?? {})) {
    if (name === 'all' || name === 'none') {
      context.error(
        ['prefixLists', name],
        `a prefix list can't be called \`${name}\``,
        'the word has a meaning',
      )
    }
    for (const [i, entry] of entries.entries()) rule(entry, ['prefixLists', name, i], context)
  }
}

function rulesOf(
  entries: readonly PrefixRuleEntry[],
  path: Path,
  family: Family,
  context: Resolution,
): RoutePolicy {
  const rules = entries.flatMap((entry, i) => rule(entry, [...path, i], context) ?? [])
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
function simplest(rules: readonly PrefixRule[], family: Family): RoutePolicy {
  if (rules.every((rule) => rule.action === 'deny')) return 'none'
  const [{ action, prefix, ge, le }] = rules
  const everything = prefix.endsWith('/0') && ge === 0 && le === bitsOf(family)
  return action === 'permit' && everything ? 'all' : rules
}

function rule(entry: PrefixRuleEntry, path: Path, context: Resolution): FamilyRule | undefined {
  const long = typeof entry === 'string' ? { permit: entry } : entry
  const action = 'permit' in long && long.permit !== undefined ? 'permit' : 'deny'
  const read = readPrefix((action === 'permit' ? long.permit : (long as { deny?: string }).deny) ?? '')
  if ('problem' in read) {
    context.error(path, read.problem, read.hint)
    return undefined
  }
  const lengths = typeof entry === 'string' ? {} : entry
  const { ge, le, problem } = lengthsOf(read.value, lengths.ge, lengths.le)
  if (problem !== undefined) {
    context.error(path, problem, `${read.value.length} ≤ ge ≤ le ≤ ${bitsOf(read.value.family)}`)
    return undefined
  }
  return { action, prefix: read.value.text, ge, le, family: read.value.family }
}

/** Lengths matched, as prefix lists of switches read them: `ge` alone goes up to host routes. */
function lengthsOf(
  prefix: PrefixText,
  ge: number | undefined,
  le: number | undefined,
): { ge: number; le: number; problem?: string } {
  const longest = bitsOf(prefix.family)
  const low = ge ?? prefix.length
  const high = le ?? (ge === undefined ? prefix.length : longest)
  if (low < prefix.length)
    return { ge: low, le: high, problem: `ge ${low} is below the length of ${prefix.text}` }
  if (high < low) return { ge: low, le: high, problem: `le ${high} is below ${low}` }
  if (high > longest)
    return { ge: low, le: high, problem: `${high} is longer than an address of ${longest} bits` }
  return { ge: low, le: high }
}
