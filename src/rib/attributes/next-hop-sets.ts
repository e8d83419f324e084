/**
 * Gateways, and interned sets of them. A cluster's thousand prefixes share a handful of sets, so a prefix
 * holds the number of its set, the kernel one group for each, and comparing two sets is comparing two
 * numbers. The order within a set is ascending by address, whatever order the paths came in: re-installing a
 * route must not reshuffle flows.
 */
import { parseAddress } from '../../ip/address.js'

/** A gateway of a route: an address, and the interface where the address alone does not say it. */
export interface Gateway {
  readonly address: string
  readonly interface?: string
}

/** A set of equal-cost gateways; equal sets are the same object as long as somebody holds a reference. */
export interface NextHopSet {
  /** From 1, dense; given again after the last reference went. */
  readonly id: number
  /** Ascending by numeric address, IPv4 first; equal addresses by interface name. */
  readonly gateways: readonly Gateway[]
}

const NO_OCTETS = new Uint8Array(0)

/** Interned sets of gateways, as described at the head of this file. */
export class NextHopSets {
  /** Live sets. */
  size = 0
  readonly #gateways: Gateway[] = [{ address: '' }]
  readonly #keys: Uint8Array[] = [NO_OCTETS]
  readonly #gatewayIds = new Map<string, number>()
  readonly #gatewayRefs: number[] = [0]
  readonly #freeGateways: number[] = []
  readonly #sets: (NextHopSet | undefined)[] = [undefined]
  /** Ascending gateway ids of each set. */
  readonly #members: Int32Array[] = [new Int32Array(0)]
  readonly #refs: number[] = [0]
  readonly #free: number[] = []
  /** Set ids by hash of their members; #members tells collisions apart. */
  readonly #byHash = new Map<number, number[]>()
  /** Set with just this gateway, by gateway id; 0 when there is none. */
  readonly #single: number[] = [0]
  readonly #scratch = new Int32Array(1024)

  /** The id of a gateway, from 1. It keeps its id until the last reference to it, if there ever was one, goes. */
  gateway(gateway: Gateway): number {
    const key = `${gateway.address}%${gateway.interface ?? ''}`
    const known = this.#gatewayIds.get(key)
    if (known !== undefined) return known
    const id = this.#freeGateways.pop() ?? this.#gateways.length
    this.#gatewayIds.set(key, id)
    this.#gateways[id] = gateway
    this.#gatewayRefs[id] = 0
    this.#keys[id] = parseAddress(gateway.address)?.bytes ?? NO_OCTETS
    this.#single[id] = 0
    return id
  }

  /** Takes a reference to a gateway; 0 is ignored. Sets hold their own. */
  retainGateway(id: number): void {
    this.#gatewayRefs[id]++
  }

  /** Gives a reference to a gateway back. */
  releaseGateway(id: number): void {
    if (--this.#gatewayRefs[id] > 0 || id === 0) return
    const { address, interface: name } = this.#gateways[id]
    this.#gatewayIds.delete(`${address}%${name ?? ''}`)
    this.#freeGateways.push(id)
  }

  /** The gateway of an id. */
  gatewayOf(id: number): Gateway {
    return this.#gateways[id]
  }

  /**
   * Takes a reference to the set of `count` gateways (at most 1,024) at the front of `ids`.
   * @param ids gateway ids in any order; zeros and repetitions are left out
   * @returns the set's id, or 0 for the empty set
   */
  acquire(ids: Int32Array, count: number): number {
    if (count === 1) {
      const single = this.#single[ids[0]]
      if (single !== 0) {
        this.#refs[single]++
        return single
      }
    }
    const scratch = this.#scratch
    let length = 0
    for (let i = 0; i < count; i++) {
      const id = ids[i]
      if (id === 0) continue
      let at = length
      while (at > 0 && scratch[at - 1] > id) at--
      if (at > 0 && scratch[at - 1] === id) continue
      scratch.copyWithin(at + 1, at, length)
      scratch[at] = id
      length++
    }
    if (length === 0) return 0
    if (length === 1) {
      const single = this.#single[scratch[0]]
      if (single !== 0) {
        this.#refs[single]++
        return single
      }
    }
    const hash = hashMembers(scratch, length)
    const candidates = this.#byHash.get(hash)
    if (candidates !== undefined) {
      for (const id of candidates) {
        if (!sameMembers(this.#members[id], scratch, length)) continue
        this.#refs[id]++
        return id
      }
    }
    const id = this.#create(scratch.slice(0, length))
    if (candidates === undefined) this.#byHash.set(hash, [id])
    else candidates.push(id)
    if (length === 1) this.#single[scratch[0]] = id
    return id
  }

  /** Gives a reference back; 0 is ignored. */
  release(id: number): void {
    if (id === 0 || --this.#refs[id] > 0) return
    const members = this.#members[id]
    const hash = hashMembers(members, members.length)
    const candidates = this.#byHash.get(hash)!.filter((other) => other !== id)
    if (candidates.length === 0) this.#byHash.delete(hash)
    else this.#byHash.set(hash, candidates)
    if (members.length === 1) this.#single[members[0]] = 0
    this.#sets[id] = undefined
    for (const member of members) this.releaseGateway(member)
    this.#free.push(id)
    this.size--
  }

  /** The set of an id; undefined for 0. Whoever keeps it beyond a release() tells sets apart by object, not by id. */
  set(id: number): NextHopSet | undefined {
    return this.#sets[id]
  }

  #create(members: Int32Array): number {
    const id = this.#free.pop() ?? this.#sets.length
    const order = [...members].sort((a, b) => this.#compare(a, b))
    this.#sets[id] = { id, gateways: order.map((member) => this.#gateways[member]) }
    this.#members[id] = members
    for (const member of members) this.retainGateway(member)
    this.#refs[id] = 1
    this.size++
    return id
  }

  #compare(a: number, b: number): number {
    const left = this.#keys[a]
    const right = this.#keys[b]
    if (left.length !== right.length) return left.length - right.length
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i] - right[i]
    const leftName = this.#gateways[a].interface ?? ''
    const rightName = this.#gateways[b].interface ?? ''
    return leftName < rightName ? -1 : leftName > rightName ? 1 : a - b
  }
}

function sameMembers(members: Int32Array, other: Int32Array, length: number): boolean {
  if (members.length !== length) return false
  for (let i = 0; i < length; i++) if (members[i] !== other[i]) return false
  return true
}

function hashMembers(members: Int32Array, length: number): number {
  let hash = length
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ members[i], 0x85ebca6b) ^ (hash >>> 13)
  return hash
}
