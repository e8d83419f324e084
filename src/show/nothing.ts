/** What a view says that has nothing to show: why, and where to look or what to do instead. */

import type { Config } from '../config/model/model.js'
import type { Family } from '../ip/family.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { StatusView } from '../views/model/status.js'
import { afiName, familyTitle } from './family.js'
import { plural } from './text.js'

/** How neighbors are added, in the words of the configuration's dialect. */
function howToAdd({ bgp, source }: Config, { configuration }: StatusView): string {
  const { length } = bgp.listenRanges
  if (length > 0) {
    const prefixes = bgp.listenRanges.slice(0, 4).map(({ prefix }) => prefix)
    const more = length > prefixes.length ? ', …' : ''
    return `nobody from ${prefixes.join(', ')}${more} has connected yet`
  }
  const where = configuration.file ?? 'the configuration file'
  const what =
    source.dialect === 'yaml'
      ? '`neighbors: [{ address: ADDRESS, remoteAs: AS }]`'
      : '`neighbor ADDRESS remote-as AS` under `router bgp`'
  return `none is configured: write ${what} into ${where}, then \`ecmpd reload\``
}

/**
 * Why a view of neighbors is empty.
 * @param families asked for, none of which has a neighbor
 * @param view the word behind `show bgp ipv6`: 'summary'
 * @returns one line with its end
 */
export function noNeighbors(
  families: readonly Family[],
  view: 'summary' | 'neighbors',
  neighbors: readonly NeighborView[],
  config: Config,
  status: StatusView,
): string {
  if (neighbors.length === 0) return `% No neighbors: ${howToAdd(config, status)}\n`
  const others = new Set(neighbors.flatMap((neighbor) => neighbor.families.map(({ family }) => family)))
  const where = [...others].map((family) => {
    const count = neighbors.filter((one) => one.families.some((entry) => entry.family === family)).length
    const has = `${plural(count, 'neighbor', 'neighbors')}: \`show bgp ${afiName(family)} ${view}\``
    return `${familyTitle(family)} has ${has}`
  })
  return `% No neighbors of ${families.map(familyTitle).join(', ')} (${where.join('; ')})\n`
}

/**
 * Where the routes are when a table of one family is empty: '' when the other is, too.
 * @param command what shows the other's, with its family's word: 'show bgp ipv6'
 */
export function otherTable(
  status: StatusView,
  family: Family,
  command: (afi: 'ipv4' | 'ipv6') => string,
): string {
  const others = status.tables.filter((table) => table.family !== family && table.prefixes > 0)
  return others
    .map(({ family: other, prefixes }) => {
      const has = plural(prefixes, 'prefix', 'prefixes')
      return `% No routes of ${familyTitle(family)} (${familyTitle(other)} has ${has}: \`${command(afiName(other))}\`)\n`
    })
    .join('')
}

/**
 * Why a neighbor's table of one family is empty: it does not have the family.
 * @param table the command's last word: 'routes'
 */
export function otherFamily({ key, families }: NeighborView, family: Family, table: string): string {
  const has = families
    .map(
      (entry) =>
        `${familyTitle(entry.family)}: \`show bgp ${afiName(entry.family)} neighbors ${key} ${table}\``,
    )
    .join('; ')
  return `% ${key} has no ${familyTitle(family)} (it has ${has || 'no family'})\n`
}
