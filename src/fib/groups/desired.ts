/** What the speaker wants: next-hop sets, each kept once however many prefixes use it. */
import type { Gateway, NextHopSet } from '../../ports/fib.js'
import type { Via } from '../resolve/resolver.js'
import type { NextHopGroup, NextHopObject } from './kernel-objects.js'

/** A gateway that some desired set holds. */
export interface GatewayState {
  /** 'address' or 'address%interface'. */
  readonly key: string
  readonly gateway: Gateway
  /** How it is reached; undefined: it can't be used. */
  via: Via | undefined
  /** Why it can't be used, for people. */
  reason: string
  /** The speaker said that its last session is gone; milliseconds of the clock, undefined: it is not. */
  lostAt: number | undefined
  /** The kernel refused its object: not tried again before `until`. */
  failure: { readonly reason: string; readonly until: number } | undefined
  /** Its object in the kernel. */
  object: NextHopObject | undefined
  /** Desired sets that hold it. */
  sets: number
}

/** A desired set and what it comes to at present. */
export interface SetState {
  readonly set: NextHopSet
  readonly gateways: readonly GatewayState[]
  /** Prefixes that want it. */
  refs: number
  /** Generation of the gateways' states that the fields below were worked out for. */
  generation: number
  usable: readonly GatewayState[]
  /** Key of a group of exactly the usable gateways; '' while one of them has no object yet. */
  key: string
  /** The group found or made for it. */
  group: NextHopGroup | undefined
}

/** Key of a gateway: its address, and its interface where one is given. */
export function gatewayKey(gateway: Gateway): string {
  return gateway.interface === undefined ? gateway.address : `${gateway.address}%${gateway.interface}`
}

/** True when traffic may be sent to it. */
export function isUsable(state: GatewayState): boolean {
  return state.via !== undefined && state.lostAt === undefined && state.failure === undefined
}

/** Why a gateway can't be used, for people; undefined when it can. */
export function unusableReason(state: GatewayState): string | undefined {
  if (state.lostAt !== undefined) return 'its session is gone'
  if (state.via === undefined) return state.reason
  return state.failure?.reason
}

/** All desired sets and their gateways, counted. */
export class DesiredSets {
  readonly gateways = new Map<string, GatewayState>()
  readonly #sets = new Map<NextHopSet, SetState>()
  readonly #born: (state: GatewayState) => void
  readonly #dead: (state: GatewayState) => void

  /**
   * @param born called for a gateway that comes into use, to find out how it is reached
   * @param dead called when no desired set holds it any more
   */
  constructor(born: (state: GatewayState) => void, dead: (state: GatewayState) => void) {
    this.#born = born
    this.#dead = dead
  }

  /** One more prefix wants the set. */
  acquire(set: NextHopSet): SetState {
    let state = this.#sets.get(set)
    if (state === undefined) {
      state = {
        set,
        gateways: set.gateways.map((gateway) => this.#gateway(gateway)),
        refs: 0,
        generation: -1,
        usable: [],
        key: '',
        group: undefined,
      }
      this.#sets.set(set, state)
    }
    state.refs++
    return state
  }

  /** One prefix less. */
  release(state: SetState): void {
    if (--state.refs > 0) return
    this.#sets.delete(state.set)
    for (const gateway of state.gateways) {
      if (--gateway.sets > 0) continue
      this.gateways.delete(gateway.key)
      this.#dead(gateway)
    }
  }

  /** All sets in use. */
  sets(): Iterable<SetState> {
    return this.#sets.values()
  }

  #gateway(gateway: Gateway): GatewayState {
    const key = gatewayKey(gateway)
    let state = this.gateways.get(key)
    if (state === undefined) {
      state = {
        key,
        gateway,
        via: undefined,
        reason: '',
        lostAt: undefined,
        failure: undefined,
        object: undefined,
        sets: 0,
      }
      this.gateways.set(key, state)
      this.#born(state)
    }
    state.sets++
    return state
  }
}
