/** How pages of routes are made: of the table, of what a neighbor sent, of what a neighbor is sent. */

import { parseAddress } from '../ip/address.js'
import { type Prefix, parsePrefix } from '../ip/prefix.js'
import type { FibRouteView } from '../ports/fib.js'
import { gatewayText } from '../speaker/events/attribute-text.js'
import type { AdvertisedReads, TableReads } from '../speaker/model/reads.js'
import type { PathView, RoutePage, RouteQuery, RouteView } from './model/route.js'
import { attributeView, originatedView, type PathContext, pathView } from './path-view.js'

/** What route pages are made from. */
export interface RouteContext extends PathContext {
  /** Whether routes are given to a kernel at all. */
  readonly installs: boolean
  /** What the kernel has for a prefix. */
  installed(prefix: string): FibRouteView | undefined
  /** Wall time, milliseconds. */
  wall(): number
}

const EMPTY: RoutePage = { routes: [], total: 0 }
/** A source with fewer paths is sorted by itself; one with more is found along the table. */
const SORTED_SOURCE = 20_000
/** Ids taken from the table at a time. */
const CHUNK = 512

/**
 * A page of a table in ascending prefix order.
 * @param source only prefixes with a path of this source, and only its paths
 * @throws RangeError on a cursor that routePage did not make
 */
export function routePage(context: RouteContext, query: RouteQuery, source?: number): RoutePage {
  const { rib } = context
  if (query.prefix !== undefined || query.longest !== undefined) {
    const prefix = query.prefix !== undefined ? exactly(rib, query.prefix) : longest(rib, query.longest ?? '')
    const route = prefix < 0 ? undefined : routeView(context, prefix, source, query.stage)
    return route === undefined ? EMPTY : { routes: [route], total: 1 }
  }
  const after = parseCursor(rib, query.cursor)
  const own = source === undefined ? undefined : rib.source(source)
  const counted = query.stage === 'accepted' ? own?.accepted : own?.received
  const total = source === undefined ? rib.totals().prefixes : (counted ?? 0)
  const ids =
    source !== undefined && (own?.received ?? 0) < SORTED_SOURCE
      ? ofSource(rib, source, after)
      : ofTable(rib, after)
  return page(ids, (id) => routeView(context, id, source, query.stage), query, total)
}

/**
 * A page of what a neighbor is sent (Adj-RIB-Out), attributes as they leave.
 * @param advertised undefined for a neighbor that nothing is exported to
 * @throws RangeError on a cursor that advertisedPage did not make
 */
export function advertisedPage(
  context: RouteContext,
  query: RouteQuery,
  advertised: AdvertisedReads | undefined,
): RoutePage {
  const { rib } = context
  const after = parseCursor(rib, query.cursor)
  if (advertised === undefined) return EMPTY
  const view = (id: number) => advertisedView(context, id, advertised)
  if (query.prefix !== undefined || query.longest !== undefined) {
    const prefix = query.prefix !== undefined ? exactly(rib, query.prefix) : longest(rib, query.longest ?? '')
    const route = prefix < 0 ? undefined : view(prefix)
    return route === undefined ? EMPTY : { routes: [route], total: 1 }
  }
  return page(ofTable(rib, after), view, query, advertised.member.advertised)
}

function page(
  ids: Iterable<number>,
  view: (id: number) => RouteView | undefined,
  query: RouteQuery,
  total: number,
): RoutePage {
  const limit = Math.max(0, query.limit)
  const routes: RouteView[] = []
  for (const id of ids) {
    const route = view(id)
    if (route === undefined) continue
    if (routes.length === limit) {
      const next = routes.at(-1)?.prefix ?? query.cursor
      return next === undefined ? { routes, total } : { routes, total, next }
    }
    routes.push(route)
  }
  return { routes, total }
}

/** The read model of one prefix; undefined without a path (of that source). */
function routeView(
  context: RouteContext,
  prefix: number,
  source: number | undefined,
  stage: RouteQuery['stage'],
): RouteView | undefined {
  const { rib } = context
  if (rib.count(prefix) === 0) return undefined
  if (source !== undefined && rib.find(prefix, source) === 0 && !hasPathOf(rib, prefix, source))
    return undefined
  const paths = rib
    .explain(prefix)
    .filter(({ path }) => source === undefined || rib.sourceOf(path) === source)
    .filter(({ path }) => stage !== 'accepted' || rib.isAccepted(path))
    .map((explanation) => pathView(context, explanation, stage === 'received'))
  if (paths.length === 0) return undefined
  const text = rib.prefixes.text(prefix)
  const installed = context.installed(text)
  return {
    prefix: text,
    family: rib.family,
    version: rib.versionOf(prefix),
    ...(rib.isSuppressed(prefix) ? { suppressed: true } : {}),
    paths,
    nextHops: (rib.nextHopSet(prefix)?.gateways ?? []).map(gatewayText),
    fib: !context.installs
      ? { state: 'off' }
      : installed === undefined
        ? undefined
        : { state: installed.state, reason: installed.reason },
  }
}

