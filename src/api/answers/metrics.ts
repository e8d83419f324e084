import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { MessageCounts, NeighborView, SessionState } from '../../views/model/neighbor.js'
import type { ApiContext } from '../http/context.js'

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

type Neighbors = readonly NeighborView[]

/**
 * Prometheus metrics, in a registry of their own. All values are read from the views at the time of the
 * scrape: between scrapes they cost nothing but the event-loop clock.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #context: ApiContext
  readonly #lag: IntervalHistogram
  /** Read once a scrape: making the views of a thousand neighbors is not free. */
  #neighbors: Neighbors = []

  constructor(context: ApiContext) {
    this.#context = context
    this.#lag = monitorEventLoopDelay({ resolution: 20 })
    this.#lag.enable()
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 20 })
    this.#sessions()
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
    return text
  }

  close(): void {
    this.#lag.disable()
    this.#registry.clear()
  }

  #gauge<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    fill: (gauge: Gauge<T>) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset()
        fill(this as Gauge<T>)
      },
    })
  }

  #counter<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    fill: (counter: Counter<T>) => void,
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset()
        fill(this as Counter<T>)
      },
    })
  }

  #sessions(): void {
    this.#gauge('ecmpd_sessions', 'Neighbors by the state of their session.', ['state'], (gauge) => {
      for (const state of STATES) {
        gauge.set({ state }, this.#neighbors.filter((neighbor) => neighbor.state === state).length)
      }
    })
    this.#gauge(
      'ecmpd_maintenance',
      '1 while all routes are announced with GRACEFUL_SHUTDOWN.',
      [],
      (gauge) => {
        gauge.set(this.#context.views.speaker().maintenance === undefined ? 0 : 1)
      },
    )
    this.#gauge(
      'ecmpd_neighbor_maintenance',
      '1 while the neighbor is drained, 0 else.',
      ['neighbor'],
      (gauge) => {
        for (const { key, maintenance } of this.#neighbors) {
          gauge.set({ neighbor: key }, maintenance === undefined ? 0 : 1)
        }
      },
    )
    this.#gauge(
      'ecmpd_neighbor_up',
      '1 while the session is Established, 0 else.',
      ['neighbor', 'description', 'remote_as'],
      (gauge) => {
        for (const { key, description, remoteAs, state } of this.#neighbors) {
          const labels = { neighbor: key, description: description ?? '', remote_as: String(remoteAs) }
          gauge.set(labels, state === 'Established' ? 1 : 0)
        }
      },
    )
    this.#counter(
      'ecmpd_sessions_established_total',
      'Sessions that became Established.',
      ['neighbor'],
      (counter) => {
        for (const { key, established } of this.#neighbors) counter.inc({ neighbor: key }, established)
      },
    )
    this.#counter(
      'ecmpd_sessions_dropped_total',
      'Established sessions that ended.',
      ['neighbor'],
      (counter) => {
        for (const { key, dropped } of this.#neighbors) counter.inc({ neighbor: key }, dropped)
      },
    )
    this.#counter(
      'ecmpd_messages_total',
      'BGP messages of all neighbors.',
      ['type', 'direction'],
      (counter) => {
        for (const direction of ['sent', 'received'] as const) {
          for (const type of MESSAGE_TYPES) {
            const name = type === 'routeRefresh' ? 'route-refresh' : type
            let count = 0
            for (const neighbor of this.#neighbors) count += neighbor.messages[direction][type]
            counter.inc({ type: name, direction }, count)
          }
        }
      },
    )
    this.#counter(
      'ecmpd_update_faults_total',
      'Faulty UPDATEs by what became of them (RFC 7606).',
      ['verdict'],
      (counter) => {
        for (const verdict of VERDICTS) {
          let count = 0
          for (const neighbor of this.#neighbors) count += neighbor.faults[verdict]
          counter.inc({ verdict }, count)
        }
      },
    )
    this.#counter(
      'ecmpd_neighbor_update_faults_total',
      'Faults in the UPDATEs of a neighbor, by the attribute they lay in; none for those that sent no faulty one.',
      ['neighbor', 'attribute', 'verdict'],
      (counter) => {
        for (const { key, faults } of this.#neighbors) {
          for (const of of faults.attributes) {
            for (const verdict of VERDICTS) {
              if (of[verdict] > 0) {
                counter.inc({ neighbor: key, attribute: of.name, verdict }, of[verdict])
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
      this.#gauge(`ecmpd_prefixes_${name}`, help, ['neighbor', 'family'], (gauge) => {
        for (const { key, families } of this.#neighbors) {
          for (const counts of families) gauge.set({ neighbor: key, family: counts.family }, counts[counter])
        }
      })
    }
  }

  #tables(): void {
    const tables = () => this.#context.views.speaker().tables
    this.#gauge('ecmpd_rib_prefixes', 'Prefixes of the Loc-RIB.', ['family'], (gauge) => {
      for (const { family, prefixes } of tables()) gauge.set({ family }, prefixes)
    })
    this.#gauge('ecmpd_rib_paths', 'Paths of all Adj-RIBs-In.', ['family'], (gauge) => {
      for (const { family, paths } of tables()) gauge.set({ family }, paths)
    })
    this.#gauge(
      'ecmpd_ecmp_prefixes',
      'Prefixes by the number of next hops of their ECMP set.',
      ['family', 'width'],
      (gauge) => {
        for (const { family, widths } of tables()) {
          widths.forEach((count, width) => {
            if (count > 0) gauge.set({ family, width: String(width) }, count)
          })
        }
      },
    )
  }

  #fib(): void {
    const { fib } = this.#context
    this.#gauge('ecmpd_fib_enabled', '1 when routes are installed in the kernel.', [], (gauge) => {
      gauge.set(fib.status().enabled ? 1 : 0)
    })
    this.#gauge('ecmpd_fib_routes', 'Routes by their state in the kernel.', ['state'], (gauge) => {
      const { installed, pending, refused } = fib.status()
      gauge.set({ state: 'installed' }, installed)
      gauge.set({ state: 'pending' }, pending)
      gauge.set({ state: 'refused' }, refused)
    })
    this.#counter(
      'ecmpd_fib_operations_total',
      'Operations that the kernel did.',
      ['operation'],
      (counter) => {
        const { operations } = fib.status()
        for (const operation of ['add', 'replace', 'delete'] as const) {
          counter.inc({ operation }, operations[operation])
        }
      },
    )
    this.#counter('ecmpd_fib_errors_total', 'Operations that the kernel refused.', [], (counter) => {
      counter.inc(fib.status().errors)
    })
  }

  #findings(): void {
    this.#gauge(
      'ecmpd_finding',
      'Always 1: something is not as it should be (docs/findings.md); neighbor: whom it is about, if anybody.',
      ['id', 'neighbor', 'severity'],
      (gauge) => {
        for (const { id, severity, subject } of this.#context.findings()) {
          gauge.set({ id, severity, neighbor: subject.type === 'neighbor' ? subject.key : '' }, 1)
        }
      },
    )
  }

  #process(): void {
    this.#gauge('ecmpd_info', 'Always 1.', ['version', 'node'], (gauge) => {
      gauge.set({ version: this.#context.version, node: process.versions.node }, 1)
    })
    this.#gauge('ecmpd_ready', '1 when /readyz says ready.', [], (gauge) => {
      gauge.set(this.#context.status().ready ? 1 : 0)
    })
    this.#gauge(
      'ecmpd_event_loop_lag_seconds',
      'Delay of the event loop since the last scrape.',
      ['quantile'],
      (gauge) => {
        // The histogram counts the timer's own interval; what is above it is lag.
        const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - 0.02)
        for (const percentile of [50, 99]) {
          gauge.set({ quantile: String(percentile / 100) }, seconds(this.#lag.percentile(percentile)))
        }
        gauge.set({ quantile: '1' }, this.#lag.count > 0 ? seconds(this.#lag.max) : 0)
        this.#lag.reset()
      },
    )
  }
}
