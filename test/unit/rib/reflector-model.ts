/** A reflector's neighbors, and what it sends them, said on objects: what models compare groups with. */
import type { ExportTreatment } from '../../../src/rib/export/treatment.js'
import type { Source } from '../../../src/rib/store/types.js'
import { Community } from '../../../src/wire/community.js'
import type { PathAttributes } from '../../../src/wire/types.js'
import { EBGP, IBGP } from './treatments.js'
import { source } from './world.js'

const CLUSTER = 99

/** The speaker itself, two clients, an internal neighbor that is none, and neighbors in two other ASes. */
export const SOURCES: readonly Source[] = [
  source(0, { type: 'local', weight: 100 }),
  source(1, { type: 'ibgp', client: true, remoteAs: IBGP.localAs }),
  source(2, { type: 'ibgp', client: true, remoteAs: IBGP.localAs }),
  source(3, { type: 'ibgp', remoteAs: IBGP.localAs }),
  source(4, { remoteAs: 64512 }),
  source(5, { remoteAs: 65000 }),
]

/** How the clients are treated: sources 1 and 2. */
export const CLIENTS: ExportTreatment = { ...IBGP, reflector: { clusterId: CLUSTER, clients: true } }

/** How the other internal neighbor is treated: source 3. */
export const OTHERS: ExportTreatment = { ...IBGP, reflector: { clusterId: CLUSTER, clients: false } }

/** What members of a group are sent for a path; undefined: nothing. */
export function outgoing(
  treatment: ExportTreatment,
  from: Source,
  attributes: PathAttributes,
): PathAttributes | undefined {
  const { communities } = attributes
  if (communities?.includes(Community.NO_ADVERTISE)) return undefined
  if (treatment.type === 'ebgp') {
    const asns = attributes.asPath?.[0]?.asns ?? []
    if (asns.includes(treatment.remoteAs) || communities?.includes(Community.NO_EXPORT)) return undefined
    const { localPref, originatorId, clusterList, med, ...external } = attributes
    return {
      ...external,
      asPath: [{ type: 2, asns: [EBGP.localAs, ...asns] }],
      nextHop: '192.0.2.200',
      ...(from.type === 'local' && med !== undefined ? { med } : {}),
    }
  }
  const reflected = from.type === 'ibgp'
  if (reflected && from.client !== true && treatment.reflector?.clients !== true) return undefined
  return {
    ...attributes,
    localPref: attributes.localPref ?? 100,
    ...(from.type === 'local' ? { nextHop: '192.0.2.200' } : {}),
    ...(reflected
      ? {
          originatorId: attributes.originatorId ?? from.routerId,
          clusterList: [CLUSTER, ...(attributes.clusterList ?? [])],
        }
      : {}),
  }
}
