/** Read models of the installer. */
import type { FibRouteView } from '../../ports/fib.js'
import type { NextHopGroups } from '../groups/next-hop-groups.js'
import { installedGroup, type Route } from '../groups/routes.js'
import type { RouteRefusals } from './refusals.js'

const KEPT = 'left by an earlier run, kept until the first routes are complete'

/** A prefix as `show` and the API see it; undefined: neither wanted nor in the kernel. */
export function viewRoute(
  route: Route,
  groups: NextHopGroups,
  refusals: RouteRefusals,
): FibRouteView | undefined {
  const { prefix, desired } = route
  const group = installedGroup(route)
  const refusal = refusals.get(route)
  const wanted = desired?.set.gateways ?? []
  if (refusal !== undefined && !refusal.unclear)
    return { prefix, state: 'refused', reason: refusal.reason, gateways: wanted }
  const hops = group?.members.map(({ address, device }) => ({ address, interface: device })) ?? []
  if (desired === undefined) {
    if (group === undefined) return undefined
    if (!route.adopted) return { prefix, state: 'pending', reason: 'leaving', gateways: hops }
    return { prefix, state: 'installed', reason: KEPT, gateways: hops }
  }
  const key = groups.key(desired)
  if (route.adopted && group !== undefined && group.key !== key)
    return { prefix, state: 'installed', reason: KEPT, gateways: hops }
  if (key === undefined) return { prefix, state: 'pending', reason: groups.reason(desired), gateways: wanted }
  if (group?.key === key) return { prefix, state: 'installed', gateways: hops }
  return { prefix, state: 'pending', gateways: wanted }
}

/** Prefixes that wait for a usable gateway; refused ones are not counted. */
export function countWaiting(groups: NextHopGroups, refusals: RouteRefusals): number {
  let waiting = 0
  for (const set of groups.desired.sets()) if (groups.key(set) === undefined) waiting += set.refs
  for (const [{ desired }] of refusals.entries()) {
    if (desired !== undefined && groups.key(desired) === undefined) waiting--
  }
  return waiting
}
