/** A kernel that refuses routes on purpose: for tests of what ecmpd says and does about a route that is not installed. */

import type { Family } from '../ip/family.js'
import type { FibPort, FibRouteView, FibStatusView, NextHopSet } from '../ports/fib.js'
import type { Decorator } from './compose.js'
import { ForwardingFib } from './forwarding-fib.js'

/** The faults of a FIB. */
export class FibFaults {
  /** Why, by prefix. */
  readonly #reasons = new Map<string, string>()
  readonly #fibs = new Set<FaultyFib>()

  /** Put this around the FIB. */
  readonly decorator: Decorator<FibPort> = (inner) => {
    const fib = new FaultyFib(inner, this.#reasons)
    this.#fibs.add(fib)
    return fib
  }

  /**
   * From the next wish for it on, the prefix is refused; a route that is installed leaves the kernel with that wish.
   * @param prefix canonical text
   * @param reason for views: 'RTNETLINK answers: No space left on device'
   */
  refuse(prefix: string, reason: string): void {
    this.#reasons.set(prefix, reason)
  }

  /** The prefix is taken again: what was wished for last is written. */
  mend(prefix: string): void {
    this.#reasons.delete(prefix)
    for (const fib of this.#fibs) fib.mend(prefix)
  }
}

class FaultyFib extends ForwardingFib {
  readonly #reasons: ReadonlyMap<string, string>
  /** Wishes that were refused. */
  readonly #wishes = new Map<
    string,
    { readonly family: Family; readonly view: FibRouteView; set: NextHopSet }
  >()

  constructor(inner: FibPort, reasons: ReadonlyMap<string, string>) {
    super(inner)
    this.#reasons = reasons
  }

  override set(...[family, prefix, nextHops]: Parameters<FibPort['set']>): void {
    const reason = this.#reasons.get(prefix)
    if (reason === undefined || nextHops === undefined) {
      this.#wishes.delete(prefix)
      this.inner.set(family, prefix, nextHops)
      return
    }
    const { gateways } = nextHops
    this.#wishes.set(prefix, { family, set: nextHops, view: { prefix, state: 'refused', reason, gateways } })
    this.inner.set(family, prefix, undefined)
  }

  mend(prefix: string): void {
    const wish = this.#wishes.get(prefix)
    if (wish === undefined) return
    this.#wishes.delete(prefix)
    this.inner.set(wish.family, prefix, wish.set)
    this.inner.flush()
  }

  override route(prefix: string): FibRouteView | undefined {
    return this.#wishes.get(prefix)?.view ?? this.inner.route(prefix)
  }

  override refused(): readonly FibRouteView[] {
    return [...this.inner.refused(), ...[...this.#wishes.values()].map(({ view }) => view)]
  }

  override status(): FibStatusView {
    const status = this.inner.status()
    return { ...status, refused: status.refused + this.#wishes.size }
  }
}
