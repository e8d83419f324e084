/**
 * What the members of an update group should have, and in which order it changed: a row for each prefix and the
 * logs of announcements and withdrawals (adj-out.ts says how members read them).
 *
 * An entry that no member has passed yet is pending: it may be replaced unseen. So a row also says what the
 * member that is furthest has; a prefix that returns to that state takes its former position again, and nobody
 * hears of it. Whoever passes that position meanwhile makes it unusable (sentPosition -1), because it would not
 * come by again.
 */
import type { BlockStore } from './block-store.js'
import { ChangeLog } from './change-log.js'
import { OutRows } from './out-rows.js'

/** What the owner does when a row changes. */
export interface OutTableOwner {
  /** The prefix has something to say, for the first time or again: keep its id. */
  opened(prefix: number): void
  /** Nothing is left to say of the prefix. */
  closed(prefix: number): void
  /** An entry that members have passed is void now. @param announced in which log */
  moved(position: number, announced: boolean): void
  /** The same announcement has another source now, and members have it already. */
  sourceChanged(prefix: number, former: number, source: number): void
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
  set(prefix: number, block: number, source: number): void {
    const rows = this.rows
    rows.ensure(prefix)
    const former = rows.block[prefix]
    if (block === former) {
      if (block !== 0 && source !== rows.source[prefix]) this.#changeSource(prefix, source)
      return
    }
    if (block !== 0) this.#blocks.retain(block)
    if (former !== 0) this.#blocks.release(former)
    if (!rows.known(prefix)) this.#owner.opened(prefix)
    const position = rows.position[prefix]
    const pending = position > (former !== 0 ? this.announcedFront : this.withdrawnFront)
    rows.block[prefix] = block
    rows.source[prefix] = source
    if (pending && rows.sentBlock[prefix] === block && rows.sentPosition[prefix] >= 0) {
      this.#restore(prefix)
      return
    }
    if (pending && former !== 0 && block !== 0) return
    if (!pending && position !== 0) this.#owner.moved(position, former !== 0)
    if (block === 0) rows.position[prefix] = this.withdrawals.append(prefix)
    else {
      if (this.announcements.full) this.#full()
      rows.position[prefix] = this.announcements.append(prefix)
    }
  }

  /**
   * A member passes an entry of the log of announcements.
   * @param position of the entry, from 1
   * @returns whether it says something
   */
  passAnnouncement(prefix: number, position: number): boolean {
    const rows = this.rows
    if (rows.position[prefix] === position && rows.block[prefix] !== 0) {
      if (position > this.announcedFront) this.#noteSent(prefix)
      return true
    }
    if (rows.sentPosition[prefix] === position && rows.sentBlock[prefix] !== 0) rows.sentPosition[prefix] = -1
    return false
  }

  /** The same for the log of withdrawals. */
  passWithdrawal(prefix: number, position: number): boolean {
    const rows = this.rows
    if (rows.position[prefix] === position && rows.block[prefix] === 0) {
      this.#noteSent(prefix)
      return true
    }
    if (rows.sentPosition[prefix] === position && rows.sentBlock[prefix] === 0) rows.sentPosition[prefix] = -1
    return false
  }

  /**
   * Lets withdrawn prefixes go that every member has passed.
   * @param floor how many withdrawals that are
   * @returns true when it was all of them: positions start anew
   */
  sweep(floor: number): boolean {
    const rows = this.rows
    const { entries } = this.withdrawals
    for (let i = this.withdrawnFloor; i < floor; i++) {
      const prefix = entries[i]
      if (rows.sentPosition[prefix] === i + 1 && rows.sentBlock[prefix] === 0) rows.sentPosition[prefix] = 0
      if (rows.position[prefix] === i + 1 && rows.block[prefix] === 0) this.#forget(prefix)
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
      (prefix, position) => this.#isAlive(prefix, position),
      (prefix, from, to) => {
        if (rows.position[prefix] === from && rows.block[prefix] !== 0) rows.position[prefix] = to
        if (rows.sentPosition[prefix] === from && rows.sentBlock[prefix] !== 0) rows.sentPosition[prefix] = to
      },
      sorted,
    )
    const moved = new Map(sorted.map((mark, index) => [mark, result[index]]))
    this.announcedFront = moved.get(this.announcedFront)!
    return moved
  }

  /** Forgets every prefix. */
  clear(): void {
    for (let prefix = 0; prefix < this.rows.capacity; prefix++) {
      if (this.rows.known(prefix)) this.#forget(prefix)
    }
  }

  /** Nobody has seen what came between: back to what was sent last. */
  #restore(prefix: number): void {
    const rows = this.rows
    const source = rows.source[prefix]
    rows.position[prefix] = rows.sentPosition[prefix]
    if (rows.block[prefix] === 0) {
      if (rows.position[prefix] === 0) this.#forget(prefix)
      return
    }
    rows.source[prefix] = rows.sentSource[prefix]
    if (source !== rows.source[prefix]) this.#changeSource(prefix, source)
  }

  #changeSource(prefix: number, source: number): void {
    const rows = this.rows
    const former = rows.source[prefix]
    rows.source[prefix] = source
    if (rows.position[prefix] > this.announcedFront) return
    rows.sentSource[prefix] = source
    this.#owner.moved(rows.position[prefix], true)
    this.#owner.sourceChanged(prefix, former, source)
  }

  /** The state of a prefix is being handed to a member. */
  #noteSent(prefix: number): void {
    const rows = this.rows
    const block = rows.block[prefix]
    const former = rows.sentBlock[prefix]
    if (block !== former) {
      if (block !== 0) this.#blocks.retain(block)
      if (former !== 0) this.#blocks.release(former)
      rows.sentBlock[prefix] = block
    }
    rows.sentSource[prefix] = rows.source[prefix]
    rows.sentPosition[prefix] = rows.position[prefix]
  }

  #forget(prefix: number): void {
    const rows = this.rows
    if (rows.block[prefix] !== 0) this.#blocks.release(rows.block[prefix])
    if (rows.sentBlock[prefix] !== 0) this.#blocks.release(rows.sentBlock[prefix])
    rows.clear(prefix)
    this.#owner.closed(prefix)
  }

  /** Whether an entry of the log of announcements still means something. */
  #isAlive(prefix: number, position: number): boolean {
    const rows = this.rows
    return (
      (rows.position[prefix] === position && rows.block[prefix] !== 0) ||
      (rows.sentPosition[prefix] === position && rows.sentBlock[prefix] !== 0)
    )
  }
}
