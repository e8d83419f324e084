/** What several lines of a switch's text say of a neighbor together: its policies, and the address it is reached from. */

import { didYouMean } from '../../../grammar/nearest.js'
import type { Family } from '../../../ip/family.js'
import type { Settings } from '../../document/schema.js'
import type { Environment } from '../../model/environment.js'
import type { Path, Report } from '../../text/diagnostic.js'
import { readAddress } from '../../text/values.js'
import type { Cell, Cells } from './cells.js'
import type { DraftEntry, Placed } from './placed.js'

/** What a document is made with. */
export interface CombinedReading {
  readonly cells: Cells
  readonly placed: Placed
  readonly report: Report
  readonly environment: Environment
}

/** `update-source` names an address or an interface, whose first address of the right family is meant. */
export function sourceOf(
  from: readonly string[],
  group: string | undefined,
  own: Family,
  to: Path,
  { cells, placed, report, environment }: CombinedReading,
): Pick<Settings, 'localAddress'> {
  const cell: Cell | undefined =
    (from.length > 0 ? cells.get([...from, 'updateSource']) : undefined) ??
    (group === undefined ? undefined : cells.get(['groups', group, 'updateSource']))
  if (cell === undefined) return {}
  placed.place([...to, 'localAddress'], cell.position)
  const source = cell.value as string
  if ('value' in readAddress(source)) return { localAddress: source }
  const addresses = environment.interfaces()
  const own4 = own === 'ipv4-unicast'
  const found = Object.hasOwn(addresses, source)
    ? addresses[source].find((one) => one.includes(':') !== own4 && !/^fe[89ab]/i.test(one))
    : undefined
  if (found !== undefined) return { localAddress: found }
  const problem = Object.hasOwn(addresses, source)
    ? `interface ${source} has no ${own4 ? 'IPv4' : 'IPv6'} address`
    : `there is no interface ${source} on this machine`
  const hint = didYouMean(source, Object.keys(addresses)) ?? 'an interface of Linux, or an own address'
  report.add('error', cell.position, '', `% Wrong parameter: ${problem}`, hint)
  return {}
}

/**
 * What the lines about prefix lists, access lists, AS path lists and route maps say together. A neighbor's
 * line takes the place of its group's of the same kind only.
 */
export function policiesOf(
  values: DraftEntry,
  to: Path,
  group: string | undefined,
  family: Family,
  { cells, placed, report }: CombinedReading,
): DraftEntry {
  const done: DraftEntry = { ...values }
  for (const direction of ['import', 'export']) {
    const keys = ['', 'Map', 'Paths', 'Access'].map((key) => `${direction}${key}`)
    const own = keys.filter((key) => values[key] !== undefined)
    for (const key of keys) delete done[key]
    if (own.length === 0) continue
    const [list, map, paths, access] = keys.map(
      (key) =>
        (values[key] ??
          (group === undefined ? undefined : cells.get(['groups', group, 'families', family, key])?.value)) as
          | string
          | undefined,
    )
    const position = placed.locate([...to, own[0]])
    placed.place([...to, direction], position)
    if (list !== undefined && access !== undefined) {
      const hint = 'keep one of the two'
      report.add('error', position, '', '% Invalid input: prefix-list and distribute-list together', hint)
    }
    const prefixList = list ?? access
    const clash = prefixList !== undefined && cells.children(['routeMaps']).includes(prefixList)
    done[direction] =
      prefixList !== undefined && map === undefined && paths === undefined && !clash
        ? prefixList
        : {
            ...(prefixList === undefined ? {} : { prefixList }),
            ...(paths === undefined ? {} : { asPathList: paths }),
            ...(map === undefined ? {} : { routeMap: map }),
          }
  }
  return done
}
