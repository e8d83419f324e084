/** What an update group knows of each of its routes (out-routes.ts), as columns indexed by row. */
import { growInt32, grownCapacity, growUint16 } from '../store/columns.js'

/** Columns of an update group, one element for each row. */
export class OutRows {
  /** Outgoing block that members should have; 0: none. */
  block = new Int32Array(16)
  /** Source of the route behind it. */
  source = new Uint16Array(16)
  /** Position (from 1) of its entry in the log: of announcements, or with block 0 of withdrawals; 0: in none. */
  position = new Int32Array(16)
  /**
   * The same as the member that is furthest has it. sentPosition -1: its entry is no longer one that every
   * member behind it will come by.
   */
  sentBlock = new Int32Array(16)
  sentSource = new Uint16Array(16)
  sentPosition = new Int32Array(16)

  get capacity(): number {
    return this.block.length
  }

  /** True when the group has or had something to say about a row. */
  known(row: number): boolean {
    return row < this.position.length && this.position[row] !== 0
  }

  /** Forgets a row. */
  clear(row: number): void {
    this.block[row] = 0
    this.source[row] = 0
    this.position[row] = 0
    this.sentBlock[row] = 0
    this.sentSource[row] = 0
    this.sentPosition[row] = 0
  }

  /** Makes room for a row. */
  ensure(row: number): void {
    if (row < this.block.length) return
    const capacity = grownCapacity(this.block.length, row + 1)
    this.block = growInt32(this.block, capacity)
    this.source = growUint16(this.source, capacity)
    this.position = growInt32(this.position, capacity)
    this.sentBlock = growInt32(this.sentBlock, capacity)
    this.sentSource = growUint16(this.sentSource, capacity)
    this.sentPosition = growInt32(this.sentPosition, capacity)
  }
}
