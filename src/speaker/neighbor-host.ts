/** The one table of what sessions and routes of neighbors need of the speaker around them; speaker.ts fills it in. */

import type { Family } from '../ip/family.js'
import type { Events } from './events/events.js'
import type { SpeakerOptions } from './model/options.js'
import type { Observers } from './observers/observers.js'
import type { Peer, PeerHost } from './peer/peer.js'
import type { Tables } from './tables/tables.js'

export interface NeighborHost extends PeerHost {
  readonly events: Events
  readonly tables: Tables
  readonly observers: Observers
  /** As they are now. */
  options(): SpeakerOptions
  /** The whole speaker is in maintenance. */
  maintenance(): boolean
  /** A source of liveness calls this gateway ('192.0.2.1', 'fe80::1%eth0') dead. */
  gatewayDead(gateway: string): boolean
  /** A neighbor sent more prefixes (`count`) than it may (`limit`): its session ends. */
  overLimit(peer: Peer, family: Family, limit: number, count: number): void
  /** A session is up, or an End-of-RIB came: looks whether the first routes are complete. */
  checkConvergence(): void
}
