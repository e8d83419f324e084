/** One thing that is measured by itself. */
export interface Case {
  /** What is done, as the report calls it. */
  readonly name: string
  /** Operations that one call of `run` does. */
  readonly operations: number
  /** Puts back what the last call changed; not measured. */
  readonly prepare?: () => void
  run(): void
}

/** What an operation costs, nanoseconds of CPU. */
export interface Cost {
  readonly name: string
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Rounds of which the first ones are not counted: V8 compiles meanwhile. */
const ROUNDS = 15
const WARM_UP = 5

/**
 * CPU time of this process, so that another load on the machine counts little.
 * @throws Error when there is nothing to measure
 */
export function measure({ name, operations, prepare, run }: Case): Cost {
  const costs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    prepare?.()
    const from = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(from)
    if (round >= WARM_UP) costs.push(((user + system) * 1000) / operations)
  }
  costs.sort((a, b) => a - b)
  const [least] = costs
  if (least === undefined) throw new Error(`${name} was not measured`)
  return { name, median: costs[costs.length >>> 1], least, most: costs[costs.length - 1] }
}
