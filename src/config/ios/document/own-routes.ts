/** Reads what the lines about own routes (`network`, `aggregate-address`, `redistribute`) have set. */

import { FAMILIES } from '../../../ip/family.js'
import type { Document } from '../../document/schema.js'
import type { AggregateEntry, NetworkEntry, RedistributeEntry } from '../../document/schema-announce.js'
import type { Path, Position, Report } from '../../text/diagnostic.js'
import type { Cells } from './cells.js'

type LongEntry<T> = Exclude<T, string>

/**
 * `announce` of a document, made of what the lines about own routes have set.
 * @param place remembers where a path of the document stands
 */
export function announceOf(
  cells: Cells,
  report: Report,
  place: (path: Path, position: Position) => void,
): Pick<Document, 'announce'> {
  const at = ['announce']
  const ifInTable = (cells.get([...at, 'importCheck'])?.value ?? true) as boolean
  const entries = <T>(section: 'networks' | 'aggregates', more: object) =>
    cells.children([...at, section]).map((prefix, i) => {
      const { value, position } = cells.get([...at, section, prefix])!
      place([...at, section, i], position)
      return { prefix, ...(value as object), ...more } as T
    })
  const networks = entries<LongEntry<NetworkEntry>>('networks', { ifInTable })
  const aggregates = entries<LongEntry<AggregateEntry>>('aggregates', {})
  const redistribute: LongEntry<RedistributeEntry>[] = []
  for (const family of FAMILIES) {
    const said = cells.get([...at, 'defaultRoute', family])
    const defaultRoute = said?.value === true
    const sources = cells.children([...at, 'redistribute', family])
    if (defaultRoute && sources.length === 0) {
      const message = '`default-information originate` has no effect: nothing is redistributed'
      report.add('warning', said.position, '', message, 'redistribute static; neighbor A default-originate')
    }
    for (const from of sources) {
      const { value, position } = cells.get([...at, 'redistribute', family, from])!
      place([...at, 'redistribute', redistribute.length], position)
      redistribute.push({
        from: from as LongEntry<RedistributeEntry>['from'],
        families: [family],
        ...(value as object),
        ...(defaultRoute ? { defaultRoute } : {}),
      })
    }
  }
  if (networks.length + aggregates.length + redistribute.length === 0) return {}
  return {
    announce: {
      ...(networks.length === 0 ? {} : { networks }),
      ...(redistribute.length === 0 ? {} : { redistribute }),
      ...(aggregates.length === 0 ? {} : { aggregates }),
    },
  }
}
