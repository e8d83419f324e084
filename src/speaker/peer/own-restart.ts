/** Whether this speaker is itself back from a restart: what its OPENs say of that (R and F bits). */

import type { FibPort } from '../../ports/fib.js'
import type { NeighborOptions, SpeakerOptions } from '../model/options.js'

/** Own restart as OPENs tell it. */
export interface OwnRestartBits {
  /** R bit: back from a restart, and not yet sending routes. */
  readonly restarting: boolean
  /** F bits: what neighbors keep of our routes is still forwarded. */
  readonly forwarding: boolean
}

/**
 * The own side of graceful restart (RFC 4724 §4.1). The routes that an earlier run left in the kernel say that this
 * is a restart and that forwarding went on. Without a kernel to write to nothing is forwarded here, so that nothing
 * is lost by a restart: then every start counts as one.
 */
export class OwnRestart implements OwnRestartBits {
  #restarting = false
  #forwarding = false

  get restarting(): boolean {
    return this.#restarting
  }

  get forwarding(): boolean {
    return this.#forwarding
  }

  /** The speaker starts. */
  start(options: SpeakerOptions, fib: FibPort | undefined): void {
    this.#forwarding = fib === undefined || fib.kept() > 0
    this.#restarting = this.#forwarding && isRestarter(options)
  }

  /** Routes are sent from now on. */
  selected(): void {
    this.#restarting = false
  }

  /** The kernel has the routes of this run: they outlive every session from now on. */
  converged(): void {
    this.#restarting = false
    this.#forwarding = true
  }
}

/** Neighbors are asked to keep our routes while this speaker restarts. */
function isRestarter({ neighbors, listenRanges }: SpeakerOptions): boolean {
  return neighbors.some(keepsOurs) || listenRanges.some(({ template }) => keepsOurs(template))
}

/** The neighbor is asked to. */
export function keepsOurs({ gracefulRestart }: Omit<NeighborOptions, 'address'>): boolean {
  return gracefulRestart.enabled && gracefulRestart.restarter === true
}
