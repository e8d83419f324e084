import { bird } from './daemons/bird.js'
import { ecmpd } from './daemons/ecmpd.js'
import { failover } from './parts/failover.js'
import { fullTable } from './parts/full-table.js'
import { kernel } from './parts/kernel.js'
import type { Options, Part } from './parts/part.js'
import { summarize } from './report/summary.js'

const OPTIONS: Options = { quick: false, seconds: 60 }
const RUNS = 3

/** A bound that ecmpd keeps when all is well, with room for a busy machine. */
interface Bound {
  readonly part: Part
  readonly work: string
  readonly metric: string
  /** Most that ecmpd may take: so many times BIRD's median, and so much more. */
  readonly times: number
  readonly more: number
  readonly unit: 's' | 'ms'
}

const BOUNDS: readonly Bound[] = [
  { part: fullTable, work: 'internet', metric: 'time', times: 2, more: 0.5, unit: 's' },
  { part: kernel, work: '10000', metric: 'time', times: 3, more: 0.5, unit: 's' },
  { part: failover, work: '1000', metric: 'loss', times: 1, more: 10, unit: 'ms' },
]

/** Whether a median keeps a bound. */
export function keeps(own: number, peer: number, { times, more }: Pick<Bound, 'times' | 'more'>): boolean {
  return own <= peer * times + more
}

/**
 * A quick look before a release: ecmpd beside BIRD, three runs in turn, bounds that only a regression exceeds.
 * @returns whether all of them are kept
 */
export async function check(): Promise<boolean> {
  let kept = true
  for (const bound of BOUNDS) {
    const work = bound.part.cases(OPTIONS).find(({ id }) => id === bound.work)!
    const values: Record<string, number[]> = { ecmpd: [], BIRD: [] }
    try {
      for (let round = 0; round < RUNS; round++) {
        for (const daemon of [ecmpd, bird]) {
          values[daemon.name].push((await bound.part.run(daemon, work, OPTIONS))[bound.metric])
        }
      }
    } catch (error) {
      console.log(`FAILED  ${bound.part.name}, ${work.title}: ${(error as Error).message}`)
      kept = false
      continue
    }
    const [own, peer] = [values.ecmpd, values.BIRD].map((list) => summarize(list).median)
    const holds = keeps(own, peer, bound)
    kept &&= holds
    const text = (value: number) => `${value.toFixed(2)} ${bound.unit}`
    const limit = text(peer * bound.times + bound.more)
    console.log(
      `${holds ? 'ok' : 'TOO SLOW'}  ${bound.part.name}, ${work.title}: ecmpd ${text(own)}, BIRD ${text(peer)}, ` +
        `${(own / peer).toFixed(2)} times; at most ${limit}`,
    )
  }
  return kept
}
