import type { BatchPort } from '../../../src/fib/groups/batch.js'
import { type KernelDialect, ObjectDialect } from '../../../src/fib/groups/dialect.js'
import { IdPool } from '../../../src/fib/groups/kernel-objects.js'
import type { Op } from '../../../src/fib/groups/ops.js'
import { PlainDialect } from '../../../src/fib/groups/plain.js'
import { Guard } from '../../../src/fib/install/guard.js'
import { Installer } from '../../../src/fib/install/installer.js'
import { describeOccupant, reconcile } from '../../../src/fib/install/reconcile.js'
import type { NextHopState } from '../../../src/fib/kernel/kernel-state.js'
import type { RouteLine } from '../../../src/fib/kernel/route-line.js'
import type { GatewayResolution } from '../../../src/fib/resolve/resolver.js'
import type { Cancel, Clock } from '../../../src/ports/clock.js'
import type { Gateway, NextHopSet } from '../../../src/ports/fib.js'
import type { Log } from '../../../src/ports/log.js'

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #now = 0
  #timers: { at: number; fn: () => void }[] = []

  now(): number {
    return this.#now
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now
  }

  micros(): number {
    return this.wall() * 1000
  }

  after(ms: number, fn: () => void): Cancel {
    const timer = { at: this.#now + ms, fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  soon(fn: () => void): void {
    this.after(0, fn)
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#now = Math.max(this.#now, due.at)
      due.fn()
    }
    this.#now = end
  }
}

/** Keeps what is logged. */
export class MemoryLog implements Log {
  readonly lines: { level: string; fields: object; text: string }[] = []
  debug(fields: object, text: string): void {
    this.lines.push({ level: 'debug', fields, text })
  }
  info(fields: object, text: string): void {
    this.lines.push({ level: 'info', fields, text })
  }
  warn(fields: object, text: string): void {
    this.lines.push({ level: 'warn', fields, text })
  }
  error(fields: object, text: string): void {
    this.lines.push({ level: 'error', fields, text })
  }
  texts(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.text)
  }
}

type NextHop = { via: string; ifindex: number } | { group: number[] }
interface KernelRoute {
  nhid: number
  /** Plain hops, as 'address device'. */
  hops: string[]
  foreign: boolean
}

/** Next-hop objects and routes as Linux 6.18 treats them (each rule was seen there). */
export class FakeKernel {
  readonly nextHops = new Map<number, NextHop>()
  readonly routes = new Map<string, KernelRoute>()
  readonly down = new Set<number>()
  readonly lines: string[] = []
  /** Groups keep their members. */
  rigid = false

  /** @returns the error, as iproute2 prints it without its prefix */
  run(line: string): string | undefined {
    this.lines.push(line)
    const words = line.split(' ')
    const value = (word: string) => words[words.indexOf(word) + 1]
    if (words[0] === 'nexthop') return this.#nextHop(words, Number(value('id')), value)
    const prefix = words[2]
    const known = this.routes.get(prefix)
    if (words[1] === 'del') {
      if (known === undefined || known.foreign) return 'No such process'
      if (words.includes('nhid') && known.nhid !== Number(value('nhid'))) return 'No such process'
      this.routes.delete(prefix)
      return undefined
    }
    if (words[1] === 'add' && known !== undefined) return 'File exists'
    const nhid = words.includes('nhid') ? Number(value('nhid')) : 0
    if (nhid !== 0 && !this.nextHops.has(nhid)) return 'Nexthop id does not exist'
    const hops = [...line.matchAll(/via (?:inet6 )?(\S+) dev (\S+)/g)].map(
      (match) => `${match[1]} ${match[2]}`,
    )
    if (hops.some((hop) => this.down.has(ifindexOf(hop.split(' ')[1])))) return 'Nexthop has invalid gateway'
    this.routes.set(prefix, { nhid, hops, foreign: false })
    return undefined
  }

