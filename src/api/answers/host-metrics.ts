import type { CounterName, HostFacts } from '../../host/model.js'
import type { MetricSet } from './metric-set.js'

/** What the kernel calls these drops, and what they are. */
const MD5_REASONS = [
  ['missing', 'TCPMD5NotFound'],
  ['unexpected', 'TCPMD5Unexpected'],
  ['wrong', 'TCPMD5Failure'],
] as const

/**
 * What the kernel dropped before BGP could see it. A kernel that does not count something has no such metric.
 * @param facts as of the last look; undefined before the first
 */
export function hostMetrics(set: MetricSet, facts: () => HostFacts | undefined): void {
  const total = (name: CounterName) => facts()?.counters.find((counter) => counter.name === name)?.total
  const since = "of this network namespace, since its start; the kernel doesn't say whose they were."
  set.counter(
    'ecmpd_tcp_md5_drops_total',
    `TCP segments dropped for their MD5 signature (RFC 2385): missing, unexpected or wrong; ${since}`,
    ['reason'],
    (put) => {
      for (const [reason, name] of MD5_REASONS) {
        const value = total(name)
        if (value !== undefined) put({ reason }, value)
      }
    },
  )
  set.counter(
    'ecmpd_tcp_min_ttl_drops_total',
    `TCP segments dropped for a TTL below what GTSM asks for (RFC 5082); ${since}`,
    [],
    (put) => {
      const value = total('TCPMinTTLDrop')
      if (value !== undefined) put({}, value)
    },
  )
  set.counter(
    'ecmpd_tcp_listen_drops_total',
    `TCP connections dropped before anybody accepted them; ${since}`,
    [],
    (put) => {
      const value = total('ListenDrops')
      if (value !== undefined) put({}, value)
    },
  )
}
