/**
 * Brings the kernel's routes to what is wanted. No I/O of its own: lines go to a BatchPort, results come back
 * through `done`, so that tests can be the kernel.
 *
 * Per prefix the last wish counts: a set() while an operation is in flight changes only the wish, and the
 * prefix is looked at again when the operation is done. What is urgent (a lost gateway) is written at once,
 * behind at most one window of lines in flight.
 */
import type { Clock, FibRouteView, FibStatusView, Gateway, Log, NextHopSet } from '../ports/index.js'
import { type BatchPort, CHUNK } from './batch.js'
import type { SetState } from './desired.js'
import { type Dialect, deleteNextHop } from './dialect.js'
import { type Group, type IdPool, strangeGroup } from './groups.js'
import { covering, type Guard } from './guard.js'
import { NextHops } from './nexthops.js'
import type { Op, RouteOp } from './ops.js'
import { outcome, plan } from './plan.js'
import { RefusalLog } from './refusal-log.js'
import { Refusals } from './refusals.js'
import type { Way } from './resolver.js'
import { installedGroup, newRoute, type Route, RouteQueue } from './routes.js'

/** So many prefixes in the queue are a bulk; it ends when the queue is empty. */
const BULK = 10_000
/** How long a group may stand unused before it is removed: flapping prefixes find theirs again. */
const LINGER = 1000
/** Prefixes looked at in one turn of the event loop when all have to be. */
const SLICE = 20_000
/** Lines in a row that fail for want of their group before the prefix waits. */
const MAX_MISSES = 3
/** What may stand in a line for `ip`. */
const PREFIX = /^[0-9a-f.:]+\/\d{1,3}$/

export interface InstallerOptions {
  readonly dialect: Dialect
  readonly ids: IdPool
  readonly guard: Guard
  readonly clock: Clock
  readonly log: Log
  /** The way to a gateway. */
  readonly way: (gateway: Gateway) => Way
  readonly batch: BatchPort<Op>
  /** Milliseconds before a refused route is tried again. */
  readonly pause: number
  /** Very many routes are about to be written (true), or were (false): `ip monitor` would only get in the way. */
  readonly bulk: (begins: boolean) => void
  /** A route is in the way of ours: who has it? The answer comes through `reconcile`. */
  readonly inspect: () => void
}

export class Installer {
  readonly nextHops: NextHops
  readonly routes = new Map<string, Route>()
  readonly refusals: Refusals
  readonly #options: InstallerOptions
  readonly #batch: BatchPort<Op>
  readonly #dialect: Dialect
  readonly #queue = new RouteQueue()
  readonly #refusalLog: RefusalLog
  readonly #operations = { add: 0, replace: 0, delete: 0 }
  #errors = 0
  #seq = 0
  #doneSeq = 0
  #flights = 0
  /** Of them, those that their group's count of routes holds already. */
  #entering = 0
  /** Nothing but urgent lines is written: the kernel's state is not known. */
  #holding = true
  #stopped = false
  #swept = false
  #bulk = false
  #scan: { routes: Iterator<Route>; urgent: boolean } | undefined
  #cleaning = false
  #retrying = false
  /** Kernel objects of an earlier run with other options: removed once no own route needs them. */
  #leftovers: number[] = []
  /** Own deletions that `ip monitor` has yet to show, by prefix. */
  readonly #deletions = new Map<string, number>()
  #waiting: { seq: number; resolve: () => void }[] = []

  constructor(options: InstallerOptions) {
    this.#options = options
    this.#batch = options.batch
    this.#dialect = options.dialect
    this.refusals = new Refusals(options.pause)
    this.#refusalLog = new RefusalLog(options.log, options.clock)
    this.nextHops = new NextHops({
      dialect: options.dialect,
      ids: options.ids,
      clock: options.clock,
      log: options.log,
      way: options.way,
      submit: (line, op) => this.#submit(line, op),
      changed: (urgent) => {
        if (!urgent) this.#hope()
        this.rescan(urgent)
      },
      inspect: options.inspect,
      gatewaysChanged: (state, born) => this.#guardGateway(state.gateway.address, born),
    })
  }

