/** What is judged: everything that is known of sessions, routes, kernel and machine, as read models. */

import type { Config } from '../../config/model/model.js'
import type { HostFacts } from '../../host/model.js'
import type { Family } from '../../ip/family.js'
import type { FibView } from '../../views/model/kernel.js'
import type { NeighborView } from '../../views/model/neighbor.js'
import type { RouteView } from '../../views/model/route.js'
import type { StatusView } from '../../views/model/status.js'

/** The facts of one moment. */
export interface Facts {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly status: StatusView
  readonly config: Config
  readonly neighbors: readonly NeighborView[]
  readonly fib: FibView
  /** This machine; undefined in the first moment of a daemon. */
  readonly host: HostFacts | undefined
  /**
   * The routes that are looked at one by one: all of a family with few of them, none of one with many (`FEW_ROUTES`),
   * and the one that is asked about.
   */
  readonly routes: readonly RouteView[]
  /** The route that is asked about, when a prefix or an address is explained and the table has one. */
  readonly asked?: RouteView
  /** Families whose routes are not in `routes` because they are too many. */
  readonly skipped: readonly Family[]
}

/** Up to as many prefixes of a family are looked at one by one, each time findings are asked for. */
export const FEW_ROUTES = 1000
