import { setTimeout as sleep } from 'node:timers/promises'
import { monotonic } from '../../src/demo/client.js'
import type { Sample } from '../bytes/tables.js'
import type { Running } from '../daemons/daemon.js'
import { TimeoutError } from '../feeder/handle.js'

/** Longest pause between two questions, milliseconds. */
const LONGEST_PAUSE = 200
/** Shortest one. */
const SHORTEST_PAUSE = 5

/** The quickest answer of each daemon so far, milliseconds: what an answer costs it. */
const quickest = new WeakMap<Running, number>()

/**
 * Asks the daemon until it has so many paths and nothing waits. It is asked less often the more its answers
 * cost, so that asking takes little from its work. That is told by its quickest answer: one that comes late
 * because the daemon is at work costs it no more.
 * @param since beginning of the measurement on the monotonic clock
 * @param limit milliseconds after it
 * @returns when the answer that said so was there
 * @throws TimeoutError
 */
export async function untilPaths(
  running: Running,
  expected: number,
  since: number,
  limit: number,
): Promise<number> {
  let last = 'no answer'
  let cost = quickest.get(running) ?? Number.POSITIVE_INFINITY
  for (;;) {
    const asked = monotonic()
    try {
      const { paths, settled } = await running.progress()
      cost = Math.min(cost, monotonic() - asked)
      quickest.set(running, cost)
      if (paths >= expected && settled) return monotonic()
      last = `${paths} paths${settled ? '' : ', not settled'}`
    } catch (error) {
      last = (error as Error).message.split('\n')[0]
    }
    const gone = running.children.find((child) => !child.running)
    if (gone) throw new Error(`${gone.name} ended: ${gone.output.slice(-1000)}`)
    const now = monotonic()
    if (now - since > limit) {
      throw new TimeoutError(`after ${(limit / 1000).toFixed(0)} s not ${expected} paths: ${last}`)
    }
    await sleep(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, 3 * Math.min(cost, now - asked))))
  }
}

/**
 * Compares what the daemon has with what was announced.
 * @param more `paths`: how many each prefix must have; `nextHops`: any of them is right for the best path
 * @throws Error naming the prefix and both
 */
export async function checkSamples(
  running: Running,
  samples: readonly Sample[],
  more: { readonly paths?: number; readonly nextHops?: readonly string[] } = {},
): Promise<void> {
  for (const sample of samples) {
    const seen = await running.route(sample.prefix)
    if (!seen) throw new Error(`${sample.prefix} is missing`)
    const { paths = 1, nextHops = [sample.nextHop] } = more
    const found = JSON.stringify([seen.paths, seen.asPath, [...seen.communities].sort()])
    const expected = JSON.stringify([paths, sample.asPath, [...sample.communities].sort()])
    if (found !== expected) throw new Error(`${sample.prefix} is ${found}, announced was ${expected}`)
    if (!nextHops.includes(seen.nextHop)) throw new Error(`${sample.prefix} has next hop ${seen.nextHop}`)
  }
}

/** The number of paths must be exactly this. */
export async function checkPaths(running: Running, expected: number): Promise<void> {
  const { paths } = await running.progress()
  if (paths !== expected) throw new Error(`${paths} paths, announced were ${expected}`)
}