  /** See FibPort.set. */
  set(prefix: string, nextHops: NextHopSet | undefined): void {
    let route = this.routes.get(prefix)
    if (nextHops === undefined) {
      if (route === undefined) return
      if (route.desired !== undefined) this.nextHops.release(route.desired)
      route.desired = undefined
      route.adopted = false
      this.refusals.clear(route)
      this.#queue.push(route)
      return
    }
    if (route === undefined) {
      route = newRoute(prefix)
      this.routes.set(prefix, route)
    }
    if (route.desired?.set === nextHops) {
      // Asked for again: a gateway that was lost may be back.
      this.nextHops.release(this.nextHops.acquire(nextHops))
    } else {
      const before = route.desired
      route.desired = this.nextHops.acquire(nextHops)
      if (before !== undefined) this.nextHops.release(before)
      else this.#guardRoute(route)
    }
    route.adopted = false
    this.#queue.push(route)
  }

  /** See FibPort.flush. */
  flush(): void {
    this.#pump()
  }

  /** See FibPort.gatewayLost. */
  gatewayLost(gateway: Gateway): void {
    if (!this.nextHops.lost(gateway)) return
    this.#batch.flush()
    this.#pump()
  }

  /** See FibPort.sweep. */
  sweep(): void {
    if (this.#swept) return
    this.#swept = true
    this.rescan(false)
    this.#clean()
    this.#pump()
  }

  get swept(): boolean {
    return this.#swept
  }

  /** Links, addresses or foreign routes changed. */
  networkChanged(): void {
    this.nextHops.networkChanged()
    this.#batch.flush()
    this.#pump()
  }

  /** The guard protects other addresses now: every wanted prefix is asked anew. */
  guardChanged(): void {
    for (const route of this.routes.values()) if (route.desired !== undefined) this.#guardRoute(route)
    this.rescan(false)
    this.#pump()
  }

  /** A line was done or refused (BatchHandlers.done). */
  done(op: Op, error: string | undefined): void {
    this.#doneSeq = op.seq
    if ('route' in op) this.#routeDone(op, error)
    else this.nextHops.done(op, error)
  }

  /** The child takes more (BatchHandlers.ready). */
  ready(): void {
    this.#resolveWaiting()
    this.#refusalLog.flush()
    this.#pump()
  }

  /** The child died with these in flight: what they did is not known until the kernel is read (hold until then). */
  died(lost: readonly Op[]): void {
    this.#holding = true
    for (const what of lost) {
      switch (what.kind) {
        case 'add':
        case 'replace':
        case 'delete':
          this.#flights--
          what.route.flight = 'none'
          what.route.stamp = 0
          if (what.kind !== 'delete') {
            this.#entering--
            what.group.routes--
          }
          this.#queue.push(what.route)
          break
        case 'object':
        case 'reroute':
          what.object.stamp = 0
          break
        case 'group':
          what.group.stamp = 0
          break
        case 'remove':
          this.#submit(deleteNextHop(what.id), what)
      }
    }
    this.#batch.flush()
    this.#resolveWaiting()
  }

  #resolveWaiting(): void {
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter(({ seq }) => seq <= this.#doneSeq || this.#batch.idle)
    this.#waiting = this.#waiting.filter((waiter) => !due.includes(waiter))
    for (const { resolve } of due) resolve()
  }

  /** Resolves with the present sequence number when all lines up to it are done. */
  settled(): Promise<number> {
    const seq = this.#seq
    if (this.#batch.idle) return Promise.resolve(seq)
    return new Promise((resolve) => this.#waiting.push({ seq, resolve: () => resolve(seq) }))
  }

  /** Nothing is written any more, except urgent lines. */
  hold(): void {
    this.#holding = true
  }

  /** The kernel's state is known: writing goes on. */
  release(): void {
    if (this.#stopped) return
    this.#holding = false
    this.#pump()
  }

  /** Puts a route into the queue, when the kernel turned out to hold something else than was believed. */
  enqueue(route: Route): void {
    this.#queue.push(route)
  }

  /** The route that the kernel has for the prefix uses this group; undefined: it has none. */
  observed(route: Route, group: Group | undefined): void {
    if (installedGroup(route) === group) return
    if (installedGroup(route) !== undefined) this.#unuse(route.group!)
    route.group = group
    if (group !== undefined) group.routes++
    this.#queue.push(route)
  }

  /** Own next-hop objects that this run has no use for (it writes plain routes). */
  leftOver(ids: readonly number[]): void {
    this.#leftovers = [...ids]
    this.#clean()
  }

  /**
   * `ip monitor` showed that a route of ours was deleted.
   * @param nhid group that it referred to; 0: it spelled its gateways out
   * @returns true when a foreign hand did it: the route is on its way back
   */
  deleted(prefix: string, nhid: number): boolean {
    const own = this.#deletions.get(prefix)
    if (own !== undefined) {
      if (own > 1) this.#deletions.set(prefix, own - 1)
      else this.#deletions.delete(prefix)
      return false
    }
    const route = this.routes.get(prefix)
    const group = route && installedGroup(route)
    if (route === undefined || group === undefined || route.flight !== 'none') return false
    if (this.#dialect.objects && group.id !== nhid) return false
    this.observed(route, undefined)
    return true
  }

  /** Notifications were lost: those about own deletions may be among them. */
  deletionsLost(): void {
    this.#deletions.clear()
  }

  /** Looks at every prefix again, in slices; the few thousand of a small table at once. */
  rescan(urgent: boolean): void {
    const running = this.#scan !== undefined
    this.#scan = { routes: this.routes.values(), urgent: urgent || (this.#scan?.urgent ?? false) }
    if (!running) this.#scanSlice()
  }

  /** Ends the installer's own work. @param keep leave routes and objects in the kernel */
  async stop(keep: boolean): Promise<void> {
    this.#stopped = true
    this.#holding = true
    this.#scan = undefined
    await this.settled()
    if (keep) return
    if (this.#dialect.objects) {
      // A deleted group takes its routes along: one line, however many they are.
      this.nextHops.removeAll()
      this.#batch.flush()
      await this.settled()
      return
    }
    const installed = [...this.routes.values()].filter((route) => installedGroup(route) !== undefined)
    await this.removeRoutes(installed.map((route) => ({ prefix: route.prefix, nhid: route.group!.id })))
  }

  /** Deletes routes whatever is wanted: when stopping. Resolves when that is done. */
  async removeRoutes(routes: readonly { readonly prefix: string; readonly nhid: number }[]): Promise<void> {
    let lines = 0
    for (const { prefix, nhid } of routes) {
      this.#write('delete', this.routes.get(prefix) ?? newRoute(prefix), strangeGroup(nhid))
      if (++lines % CHUNK > 0) continue
      this.#batch.flush()
      await this.settled()
    }
    this.#batch.flush()
    await this.settled()
  }

  route(prefix: string): FibRouteView | undefined {
    const route = this.routes.get(prefix)
    return route && this.#view(route)
  }

  refused(): FibRouteView[] {
    return [...this.refusals.entries()].flatMap(([route]) => this.#view(route) ?? [])
  }

  status(): Omit<FibStatusView, 'enabled' | 'mode'> {
    let installed = 0
    for (const group of this.nextHops.table.groups.values()) installed += group.routes
    let waiting = 0
    for (const set of this.nextHops.desired.sets())
      if (this.nextHops.key(set) === undefined) waiting += set.refs
    return {
      installed: Math.max(0, installed - this.#entering),
      pending: this.#queue.length + this.#flights + waiting,
      refused: this.refusals.size,
      operations: { ...this.#operations },
      errors: this.#errors,
    }
  }

  #view(route: Route): FibRouteView | undefined {
    const { prefix, desired } = route
    const group = installedGroup(route)
    const refusal = this.refusals.get(route)
    const wanted = desired?.set.gateways ?? []
    if (refusal !== undefined) return { prefix, state: 'refused', reason: refusal.reason, gateways: wanted }
    const hops = group?.members.map(({ address, device }) => ({ address, interface: device })) ?? []
    if (desired === undefined) {
      if (group === undefined) return undefined
      const reason = route.adopted
        ? 'left by an earlier run, kept until the first routes are settled'
        : 'leaving'
      return { prefix, state: route.adopted ? 'installed' : 'pending', reason, gateways: hops }
    }
    const key = this.nextHops.key(desired)
    if (key === undefined) {
      return { prefix, state: 'pending', reason: this.nextHops.reason(desired), gateways: wanted }
    }
    if (group !== undefined && group.key === key) return { prefix, state: 'installed', gateways: hops }
    return { prefix, state: 'pending', gateways: wanted }
  }

  #pump(): void {
    if (this.#holding) {
      this.#batch.flush()
      return
    }
    if (!this.#bulk && this.#queue.length > BULK) {
      this.#bulk = true
      this.#options.bulk(true)
    }
    let lines = 0
    while (this.#batch.room > 0) {
      const route = this.#queue.shift()
      if (route === undefined) break
      if (route.flight !== 'none') continue
      this.#decide(route)
      if (++lines % CHUNK === 0) this.#batch.flush()
    }
    this.#batch.flush()
    if (this.#bulk && this.#queue.length === 0 && this.#flights === 0) {
      this.#bulk = false
      this.#options.bulk(false)
    }
  }

  /** The key of the group that the prefix should use now; undefined: none. */
  #wanted(route: Route): string | undefined {
    if (route.desired === undefined || this.refusals.get(route)?.next === Number.POSITIVE_INFINITY)
      return undefined
    return this.nextHops.key(route.desired)
  }

  #decide(route: Route): void {
    const group = installedGroup(route)
    const action = this.#action(route, group)
    switch (action) {
      case 'none':
        if (route.desired === undefined && group === undefined) this.#forget(route)
        else this.refusals.succeeded(route)
        return
      case 'delete':
        this.#write('delete', route, group!)
        return
      default: {
        const refusal = this.refusals.get(route)
        if (refusal !== undefined && refusal.next > this.#options.clock.now()) return
        const target = this.#target(route.desired!)
        if (typeof target === 'string') {
          this.#refuse(route, target, false)
          return
        }
        if (group === target) return
        this.#write(action, route, target)
      }
    }
  }

  #action(route: Route, group: Group | undefined): 'none' | 'add' | 'replace' | 'delete' {
    if (route.adopted && !this.#swept) return 'none'
    return plan(this.#wanted(route), group?.key)
  }

  /** @returns the group, or why there is none */
  #target(set: SetState): Group | string {
    try {
      return this.nextHops.ensure(set) ?? this.nextHops.refusal(set) ?? 'its next-hop group was refused'
    } catch (error) {
      return (error as Error).message
    }
  }

  #write(kind: 'add' | 'replace' | 'delete', route: Route, group: Group): void {
    route.flight = kind
    this.#flights++
    if (kind !== 'delete') {
      this.#entering++
      group.routes++
    }
    route.stamp = this.#submit(this.#dialect[kind](route.prefix, group), { kind, route, group, seq: 0 })
  }

  #submit(line: string, op: Op): number {
    op.seq = ++this.#seq
    this.#batch.submit(line, op)
    return op.seq
  }

  #routeDone({ kind, route, group }: RouteOp, error: string | undefined): void {
    route.flight = 'none'
    this.#flights--
    if (kind !== 'delete') this.#entering--
    const result = error === undefined ? 'done' : outcome(kind, error)
    if (result === 'done') {
      if (error === undefined) {
        this.#operations[kind]++
        if (kind === 'delete') this.#deletions.set(route.prefix, (this.#deletions.get(route.prefix) ?? 0) + 1)
      }
      if (installedGroup(route) !== undefined) this.#unuse(route.group!)
      route.group = kind === 'delete' ? undefined : group
      route.misses = 0
      if (kind !== 'delete') this.refusals.succeeded(route)
    } else {
      if (kind !== 'delete') this.#unuse(group)
      this.#failed(route, kind, group, result, error!)
    }
    if (this.#action(route, installedGroup(route)) !== 'none') this.#queue.push(route)
    else if (route.desired === undefined && installedGroup(route) === undefined) this.#forget(route)
  }

  #failed(
    route: Route,
    kind: string,
    group: Group,
    result: 'occupied' | 'no-group' | 'refused',
    error: string,
  ): void {
    if (result === 'no-group' && ++route.misses <= MAX_MISSES) {
      this.nextHops.missing(group)
      return
    }
    if (kind === 'delete') {
      this.#errors++
      this.#options.log.warn({ prefix: route.prefix, error }, `route ${route.prefix} not removed: ${error}`)
      // What the kernel has is not what was believed: read it.
      this.#options.inspect()
      return
    }
    const occupied = result === 'occupied'
    const reason = occupied ? 'another route for this prefix and metric exists' : error
    this.#refuse(route, reason, occupied)
  }

  #refuse(route: Route, reason: string, occupied: boolean): void {
    this.#errors++
    const { clock, inspect } = this.#options
    const refusal = this.refusals.add(route, reason, occupied, clock.now())
    // Who occupies the place is found out by reading the kernel; that logs it then.
    if (occupied && refusal.attempts === 1) inspect()
    else if (!occupied) this.#refusalLog.add(route.prefix, refusal)
    this.#retryLater()
  }

  /** What the kernel holds in a refused route's place; undefined: nothing (any more). */
  occupant(route: Route, reason: string | undefined): void {
    const refusal = this.refusals.get(route)
    if (!refusal?.occupied) return
    if (reason === undefined) {
      refusal.next = this.#options.clock.now()
      this.#queue.push(route)
    } else {
      refusal.reason = reason
      this.#refusalLog.add(route.prefix, refusal)
      this.#refusalLog.flush()
    }
  }

  /** The obstacle in the route's way is gone: tried again at once. */
  unblocked(route: Route): void {
    const refusal = this.refusals.get(route)
    if (!refusal?.occupied) return
    refusal.next = this.#options.clock.now()
    this.#queue.push(route)
    this.#pump()
  }

  /** Gateways came back: what the kernel refused for want of them is tried at once. */
  #hope(): void {
    const now = this.#options.clock.now()
    for (const [, refusal] of this.refusals.entries()) {
      if (!refusal.occupied && Number.isFinite(refusal.next)) refusal.next = now
    }
  }

