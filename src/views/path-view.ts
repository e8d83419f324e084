/** How the read model of a path is made. */

import { formatIPv4 } from '../ip/address.js'
import type { Family } from '../ip/family.js'
import { ATTR_LLGR_STALE } from '../rib/attributes/attributes.js'
import type { PathExplanation } from '../rib/decision/explain.js'
import {
  asPathText,
  communityText,
  extendedCommunityText,
  largeCommunityText,
} from '../speaker/events/attribute-text.js'
import type { NeighborReads, TableReads } from '../speaker/model/reads.js'
import { POLICY_WEIGHT } from '../wire/policy-flags.js'
import type { PathAttributes } from '../wire/types.js'
import type { PathView } from './model/route.js'
import { type UnusableContext, unusableView } from './unusable.js'

const ORIGINS = ['IGP', 'EGP', 'incomplete'] as const

/** Stands where a neighbor's key stands for the paths of others. */
const LOCAL = 'local'

/** The next hop of an own route, as switches show it. */
function unspecified(family: Family): string {
  return family === 'ipv4-unicast' ? '0.0.0.0' : '::'
}

/** What a view of paths needs beside the table. */
export interface PathContext extends UnusableContext {
  readonly defaultLocalPref: number
  /** The neighbor of a source index; undefined for the speaker itself. */
  neighbor(source: number): NeighborReads | undefined
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

/** The read model of a default route that is originated for a neighbor. @param attributes as it is sent */
export function originatedView(context: PathContext, attributes: PathAttributes, since: number): PathView {
  const source = context.rib.source(0)?.source
  return {
    neighbor: LOCAL,
    neighborRouterId: formatIPv4(source?.routerId ?? 0),
    type: 'local',
    ...attributeView(attributes, context.defaultLocalPref),
    asPathLength: attributes.asPath?.flatMap(({ asns }) => asns).length ?? 0,
    weight: source?.weight ?? 0,
    best: true,
    multipath: false,
    stale: false,
    valid: true,
    since: new Date(since).toISOString(),
  }
}

/** The weight that counts: one that import policy has set, else the neighbor's. */
function weightOf(rib: TableReads, attribute: number, ofNeighbor: number): number {
  const policyFlags = rib.attributes.policyFlagsOf(attribute)
  return (policyFlags & POLICY_WEIGHT) === 0 ? ofNeighbor : policyFlags & 0xffff
}

/**
 * The read model of one path with its part in the decision.
 * @param received with the attributes as they came, before import policy
 */
export function pathView(context: PathContext, explanation: PathExplanation, received = false): PathView {
  const { rib } = context
  const { path } = explanation
  const attribute = received ? rib.receivedAttributeOf(path) : rib.attributeOf(path)
  const sourceIndex = rib.sourceOf(path)
  const source = rib.source(sourceIndex)?.source
  const neighbor = context.neighbor(sourceIndex)
  const pathId = rib.pathIdOf(path)
  const type = source?.type ?? 'local'
  const attributes = attributeView(rib.attributes.get(attribute), context.defaultLocalPref)
  const unusable = unusableView(context, path, neighbor)
  return {
    neighbor: type === 'local' ? LOCAL : (neighbor?.key ?? source?.address ?? ''),
    neighborName: neighbor?.session.givenName,
    neighborDescription: neighbor?.session.options.description,
    neighborRouterId: formatIPv4(source?.routerId ?? 0),
    type,
    ...attributes,
    ...(type === 'local' && attributes.nextHop === '' ? { nextHop: unspecified(rib.family) } : {}),
    asPathLength: rib.attributes.hops[attribute],
    weight: weightOf(rib, attribute, source?.weight ?? 0),
    best: explanation.best,
    multipath: explanation.multipath,
    stale: rib.isStale(path),
    longLivedStale: (rib.attributes.flags[attribute] & ATTR_LLGR_STALE) !== 0 ? true : undefined,
    valid: explanation.valid,
    reason: unusable?.text,
    unusable,
    decidedBy: explanation.decidedBy,
    since: new Date(rib.sinceOf(path)).toISOString(),
    pathId: pathId === 0 ? undefined : pathId,
    fromClient: source?.client === true ? true : undefined,
  }
}
