/** Counts what the speaker asks of the kernel: for metrics, and for tests of how much it asks. */

import type { FibPort } from '../ports/fib.js'
import type { Decorator } from './compose.js'
import { ForwardingFib } from './forwarding-fib.js'

/** Calls of the speaker; what the kernel made of them is in `FibPort.status()`. */
export interface FibCounts {
  /** Routes wished for, and no longer wished for. */
  readonly set: number
  readonly unset: number
  /** Batches. */
  readonly flush: number
  readonly gatewayLost: number
}

/** The counters of a FIB. */
export class FibCounters {
  readonly #counts = { set: 0, unset: 0, flush: 0, gatewayLost: 0 }

  /** Put this around the FIB. */
  readonly decorator: Decorator<FibPort> = (inner) => new CountedFib(inner, this.#counts)

  /** Since the start. It goes on counting. */
  get counts(): FibCounts {
    return this.#counts
  }
}

class CountedFib extends ForwardingFib {
  readonly #counts: { -readonly [K in keyof FibCounts]: FibCounts[K] }

  constructor(inner: FibPort, counts: { -readonly [K in keyof FibCounts]: FibCounts[K] }) {
    super(inner)
    this.#counts = counts
  }

  override set(...[family, prefix, nextHops]: Parameters<FibPort['set']>): void {
    if (nextHops === undefined) this.#counts.unset++
    else this.#counts.set++
    this.inner.set(family, prefix, nextHops)
  }

  override flush(): void {
    this.#counts.flush++
    this.inner.flush()
  }

  override gatewayLost(...[gateway]: Parameters<FibPort['gatewayLost']>): void {
    this.#counts.gatewayLost++
    this.inner.gatewayLost(gateway)
  }
}
