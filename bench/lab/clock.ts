import { monotonic } from '../../src/demo/client.js'

/**
 * Milliseconds of the wall clock minus those of the monotonic clock, now, to a few microseconds: tcpdump and
 * `ip -ts` stamp with the former, feeders with the latter. Takes up to a millisecond: Date shows whole ones,
 * so a tick of it is waited for.
 */
export function wallOffset(): number {
  const first = Date.now()
  for (;;) {
    const now = Date.now()
    if (now !== first) return now - monotonic()
  }
}
