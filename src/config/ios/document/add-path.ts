/** What the lines about ADD-PATH say together, and back: a family's ADD-PATH in a switch's words. */

import type { FamilyOptions } from '../../../speaker/model/options.js'
import type { FamilySettings } from '../../document/schema.js'
import type { Position } from '../../text/diagnostic.js'
import type { Cell, Cells } from './cells.js'

type AddPath = NonNullable<FamilySettings['addPath']>

/**
 * What the lines about ADD-PATH say together. FRR's `addpath-tx-…` names the paths at once; in IOS `send` is
 * one line, which paths another one, and without that it is the best path alone.
 * @param scopes where such lines have been kept, the most specific first: neighbor, group, family
 * @returns undefined when there is no such line
 */
export function readAddPath(
  cells: Cells,
  scopes: readonly (readonly string[])[],
): { readonly value: AddPath; readonly position: Position } | undefined {
  const first = (key: string): Cell | undefined => {
    for (const scope of scopes) {
      const cell = cells.get([...scope, key])
      if (cell !== undefined) return cell
    }
    return undefined
  }
  const [position] = scopes.flatMap((scope) => cells.below(scope).map((cell) => cell.position))
  if (position === undefined) return undefined
  const transmit = first('transmit')?.value as AddPath['send']
  const advertise = (first('advertise')?.value ?? { best: 1 }) as NonNullable<AddPath['send']>
  const select = first('select')?.value as AddPath['send']
  const send = transmit ?? (first('send')?.value === true ? narrower(advertise, select) : undefined)
  const receive = first('receive')?.value === true
  return { value: { receive, ...(send === undefined ? {} : { send }) }, position }
}

/** What `advertise` asks for among what `select` lets pass. */
function narrower(advertise: NonNullable<AddPath['send']>, select: AddPath['send']): AddPath['send'] {
  if (select === undefined || select === 'all') return advertise
  if (advertise === 'all') return select
  if (typeof advertise !== 'object' || typeof select !== 'object') return advertise
  return { best: Math.min(advertise.best, select.best) }
}

/** The words behind `neighbor A` that say a family's ADD-PATH: IOS's to receive, FRR's to send. */
export function addPathWords({ addPath }: FamilyOptions): readonly string[] {
  if (addPath === undefined) return []
  const { receive, send } = addPath
  const transmit =
    send === 'all'
      ? ['addpath-tx-all-paths']
      : send === 'best-per-as'
        ? ['addpath-tx-bestpath-per-AS']
        : send === undefined
          ? []
          : [`addpath-tx-best-selected ${send}`]
  return [...(receive ? ['additional-paths receive'] : []), ...transmit]
}
