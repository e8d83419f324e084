import type { GatewayState } from './desired.js'
import type { NextHopGroup, NextHopObject } from './kernel-objects.js'
import type { Route } from './routes.js'

/** A line about an object or a group. */
export type NextHopOp =
  | {
      readonly kind: 'object' | 'reroute'
      readonly object: NextHopObject
      readonly gateway: GatewayState
      seq: number
    }
  | { readonly kind: 'group' | 'regroup'; readonly group: NextHopGroup; seq: number }
  | { readonly kind: 'remove'; readonly id: number; seq: number }

/** A line about a route; `group` is the one that it refers to. */
export interface RouteOp {
  readonly kind: 'add' | 'replace' | 'delete'
  readonly route: Route
  readonly group: NextHopGroup
  /** Refusals.hopes when it was written. */
  readonly hopes: number
  seq: number
}

/** A line in flight. `seq` is set when it is submitted, ascending by one in written order. */
export type Op = NextHopOp | RouteOp