function advertisedView(
  context: RouteContext,
  prefix: number,
  { adj, member }: AdvertisedReads,
): RouteView | undefined {
  const { rib } = context
  const sent = adj.advertisedPaths(member, prefix)
  if (sent.length === 0) return undefined
  const explanations = adj.isOriginated(prefix) ? [] : rib.explain(prefix)
  const paths = sent.flatMap(({ block, pathId }): PathView[] => {
    const attributes = adj.attributes(block)
    const identifier = adj.treatment.addPath === undefined ? {} : { pathId }
    if (adj.isOriginated(prefix))
      return [{ ...originatedView(context, attributes, context.wall()), ...identifier }]
    // A path's identifier is its number in the table (path-routes.ts).
    const origin = explanations.find(({ path, best }) => (pathId === 0 ? best : path === pathId))
    if (origin === undefined) return []
    const view = attributeView(attributes, context.defaultLocalPref)
    return [{ ...pathView(context, origin), pathId: undefined, ...view, ...identifier }]
  })
  if (paths.length === 0) return undefined
  paths.sort((a, b) => Number(b.best) - Number(a.best) || (a.pathId ?? 0) - (b.pathId ?? 0))
  return {
    prefix: rib.prefixes.text(prefix),
    family: rib.family,
    version: rib.versionOf(prefix),
    paths,
    nextHops: [...new Set(paths.map((path) => path.nextHop))],
  }
}

/** With ADD-PATH a source may have only paths with identifiers other than 0. */
function hasPathOf(rib: TableReads, prefix: number, source: number): boolean {
  for (let path = rib.first(prefix); path !== 0; path = rib.next(path)) {
    if (rib.sourceOf(path) === source) return true
  }
  return false
}

function exactly(rib: TableReads, text: string): number {
  const prefix = parsePrefix(text)
  if (prefix === undefined || prefix.family !== rib.family) return -1
  return rib.prefixes.find(prefix.bytes, 0, prefix.length)
}

/** The longest prefix with a path that covers an address. */
function longest(rib: TableReads, text: string): number {
  const address = parseAddress(text)
  if (address === undefined || address.family !== rib.family) return -1
  let id = rib.prefixes.longest(address.bytes)
  while (id >= 0 && rib.count(id) === 0) {
    const length = rib.prefixes.length(id)
    id = length === 0 ? -1 : rib.prefixes.longest(address.bytes, 0, length - 1)
  }
  return id
}

/** A cursor is the last prefix of the page before. */
function parseCursor(rib: TableReads, cursor: string | undefined): Prefix | undefined {
  if (cursor === undefined) return undefined
  const prefix = parsePrefix(cursor)
  if (prefix === undefined || prefix.hostBits || prefix.family !== rib.family) {
    throw new RangeError(`'${cursor}' is not a cursor of ${rib.family}`)
  }
  return prefix
}

function* ofTable(rib: TableReads, after: Prefix | undefined): Iterable<number> {
  let from = after
  for (;;) {
    const ids = rib.prefixes.page(CHUNK, from?.bytes, from?.length)
    yield* ids
    if (ids.length < CHUNK) return
    from = parsePrefix(rib.prefixes.text(ids[ids.length - 1]))
  }
}

function ofSource(rib: TableReads, source: number, after: Prefix | undefined): Iterable<number> {
  const ids = new Set<number>()
  rib.forEachOfSource(source, (path) => ids.add(rib.prefixOf(path)))
  const { prefixes } = rib
  const sorted = [...ids].sort((a, b) => prefixes.compare(a, b))
  if (after === undefined) return sorted
  return sorted.filter((id) => isAfter(parsePrefix(prefixes.text(id)) as Prefix, after))
}

function isAfter(prefix: Prefix, after: Prefix): boolean {
  for (let i = 0; i < prefix.bytes.length; i++) {
    if (prefix.bytes[i] !== after.bytes[i]) return prefix.bytes[i] > after.bytes[i]
  }
  return prefix.length > after.length
}
