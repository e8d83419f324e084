/**
 * The machine's routes that are not BGP's, as redistribution sees them: the best one of each prefix, told when it
 * changes. Fed with what `ip route`, `ip link` and `ip address` show and `ip monitor` notifies.
 *
 * A route counts while one of its links is up and has carrier, as on a switch; the kernel keeps routes whose
 * link has lost its carrier. It says nothing when a link that goes down takes its IPv4 routes along: they are
 * dropped here. An own IPv4 address with length 32 has no route in the main table, but is connected all the same.
 */
import { familyOfText } from '../../ip/family.js'
import { canonicalPrefix } from '../../ip/prefix.js'
import type { MachineRoute, MachineRouteChange, MachineRouteKind } from '../../ports/machine-routes.js'
import type { AddressState, Link, LinkState } from '../kernel/kernel-state.js'
import { PROTOCOL_BGP, type RouteLine } from '../kernel/route-line.js'
import type { AddressEvent, LinkEvent } from '../kernel/watch.js'

const REDIRECT = 1
const KERNEL = 2
const STATIC = 4
/** FRR's staticd. */
const ZSTATIC = 196
/** Route types that say where packets go, or that they go nowhere; the others are not for announcing. */
const TYPES = new Set(['unicast', 'blackhole', 'unreachable', 'prohibit'])

interface Entry extends MachineRoute {
  /** Empty: a dead end. */
  readonly devices: readonly string[]
  /** What tells two routes for one prefix apart. */
  readonly key: string
}

/** What a route is for redistribution; undefined: nothing. */
export function kindOf({ type, protocol, hops }: RouteLine): MachineRouteKind | undefined {
  if (!TYPES.has(type) || protocol === PROTOCOL_BGP || protocol === REDIRECT) return undefined
  if (protocol === STATIC || protocol === ZSTATIC) return 'static'
  return protocol === KERNEL && hops.every(({ via }) => via === undefined) ? 'connected' : 'kernel'
}

/** The machine's routes, as described at the head of this file. */
export class RouteBook {
  readonly #listener: (changes: readonly MachineRouteChange[]) => void
  readonly #links = new Map<number, Link>()
  /** Every name seen so far with its last index. */
  readonly #seen = new Map<string, number>()
  /** Names of links that are up. */
  #up = new Set<string>()
  readonly #routes = new Map<string, Entry[]>()
  /** Host prefixes that own addresses make, on links that are up. */
  #hosts = new Set<string>()
  /** What the listener knows. */
  readonly #told = new Map<string, MachineRoute>()
  /** Prefixes that may have changed; 'all' after a reading or a change of links. */
  #due: Set<string> | 'all' = 'all'
  #linksRead = false
  #routesRead = false
  #first = true

  /** @param listener as MachineRoutes.follow() says */
  constructor(listener: (changes: readonly MachineRouteChange[]) => void) {
    this.#listener = listener
  }

  /** Replaces all links and addresses. */
  loadLinks(links: readonly LinkState[], addresses: readonly AddressState[]): void {
    this.#links.clear()
    for (const link of links) {
      this.#links.set(link.index, { ...link, addresses: [] })
      this.#seen.set(link.name, link.index)
    }
    for (const address of addresses) this.#links.get(address.index)?.addresses.push(address)
    this.#linksRead = true
    this.#indexLinks()
  }

  /** Replaces all routes. */
  loadRoutes(routes: Iterable<RouteLine>): void {
    this.#routes.clear()
    for (const route of routes) this.#put(route)
    this.#routesRead = true
    this.#due = 'all'
  }

  /** @returns true when the name belonged to another interface before: whoever remembers names is wrong now */
  link(event: LinkEvent): boolean {
    const known = this.#links.get(event.index)
    const { index, name, up } = event
    const before = this.#seen.get(name)
    this.#seen.set(name, index)
    const renamed = before !== undefined && before !== index
    if (known?.name === name && known.up === up && event.adminUp && !event.deleted) return renamed
    if (event.deleted) this.#links.delete(index)
    else this.#links.set(index, { index, name, up, addresses: known?.addresses ?? [] })
    if (!event.adminUp) this.#drop(name)
    this.#indexLinks()
    return renamed
  }

