/**
 * The messages of an update group: stretches of its logs, packed once (a Chunk) and kept while other members may
 * want them and nothing in them has moved.
 */
import type { BlockStore } from '../attributes/block-store.js'
import { Buckets, type NlriRows, type Packed, Packer } from './bucket.js'
import { type Chunk, ChunkCache } from './chunk.js'
import type { OutMember } from './out-member.js'
import type { OutTable } from './out-table.js'

/** Log entries in a chunk, and octets that their attributes may take. */
const CHUNK_ENTRIES = 16384
const CHUNK_OCTETS = 262144
/** Stands for all sources that are no members, in a chunk: their routes go to everyone. */
const NO_MEMBER = -1

/** Packs what an update group has to say, as described at the head of this file. */
export class OutChunks {
  readonly #out: OutTable
  readonly #blocks: BlockStore
  readonly #members: ReadonlyMap<number, OutMember>
  readonly #announcements = new ChunkCache()
  readonly #withdrawals = new ChunkCache()
  readonly #buckets = new Buckets()
  readonly #packer: Packer
  readonly #entries: number

  /**
   * @param rows what the rows of `out` are called on the wire
   * @param members by source
   * @param entries how many changes are packed at once
   */
  constructor(
    out: OutTable,
    rows: NlriRows,
    blocks: BlockStore,
    members: ReadonlyMap<number, OutMember>,
    maximumMessage: number,
    entries = CHUNK_ENTRIES,
  ) {
    this.#out = out
    this.#blocks = blocks
    this.#members = members
    this.#packer = new Packer(rows, blocks, maximumMessage)
    this.#entries = entries
  }

  /** The withdrawals from a place in their log on; one member less waits for them. */
  withdrawals(start: number): Chunk {
    const chunk = this.#withdrawals.get(start) ?? this.#packWithdrawals(start)
    if (--chunk.waiting <= 0) this.#withdrawals.remove(start)
    return chunk
  }

  /** The announcements from a place in their log on; one member less waits for them. */
  announcements(start: number): Chunk {
    const known = this.#announcements.get(start)
    // A short piece of old news is not worth a message of its own when much more waits behind it.
    const short =
      known !== undefined &&
      known.end - start < this.#entries / 4 &&
      this.#out.announcements.end - known.end > this.#entries
    const chunk = known === undefined || short ? this.#packAnnouncements(start) : known
    if (--chunk.waiting <= 0) this.#announcements.remove(start)
    return chunk
  }

  /** Messages for one member alone: withdrawals, then announcements row by row. */
  pack(withdrawn: Int32Array, announced: readonly number[]): Packed {
    this.#packer.clear()
    this.#packer.withdraw(withdrawn, 0, withdrawn.length)
    const { block } = this.#out.rows
    for (const row of announced) this.#packer.announce(block[row], Int32Array.of(row), 0, 1)
    return this.#packer.take()
  }

  /** An entry that members have passed is void. @param announced in which log */
  invalidate(position: number, announced: boolean): void {
    const cache = announced ? this.#announcements : this.#withdrawals
    cache.invalidate(position)
  }

  clearAnnouncements(): void {
    this.#announcements.clear()
  }

  clearWithdrawals(): void {
    this.#withdrawals.clear()
  }

  #packWithdrawals(start: number): Chunk {
    const { entries } = this.#out.withdrawals
    const end = Math.min(this.#out.withdrawals.end, start + this.#entries)
    const live = new Int32Array(end - start)
    let count = 0
    for (let i = start; i < end; i++) {
      const row = entries[i]
      if (this.#out.passWithdrawal(row, i + 1)) live[count++] = row
    }
    this.#packer.clear()
    this.#packer.withdraw(live, 0, count)
    return this.#keep(this.#withdrawals, start, end, live.slice(0, count), new Int32Array(0), new Set())
  }

  #packAnnouncements(start: number): Chunk {
    const { source: sources, block: blocks } = this.#out.rows
    const buckets = this.#buckets
    const { entries } = this.#out.announcements
    const limit = this.#out.announcements.end
    buckets.clear()
    let octets = 0
    let live = 0
    let end = start
    while (end < limit && live < this.#entries && octets < CHUNK_OCTETS) {
      const row = entries[end++]
      if (!this.#out.passAnnouncement(row, end)) continue
      const block = blocks[row]
      const source = this.#members.has(sources[row]) ? sources[row] : NO_MEMBER
      if (buckets.add(row, block, source)) octets += this.#blocks.lengths[block] + 32
      live++
    }
    buckets.arrange()
    this.#packer.clear()
    const runs: number[] = []
    const found = new Set<number>()
    for (let bucket = 0; bucket < buckets.count; bucket++) {
      const from = buckets.starts[bucket]
      const to = buckets.starts[bucket + 1]
      const source = buckets.sources[bucket]
      this.#packer.announce(buckets.blocks[bucket], buckets.rows, from, to - from)
      if (runs.length > 0 && runs[runs.length - 4] === source) runs.length -= 4
      runs.push(source, to, this.#packer.length, this.#packer.updates)
      found.add(source)
    }
    const rows = buckets.rows.slice(0, live)
    return this.#keep(this.#announcements, start, end, rows, Int32Array.from(runs), found)
  }

  /** Makes a chunk of what was packed; it is kept when others wait for it. */
  #keep(
    cache: ChunkCache,
    start: number,
    end: number,
    rows: Int32Array,
    runs: Int32Array,
    sources: ReadonlySet<number>,
  ): Chunk {
    const announcing = cache === this.#announcements
    let waiting = 0
    for (const member of this.#members.values()) {
      if ((announcing ? member.announced : member.withdrawn) <= start) waiting++
    }
    const chunk = { ...this.#packer.take(), start, end, rows, runs, sources, waiting }
    cache.remove(start)
    if (waiting > 1) cache.add(chunk)
    return chunk
  }
}
