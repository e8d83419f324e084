/** Findings and explanations as text. */

import type { Explanation } from '../diagnose/model/explanation.js'
import { type Finding, firstLine } from '../diagnose/model/finding.js'
import { escapeText } from './text.js'

const SIGNS = { error: 'error', warning: 'warning', note: 'note' } as const

/** One line a finding, the worst first; a sentence when there is none. */
export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is found that is not as it should be.\n'
  return findings.map((finding) => `${SIGNS[finding.severity].padEnd(7)}  ${findingLine(finding)}\n`).join('')
}

/** Cause, next step and id in one line. */
function findingLine(finding: Finding): string {
  return escapeText(`${firstLine(finding)} [${finding.id}]`)
}

/** The conclusion first, the facts in order, the other findings, the next step last. */
export function explanationText({ name, conclusion, facts, findings, next }: Explanation): string {
  const width = Math.max(0, ...facts.map(({ label }) => label.length))
  const [, ...others] = findings
  const evidence = findings[0]?.evidence ?? []
  const lines = [
    conclusion,
    '',
    ...facts.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`),
    ...(evidence.length === 0 ? [] : ['', '  because', ...evidence.map((one) => `    ${one}`)]),
    ...(others.length === 0 ? [] : ['', `  also about ${name}`]),
    ...others.map((finding) => `    ${findingLine(finding)}`),
    ...(next === undefined ? [] : ['', `Next step: ${next}`]),
  ]
  return lines.map((line) => `${escapeText(line)}\n`).join('')
}