  address(event: AddressEvent): void {
    const link = this.#links.get(event.index)
    if (link === undefined) return
    const at = link.addresses.findIndex(
      ({ address, subnet, length }) =>
        address === event.address && subnet === event.subnet && length === event.length,
    )
    if (event.deleted && at >= 0) link.addresses.splice(at, 1)
    else if (!event.deleted && at < 0) link.addresses.push(event)
    else return
    this.#indexLinks()
  }

  /** A route was added, changed or deleted. */
  route(route: RouteLine): void {
    const prefix = this.#put(route)
    if (prefix !== undefined && this.#due !== 'all') this.#due.add(prefix)
  }

  /** All events of one chunk are in: tells what has changed, at the first time all there is. */
  publish(): void {
    if (!this.#linksRead || !this.#routesRead) return
    const due = this.#due
    if (due !== 'all' && due.size === 0) return
    const changes: MachineRouteChange[] = []
    const prefixes =
      due === 'all' ? new Set([...this.#told.keys(), ...this.#routes.keys(), ...this.#hosts]) : due
    for (const prefix of prefixes) {
      const was = this.#told.get(prefix)
      const now = this.#best(prefix)
      if (was?.kind === now?.kind && was?.metric === now?.metric) continue
      const family = familyOfText(prefix)
      if (now === undefined) {
        this.#told.delete(prefix)
        changes.push({ family, prefix })
      } else {
        const route = { kind: now.kind, metric: now.metric }
        this.#told.set(prefix, route)
        changes.push({ family, prefix, route })
      }
    }
    this.#due = new Set()
    if (changes.length === 0 && !this.#first) return
    this.#first = false
    this.#listener(changes)
  }

  #best(prefix: string): MachineRoute | undefined {
    if (this.#hosts.has(prefix)) return { kind: 'connected', metric: 0 }
    return this.#routes
      .get(prefix)
      ?.find(({ devices }) => devices.length === 0 || devices.some((device) => this.#up.has(device)))
  }

  /** @returns the prefix, undefined for a route that plays no part */
  #put(route: RouteLine): string | undefined {
    const kind = kindOf(route)
    // Those of BGP may be very many, and matter only where they take another's place.
    if (kind === undefined && !this.#routes.has(route.prefix)) return undefined
    const prefix = canonicalPrefix(route.prefix)
    if (prefix === undefined) return undefined
    // IPv4 has one route per prefix and metric; IPv6 is notified hop by hop, each replaced by its like.
    const six = route.family === 'ipv6-unicast'
    const hops = six ? route.hops.map(({ via, device }) => `${via} ${device}`).join() : ''
    const key = `${route.metric} ${hops}`
    const entries = (this.#routes.get(prefix) ?? []).filter((entry) => entry.key !== key)
    if (!route.deleted && kind !== undefined) {
      const devices = route.hops.flatMap(({ device }) => device ?? [])
      entries.push({ kind, metric: route.metric, devices, key })
      entries.sort((a, b) => a.metric - b.metric)
    }
    if (entries.length > 0) this.#routes.set(prefix, entries)
    else this.#routes.delete(prefix)
    return prefix
  }

  /** The routes of a link that went down, unless they have another. */
  #drop(device: string): void {
    for (const [prefix, entries] of this.#routes) {
      const left = entries.filter(
        ({ devices }) => devices.length === 0 || devices.some((one) => one !== device),
      )
      if (left.length === entries.length) continue
      if (left.length > 0) this.#routes.set(prefix, left)
      else this.#routes.delete(prefix)
    }
  }

  #indexLinks(): void {
    this.#up = new Set()
    this.#hosts = new Set()
    for (const { name, up, addresses } of this.#links.values()) {
      if (!up) continue
      this.#up.add(name)
      for (const { address, subnet, length } of addresses) {
        if (length !== 32 || address !== subnet || address.startsWith('127.')) continue
        this.#hosts.add(`${address}/32`)
      }
    }
    this.#due = 'all'
  }
}
