import { formatIPv4 } from '../../ip/address.js'
import { FAMILIES } from '../../ip/family.js'
import type { Maintenance } from '../maintenance.js'
import type { SpeakerOptions } from '../model/options.js'
import type { SpeakerView } from '../model/views.js'
import type { OwnRestartBits } from '../peer/own-restart.js'
import type { Routing } from '../routing.js'

/**
 * The read model of the whole speaker, made now: counts over whole tables, some milliseconds with a full one.
 * @param started wall time, milliseconds
 */
export function speakerView(
  options: SpeakerOptions,
  started: number,
  listen: readonly { readonly address: string; readonly port: number }[],
  routing: Routing,
  maintenance: Maintenance,
  { restarting }: OwnRestartBits,
): SpeakerView {
  return {
    localAs: options.localAs,
    routerId: formatIPv4(options.routerId),
    hostName: options.hostName,
    started: new Date(started).toISOString(),
    restarting: restarting ? true : undefined,
    maintenance: maintenance.view(options),
    maximumPaths: { ebgp: options.decision.maximumPathsEbgp, ibgp: options.decision.maximumPathsIbgp },
    listen: listen.map(({ address, port }) => ({ address, port })),
    tables: FAMILIES.map((family) => {
      const rib = routing.tables.rib(family)
      return { family, version: rib.version, ...rib.totals(), attributeSets: routing.tables.attributes.size }
    }),
  }
}
