import { FAMILIES, type Family } from '../../../ip/family.js'
import type { AnnounceOptions } from '../../../speaker/model/announce-options.js'
import type { Document } from '../../document/schema.js'
import type { AggregateEntry, NetworkEntry, RedistributeEntry } from '../../document/schema-announce.js'
import type { Path, Position, Report } from '../../text/diagnostic.js'
import type { Cells } from '../document/cells.js'
import type { PolicyLines } from './emit-policy.js'

type LongEntry<T> = Exclude<T, string>

/**
 * `announce` of a document, made of what the lines about own routes have set.
 * @param place remembers where a path of the document stands
 */
export function announceOf(
  cells: Cells,
  report: Report,
  place: (path: Path, position: Position) => void,
): Pick<Document, 'announce'> {
  const at = ['announce']
  const ifInTable = (cells.get([...at, 'importCheck'])?.value ?? true) as boolean
  const entries = <T>(section: 'networks' | 'aggregates', more: object) =>
    cells.children([...at, section]).map((prefix, i) => {
      const { value, position } = cells.get([...at, section, prefix])!
      place([...at, section, i], position)
      return { prefix, ...(value as object), ...more } as T
    })
  const networks = entries<LongEntry<NetworkEntry>>('networks', { ifInTable })
  const aggregates = entries<LongEntry<AggregateEntry>>('aggregates', {})
  const redistribute: LongEntry<RedistributeEntry>[] = []
  for (const family of FAMILIES) {
    const said = cells.get([...at, 'defaultRoute', family])
    const defaultRoute = said?.value === true
    const sources = cells.children([...at, 'redistribute', family])
    if (defaultRoute && sources.length === 0) {
      const message = '`default-information originate` has no effect: nothing is redistributed'
      report.add('warning', said.position, '', message, 'redistribute static; neighbor A default-originate')
    }
    for (const from of sources) {
      const { value, position } = cells.get([...at, 'redistribute', family, from])!
      place([...at, 'redistribute', redistribute.length], position)
      redistribute.push({
        from: from as LongEntry<RedistributeEntry>['from'],
        families: [family],
        ...(value as object),
        ...(defaultRoute ? { defaultRoute } : {}),
      })
    }
  }
  if (networks.length + aggregates.length + redistribute.length === 0) return {}
  return {
    announce: {
      ...(networks.length === 0 ? {} : { networks }),
      ...(redistribute.length === 0 ? {} : { redistribute }),
      ...(aggregates.length === 0 ? {} : { aggregates }),
    },
  }
}

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
