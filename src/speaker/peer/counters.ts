/** Counts of messages by type, as views show them. */

import { MessageType } from '../../wire/codes.js'
import type { MessageCounts } from '../model/session-record.js'

/** Messages of one neighbor in one direction, by type code, over all its sessions. */
export class MessageCounters {
  readonly #counts = new Float64Array(6)

  /** @param type message type code; an unknown one is not counted */
  add(type: number, count = 1): void {
    if (type < this.#counts.length) this.#counts[type] += count
  }

  view(): MessageCounts {
    const counts = this.#counts
    return {
      open: counts[MessageType.Open],
      update: counts[MessageType.Update],
      notification: counts[MessageType.Notification],
      keepalive: counts[MessageType.Keepalive],
      routeRefresh: counts[MessageType.RouteRefresh],
    }
  }
}
