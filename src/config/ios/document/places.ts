/** Where in the cells the settings of a neighbor or peer group stand. */

import type { Context } from './context.js'
import type { Args } from './grammar.js'

/** Path of one of a neighbor's or peer group's settings. */
export const peer =
  (...key: readonly string[]) =>
  (args: Args, context: Context): readonly string[] => [...context.peer(args), ...key]

/** Path of one of a neighbor's or peer group's settings in the current address family. */
export const family =
  (...key: readonly string[]) =>
  (args: Args, context: Context): readonly string[] => [...context.peerFamily(args), ...key]
