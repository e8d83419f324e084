import { formatIPv4 } from '../ip/address.js'
import type { PathExplanation } from '../rib/explain.js'
import type { Rib } from '../rib/table.js'
import { MARK_WEIGHT } from '../wire/marks.js'
import type { PathAttributes } from '../wire/types.js'
import { asPathText, communityText, extendedCommunityText, largeCommunityText } from './attribute-text.js'
import type { NeighborRoutes } from './neighbor-routes.js'
import type { PathView } from './views.js'

const ORIGINS = ['IGP', 'EGP', 'incomplete'] as const

/** What a view of paths needs beside the table. */
export interface PathContext {
  readonly rib: Rib
  readonly defaultLocalPref: number
  /** The neighbour of a source index; undefined for the speaker itself. */
  neighbor(source: number): NeighborRoutes | undefined
}

/** The attributes as a view shows them, whoever they come from. */
export function attributeView(attributes: PathAttributes, defaultLocalPref: number) {
  const { aggregator } = attributes
  return {
    nextHop: attributes.nextHop ?? attributes.linkLocalNextHop ?? '',
    linkLocalNextHop: attributes.linkLocalNextHop,
    origin: ORIGINS[attributes.origin ?? 2],
    asPath: asPathText(attributes.asPath),
    med: attributes.med,
    localPref: attributes.localPref ?? defaultLocalPref,
    communities: (attributes.communities ?? []).map(communityText),
    largeCommunities: (attributes.largeCommunities ?? []).map(largeCommunityText),
    extendedCommunities: (attributes.extendedCommunities ?? []).map(extendedCommunityText),
    originatorId: attributes.originatorId === undefined ? undefined : formatIPv4(attributes.originatorId),
    clusterList: attributes.clusterList?.map((id) => formatIPv4(id)),
    atomicAggregate: attributes.atomicAggregate ?? false,
    onlyToCustomer: attributes.otc,
    aggregator: aggregator === undefined ? undefined : `${aggregator.as} ${aggregator.address}`,
  }
}

/** The weight that counts: one that import policy has set, else the neighbour's. */
function weightOf(rib: Rib, attribute: number, ofNeighbor: number): number {
  const marks = rib.attributes.marksOf(attribute)
  return (marks & MARK_WEIGHT) === 0 ? ofNeighbor : marks & 0xffff
}

/** The read model of one path with its part in the decision. */
export function pathView(context: PathContext, explanation: PathExplanation): PathView {
  const { rib } = context
  const { path } = explanation
  const attribute = rib.attributeOf(path)
  const sourceIndex = rib.sourceOf(path)
  const source = rib.source(sourceIndex)?.source
  const neighbor = context.neighbor(sourceIndex)
  const pathId = rib.pathIdOf(path)
  return {
    neighbor: source?.address ?? '',
    neighborDescription: neighbor?.peer.options.description,
    neighborRouterId: formatIPv4(source?.routerId ?? 0),
    type: source?.type ?? 'local',
    ...attributeView(rib.attributes.get(attribute), context.defaultLocalPref),
    asPathLength: rib.attributes.hops[attribute],
    weight: weightOf(rib, attribute, source?.weight ?? 0),
    best: explanation.best,
    multipath: explanation.multipath,
    stale: rib.isStale(path),
    valid: explanation.valid,
    reason: explanation.reason,
    decidedBy: explanation.decidedBy,
    since: new Date(rib.sinceOf(path)).toISOString(),
    pathId: pathId === 0 ? undefined : pathId,
  }
}
