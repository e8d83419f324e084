/**
 * Gateways, their objects and the groups made of them: from desired sets to kernel groups, and what becomes of
 * them when a gateway is lost, a link goes down or a foreign hand deletes one. Writes lines; routes are the
 * installer's.
 */
import type { Clock } from '../../ports/clock.js'
import type { Gateway, NextHopSet } from '../../ports/fib.js'
import type { Log } from '../../ports/log.js'
import type { GatewayResolution } from '../resolve/resolver.js'
import {
  DesiredSets,
  type GatewayState,
  gatewayKey,
  isUsable,
  type SetState,
  unusableReason,
} from './desired.js'
import {
  addGroup,
  addObject,
  deleteNextHop,
  type KernelDialect,
  replaceGroup,
  replaceObject,
} from './dialect.js'
import { FreeObjects } from './free-objects.js'
import {
  type IdPool,
  KernelObjects,
  memberKey,
  type NextHopGroup,
  type NextHopObject,
} from './kernel-objects.js'
import type { NextHopOp } from './ops.js'

/** A lost gateway that is wanted again is believed only after so long: the RIB may still be deciding. */
const BELIEVED_AFTER = 2000
/** After so long the desired sets are right even if they never dropped the lost gateway. */
const LOSS_ENDS = 10_000
/** How long the kernel's refusal of an object is taken to last. */
const FAILURE_LASTS = 5000
/** A link's going down is heard of within so long, milliseconds. */
const HEARD_WITHIN = 10_000
/** For each group that has the members already, a further one has to be so many times larger to be given them. */
const EQUAL_FACTOR = 4

export interface NextHopGroupsOptions {
  readonly dialect: KernelDialect
  readonly ids: IdPool
  readonly clock: Clock
  readonly log: Log
  /** How a gateway is reached. */
  readonly resolveGateway: (gateway: Gateway) => GatewayResolution
  /** Adds a line to the next flush. @returns its sequence number */
  readonly submit: (line: string, op: NextHopOp) => number
  /** Gateways became usable or are reached otherwise: routes may want another group now. */
  readonly changed: (urgent: boolean) => void
  /** The kernel does not hold what is believed: it has to be read. */
  readonly inspect: () => void
  /** A gateway came into use or went out of it. */
  readonly gatewaysChanged: (state: GatewayState, born: boolean) => void
}

/** Objects and groups of the kernel, as described at the head of this file. */
export class NextHopGroups {
  readonly kernel: KernelObjects
  readonly desired: DesiredSets
  readonly #options: NextHopGroupsOptions
  readonly #dialect: KernelDialect
  /** Ascends whenever a gateway's use or object changes: what was worked out before is void. */
  #generation = 0
  readonly #free: FreeObjects
  /** Indexes of links that members left groups on, and when a group was last given others, clock time. */
  readonly #left = new Map<number, number>()
  /** Something was deleted by a foreign hand. */
  #robbed = false
  /** Ids deleted while the kernel is being read, with the sequence number of that: the reading may show them. */
  readonly #removed = new Map<number, number>()
  /** Groups that the kernel refused, by key. */
  readonly #failedGroups = new Map<string, { readonly reason: string; readonly until: number }>()

  constructor(options: NextHopGroupsOptions) {
    this.#options = options
    this.#dialect = options.dialect
    this.kernel = new KernelObjects(options.ids)
    this.#free = new FreeObjects(!options.dialect.objects)
    this.desired = new DesiredSets(
      (state) => this.#born(state),
      (state) => this.#dead(state),
    )
  }

  /** One more prefix wants the set. A lost gateway in a set that is asked for anew is back. */
  acquire(set: NextHopSet): SetState {
    const state = this.desired.acquire(set)
    for (const gateway of state.gateways) {
      if (gateway.lostAt !== undefined && this.#options.clock.now() - gateway.lostAt > BELIEVED_AFTER) {
        this.#found(gateway)
      }
    }
    return state
  }

  release(state: SetState): void {
    this.desired.release(state)
  }

