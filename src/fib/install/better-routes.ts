/**
 * Routes of others with a better metric than ours. Where both have one prefix, the kernel uses the other's, and
 * nothing says so: ours is there, and idle.
 */

import type { PreferredRoute } from '../../ports/fib.js'
import { protocolWord, type RouteLine } from '../kernel/route-line.js'

/**
 * Others' routes that are kept whether we have the prefix or not, so that a route of ours that comes later is
 * compared too. Beyond that, of another speaker's full table, only those are kept whose prefix is ours already;
 * the rest shows at the next reading of the kernel.
 */
const MOST = 10_000

/** What is kept of a route. */
type Kept = Pick<RouteLine, 'prefix' | 'family' | 'metric' | 'protocol' | 'hops'>

export class BetterRoutes {
  readonly #metric: number
  /** True for a prefix of which we have a route in the kernel. */
  readonly #installed: (prefix: string) => boolean
  #routes = new Map<string, Kept>()

  constructor(metric: number, installed: (prefix: string) => boolean) {
    this.#metric = metric
    this.#installed = installed
  }

  /**
   * The kernel is read anew.
   * @returns `route` takes each of others' routes, `done` puts them in the place of those known before
   */
  reading(): { readonly route: (route: RouteLine) => void; readonly done: () => void } {
    const routes = new Map<string, Kept>()
    return {
      route: (route) => this.#add(routes, route),
      done: () => {
        this.#routes = routes
      },
    }
  }

  /** A route that is not own was added, changed or deleted. */
  route(route: RouteLine): void {
    if (route.deleted) this.#routes.delete(keyOf(route))
    else this.#add(this.#routes, route)
  }

  #add(routes: Map<string, Kept>, route: RouteLine): void {
    const { prefix, family, metric, protocol, hops } = route
    if (metric >= this.#metric || route.table !== undefined) return
    if (routes.size >= MOST && !this.#installed(prefix)) return
    routes.set(keyOf(route), { prefix, family, metric, protocol, hops })
  }

  /** A link went down, which takes its IPv4 routes along without a word of the kernel. */
  linkDown(device: string): void {
    for (const [key, { hops }] of this.#routes) {
      if (hops.length > 0 && hops.every((hop) => hop.device === device)) this.#routes.delete(key)
    }
  }

  /** Those for whose prefix we have a route in the kernel, with the command that removes each. */
  list(): PreferredRoute[] {
    return [...this.#routes.values()].filter(({ prefix }) => this.#installed(prefix)).map(preferred)
  }
}

/** IPv4 has one route per prefix and metric; IPv6 is notified hop by hop. */
function keyOf({ prefix, family, metric, protocol, hops }: RouteLine): string {
  const hop = family === 'ipv6-unicast' ? hops.map(({ via, device }) => `${via} ${device}`).join() : ''
  return `${prefix} ${metric} ${protocol} ${hop}`
}

function preferred({ prefix, family, metric, protocol, hops }: Kept): PreferredRoute {
  const [hop] = hops
  const word = protocolWord(protocol)
  const six = family === 'ipv6-unicast' ? '-6 ' : ''
  // Metric 0 is any metric to `ip`, and finds the best route first: this one.
  const which = metric === 0 ? '' : ` metric ${metric}`
  return {
    prefix,
    ...(hop?.via === undefined ? {} : { via: hop.via }),
    ...(hop?.device === undefined ? {} : { interface: hop.device }),
    protocol: word,
    metric,
    command: `ip ${six}route del ${prefix} proto ${word}${which}`,
  }
}
