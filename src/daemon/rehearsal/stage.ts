import type { Transport } from '../../ports/transport.js'
import type { NeighborOptions } from '../../speaker/model/options.js'
import { unprotected } from '../../speaker/peer/protection.js'

/** A transport that leads nowhere: connections come when they are handed to `arrive`. */
export class StageTransport implements Transport {
  #accept: Parameters<Transport['listen']>[1] = () => {}

  /** What comes to the speaker that listens. */
  get arrive(): Parameters<Transport['listen']>[1] {
    return this.#accept
  }

  async listen(...[where, accept]: Parameters<Transport['listen']>) {
    this.#accept = accept
    return { ...where, close: async () => {} }
  }

  dial() {
    return { cancel() {} }
  }

  protect(): void {}
}

/** AS number of a neighbor that is not of the speaker's own AS. */
export function otherAs(localAs: number): number {
  return localAs === 64512 ? 64513 : 64512
}

/** A passive neighbor like those of the daemon, as far as one that only exists here can be. */
export function stageNeighbor(
  template: Omit<NeighborOptions, 'address'>,
  own: Pick<NeighborOptions, 'address' | 'remoteAs' | 'localAs' | 'families'>,
): NeighborOptions {
  return {
    ...unprotected(template),
    ...own,
    ...{ passive: true, localAddress: undefined, shutdown: undefined, role: undefined },
  }
}
