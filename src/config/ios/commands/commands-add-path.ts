/** The commands of ADD-PATH (RFC 7911), in the words of IOS and of FRR. */

import type { Context } from '../document/context.js'
import type { Args, Command } from '../document/grammar.js'
import { family } from '../document/places.js'
import { setting, withoutIt } from '../document/rows.js'

const FAMILY = ['router', 'family'] as const

/** Path of what the lines say about ADD-PATH with a neighbor in the current family; add-path.ts reads it. */
const peer = (key: string) => family('addPath', key)

/** The same for every neighbor of the family. */
const all = (key: string) => (_: Args, context: Context) => ['addPath', context.family, key]

/** IOS's words for a choice of paths; `backup` is a second one beside the best. */
function selection(args: Args): unknown {
  if (args.has('all')) return 'all'
  if (args.has('group-best')) return 'best-per-as'
  return { best: args.has('paths') ? args.number('paths') : 2 }
}

/** Sets, or takes away, both directions at once: each line of IOS says it all. */
function directions(at: typeof peer): Pick<Command, 'run' | 'no'> {
  return {
    run(args, context) {
      for (const key of ['send', 'receive']) context.set(at(key)(args, context), args.has(key))
    },
    no(args, context) {
      for (const key of ['send', 'receive']) context.clear(at(key)(args, context))
    },
  }
}

/** Commands of ADD-PATH (RFC 7911), in IOS's words and in FRR's. */
export const ADD_PATH_COMMANDS: readonly Command[] = [
  {
    syntax: 'bgp additional-paths {send [receive]|receive}',
    modes: FAMILY,
    help: 'announce ADD-PATH (RFC 7911) to every neighbor of the family; which paths: advertise additional-paths',
    support: 'yes',
    ...directions(all),
  },
  setting(
    'bgp additional-paths select {all|backup|group-best [all]|best <paths:1-255> [group-best] [all]}',
    FAMILY,
    'paths that `advertise additional-paths` may choose from; default all',
    all('select'),
    selection,
  ),
  withoutIt(
    'bgp additional-paths install',
    FAMILY,
    'a backup path in the kernel',
    'only paths of equal cost are installed (maximum-paths)',
  ),
  {
    syntax: 'neighbor <peer:peer> additional-paths {send [receive]|receive|disable}',
    modes: FAMILY,
    help: 'announce ADD-PATH (RFC 7911): several paths of a prefix are sent, taken, or neither',
    support: 'yes',
    ...directions(peer),
  },
  setting(
    'neighbor <peer:peer> advertise additional-paths {all|group-best [all]|best <paths:1-255> [group-best] [all]}',
    FAMILY,
    'with additional-paths send: all paths, the best of each neighboring AS, or so many of the best; default best 1',
    peer('advertise'),
    selection,
  ),
  setting(
    'neighbor <peer:peer> addpath-tx-all-paths',
    FAMILY,
    'announce ADD-PATH and send all paths (FRR)',
    peer('transmit'),
    () => 'all',
  ),
  setting(
    'neighbor <peer:peer> addpath-tx-bestpath-per-AS',
    FAMILY,
    'announce ADD-PATH and send the best path of each neighboring AS (FRR)',
    peer('transmit'),
    () => 'best-per-as',
  ),
  setting(
    'neighbor <peer:peer> addpath-tx-best-selected <paths:1-255>',
    FAMILY,
    'announce ADD-PATH and send so many of the best paths (FRR)',
    peer('transmit'),
    (args) => ({ best: args.number('paths') }),
  ),
  setting(
    'neighbor <peer:peer> disable-addpath-rx',
    FAMILY,
    'take one path of a prefix only (FRR); that is the default',
    peer('receive'),
    () => false,
  ),
]