  #nextHop(words: string[], id: number, value: (word: string) => string): string | undefined {
    if (words[1] === 'del') {
      if (!this.nextHops.has(id)) return 'No such file or directory'
      this.remove(id)
      return undefined
    }
    if (words[1] === 'add' && this.nextHops.has(id)) return 'File exists'
    if (words.includes('group')) {
      const group = value('group').split('/').map(Number)
      if (group.some((member) => !this.nextHops.has(member))) return 'Invalid nexthop id'
      if (words[1] === 'replace' && this.rigid) return 'Operation not supported'
      if (new Set(group).size !== group.length) return 'Nexthop id can not be used twice in a group'
      this.nextHops.set(id, { group })
      return undefined
    }
    const ifindex = Number(value('dev').slice(2))
    if (this.down.has(ifindex)) return 'Nexthop device is not up'
    this.nextHops.set(id, { via: value('via'), ifindex })
    return undefined
  }

  /** Removes an object or group with everything that depends on it. */
  remove(id: number): void {
    this.nextHops.delete(id)
    for (const [prefix, route] of this.routes) if (route.nhid === id) this.routes.delete(prefix)
    for (const [group, nextHop] of this.nextHops) {
      if (!('group' in nextHop) || !nextHop.group.includes(id)) continue
      nextHop.group = nextHop.group.filter((member) => member !== id)
      if (nextHop.group.length === 0) this.remove(group)
    }
  }

  /** A link goes down: objects on it go; plain routes stay, marked. */
  linkDown(ifindex: number): void {
    this.down.add(ifindex)
    for (const [id, nextHop] of [...this.nextHops]) {
      if ('via' in nextHop && nextHop.ifindex === ifindex) this.remove(id)
    }
  }

  /** Gateways of a prefix, sorted; undefined: no own route. */
  gateways(prefix: string): string[] | undefined {
    const route = this.routes.get(prefix)
    if (route === undefined || route.foreign) return undefined
    if (route.nhid === 0) return route.hops.map((hop) => hop.split(' ')[0]).sort()
    const group = this.nextHops.get(route.nhid) as { group: number[] }
    return group.group.map((id) => (this.nextHops.get(id) as { via: string }).via).sort()
  }

  /** As `ip -j nexthop` would be read. */
  state(): NextHopState[] {
    return [...this.nextHops].map(([id, nextHop]) =>
      'group' in nextHop
        ? { id, bgp: true, group: nextHop.group }
        : { id, bgp: true, via: nextHop.via, device: deviceOf(nextHop.ifindex) },
    )
  }
}

/** Interfaces of the fake: eth2 has index 2. */
export const deviceOf = (ifindex: number) => `eth${ifindex}`
const ifindexOf = (device: string) => Number(device.slice(device.startsWith('eth') ? 3 : 2))

/** An installer on a fake kernel; lines are done when the test says so. */
export class Bench {
  readonly clock = new ManualClock()
  readonly log = new MemoryLog()
  readonly kernel = new FakeKernel()
  readonly installer: Installer
  readonly guard: Guard
  readonly ids: IdPool
  readonly objects: boolean
  /** Ways by gateway; a missing one is unreachable. */
  readonly ways = new Map<string, number>()
  inspections = 0
  bulk: boolean[] = []
  readonly #window: number
  #pending: { line: string; op: Op }[] = []
  #flight: { line: string; op: Op; result?: { error: string | undefined } }[] = []

