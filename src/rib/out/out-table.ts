/**
 * What the members of an update group should have, and in which order it changed: a row for each prefix, or path
 * of one (out-routes.ts), and the logs of announcements and withdrawals (adj-out.ts says how members read them).
 *
 * An entry that no member has passed yet is pending: it may be replaced unseen. So a row also says what the
 * member that is furthest has; one that returns to that state takes its former position again, and nobody
 * hears of it. Whoever passes that position meanwhile makes it unusable (sentPosition -1), because it would not
 * come by again.
 */
import type { BlockStore } from '../attributes/block-store.js'
import { ChangeLog } from './change-log.js'
import { OutRows } from './out-rows.js'

/** What the owner does when a row changes. */
export interface OutTableOwner {
  /** The row has something to say, for the first time or again: keep its number. */
  opened(row: number): void
  /** Nothing is left to say of the row. */
  closed(row: number): void
  /** An entry that members have passed is void now. @param announced in which log */
  moved(position: number, announced: boolean): void
  /** The same announcement has another source now, and members have it already. */
  sourceChanged(row: number, former: number, source: number): void
}

/** What an update group advertises, apart from who has been told. */
export class OutTable {
  readonly rows = new OutRows()
  readonly announcements = new ChangeLog()
  readonly withdrawals = new ChangeLog()
  /** Entries that at least one member has passed. */
  announcedFront = 0
  withdrawnFront = 0
  /** Withdrawals that every member has passed. */
  withdrawnFloor = 0
  readonly #blocks: BlockStore
  readonly #owner: OutTableOwner
  /** Called before the log of announcements would grow. */
  readonly #full: () => void

  constructor(blocks: BlockStore, owner: OutTableOwner, full: () => void) {
    this.#blocks = blocks
    this.#owner = owner
    this.#full = full
  }

  /**
   * Sets what members should have.
   * @param block outgoing block; 0: nothing
   * @param source where the route came from
   */
  set(row: number, block: number, source: number): void {
    const rows = this.rows
    rows.ensure(row)
    const former = rows.block[row]
    if (block === former) {
      if (block !== 0 && source !== rows.source[row]) this.#changeSource(row, source)
      return
    }
    if (block !== 0) this.#blocks.retain(block)
    if (former !== 0) this.#blocks.release(former)
    if (!rows.known(row)) this.#owner.opened(row)
    const position = rows.position[row]
    const pending = position > (former !== 0 ? this.announcedFront : this.withdrawnFront)
    rows.block[row] = block
    rows.source[row] = source
    if (pending && rows.sentBlock[row] === block && rows.sentPosition[row] >= 0) {
      this.#restore(row)
      return
    }
    if (pending && former !== 0 && block !== 0) return
    if (!pending && position !== 0) this.#owner.moved(position, former !== 0)
    if (block === 0) rows.position[row] = this.withdrawals.append(row)
    else {
      if (this.announcements.full) this.#full()
      rows.position[row] = this.announcements.append(row)
    }
  }

  /**
   * A member passes an entry of the log of announcements.
   * @param position of the entry, from 1
   * @returns whether it says something
   */
  passAnnouncement(row: number, position: number): boolean {
    const rows = this.rows
    if (rows.position[row] === position && rows.block[row] !== 0) {
      if (position > this.announcedFront) this.#noteSent(row)
      return true
    }
    if (rows.sentPosition[row] === position && rows.sentBlock[row] !== 0) rows.sentPosition[row] = -1
    return false
  }

  /** The same for the log of withdrawals. */
  passWithdrawal(row: number, position: number): boolean {
    const rows = this.rows
    if (rows.position[row] === position && rows.block[row] === 0) {
      this.#noteSent(row)
      return true
    }
    if (rows.sentPosition[row] === position && rows.sentBlock[row] === 0) rows.sentPosition[row] = -1
    return false
  }

