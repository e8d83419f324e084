import type { Config } from '../config/model/model.js'
import type { FibRouteView, FibStatusView, Gateway } from '../ports/fib.js'
import type {
  NeighborView,
  RoutePage,
  RouteQuery,
  RouteView,
  SpeakerEvent,
  SpeakerView,
} from '../speaker/model/views.js'

/** `/api/v1/status`: the speaker, and the process around it. */
export interface StatusView extends SpeakerView {
  readonly version: string
  /** Node.js version without the 'v'. */
  readonly node: string
  readonly pid: number
  /** The daemon's wall clock, ISO 8601. */
  readonly now: string
  /** Seconds since the process started. */
  readonly uptime: number
  readonly configuration: {
    /** Absolute path; absent when the daemon runs without a file (demo). */
    readonly file?: string
    /** When the running configuration was loaded, ISO 8601. */
    readonly loaded: string
  }
  readonly fib: FibStatusView
  readonly ready: boolean
  /** Why it is not ready, for people; empty when it is. */
  readonly waiting: readonly string[]
  /** Resident set size, octets. */
  readonly memory: number
}

/** `/api/v1/fib`: the kernel's side. */
export interface FibView extends FibStatusView {
  /** Every refused prefix with its reason. */
  readonly routes: readonly FibRouteView[]
}

/** `/api/v1/config`: the effective configuration, secrets removed. */
export type ConfigView = Config

/** A route with the interfaces of its gateways, where the kernel's side knows them. */
export interface RouteDetail extends RouteView {
  readonly gateways?: readonly Gateway[]
}

/** A page of routes as the API gives it. */
export interface RouteDetailPage extends Omit<RoutePage, 'routes'> {
  readonly routes: readonly RouteDetail[]
}

/**
 * Where the views get their read models from: the API over a socket, or the daemon itself. Every method
 * rejects with an Error of one sentence when the daemon can't be asked.
 */
export interface ShowSource {
  status(): Promise<StatusView>
  neighbors(): Promise<readonly NeighborView[]>
  /** @returns undefined when there is no such neighbor */
  neighbor(address: string): Promise<NeighborView | undefined>
  routes(query: RouteQuery): Promise<RouteDetailPage>
  /** Adj-RIB-Out of a neighbor. */
  advertised(address: string, query: RouteQuery): Promise<RouteDetailPage>
  fib(): Promise<FibView>
  config(): Promise<ConfigView>
  /** The last events, oldest first. */
  events(): Promise<readonly SpeakerEvent[]>
}

/** Prefixes asked for at a time while a whole table is printed. */
const PAGE = 1000

/**
 * All routes that match, page by page, so that a full table never stands in memory as a whole.
 * @param neighbor with `side: 'out'` the neighbor whose Adj-RIB-Out is read
 */
export async function* pages(
  source: ShowSource,
  query: Omit<RouteQuery, 'limit' | 'cursor'>,
  out?: string,
): AsyncGenerator<RouteDetailPage> {
  let cursor: string | undefined
  do {
    const asked: RouteQuery = { ...query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }
    const page = out === undefined ? await source.routes(asked) : await source.advertised(out, asked)
    yield page
    cursor = page.next
  } while (cursor !== undefined)
}
