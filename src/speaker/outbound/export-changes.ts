/** From the options of a family to the changes of attributes that export makes (rib/export/). */

import type { ExportChanges } from '../../rib/export/export-changes.js'
import type { FamilyOptions } from '../model/options.js'

/**
 * What a neighbor's options change about the attributes that it is sent.
 * @param ownAs the speaker's real AS where it is shown behind the neighbor's `localAs`
 * @returns undefined when nothing is changed
 */
export function exportChanges(ownAs: number | undefined, options: FamilyOptions): ExportChanges | undefined {
  const { removePrivateAs, asOverride, senderLoopDetection, sendCommunity, unchanged } = options
  const changes: ExportChanges = {
    ...(ownAs === undefined ? {} : { ownAs }),
    ...(removePrivateAs === undefined ? {} : { removePrivateAs }),
    ...(asOverride === undefined ? {} : { asOverride }),
    ...(senderLoopDetection === false ? { loops: true } : {}),
    ...(unchanged?.asPath ? { asPathUnchanged: true } : {}),
    ...(unchanged?.med ? { medUnchanged: true } : {}),
    ...(sendCommunity === undefined ? {} : { communities: sendCommunity }),
  }
  return Object.keys(changes).length === 0 ? undefined : changes
}
