import { familyOfText } from '../ip/family.js'
import type { RouteDetail } from '../views/model/route.js'
import { afiName } from './family.js'
import { descriptors } from './route.js'
import { escapeText } from './text.js'
import { frrUptime, secondsSince } from './time.js'

/**
 * Entries of one prefix in `show ip route json`, in FRR's shape; empty when no path is usable.
 * @param now milliseconds since 1970
 */
export function routeJson(route: RouteDetail, now: number): object[] {
  const entries = descriptors(route)
  if (entries.length === 0) return []
  const best = entries.find(({ path }) => path.best) ?? entries[0]
  const installed = route.fib?.state === 'installed'
  const newest = Math.min(...entries.map(({ path }) => secondsSince(path.since, now)))
  return [
    {
      prefix: route.prefix,
      prefixLen: Number(route.prefix.split('/')[1]),
      protocol: 'bgp',
      vrfId: 0,
      vrfName: 'default',
      selected: true,
      destSelected: true,
      distance: best.path.type === 'ebgp' ? 20 : 200,
      metric: best.path.med ?? 0,
      ...(installed ? { installed: true } : {}),
      // FRR's words for these states.
      ...(route.fib?.state === 'refused' ? { failed: true } : {}),
      ...(route.fib?.state === 'pending' ? { queued: true } : {}),
      fibState: route.fib?.state ?? 'off',
      ...(route.fib?.reason === undefined ? {} : { fibReason: escapeText(route.fib.reason) }),
      table: 254,
      internalNextHopNum: entries.length,
      internalNextHopActiveNum: entries.length,
      uptime: frrUptime(newest),
      nexthops: entries.map(({ gateway, path }) => ({
        ...(installed ? { fib: true } : {}),
        ip: gateway.address,
        afi: afiName(familyOfText(gateway.address)),
        ...(gateway.interface === undefined ? {} : { interfaceName: gateway.interface }),
        active: true,
        ...(path.stale ? { stale: true } : {}),
        weight: 1,
      })),
    },
  ]
}
