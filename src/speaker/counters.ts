import type { MessageCounts } from './views.js'

/** Message type codes (RFC 4271 §4.1, RFC 2918 §3). */
export const OPEN = 1
export const UPDATE = 2
export const NOTIFICATION = 3
export const KEEPALIVE = 4
export const ROUTE_REFRESH = 5

/** Messages of one neighbour in one direction, by type code, over all its sessions. */
export class MessageCounters {
  readonly #counts = new Float64Array(6)

  /** @param type message type code; an unknown one is not counted */
  add(type: number, count = 1): void {
    if (type >= OPEN && type <= ROUTE_REFRESH) this.#counts[type] += count
  }

  view(): MessageCounts {
    const counts = this.#counts
    return {
      open: counts[OPEN],
      update: counts[UPDATE],
      notification: counts[NOTIFICATION],
      keepalive: counts[KEEPALIVE],
      routeRefresh: counts[ROUTE_REFRESH],
    }
  }
}
