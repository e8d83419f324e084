import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { MessageCounts, NeighborView, SessionState } from '../../views/model/neighbor.js'
import type { ApiContext } from '../http/context.js'
import { hostMetrics } from './host-metrics.js'
import { MetricSet } from './metric-set.js'
import { sessionEndMetrics } from './session-end-metrics.js'

const STATES: readonly SessionState[] = [
  'Idle',
  'Connect',
  'Active',
  'OpenSent',
  'OpenConfirm',
  'Established',
]
const MESSAGE_TYPES: readonly (keyof MessageCounts)[] = [
  'open',
  'update',
  'notification',
  'keepalive',
  'routeRefresh',
]

const VERDICTS = ['discard', 'withdraw', 'reset'] as const

/** Metrics of prom-client that are gauges under the names of counters; the same without `_total` are there, too. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
]

/** What is shown of the event loop's delay, by the ends of names. */
const LAGS = [
  ['p50', 'Half of its delays were below that'],
  ['p99', '99 of 100 of its delays were below that'],
  ['max', 'Its longest delay'],
] as const

type Neighbors = readonly NeighborView[]

/**
 * Prometheus metrics, in a registry of their own. All values are read from the views at the time of the
 * scrape: between scrapes they cost nothing but the event-loop clock.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #set = new MetricSet(this.#registry)
  readonly #context: ApiContext
  readonly #lag: IntervalHistogram
  /** Read once a scrape: making the views of a thousand neighbors is not free. */
  #neighbors: Neighbors = []

  constructor(context: ApiContext) {
    this.#context = context
    this.#lag = monitorEventLoopDelay({ resolution: 20 })
    this.#lag.enable()
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 20 })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
    this.#sessions()
    const neighbors = () => this.#neighbors
    sessionEndMetrics(this.#set, neighbors, () => Date.parse(context.status().now))
    hostMetrics(this.#set, () => context.host())
    this.#prefixes()
    this.#tables()
    this.#fib()
    this.#findings()
    this.#process()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  async text(): Promise<string> {
    this.#neighbors = this.#context.views.neighbors()
    const text = await this.#registry.metrics()
    this.#neighbors = []
    this.#lag.reset()
    return text
  }

  close(): void {
    this.#lag.disable()
    this.#registry.clear()
  }

  #sessions(): void {
    this.#set.gauge('ecmpd_sessions', 'Neighbors by the state of their session.', ['state'], (put) => {
      for (const state of STATES) {
        put({ state }, this.#neighbors.filter((neighbor) => neighbor.state === state).length)
      }
    })
    this.#set.gauge(
      'ecmpd_maintenance',
      '1 while all routes are announced with GRACEFUL_SHUTDOWN.',
      [],
      (put) => {
        put({}, this.#context.views.speaker().maintenance === undefined ? 0 : 1)
      },
    )
    this.#set.gauge(
      'ecmpd_neighbor_maintenance',
      '1 while the neighbor is drained, 0 else.',
      ['neighbor'],
      (put) => {
        for (const { key, maintenance } of this.#neighbors) {
          put({ neighbor: key }, maintenance === undefined ? 0 : 1)
        }
      },
    )
    this.#set.gauge(
      'ecmpd_neighbor_up',
      '1 while the session is Established, 0 else.',
      ['neighbor', 'description', 'remote_as'],
      (put) => {
        for (const { key, description, remoteAs, state } of this.#neighbors) {
          const labels = { neighbor: key, description: description ?? '', remote_as: String(remoteAs) }
          put(labels, state === 'Established' ? 1 : 0)
        }
      },
    )
    this.#set.gauge(
      'ecmpd_neighbor_info',
      'Always 1: what a neighbor is called (name: by names, description or its own host name), and whether it is dynamic.',
      ['neighbor', 'name', 'description', 'remote_as', 'dynamic'],
      (put) => {
        for (const { key, name = '', description = '', remoteAs, dynamic } of this.#neighbors) {
          const about = { remote_as: String(remoteAs), dynamic: String(dynamic) }
          put({ neighbor: key, name, description, ...about }, 1)
        }
      },
    )
    this.#set.counter(
      'ecmpd_sessions_established_total',
      'Sessions that became Established.',
      ['neighbor'],
      (put) => {
        for (const { key, established } of this.#neighbors) put({ neighbor: key }, established)
      },
    )
    this.#set.counter(
      'ecmpd_sessions_dropped_total',
      'Established sessions that ended.',
      ['neighbor'],
      (put) => {
        for (const { key, dropped } of this.#neighbors) put({ neighbor: key }, dropped)
      },
    )
    this.#set.counter(
      'ecmpd_messages_total',
      'BGP messages of all neighbors.',
      ['type', 'direction'],
      (put) => {
        for (const direction of ['sent', 'received'] as const) {
          for (const type of MESSAGE_TYPES) {
            const name = type === 'routeRefresh' ? 'route-refresh' : type
            let count = 0
            for (const neighbor of this.#neighbors) count += neighbor.messages[direction][type]
            put({ type: name, direction }, count)
          }
        }
      },
    )
    this.#set.counter(
      'ecmpd_update_faults_total',
      'Faulty UPDATEs by what became of them (RFC 7606).',
      ['verdict'],
      (put) => {
        for (const verdict of VERDICTS) {
          let count = 0
          for (const neighbor of this.#neighbors) count += neighbor.faults[verdict]
          put({ verdict }, count)
        }
      },
    )
    this.#set.counter(
      'ecmpd_neighbor_update_faults_total',
      'Faults in the UPDATEs of a neighbor, by the attribute they lay in; none for those that sent no faulty one.',
      ['neighbor', 'attribute', 'verdict'],
      (put) => {
        for (const { key, faults } of this.#neighbors) {
          for (const of of faults.attributes) {
            for (const verdict of VERDICTS) {
              if (of[verdict] > 0) {
                put({ neighbor: key, attribute: of.name, verdict }, of[verdict])
              }
            }
          }
        }
      },
    )
  }

  #prefixes(): void {
    const kinds = [
      ['received', 'prefixesReceived', 'Prefixes that a neighbor announces.'],
      ['accepted', 'prefixesAccepted', 'Prefixes of a neighbor that passed the import policy.'],
      ['best', 'prefixesBest', 'Prefixes whose best path is of this neighbor.'],
      ['multipath', 'prefixesMultipath', 'Prefixes with a path of this neighbor in their ECMP set.'],
      ['advertised', 'prefixesAdvertised', 'Prefixes advertised to a neighbor.'],
      ['stale', 'prefixesStale', 'Paths kept while a neighbor restarts.'],
    ] as const
    for (const [name, counter, help] of kinds) {
      this.#set.gauge(`ecmpd_prefixes_${name}`, help, ['neighbor', 'family'], (put) => {
        for (const { key, families } of this.#neighbors) {
          for (const counts of families) put({ neighbor: key, family: counts.family }, counts[counter])
        }
      })
    }
  }

  #tables(): void {
    const tables = () => this.#context.views.speaker().tables
    this.#set.gauge('ecmpd_rib_prefixes', 'Prefixes of the Loc-RIB.', ['family'], (put) => {
      for (const { family, prefixes } of tables()) put({ family }, prefixes)
    })
    this.#set.gauge('ecmpd_rib_paths', 'Paths of all Adj-RIBs-In.', ['family'], (put) => {
      for (const { family, paths } of tables()) put({ family }, paths)
    })
    this.#set.gauge(
      'ecmpd_ecmp_prefixes',
      'Prefixes by the number of next hops of their ECMP set.',
      ['family', 'width'],
      (put) => {
        for (const { family, widths } of tables()) {
          widths.forEach((count, width) => {
            if (count > 0) put({ family, width: String(width) }, count)
          })
        }
      },
    )
  }

  #fib(): void {
    const { fib } = this.#context
    this.#set.gauge('ecmpd_fib_enabled', '1 when routes are installed in the kernel.', [], (put) => {
      put({}, fib.status().enabled ? 1 : 0)
    })
    this.#set.gauge('ecmpd_fib_routes', 'Routes by their state in the kernel.', ['state'], (put) => {
      const { installed, pending, refused } = fib.status()
      put({ state: 'installed' }, installed)
      put({ state: 'pending' }, pending)
      put({ state: 'refused' }, refused)
    })
    this.#set.counter(
      'ecmpd_fib_operations_total',
      'Operations that the kernel did.',
      ['operation'],
      (put) => {
        const { operations } = fib.status()
        for (const operation of ['add', 'replace', 'delete'] as const) {
          put({ operation }, operations[operation])
        }
      },
    )
    this.#set.counter('ecmpd_fib_errors_total', 'Operations that the kernel refused.', [], (put) => {
      put({}, fib.status().errors)
    })
  }

  #findings(): void {
    this.#set.gauge(
      'ecmpd_finding',
      'Always 1: something is not as it should be (docs/findings.md); neighbor: whom it is about, if anybody.',
      ['id', 'neighbor', 'severity'],
      (put) => {
        for (const { id, severity, subject } of this.#context.findings()) {
          put({ id, severity, neighbor: subject.type === 'neighbor' ? subject.key : '' }, 1)
        }
      },
    )
  }

  #process(): void {
    this.#set.gauge('ecmpd_info', 'Always 1.', ['version', 'node'], (put) => {
      put({ version: this.#context.version, node: process.versions.node }, 1)
    })
    this.#set.gauge('ecmpd_ready', '1 when /readyz says ready.', [], (put) => {
      put({}, this.#context.status().ready ? 1 : 0)
    })
    // The histogram counts the timer's own interval; what is above it is lag.
    const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - 0.02)
    for (const [end, is] of LAGS) {
      this.#set.gauge(
        `ecmpd_event_loop_lag_${end}_seconds`,
        `How late the event loop was: ${is}, since the last scrape.`,
        [],
        (put) => put({}, seconds(this.#lagOf(end))),
      )
    }
  }

  /** Nanoseconds; 0 where nothing was measured. */
  #lagOf(end: (typeof LAGS)[number][0]): number {
    if (this.#lag.count === 0) return 0
    return end === 'max' ? this.#lag.max : this.#lag.percentile(end === 'p50' ? 50 : 99)
  }
}
