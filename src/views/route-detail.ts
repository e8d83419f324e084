/** How routes get the interfaces of their gateways. */

import type { FibPort, Resolver } from '../ports/fib.js'
import type { RouteDetail, RouteView } from './model/route.js'

/**
 * Adds the interfaces of the gateways: from the kernel's side or, where it has none, from the resolver. Answers of the
 * resolver are remembered, so that a whole page asks once for each gateway.
 */
export function routeDetailer(
  fib: FibPort,
  resolver: Resolver | undefined,
): (route: RouteView) => RouteDetail {
  const known = new Map<string, string | undefined>()
  const interfaceOf = (address: string) => {
    if (!known.has(address)) known.set(address, resolver?.resolve(address).interface)
    return known.get(address)
  }
  return (route) => {
    if (route.nextHops.length === 0) return route
    const installed = route.fib?.state === 'installed' ? fib.route(route.prefix)?.gateways : undefined
    const gateways =
      installed ??
      route.nextHops.map((address) => {
        const name = interfaceOf(address)
        return name === undefined ? { address } : { address, interface: name }
      })
    return { ...route, gateways }
  }
}
