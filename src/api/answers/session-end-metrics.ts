import type { NeighborView } from '../../views/model/neighbor.js'
import type { MetricSet } from './metric-set.js'

/** Seconds since 1970 of a time in text. */
const seconds = (at: string) => Date.parse(at) / 1000

/**
 * How long sessions are up, and why the last one or the last attempt ended.
 * @param neighbors of this scrape
 * @param now milliseconds since 1970
 */
export function sessionEndMetrics(
  set: MetricSet,
  neighbors: () => readonly NeighborView[],
  now: () => number,
): void {
  set.gauge(
    'ecmpd_neighbor_uptime_seconds',
    'Seconds since the session became Established; none while it is not.',
    ['neighbor'],
    (put) => {
      for (const { key, state, since } of neighbors()) {
        if (state === 'Established') put({ neighbor: key }, Math.max(0, now() / 1000 - seconds(since)))
      }
    },
  )
  set.gauge(
    'ecmpd_neighbor_last_error_info',
    'Always 1: why the last session or attempt ended, and the code and subcode of its NOTIFICATION (RFC 4271 §4.5); direction none, and no codes: it ended without one.',
    ['neighbor', 'reason', 'direction', 'code', 'subcode'],
    (put) => {
      for (const { key, lastError } of neighbors()) {
        if (lastError === undefined) continue
        const { direction = 'none', code = '', subcode = '' } = lastError.notification ?? {}
        const { reason } = lastError
        put({ neighbor: key, reason, direction, code: String(code), subcode: String(subcode) }, 1)
      }
    },
  )
  set.gauge(
    'ecmpd_neighbor_last_error_timestamp_seconds',
    'When that was, in seconds since 1970; none when nothing has ended yet.',
    ['neighbor'],
    (put) => {
      for (const { key, lastError } of neighbors()) {
        if (lastError !== undefined) put({ neighbor: key }, seconds(lastError.at))
      }
    },
  )
}
