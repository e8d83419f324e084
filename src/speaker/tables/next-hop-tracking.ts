/** Which next hops can be reached, and through which gateway: what the resolver says, for the decision. */

import { parseAddress } from '../../ip/address.js'
import type { Resolver } from '../../ports/fib.js'
import type { Gateway } from '../../rib/attributes/next-hop-sets.js'
import type { NextHopResolution, NextHops } from '../../rib/attributes/next-hops.js'
import { gatewayText } from '../events/attribute-text.js'
import type { NextHopEvents } from '../events/next-hop-events.js'

const UNREACHABLE = 'it cannot be reached'

/**
 * Keeps the answers about next hops up to date: each new one is resolved as it is seen, all of them when the
 * machine's interfaces or routes change.
 *
 * Without a resolver (no routes are installed) every next hop counts as reachable: a neighbor that is heard
 * vouches for itself, and nobody is harmed by a route that no packet follows.
 */
export class NextHopTracking {
  readonly #nextHops: NextHops
  readonly #resolver: Resolver | undefined
  readonly #isDead: (gateway: string) => boolean
  readonly #events: NextHopEvents
  readonly #unsubscribe: () => void
  /** The neighbor that an UPDATE is being read from: link-local next hops lie on the link of its session. */
  #reading = ''
  /** Own address by neighbor one hop away. */
  readonly #sessions = new Map<string, string>()
  /** Zones that link-local next hops were first seen with, by next-hop id. */
  readonly #zones = new Map<number, string>()

  /**
   * @param changed is called after answers have changed, so that routes are decided anew
   * @param isDead says whether a gateway ('192.0.2.1', 'fe80::1%eth0') is called dead (ports/liveness.ts)
   * @param events hear of each answer
   */
  constructor(
    nextHops: NextHops,
    resolver: Resolver | undefined,
    changed: () => void,
    isDead: (gateway: string) => boolean,
    events: NextHopEvents,
  ) {
    this.#nextHops = nextHops
    this.#events = events
    this.#isDead = isDead
    this.#resolver = resolver
    nextHops.onNew = (id) => {
      // The id may have been another next hop's.
      const zone = isLinkLocal(nextHops.text(id)) ? this.#zoneOf(this.#reading) : undefined
      if (zone === undefined) this.#zones.delete(id)
      else this.#zones.set(id, zone)
      this.#resolve(id)
    }
    this.#unsubscribe =
      resolver?.onChange(() => {
        for (let id = 1; id <= nextHops.size; id++) if (nextHops.octets(id).length > 0) this.#resolve(id)
        changed()
      }) ?? (() => {})
  }

  close(): void {
    this.#unsubscribe()
  }

  /** What follows is read from a neighbor at `address`. */
  reading(address: string): void {
    this.#reading = address
  }

  /** Routes are installed: packets follow them. */
  get forwards(): boolean {
    return this.#resolver !== undefined
  }

  /** Why a next hop can't be reached, for people; undefined when it can, or when nobody knows. */
  problem(id: number): string | undefined {
    if (id === 0 || this.#resolver === undefined) return undefined
    return this.#resolver.resolve(this.#target(id)).reason
  }

  /** True when `address` is one of this machine's own; false without a resolver. */
  isOwn(address: string): boolean {
    return this.#resolver?.isOwn(address) ?? false
  }

  /** True when `address` lies on a subnet of this machine; undefined when nobody knows or it can't be reached. */
  isConnected(address: string): boolean | undefined {
    const answer = this.#resolver?.resolve(address)
    return answer?.reachable ? answer.connected : undefined
  }

  /**
   * Names the link on whose subnet an address lies: two addresses with the same name can reach each other
   * directly. Undefined when it lies on none, or when nobody knows.
   */
  linkOf(address: string): string | undefined {
    if (this.#resolver === undefined) return this.#sessions.get(address)
    const answer = this.#resolver.resolve(address)
    return answer.reachable && answer.connected ? answer.interface : undefined
  }

  /**
   * Notes a session with a neighbor one hop away. Without a resolver this is how subnets are known: such
   * neighbors of one own address share its subnet.
   */
  adjacent(remote: string, local: string): void {
    this.#sessions.set(remote, local)
  }

  /**
   * A gateway died, or is back: the next hops that lead to it are resolved anew. Decide afterwards.
   * @param lost called once, before any path changes, with a gateway that was in use and is dead now
   */
  gatewayChanged(gateway: string, lost: (gateway: Gateway) => void): void {
    const nextHops = this.#nextHops
    const dead = this.#isDead(gateway)
    let told = false
    for (let id = 1; id <= nextHops.size; id++) {
      if (nextHops.octets(id).length === 0) continue
      const answer = this.#answer(id)
      if (answer.gateway === undefined || gatewayText(answer.gateway) !== gateway) continue
      if (dead && !told && nextHops.reachable[id] === 1) {
        told = true
        lost(answer.gateway)
      }
      this.#resolve(id)
    }
  }

  /** The link of a session: that of a scoped address, else the one on whose subnet the neighbor is. */
  #zoneOf(address: string): string | undefined {
    const percent = address.indexOf('%')
    if (percent >= 0) return address.slice(percent + 1)
    const answer = this.#resolver?.resolve(address)
    return answer?.reachable && answer.connected ? answer.interface : undefined
  }

  #resolve(id: number): void {
    const { reachable, metric, gateway } = this.#answer(id)
    const dead = gateway !== undefined && this.#isDead(gatewayText(gateway))
    this.#nextHops.resolve(id, dead ? { reachable: false, metric } : { reachable, metric, gateway })
    if (dead) this.#events.resolved(this.#target(id), 'it is called dead')
    else this.#events.resolved(this.#target(id), reachable ? undefined : (this.problem(id) ?? UNREACHABLE))
  }

  #answer(id: number): NextHopResolution {
    const address = this.#nextHops.text(id)
    const zone = this.#zones.get(id)
    if (this.#resolver === undefined) {
      return { reachable: true, metric: 0, gateway: { address, interface: zone } }
    }
    const { reachable, metric } = this.#resolver.resolve(this.#target(id))
    const gateway = zone === undefined ? { address } : { address, interface: zone }
    return { reachable, metric, gateway: reachable ? gateway : undefined }
  }

  /** What the resolver is asked: the address, with the zone of a link-local one. */
  #target(id: number): string {
    const zone = this.#zones.get(id)
    return zone === undefined ? this.#nextHops.text(id) : `${this.#nextHops.text(id)}%${zone}`
  }
}

function isLinkLocal(text: string): boolean {
  const bytes = parseAddress(text)?.bytes
  return bytes?.length === 16 && bytes[0] === 0xfe && (bytes[1] & 0xc0) === 0x80
}
