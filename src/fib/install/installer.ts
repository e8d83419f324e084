/**
 * Brings the kernel's routes to what is wanted. No I/O of its own: lines go to a BatchPort, results come back
 * through `done`, so that tests can be the kernel.
 *
 * Per prefix the last wish counts: a set() while an operation is in flight changes only the wish, and the
 * prefix is looked at again when the operation is done. What is urgent (a lost gateway) is written at once,
 * behind at most one window of lines in flight.
 */
import type { Clock } from '../../ports/clock.js'
import type { FibRouteView, FibStatusView, Gateway, NextHopSet } from '../../ports/fib.js'
import type { Log } from '../../ports/log.js'
import { type BatchPort, CHUNK } from '../groups/batch.js'
import type { SetState } from '../groups/desired.js'
import { deleteNextHop, type KernelDialect } from '../groups/dialect.js'
import { foreignGroup, type IdPool, type NextHopGroup, unuse, use } from '../groups/kernel-objects.js'
import { NextHopGroups } from '../groups/next-hop-groups.js'
import type { Op, RouteOp } from '../groups/ops.js'
import { installedGroup, newRoute, type Route, RouteQueue, want } from '../groups/routes.js'
import type { GatewayResolution } from '../resolve/resolver.js'
import { Cleaning } from './cleaning.js'
import { OwnDeletions } from './deletions.js'
import type { Guard } from './guard.js'
import { countWaiting, viewRoute } from './installer-view.js'
import { outcome, plan } from './plan.js'
import { Progress } from './progress.js'
import { RouteRefusals } from './refusals.js'
import { RouteGuard } from './route-guard.js'
import { RouteScan } from './scan.js'

/** So many prefixes in the queue are a bulk; it ends when the queue is empty. */
const BULK = 10_000
/** Routes that a group has at least before all of them move by one line: the kernel walks its table for that. */
const CROWD = 64
/** Lines in a row that fail for want of their group before the prefix waits. */
const MAX_MISSES = 3

export interface InstallerOptions {
  readonly dialect: KernelDialect
  readonly ids: IdPool
  readonly guard: Guard
  readonly clock: Clock
  readonly log: Log
  /** How a gateway is reached. */
  readonly resolveGateway: (gateway: Gateway) => GatewayResolution
  readonly batch: BatchPort<Op>
  /** Milliseconds before a refused route is tried again. */
  readonly pause: number
  /** Routes that move together by one line at least; default 64. */
  readonly crowd?: number
  /** Very many routes are about to be written (true), or were (false): `ip monitor` would only get in the way. */
  readonly bulk: (begins: boolean) => void
  /** A route is in the way of ours: who has it? The answer comes through `reconcile`. */
  readonly inspect: () => void
}

/** Desired and installed routes and what lies between them, as described at the head of this file. */
export class Installer {
  readonly groups: NextHopGroups
  readonly routes = new Map<string, Route>()
  readonly refusals: RouteRefusals
  readonly #options: InstallerOptions
  readonly #batch: BatchPort<Op>
  readonly #dialect: KernelDialect
  readonly #crowd: number
  readonly #queue = new RouteQueue()
  readonly #guard: RouteGuard
  readonly #progress = new Progress()
  readonly #operations = { add: 0, replace: 0, delete: 0 }
  #errors = 0
  #flights = 0
  /** Of them, those that their group's count of routes holds already. */
  #entering = 0
  /** Nothing but urgent lines is written: the kernel's state is not known. */
  #holding = true
  #stopped = false
  #swept = false
  #bulk = false
  readonly #scan: RouteScan
  readonly #cleaning: Cleaning
  readonly #deletions = new OwnDeletions()

