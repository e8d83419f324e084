/**
 * Next hops as numbers. A next hop is the address of NEXT_HOP or MP_REACH_NLRI (RFC 4271 §5.1.3, RFC 4760
 * §3), with the link-local address that may stand beside it (RFC 2545 §3). What the outside world knows
 * about it is set here: whether it can be reached, at which IGP metric, and through which gateway. A next hop
 * lives as long as an attribute set has it (`retain`, `release`): a neighbor that never stops to invent new ones
 * must not fill the memory.
 */
import { formatAddress } from '../../ip/address.js'
import { nextHopMeant } from '../../wire/next-hop.js'
import type { Gateway, NextHopSets } from './next-hop-sets.js'

/** What resolving a next hop gave (RFC 4271 §5.1.3, §9.1.2.1). */
export interface NextHopResolution {
  readonly reachable: boolean
  /** IGP metric, 0 for a connected one. */
  readonly metric: number
  /** Where packets go; undefined when there is none (unreachable, or an own route). */
  readonly gateway?: Gateway
}

/** Next hops as numbers, with what is known of their reachability. */
export class NextHops {
  /** Ids run from 1 to `size`; some may be free (`octets` is empty then). Id 0 is "none": an own route, always usable. */
  size = 0
  /** Next hops in use. */
  count = 0
  /** 1 for a next hop that can be used, by id. */
  reachable = new Uint8Array(64)
  /** IGP metric by id, unsigned 32 bits. */
  metric = new Uint32Array(64)
  /** Gateway id (NextHopSets) by next-hop id, 0 for none. */
  gateway = new Int32Array(64)
  readonly #gateways: NextHopSets
  readonly #ids = new Map<string, number>()
  /** Attribute sets that have a next hop, by its id. */
  readonly #refs: number[] = [0]
  readonly #free: number[] = []
  readonly #octets: Uint8Array[] = [new Uint8Array(0)]
  readonly #texts: string[] = ['']
  readonly #linkLocals: (string | undefined)[] = [undefined]
  readonly #listeners: ((id: number) => void)[] = []
  /** The next hop that onNew is being called for: no path has it yet, so nobody need look at any. */
  #introduced = 0

  /**
   * Called with the id of each next hop that is seen for the first time, before a path with it is decided:
   * the place to call resolve(). Until then a next hop counts as unreachable.
   */
  onNew: (id: number) => void = () => {}

  constructor(gateways: NextHopSets) {
    this.#gateways = gateways
    this.reachable[0] = 1
  }

  /**
   * The id of what a next hop means (nextHopMeant): two forms of one are one.
   * @param octets 4, 16, or 32 octets (global and link-local) from `offset`; a length of 0 gives id 0
   */
  intern(bytes: Uint8Array, offset: number, length: number): number {
    if (length === 0) return 0
    if (length === 32) {
      const meant = nextHopMeant(bytes, offset, length)
      return this.#intern(bytes, meant.from, meant.length)
    }
    return this.#intern(bytes, offset, length)
  }

  #intern(bytes: Uint8Array, offset: number, length: number): number {
    // Next hops come with attribute sets, not with routes: a string key is cheap enough here.
    const key = keyOf(bytes, offset, length)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.#free.pop() ?? ++this.size
    if (id === this.reachable.length) this.#grow()
    const octets = bytes.slice(offset, offset + length)
    this.count++
    this.#ids.set(key, id)
    this.#refs[id] = 0
    this.#octets[id] = octets
    this.#texts[id] = formatAddress(length === 32 ? octets.subarray(0, 16) : octets)
    this.#linkLocals[id] = length === 32 ? formatAddress(octets.subarray(16)) : undefined
    this.#introduced = id
    try {
      this.onNew(id)
    } finally {
      this.#introduced = 0
    }
    return id
  }

  /** Takes a reference for an attribute set; 0 is ignored. */
  retain(id: number): void {
    this.#refs[id]++
  }

  /** Gives a reference back; with the last one the next hop goes, and its id may be given to another. */
  release(id: number): void {
    if (--this.#refs[id] > 0 || id === 0) return
    const octets = this.#octets[id]
    this.#ids.delete(keyOf(octets, 0, octets.length))
    this.#gateways.releaseGateway(this.gateway[id])
    this.reachable[id] = 0
    this.metric[id] = 0
    this.gateway[id] = 0
    this.#octets[id] = this.#octets[0]
    this.#texts[id] = ''
    this.#linkLocals[id] = undefined
    this.#free.push(id)
    this.count--
  }

  /** 4, 16 or 32 octets, the same object as long as the next hop lives; empty for id 0 and free ids. */
  octets(id: number): Uint8Array {
    return this.#octets[id]
  }

  /** Canonical text of the (global) address; '' for id 0. */
  text(id: number): string {
    return this.#texts[id]
  }

  /** Text of the link-local address beside the global one, without zone. */
  linkLocal(id: number): string | undefined {
    return this.#linkLocals[id]
  }

  /** Sets what is known of a next hop. Paths through it are decided anew by the next Rib.decide(). */
  resolve(id: number, resolution: NextHopResolution): void {
    const reachable = resolution.reachable ? 1 : 0
    const gateway = resolution.gateway === undefined ? 0 : this.#gateways.gateway(resolution.gateway)
    if (
      this.reachable[id] === reachable &&
      this.metric[id] === resolution.metric &&
      this.gateway[id] === gateway
    ) {
      return
    }
    this.reachable[id] = reachable
    this.metric[id] = resolution.metric
    if (this.gateway[id] !== gateway) {
      this.#gateways.retainGateway(gateway)
      this.#gateways.releaseGateway(this.gateway[id])
      this.gateway[id] = gateway
    }
    if (id === this.#introduced) return
    for (const listener of this.#listeners) listener(id)
  }

  /** Calls `listener` after each resolve() that changed something, except within onNew. @returns unsubscribe */
  onChange(listener: (id: number) => void): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index >= 0) this.#listeners.splice(index, 1)
    }
  }

  #grow(): void {
    const capacity = this.reachable.length * 2
    const { reachable, metric, gateway } = this
    this.reachable = new Uint8Array(capacity)
    this.metric = new Uint32Array(capacity)
    this.gateway = new Int32Array(capacity)
    this.reachable.set(reachable)
    this.metric.set(metric)
    this.gateway.set(gateway)
  }
}

function keyOf(bytes: Uint8Array, offset: number, length: number): string {
  let key = ''
  for (let i = 0; i < length; i++) key += String.fromCharCode(bytes[offset + i])
  return key
}
