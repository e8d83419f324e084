/**
 * What a finding is: one thing that is not as it should be, in words for people and an id for scripts. Plain JSON
 * values; times are ISO 8601 texts in UTC.
 */

import type { Family } from '../../ip/family.js'

/**
 * How much it hurts. 'error': traffic suffers, or a session that is meant to be up is not. 'warning': it works, and
 * will not when something else happens, or works worse than it could. 'note': worth knowing, and may be meant so.
 */
export type FindingSeverity = 'error' | 'warning' | 'note'

/** The severities, the worst first. */
export const SEVERITIES: readonly FindingSeverity[] = ['error', 'warning', 'note']

/** What a finding is about. */
export type Subject =
  /** A neighbor, configured or from a listen range, by its key (session/neighbor-key.ts). */
  | { readonly type: 'neighbor'; readonly key: string }
  /** Somebody who speaks to this machine and is no neighbor: canonical address. */
  | { readonly type: 'address'; readonly address: string }
  /** A prefix in canonical text. */
  | { readonly type: 'prefix'; readonly family: Family; readonly prefix: string }
  /** A next hop, canonical address. */
  | { readonly type: 'next-hop'; readonly address: string }
  /** This machine; `detail` tells findings of one kind apart: an interface, a sysctl. */
  | { readonly type: 'host'; readonly detail?: string }
  /** This daemon: its configuration, its tables. */
  | { readonly type: 'daemon' }

/** One thing that is not as it should be. */
export interface Finding {
  /** Stable: scripts, alerts and docs/findings.md know it. Kebab case. */
  readonly id: string
  readonly severity: FindingSeverity
  readonly subject: Subject
  /** The cause: one sentence without its full stop, which names whom it is about. Safe to print. */
  readonly text: string
  /** What to do next, without a full stop. */
  readonly next: string
  /** What it is concluded from, one phrase each. */
  readonly evidence: readonly string[]
  /** Since when, as far as that is known. */
  readonly since?: string
}

/** A finding in one line: cause and next step. The same line wherever a state is shown. */
export function firstLine({ text, next }: Pick<Finding, 'text' | 'next'>): string {
  return `${text}: ${next}`
}

/** A text that tells subjects apart: 'neighbor 192.168.95.210', 'host eth0'. */
export function subjectText(subject: Subject): string {
  switch (subject.type) {
    case 'neighbor':
      return `neighbor ${subject.key}`
    case 'address':
      return `address ${subject.address}`
    case 'prefix':
      return `prefix ${subject.prefix}`
    case 'next-hop':
      return `next hop ${subject.address}`
    case 'host':
      return subject.detail === undefined ? 'host' : `host ${subject.detail}`
    case 'daemon':
      return 'daemon'
  }
}
