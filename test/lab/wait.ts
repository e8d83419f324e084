import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Polls until `check` returns a value that is neither undefined nor false; a throw counts as "not yet".
 * @param what ends the sentence "still not so: …" of the error
 * @param within milliseconds
 * @throws Error naming `what`, the time and the last thing seen
 */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  within = 60_000,
  every = 50,
): Promise<T> {
  const deadline = performance.now() + within
  let last: unknown
  for (;;) {
    try {
      const value = await check()
      if (value !== undefined && value !== false) return value
      last = value
    } catch (error) {
      last = error
    }
    if (performance.now() >= deadline) break
    await sleep(every)
  }
  const seen = last instanceof Error ? `; last error: ${last.message}` : ''
  throw new Error(`after ${within} ms still not so: ${what}${seen}`)
}

/**
 * Asserts over a stretch of time: `check` must hold at every poll.
 * @throws Error naming `what` and when it ceased to hold
 */
export async function throughout(
  what: string,
  check: () => Promise<boolean> | boolean,
  during: number,
  every = 100,
): Promise<void> {
  const start = performance.now()
  while (performance.now() - start < during) {
    if (!(await check())) {
      throw new Error(`ceased to hold after ${Math.round(performance.now() - start)} ms: ${what}`)
    }
    await sleep(every)
  }
}

export { sleep }
