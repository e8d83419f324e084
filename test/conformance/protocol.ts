/** Lines of JSON between the tester in its namespace and the process that drives the device under test. */

/** What the tester is told at its start: a file. */
export interface Job {
  readonly setup: string
  /** Cases to play, by id. */
  readonly cases: readonly string[]
  readonly settleTime: number
  /** Messages of the corpus must get their strict reading, or the other one that is explained. */
  readonly strict: boolean
}

/** A question of the tester's; verbs of model.ts's Control, and two about the daemon's life. */
export interface Question {
  readonly ask: number
  readonly verb: string
  readonly args: readonly unknown[]
}

export interface Answer {
  readonly answer: number
  readonly value?: unknown
  readonly error?: string
  /** The daemon can't do it at all. */
  readonly lacks?: boolean
}
