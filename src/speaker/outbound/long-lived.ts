/** Which neighbors are sent routes that are long-lived stale (RFC 9494). */

import type { ExportTreatment } from '../../rib/export/treatment.js'
import type { Negotiated } from '../../session/types.js'
import type { NeighborOptions, SpeakerOptions } from '../model/options.js'

/** Long-lived graceful restart (RFC 9494) is configured for some neighbor. */
export function usesLongLived({ neighbors, listenRanges }: SpeakerOptions): boolean {
  const uses = ({ gracefulRestart }: Omit<NeighborOptions, 'address'>) =>
    gracefulRestart.longLived !== undefined
  return neighbors.some(uses) || listenRanges.some(({ template }) => uses(template))
}

/**
 * How long-lived stale routes reach a neighbor (RFC 9494 §4.3, §4.6): freely where it knows what they are, and as
 * other routes from a speaker that knows nothing of them itself.
 */
export function longLivedTo(
  { gracefulRestart }: NeighborOptions,
  terms: Negotiated,
  speaker: SpeakerOptions,
): ExportTreatment['longLived'] {
  if (terms.longLived !== undefined || !usesLongLived(speaker)) return undefined
  const marked = terms.peerType === 'ibgp' && gracefulRestart.longLived?.partialDeployment === true
  return marked ? 'marked' : 'withheld'
}
