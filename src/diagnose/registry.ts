/**
 * Every kind of finding, in the order in which they are looked for: within a group the first that holds is the answer,
 * so that what is certain stands above what is guessed.
 */

import type { Rule, RuleFamily } from './model/rule.js'
import { SESSION } from './rules/session.js'

/** The families, in the order of docs/findings.md. */
export const FAMILIES: readonly RuleFamily[] = [SESSION]

/** All rules. */
export const RULES: readonly Rule[] = FAMILIES.flatMap(({ rules }) => rules)
