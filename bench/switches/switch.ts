import type { Child } from '../../src/demo/child.js'
import type { Lab } from '../../src/demo/lab.js'

/** A daemon in the place of the switch, with the story's neighbours configured. */
export interface Switch {
  readonly name: string
  /** Name and version as the program tells it. */
  version(lab: Lab): Promise<string>
  /**
   * Writes configuration (untimed).
   * @returns a function that starts the daemon; all its processes are returned
   */
  prepare(lab: Lab, neighbors: readonly string[]): () => Child[]
}

/** Memory of processes and of those that they started, in MiB. */
export interface Memory {
  /** Proportional set size: shared pages are divided among those who share them. */
  readonly pss: number
  readonly rss: number
}
