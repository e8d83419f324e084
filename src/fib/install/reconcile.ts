/**
 * Compares what the kernel holds with what is believed: at start, after a child died, after notifications were
 * lost, when a route turned out to be occupied, and now and then. Own routes and objects of an earlier run are
 * taken over as they are; nothing is rewritten that is right already.
 *
 * The kernel is read while lines are being written. What was touched after the reading began is left out of the
 * comparison: `since` is the sequence number up to which every line was done before it.
 */
import {
  foreignGroup,
  type IdPool,
  memberKey,
  type NextHopGroup,
  type NextHopObject,
} from '../groups/kernel-objects.js'
import { installedGroup, newRoute, type Route } from '../groups/routes.js'
import type { NextHopState } from '../kernel/kernel-state.js'
import { PROTOCOL_BGP, protocolWord, type RouteLine } from '../kernel/route-line.js'
import type { Installer } from './installer.js'

/** An own route as read; `hops` are left empty where the group says them. */
export type OwnRoute = Pick<RouteLine, 'prefix' | 'nhid' | 'hops'>

/** One reading of the kernel. */
export interface Snapshot {
  readonly nextHops: readonly NextHopState[]
  /** Own routes. */
  readonly routes: readonly OwnRoute[]
  /** Others' routes with ecmpd's metric: prefix → description. */
  readonly occupants: ReadonlyMap<string, string>
  /** Index of an interface; 0 when there is none. */
  readonly ifindex: (device: string) => number
}

/** What tells own routes from others'. */
export interface Ownership {
  readonly metric: number
  readonly ids: IdPool
  /** True with next-hop objects: own routes refer to an id of the range. Without: protocol and metric say it. */
  readonly objects: boolean
}

/** True for a route of ecmpd's: proto bgp, its metric, and its next-hop ids. */
export function isOwnRoute(route: RouteLine, { metric, ids, objects }: Ownership): boolean {
  if (route.protocol !== PROTOCOL_BGP || route.metric !== metric) return false
  return ids.contains(route.nhid) || (!objects && route.nhid === 0)
}

/** A foreign route in the way, for people, with the command that removes it. */
export function describeOccupant(route: RouteLine): string {
  const hops = route.hops.map(({ via, device }) =>
    [via && `via ${via}`, device && `dev ${device}`].filter(Boolean).join(' '),
  )
  const proto = protocolWord(route.protocol)
  const by = route.protocol === 3 ? 'added by hand' : `of proto ${proto}`
  const six = route.family === 'ipv6-unicast' ? '-6 ' : ''
  return (
    `a route ${by} with metric ${route.metric} exists${hops.length > 0 ? ` (${hops.join(', ')})` : ''}, which is left alone; ` +
    `to remove it: ip ${six}route del ${route.prefix} proto ${proto} metric ${route.metric}`
  )
}

let readings = 0

/** Makes the installer believe the snapshot, and queues what differs from what is wanted. */
export function reconcile(
  installer: Installer,
  ownership: Ownership,
  snapshot: Snapshot,
  since: number,
): void {
  if (ownership.objects) nextHops(installer, ownership.ids, snapshot, since)
  else leftovers(installer, ownership.ids, snapshot)
  routes(installer, ownership.objects, snapshot, since)
  for (const [route, refusal] of [...installer.refusals.entries()]) {
    if (refusal.occupied) installer.refusals.occupant(route, snapshot.occupants.get(route.prefix))
  }
  installer.groups.forgetRemoved()
}

function nextHops(installer: Installer, ids: IdPool, snapshot: Snapshot, since: number): void {
  const { kernel } = installer.groups
  const present = new Set<number>()
  const own = snapshot.nextHops.filter(({ id }) => ids.contains(id))
  for (const { id, bgp, via = '', device = '', group } of own) {
    if (!bgp) ids.reserve(id)
    if (!bgp || installer.groups.removedAfter(id, since)) continue
    present.add(id)
    if (group !== undefined) continue
    const object = kernel.objects.get(id)
    if (object === undefined) installer.groups.adoptObject(id, via, device, snapshot.ifindex(device))
    else if (
      object.stamp <= since &&
      (object.address !== via || object.ifindex !== snapshot.ifindex(device))
    ) {
      installer.groups.restore(object)
    }
  }
  for (const { id, group } of own) {
    if (group === undefined || !present.has(id)) continue
    const members = group.map((member) => kernel.objects.get(member))
    const whole = members.every((member) => member !== undefined) ? (members as NextHopObject[]) : []
    const known = kernel.groups.get(id)
    if (known === undefined) kernel.addGroup(whole, id)
    else if (known.stamp <= since && known.key !== memberKey(whole)) kernel.setMembers(known, whole)
  }
  for (const object of [...kernel.objects.values()]) {
    if (!present.has(object.id) && object.stamp <= since) installer.groups.vanished(object)
  }
  for (const group of [...kernel.groups.values()]) {
    if (!present.has(group.id) && group.stamp <= since) installer.groups.missing(group)
  }
  installer.groups.invalidate()
}

function leftovers(installer: Installer, ids: IdPool, snapshot: Snapshot): void {
  const own = snapshot.nextHops.filter(({ id }) => ids.contains(id))
  for (const { id } of own) ids.reserve(id)
  const bgp = own.filter((nextHop) => nextHop.bgp).map(({ id }) => id)
  if (bgp.length > 0) installer.leftOver(bgp)
}

function routes(installer: Installer, objects: boolean, snapshot: Snapshot, since: number): void {
  const reading = ++readings
  const atRest = (route: Route) => route.flight === 'none' && route.stamp <= since
  for (const { prefix, nhid, hops } of snapshot.routes) {
    let route = installer.routes.get(prefix)
    if (route === undefined) {
      route = newRoute(prefix)
      route.adopted = !installer.swept
      installer.routes.set(prefix, route)
    }
    route.seen = reading
    if (!atRest(route)) continue
    const group = objects ? byId(installer, nhid) : byHops(installer, snapshot, hops, nhid)
    installer.observed(route, group)
  }
  for (const route of installer.routes.values()) {
    if (route.seen !== reading && atRest(route) && installedGroup(route) !== undefined) {
      installer.observed(route, undefined)
    }
  }
}

function byId(installer: Installer, nhid: number): NextHopGroup {
  return installer.groups.kernel.groups.get(nhid) ?? foreignGroup(nhid)
}

/** Groups of plain routes exist only here: hops that are equal share one. */
function byHops(
  installer: Installer,
  snapshot: Snapshot,
  hops: RouteLine['hops'],
  nhid: number,
): NextHopGroup {
  if (nhid !== 0 || hops.some(({ via, device }) => via === undefined || device === undefined))
    return foreignGroup(nhid)
  const { groups } = installer
  const members = hops.map(({ via, device }) => groups.plainObject(via!, device!, snapshot.ifindex(device!)))
  const key = memberKey(members)
  return groups.kernel.find(key) ?? groups.kernel.addGroup(members)
}
