/** Looks at this machine again and again, and keeps since when each fact is so. */

import type { Cancel, Clock } from '../ports/clock.js'
import type { Log } from '../ports/log.js'
import { logSettings } from './checks.js'
import type { Run } from './commands.js'
import { CounterHistory, type Counters, growth, readCounters } from './counters.js'
import { DropsLog, type ExpectedUp } from './drops-log.js'
import type { ReadProc } from './files.js'
import type { HostFacts, Known, NetworkFacts, SysctlFact } from './model.js'
import { interfacesInUse, readNetwork } from './network.js'
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
}

/** Where the facts come from. */
export interface HostSources {
  readonly read: ReadProc
  readonly run: Run
  /** The `ip` command, with what selects the namespace. */
  readonly ip: readonly string[]
}

export interface HostWatchParts extends HostSources {
  readonly clock: Clock
  readonly log: Log
  /** Asked at each look. */
  scope(): HostScope
}

/** The facts of this machine, looked at again every ten seconds. */
export class HostWatch {
  readonly #parts: HostWatchParts
  readonly #drops: DropsLog
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
    this.#drops = new DropsLog(parts.clock, parts.log)
    this.#at = this.#now()
  }

  /** Reads everything, logs which settings keep the routes from working, and looks again from then on. */
  async start(): Promise<void> {
    this.#counters = readCounters(this.#parts.read)
    this.#history.add(this.#counters, this.#parts.clock.wall())
    await this.#readNetwork()
    if (this.#stopped) return
    this.#look()
    this.#wait()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  /** As of the last look; costs nothing. */
  facts(): HostFacts {
    return {
      at: this.#at,
      sysctls: this.#sysctls,
      counters: this.#history.facts(),
      network: this.#network,
    }
  }

  #now(): string {
    return new Date(this.#parts.clock.wall()).toISOString()
  }

  #wait(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL, () => {
      const scope = this.#look()
      if (++this.#looks % NETWORK_EVERY === 0 && (scope.forwards || isMissing(scope))) this.#readNetwork()
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