  constructor(options: InstallerOptions) {
    this.#options = options
    this.#batch = options.batch
    this.#dialect = options.dialect
    this.#crowd = options.crowd ?? CROWD
    this.refusals = new RouteRefusals({
      clock: options.clock,
      log: options.log,
      pause: options.pause,
      retry: (routes) => {
        for (const route of routes) this.#queue.push(route)
        this.#pump()
      },
    })
    this.#guard = new RouteGuard(options.guard, this.routes, this.refusals, (route) =>
      this.#queue.push(route),
    )
    this.#scan = new RouteScan(
      this.routes,
      options.clock,
      (route, urgent) => this.#look(route, urgent),
      () => this.#pump(),
    )
    this.#cleaning = new Cleaning({
      clock: options.clock,
      unused: () => this.groups.clean(this.#swept),
      holding: () => this.#holding,
      leftoversMayGo: () => {
        if (!this.#swept) return 'never'
        return this.#queue.length > 0 || this.#flights > 0 ? 'later' : 'now'
      },
      remove: (id) => this.#submit(deleteNextHop(id), { kind: 'remove', id, seq: 0 }),
      flush: () => this.#batch.flush(),
    })
    this.groups = new NextHopGroups({
      dialect: options.dialect,
      ids: options.ids,
      clock: options.clock,
      log: options.log,
      resolveGateway: options.resolveGateway,
      submit: (line, op) => this.#submit(line, op),
      changed: (urgent) => {
        if (!urgent) this.refusals.hope()
        this.rescan(urgent)
        // The kernel may have taken a route in between, and dropped it with the link in silence: an answer that
        // is still on its way tells of before.
        if (urgent && this.#flights > 0) options.inspect()
      },
      inspect: options.inspect,
      gatewaysChanged: (state, born) => this.#guard.gateway(state.gateway.address, born),
    })
  }

  /** See FibPort.set. */
  set(prefix: string, nextHops: NextHopSet | undefined): void {
    let route = this.routes.get(prefix)
    if (nextHops === undefined) {
      if (route === undefined) return
      if (route.desired !== undefined) this.groups.release(route.desired)
      want(route, undefined)
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
      this.groups.release(this.groups.acquire(nextHops))
    } else {
      const before = route.desired
      want(route, this.groups.acquire(nextHops))
      if (before !== undefined) this.groups.release(before)
      else this.#guard.ask(route)
    }
    this.#queue.push(route)
  }

  /** See FibPort.kept. */
  kept(): number {
    let kept = 0
    if (this.#swept) return kept
    for (const route of this.routes.values()) if (route.adopted && installedGroup(route) !== undefined) kept++
    return kept
  }

  /** See FibPort.flush. */
  flush(): void {
    this.#pump()
  }

  /** See FibPort.gatewayLost. */
  gatewayLost(gateway: Gateway): void {
    if (!this.groups.lost(gateway)) return
    this.#batch.flush()
    this.#pump()
  }

  /** See FibPort.sweep. */
  sweep(): void {
    if (this.#swept) return
    this.#swept = true
    this.rescan(false)
    this.#cleaning.soon()
    this.#pump()
  }

  get swept(): boolean {
    return this.#swept
  }

  /** Links, addresses or foreign routes changed. */
  networkChanged(): void {
    // The kernel announces a link before the routes that come with it: its refusals may be out of date.
    this.refusals.hope()
    this.groups.networkChanged()
    this.#batch.flush()
    this.#pump()
  }

  /** The guard protects other addresses now: every wanted prefix is asked anew. */
  guardChanged(): void {
    this.#guard.askAll()
    this.rescan(false)
    this.#pump()
  }

  /** A line was done or refused (BatchHandlers.done). */
  done(op: Op, error: string | undefined): void {
    this.#progress.done(op.seq)
    if ('route' in op) this.#routeDone(op, error)
    else this.groups.done(op, error)
  }

  /** The child takes more (BatchHandlers.ready). */
  ready(): void {
    this.#progress.check(this.#batch.idle)
    this.refusals.flushLog()
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
            what.route.target = undefined
            unuse(what.group, what.route.desired)
          }
          this.#queue.push(what.route)
          break
        case 'object':
        case 'reroute':
          what.object.stamp = 0
          break
        case 'group':
        case 'regroup':
          what.group.stamp = 0
          break
        case 'remove':
          this.#submit(deleteNextHop(what.id), what)
      }
    }
    this.#batch.flush()
    this.#progress.check(this.#batch.idle)
  }

  /** Resolves with the present sequence number when all lines up to it are done. */
  linesDone(): Promise<number> {
    return this.#progress.linesDone(this.#batch.idle)
  }

  /** The kernel's state is known: writing goes on. */
  release(): void {
    if (this.#stopped) return
    this.#holding = false
    this.#pump()
  }

  /** The route that the kernel has for the prefix uses this group; undefined: it has none. */
  observed(route: Route, group: NextHopGroup | undefined): void {
    if (installedGroup(route) === group) return
    if (installedGroup(route) !== undefined) this.#unuse(route.group!, route)
    route.group = group
    if (group !== undefined) use(group, route.desired)
    this.#queue.push(route)
  }

  /** Own next-hop objects that this run has no use for (it writes plain routes). */
  leftOver(ids: readonly number[]): void {
    this.#cleaning.leftOver(ids)
  }

  /** Sequence number of the last line written. */
  get written(): number {
    return this.#progress.written
  }

  /**
   * `ip monitor` showed that a route of ours was deleted, and every line written before that is done.
   * @param nhid group that it referred to; 0: it spelled its gateways out
   * @param heard `written` when that was shown: what was written later puts the route back, or is refused
   * @returns true when a foreign hand did it: the route is on its way back
   */
  deleted(prefix: string, nhid: number, heard: number): boolean {
    if (this.#stopped || this.#deletions.explain(prefix)) return false
    const route = this.routes.get(prefix)
    const group = route && installedGroup(route)
    if (route === undefined || group === undefined) return false
    if (this.#dialect.objects && group.id !== nhid) return false
    const overtaken = route.stamp > heard
    if (overtaken && route.flight === 'none' && this.refusals.get(route) === undefined) return false
    this.observed(route, undefined)
    return !overtaken
  }

  /**
   * `ip monitor` showed another's route for the prefix, with ecmpd's metric: it took the place of ours, or ours was
   * written meanwhile, over it or in vain.
   * @returns true when that has to be found out by reading the kernel
   */
  displaced(prefix: string): boolean {
    const route = this.routes.get(prefix)
    if (route === undefined) return false
    if (route.flight !== 'none') return true
    if (installedGroup(route) === undefined) return false
    // Believed to be there, it would be changed in one step: over the other.
    this.observed(route, undefined)
    return true
  }

  /** Notifications were lost: those about own deletions may be among them. */
  deletionsLost(): void {
    this.#deletions.clear()
  }

  /** Looks at every prefix again. @param urgent what has to change goes ahead of the queue */
  rescan(urgent: boolean): void {
    if (!this.#stopped) this.#scan.start(urgent)
  }

  /** Ends the installer's own work. @param keep leave routes and objects in the kernel */
  async stop(keep: boolean): Promise<void> {
    this.#stopped = true
    this.#cleaning.stop()
    this.#holding = true
    this.#scan.stop()
    await this.linesDone()
    if (keep) return
    if (this.#dialect.objects) {
      // A deleted group takes its routes along: one line, however many they are.
      this.groups.removeAll()
      this.#batch.flush()
      await this.linesDone()
      return
    }
    const installed = [...this.routes.values()].filter((route) => installedGroup(route) !== undefined)
    await this.removeRoutes(installed.map((route) => ({ prefix: route.prefix, nhid: route.group!.id })))
  }

  /** Deletes routes whatever is wanted: when stopping. Resolves when that is done. */
  async removeRoutes(routes: readonly { readonly prefix: string; readonly nhid: number }[]): Promise<void> {
    let lines = 0
    for (const { prefix, nhid } of routes) {
      this.#write('delete', this.routes.get(prefix) ?? newRoute(prefix), foreignGroup(nhid))
      if (++lines % CHUNK > 0) continue
      this.#batch.flush()
      await this.linesDone()
    }
    this.#batch.flush()
    await this.linesDone()
  }

  route(prefix: string): FibRouteView | undefined {
    const route = this.routes.get(prefix)
    return route && viewRoute(route, this.groups, this.refusals)
  }

  refused(): FibRouteView[] {
    return [...this.refusals.entries()].flatMap(([route, { unclear }]) =>
      unclear ? [] : (viewRoute(route, this.groups, this.refusals) ?? []),
    )
  }

  status(): Omit<FibStatusView, 'enabled' | 'mode'> {
    let installed = 0
    for (const group of this.groups.kernel.groups.values()) installed += group.routes
    const waiting = countWaiting(this.groups, this.refusals) + this.refusals.unclear
    return {
      installed: Math.max(0, installed - this.#entering),
      pending: this.#queue.length + this.#flights + waiting,
      refused: this.refusals.size,
      operations: { ...this.#operations },
      errors: this.#errors,
    }
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

  /**
   * A route of an earlier run is left as it is until the first routes are complete: the first neighbor that is
   * back would narrow it to its own paths, the first withdrawal would take it away. It is the present run's as
   * soon as all of its gateways are wanted again, or when the guard refuses it.
   */
  #isKept(route: Route, group: NextHopGroup | undefined): boolean {
    if (!route.adopted) return false
    const { desired } = route
    const wanted = () => desired !== undefined && this.groups.covers(desired, group!)
    if (!this.#swept && group !== undefined && !this.refusals.isBlocked(route) && !wanted()) return true
    route.adopted = false
    return false
  }

  /** The key of the group that the prefix should use now; undefined: none. */
  #wanted(route: Route): string | undefined {
    if (route.desired === undefined || this.refusals.isBlocked(route)) return undefined
    return this.groups.key(route.desired)
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
        if (!this.refusals.mustWait(route)) this.#write('delete', route, group!)
        return
      default: {
        if (this.refusals.mustWait(route)) return
        if (action === 'replace' && this.#moveAll(route, group!)) return
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

  /** All routes of the group want what this one wants: one line moves them, and who is in the queue has nothing to do. */
  #moveAll(route: Route, group: NextHopGroup): boolean {
    if (group.routes < this.#crowd || !this.#swept || !this.#dialect.objects) return false
    try {
      if (!this.groups.regroup(group, route.desired!, this.#crowd)) return false
    } catch {
      // No id is left for an object: the route says so.
      return false
    }
    this.refusals.succeeded(route)
    this.#batch.flush()
    return true
  }

  #action(route: Route, group: NextHopGroup | undefined): 'none' | 'add' | 'replace' | 'delete' {
    return this.#isKept(route, group) ? 'none' : plan(this.#wanted(route), group?.key)
  }

  /** @returns the group, or why there is none */
  #target(set: SetState): NextHopGroup | string {
    try {
      return this.groups.ensure(set) ?? this.groups.refusal(set) ?? 'its next-hop group was refused'
    } catch (error) {
      return (error as Error).message
    }
  }

  #write(kind: 'add' | 'replace' | 'delete', route: Route, group: NextHopGroup): void {
    route.flight = kind
    this.#flights++
    if (kind !== 'delete') {
      this.#entering++
      route.target = group
      use(group, route.desired)
    }
    route.stamp = this.#submit(this.#dialect[kind](route.prefix, group), {
      kind,
      route,
      group,
      hopes: this.refusals.hopes,
      seq: 0,
    })
  }

  #submit(line: string, op: Op): number {
    op.seq = this.#progress.next()
    this.#batch.submit(line, op)
    return op.seq
  }

  #routeDone({ kind, route, group, hopes }: RouteOp, error: string | undefined): void {
    route.flight = 'none'
    this.#flights--
    route.target = undefined
    if (kind !== 'delete') this.#entering--
    const result = error === undefined ? 'done' : outcome(kind, error)
    if (result === 'done') {
      if (error === undefined) {
        this.#operations[kind]++
        if (kind === 'delete') this.#deletions.add(route.prefix)
      }
      if (installedGroup(route) !== undefined) this.#unuse(route.group!, route)
      route.group = kind === 'delete' ? undefined : group
      route.misses = 0
      this.refusals.succeeded(route)
    } else {
      if (kind !== 'delete') this.#unuse(group, route)
      this.#failed(route, kind, group, result, error!, hopes)
    }
    if (this.#action(route, installedGroup(route)) !== 'none') this.#queue.push(route)
    else if (route.desired === undefined && installedGroup(route) === undefined) this.#forget(route)
  }

  #failed(
    route: Route,
    kind: string,
    group: NextHopGroup,
    result: 'occupied' | 'no-group' | 'refused',
    error: string,
    hopes: number,
  ): void {
    if (result === 'no-group' && ++route.misses <= MAX_MISSES) {
      this.groups.missing(group)
      return
    }
    if (kind === 'delete') {
      this.#refuse(route, `it can't be removed: ${error}`, false, hopes)
      // What the kernel has is not what was believed: read it.
      this.#options.inspect()
      return
    }
    const occupied = result === 'occupied'
    const reason = occupied ? 'another route for this prefix and metric exists' : error
    this.#refuse(route, reason, occupied, hopes)
  }

  #refuse(route: Route, reason: string, occupied: boolean, hopes = this.refusals.hopes): void {
    this.#errors++
    // Who occupies the place is found out by reading the kernel.
    if (this.refusals.add(route, reason, occupied, hopes) && occupied) this.#options.inspect()
  }

  #unuse(group: NextHopGroup, { desired }: Route): void {
    unuse(group, desired)
    if (group.routes === 0) this.#cleaning.soon()
  }

  #forget(route: Route): void {
    this.refusals.clear(route)
    if (this.routes.get(route.prefix) === route) this.routes.delete(route.prefix)
  }

  /** Does the kernel still have what is wanted? */
  #look(route: Route, urgent: boolean): void {
    if (route.flight !== 'none') return
    const group = installedGroup(route)
    if (this.#action(route, group) !== 'none') this.#queue.push(route, urgent)
    else if (route.desired === undefined && group === undefined && !route.queued) this.#forget(route)
  }
}
