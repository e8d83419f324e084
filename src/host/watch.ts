/** Looks at this machine again and again, and keeps since when each fact is so. */

import type { Cancel, Clock } from '../ports/clock.js'
import type { PreferredRoute } from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { DropsReport } from '../speaker/model/event.js'
import { ArrivalsWatch } from './arrivals.js'
import { logSettings } from './checks.js'
import { CounterHistory, type Counters, growth, readCounters } from './counters.js'
import { DropsLog, type ExpectedUp } from './drops-log.js'
import type { FilterPorts } from './filter.js'
import type { HostFacts, Known, NetworkFacts, SysctlFact } from './model.js'
import { interfacesInUse, readNetwork } from './network.js'
import type { OpenPacketSocket } from './packet-socket.js'
import { type HostSources, readHostFacts } from './read.js'
import { dated, readSysctls } from './sysctls.js'

/** Milliseconds between two looks at sysctls and counters, which cost some file reads. */
const INTERVAL = 10_000
/** Looks from one reading of the network to the next, which costs commands. */
const NETWORK_EVERY = 3

/** What of the machine matters now. */
export interface HostScope extends ExpectedUp {
  /** Routes are installed: the kernel's settings matter. */
  readonly forwards: boolean
  /** Routes of this family are expected. */
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** BGP's ports, here and there. */
  readonly ports: FilterPorts
}

export interface HostWatchParts extends HostSources {
  readonly clock: Clock
  readonly log: Log
  /** Segments were dropped. */
  report(event: DropsReport): void
  /** Asked at each look. */
  scope(): HostScope
  /** Others' routes that the kernel uses instead of ours; undefined: this process installs no routes. */
  preferred(): readonly PreferredRoute[] | undefined
  /** Loads what opens packet sockets, when somebody is missing for the first time. @throws Error */
  loadPacketSocket(): Promise<OpenPacketSocket>
}

/** The facts of this machine, looked at again every ten seconds. */
export class HostWatch {
  readonly #parts: HostWatchParts
  readonly #drops: DropsLog
  readonly #arrivals: ArrivalsWatch
  readonly #history = new CounterHistory()
  #counters: Counters = new Map()
  #sysctls: readonly SysctlFact[] = []
  #network: Known<NetworkFacts> = { known: false, why: 'it has not been read yet' }
  #looks = 0
  #at: string
  #reading = false
  #cancel: Cancel | undefined
  #stopped = false

  constructor(parts: HostWatchParts) {
    this.#parts = parts
    this.#drops = new DropsLog(parts.clock, parts.log, (event) => parts.report(event))
    this.#arrivals = new ArrivalsWatch({
      clock: parts.clock,
      read: parts.read,
      own: (address) => this.#isOwn(address),
      load: () => parts.loadPacketSocket(),
    })
    this.#at = this.#now()
  }

  /** Reads everything, logs which settings keep the routes from working, and looks again from then on. */
  async start(): Promise<void> {
    const { clock } = this.#parts
    const scope = this.#parts.scope()
    this.#counters = readCounters(this.#parts.read)
    this.#history.add(this.#counters, clock.wall())
    const question = { ...scope, addresses: scope.neighbors.map(({ address }) => address) }
    const first = await readHostFacts(this.#parts, question, clock.wall())
    if (this.#stopped) return
    this.#at = first.at
    this.#sysctls = first.sysctls
    this.#network = first.network
    logSettings(this.#parts.log, [], first.sysctls)
    this.#wait()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
    this.#arrivals.end()
  }

  /** As of the last look; costs nothing. */
  facts(): HostFacts {
    const routes = this.#parts.preferred()
    return {
      at: this.#at,
      sysctls: this.#sysctls,
      counters: this.#history.facts(),
      network: this.#network,
      preferred:
        routes === undefined
          ? { known: false, why: 'this process installs no routes' }
          : { known: true, routes },
      arrivals: this.#arrivals.facts(),
    }
  }

  #now(): string {
    return new Date(this.#parts.clock.wall()).toISOString()
  }

  #wait(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL, () => {
      const scope = this.#look()
      const missing = isMissing(scope)
      if (++this.#looks % NETWORK_EVERY === 0 && (scope.forwards || missing)) this.#readNetwork()
      // From the second look on: most sessions are up by then, and koffi is not loaded for nothing.
      if (missing) this.#arrivals.listen(scope.ports)
      else this.#arrivals.end()
      this.#wait()
    })
  }

  #look(): HostScope {
    const { read, log, clock } = this.#parts
    const scope = this.#parts.scope()
    this.#at = this.#now()
    const before = this.#sysctls
    const interfaces = this.#network.known ? interfacesInUse(this.#network) : []
    this.#sysctls = scope.forwards ? dated(before, readSysctls(read, { ...scope, interfaces }), this.#at) : []
    logSettings(log, before, this.#sysctls)
    const counters = readCounters(read)
    this.#history.add(counters, clock.wall())
    this.#drops.look(growth(this.#counters, counters), INTERVAL / 1000, () => scope)
    this.#counters = counters
    return scope
  }

  /** While it is not known which addresses are own, any is: what passes through is rare on these ports. */
  #isOwn(address: string): boolean {
    const network = this.#network
    return (
      !network.known ||
      network.links.some(({ addresses }) => addresses.some((one) => one.address === address))
    )
  }

  async #readNetwork(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    const { run, ip, scope } = this.#parts
    const addresses = scope().neighbors.map(({ address }) => address)
    this.#network = await readNetwork(run, ip, addresses, this.#now())
    this.#reading = false
  }
}

/** Somebody who should be up is not, or may not be. */
function isMissing({ neighbors, ranges }: ExpectedUp): boolean {
  return ranges.length > 0 || neighbors.some((one) => !one.adminDown && one.state !== 'Established')
}
