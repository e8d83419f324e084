import type { DemoChild } from '../../src/demo/child.js'
import { monotonic } from '../../src/demo/client.js'
import type { Lab } from '../../src/demo/lab.js'
import { until } from './wait.js'

/** A route of the kernel as `ip -j route` tells it. */
export interface KernelRoute {
  readonly dst: string
  readonly protocol?: string
  readonly metric?: number
  readonly dev?: string
  readonly gateways: readonly string[]
  readonly flags: readonly string[]
}

interface Hop {
  gateway?: string
  via?: { host: string }
  dev?: string
  flags?: string[]
}

const versionFlag = (prefix: string) => (prefix.includes(':') ? '-6' : '-4')

/** Routes of exactly this prefix ('192.0.2.1/32', or 'all') in a namespace's main table. */
export async function kernelRoutes(lab: Lab, namespace: string, prefix: string): Promise<KernelRoute[]> {
  const select = prefix === 'all' ? [] : ['exact', prefix]
  const text = await lab.must(namespace, ['ip', '-j', '-d', versionFlag(prefix), 'route', 'show', ...select])
  type Json = Hop & { dst: string; protocol?: string; metric?: number; nexthops?: Hop[]; flags?: string[] }
  const routes = JSON.parse(text.trim() || '[]') as Json[]
  return routes.map((route) => ({
    dst: route.dst,
    protocol: route.protocol,
    metric: route.metric,
    dev: route.dev,
    flags: route.flags ?? [],
    gateways: (route.nexthops ?? [route])
      .map((hop) => hop.gateway ?? hop.via?.host)
      .filter((gateway) => gateway !== undefined)
      .sort(),
  }))
}

/** Gateways of a prefix's routes of protocol bgp, sorted; empty without such a route. */
export async function gateways(lab: Lab, namespace: string, prefix: string): Promise<string[]> {
  const routes = await kernelRoutes(lab, namespace, prefix)
  return routes
    .filter((route) => route.protocol === 'bgp' || route.protocol === 'bird')
    .flatMap((route) => route.gateways)
    .sort()
}

/** Waits until a prefix has exactly these gateways in the kernel. @param within milliseconds */
export async function untilGateways(
  lab: Lab,
  namespace: string,
  prefix: string,
  expected: readonly string[],
  within = 60_000,
): Promise<void> {
  const wanted = [...expected].sort().join(' ')
  let seen = ''
  await until(
    `${prefix} via [${wanted}] in the kernel`,
    async () => {
      seen = (await gateways(lab, namespace, prefix)).join(' ')
      if (seen !== wanted) throw new Error(`the kernel has [${seen}]`)
      return true
    },
    within,
    25,
  )
}

/** One message of `ip monitor`. */
export interface RouteChange {
  /** When this process read it, on the machine's monotonic clock: not before the kernel's change. */
  readonly at: number
  readonly text: string
}

/** Records what the kernel of a namespace says about routes and next-hop objects. */
export class RouteMonitor {
  readonly #child: DemoChild
  readonly changes: RouteChange[] = []

  constructor(child: DemoChild) {
    this.#child = child
  }

  /** Starts recording; resolves once the kernel's messages arrive. */
  static async start(lab: Lab, namespace: string): Promise<RouteMonitor> {
    const child = lab.start(namespace, 'ip monitor', ['ip', '-oneline', 'monitor', 'route', 'nexthop'])
    const monitor = new RouteMonitor(child)
    let read = 0
    child.onOutput(() => {
      const end = child.stdout.lastIndexOf('\n') + 1
      for (const text of child.stdout.slice(read, end).split('\n').slice(0, -1)) {
        monitor.changes.push({ at: monotonic(), text: text.trim() })
      }
      read = end
    })
    // A route of its own shows that it listens; the last message about it ends the wait.
    await until('ip monitor listens', async () => {
      await lab.ip(namespace, ['route add 198.51.100.255/32 dev lo'])
      const added = () => monitor.changes.some(({ text }) => text.includes('198.51.100.255'))
      await until('the route is seen', added, 500).catch(() => undefined)
      await lab.ip(namespace, ['route del 198.51.100.255/32 dev lo'])
      return added()
    })
    await until('the end of it is seen', () =>
      /^Deleted.*198\.51\.100\.255/.test(monitor.changes.at(-1)!.text),
    )
    monitor.changes.length = 0
    return monitor
  }

  async stop(): Promise<void> {
    await this.#child.stop()
  }
}
