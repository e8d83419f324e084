/** Takes what the lines have set into a document and remembers which line each of its paths stands on. */

import type { Document } from '../../document/schema.js'
import { type Path, type Position, pathText } from '../../text/diagnostic.js'
import type { Cells } from './cells.js'

/** Part of a document, as lines have said it. */
export type DraftEntry = Record<string, unknown>

/** Takes values out of the cells into a document, and remembers which line each of its paths stands on. */
export class Placed {
  readonly #cells: Cells
  readonly #positions = new Map<string, Position>()

  constructor(cells: Cells) {
    this.#cells = cells
  }

  /** Where a path of the document stands in the text; what no line said stands where `router bgp` does. */
  locate(path: Path): Position {
    for (let length = path.length; length > 0; length--) {
      const position = this.#positions.get(pathText(path.slice(0, length)))
      if (position !== undefined) return position
    }
    return this.#cells.get(['as'])?.position ?? { line: 1, column: 1 }
  }

  /** Remembers where a path stands; what is above it stands where its first part does. */
  place(path: Path, position: Position): void {
    this.#positions.set(pathText(path), position)
    for (let length = path.length - 1; length > 0; length--) {
      const above = pathText(path.slice(0, length))
      const before = this.#positions.get(above)
      if (before === undefined || before.line > position.line) this.#positions.set(above, position)
    }
  }

  /** What a line said of a key at the top, if any did. */
  plain(key: keyof Document): DraftEntry {
    const cell = this.#cells.get([key])
    if (cell === undefined) return {}
    this.place([key], cell.position)
    return { [key]: cell.value }
  }

  /** What lines said of a mapping at the top; nothing when none did. */
  section(key: 'bestPath' | 'longLivedGracefulRestart'): DraftEntry {
    const values = this.values([key], [key])
    return Object.keys(values).length === 0 ? {} : { [key]: values }
  }

  /** The cells right below a path as an object. */
  values(from: readonly string[], to: Path): DraftEntry {
    const values: DraftEntry = {}
    for (const key of this.#cells.children(from)) {
      const cell = this.#cells.get([...from, key])
      if (cell === undefined) continue
      values[key] = cell.value
      this.place([...to, key], cell.position)
    }
    return values
  }

  /** Named lists of lines, in the order of their numbers. */
  lists(section: 'prefixLists' | 'asPathLists' | 'communityLists'): DraftEntry {
    const names = this.#cells.children([section])
    if (names.length === 0) return {}
    const lists = names.map((name) => {
      const cells = [...this.#cells.below([section, name])]
      cells.sort((a, b) => Number(a.path[2]) - Number(b.path[2]))
      for (const [i, cell] of cells.entries()) this.place([section, name, i], cell.position)
      return [name, cells.map((cell) => cell.value)] as const
    })
    return { [section]: Object.fromEntries(lists) }
  }

  /** Route maps, their entries in the order of their numbers. */
  routeMaps(): DraftEntry {
    const names = this.#cells.children(['routeMaps'])
    if (names.length === 0) return {}
    const maps = names.map((name) => {
      const numbers = [...this.#cells.children(['routeMaps', name])].map(Number).sort((a, b) => a - b)
      const entries = numbers.map((seq, i) => {
        const from = ['routeMaps', name, String(seq)]
        const to: Path = ['routeMaps', name, i]
        const match = this.values([...from, 'match'], [...to, 'match'])
        const set = this.values([...from, 'set'], [...to, 'set'])
        return {
          seq,
          ...this.values(from, to),
          ...(Object.keys(match).length === 0 ? {} : { match }),
          ...(Object.keys(set).length === 0 ? {} : { set }),
        }
      })
      return [name, entries] as const
    })
    return { routeMaps: Object.fromEntries(maps) }
  }
}
