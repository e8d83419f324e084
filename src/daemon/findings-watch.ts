/** Makes events of findings that come and go. */

import { type Finding, firstLine, subjectText } from '../diagnose/model/finding.js'
import { RULES } from '../diagnose/registry.js'
import type { Cancel, Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import type { FindingReport } from '../speaker/model/event.js'
import { every } from './every.js'

/** Milliseconds between two looks. What is gone at the second of them was on its way, and no finding. */
const INTERVAL = 5000

/** Those that the log has already, from the connection that failed. */
const LOGGED: ReadonlySet<string> = new Set(RULES.filter(({ group }) => group === 'down').map(({ id }) => id))

export interface FindingsWatchParts {
  readonly clock: Clock
  readonly log: Log
  findings(): readonly Finding[]
  report(event: FindingReport): void
}

/** Looks at the findings regularly; one that two looks have seen is raised, one that is gone is cleared. */
export class FindingsWatch {
  readonly #parts: FindingsWatchParts
  /** By kind and subject; `raised`: there is an event of it. */
  #known = new Map<string, { readonly finding: Finding; readonly raised: boolean }>()
  #cancel: Cancel | undefined

  constructor(parts: FindingsWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#cancel = every(this.#parts.clock, INTERVAL, () => this.#look())
  }

  stop(): void {
    this.#cancel?.()
  }

  #look(): void {
    const before = this.#known
    this.#known = new Map()
    for (const finding of this.#parts.findings()) {
      const key = `${finding.id} ${subjectText(finding.subject)}`
      const known = before.get(key)
      if (known !== undefined && !known.raised) this.#report('raised', finding)
      this.#known.set(key, { finding, raised: known !== undefined })
    }
    for (const [key, { finding, raised }] of before) {
      if (raised && !this.#known.has(key)) this.#report('cleared', finding)
    }
  }

  #report(change: 'raised' | 'cleared', finding: Finding): void {
    const { id, severity, subject } = finding
    const text = firstLine(finding)
    this.#parts.report({
      type: 'finding',
      change,
      finding: id,
      severity,
      subject: subjectText(subject),
      ...(subject.type === 'neighbor' ? { neighbor: subject.key } : {}),
      text,
    })
    if (LOGGED.has(id)) return
    const level = change === 'cleared' || severity === 'note' ? 'info' : 'warn'
    this.#parts.log[level](
      { finding: id, subject: subjectText(subject) },
      change === 'raised' ? text : `no longer: ${finding.text}`,
    )
  }
}
