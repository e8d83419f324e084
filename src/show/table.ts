import type { Family } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteQuery, RouteView } from '../views/model/route.js'
import type { StatusView } from '../views/model/status.js'
import { beforePrepending } from './own-as.js'
import { pages, type ShowSource } from './source.js'
import { routeRows, type TableForm, tableHeader } from './table-row.js'

/** What a table is about; without `neighbor` the whole Loc-RIB. */
export interface TableScope {
  readonly family: Family
  readonly neighbor?: NeighborView
  /** 'in': paths received from the neighbor; 'out': routes advertised to it. */
  readonly side?: 'in' | 'out'
  /** With 'in': before import policy, or what has passed it. */
  readonly stage?: RouteQuery['stage']
}

/** Table version of a family, 0 before its first route. */
export function tableVersion(status: StatusView, family: Family): number {
  return status.tables.find((table) => table.family === family)?.version ?? 0
}

function head(status: StatusView, family: Family, dialect: TableForm): string {
  return [
    `BGP table version is ${tableVersion(status, family)}, local router ID is ${status.routerId}`,
    'Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,',
    // Parsers of IOS output know no mark for long-lived stale paths.
    `              r RIB-failure, S Stale, ${dialect === 'ios' ? '' : 'L Long-lived stale, '}m multipath`,
    'Origin codes: i - IGP, e - EGP, ? - incomplete',
    '',
    tableHeader(dialect),
    '',
  ].join('\n')
}

/** How the routes of a scope are shown: advertised ones as FRR and IOS do, others as they are. */
export function sentAs(
  { side, neighbor }: TableScope,
  { localAs }: StatusView,
): (route: RouteView) => RouteView {
  if (side !== 'out' || neighbor === undefined) return (route) => route
  return (route) => beforePrepending(route, neighbor, localAs)
}

/** What a scope leaves out of the table. */
export function filterOf({ side, neighbor, stage }: TableScope): Pick<RouteQuery, 'neighbor' | 'stage'> {
  if (side !== 'in' || neighbor === undefined) return {}
  return stage === undefined ? { neighbor: neighbor.key } : { neighbor: neighbor.key, stage }
}

/**
 * `show ip bgp` and the tables of one neighbor, in pieces, the first of them the head.
 * @returns the number of prefixes
 */
export async function* showTable(
  source: ShowSource,
  scope: TableScope,
  dialect: TableForm,
): AsyncGenerator<string, number> {
  const [status, config] = await Promise.all([source.status(), source.config()])
  const { defaultLocalPref } = config.bgp.decision
  yield head(status, scope.family, dialect)
  const out = scope.side === 'out' ? scope.neighbor?.key : undefined
  const shown = sentAs(scope, status)
  const query = { family: scope.family, ...filterOf(scope) }
  let count = 0
  for await (const page of pages(source, query, out)) {
    let text = ''
    for (const route of page.routes) text += routeRows(shown(route), dialect, defaultLocalPref)
    count += page.routes.length
    yield text
  }
  yield `\nTotal number of prefixes ${count}\n`
  return count
}
