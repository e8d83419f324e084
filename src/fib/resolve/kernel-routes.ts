/**
 * Follows the machine's routes where no routes are installed: two monitors and a reading of the kernel, from the
 * first follower on. Where routes are installed, KernelFib has all that and gives it away.
 */
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { MachineRouteChange, MachineRoutes } from '../../ports/machine-routes.js'
import { KernelReader } from '../kernel/kernel-state.js'
import { type Spawn, spawnChild } from '../kernel/process.js'
import { PROTOCOL_BGP, parseRouteLine, type RouteLine } from '../kernel/route-line.js'
import { ScopedClock } from '../kernel/scoped-clock.js'
import { KernelWatch } from '../kernel/watch.js'
import { RouteBook } from './route-book.js'

/** Wait before the kernel is read anew after notifications were lost: more losses follow. */
const GAP_PAUSE = 500
/** Wait after a reading that failed, and at most. */
const FAIL_PAUSE = 1000
const LONGEST_PAUSE = 30_000

export interface KernelRoutesOptions {
  readonly log: Log
  readonly clock: Clock
  /** Metric of own routes, whose notifications are passed over. */
  readonly metric: number
  /** The `ip` command; default ['ip']. ['ip', '-n', 'lab'] works in that network namespace. */
  readonly ip?: readonly string[]
  readonly spawn?: Spawn
}

/** MachineRoutes on the Linux kernel, as described at the head of this file. */
export class KernelRoutes implements MachineRoutes {
  readonly #options: KernelRoutesOptions
  readonly #followers = new Set<Follower>()

  constructor(options: KernelRoutesOptions) {
    this.#options = options
  }

  follow(listener: (changes: readonly MachineRouteChange[]) => void): () => void {
    const follower = new Follower(this.#options, listener)
    this.#followers.add(follower)
    follower.start()
    return () => {
      this.#followers.delete(follower)
      follower.stop()
    }
  }

  /** Ends the children. */
  stop(): void {
    for (const follower of this.#followers) follower.stop()
    this.#followers.clear()
  }
}

class Follower {
  readonly #log: Log
  readonly #clock: ScopedClock
  readonly #book: RouteBook
  readonly #reader: KernelReader
  readonly #watch: KernelWatch
  /** Events that came during a reading, to be carried out behind it. */
  #deferred: (() => void)[] | undefined
  #wanted = false
  #stopped = false
  #pause = FAIL_PAUSE

  constructor(options: KernelRoutesOptions, listener: (changes: readonly MachineRouteChange[]) => void) {
    const { log, clock, metric, ip = ['ip'], spawn = spawnChild } = options
    this.#log = log
    this.#clock = new ScopedClock(clock)
    const book = new RouteBook(listener)
    this.#book = book
    this.#reader = new KernelReader(ip, spawn)
    const watch = new KernelWatch(ip, metric, this.#clock, log, spawn, {
      link: (event) =>
        this.#live(() => {
          if (book.link(event)) watch.renew()
          // Routes come from another child: one that has come back already may be dropped by this older event.
          if (!event.adminUp) this.#readLater(GAP_PAUSE)
        }),
      address: (event) => this.#live(() => book.address(event)),
      nextHop() {},
      route: (route) => this.#live(() => book.route(route)),
      eventsEnd: () => this.#live(() => book.publish()),
      gap: () => this.#readLater(GAP_PAUSE),
    })
    this.#watch = watch
  }

  async start(): Promise<void> {
    await this.#watch.start()
    await this.#read()
  }

  stop(): void {
    this.#stopped = true
    this.#watch.stop()
    this.#clock.end()
  }

  #live(event: () => void): void {
    if (this.#deferred === undefined) event()
    else this.#deferred.push(event)
  }

  #readLater(pause: number): void {
    if (this.#wanted || this.#stopped) return
    this.#wanted = true
    this.#clock.after(pause, () => {
      this.#wanted = false
      this.#read()
    })
  }

  /** Never rejects. */
  async #read(): Promise<void> {
    if (this.#stopped) return
    if (this.#deferred !== undefined) {
      this.#readLater(GAP_PAUSE)
      return
    }
    this.#deferred = []
    let read = true
    try {
      const routes: RouteLine[] = []
      const bgp = ` proto ${PROTOCOL_BGP} `
      const [links, addresses] = await Promise.all([
        this.#reader.links(),
        this.#reader.addresses(),
        this.#reader.routes((line, family) => {
          // They may be very many.
          const route = line.includes(bgp) ? undefined : parseRouteLine(line, family)
          if (route !== undefined) routes.push(route)
        }),
      ])
      if (this.#stopped) return
      this.#book.loadLinks(links, addresses)
      this.#book.loadRoutes(routes)
    } catch (error) {
      read = false
      if (!this.#stopped) this.#failed((error as Error).message)
    }
    const deferred: (() => void)[] = this.#deferred
    this.#deferred = undefined
    for (const event of deferred) event()
    if (!read) return
    this.#pause = FAIL_PAUSE
    this.#book.publish()
  }

  #failed(reason: string): void {
    const remedy = reason.includes('no such program') ? '; install iproute2' : ''
    this.#log.error({ error: reason }, `the routes of this machine can’t be read: ${reason}${remedy}`)
    this.#readLater(this.#pause)
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2)
  }
}
