import type { Route } from '../groups/routes.js'
import { covering, type Guard } from './guard.js'
import type { RouteRefusals } from './refusals.js'

/** What may stand in a line for `ip`. */
const PREFIX = /^[0-9a-f.:]+\/\d{1,3}$/

/** Asks the guard about wanted prefixes, and again when what is protected changes. */
export class RouteGuard {
  readonly #guard: Guard
  readonly #routes: ReadonlyMap<string, Route>
  readonly #refusals: RouteRefusals
  readonly #changed: (route: Route) => void

  /** @param changed a route is refused, or no longer */
  constructor(
    guard: Guard,
    routes: ReadonlyMap<string, Route>,
    refusals: RouteRefusals,
    changed: (route: Route) => void,
  ) {
    this.#guard = guard
    this.#routes = routes
    this.#refusals = refusals
    this.#changed = changed
  }

  /** A prefix is wanted, or the answer may be another. */
  ask(route: Route): void {
    const reason = PREFIX.test(route.prefix) ? this.#guard.refusal(route.prefix) : 'it is no prefix'
    if (reason !== undefined) this.#refusals.block(route, reason)
    else if (this.#refusals.isBlocked(route)) this.#refusals.clear(route)
    else return
    this.#changed(route)
  }

  askAll(): void {
    for (const route of this.#routes.values()) if (route.desired !== undefined) this.ask(route)
  }

  /** A gateway came into use or went out of it. Prefixes that cover it are few: every length is tried. */
  gateway(address: string, born: boolean): void {
    if (!(born ? this.#guard.addGateway(address) : this.#guard.removeGateway(address))) return
    for (const prefix of covering(address)) {
      const route = this.#routes.get(prefix)
      if (route?.desired !== undefined) this.ask(route)
    }
  }
}
