/** The read models of the kernel's side. Plain JSON values. */

import type { FibRouteView, FibStatusView } from '../../ports/fib.js'

export type { FibRouteView, FibStatusView, Gateway } from '../../ports/fib.js'

/** `/api/v1/fib`: the kernel's side. */
export interface FibView extends FibStatusView {
  /** Every refused prefix with its reason. */
  readonly routes: readonly FibRouteView[]
}