  #retryLater(): void {
    if (this.#retrying || this.#stopped) return
    this.#retrying = true
    const { clock, pause } = this.#options
    clock.after(Math.min(1000, pause), () => {
      this.#retrying = false
      for (const route of this.refusals.due(clock.now())) this.#queue.push(route)
      this.#pump()
      if (this.refusals.waiting()) this.#retryLater()
    })
  }

  #unuse(group: Group): void {
    if (--group.routes === 0) this.#clean()
  }

  /** Removes what is unused, after a while. */
  #clean(): void {
    if (this.#cleaning || this.#stopped) return
    this.#cleaning = true
    this.#options.clock.after(LINGER, () => {
      this.#cleaning = false
      if (this.#stopped) return
      if (this.#holding) return this.#clean()
      let written = this.nextHops.clean(this.#swept)
      if (this.#leftovers.length > 0 && this.#swept) {
        if (this.#queue.length > 0 || this.#flights > 0) this.#clean()
        else written = this.#removeLeftovers()
      }
      if (written) this.#batch.flush()
    })
  }

  #removeLeftovers(): boolean {
    for (const id of this.#leftovers) this.#submit(deleteNextHop(id), { kind: 'remove', id, seq: 0 })
    this.#leftovers = []
    return true
  }

  #forget(route: Route): void {
    this.refusals.clear(route)
    if (this.routes.get(route.prefix) === route) this.routes.delete(route.prefix)
  }

  #scanSlice(): void {
    const scan = this.#scan
    if (scan === undefined) return
    for (let i = 0; i < SLICE; i++) {
      const { value: route, done } = scan.routes.next()
      if (done) {
        this.#scan = undefined
        this.#pump()
        return
      }
      if (route.flight !== 'none') continue
      const group = installedGroup(route)
      if (this.#action(route, group) !== 'none') this.#queue.push(route, scan.urgent)
      else if (route.desired === undefined && group === undefined && !route.queued) this.#forget(route)
    }
    this.#pump()
    this.#options.clock.soon(() => this.#scanSlice())
  }

  /** Asks the guard about a wanted prefix. */
  #guardRoute(route: Route): void {
    const reason = PREFIX.test(route.prefix) ? this.#options.guard.refusal(route.prefix) : 'it is no prefix'
    const before = this.refusals.get(route)
    if (reason !== undefined) {
      this.#refusalLog.add(route.prefix, this.refusals.block(route, reason))
      this.#queue.push(route)
    } else if (before?.next === Number.POSITIVE_INFINITY) {
      this.refusals.clear(route)
      this.#queue.push(route)
    }
  }

  /** A gateway came into use or went out of it. Prefixes that cover it are few: every length is tried. */
  #guardGateway(address: string, born: boolean): void {
    const { guard } = this.#options
    if (!(born ? guard.addGateway(address) : guard.removeGateway(address))) return
    for (const prefix of covering(address)) {
      const route = this.routes.get(prefix)
      if (route?.desired !== undefined) this.#guardRoute(route)
    }
  }
}
