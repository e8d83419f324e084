/** Prefix rules as a person writes them, and what lengths they match, as `ge` and `le` of a switch's lists. */

import { bitsOf, type Family } from '../../ip/family.js'
import type { PrefixRule } from '../../policy/types.js'
import type { PrefixRuleEntry } from '../document/schema.js'
import type { Path } from '../text/diagnostic.js'
import { type PrefixText, readPrefix } from '../text/values.js'
import type { Resolution } from './resolution.js'

/** A rule and the family of its prefix. */
export interface FamilyRule extends PrefixRule {
  readonly family: Family
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
    for (const [i, entry] of entries.entries()) prefixRule(entry, ['prefixLists', name, i], context)
  }
}

/** Prefix rules of both families as they stand; a wrong one is an error and left out. */
export function prefixRules(
  entries: readonly PrefixRuleEntry[],
  path: Path,
  context: Resolution,
): readonly PrefixRule[] {
  return entries.flatMap((entry, i) => {
    const read = prefixRule(entry, [...path, i], context)
    return read === undefined ? [] : [{ action: read.action, prefix: read.prefix, ge: read.ge, le: read.le }]
  })
}

/** One rule; undefined, and an error, where it is no rule. */
export function prefixRule(entry: PrefixRuleEntry, path: Path, context: Resolution): FamilyRule | undefined {
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
