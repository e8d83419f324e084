/**
 * All that decides how a neighbor is written to, gathered from session and options: those alike share an update group.
 */

import type { Family } from '../../ip/family.js'
import type { ExportTreatment } from '../../rib/export/treatment.js'
import type { Negotiated } from '../../session/types.js'
import type { Role } from '../../wire/role.js'
import type { NeighborOptions, SpeakerOptions } from '../model/options.js'
import type { ConnectionDriver } from '../peer/connection-driver.js'
import type { Peer } from '../peer/peer.js'
import { isSingleHop } from '../peer/protection.js'
import { longLivedTo } from './long-lived.js'

/** What a route sender depends on beside the neighbor's family options. */
export interface ExportSession {
  readonly driver: ConnectionDriver
  readonly source: number
  readonly type: 'ebgp' | 'ibgp'
  readonly remoteAs: number
  readonly localAs: number
  /** The real AS where it is shown, too. */
  readonly ownAs: number | undefined
  readonly as4: boolean
  readonly extendedNextHop: boolean
  readonly extendedMessage: boolean
  readonly role: Role | undefined
  readonly singleHop: boolean
  readonly defaultLocalPref: number
  /** See ExportTreatment. */
  readonly longLived: ExportTreatment['longLived']
  /** Routes are announced with GRACEFUL_SHUTDOWN. */
  readonly gracefulShutdown: boolean
  /** Own cluster (RFC 4456), unsigned 32 bits, and whether routes of clients go to other clients. */
  readonly clusterId: number
  readonly clientToClient: boolean
  /** Seconds between runs of announcements; 0: none. */
  readonly interval: number
  /** Whether both sides agreed that path identifiers are sent (RFC 7911 §4). */
  addPath(family: Family): boolean
}

/**
 * What is sent to a neighbor depends on this of its session and options, and of the speaker's.
 * @param source the neighbor's index as a source of paths
 * @param maintenance the whole speaker is in maintenance
 */
export function exportSession(
  peer: Peer,
  source: number,
  driver: ConnectionDriver,
  terms: Negotiated,
  speaker: SpeakerOptions,
  maintenance: boolean,
): ExportSession {
  const { localAs, decision, clusterId, routerId, clientToClientReflection } = speaker
  const { options } = peer
  // The real AS where it stands behind the one that the neighbor knows.
  const showsReal = localAs !== terms.localAs && options.localAsStyle?.showReal
  return {
    driver,
    source,
    type: terms.peerType,
    remoteAs: terms.remoteAs,
    localAs: terms.localAs,
    ownAs: showsReal ? localAs : undefined,
    as4: terms.as4,
    extendedNextHop: terms.extendedNextHop.send,
    role: terms.role?.own,
    extendedMessage: terms.extendedMessage.send,
    singleHop: isSingleHop(options),
    defaultLocalPref: decision.defaultLocalPref,
    interval: intervalOf(options),
    clusterId: clusterId ?? routerId,
    clientToClient: clientToClientReflection ?? true,
    longLived: longLivedTo(options, terms, speaker),
    addPath: (family) => terms.addPath.send.includes(family),
    gracefulShutdown: maintenance || peer.inMaintenance,
  }
}

/** Seconds between two runs of announcements to a neighbor (MinRouteAdvertisementIntervalTimer); 0: none. */
export function intervalOf({ advertisementInterval }: NeighborOptions): number {
  return advertisementInterval ?? 0
}
