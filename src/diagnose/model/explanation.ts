/** The answer to 'why is this as it is?': the conclusion first, the facts in order, the next step last. */

import type { Finding, Subject } from './finding.js'

/** One line of facts. */
export interface Fact {
  /** A word or two: 'state', 'its OPEN', 'last dial'. */
  readonly label: string
  /** Safe to print, one line. */
  readonly value: string
}

/** Why one subject is as it is. Plain JSON. */
export interface Explanation {
  readonly subject: Subject
  /** The subject as people read it: 'k8s-master-0 (192.168.95.210)'. */
  readonly name: string
  /** The conclusion: the first line of the worst finding, else one sentence that says that all is well. */
  readonly conclusion: string
  readonly facts: readonly Fact[]
  /** All that is not as it should be about it, the worst first. */
  readonly findings: readonly Finding[]
  /** The next step of the worst finding; absent when there is nothing to do. */
  readonly next?: string
}
