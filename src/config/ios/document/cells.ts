/** What the lines of a switch's text have set so far, before a document is made of it. */

import type { Position } from '../../text/diagnostic.js'

/** A value that a line has set. */
export interface Cell {
  readonly path: readonly string[]
  readonly value: unknown
  readonly position: Position
}

interface Node {
  cell?: Cell
  readonly children: Map<string, Node>
}

/**
 * What the lines of a switch's text have set so far, as a tree in the order of first mention. A path names the
 * thing: ['neighbors', '192.168.95.210', 'timers', 'hold'].
 */
export class Cells {
  readonly #root: Node = { children: new Map() }

  /** @returns the cell that was there before */
  set(path: readonly string[], value: unknown, position: Position): Cell | undefined {
    let node = this.#root
    for (const step of path) {
      let child = node.children.get(step)
      if (child === undefined) {
        child = { children: new Map() }
        node.children.set(step, child)
      }
      node = child
    }
    const before = node.cell
    node.cell = { path, value, position }
    return before
  }

  get(path: readonly string[]): Cell | undefined {
    return this.#node(path)?.cell
  }

  /** Forgets a path and everything below it. */
  clear(path: readonly string[]): void {
    this.#node(path.slice(0, -1))?.children.delete(path[path.length - 1])
  }

  /** The cells at and below a path, in the order of first mention. */
  below(path: readonly string[]): readonly Cell[] {
    const found: Cell[] = []
    const walk = (node: Node): void => {
      if (node.cell !== undefined) found.push(node.cell)
      for (const child of node.children.values()) walk(child)
    }
    const top = this.#node(path)
    if (top !== undefined) walk(top)
    return found
  }

  /** The distinct steps that follow a path, in the order of first mention. */
  children(path: readonly string[]): readonly string[] {
    return [...(this.#node(path)?.children ?? new Map<string, Node>()).entries()].flatMap(([step, node]) =>
      node.cell !== undefined || node.children.size > 0 ? [step] : [],
    )
  }

  #node(path: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root
    for (const step of path) node = node?.children.get(step)
    return node
  }
}
