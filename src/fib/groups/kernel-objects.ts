/**
 * The kernel's next-hop objects and groups as ecmpd keeps them: one object per gateway, one group per distinct
 * set of objects, routes refer to groups. A lost gateway is one deletion: the kernel takes the object out of
 * all groups, and what is empty then goes with its routes. This model does the same, so that it says at every
 * moment what the kernel holds once the lines written so far are done.
 *
 * A group whose routes all come to want the same other set (`users`) is given that set's members: one command, too.
 *
 * Ids are given ascending through ecmpd's range and reused only after a full turn: a late notification about
 * an old object can't be taken for one about its successor.
 */

import type { SetState } from './desired.js'

/** A next-hop object: `via address dev device`. */
export interface NextHopObject {
  readonly id: number
  /** The on-link address that the kernel sends to. */
  address: string
  device: string
  ifindex: number
  readonly groups: Set<NextHopGroup>
  alive: boolean
  /** Sequence number of the last operation that wrote it. */
  stamp: number
}

/** A next-hop group. */
export interface NextHopGroup {
  readonly id: number
  members: readonly NextHopObject[]
  /** Equal for groups with equal members, in any order. */
  key: string
  alive: boolean
  /** Routes in the kernel that refer to it, and those being written. */
  routes: number
  /** What these routes want, counted; undefined: no route. */
  readonly users: Map<SetState | undefined, number>
  /** The kernel refused to give it other members. */
  fixed: boolean
  stamp: number
}

/** One more route that wants `set` refers to the group, or will. */
export function use(group: NextHopGroup, set: SetState | undefined): void {
  group.routes++
  group.users.set(set, (group.users.get(set) ?? 0) + 1)
}

/** One route less that wants `set`. */
export function unuse(group: NextHopGroup, set: SetState | undefined): void {
  group.routes--
  const users = group.users.get(set)! - 1
  if (users > 0) group.users.set(set, users)
  else group.users.delete(set)
}

/** Ids of ecmpd's own range. */
export class IdPool {
  readonly base: number
  readonly count: number
  readonly #used = new Set<number>()
  #next: number

  /** @param base first id, at least 1; `base + count` must not exceed 2^32 */
  constructor(base: number, count: number) {
    this.base = base
    this.count = count
    this.#next = base
  }

  /** True when the id lies in the range. */
  contains(id: number): boolean {
    return id >= this.base && id < this.base + this.count
  }

  /** Marks an id found in the kernel, own or foreign, so that it is not given; later ones follow it. */
  reserve(id: number): void {
    if (!this.contains(id)) return
    this.#used.add(id)
    if (id >= this.#next) this.#next = this.#after(id)
  }

  /** The next free id. @throws RangeError when all are in use */
  take(): number {
    if (this.#used.size >= this.count) throw new RangeError(`all ${this.count} next-hop ids are in use`)
    let id = this.#next
    while (this.#used.has(id)) id = this.#after(id)
    this.#used.add(id)
    this.#next = this.#after(id)
    return id
  }

  release(id: number): void {
    this.#used.delete(id)
  }

  #after(id: number): number {
    return id + 1 < this.base + this.count ? id + 1 : this.base
  }
}

/** Equal for equal sets of objects, in any order. */
export function memberKey(members: readonly NextHopObject[]): string {
  if (members.length === 1) return String(members[0].id)
  return members
    .map((member) => member.id)
    .sort((a, b) => a - b)
    .join('/')
}

/**
 * Stands for what an own route refers to that is no group of ecmpd's making: equal to nothing wanted, so that
 * the route is replaced or removed.
 */
export function foreignGroup(id: number): NextHopGroup {
  return newGroup(id, [], '')
}

function newGroup(id: number, members: readonly NextHopObject[], key: string): NextHopGroup {
  return { id, members, key, alive: true, routes: 0, users: new Map(), fixed: false, stamp: 0 }
}

/** All own objects and groups. */
export class KernelObjects {
  readonly ids: IdPool
  readonly objects = new Map<number, NextHopObject>()
  readonly groups = new Map<number, NextHopGroup>()
  /** Groups come to hold the same when an object is removed from all of them, or one is given other members. */
  readonly #byKey = new Map<string, Set<NextHopGroup>>()

  constructor(ids: IdPool) {
    this.ids = ids
  }

  /** @param id given when the object is already in the kernel */
  addObject(address: string, device: string, ifindex: number, id = this.ids.take()): NextHopObject {
    this.ids.reserve(id)
    const object = { id, address, device, ifindex, groups: new Set<NextHopGroup>(), alive: true, stamp: 0 }
    this.objects.set(id, object)
    return object
  }

  /**
   * @param members none for a group that was found and is none of ecmpd's making: it equals no other
   * @param id given when the group is already in the kernel
   */
  addGroup(members: readonly NextHopObject[], id = this.ids.take()): NextHopGroup {
    this.ids.reserve(id)
    const key = memberKey(members)
    const group = newGroup(id, members, key)
    this.groups.set(id, group)
    for (const member of members) member.groups.add(group)
    this.#index(group)
    return group
  }

  /** A living group of exactly these members. */
  find(key: string): NextHopGroup | undefined {
    return this.#byKey.get(key)?.values().next().value
  }

  /** How many living groups hold exactly these members. */
  count(key: string): number {
    return this.#byKey.get(key)?.size ?? 0
  }

  /**
   * What the kernel does on `nexthop del id` of an object.
   * @returns groups that are gone, because they had no other member
   */
  removeObject(object: NextHopObject): NextHopGroup[] {
    if (!object.alive) return []
    object.alive = false
    this.objects.delete(object.id)
    this.ids.release(object.id)
    const gone: NextHopGroup[] = []
    for (const group of object.groups) {
      this.#setMembers(
        group,
        group.members.filter((member) => member !== object),
      )
      if (group.members.length > 0) continue
      this.removeGroup(group)
      gone.push(group)
    }
    object.groups.clear()
    return gone
  }

  /** What the kernel does on `nexthop del id` of a group: its routes go too. */
  removeGroup(group: NextHopGroup): void {
    if (!group.alive) return
    group.alive = false
    this.groups.delete(group.id)
    this.ids.release(group.id)
    this.#unindex(group)
    for (const member of group.members) member.groups.delete(group)
  }

  /** What the kernel does on `nexthop replace id G group …`. */
  setMembers(group: NextHopGroup, members: readonly NextHopObject[]): void {
    for (const member of group.members) member.groups.delete(group)
    for (const member of members) member.groups.add(group)
    this.#setMembers(group, members)
  }

  #setMembers(group: NextHopGroup, members: readonly NextHopObject[]): void {
    this.#unindex(group)
    group.members = members
    group.key = memberKey(members)
    this.#index(group)
  }

  #index(group: NextHopGroup): void {
    if (group.members.length === 0) return
    const equal = this.#byKey.get(group.key)
    if (equal === undefined) this.#byKey.set(group.key, new Set([group]))
    else equal.add(group)
  }

  #unindex(group: NextHopGroup): void {
    const equal = this.#byKey.get(group.key)
    if (equal?.delete(group) && equal.size === 0) this.#byKey.delete(group.key)
  }

  /** Groups without routes. */
  idleGroups(): NextHopGroup[] {
    return [...this.groups.values()].filter((group) => group.routes === 0)
  }

  /** Objects in no group. */
  idleObjects(): NextHopObject[] {
    return [...this.objects.values()].filter((object) => object.groups.size === 0)
  }
}
