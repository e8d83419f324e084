/**
 * Which gateways can be reached, and over which link: the longest match among the subnets of own, up links
 * and the kernel's routes other than BGP's (RFC 4271 §5.1.3, §9.1.2.1). It follows the kernel through
 * `watch.ts`. The kernel says nothing when a link that goes down takes its IPv4 routes along: this table
 * drops them by itself.
 */
import { parseAddress, parseIPv4, parseIPv6 } from '../../ip/address.js'
import type { Family } from '../../ip/family.js'
import type { Gateway, Reachability, Resolver } from '../../ports/fib.js'
import type { AddressState, Link, LinkState } from '../kernel/kernel-state.js'
import { PROTOCOL_BGP, type RouteLine } from '../kernel/route-line.js'
import type { LinkEvent } from '../kernel/watch.js'

/** What the kernel needs to send to a gateway. */
export interface Via {
  /** On-link address: the gateway itself, or the next router towards it. */
  readonly address: string
  readonly device: string
  readonly ifindex: number
  /** The interface as `ip` takes it: by number ('if7'), which no rename can make wrong. */
  readonly word: string
}

/** How a gateway is reached, or why it is not. */
export type GatewayResolution =
  | { readonly via: Via; readonly metric: number; readonly connected: boolean }
  | { readonly reason: string }

interface Entry {
  readonly metric: number
  /** Empty: blackhole, unreachable or prohibit. */
  readonly hops: RouteLine['hops']
  /** What tells two routes for one prefix apart. */
  readonly key: string
}

const UNREACHABLE: Reachability = { reachable: false, metric: 0, connected: false }
/** Route types that take part; the others are in other tables or none of ours. */
const DEAD_ENDS = new Set(['blackhole', 'unreachable', 'prohibit'])

/** Answers that are kept. */
const MOST_ANSWERS = 10_000

/** Keys by prefix length: bits of an address as a number (IPv4) or a text of bits in hex (IPv6). */
type Key = number | string

