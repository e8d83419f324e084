import type { Position } from '../diagnostic.js'

/** A value that a line has set. */
export interface Cell {
  readonly path: readonly string[]
  readonly value: unknown
  readonly position: Position
}

const keyOf = (path: readonly string[]) => path.join('\0')

/**
 * What the lines of a switch's text have set so far, in the order of first mention. A path names the thing:
 * ['neighbors', '192.168.95.210', 'timers', 'hold'].
 */
export class Cells {
  readonly #cells = new Map<string, Cell>()

  /** @returns the cell that was there before */
  set(path: readonly string[], value: unknown, position: Position): Cell | undefined {
    const key = keyOf(path)
    const before = this.#cells.get(key)
    this.#cells.set(key, { path, value, position })
    return before
  }

  get(path: readonly string[]): Cell | undefined {
    return this.#cells.get(keyOf(path))
  }

  /** Forgets a path and everything below it. @returns true when there was something */
  clear(path: readonly string[]): boolean {
    let found = false
    for (const cell of this.below(path)) found = this.#cells.delete(keyOf(cell.path)) || found
    return found
  }

  /** The cells at and below a path, in the order of first mention. */
  below(path: readonly string[]): readonly Cell[] {
    return [...this.#cells.values()].filter((cell) => path.every((step, i) => cell.path[i] === step))
  }

  /** The distinct steps that follow a path, in the order of first mention. */
  children(path: readonly string[]): readonly string[] {
    return [...new Set(this.below(path).flatMap((cell) => cell.path[path.length] ?? []))]
  }
}
