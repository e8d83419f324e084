import type { PathView, RouteView } from '../views/model/route.js'
import { afiName } from './family.js'
import { pages, type ShowSource } from './source.js'
import { filterOf, sentAs, type TableScope, tableVersion } from './table.js'
import { originCode, shownLocalPref } from './table-row.js'
import { escapeText, jsonText } from './text.js'

/** 'external', 'internal' or 'local'. */
export function pathFrom(type: PathView['type']): string {
  return type === 'ebgp' ? 'external' : type === 'ibgp' ? 'internal' : 'local'
}

/** Next hop entries of a path in FRR's shape: the global one, and the link-local one beside it. */
function nextHops(route: RouteView, path: PathView): object[] {
  const name = path.neighborName === undefined ? {} : { hostname: escapeText(path.neighborName) }
  const afi = path.nextHop.includes(':') ? 'ipv6' : 'ipv4'
  const entry = { ip: path.nextHop, ...name, afi, used: true }
  if (path.linkLocalNextHop === undefined || afiName(route.family) === 'ipv4') return [entry]
  return [
    { ...entry, scope: 'global' },
    { ip: path.linkLocalNextHop, ...name, afi: 'ipv6', scope: 'link-local' },
  ]
}

/** `locPrf` where FRR has it: see shownLocalPref. */
export function localPrefJson(path: PathView, defaultLocalPref: number): object {
  const locPrf = shownLocalPref(path, defaultLocalPref)
  return locPrf === undefined ? {} : { locPrf }
}

/** One path of `show ip bgp json` in FRR's shape. */
function pathJson(route: RouteView, path: PathView, defaultLocalPref: number): object {
  const [prefix, length] = route.prefix.split('/')
  return {
    ...(path.valid ? { valid: true } : {}),
    ...(path.stale ? { stale: true } : {}),
    ...(path.longLivedStale ? { llgrStale: true } : {}),
    ...(route.suppressed ? { suppressed: true } : {}),
    ...(path.best ? { bestpath: true, selectionReason: path.decidedBy ?? 'First path received' } : {}),
    ...(path.multipath && !path.best ? { multipath: true } : {}),
    pathFrom: pathFrom(path.type),
    prefix,
    prefixLen: Number(length),
    network: route.prefix,
    version: route.version,
    ...(path.med === undefined ? {} : { metric: path.med }),
    ...localPrefJson(path, defaultLocalPref),
    weight: path.weight,
    peerId: path.type === 'local' ? '(unspec)' : path.neighbor,
    path: path.asPath,
    origin: path.origin,
    nexthops: nextHops(route, path),
  }
}

/** Opens the document: everything above the routes, and the key that holds them. */
function open(head: object, key: string): string {
  return `${jsonText(head, 1).slice(0, -2)},\n "${key}": {`
}

async function* entries(
  source: ShowSource,
  scope: TableScope,
  value: (route: RouteView) => unknown,
): AsyncGenerator<string, number> {
  const out = scope.side === 'out' ? scope.neighbor?.key : undefined
  let count = 0
  for await (const page of pages(source, { family: scope.family, ...filterOf(scope) }, out)) {
    let text = ''
    for (const route of page.routes) {
      text += `${count++ === 0 ? '' : ','}\n  ${JSON.stringify(route.prefix)}: ${jsonText(value(route))}`
    }
    yield text
  }
  yield count === 0 ? '}' : '\n }'
  return count
}

/** `show ip bgp json` in FRR's shape, in pieces: one JSON document in all. */
export async function* showTableJson(source: ShowSource, scope: TableScope): AsyncGenerator<string> {
  const [status, config] = await Promise.all([source.status(), source.config()])
  const { defaultLocalPref } = config.bgp.decision
  const head = {
    vrfId: 0,
    vrfName: 'default',
    tableVersion: tableVersion(status, scope.family),
    routerId: status.routerId,
    defaultLocPrf: defaultLocalPref,
    localAS: status.localAs,
  }
  yield open(head, 'routes')
  let paths = 0
  const count = yield* entries(source, scope, (route) => {
    paths += route.paths.length
    return route.paths.map((path) => pathJson(route, path, defaultLocalPref))
  })
  yield `${scope.neighbor === undefined ? '' : `,\n "totalRoutes": ${count}, "totalPaths": ${paths}`}\n}\n`
}

/** `show ip bgp neighbors A advertised-routes json` in FRR's shape, in pieces: one JSON document in all. */
export async function* showAdvertisedJson(source: ShowSource, scope: TableScope): AsyncGenerator<string> {
  const [status, config] = await Promise.all([source.status(), source.config()])
  const { defaultLocalPref } = config.bgp.decision
  const head = {
    bgpTableVersion: tableVersion(status, scope.family),
    bgpLocalRouterId: status.routerId,
    defaultLocPrf: defaultLocalPref,
    localAS: status.localAs,
    bgpStatusCodes: { valid: '*', best: '>', multipath: 'm', internal: 'i', ribFailure: 'r', stale: 'S' },
    bgpOriginCodes: { igp: 'i', egp: 'e', incomplete: '?' },
  }
  yield open(head, 'advertisedRoutes')
  const shown = sentAs(scope, status)
  const count = yield* entries(source, scope, (sent) => {
    const route = shown(sent)
    const [first] = route.paths
    const more = route.paths.length > 1 || first.pathId !== undefined
    return {
      ...advertisedJson(route, first, defaultLocalPref),
      // FRR's form has room for one path: with ADD-PATH all of them stand beside it.
      ...(more ? { paths: route.paths.map((path) => advertisedJson(route, path, defaultLocalPref)) } : {}),
    }
  })
  yield `,\n "totalPrefixCounter": ${count},\n "filteredPrefixCounter": 0\n}\n`
}

function advertisedJson(route: RouteView, path: PathView, defaultLocalPref: number): object {
  const [address, length] = route.prefix.split('/')
  return {
    addrPrefix: address,
    prefixLen: Number(length),
    network: route.prefix,
    ...(path.pathId === undefined ? {} : { addPathTxId: path.pathId }),
    nextHop: path.nextHop,
    ...(path.med === undefined ? {} : { metric: path.med }),
    ...localPrefJson(path, defaultLocalPref),
    weight: path.weight,
    path: path.asPath,
    bgpOriginCode: originCode(path.origin),
  }
}
