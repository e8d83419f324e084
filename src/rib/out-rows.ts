/** What an update group knows of each prefix, as columns indexed by prefix id. */
import { growInt32, grownCapacity, growUint16 } from './columns.js'

/** Columns of an update group, one element for each prefix id. */
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

  /** True when the group has or had something to say about a prefix. */
  known(prefix: number): boolean {
    return prefix < this.position.length && this.position[prefix] !== 0
  }

  /** Forgets a prefix. */
  clear(prefix: number): void {
    this.block[prefix] = 0
    this.source[prefix] = 0
    this.position[prefix] = 0
    this.sentBlock[prefix] = 0
    this.sentSource[prefix] = 0
    this.sentPosition[prefix] = 0
  }

  /** Makes room for a prefix id. */
  ensure(prefix: number): void {
    if (prefix < this.block.length) return
    const capacity = grownCapacity(this.block.length, prefix + 1)
    this.block = growInt32(this.block, capacity)
    this.source = growUint16(this.source, capacity)
    this.position = growInt32(this.position, capacity)
    this.sentBlock = growInt32(this.sentBlock, capacity)
    this.sentSource = growUint16(this.sentSource, capacity)
    this.sentPosition = growInt32(this.sentPosition, capacity)
  }
}