  /**
   * Key of the group that the set comes to: of its usable gateways.
   * @returns undefined: no gateway can be used; '': an object is yet to be made
   */
  key(set: SetState): string | undefined {
    if (set.generation !== this.#generation) this.#evaluate(set)
    return set.usable.length === 0 ? undefined : set.key
  }

  /** True when every member of the group is a usable gateway of the set. */
  covers(set: SetState, group: NextHopGroup): boolean {
    this.key(set)
    return group.members.every((member) => set.usable.some(({ object }) => object === member))
  }

  /** Why no gateway of the set can be used, for people. */
  reason(set: SetState): string {
    return `no usable gateway: ${set.gateways.map((state) => `${state.key}: ${unusableReason(state) ?? 'usable'}`).join('; ')}`
  }

  /** Why the kernel refused the set's group, if it did. */
  refusal(set: SetState): string | undefined {
    const failed = this.#failedGroups.get(set.key)
    if (failed === undefined) return undefined
    if (failed.until > this.#options.clock.now()) return failed.reason
    this.#failedGroups.delete(set.key)
    return undefined
  }

  /**
   * The group for the set, made with its objects if need be (the lines go before those of its routes).
   * @returns undefined when the kernel refused such a group lately
   * @throws RangeError when the range of ids is used up
   */
  ensure(set: SetState): NextHopGroup | undefined {
    this.#makeObjects(set)
    if (set.group?.alive && set.group.key === set.key) return set.group
    if (this.refusal(set) !== undefined) return undefined
    let group = this.kernel.find(set.key)
    if (group === undefined) {
      group = this.kernel.addGroup(members(set.usable))
      if (this.#dialect.objects) {
        group.stamp = this.#options.submit(addGroup(group), { kind: 'group', group, seq: 0 })
      }
    }
    set.group = group
    return group
  }

  /**
   * Gives the group the set's members where all of its routes want that set: one line, however many they are.
   * Few groups come to be equal that way: what takes a gateway out of all groups takes longer the more there are.
   * @param crowd routes that the group has at least
   * @returns false when they don't, or the group can't be changed: the route takes a line of its own
   * @throws RangeError when the range of ids is used up
   */
  regroup(group: NextHopGroup, set: SetState, crowd: number): boolean {
    if (group.fixed || group.users.get(set) !== group.routes) return false
    if (this.kernel.groups.get(group.id) !== group) return false
    this.#makeObjects(set)
    if (group.routes < crowd * EQUAL_FACTOR ** this.kernel.count(set.key)) return false
    if (this.refusal(set) !== undefined) return false
    const now = this.#options.clock.now()
    for (const { ifindex } of group.members) this.#left.set(ifindex, now)
    this.kernel.setMembers(group, members(set.usable))
    group.stamp = this.#options.submit(replaceGroup(group), { kind: 'regroup', group, seq: 0 })
    return true
  }

  /** The last session whose paths use the gateway is gone. @returns whether a line was written */
  lost(gateway: Gateway): boolean {
    const state = this.desired.gateways.get(gatewayKey(gateway))
    if (state === undefined || state.lostAt !== undefined) return false
    const { clock, log } = this.#options
    const at = clock.now()
    state.lostAt = at
    this.#drop(state)
    clock.after(LOSS_ENDS, () => {
      if (state.lostAt !== at || this.desired.gateways.get(state.key) !== state) return
      log.warn(
        { gateway: state.key },
        `gateway ${state.key} is still wanted long after its loss: it is used again`,
      )
      this.#found(state)
    })
    return true
  }

  /** Links, addresses or routes changed: looks anew how every gateway is reached, then acts on all at once. */
  networkChanged(): void {
    const { log } = this.#options
    const lost: GatewayState[] = []
    const gained: GatewayState[] = []
    for (const state of this.desired.gateways.values()) {
      const before = state.via
      this.#resolve(state)
      const after = state.via
      if (before?.address === after?.address && before?.ifindex === after?.ifindex) continue
      if (after === undefined) lost.push(state)
      else gained.push(state)
      const text = after === undefined ? `can't be used: ${state.reason}` : `is reached by ${after.device}`
      log.info({ gateway: state.key, interface: after?.device }, `gateway ${state.key} ${text}`)
    }
    for (const state of lost) this.#takeOut(state)
    for (const state of gained) {
      state.failure = undefined
      this.#reroute(state)
    }
    if (lost.length > 0 && !this.#dialect.objects) this.#options.changed(true)
    if (gained.length > 0) this.#gained()
  }

  /**
   * The kernel has dropped every object on the link, in silence. Written all the same: one that was on its way
   * may come after a short flap. A group that was emptied before it was given its present members was made anew by
   * that line, and its routes are gone: they are looked for.
   */
  linkDown(ifindex: number): void {
    if (!this.#dialect.objects) return
    const left = this.#left.get(ifindex)
    this.#left.delete(ifindex)
    if (left !== undefined && this.#options.clock.now() - left < HEARD_WITHIN) this.#options.inspect()
    for (const object of [...this.kernel.objects.values()]) {
      if (object.ifindex === ifindex) this.#remove(object)
    }
  }

  /**
   * A foreign hand deleted an object or group of ours. More of that may follow: `putBack` ends it.
   * @returns false when the id is none that should be there
   */
  deleted(id: number): boolean {
    const object = this.kernel.objects.get(id)
    const group = this.kernel.groups.get(id)
    if (object !== undefined) this.#forget(object)
    else if (group !== undefined) this.kernel.removeGroup(group)
    else return false
    this.#generation++
    this.#robbed = true
    return true
  }

  /** Makes anew what a foreign hand deleted. */
  putBack(): void {
    if (!this.#robbed) return
    this.#robbed = false
    this.#gained()
  }

  /** A route found the group missing. */
  missing(group: NextHopGroup): void {
    if (!group.alive) return
    this.kernel.removeGroup(group)
    this.#generation++
  }

  /** An object found in the kernel: a gateway that is reached so takes it over. */
  adoptObject(id: number, address: string, device: string, ifindex: number): NextHopObject {
    const object = this.kernel.addObject(address, device, ifindex, id)
    this.#free.offer(object, true)
    this.#generation++
    return object
  }

  /** The object of a plain route's hop: without kernel objects, one per address and link, shared. */
  plainObject(address: string, device: string, ifindex: number): NextHopObject {
    return (
      this.#free.claim(address, ifindex) ?? this.adoptObject(this.kernel.ids.take(), address, device, ifindex)
    )
  }

  /** In the kernel the object sends elsewhere than it should: writes it again. */
  restore(object: NextHopObject): void {
    for (const state of this.desired.gateways.values()) if (state.object === object) this.#reroute(state)
  }

  /** An object of the model that the kernel does not have. */
  vanished(object: NextHopObject): void {
    this.#forget(object)
  }

  /** True when the id was deleted by an operation after `seq`. */
  removedAfter(id: number, seq: number): boolean {
    return (this.#removed.get(id) ?? -1) > seq
  }

  /** No reading of the kernel is under way that could show what was deleted so far. */
  forgetRemoved(): void {
    this.#removed.clear()
  }

  /** Whatever depends on gateways is to be worked out anew. */
  invalidate(): void {
    this.#generation++
  }

  /** A line was done or refused. */
  done(op: NextHopOp, error: string | undefined): void {
    if (error === undefined) return
    const { clock, log } = this.#options
    switch (op.kind) {
      case 'object': {
        const { object, gateway } = op
        if (!object.alive) return
        if (/File exists/i.test(error)) {
          // Another's object took an id of the range since the kernel was read: leave it alone. Groups that
          // were written behind ours have it as a member now: they go.
          for (const group of [...object.groups]) this.remove(group)
          this.#forget(object)
          this.kernel.ids.reserve(object.id)
          this.#gained()
          return
        }
        log.warn({ gateway: gateway.key, error }, `next-hop object for ${gateway.key} refused: ${error}`)
        this.#forget(object)
        this.#fail(gateway, error)
        return
      }
      case 'reroute': {
        const { object, gateway } = op
        if (!object.alive) return
        // The object may be gone, or can't change like this: a new one takes its place.
        log.info({ gateway: gateway.key, error }, `next-hop object for ${gateway.key} is made anew: ${error}`)
        this.#drop(gateway)
        this.#gained()
        return
      }
      case 'group': {
        const { group } = op
        if (!group.alive) return
        const whole = group.members.every((member) => member.alive)
        this.kernel.removeGroup(group)
        this.#generation++
        if (!whole) return
        // A member that should be there is not: look before anything is tried again.
        if (/nexthop id/i.test(error)) {
          this.#options.inspect()
          return
        }
        log.warn({ group: group.id, error }, `next-hop group ${group.id} refused: ${error}`)
        this.#failedGroups.set(group.key, { reason: error, until: clock.now() + FAILURE_LASTS })
        return
      }
      case 'regroup': {
        const { group } = op
        if (!group.alive) return
        // Its routes go by the old members: the reading shows it, and then each takes a line of its own.
        log.info({ group: group.id, error }, `next-hop group ${group.id} keeps its members: ${error}`)
        group.fixed = true
        this.#options.inspect()
        return
      }
      case 'remove':
        if (!/No such file/i.test(error))
          log.warn({ id: op.id, error }, `next hop ${op.id} not removed: ${error}`)
    }
  }

  /**
   * Removes groups without routes and objects without groups.
   * @param all objects that nobody claimed too
   * @returns whether a line was written
   */
  clean(all: boolean): boolean {
    const groups = this.kernel.idleGroups()
    for (const group of groups) this.remove(group)
    let removed = groups.length
    for (const object of this.kernel.idleObjects()) {
      if (!all && this.#free.isAdopted(object)) continue
      this.#remove(object)
      removed++
    }
    return removed > 0
  }

  /** Removes a group, and with it every route that refers to it. */
  remove(group: NextHopGroup): void {
    this.kernel.removeGroup(group)
    this.#delete(group.id)
  }

  /** Deletes every object and group: the kernel's own routes go with them. */
  removeAll(): void {
    for (const group of [...this.kernel.groups.values()]) this.remove(group)
    for (const object of [...this.kernel.objects.values()]) this.#remove(object)
  }

  #born(state: GatewayState): void {
    this.#resolve(state)
    this.#options.gatewaysChanged(state, true)
    if (state.via !== undefined) state.object = this.#free.claim(state.via.address, state.via.ifindex)
  }

  #dead(state: GatewayState): void {
    this.#generation++
    const { object } = state
    state.object = undefined
    if (object?.alive) this.#free.offer(object)
    this.#options.gatewaysChanged(state, false)
  }

  #resolve(state: GatewayState): void {
    const resolved = this.#options.resolveGateway(state.gateway)
    state.via = 'via' in resolved ? resolved.via : undefined
    state.reason = 'reason' in resolved ? resolved.reason : ''
  }

  #evaluate(set: SetState): void {
    set.generation = this.#generation
    set.usable = set.gateways.filter(isUsable)
    const whole = set.usable.every((state) => state.object !== undefined)
    set.key = whole ? memberKey(members(set.usable)) : ''
  }

  /** Makes what objects the set lacks. */
  #makeObjects(set: SetState): void {
    if (this.key(set) !== '') return
    for (const state of set.usable) if (state.object === undefined) this.#makeObject(state)
    this.#evaluate(set)
  }

  #makeObject(state: GatewayState): void {
    const { address, device, ifindex, word } = state.via!
    state.object = this.#free.claim(address, ifindex)
    if (state.object === undefined) {
      if (!this.#dialect.objects) {
        state.object = this.plainObject(address, device, ifindex)
      } else {
        const object = this.kernel.addObject(address, device, ifindex)
        object.stamp = this.#options.submit(addObject(object, word), {
          kind: 'object',
          object,
          gateway: state,
          seq: 0,
        })
        state.object = object
      }
    }
    this.#generation++
  }

