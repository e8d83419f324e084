import type { PathView, RouteView } from '../views/model/route.js'
import { left, right } from './text.js'

/**
 * Layout of `show ip bgp`. 'ruijie' writes status, network and next hop on one line (status 4 wide, next hop
 * at column 23); 'ios' has the columns that parsers of Cisco output know (network 17 wide, longer ones on a
 * line of their own).
 */
export type TableForm = 'ruijie' | 'ios'

interface Layout {
  readonly header: string
  readonly status: (codes: string) => string
  /** Width of the network field with its separating blank. */
  readonly network: number
  /** Column of the next hop after a network on a line of its own. */
  readonly wrapped: number
}

const LAYOUT: Record<TableForm, Layout> = {
  ruijie: {
    header: '    Network            Next Hop            Metric LocPrf Weight Path',
    status: (codes) => left(codes, 4),
    network: 19,
    wrapped: 23,
  },
  ios: {
    header: '     Network          Next Hop            Metric LocPrf Weight Path',
    status: (codes) => ` ${left(codes, 4)}`,
    network: 17,
    wrapped: 23,
  },
}

/** The line above the rows. */
export function tableHeader(dialect: TableForm): string {
  return LAYOUT[dialect].header
}

/**
 * Three status characters: valid ('*'), stale ('S'), long-lived stale ('L'; 'S' in the layout of IOS), suppressed by
 * an own aggregate ('s') or refused by the kernel ('r'); best ('>') or multipath ('m'); internal ('i').
 */
export function statusCodes(route: RouteView, path: PathView, dialect: TableForm = 'ruijie'): string {
  const used = path.best || path.multipath
  const first = path.stale
    ? path.longLivedStale && dialect !== 'ios'
      ? 'L'
      : 'S'
    : route.suppressed && path.valid
      ? 's'
      : used && route.fib?.state === 'refused'
        ? 'r'
        : path.valid
          ? '*'
          : ' '
  const second = path.best ? '>' : path.multipath ? 'm' : ' '
  return `${first}${second}${path.type === 'ibgp' ? 'i' : ' '}`
}

/** 'i', 'e' or '?'. */
export function originCode(origin: PathView['origin']): 'i' | 'e' | '?' {
  return origin === 'IGP' ? 'i' : origin === 'EGP' ? 'e' : '?'
}

/**
 * The LOCAL_PREF that `show ip bgp` names, as IOS and FRR do: of paths from inside the AS always; of others where it
 * is not the default, for a policy or GRACEFUL_SHUTDOWN set it. undefined: the path has none of its own.
 */
export function shownLocalPref(path: PathView, defaultLocalPref: number): number | undefined {
  return path.type === 'ibgp' || path.localPref !== defaultLocalPref ? path.localPref : undefined
}

/** Next hop to '10 wide metric', '6 wide local preference', '6 wide weight', path and origin. */
function fields(path: PathView, indent: number, defaultLocalPref: number): string {
  const med = path.med === undefined ? '' : path.med
  const localPref = shownLocalPref(path, defaultLocalPref) ?? ''
  const asPath = path.asPath === '' ? '' : `${path.asPath} `
  const rest = `${right(med, 10)} ${right(localPref, 6)} ${right(path.weight, 6)} ${asPath}${originCode(path.origin)}`
  const nextHop =
    path.nextHop.length <= 15 ? left(path.nextHop, 16) : `${path.nextHop}\n${' '.repeat(indent + 16)}`
  return nextHop + rest
}

/** All lines of a route, one path a line; the network stands on the first only. Ends with a line break. */
export function routeRows(route: RouteView, dialect: TableForm, defaultLocalPref: number): string {
  const layout = LAYOUT[dialect]
  let text = ''
  route.paths.forEach((path, index) => {
    const status = layout.status(statusCodes(route, path, dialect))
    if (index > 0) {
      text += `${status}${' '.repeat(layout.network)}${fields(path, status.length + layout.network, defaultLocalPref)}\n`
    } else if (route.prefix.length < layout.network) {
      text += `${status}${left(route.prefix, layout.network)}${fields(path, status.length + layout.network, defaultLocalPref)}\n`
    } else {
      text += `${status}${route.prefix}\n${' '.repeat(layout.wrapped)}${fields(path, layout.wrapped, defaultLocalPref)}\n`
    }
  })
  return text
}
