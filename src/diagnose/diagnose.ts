/** Facts in, findings out. */

import type { Facts } from './model/facts.js'
import { type Finding, SEVERITIES, subjectText } from './model/finding.js'
import { findingOf, type Rule } from './model/rule.js'
import { RULES } from './registry.js'

/**
 * Everything that is not as it should be, the worst first; of equal severity in the order of the registry, then of
 * their subjects in the facts. No two have the same id and subject.
 * @param rules default: all
 */
export function diagnose(facts: Facts, rules: readonly Rule[] = RULES): readonly Finding[] {
  const answered = new Set<string>()
  const findings: Finding[] = []
  for (const rule of rules) {
    for (const found of rule.find(facts)) {
      const question = `${rule.group ?? rule.id} ${subjectText(found.subject)}`
      if (answered.has(question)) continue
      answered.add(question)
      findings.push(findingOf(rule, found))
    }
  }
  const rank = (finding: Finding) => SEVERITIES.indexOf(finding.severity)
  return findings.sort((a, b) => rank(a) - rank(b))
}
