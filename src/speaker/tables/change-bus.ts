/** Who hears of what the decision changed, and in which order: the kernel first. */

import type { FibPort } from '../../ports/fib.js'
import type { Gateway } from '../../rib/attributes/next-hop-sets.js'
import type { ChangeBatch } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'

/** Hears of each batch while the table shows its outcome. */
export type BatchListener = (rib: Rib, batch: ChangeBatch) => void

/**
 * Hands the batches of both tables to those who follow them: the kernel first, because traffic waits for it, then
 * events and observers. What goes to neighbors follows the table itself (rib/out/), and is sent after the batch.
 */
export class ChangeBus {
  readonly #fib: FibPort | undefined
  readonly #listeners: BatchListener[] = []
  /** False: the kernel is left as it is (the speaker stops). */
  #writing = true

  constructor(fib: FibPort | undefined) {
    this.#fib = fib
  }

  /** Follows a table. */
  attach(rib: Rib): void {
    rib.subscribe((batch) => {
      if (this.#fib !== undefined && this.#writing) this.#write(this.#fib, rib, batch)
      for (const listener of this.#listeners) listener(rib, batch)
    })
  }

  /** Listeners hear batches in the order in which they were added. */
  listen(listener: BatchListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Tells the kernel about gateways that have lost their last user, ahead of the batches that follow.
   * @param lost finds them; not called when there is no kernel to tell
   */
  gatewaysLost(lost: () => readonly Gateway[]): void {
    if (this.#fib === undefined || !this.#writing) return
    for (const gateway of lost()) this.#fib.gatewayLost(gateway)
  }

  /** From now on the kernel hears of no change. */
  freeze(): void {
    this.#writing = false
  }

  #write(fib: FibPort, rib: Rib, batch: ChangeBatch): void {
    const { prefixes, count } = batch
    for (let i = 0; i < count; i++) {
      const prefix = prefixes[i]
      fib.set(rib.family, rib.prefixes.text(prefix), rib.nextHopSet(prefix))
    }
    // Before anybody else hears of the batch: the kernel works on it meanwhile.
    if (count > 0) fib.flush()
  }
}
