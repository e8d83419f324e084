/** How the read model of the whole speaker is made. */

import { formatIPv4 } from '../ip/address.js'
import { FAMILIES } from '../ip/family.js'
import type { SpeakerReads } from '../speaker/model/reads.js'
import { maintenanceView } from './maintenance-view.js'
import type { SpeakerView } from './model/status.js'

/** The read model of the whole speaker, made now: counts over whole tables, some milliseconds with a full one. */
export function speakerView(reads: SpeakerReads): SpeakerView {
  const { options } = reads
  return {
    localAs: options.localAs,
    routerId: formatIPv4(options.routerId),
    hostName: options.hostName,
    started: new Date(reads.started).toISOString(),
    restarting: reads.restarting ? true : undefined,
    maintenance: maintenanceView(reads.maintained, options.maintenance),
    maximumPaths: { ebgp: options.decision.maximumPathsEbgp, ibgp: options.decision.maximumPathsIbgp },
    listen: reads.listening.map(({ address, port }) => ({ address, port })),
    tables: FAMILIES.map((family) => {
      const table = reads.table(family)
      return { family, version: table.version, ...table.totals(), attributeSets: reads.attributeSets }
    }),
  }
}
