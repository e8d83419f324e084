/** A route's next hops: an object's id, or gateways of its own. */
type Hops = { readonly id: number } | { readonly gateways: readonly string[] }

const NONE: readonly string[] = []

/**
 * Host routes and next-hop objects of a kernel, followed through what `ip -o monitor route nexthop` says, or
 * filled from `ip -o route` and `ip -o nexthop`. Routes outside of 16.0.0.0/8 are left out.
 */
export class KernelModel {
  /** Gateways of an object, or members of a group. */
  readonly #objects = new Map<number, { readonly gateway?: string; readonly members?: number[] }>()
  readonly #routes = new Map<string, string>()
  /** Routes by their next hops. */
  readonly #kinds = new Map<string, { readonly hops: Hops; count: number }>()

  /** Changes so far that concern a route: of its own, or of an object that it uses, itself or through a group. */
  changes = 0
  /** Of them, those that name a route: it was written, however little changed by it. */
  written = 0

  /** Number of routes. */
  get size(): number {
    return this.#routes.size
  }

  /** Takes in one line. @returns whether it was about a route or a next-hop object known here */
  apply(line: string): boolean {
    const deleted = line.startsWith('Deleted ')
    const text = deleted ? line.slice(8) : line
    if (text.startsWith('id ')) return this.#object(text, deleted)
    if (!text.startsWith('16.')) return false
    const end = text.indexOf(' ')
    this.changes++
    this.written++
    this.#route(text.slice(0, end < 0 ? undefined : end), deleted ? undefined : hopsOf(text))
    return true
  }

  #route(prefix: string, hops: Hops | undefined): void {
    const former = this.#routes.get(prefix)
    const key = hops && ('id' in hops ? `@${hops.id}` : hops.gateways.join(' '))
    if (former === key) return
    if (former !== undefined) this.#count(former, undefined, -1)
    if (key === undefined) this.#routes.delete(prefix)
    else {
      this.#routes.set(prefix, key)
      this.#count(key, hops, 1)
    }
  }

  #count(key: string, hops: Hops | undefined, by: number): void {
    const kind = this.#kinds.get(key)
    if (kind) kind.count += by
    else this.#kinds.set(key, { hops: hops!, count: by })
    if (kind?.count === 0) this.#kinds.delete(key)
  }

  #object(text: string, deleted: boolean): boolean {
    const id = Number(text.slice(3, text.indexOf(' ', 3)))
    if (this.#isUsed(id)) this.changes++
    if (!deleted) {
      const group = text.match(/ group ([\d/,]+)/)
      const members = group?.[1].split('/').map((member) => Number(member.split(',')[0]))
      this.#objects.set(id, { members, gateway: text.match(/ via (\S+)/)?.[1] })
      return true
    }
    this.#objects.delete(id)
    // What the kernel does: the object leaves its groups; an empty group and the routes of it go too.
    const gone = [id]
    for (const [group, { members }] of this.#objects) {
      if (!members?.includes(id)) continue
      const rest = members.filter((member) => member !== id)
      if (rest.length) this.#objects.set(group, { members: rest })
      else {
        this.#objects.delete(group)
        gone.push(group)
      }
    }
    for (const object of gone) {
      if (!this.#kinds.has(`@${object}`)) continue
      for (const [prefix, key] of this.#routes) if (key === `@${object}`) this.#routes.delete(prefix)
      this.#kinds.delete(`@${object}`)
    }
    return true
  }

  #isUsed(id: number): boolean {
    if (this.#kinds.has(`@${id}`)) return true
    for (const [group, { members }] of this.#objects) {
      if (members?.includes(id) && this.#kinds.has(`@${group}`)) return true
    }
    return false
  }

  #gateways(hops: Hops): readonly string[] {
    if ('gateways' in hops) return hops.gateways
    const object = this.#objects.get(hops.id)
    if (!object) return NONE
    if (!object.members) return object.gateway ? [object.gateway] : NONE
    return object.members.map((member) => this.#objects.get(member)?.gateway ?? '')
  }

  /** Number of routes whose gateways are so. */
  count(holds: (gateways: readonly string[]) => boolean): number {
    let count = 0
    for (const kind of this.#kinds.values()) if (holds(this.#gateways(kind.hops))) count += kind.count
    return count
  }
}

function hopsOf(text: string): Hops {
  const id = text.match(/ nhid (\d+)/)
  if (id) return { id: Number(id[1]) }
  const gateways = text.match(/ via \S+/g) ?? []
  return { gateways: gateways.map((via) => via.slice(5)) }
}