  /**
   * Lets withdrawn rows go that every member has passed.
   * @param floor how many withdrawals that are
   * @returns true when it was all of them: positions start anew
   */
  sweep(floor: number): boolean {
    const rows = this.rows
    const { entries } = this.withdrawals
    for (let i = this.withdrawnFloor; i < floor; i++) {
      const row = entries[i]
      if (rows.sentPosition[row] === i + 1 && rows.sentBlock[row] === 0) rows.sentPosition[row] = 0
      if (rows.position[row] === i + 1 && rows.block[row] === 0) this.#forget(row)
    }
    this.withdrawnFloor = floor
    if (floor < this.withdrawals.end) return false
    this.withdrawals.end = 0
    this.withdrawnFloor = 0
    this.withdrawnFront = 0
    return true
  }

  /**
   * Throws void announcements out of the log when they are more than half of it.
   * @param marks numbers of announcements that members have passed or wait for
   * @returns their new values; undefined when nothing was done
   */
  compact(marks: ReadonlySet<number>): Map<number, number> | undefined {
    const log = this.announcements
    const rows = this.rows
    let alive = 0
    for (let i = 0; i < log.end; i++) if (this.#isAlive(log.entries[i], i + 1)) alive++
    if (alive * 2 > log.end) return undefined
    const sorted = [...new Set(marks).add(this.announcedFront)].sort((a, b) => a - b)
    const result = log.compact(
      (row, position) => this.#isAlive(row, position),
      (row, from, to) => {
        if (rows.position[row] === from && rows.block[row] !== 0) rows.position[row] = to
        if (rows.sentPosition[row] === from && rows.sentBlock[row] !== 0) rows.sentPosition[row] = to
      },
      sorted,
    )
    const moved = new Map(sorted.map((mark, index) => [mark, result[index]]))
    this.announcedFront = moved.get(this.announcedFront)!
    return moved
  }

  /** Forgets every row. */
  clear(): void {
    for (let row = 0; row < this.rows.capacity; row++) {
      if (this.rows.known(row)) this.#forget(row)
    }
  }

  /** Nobody has seen what came between: back to what was sent last. */
  #restore(row: number): void {
    const rows = this.rows
    const source = rows.source[row]
    rows.position[row] = rows.sentPosition[row]
    if (rows.block[row] === 0) {
      if (rows.position[row] === 0) this.#forget(row)
      return
    }
    rows.source[row] = rows.sentSource[row]
    if (source !== rows.source[row]) this.#changeSource(row, source)
  }

  #changeSource(row: number, source: number): void {
    const rows = this.rows
    const former = rows.source[row]
    rows.source[row] = source
    if (rows.position[row] > this.announcedFront) return
    rows.sentSource[row] = source
    this.#owner.moved(rows.position[row], true)
    this.#owner.sourceChanged(row, former, source)
  }

  /** The state of a row is being handed to a member. */
  #noteSent(row: number): void {
    const rows = this.rows
    const block = rows.block[row]
    const former = rows.sentBlock[row]
    if (block !== former) {
      if (block !== 0) this.#blocks.retain(block)
      if (former !== 0) this.#blocks.release(former)
      rows.sentBlock[row] = block
    }
    rows.sentSource[row] = rows.source[row]
    rows.sentPosition[row] = rows.position[row]
  }

  #forget(row: number): void {
    const rows = this.rows
    if (rows.block[row] !== 0) this.#blocks.release(rows.block[row])
    if (rows.sentBlock[row] !== 0) this.#blocks.release(rows.sentBlock[row])
    rows.clear(row)
    this.#owner.closed(row)
  }

  /** Whether an entry of the log of announcements still means something. */
  #isAlive(row: number, position: number): boolean {
    const rows = this.rows
    return (
      (rows.position[row] === position && rows.block[row] !== 0) ||
      (rows.sentPosition[row] === position && rows.sentBlock[row] !== 0)
    )
  }
}
