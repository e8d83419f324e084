/** What the rooms above may ask of a speaker; speaker.ts answers. */

import type { Observable } from '../ports/observer.js'
import type { NeighborKey } from '../session/neighbor-key.js'
import type { ApplyReport } from './model/apply-report.js'
import type { DropsReport, FibReport, FindingReport, SpeakerEvent } from './model/event.js'
import type { NeighborOperation, OperationOutcome } from './model/operation.js'
import type { SpeakerOptions } from './model/options.js'

/**
 * The speaker as rooms above drive it (speaker/speaker.ts implements it): operation and subscription. Whoever wants
 * read models asks views/.
 */
export interface SpeakerApi extends Observable {
  /** Opens listeners and starts sessions. @throws Error, one sentence, when an address can't be listened on */
  start(): Promise<void>
  /**
   * Applies changed options neighbor by neighbor; what the change does not concern is not touched.
   * @throws Error when a new listen address can't be had; nothing was changed then
   */
  apply(options: SpeakerOptions): Promise<ApplyReport>
  /**
   * Ends every session with Cease/Administrative Shutdown (6/2) and closes the listeners.
   * @param message shutdown communication, at most 255 octets of UTF-8 (RFC 9003)
   * @param reason 'out-of-resources': this process fails; the sessions end with Cease/Out of Resources (6/8)
   * @param kept forwarding goes on: neighbors that are asked to keep our routes through a restart
   *   (`gracefulRestart.restarter`) are left so that they do
   */
  stop(message: string, reason?: 'shutdown' | 'out-of-resources', kept?: boolean): Promise<void>
  /**
   * Does what an operator asks of a neighbor; the log and an event of type 'operation' say who asked.
   * @param neighbor its key
   * @param by who asks, for people
   */
  operate(neighbor: NeighborKey, operation: NeighborOperation, by: string): OperationOutcome
  /**
   * Begins or ends the maintenance of the whole speaker: all routes are announced with GRACEFUL_SHUTDOWN
   * (RFC 8326) while it lasts. A changed configuration does not end what an operator began.
   * @param by who asks, for people
   */
  maintenance(on: boolean, by: string): OperationOutcome
  /** Makes an event of what those above have found of the kernel, or of everything. */
  report(event: FindingReport | FibReport | DropsReport): void
  /** @returns unsubscribe */
  subscribe(listener: (event: SpeakerEvent) => void): () => void
  /** The last events, oldest first, with ids above `after`. */
  recent(after?: number): readonly SpeakerEvent[]
  /** True once the first routes are complete: End-of-RIB from every neighbor that was expected, or the deferral time passed. */
  converged(): boolean
  /** Keys of the configured neighbors, but those shut down, that are not Established or whose End-of-RIB is not here. */
  incomplete(): readonly NeighborKey[]
}
