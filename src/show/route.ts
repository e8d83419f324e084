import type { Gateway } from '../ports/fib.js'
import type { PathView, RouteDetail } from '../views/model/route.js'
import { fibText } from './detail.js'
import { secondsSince, upDown } from './time.js'

/** One line or block of a route: a gateway with the path it comes from. */
interface Descriptor {
  readonly gateway: Gateway
  readonly path: PathView
}

/** Administrative distance as the switch has it: 20 from eBGP, 200 from iBGP and local. */
function distance(path: PathView): number {
  return path.type === 'ebgp' ? 20 : 200
}

/**
 * Gateways of a route, each with its path, in canonical order; empty when none of its paths is used.
 * A gateway that several paths have (two neighbors with one next hop) takes the first.
 */
export function descriptors(route: RouteDetail): readonly Descriptor[] {
  const used = route.paths.filter((path) => path.best || path.multipath)
  const gateways = route.gateways ?? route.nextHops.map((address) => ({ address }))
  return gateways.flatMap((gateway) => {
    const bare = gateway.address.split('%')[0]
    const path =
      used.find(
        (entry) => entry.nextHop.split('%')[0] === bare || entry.linkLocalNextHop?.split('%')[0] === bare,
      ) ?? used.find((entry) => entry.best)
    return path === undefined ? [] : [{ gateway, path }]
  })
}

const via = (gateway: Gateway) => (gateway.interface === undefined ? '' : `, via ${gateway.interface}`)

/** AS number that the path's tag carries: the neighbor's, which is the first of the path. */
function tag(path: PathView): string | undefined {
  return /^\d+/.exec(path.asPath)?.[0]
}

function block(entry: Descriptor, first: boolean, now: number): string[] {
  const { gateway, path } = entry
  const age = upDown(secondsSince(path.since, now))
  const from = path.type === 'local' ? '' : `, from ${path.neighbor}`
  const lines = [
    `  ${first ? '*' : ' '} ${gateway.address}${from}, ${age} ago${via(gateway)}`,
    `      Route metric is ${path.med ?? 0}, traffic share count is 1`,
    `      AS Hops ${path.asPathLength}`,
  ]
  const as = tag(path)
  if (as !== undefined) lines.push(`      Route tag ${as}`)
  if (path.stale) lines.push('      Stale: kept while its neighbor is away')
  return lines
}

/**
 * `show ip route A`: the routing descriptor blocks of one route.
 * @param now milliseconds since 1970
 */
export function showRoute(route: RouteDetail, localAs: number, now: number): string {
  const blocks = descriptors(route)
  if (blocks.length === 0) {
    const own = route.paths.some(({ best, type }) => best && type === 'local')
    const why = own ? 'is announced by ecmpd itself, which routes nothing for it' : 'has no usable path'
    return `% Network not in table: ${route.prefix} ${why}\n`
  }
  const best = blocks.find(({ path }) => path.best) ?? blocks[0]
  const newest = blocks.reduce((a, b) => (Date.parse(b.path.since) > Date.parse(a.path.since) ? b : a))
  const as = tag(best.path)
  const type = best.path.type === 'ebgp' ? 'external' : 'internal'
  const on = newest.gateway.interface === undefined ? '' : ` on ${newest.gateway.interface}`
  const lines = [
    `Routing entry for ${route.prefix}`,
    `  Known via "bgp ${localAs}", distance ${distance(best.path)}, metric ${best.path.med ?? 0}`,
    `  ${as === undefined ? 'Type' : `Tag ${as}, type`} ${type}`,
    `  Last update from ${newest.gateway.address}${on}, ${upDown(secondsSince(newest.path.since, now))} ago`,
  ]
  const fib = fibText(route)
  if (fib !== undefined) lines.push(`  ${fib}`)
  lines.push('  Routing Descriptor Blocks:')
  blocks.forEach((entry, index) => {
    lines.push(...block(entry, index === 0, now))
  })
  return `${lines.join('\n')}\n`
}

/**
 * Head of `show ip route`: ecmpd knows the routes of BGP alone.
 * @param installs whether routes are installed in the kernel
 */
export function routesHead(installs: boolean): string {
  const off = installs ? '' : 'FIB is off: none of these is in the kernel (start with --fib)\n'
  return `Codes: B - BGP, r - rejected by the kernel (\`show fib\` has the reason), q - queued\n${off}\nGateway of last resort is not set\n\n`
}

/** The second column of `show ip route`, where IOS has the kind of a route: what the kernel has made of it, as in FRR. */
function kernelCode({ fib }: RouteDetail): 'r' | 'q' | ' ' {
  return fib?.state === 'refused' ? 'r' : fib?.state === 'pending' ? 'q' : ' '
}

/**
 * Lines of one route in `show ip route`; '' when it has no usable path.
 * @param now milliseconds since 1970
 */
export function routeLines(route: RouteDetail, now: number): string {
  const start = `B ${kernelCode(route)}   ${route.prefix} `
  return descriptors(route)
    .map(({ gateway, path }, index) => {
      const age = upDown(secondsSince(path.since, now))
      const on = gateway.interface === undefined ? '' : `, ${gateway.interface}`
      const cost = `[${distance(path)}/${path.med ?? 0}]`
      const kept = path.stale ? ' (stale)' : ''
      return `${index === 0 ? start : ' '.repeat(start.length)}${cost} via ${gateway.address}, ${age}${on}${kept}\n`
    })
    .join('')
}
