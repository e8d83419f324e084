/**
 * Which of two connections to one neighbor stays (RFC 4271 §6.8). Asked when a valid OPEN arrives on one of
 * them, with every other connection of the neighbor as the existing one.
 *
 *     existing        opened in          existing Established          decision
 *     connection      opposite           before the new one's TCP
 *     is in           directions         came up
 *     OpenSent        either             —                             both go on: its OPEN decides
 *     OpenConfirm     yes                —                             by identifier, equal ones by AS
 *     OpenConfirm     no                 —                             the new one stays
 *     Established     yes                no                            by identifier, as in OpenConfirm
 *     Established     yes                yes, with graceful restart    the new one stays once it is Established
 *     Established     no                 yes, with graceful restart    the new one stays at once
 *     Established     either             yes, without                  the existing one stays
 *
 * Row 4: both sides have sent their OPENs on both connections before either was Established, so the peer
 * decides by identifier (it may still be in OpenConfirm on the existing one); deciding otherwise here would
 * end both connections.
 *
 * Row 6 differs from row 5 because of the one case in which a connection dialled by the peer after Established
 * is not a sign of its restart: the dial was under way all the time, and its first octets are late. The peer
 * then ends it by Cease, and the existing one must be still there.
 */

import type { OpenMessage } from '../wire/types.js'
import { asOf } from './open.js'
import type { ConnectionState, PeerParams } from './types.js'

/** Of the new connection and an existing one. */
export type CollisionDecision =
  /** No collision yet. */
  | 'both'
  /** The existing one gets Cease/Connection Collision Resolution. */
  | 'keep-new'
  /** The new one gets Cease/Connection Collision Resolution. */
  | 'keep-existing'
  /** The peer has restarted: the existing one is closed without NOTIFICATION (RFC 4724 §4.2). */
  | 'replace'
  /** As 'replace', at the moment when the new one becomes Established. */
  | 'replace-when-established'

/**
 * @param existing a connection other than the one on which the OPEN arrived
 * @param opened the connection on which the OPEN arrived
 * @param open that OPEN, valid
 */
export function collide(
  existing: ConnectionState,
  opened: ConnectionState,
  open: OpenMessage,
  params: PeerParams,
): CollisionDecision {
  const opposite = existing.incoming !== opened.incoming
  switch (existing.state) {
    case 'OpenConfirm':
      if (!opposite) return 'keep-new'
      return byIdentifier(opened, open, params)
    case 'Established': {
      if (opened.after !== existing.id) {
        return opposite ? byIdentifier(opened, open, params) : 'keep-existing'
      }
      const families = existing.negotiated?.gracefulRestart?.families
      if (families === undefined || families.length === 0) return 'keep-existing'
      return opposite ? 'replace-when-established' : 'replace'
    }
    default:
      return 'both'
  }
}

/** The connection dialled by the side with the higher identifier stays; equal ones: with the larger AS (RFC 6286 §2.3). */
function byIdentifier(opened: ConnectionState, open: OpenMessage, params: PeerParams): CollisionDecision {
  const peerWins =
    open.routerId === params.routerId ? asOf(open) > params.localAs : open.routerId > params.routerId
  return opened.incoming === peerWins ? 'keep-new' : 'keep-existing'
}
