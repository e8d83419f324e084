/** The way back for own routes: `announce` and `defaultOriginate` as the document writes them. */

import type { AnnounceOptions } from '../../speaker/model/announce-options.js'
import type { FamilyOptions } from '../../speaker/model/options.js'
import type { Document, FamilySettings } from '../document/schema.js'
import type { NamedLists } from './describe-policy.js'

/** Own routes as the document writes them. */
export function describeAnnounce(
  announce: AnnounceOptions | undefined,
  lists: NamedLists,
): Pick<Document, 'announce'> {
  if (announce === undefined) return {}
  const map = ({ routeMap }: Pick<AnnounceOptions['networks'][number], 'routeMap'>) =>
    routeMap === undefined ? {} : { routeMap: lists.routeMap(routeMap) }
  return {
    announce: {
      networks: announce.networks.map((one) => ({
        prefix: one.prefix,
        ...map(one),
        ifInTable: one.ifInTable,
      })),
      redistribute: announce.redistribute.map((one) => ({
        from: one.from,
        families: [one.family],
        ...map(one),
        ...(one.metric === undefined ? {} : { metric: one.metric }),
        defaultRoute: one.defaultRoute,
      })),
      aggregates: announce.aggregates.map(({ prefix, summaryOnly }) => ({ prefix, summaryOnly })),
    },
  }
}

/** `defaultOriginate` as the document writes it. */
export function describeDefaultOriginate(
  { defaultOriginate: options }: FamilyOptions,
  lists: NamedLists,
): Pick<FamilySettings, 'defaultOriginate'> {
  if (options === undefined) return {}
  const { routeMap } = options
  return { defaultOriginate: routeMap === undefined ? true : { routeMap: lists.routeMap(routeMap) } }
}
