/** What a row of the registry is: a kind of finding, and how it is found. */

import type { Facts } from './facts.js'
import type { Finding, FindingSeverity, Subject } from './finding.js'

/** What a rule concludes of one subject; what is left out is the rule's own. */
export interface Judgment {
  readonly subject: Subject
  /** See Finding.text. */
  readonly text: string
  /** See Finding.next; left out: the rule's. */
  readonly next?: string
  readonly evidence?: readonly string[]
  readonly since?: string
  /** Where it is worse or better than usual. */
  readonly severity?: FindingSeverity
}

/** A kind of finding. Written once: explain, doctor, lint and expect draw from the same rows. */
export interface Rule {
  /** Kebab case; never changed once it was released. */
  readonly id: string
  /** The usual one. */
  readonly severity: FindingSeverity
  /** What it means, for docs/findings.md: one sentence without names. */
  readonly title: string
  /** What to do, where a finding does not say it more precisely; for docs/findings.md, too. */
  readonly next: string
  /**
   * Rules of one group give one answer to one question ('why is it down'): for a subject only the first of them, in
   * the order of the registry, is a finding.
   */
  readonly group?: 'down' | 'vain'
  /** Judges facts alone: no clock, no I/O; the same facts give the same findings. */
  find(facts: Facts): Iterable<Judgment>
}

/** A family of rules: a file of its own, a heading in docs/findings.md. */
export interface RuleFamily {
  readonly title: string
  readonly rules: readonly Rule[]
}

/** The whole finding of what a rule has found. */
export function findingOf(rule: Rule, found: Judgment): Finding {
  return {
    id: rule.id,
    severity: found.severity ?? rule.severity,
    subject: found.subject,
    text: found.text,
    next: found.next ?? rule.next,
    evidence: found.evidence ?? [],
    ...(found.since === undefined ? {} : { since: found.since }),
  }
}
