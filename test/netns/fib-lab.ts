import { execFileSync, spawn } from 'node:child_process'
import type { KernelFibOptions } from '../../src/fib/kernel-fib.js'
import { KernelFib } from '../../src/fib/kernel-fib.js'
import type { Clock } from '../../src/ports/clock.js'
import type { Gateway, NextHopSet } from '../../src/ports/fib.js'
import type { Log } from '../../src/ports/log.js'

/** Runs `ip` and returns what it printed. @throws Error with what it said */
export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 })
}

/** Why no namespace can be made here; undefined when one can. Tried, not guessed. */
export function noNamespaces(): string | undefined {
  const name = `ecmpd-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1')
    return undefined
  } catch (error) {
    return `SKIPPED, not tested: no network namespace can be made here (${(error as Error).message.trim().split('\n').pop()})`
  } finally {
    try {
      ip('netns', 'del', name)
    } catch {
      // It was not made.
    }
  }
}

export const clock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  micros: () => Date.now() * 1000,
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  soon: (fn) => void setImmediate(fn),
}

/** Polls until it holds. @throws Error naming what did not come, after 30 s: a refused route is tried again after seconds */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 30_000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not come: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** What `ip monitor` shows until it is stopped. */
export interface Recording {
  readonly lines: string[]
  stop(): Promise<string[]>
}

let labs = 0
/** Namespaces that are still there. */
const standing = new Set<string>()
// A test that is ended in the midst leaves none behind either.
process.on('exit', () => {
  for (const name of standing) removeNamespace(name)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))

function removeNamespace(name: string): void {
  standing.delete(name)
  try {
    ip('netns', 'del', name)
  } catch (error) {
    console.error(`namespace ${name} not removed: ${(error as Error).message}`)
  }
}

/** Modes that are tested. */
export type Mode = 'nexthop-objects' | 'plain'

/** A namespace with two links, eth0 and eth1, whose far ends lie in another. */
export class Lab {
  readonly name: string
  readonly far: string
  readonly log: { level: string; text: string }[] = []
  readonly #fibs: KernelFib[] = []
  #sets = 0

  constructor() {
    this.name = `ecmpd-fib-${process.pid}-${++labs}`
    this.far = `${this.name}-far`
    for (const name of [this.name, this.far]) {
      ip('netns', 'add', name)
      standing.add(name)
    }
    this.ip('link', 'set', 'lo', 'up')
    this.link('eth0', '192.168.95.200/24', 'fd95::200/64')
    this.link('eth1', '10.7.0.1/24', 'fd07::1/64')
  }

  /** Makes a link with addresses. */
  link(name: string, ...addresses: string[]): void {
    this.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `far-${name}`, 'netns', this.far)
    ip('-n', this.far, 'link', 'set', `far-${name}`, 'up')
    this.ip('link', 'set', name, 'up')
    for (const address of addresses) this.address(name, address)
  }

  address(link: string, address: string): void {
    this.ip('addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []))
  }

  ip(...args: string[]): string {
    return ip('-n', this.name, ...args)
  }

  /** The gateways of a prefix's route with ecmpd's protocol, sorted; empty: there is none. */
  gateways(prefix: string): string[] {
    const family = prefix.includes(':') ? '-6' : '-4'
    const text = this.ip(family, '-N', '-o', 'route', 'show', prefix, 'proto', '186')
    return [...text.matchAll(/via (?:inet6 )?(\S+)/g)].map((match) => match[1]).sort()
  }

  /** Ids of ecmpd's objects and groups. */
  nextHops(): { id: number; group?: { id: number }[]; gateway?: string }[] {
    const text = this.ip('-j', 'nexthop', 'show')
    const all = (text.trim() === '' ? [] : JSON.parse(text)) as { id: number; group?: { id: number }[] }[]
    return all.filter(({ id }) => id >= 195_000_000 && id < 195_000_100)
  }

  /** A KernelFib on this namespace, started. */
  async start(
    mode: Mode,
    options: Partial<KernelFibOptions> & { allow?: string[]; keepOnStop?: boolean } = {},
  ): Promise<KernelFib> {
    const put = (level: string) => (_: object, text: string) => void this.log.push({ level, text })
    const log: Log = { debug: put('debug'), info: put('info'), warn: put('warn'), error: put('error') }
    const fib = new KernelFib({
      log,
      clock,
      ip: ['ip', '-n', this.name],
      protected: () => [],
      options: {
        metric: 195,
        nextHopIds: { base: 195_000_000, count: 100 },
        keepOnStop: options.keepOnStop ?? false,
        mode,
        allow: options.allow ?? [],
        retry: 1,
      },
      ...options,
    })
    this.#fibs.push(fib)
    await fib.start()
    return fib
  }

  /** A new set, as the speaker interns it. */
  set(...gateways: (string | Gateway)[]): NextHopSet {
    return {
      id: ++this.#sets,
      gateways: gateways.map((gateway) => (typeof gateway === 'string' ? { address: gateway } : gateway)),
    }
  }

  /** Records what the kernel announces from now on. */
  async record(...objects: string[]): Promise<Recording> {
    const child = spawn('ip', ['-n', this.name, '-N', '-o', 'monitor', 'label', ...objects], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    const ended = new Promise((resolve) => child.on('close', resolve))
    // It listens when a change of ours is shown.
    const marks = ['nexthop', 'route'].filter((object) => objects.includes(object))
    const mark = (object: string) => {
      if (object === 'nexthop') {
        this.ip('nexthop', 'add', 'id', '4242', 'blackhole')
        this.ip('nexthop', 'del', 'id', '4242')
      } else {
        this.ip('route', 'add', 'blackhole', '198.51.100.42')
        this.ip('route', 'del', 'blackhole', '198.51.100.42')
      }
    }
    const shows = (object: string) =>
      object === 'nexthop' ? text.includes('4242') : text.includes('198.51.100.42')
    await until('ip monitor', () => {
      for (const object of marks) if (!shows(object)) mark(object)
      return marks.every(shows)
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    text = ''
    const lines = () => text.split('\n').filter((line) => line !== '' && !/4242|198\.51\.100\.42/.test(line))
    return {
      get lines() {
        return lines()
      },
      stop: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        child.kill()
        await ended
        return lines()
      },
    }
  }

  /** Ends everything and removes the namespaces. */
  async remove(): Promise<void> {
    try {
      for (const fib of this.#fibs) await fib.stop()
    } finally {
      for (const name of [this.name, this.far]) removeNamespace(name)
    }
  }
}
