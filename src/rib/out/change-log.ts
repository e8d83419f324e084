/** Rows in the order of their last change; entries that a later one replaced are void and stay until compact(). */
import { growInt32 } from '../store/columns.js'

/** A log of rows in which each has one valid entry, its latest. */
export class ChangeLog {
  /** Rows; only the first `end` count. */
  entries = new Int32Array(16)
  end = 0

  /** True when append() would have to grow: the time to compact. */
  get full(): boolean {
    return this.end === this.entries.length
  }

  /** @returns the position of the new entry, from 1 */
  append(row: number): number {
    if (this.end === this.entries.length) this.entries = growInt32(this.entries, this.end * 2)
    this.entries[this.end++] = row
    return this.end
  }

  /**
   * Throws void entries out.
   * @param alive called with each entry's row and position
   * @param moved called with the row, old and new position of each entry that stays
   * @param marks numbers of entries that somebody has passed, ascending
   * @returns the same marks, counted in the entries that stay
   */
  compact(
    alive: (row: number, position: number) => boolean,
    moved: (row: number, from: number, to: number) => void,
    marks: readonly number[],
  ): number[] {
    const entries = this.entries
    const result: number[] = []
    let kept = 0
    for (let i = 0; i < this.end; i++) {
      while (result.length < marks.length && marks[result.length] <= i) result.push(kept)
      const row = entries[i]
      if (!alive(row, i + 1)) continue
      entries[kept++] = row
      moved(row, i + 1, kept)
    }
    while (result.length < marks.length) result.push(kept)
    this.end = kept
    return result
  }
}