  /** The gateway is not to be used any more: one command takes it out of every group. */
  #drop(state: GatewayState): void {
    this.#takeOut(state)
    if (!this.#dialect.objects) this.#options.changed(true)
  }

  #takeOut(state: GatewayState): void {
    this.#generation++
    const { object } = state
    state.object = undefined
    if (object !== undefined && this.#dialect.objects) this.#remove(object)
  }

  #reroute(state: GatewayState): void {
    const { object, via } = state
    this.#generation++
    if (object === undefined || via === undefined) return
    if (!this.#dialect.objects) {
      state.object = undefined
      return
    }
    object.address = via.address
    object.device = via.device
    object.ifindex = via.ifindex
    object.stamp = this.#options.submit(replaceObject(object, via.word), {
      kind: 'reroute',
      object,
      gateway: state,
      seq: 0,
    })
  }

  #found(state: GatewayState): void {
    state.lostAt = undefined
    this.#gained()
  }

  #gained(): void {
    this.#generation++
    this.#options.changed(false)
  }

  #fail(state: GatewayState, reason: string): void {
    const until = this.#options.clock.now() + FAILURE_LASTS
    const failure = { reason, until }
    state.failure = failure
    this.#options.changed(false)
    this.#options.clock.after(FAILURE_LASTS, () => {
      if (state.failure !== failure) return
      state.failure = undefined
      this.#gained()
    })
  }

  /** Takes the object out of model and kernel. */
  #remove(object: NextHopObject): void {
    const groups = [...object.groups]
    this.#forget(object)
    const seq = this.#delete(object.id)
    for (const group of groups) group.stamp = seq
  }

  /** The object is out of the model, as it is out of the kernel already or will be. */
  #forget(object: NextHopObject): void {
    this.kernel.removeObject(object)
    this.#free.remove(object)
    for (const state of this.desired.gateways.values()) {
      if (state.object === object) state.object = undefined
    }
    this.#generation++
  }

  #delete(id: number): number {
    if (!this.#dialect.objects) return 0
    const seq = this.#options.submit(deleteNextHop(id), { kind: 'remove', id, seq: 0 })
    this.#removed.set(id, seq)
    return seq
  }
}

/** The gateways' objects in order, each once. */
function members(states: readonly GatewayState[]): NextHopObject[] {
  return [...new Set(states.map((state) => state.object!))]
}
