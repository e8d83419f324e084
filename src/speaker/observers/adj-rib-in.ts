/**
 * Adj-RIB-In as values: every path of a prefix in which any path may have changed, compared with what observers
 * know of it. What they know is remembered by prefix: a path that is gone has no row any more, and its row may be another's.
 */

import type { Family } from '../../ip/family.js'
import type { PathChange, PathState } from '../../ports/observer.js'
import type { ChangeBatch } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'
import type { TableKind } from './table-watch.js'
import type { RouteValues } from './values.js'

/** With more paths of a prefix they are found by a map. */
const FEW = 8

/** A path that observers know. */
interface Told {
  readonly index: number
  readonly pathId: number
  state: PathState
  /** The look at its prefix in which it was seen last. */
  seen: number
}

/** Paths (PathChange), as described at the head of this file. */
export class AdjRibIn implements TableKind<PathChange> {
  readonly #values: RouteValues
  readonly #told = new Map<Family, (Told[] | undefined)[]>()
  /** Counts looks at prefixes. */
  #look = 0

  constructor(values: RouteValues) {
    this.#values = values
  }

  follow(rib: Rib, batch: (batch: ChangeBatch) => void): () => void {
    return rib.subscribePaths(batch)
  }

  changes(rib: Rib, { prefixes, count }: ChangeBatch): PathChange[] {
    const changes: PathChange[] = []
    for (let i = 0; i < count; i++) this.#compare(rib, prefixes[i], changes)
    return changes
  }

  present(rib: Rib, prefix: number, into: PathChange[]): void {
    const known = this.#of(rib)[prefix]
    if (known === undefined) this.#compare(rib, prefix, into)
    else {
      const text = rib.prefixes.text(prefix)
      for (const { state } of known) into.push(changeOf(text, state))
    }
  }

  forget(): void {
    this.#told.clear()
  }

  #compare(rib: Rib, prefix: number, into: PathChange[]): void {
    const all = this.#of(rib)
    const told = all[prefix] ?? []
    const find =
      told.length > FEW ? byMap(told) : (index: number, pathId: number) => search(told, index, pathId)
    const look = ++this.#look
    const known = told.length
    let text = ''
    for (let path = rib.first(prefix); path !== 0; path = rib.next(path)) {
      const index = rib.sourceOf(path)
      const pathId = rib.pathIdOf(path)
      const former = find(index, pathId)
      if (former !== undefined) {
        former.seen = look
        if (this.#values.matches(former.state, rib, path)) continue
      }
      const state = this.#values.path(rib, path)
      text ||= rib.prefixes.text(prefix)
      // Indexes of sources are given again: the former neighbor's path went in the same turn.
      if (former !== undefined && former.state.source.neighbor !== state.source.neighbor)
        into.push(goneOf(text, former.state))
      if (former === undefined) told.push({ index, pathId, state, seen: look })
      else former.state = state
      into.push(changeOf(text, state))
    }
    let left = 0
    for (let i = 0; i < told.length; i++) {
      const one = told[i]
      if (i < known && one.seen !== look) {
        text ||= rib.prefixes.text(prefix)
        into.push(goneOf(text, one.state))
      } else told[left++] = one
    }
    told.length = left
    all[prefix] = left === 0 ? undefined : told
  }

  #of({ family }: Rib): (Told[] | undefined)[] {
    let told = this.#told.get(family)
    if (told === undefined) {
      told = []
      this.#told.set(family, told)
    }
    return told
  }
}

function changeOf(prefix: string, path: PathState): PathChange {
  return { prefix, source: path.source, pathId: path.pathId, path }
}

function goneOf(prefix: string, { source, pathId }: PathState): PathChange {
  return { prefix, source, pathId, path: undefined }
}

function search(told: readonly Told[], index: number, pathId: number): Told | undefined {
  for (const one of told) if (one.index === index && one.pathId === pathId) return one
  return undefined
}

function byMap(told: readonly Told[]): (index: number, pathId: number) => Told | undefined {
  const map = new Map(told.map((one) => [one.index * 2 ** 32 + one.pathId, one]))
  return (index, pathId) => map.get(index * 2 ** 32 + pathId)
}
