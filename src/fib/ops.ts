import type { GatewayState } from './desired.js'
import type { Group, NextHopObject } from './groups.js'
import type { Route } from './routes.js'

/** A line about an object or a group. */
export type NextHopOp =
  | { readonly kind: 'object' | 'reroute'; readonly object: NextHopObject; readonly gateway: GatewayState }
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'remove'; readonly id: number }

/** A line about a route; `group` is the one that it refers to. */
export interface RouteOp {
  readonly kind: 'add' | 'replace' | 'delete'
  readonly route: Route
  readonly group: Group
}

/** A line in flight. Sequence numbers ascend by one in written order. */
export interface Op {
  readonly seq: number
  readonly what: NextHopOp | RouteOp
}
