import type { Daemon } from '../daemons/daemon.js'

/** What the person who runs it asked for. */
export interface Options {
  /** A recording of BGP messages (`--replay`). */
  readonly replay?: string
  /** An MRT file in the place of the table like the Internet's (`--mrt`). */
  readonly mrt?: string
  /** Length of a stream of changes (`--seconds`). */
  readonly seconds: number
  /** Less of everything: smaller tables, shorter streams. */
  readonly quick: boolean
}

/** A piece of work. */
export interface Case {
  /** Word for the command line and for the file of results. */
  readonly id: string
  /** Heading of the table. */
  readonly title: string
  /** Seconds after which a daemon is given up; the runs that would follow are left out. */
  readonly limit: number
  /** Seconds that it takes whoever does it. Default 0. */
  readonly lasts?: number
}

/** What is measured. */
export interface Metric {
  readonly id: string
  readonly title: string
  readonly digits: number
  /** A chart of it is drawn, with this unit. */
  readonly chart?: 's' | 'ms' | 'MiB'
}

/** Figures of one run, by metric. */
export type Figures = Readonly<Record<string, number>>

/** Something that does the work beside the daemons, to show what the work costs without one. */
export interface Floor {
  readonly name: string
  run(work: Case, options: Options): Promise<Figures>
}

/** A part of the suite. */
export interface Part {
  readonly name: string
  readonly title: string
  /** Markdown: what is measured and how. */
  readonly text: string
  readonly metrics: readonly Metric[]
  cases(options: Options): readonly Case[]
  /** Programs that it needs besides the daemons and iproute2, each with Debian's package of it. */
  readonly needs?: Readonly<Record<string, string>>
  /** Whether the daemon can do it. */
  suits(daemon: Daemon): boolean
  /**
   * One run in a network of its own.
   * @throws TimeoutError beyond the case's limit; Error when the result is wrong
   */
  run(daemon: Daemon, work: Case, options: Options): Promise<Figures>
  readonly floors?: readonly Floor[]
}
