/** The lines about own routes: `network`, `aggregate-address`, `redistribute`. */

import type { Family } from '../../../ip/family.js'
import type { AnnounceOptions } from '../../../speaker/model/announce-options.js'
import type { PolicyLines } from './emit-policy.js'

/** Whether `network` waits for a route of the machine; what the lines can't say of single ones goes to `lost`. */
export function importCheck(announce: AnnounceOptions | undefined, lost: string[]): boolean {
  const networks = announce?.networks ?? []
  const checked = networks.every(({ ifInTable }) => ifInTable)
  if (checked) return true
  for (const { prefix, ifInTable } of networks) {
    if (ifInTable) lost.push(`announce.networks[${prefix}].ifInTable: true`)
  }
  return false
}

/** The lines of one address family about own routes. */
export function ownRouteLines(
  announce: AnnounceOptions | undefined,
  family: Family,
  policies: PolicyLines,
  lost: string[],
): readonly string[] {
  if (announce === undefined) return []
  const ours = ({ prefix }: { readonly prefix: string }) =>
    prefix.includes(':') === (family === 'ipv6-unicast')
  const map = (one: Pick<AnnounceOptions['networks'][number], 'routeMap'>, path: string) =>
    one.routeMap === undefined ? '' : ` route-map ${policies.routeMap(one.routeMap, family, path)}`
  const redistribute = announce.redistribute.filter((one) => one.family === family)
  const defaultRoute = redistribute.some((one) => one.defaultRoute)
  if (defaultRoute) {
    for (const one of redistribute) {
      if (!one.defaultRoute) lost.push(`announce.redistribute[${one.from} ${family}].defaultRoute: false`)
    }
  }
  return [
    ...announce.networks
      .filter(ours)
      .map((one) => `network ${one.prefix}${map(one, `announce.networks[${one.prefix}]`)}`),
    ...announce.aggregates
      .filter(ours)
      .map(({ prefix, summaryOnly }) => `aggregate-address ${prefix}${summaryOnly ? ' summary-only' : ''}`),
    ...redistribute.map((one) => {
      const metric = one.metric === undefined ? '' : ` metric ${one.metric}`
      return `redistribute ${one.from}${metric}${map(one, `announce.redistribute[${one.from} ${family}]`)}`
    }),
    ...(defaultRoute ? ['default-information originate'] : []),
  ]
}
