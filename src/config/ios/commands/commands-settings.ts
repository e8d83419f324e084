/** The commands of neighbor settings that are rows of settings/table.ts: one for each way to say one. */

import type { Rows, Words } from '../../settings/setting.js'
import { FAMILY_SETTINGS, NEIGHBOR_SETTINGS } from '../../settings/table.js'
import type { Command } from '../document/grammar.js'
import { family, peer } from '../document/places.js'

/** A setting of all families, or of one, is taken at router level, too, where it means IPv4 unicast. */
const FAMILY = ['router', 'family'] as const

const ROUTER = ['router'] as const

function commandOf(key: string, words: Words, ofFamily: boolean): Command {
  const { syntax, help, no } = words
  const path = ofFamily && !words.ofNeighbor ? family(key) : peer(key)
  return {
    syntax: `neighbor <peer:peer> ${syntax}`,
    modes: ofFamily || words.inFamily ? FAMILY : ROUTER,
    help,
    support: 'yes',
    run: (args, context) => context.set(path(args, context), words.value(args, context)),
    no(args, context) {
      const at = path(args, context)
      if (no === undefined || 'over' in no) context.clear(at)
      if (no !== undefined) context.set(at, 'over' in no ? no.over : no.value)
    },
  }
}

const commandsOf = <O>(rows: Rows<O>, ofFamily: boolean): readonly Command[] =>
  Object.entries(rows).flatMap(([key, { words = [] }]) => words.map((one) => commandOf(key, one, ofFamily)))

/** One command for each way to say a setting. */
export const SETTING_COMMANDS: readonly Command[] = [
  ...commandsOf(NEIGHBOR_SETTINGS, false),
  ...commandsOf(FAMILY_SETTINGS, true),
]
