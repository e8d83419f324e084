import type { JsonForm, ShowRequest, Target } from '../command/request.js'
import type { Family } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteDetail } from '../views/model/route.js'
import { noSuchNeighbor, notInTable, showDetail } from './detail.js'
import { detailJson } from './detail-json.js'
import { showEvents } from './events.js'
import { familyKey, familyTitle } from './family.js'
import { showFib } from './fib.js'
import { prefixFindings } from './finding-lines.js'
import { type NeighborContext, showNeighbor } from './neighbors.js'
import { neighborJson } from './neighbors-json.js'
import { noNeighbors, otherFamily, otherTable } from './nothing.js'
import { routeLines, routesHead, showRoute } from './route.js'
import { routeJson } from './route-json.js'
import { pages, type ShowSource } from './source.js'
import { membersOf, showAllSummaries, showSummary } from './summary.js'
import { failedJson, showFailed } from './summary-failed.js'
import { summariesJson, summaryJson } from './summary-json.js'
import { showTable, type TableScope } from './table.js'
import { showAdvertisedJson, showTableJson } from './table-json.js'
import type { TableForm } from './table-row.js'
import { jsonText } from './text.js'
import { showVersion, versionJson } from './version.js'

/** How to print. */
export interface RenderOptions {
  readonly json: boolean
  readonly dialect: TableForm
}

/** Thrown when what was asked for is not there; the message is the switch's line, '% …' with its line break. */
export class NotThere extends Error {
  /** Keys that FRR's JSON has in this case. */
  readonly keys: Readonly<Record<string, unknown>>

  constructor(message: string, keys: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.keys = keys
  }
}

/** What an error is in JSON: the line without its sign, beside FRR's own keys. */
export function errorJson(line: string, keys: Readonly<Record<string, unknown>> = {}): string {
  return json({ ...keys, error: line.trimEnd().replace(/^% /, '') })
}

type Chunks = AsyncGenerator<string>

const json = (value: unknown) => `${jsonText(value, 2)}\n`

/** The daemon's clock counts: ages are right even when the reader's clock is not. */
const nowOf = (status: { readonly now: string }) => Date.parse(status.now)

async function route(source: ShowSource, family: Family, target: Target): Promise<RouteDetail> {
  const page = await source.routes({ family, ...target, limit: 1 })
  const found = page.routes[0]
  if (found === undefined) throw new NotThere(notInTable('prefix' in target ? target.prefix : target.longest))
  return found
}

async function summary(
  source: ShowSource,
  families: readonly Family[],
  form: JsonForm,
  asJson: boolean,
  failed = false,
): Promise<string> {
  const [status, neighbors, config, findings] = await Promise.all([
    source.status(),
    source.neighbors(),
    source.config(),
    source.findings(),
  ])
  const now = nowOf(status)
  if (failed) {
    if (asJson) return json(failedJson(status, neighbors, findings, families, now))
    return families.map((family) => showFailed(status, neighbors, findings, family, now)).join('\n')
  }
  if (asJson) {
    if (form === 'keyed') {
      const wanted = families.filter(
        (family) => families.length === 1 || membersOf(neighbors, family).length > 0,
      )
      return json(summariesJson(status, config, neighbors, wanted, now))
    }
    const bare =
      families.length === 1
        ? summaryJson(status, config, neighbors, families[0], now)
        : summariesJson(status, config, neighbors, families, now)
    return json(form === 'vrf' ? { default: bare } : bare)
  }
  const nobody = families.every((family) => membersOf(neighbors, family).length === 0)
    ? noNeighbors(families, 'summary', neighbors, config, status)
    : ''
  if (families.length > 1 && nobody === '') return showAllSummaries(status, neighbors, now, findings)
  return `${showSummary(status, neighbors, families[0], now, findings)}${nobody}`
}

async function* table(
  source: ShowSource,
  families: readonly Family[],
  { json: asJson, dialect }: RenderOptions,
): Chunks {
  if (asJson) {
    yield* keyed(families, (family) => showTableJson(source, { family }))
    return
  }
  for (const family of families) {
    if (families.length > 1) yield `For address family: ${familyTitle(family)}\n\n`
    const count = yield* showTable(source, { family }, dialect)
    if (family !== families.at(-1)) yield '\n'
    if (count === 0 && families.length === 1) {
      yield otherTable(await source.status(), family, (afi) => `show bgp ${afi}`)
    }
  }
}

/** Routes of one neighbor, of each family that was asked for and that it has. */
async function* neighborTable(
  source: ShowSource,
  { address, table: name, families }: Extract<ShowRequest, { view: 'neighbor-routes' }>,
  { json: asJson, dialect }: RenderOptions,
): Chunks {
  const neighbor = await existing(source, address)
  const has = families.filter((family) => neighbor.families.some((entry) => entry.family === family))
  // Of one that is asked for alone there is a table, if an empty one.
  const shown = has.length === 0 ? families.slice(0, 1) : has
  const side = name === 'advertised-routes' ? 'out' : 'in'
  const stage = name === 'received-routes' ? 'received' : 'accepted'
  const scopeOf = (family: Family): TableScope => ({ family, neighbor, side, stage })
  if (asJson) {
    const one = side === 'out' ? showAdvertisedJson : showTableJson
    yield* keyed(shown, (family) => one(source, scopeOf(family)))
    return
  }
  for (const family of shown) {
    if (shown.length > 1) yield `For address family: ${familyTitle(family)}\n\n`
    yield* showTable(source, scopeOf(family), dialect)
    if (family !== shown.at(-1)) yield '\n'
  }
  if (has.length === 0) yield otherFamily(neighbor, shown[0], name)
}