  constructor(
    options: {
      objects?: boolean
      window?: number
      allow?: string[]
      kernel?: FakeKernel
      crowd?: number
    } = {},
  ) {
    this.objects = options.objects ?? true
    this.#window = options.window ?? 256
    this.guard = new Guard(options.allow ?? [])
    this.ids = new IdPool(1000, 1000)
    if (options.kernel !== undefined) this.kernel = options.kernel
    const dialect: KernelDialect = this.objects ? new ObjectDialect(195) : new PlainDialect(195)
    const bench = this
    const batch: BatchPort<Op> = {
      get room() {
        return bench.#window - bench.#pending.length - bench.#flight.length
      },
      get idle() {
        return bench.#pending.length + bench.#flight.length === 0
      },
      submit: (line, op) => {
        this.#pending.push({ line, op })
      },
      flush: () => {
        this.#flight.push(...this.#pending)
        this.#pending = []
      },
    }
    this.installer = new Installer({
      dialect,
      ids: this.ids,
      guard: this.guard,
      clock: this.clock,
      log: this.log,
      resolveGateway: (gateway) => this.way(gateway),
      batch,
      pause: 5000,
      crowd: options.crowd,
      bulk: (begins) => {
        this.bulk.push(begins)
      },
      inspect: () => {
        this.inspections++
      },
    })
  }

  way(gateway: Gateway): GatewayResolution {
    const ifindex = this.ways.get(gateway.address)
    if (ifindex === undefined || this.kernel.down.has(ifindex)) return { reason: 'its link is down' }
    const via = { address: gateway.address, device: deviceOf(ifindex), ifindex, word: `if${ifindex}` }
    return { via, metric: 0, connected: true }
  }

  /** Lines that the child has and has not done. */
  get inFlight(): string[] {
    return this.#flight.map(({ line }) => line)
  }

  /** The kernel does what is in flight now; what became of it is reported later, by `step`. */
  execute(): void {
    for (const one of this.#flight) one.result ??= { error: this.kernel.run(one.line) }
  }

  /** Does up to `count` lines and reports them. */
  step(count = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < count && this.#flight.length > 0; i++) {
      const { line, op, result } = this.#flight.shift()!
      this.installer.done(op, result === undefined ? this.kernel.run(line) : result.error)
    }
    this.installer.ready()
  }

  /** Does everything until nothing is in flight. */
  decide(): void {
    this.installer.ready()
    while (this.#flight.length > 0) this.step()
  }

  /** The child dies: of what is in flight the first `done` lines were done, unreported. */
  die(done: number): void {
    const lost = this.#flight.map(({ op }) => op)
    for (const { line } of this.#flight.slice(0, done)) this.kernel.run(line)
    this.#flight = []
    this.installer.died(lost)
  }

  /** Reads the fake kernel and compares, as KernelFib does. */
  reconcile(since = Number.MAX_SAFE_INTEGER): void {
    const own: { prefix: string; nhid: number; hops: RouteLine['hops'] }[] = []
    const occupants = new Map<string, string>()
    for (const [prefix, route] of this.kernel.routes) {
      const hops = route.hops.map((hop) => ({
        via: hop.split(' ')[0],
        device: hop.split(' ')[1],
        down: false,
      }))
      if (!route.foreign) own.push({ prefix, nhid: route.nhid, hops })
      else occupants.set(prefix, describeOccupant(foreign(prefix)))
    }
    const nextHops = this.kernel.state()
    const ownership = { metric: 195, ids: this.ids, objects: this.objects }
    reconcile(this.installer, ownership, { nextHops, routes: own, occupants, ifindex: ifindexOf }, since)
    this.installer.rescan(false)
    this.installer.release()
  }

  /** Starts on what the kernel holds. */
  start(): this {
    this.reconcile()
    return this
  }
}

/** A foreign route's line. */
function foreign(prefix: string): RouteLine {
  return {
    deleted: false,
    type: 'unicast',
    family: 'ipv4-unicast',
    prefix,
    nhid: 0,
    protocol: 4,
    metric: 195,
    hops: [{ via: '10.0.0.1', device: 'eth9', down: false }],
  }
}

/** A set of gateways; each call makes a new one, as the speaker interns them. */
export function setOf(...addresses: string[]): NextHopSet {
  return { id: 0, gateways: addresses.map((address) => ({ address })) }
}
