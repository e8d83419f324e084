/** How an explanation is put together. */

import type { Explanation, Fact } from '../model/explanation.js'
import { type Finding, firstLine, type Subject } from '../model/finding.js'

/** What is known of a subject, before it is concluded. */
export interface Conclusion {
  readonly subject: Subject
  readonly name: string
  readonly facts: readonly Fact[]
  readonly findings: readonly Finding[]
  /** The conclusion where there is no finding: one sentence without its full stop. */
  readonly well: string
}

/** The worst finding is the conclusion, and its next step the next step. */
export function conclude({ subject, name, facts, findings, well }: Conclusion): Explanation {
  const [worst] = findings
  if (worst === undefined) return { subject, name, conclusion: well, facts, findings }
  return { subject, name, conclusion: firstLine(worst), facts, findings, next: worst.next }
}

/** A fact, unless there is nothing to tell. */
export function fact(label: string, value: string | undefined): Fact[] {
  return value === undefined || value === '' ? [] : [{ label, value }]
}
