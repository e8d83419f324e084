import type { Clock } from '../../ports/clock.js'
import type { Route } from '../groups/routes.js'

/** Routes looked at in one turn of the event loop. */
const SLICE = 20_000

/** Looks at every route again, in slices; at the few thousand of a small table at once. */
export class RouteScan {
  readonly #routes: ReadonlyMap<string, Route>
  readonly #clock: Clock
  readonly #look: (route: Route, urgent: boolean) => void
  readonly #sliced: () => void
  #running: { readonly routes: Iterator<Route>; readonly urgent: boolean } | undefined

  /**
   * @param look called for every route; it may remove the route from the table
   * @param sliced called after each slice
   */
  constructor(
    routes: ReadonlyMap<string, Route>,
    clock: Clock,
    look: (route: Route, urgent: boolean) => void,
    sliced: () => void,
  ) {
    this.#routes = routes
    this.#clock = clock
    this.#look = look
    this.#sliced = sliced
  }

  /** Begins, or begins anew. An urgent scan stays so. */
  start(urgent: boolean): void {
    const running = this.#running
    this.#running = { routes: this.#routes.values(), urgent: urgent || (running?.urgent ?? false) }
    if (running === undefined) this.#slice()
  }

  stop(): void {
    this.#running = undefined
  }

  #slice(): void {
    const running = this.#running
    if (running === undefined) return
    for (let i = 0; i < SLICE; i++) {
      const { value: route, done } = running.routes.next()
      if (done) {
        this.#running = undefined
        this.#sliced()
        return
      }
      this.#look(route, running.urgent)
    }
    this.#sliced()
    this.#clock.soon(() => this.#slice())
  }
}
