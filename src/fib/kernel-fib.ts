/**
 * Kernel ECMP through iproute2. Starts and feeds the parts: the batch child writes, two monitors watch, the
 * installer decides, the resolver answers which gateways can be used.
 *
 * Own routes are those with proto bgp, ecmpd's metric and a next-hop id of ecmpd's range (without next-hop
 * objects: proto and metric). At start they are taken over as they are; `sweep` removes what nobody asked for.
 * A first installation never replaces: another's route for the same prefix and metric is reported as refused.
 */
import type { FibOptions } from '../config/model/model.js'
import type { Family } from '../ip/family.js'
import type { Clock } from '../ports/clock.js'
import type {
  FibPort,
  FibRouteView,
  FibStatusView,
  Gateway,
  NextHopSet,
  PreferredRoute,
  Resolver,
} from '../ports/fib.js'
import type { Log } from '../ports/log.js'
import type { MachineRoutes } from '../ports/machine-routes.js'
import { Batch } from './groups/batch.js'
import { ObjectDialect } from './groups/dialect.js'
import { IdPool } from './groups/kernel-objects.js'
import type { Op } from './groups/ops.js'
import { PlainDialect } from './groups/plain.js'
import { installedGroup } from './groups/routes.js'
import { BetterRoutes } from './install/better-routes.js'
import { Guard } from './install/guard.js'
import { Installer } from './install/installer.js'
import { readKernel, readOwnRoutes } from './install/reading.js'
import { isOwnRoute, type Ownership, type OwnRoute, reconcile } from './install/reconcile.js'
import { DeletionSuspects } from './install/suspects.js'
import { KernelReader } from './kernel/kernel-state.js'
import { FibUnavailable, type Probed, probe, requireIp } from './kernel/probe.js'
import { type Spawn, spawnChild } from './kernel/process.js'
import type { RouteLine } from './kernel/route-line.js'
import { ScopedClock } from './kernel/scoped-clock.js'
import { KernelWatch } from './kernel/watch.js'
import { KernelResolver } from './resolve/resolver.js'
import { RouteBook } from './resolve/route-book.js'

export interface KernelFibOptions {
  readonly log: Log
  readonly clock: Clock
  readonly options: Pick<FibOptions, 'metric' | 'nextHopIds' | 'keepOnStop' | 'mode' | 'allow' | 'retry'>
  /** Addresses of all neighbors, which no learned prefix may cover. Asked again by `protectedChanged`. */
  readonly protected: () => readonly string[]
  /** The `ip` command; default ['ip']. ['ip', '-n', 'lab'] works in that network namespace. */
  readonly ip?: readonly string[]
  /** Milliseconds between readings of the kernel for comparison; default five minutes, 0: never. */
  readonly audit?: number
  readonly spawn?: Spawn
}

const AUDIT = 300_000
/** Wait before reading the kernel after notifications were lost: more losses follow. */
const GAP_PAUSE = 500
/** That wait at least, in readings: the kernel is not read more than a tenth of the time. */
const GAP_SHARE = 9
const READ_PAUSE = 1000
/** Attempts to find and remove own routes that are left when stopping. */
const LAST_LOOKS = 3

/** FibPort and Resolver on the Linux kernel. */
export class KernelFib implements FibPort {
  /** Answers from the kernel's addresses, links and routes; kept current after `start`. */
  readonly resolver: Resolver
  readonly #resolver = new KernelResolver()
  /** The machine's other routes, for those who announce them. */
  readonly machine: MachineRoutes = {
    follow: (listener) => {
      const book = new RouteBook(listener)
      this.#books.add(book)
      this.#linksWanted = true
      this.#read()
      return () => this.#books.delete(book)
    },
  }
  readonly #books = new Set<RouteBook>()
  readonly #better: BetterRoutes
  readonly #options: KernelFibOptions
  readonly #log: Log
  readonly #clock: ScopedClock
  readonly #ip: readonly string[]
  readonly #spawn: Spawn
  readonly #reader: KernelReader
  readonly #guard: Guard
  readonly #ids: IdPool
  #installer: Installer | undefined
  #batch: Batch<Op> | undefined
  /** How the batch child ended last, for people. */
  #lastEnd = ''
  #watch: KernelWatch | undefined
  #ownership: Ownership | undefined
  /** Wishes from before `start`. */
  readonly #early = new Map<string, NextHopSet | undefined>()
  #earlySweep = false
  /** Events of the monitors, kept until the first reading is loaded. */
  #deferred: ((installer: Installer) => void)[] | undefined = []
  #reading = false
  #readAgain = false
  #readLater = false
  /** Milliseconds that the last reading took. */
  #readTime = 0
  /** Links and addresses are to be read with the routes. */
  #linksWanted = true
  readonly #suspects: DeletionSuspects
  #stopping = false

