/** All that stands between a route as received and as used: import policy, and what session and drain add to it. */

import { compilePolicy } from '../../policy/route-policy.js'
import type { AttributeTable } from '../../rib/attributes/attributes.js'
import { GracefulShutdownFilter } from '../../rib/filters/graceful-shutdown.js'
import { OtcFilter } from '../../rib/filters/only-to-customer.js'
import { PrependingFilter } from '../../rib/filters/prepending-filter.js'
import type { RouteFilter } from '../../rib/table.js'
import { learnsOnlyForCustomers } from '../../wire/role.js'
import type { NeighborOptions } from '../model/options.js'
import type { Peer } from '../peer/peer.js'
import type { FamilyIn } from './family-in.js'

/**
 * Makes the import filter of a family anew: its policy, with what the terms of the last session add to it.
 * @param speakerAs the speaker's real AS
 * @returns the former one, to be closed when nothing passes it any more
 */
export function renewFilter(
  family: FamilyIn,
  peer: Peer,
  attributes: AttributeTable,
  speakerAs: number,
): RouteFilter | undefined {
  const former = family.filter
  const terms = peer.negotiated
  const own = compilePolicy(family.options.import, family.family, attributes, 'in')
  const policy = prepending(peer, own, attributes, speakerAs)
  const withOtc =
    terms?.role !== undefined && learnsOnlyForCustomers(terms.role.own)
      ? new OtcFilter(attributes, terms.remoteAs, policy)
      : policy
  const heeded = terms?.peerType === 'ebgp' && peer.options.ignoreGracefulShutdown !== true
  family.filter =
    peer.inMaintenance || heeded
      ? new GracefulShutdownFilter(attributes, peer.inMaintenance ? 'all' : 'marked', withOtc)
      : withOtc
  return former
}

/** GRACEFUL_SHUTDOWN of a neighbor's paths means something else than before. */
export function lowersOtherwise(before: NeighborOptions, after: NeighborOptions): boolean {
  return (
    before.maintenance !== after.maintenance || before.ignoreGracefulShutdown !== after.ignoreGracefulShutdown
  )
}

/** A `local-as` that is to be seen in the paths from its neighbor. */
function prepending(
  { options, negotiated }: Peer,
  policy: RouteFilter | undefined,
  attributes: AttributeTable,
  speakerAs: number,
): RouteFilter | undefined {
  const shown = negotiated?.localAs ?? 0
  const other = negotiated?.peerType === 'ebgp' && shown !== speakerAs
  if (!other || options.localAsStyle?.prepend !== true) return policy
  return new PrependingFilter(attributes, shown, policy)
}
