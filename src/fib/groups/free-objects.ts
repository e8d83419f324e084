import type { NextHopObject } from './kernel-objects.js'

/**
 * Objects in the kernel that no gateway has at present: found there at start, or of a gateway that nobody wanted
 * for a moment. The next gateway that is reached alike takes one over, so that ids last.
 */
export class FreeObjects {
  readonly #byVia = new Map<string, NextHopObject[]>()
  /** Found in the kernel and never used since: kept until the sweep. */
  readonly #adopted = new Set<NextHopObject>()
  readonly #shared: boolean

  /** @param shared one object may serve many gateways: without kernel objects */
  constructor(shared: boolean) {
    this.#shared = shared
  }

  /** @param adopted found in the kernel */
  offer(object: NextHopObject, adopted = false): void {
    if (adopted) this.#adopted.add(object)
    const key = viaKey(object.address, object.ifindex)
    const others = this.#byVia.get(key)
    if (others === undefined) this.#byVia.set(key, [object])
    else if (!others.includes(object)) others.push(object)
  }

  /** Takes an object that sends there, if there is one. */
  claim(address: string, ifindex: number): NextHopObject | undefined {
    const key = viaKey(address, ifindex)
    const objects = this.#byVia.get(key)
    if (objects === undefined) return undefined
    if (this.#shared) return objects[0]
    const object = objects.shift()
    if (objects.length === 0) this.#byVia.delete(key)
    if (object !== undefined) this.#adopted.delete(object)
    return object
  }

  /** True for one that was found in the kernel and never used since. */
  isAdopted(object: NextHopObject): boolean {
    return this.#adopted.has(object)
  }

  /** The object is gone. */
  remove(object: NextHopObject): void {
    this.#adopted.delete(object)
    for (const [key, objects] of this.#byVia) {
      const rest = objects.filter((other) => other !== object)
      if (rest.length === 0) this.#byVia.delete(key)
      else if (rest.length < objects.length) this.#byVia.set(key, rest)
    }
  }
}

function viaKey(address: string, ifindex: number): string {
  return `${address} ${ifindex}`
}
