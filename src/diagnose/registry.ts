/**
 * Every kind of finding, in the order in which they are looked for: within a group the first that holds is the answer,
 * so that what is certain stands above what is guessed.
 */

import type { Rule, RuleFamily } from './model/rule.js'
import { DIALS } from './rules/dials.js'
import { ENDS, FAILURES } from './rules/failures.js'
import { HOST } from './rules/host.js'
import { OWN } from './rules/own.js'
import { ROUTES } from './rules/routes.js'
import { VAIN } from './rules/vain.js'
import { WAYS } from './rules/ways.js'

/** The families, in the order of docs/findings.md. */
export const FAMILIES: readonly RuleFamily[] = [OWN, VAIN, FAILURES, WAYS, ENDS, DIALS, ROUTES, HOST]

/** All rules. */
export const RULES: readonly Rule[] = FAMILIES.flatMap(({ rules }) => rules)