  constructor(options: KernelFibOptions) {
    this.#options = options
    this.#log = options.log
    this.#clock = new ScopedClock(options.clock)
    this.#ip = options.ip ?? ['ip']
    this.#spawn = options.spawn ?? spawnChild
    this.#reader = new KernelReader(this.#ip, this.#spawn)
    this.#suspects = new DeletionSuspects(this.#clock, options.log)
    this.#guard = new Guard(options.options.allow)
    this.#ids = new IdPool(options.options.nextHopIds.base, options.options.nextHopIds.count)
    this.resolver = this.#resolver
    this.#better = new BetterRoutes(options.options.metric, (prefix) => {
      const route = this.#installer?.routes.get(prefix)
      return route !== undefined && installedGroup(route) !== undefined
    })
  }

  /**
   * Probes the kernel and takes over own routes of an earlier run. Changes no route.
   * @throws FibUnavailable, one sentence with the remedy: no `ip`, no CAP_NET_ADMIN
   */
  async start(): Promise<void> {
    await requireIp(this.#ip, this.#spawn)
    const { base, count } = this.#options.options.nextHopIds
    this.#watch = this.#makeWatch()
    try {
      const [probed] = await Promise.all([
        probe(this.#ip, base + count - 4, this.#spawn),
        this.#watch.start(),
      ])
      const installer = this.#makeInstaller(this.#objects(probed))
      this.#installer = installer
      await this.#readOnce(installer)
      this.#protect()
      this.#replay(installer)
    } catch (error) {
      await this.stop({ keep: true })
      throw error
    }
    this.#audit()
  }

  /**
   * Ends the children.
   * @param options keep: leave routes and objects in the kernel; default as configured (keepOnStop)
   */
  async stop(options: { readonly keep?: boolean } = {}): Promise<void> {
    const keep = options.keep ?? this.#options.options.keepOnStop
    this.#stopping = true
    this.#watch?.stop()
    if (this.#installer !== undefined) {
      await this.#installer.stop(keep)
      if (!keep) await this.#removeRest()
    }
    await this.#batch?.close()
    this.#installer = undefined
    this.#clock.end()
  }

  set(_family: Family, prefix: string, nextHops: NextHopSet | undefined): void {
    if (this.#stopping) return
    if (this.#installer === undefined) this.#early.set(prefix, nextHops)
    else this.#installer.set(prefix, nextHops)
  }

  kept(): number {
    return this.#installer?.kept() ?? 0
  }

  flush(): void {
    this.#installer?.flush()
  }

  gatewayLost(gateway: Gateway): void {
    if (!this.#stopping) this.#installer?.gatewayLost(gateway)
  }

  sweep(): void {
    if (this.#installer === undefined) this.#earlySweep = true
    else this.#installer.sweep()
  }

  route(prefix: string): FibRouteView | undefined {
    return this.#installer?.route(prefix)
  }

  refused(): readonly FibRouteView[] {
    return this.#installer?.refused() ?? []
  }

  status(): FibStatusView {
    const mode = this.#ownership === undefined ? 'off' : this.#ownership.objects ? 'nexthop-objects' : 'plain'
    const none = { installed: 0, pending: this.#early.size, refused: 0, errors: 0 }
    const counts = this.#installer?.status() ?? { ...none, operations: { add: 0, replace: 0, delete: 0 } }
    const kept = this.kept()
    return { enabled: true, mode, ...counts, ...(kept === 0 ? {} : { kept }), ...this.#problem() }
  }

  /** A child that could not be started again at once: nothing is written until it is. */
  #problem(): { readonly problem?: string } {
    if (this.#stopping || this.#batch === undefined || this.#batch.pid !== undefined) return {}
    return { problem: `the \`ip -batch\` child ended and is started again (${this.#lastEnd})` }
  }

  /** Others' routes that the kernel uses instead of ours, as its notifications and readings show them. */
  preferred(): readonly PreferredRoute[] {
    return this.#better.list()
  }

  /** The neighbors have changed: asks for the protected addresses anew. */
  protectedChanged(): void {
    if (this.#installer !== undefined && this.#protect()) this.#installer.guardChanged()
  }

  /** Process ids of the children, for tests and diagnosis. */
  get pids(): { readonly batch: number | undefined; readonly monitors: readonly number[] } {
    return { batch: this.#batch?.pid, monitors: this.#watch?.pids ?? [] }
  }

  /** Whether next-hop objects are used. @throws FibUnavailable when the configuration insists and it can't be */
  #objects({ mode, reason }: Probed): boolean {
    const wanted = this.#options.options.mode
    if (mode === 'plain' && wanted === 'nexthop-objects') {
      throw new FibUnavailable(
        `the kernel has no next-hop objects (${reason}): set fib.mode to auto or plain`,
      )
    }
    if (mode === 'plain' && wanted === 'auto') {
      this.#log.warn({ reason }, 'the kernel lacks next-hop objects: plain multipath routes are used')
    }
    return mode === 'nexthop-objects' && wanted !== 'plain'
  }

  #makeInstaller(objects: boolean): Installer {
    const { metric, retry } = this.#options.options
    this.#ownership = { metric, ids: this.#ids, objects }
    const batch = new Batch<Op>(this.#ip, this.#clock, this.#spawn, {
      done: (op, error) => installer.done(op, error),
      ready: () => installer.ready(),
      died: (lost, reason) => {
        const text = `ip -batch ended (${reason}): the kernel's routes are compared anew`
        this.#log.warn({ reason, lost: lost.length }, text)
        this.#lastEnd = reason
        installer.died(lost)
        this.#read()
      },
    })
    const installer = new Installer({
      dialect: objects ? new ObjectDialect(metric) : new PlainDialect(metric),
      ids: this.#ids,
      guard: this.#guard,
      clock: this.#clock,
      log: this.#log,
      resolveGateway: (gateway) => this.#resolver.resolveGateway(gateway),
      batch,
      pause: retry * 1000,
      inspect: () => this.#read(),
      bulk: (begins) => {
        if (begins) this.#watch?.pauseRoutes()
        else this.#watch?.resumeRoutes()
      },
    })
    this.#batch = batch
    batch.start()
    return installer
  }

  #protect(): boolean {
    return this.#guard.protect(this.#resolver.own(), this.#options.protected())
  }

  #replay(installer: Installer): void {
    const deferred = this.#deferred ?? []
    this.#deferred = undefined
    for (const event of deferred) event(installer)
    installer.release()
    for (const [prefix, nextHops] of this.#early) installer.set(prefix, nextHops)
    this.#early.clear()
    installer.flush()
    if (this.#earlySweep) installer.sweep()
  }

  #makeWatch(): KernelWatch {
    const live = (event: (installer: Installer) => void) => {
      if (this.#deferred !== undefined) this.#deferred.push(event)
      else if (this.#installer !== undefined) event(this.#installer)
    }
    const { metric } = this.#options.options
    const watch = new KernelWatch(this.#ip, metric, this.#clock, this.#log, this.#spawn, {
      link: (event) =>
        live((installer) => {
          for (const book of this.#books) book.link(event)
          if (!event.adminUp) this.#better.linkDown(event.name)
          // Routes come from another child: one that has come back already may be dropped by this older event.
          if (!event.adminUp && this.#books.size > 0) this.#clock.after(GAP_PAUSE, () => this.#read())
          if (this.#resolver.link(event)) {
            this.#log.info({ interface: event.name }, `interface ${event.name} changed its name or number`)
            watch.renew()
            this.#batch?.renew()
          }
          if (!event.up) installer.groups.linkDown(event.index)
          installer.networkChanged()
        }),
      address: (event) =>
        live(() => {
          for (const book of this.#books) book.address(event)
          this.#resolver.address(event)
        }),
      nextHop: ({ id, deleted }) =>
        live((installer) => {
          if (!deleted || !this.#ids.contains(id) || !installer.groups.deleted(id)) return
          this.#log.warn({ id }, `next hop ${id} was deleted by someone else: it is put back`)
        }),
      route: (route) => live((installer) => this.#routeSeen(installer, route)),
      eventsEnd: () => live((installer) => this.#eventsEnd(installer)),
      gap: (what, reason) => live(() => this.#missed(what, reason)),
    })
    return watch
  }

  /** Notifications were missed: reads the kernel, but not all the time where they are missed all the time. */
  #missed(what: 'links' | 'routes', reason: string): void {
    this.#log.debug({ monitor: what, reason }, 'notifications were missed: the kernel is read anew')
    if (what === 'links') {
      this.#linksWanted = true
      this.#read()
      return
    }
    this.#installer?.deletionsLost()
    if (this.#readLater) return
    this.#readLater = true
    this.#clock.after(Math.max(GAP_PAUSE, this.#readTime * GAP_SHARE), () => {
      this.#readLater = false
      this.#read()
    })
  }

  /** All events of one chunk are in: tells who depends on them. */
  #eventsEnd(installer: Installer): void {
    installer.groups.putBack()
    for (const book of this.#books) book.publish()
    if (!this.#resolver.changed) return
    installer.networkChanged()
    if (this.#protect()) installer.guardChanged()
    this.#resolver.publish()
  }

  #routeSeen(installer: Installer, route: RouteLine): void {
    const ownership = this.#ownership!
    if (isOwnRoute(route, ownership)) {
      if (route.deleted) this.#suspects.add(route, installer)
      return
    }
    this.#resolver.route(route)
    this.#better.route(route)
    for (const book of this.#books) book.route(route)
    if (route.metric !== ownership.metric) return
    const known = installer.routes.get(route.prefix)
    if (known === undefined) return
    if (route.deleted) installer.refusals.unblocked(known)
    else if (installer.displaced(route.prefix)) this.#read()
  }

  async #loadLinks(): Promise<void> {
    const [links, addresses] = await Promise.all([this.#reader.links(), this.#reader.addresses()])
    this.#resolver.loadLinks(links, addresses)
    for (const book of this.#books) book.loadLinks(links, addresses)
  }

  /** Reads the kernel and compares; once more when asked for meanwhile. */
  #read(): void {
    if (this.#installer === undefined || this.#stopping) return
    if (this.#reading) {
      this.#readAgain = true
      return
    }
    this.#reading = true
    const installer = this.#installer
    this.#readOnce(installer)
      .then(() => {
        this.#reading = false
        installer.rescan(false)
        installer.release()
        this.#eventsEnd(installer)
        if (!this.#readAgain) return
        this.#readAgain = false
        this.#read()
      })
      .catch((error: Error) => {
        this.#reading = false
        this.#linksWanted = true
        if (this.#stopping) return
        this.#log.error({ error: error.message }, `the kernel's routes can't be read: ${error.message}`)
        this.#clock.after(READ_PAUSE, () => this.#read())
      })
  }

  async #readOnce(installer: Installer): Promise<void> {
    const ownership = this.#ownership!
    const links = this.#linksWanted
    this.#linksWanted = false
    const since = await installer.linesDone()
    const began = this.#clock.now()
    const better = this.#better.reading()
    const [{ snapshot, others }] = await Promise.all([
      readKernel(this.#reader, ownership, better.route),
      links ? this.#loadLinks() : undefined,
    ])
    better.done()
    this.#resolver.loadRoutes(others)
    for (const book of this.#books) book.loadRoutes(others)
    const ifindex = (device: string) => this.#resolver.ifindex(device)
    reconcile(installer, ownership, { ...snapshot, ifindex }, since)
    this.#readTime = this.#clock.now() - began
  }

  #audit(): void {
    const every = this.#options.audit ?? AUDIT
    if (every === 0) return
    this.#clock.after(every, () => {
      if (this.#stopping) return
      this.#read()
      this.#audit()
    })
  }

  /** Own routes that are still there: the child may have died on the way. */
  async #removeRest(): Promise<void> {
    const ownership = this.#ownership!
    for (let look = 0; look < LAST_LOOKS; look++) {
      let own: OwnRoute[]
      try {
        own = await readOwnRoutes(this.#reader, ownership)
      } catch (error) {
        this.#log.error({}, `routes may be left in the kernel: ${(error as Error).message}`)
        return
      }
      if (own.length === 0) return
      await this.#installer!.removeRoutes(own)
    }
    this.#log.error({}, 'own routes are left in the kernel: see ip route show proto bgp')
  }
}
