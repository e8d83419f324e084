/** Where `show` gets its read models from, and how it reads a whole table. */

import type { Config } from '../config/model/model.js'
import type { Explanation } from '../diagnose/model/explanation.js'
import type { Finding } from '../diagnose/model/finding.js'
import type { SpeakerEvent } from '../views/model/event.js'
import type { FibView } from '../views/model/kernel.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { RouteDetailPage, RouteQuery } from '../views/model/route.js'
import type { StatusView } from '../views/model/status.js'

/**
 * Where the views get their read models from: the API over a socket, or the daemon itself. Every method
 * rejects with an Error of one sentence when the daemon can't be asked.
 */
export interface ShowSource {
  status(): Promise<StatusView>
  neighbors(): Promise<readonly NeighborView[]>
  /**
   * @param name address, or 'ADDRESS#AS'
   * @returns undefined when there is no such neighbor
   */
  neighbor(name: string): Promise<NeighborView | undefined>
  routes(query: RouteQuery): Promise<RouteDetailPage>
  /** Adj-RIB-Out of a neighbor. @param name as of `neighbor` */
  advertised(name: string, query: RouteQuery): Promise<RouteDetailPage>
  fib(): Promise<FibView>
  config(): Promise<Config>
  /** What is not as it should be, the worst first. */
  findings(): Promise<readonly Finding[]>
  /**
   * Why a neighbor, a prefix, a next hop or this machine is as it is.
   * @param subject as a person names it
   * @returns undefined when there is nothing of that name
   */
  explain(subject: string): Promise<Explanation | undefined>
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