/** Answers of reachability out of links, addresses and routes, as described at the head of this file. */
export class KernelResolver implements Resolver {
  readonly #links = new Map<number, Link>()
  readonly #byName = new Map<string, Link>()
  /** Every name seen so far with its last index: a removed interface may come back as another. */
  readonly #seen = new Map<string, number>()
  /** Per family and prefix length: routes by masked address, lowest metric first. */
  readonly #routes: Record<Family, Map<Key, Entry[]>[]> = {
    'ipv4-unicast': Array.from({ length: 33 }, () => new Map()),
    'ipv6-unicast': Array.from({ length: 129 }, () => new Map()),
  }
  /** Lengths that have routes, longest first. */
  #lengths: Record<Family, number[]> = { 'ipv4-unicast': [], 'ipv6-unicast': [] }
  #own = new Map<string, string>()
  readonly #viaDefault: boolean
  readonly #cache = new Map<string, GatewayResolution>()
  readonly #listeners = new Set<() => void>()
  #dirty = false

  /** @param viaDefault whether the default route may lead to a next hop; default no */
  constructor(viaDefault = false) {
    this.#viaDefault = viaDefault
  }

  resolve(nextHop: string): Reachability {
    const percent = nextHop.indexOf('%')
    const resolved = this.resolveGateway(
      percent < 0
        ? { address: nextHop }
        : { address: nextHop.slice(0, percent), interface: nextHop.slice(percent + 1) },
    )
    if ('reason' in resolved) return { ...UNREACHABLE, reason: resolved.reason }
    return {
      reachable: true,
      metric: resolved.metric,
      interface: resolved.via.device,
      connected: resolved.connected,
    }
  }

  isOwn(address: string): boolean {
    const percent = address.indexOf('%')
    return this.#own.has(percent < 0 ? address : address.slice(0, percent))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How a gateway is reached, or a phrase for people that says why it is not. Answers stay until a change. */
  resolveGateway(gateway: Gateway): GatewayResolution {
    const key = gateway.interface === undefined ? gateway.address : `${gateway.address}%${gateway.interface}`
    let resolved = this.#cache.get(key)
    if (resolved === undefined) {
      resolved = this.#find(gateway)
      // A neighbor may ask for ever new addresses.
      if (this.#cache.size >= MOST_ANSWERS) this.#cache.clear()
      this.#cache.set(key, resolved)
    }
    return resolved
  }

  /** Own addresses and the names of their interfaces. */
  own(): ReadonlyMap<string, string> {
    return this.#own
  }

  /** Up links other than loopback that hold an address, by name. */
  interfaces(): string[] {
    return [...this.#links.values()]
      .filter((link) => link.up && link.name !== 'lo' && link.addresses.length > 0)
      .map((link) => link.name)
  }

  /** Replaces all links and addresses. */
  loadLinks(links: readonly LinkState[], addresses: readonly AddressState[]): void {
    this.#links.clear()
    for (const link of links) {
      this.#links.set(link.index, { ...link, addresses: [] })
      this.#seen.set(link.name, link.index)
    }
    for (const address of addresses) this.#links.get(address.index)?.addresses.push(address)
    this.#indexLinks()
  }

  /** Replaces all routes. */
  loadRoutes(routes: Iterable<RouteLine>): void {
    for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
      for (const table of this.#routes[family]) table.clear()
    }
    for (const route of routes) this.#add(route)
    this.#indexLengths()
  }

  /** @returns true when the name belonged to another interface before: whoever remembers names is wrong now */
  link(event: LinkEvent): boolean {
    const known = this.#links.get(event.index)
    const before = this.#seen.get(event.name)
    const passed = before !== undefined && before !== event.index
    this.#seen.set(event.name, event.index)
    const renamed = passed || (known !== undefined && known.name !== event.name)
    if (event.deleted) this.#links.delete(event.index)
    else if (known?.name === event.name && known.up === event.up && event.adminUp) return false
    else {
      const { index, name, up } = event
      this.#links.set(index, { index, name, up, addresses: known?.addresses ?? [] })
    }
    if (!event.adminUp) this.#dropRoutes(event.name)
    this.#indexLinks()
    return renamed
  }

  address(event: AddressState & { readonly deleted: boolean }): void {
    const link = this.#links.get(event.index)
    if (link === undefined) return
    const at = link.addresses.findIndex(
      (known) =>
        known.address === event.address && known.subnet === event.subnet && known.length === event.length,
    )
    if (event.deleted) {
      if (at < 0) return
      link.addresses.splice(at, 1)
    } else {
      if (at >= 0) return
      link.addresses.push(event)
    }
    this.#indexLinks()
  }

  /** A route that is not own was added, changed or deleted. */
  route(route: RouteLine): void {
    if (!this.#add(route)) return
    this.#indexLengths()
  }

  /** True when answers may have changed since the last `publish`. */
  get changed(): boolean {
    return this.#dirty
  }

  /** Tells the listeners that answers may have changed. */
  publish(): void {
    this.#dirty = false
    for (const listener of this.#listeners) listener()
  }

  /** Index of an interface; 0 when there is none of that name. */
  ifindex(device: string): number {
    return this.#byName.get(device)?.index ?? 0
  }

  #changed(): void {
    this.#dirty = true
    this.#cache.clear()
  }

  #indexLinks(): void {
    this.#byName.clear()
    this.#own = new Map()
    for (const link of this.#links.values()) {
      this.#byName.set(link.name, link)
      for (const { address } of link.addresses) this.#own.set(address, link.name)
    }
    this.#changed()
  }

  #indexLengths(): void {
    for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
      const lengths: number[] = []
      this.#routes[family].forEach((table, length) => {
        if (table.size > 0) lengths.unshift(length)
      })
      this.#lengths[family] = lengths
    }
    this.#changed()
  }

  /** @returns false for a route that plays no part */
  #add(route: RouteLine): boolean {
    const dead = DEAD_ENDS.has(route.type)
    if (route.type !== 'unicast' && !dead) return false
    // A next hop is not looked up by way of BGP, and another speaker's table may be very large.
    if (route.protocol === PROTOCOL_BGP) return false
    const slash = route.prefix.indexOf('/')
    const bits = bitsOfText(route.prefix.slice(0, slash))
    const length = Number(route.prefix.slice(slash + 1))
    if (bits === undefined) return false
    const table = this.#routes[route.family][length]
    const key = masked(bits, length)
    const entries = table.get(key) ?? []
    // IPv4 has one route per prefix and metric; IPv6 is notified hop by hop, each replaced by its like.
    const same = `${route.metric} ${route.family === 'ipv6-unicast' ? hopKey(route) : ''}`
    const others = entries.filter((entry) => entry.key !== same)
    if (!route.deleted) {
      others.push({ metric: route.metric, hops: dead ? [] : route.hops, key: same })
      others.sort((a, b) => a.metric - b.metric)
    }
    if (others.length > 0) table.set(key, others)
    else table.delete(key)
    return true
  }

  #dropRoutes(device: string): void {
    for (const family of ['ipv4-unicast', 'ipv6-unicast'] as const) {
      for (const table of this.#routes[family]) {
        for (const [key, entries] of table) {
          const left = entries.filter(
            (entry) => entry.hops.length === 0 || entry.hops.some((hop) => hop.device !== device),
          )
          if (left.length === entries.length) continue
          if (left.length > 0) table.set(key, left)
          else table.delete(key)
        }
      }
    }
    this.#indexLengths()
  }

  #find(gateway: Gateway): GatewayResolution {
    const { address } = gateway
    const parsed = parseAddress(address)
    if (parsed === undefined) return { reason: 'it is no address' }
    if (this.#own.has(address)) return { reason: 'it is an address of this machine' }
    if (gateway.interface !== undefined) {
      const link = this.#byName.get(gateway.interface)
      if (link === undefined) return { reason: `there is no interface ${gateway.interface}` }
      if (!link.up) return { reason: `${link.name} is down` }
      return { via: this.#via(address, link), metric: 0, connected: true }
    }
    const bits = bitsOfText(address)!
    const connected = this.#connected(bits)
    for (const length of this.#lengths[parsed.family]) {
      if (connected !== undefined && length <= connected.length) break
      if (length === 0 && !this.#viaDefault) break
      const entries = this.#routes[parsed.family][length].get(masked(bits, length))
      if (entries !== undefined) return this.#along(address, entries)
    }
    if (connected === undefined) return { reason: 'there is no route to it' }
    const { link } = connected
    if (!link.up) return { reason: `${link.name} is down` }
    return { via: this.#via(address, link), metric: 0, connected: true }
  }

  /** The link whose subnet holds the address; the longest, an up one first. */
  #connected(bits: Key): { readonly link: Link; readonly length: number } | undefined {
    let best: { link: Link; length: number } | undefined
    for (const link of this.#links.values()) {
      for (const { subnet, length } of link.addresses) {
        const own = bitsOfText(subnet)
        if (own === undefined || typeof own !== typeof bits || masked(own, length) !== masked(bits, length)) {
          continue
        }
        if (best === undefined || (link.up !== best.link.up ? link.up : length > best.length)) {
          best = { link, length }
        }
      }
    }
    return best
  }

  #via(address: string, link: Link): Via {
    const number = `if${link.index}`
    return {
      address,
      device: link.name,
      ifindex: link.index,
      // Somebody may have named another interface so.
      word: this.#byName.has(number) && /^[\w.-]+$/.test(link.name) ? link.name : number,
    }
  }

  #along(address: string, entries: readonly Entry[]): GatewayResolution {
    for (const entry of entries) {
      if (entry.hops.length === 0)
        return { reason: 'the route to it is a dead end (blackhole or unreachable)' }
      for (const hop of entry.hops) {
        const link = hop.device === undefined ? undefined : this.#byName.get(hop.device)
        if (link === undefined || !link.up) continue
        const via = this.#via(hop.via ?? address, link)
        return { via, metric: entry.metric, connected: false }
      }
    }
    return { reason: `the link of the route to it is down (${entries[0].hops[0].device})` }
  }
}

function hopKey(route: RouteLine): string {
  return route.hops.map((hop) => `${hop.via} ${hop.device}`).join()
}

/** IPv4 as a number, IPv6 as 32 hex digits. */
function bitsOfText(address: string): Key | undefined {
  if (!address.includes(':')) return parseIPv4(address)
  const bytes = parseIPv6(address)
  return bytes && Buffer.from(bytes).toString('hex')
}

function masked(bits: Key, length: number): Key {
  if (typeof bits === 'number') return length === 0 ? 0 : (bits & (-1 << (32 - length))) >>> 0
  const whole = length >> 2
  const rest = length & 3
  const head = bits.slice(0, whole)
  if (rest === 0) return head
  return head + (Number.parseInt(bits[whole], 16) & (0xf0 >> rest) & 15).toString(16)
}