/** One document of a single family, or one that has those of several by FRR's keys. */
async function* keyed(families: readonly Family[], one: (family: Family) => Chunks): Chunks {
  if (families.length === 1) {
    yield* one(families[0])
    return
  }
  let before = '{\n'
  for (const family of families) {
    yield `${before}"${familyKey(family)}": `
    yield* one(family)
    before = ','
  }
  yield '}\n'
}

async function neighborContext(source: ShowSource): Promise<NeighborContext> {
  const [status, config, findings] = await Promise.all([source.status(), source.config(), source.findings()])
  return { status, config, findings, now: nowOf(status) }
}

async function existing(source: ShowSource, address: string): Promise<NeighborView> {
  const neighbor = await source.neighbor(address)
  if (neighbor === undefined) {
    throw new NotThere(noSuchNeighbor(address, await source.neighbors()), { bgpNoSuchNeighbor: true })
  }
  return neighbor
}

async function* neighbors(
  source: ShowSource,
  families: readonly Family[],
  address: string | undefined,
  asJson: boolean,
): Chunks {
  const context = await neighborContext(source)
  const list =
    address === undefined
      ? (await source.neighbors()).filter((neighbor) =>
          neighbor.families.some((entry) => families.includes(entry.family)),
        )
      : [await existing(source, address)]
  if (asJson) {
    yield json(Object.fromEntries(list.map((neighbor) => [neighbor.key, neighborJson(neighbor, context)])))
    return
  }
  if (list.length === 0) {
    yield noNeighbors(families, 'neighbors', await source.neighbors(), context.config, context.status)
  }
  for (const [index, neighbor] of list.entries()) {
    yield `${index === 0 ? '' : '\n'}${showNeighbor(neighbor, context)}`
  }
}

async function* routes(source: ShowSource, family: Family, asJson: boolean): Chunks {
  const status = await source.status()
  const now = nowOf(status)
  let count = 0
  if (!asJson) yield routesHead(status.fib.enabled)
  for await (const page of pages(source, { family })) {
    let text = ''
    for (const entry of page.routes) {
      if (!asJson) {
        const lines = routeLines(entry, now)
        if (lines !== '') count++
        text += lines
        continue
      }
      const value = routeJson(entry, now)
      if (value.length === 0) continue
      text += `${count++ === 0 ? '{\n' : ',\n'}  ${JSON.stringify(entry.prefix)}: ${jsonText(value)}`
    }
    yield text
  }
  if (asJson) yield count === 0 ? '{}\n' : '\n}\n'
  else if (count === 0) {
    yield otherTable(status, family, (afi) => `show ${afi === 'ipv6' ? 'ipv6' : 'ip'} route`)
  }
}

/**
 * Answers a request in pieces, so that a full table is never held as a whole.
 * @throws NotThere when the route or neighbor does not exist; Error when the source can't be asked
 */
export async function* render(request: ShowRequest, source: ShowSource, options: RenderOptions): Chunks {
  const asJson = options.json
  switch (request.view) {
    case 'summary':
      yield await summary(source, request.families, request.form, asJson, request.failed)
      return
    case 'table':
      yield* table(source, request.families, options)
      return
    case 'prefix': {
      const found = await route(source, request.family, request.target)
      if (asJson) {
        const { bgp } = await source.config()
        yield json(detailJson(found, bgp.decision.defaultLocalPref))
      } else {
        const [known, explained] = await Promise.all([source.neighbors(), source.explain(found.prefix)])
        yield showDetail(found, prefixFindings(found, known, explained?.findings ?? []))
      }
      return
    }
    case 'neighbors':
      yield* neighbors(source, request.families, request.address, asJson)
      return
    case 'neighbor-routes':
      yield* neighborTable(source, request, options)
      return
    case 'routes':
      yield* routes(source, request.family, asJson)
      return
    case 'route': {
      const [status, found] = await Promise.all([
        source.status(),
        route(source, request.family, request.target),
      ])
      const now = nowOf(status)
      if (asJson) yield json({ [found.prefix]: routeJson(found, now) })
      else yield showRoute(found, status.localAs, now)
      return
    }
    case 'version': {
      const status = await source.status()
      yield asJson ? json(versionJson(status)) : showVersion(status)
      return
    }
    case 'fib': {
      const fib = await source.fib()
      yield asJson ? json(fib) : showFib(fib)
      return
    }
    case 'running-config': {
      const config = await source.config()
      const { runningConfig, runningConfigJson } = await import('./running-config.js')
      yield asJson ? json(runningConfigJson(config)) : runningConfig(config)
      return
    }
    case 'events': {
      const events = await source.events()
      yield asJson ? json(events) : showEvents(events)
      return
    }
  }
}
