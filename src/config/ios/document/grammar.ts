/** A row of the configuration grammar: what a line of the switch's text is called, means and does. */

import type { Args } from '../../../grammar/args.js'
import type { Row } from '../../../grammar/grammar.js'
import type { Context } from './context.js'

export type { Args }

/** Where a command stands: at the top, under `router bgp`, in an address family, in a route map. */
export type Mode = 'config' | 'router' | 'family' | 'route-map'

/**
 * One kind of command: a row of the grammar table, from which parsing, help, suggestions and docs come. The
 * kinds of its arguments are in arguments.ts: 'neighbor <peer:peer> timers <keepalive:0-65535> <hold:0-65535>'.
 */
export interface Command extends Row {
  readonly modes: readonly Mode[]
  /** What becomes of it: carried out, read without effect, or refused for now. */
  readonly support: 'yes' | 'no effect' | 'not yet'
  run(args: Args, context: Context): void
  /** Exists behind `no` alone, with every argument. */
  readonly onlyNo?: true
  /** The `no` form; absent where there is none. Arguments behind the last keyword may be missing. */
  no?(args: Args, context: Context): void
}
