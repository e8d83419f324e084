/** One record per prefix that is wanted or in the kernel, and the queue of those to be worked on. */
import type { SetState } from './desired.js'
import { type NextHopGroup, unuse, use } from './kernel-objects.js'

export interface Route {
  /** Canonical 'address/length'. */
  readonly prefix: string
  desired: SetState | undefined
  /** Group that the own route in the kernel uses; none when that is no longer `alive`. */
  group: NextHopGroup | undefined
  /** The group that it will use when the operation in flight succeeds. */
  target: NextHopGroup | undefined
  /** The operation in flight; at most one. */
  flight: 'none' | 'add' | 'replace' | 'delete'
  queued: boolean
  /** Found in the kernel at start, or of unknown origin; left as it is until it is the present run's. */
  adopted: boolean
  /** Sequence number of its last operation. */
  stamp: number
  /** Number of the last reading of the kernel that showed it. */
  seen: number
  /** Lines in a row that failed for want of their group. */
  misses: number
}

/** A record for a prefix that the kernel does not have. */
export function newRoute(prefix: string): Route {
  return {
    prefix,
    desired: undefined,
    group: undefined,
    target: undefined,
    flight: 'none',
    queued: false,
    adopted: false,
    stamp: 0,
    seen: 0,
    misses: 0,
  }
}

/** The group that the own route in the kernel uses at present. */
export function installedGroup(route: Route): NextHopGroup | undefined {
  return route.group?.alive ? route.group : undefined
}

/** The prefix wants another set, or no route: who uses which group is counted by that. */
export function want(route: Route, set: SetState | undefined): void {
  const { desired: before, group, target } = route
  route.desired = set
  if (group !== undefined) recount(group, before, set)
  if (target !== undefined) recount(target, before, set)
}

function recount(group: NextHopGroup, before: SetState | undefined, after: SetState | undefined): void {
  unuse(group, before)
  use(group, after)
}

/** First in, first out. */
class Lane {
  #routes: Route[] = []
  #head = 0

  get length(): number {
    return this.#routes.length - this.#head
  }

  push(route: Route): void {
    this.#routes.push(route)
  }

  shift(): Route {
    const route = this.#routes[this.#head++]
    if (this.#head === this.#routes.length) {
      this.#routes = []
      this.#head = 0
    } else if (this.#head >= 65_536) {
      // Under steady churn the lane never runs empty.
      this.#routes = this.#routes.slice(this.#head)
      this.#head = 0
    }
    return route
  }
}

/** Routes to be worked on, with a lane for what must not wait. A route stands in it once. */
export class RouteQueue {
  readonly #urgent = new Lane()
  readonly #normal = new Lane()

  get length(): number {
    return this.#urgent.length + this.#normal.length
  }

  push(route: Route, urgent = false): void {
    if (route.queued) return
    route.queued = true
    if (urgent) this.#urgent.push(route)
    else this.#normal.push(route)
  }

  shift(): Route | undefined {
    const lane = this.#urgent.length > 0 ? this.#urgent : this.#normal
    if (lane.length === 0) return undefined
    const route = lane.shift()
    route.queued = false
    return route
  }
}
