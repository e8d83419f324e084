/**
 * Adj-RIB-Out of an update group: neighbours of one family that are treated alike on export (export.ts) share
 * one copy of what is advertised, and the messages that say it.
 *
 * How the speaker drives it:
 *
 * 1. One AdjOut for each distinct treatmentKey(); it follows its Rib by itself, and fills from it piece by piece
 *    as members ask.
 * 2. `join(source, marker)` when a session is Established and the family negotiated; `marker` is the End-of-RIB,
 *    which comes behind the full dump, at once when there is nothing to send. `leave(member)` when it ends.
 *    `close()` when the last member has left and the group is not kept.
 * 3. After each Rib.decide(), and whenever a member's socket takes more (drain): `while (socket takes more)`
 *    write `next(member)`, until it returns undefined. Nothing is queued here for a slow member: it falls behind,
 *    and what changes meanwhile replaces what it has not seen.
 * 4. `resend(member, begin, end)` for a route refresh; `reevaluate()` when the answers of `shared`, the filter or
 *    what the table suppresses changed; `originate(attribute)` for a default route of the members' own.
 *
 * How it works: each prefix has one entry in a log, either that of announcements or that of withdrawals; a
 * change puts a new entry at the end and the old one becomes void. A member is a position in each log. It is
 * given withdrawals first, then announcements, always as they are now, so a joining member (position 0), a
 * slow one and one that is up to date are the same case. Members at the same position get the same octets:
 * a stretch of the log is packed once (a Chunk) and kept while others may want it and nothing in it has moved.
 * A bit for each prefix says what a member has been sent, for exact withdrawals; that, and the source of
 * each route, is all that differs between members: a route never goes back to where it came from.
 */
import type { PathAttributes } from '../wire/types.js'
import type { BlockStore } from './block-store.js'
import { Buckets, nlriRoom, type Packed, Packer } from './bucket.js'
import { type Chunk, ChunkCache } from './chunk.js'
import { Exporter, type ExportTreatment } from './export.js'
import { NEVER, OutMember } from './out-member.js'
import { OutTable, type OutTableOwner } from './out-table.js'
import { readOutgoing } from './outgoing.js'
import type { Rib, RouteFilter } from './table.js'
import type { ChangeBatch } from './types.js'

/** Log entries in a chunk, and octets that their attributes may take. */
const CHUNK_ENTRIES = 16384
const CHUNK_OCTETS = 262144
/** Stands for all sources that are no members, in a chunk: their routes go to everyone. */
const NO_MEMBER = -1
/** The default route has no octets. */
const NO_OCTETS = new Uint8Array(0)
/** Prefixes that one step of the first fill looks at. */
const FILL = 8192

/** Adj-RIB-Out of one update group, as described at the head of this file. */
export class AdjOut {
  readonly treatment: ExportTreatment
  readonly #rib: Rib
  readonly #blocks: BlockStore
  readonly #exporter: Exporter
  readonly #filter: RouteFilter | undefined
  readonly #out: OutTable
  readonly #members = new Map<number, OutMember>()
  readonly #announcementChunks = new ChunkCache()
  readonly #withdrawalChunks = new ChunkCache()
  readonly #buckets = new Buckets()
  readonly #packer: Packer
  /** Prefix ids below this have been looked at; NEVER when the first fill is complete. */
  #filled = 0
  readonly #address = new Uint8Array(16)
  /** Prefix id of the default route while one is originated for this group; else -1. */
  #default = -1
  /** Attribute set that it is sent with. */
  #originated = 0
  readonly #chunkEntries: number
  readonly #unsubscribe: () => void

  /**
   * @param blocks store of outgoing blocks, shared by all groups
   * @param shared whether a next hop (NextHops id) lies on a subnet shared with the members
   * @param filter export policy; undefined lets all pass
   * @param chunkEntries how many changes are packed at once
   */
  constructor(
    rib: Rib,
    blocks: BlockStore,
    treatment: ExportTreatment,
    shared: (nextHop: number) => boolean,
    filter: RouteFilter | undefined,
    chunkEntries = CHUNK_ENTRIES,
  ) {
    this.#chunkEntries = chunkEntries
    this.treatment = treatment
    this.#rib = rib
    this.#blocks = blocks
    this.#filter = filter
    this.#exporter = new Exporter(treatment, rib.attributes, blocks, shared)
    const owner: OutTableOwner = {
      opened: (prefix) => rib.hold(prefix),
      closed: (prefix) => rib.unhold(prefix),
      moved: (position, announced) =>
        (announced ? this.#announcementChunks : this.#withdrawalChunks).invalidate(position),
      sourceChanged: (prefix, former, source) => {
        // Only those two neighbours see a difference.
        this.#members.get(former)?.revisit.add(prefix)
        this.#members.get(source)?.revisit.add(prefix)
      },
    }
    this.#out = new OutTable(blocks, owner, () => this.#compact())
    this.#packer = new Packer(rib.prefixes, blocks, treatment.maximumMessage)
    this.#unsubscribe = rib.subscribe((batch) => this.#update(batch))
  }

  /** Number of members. */
  get size(): number {
    return this.#members.size
  }

  /**
   * Adds a neighbour; it gets all routes, then `marker`.
   * @param source its index as a source of routes
   * @param marker End-of-RIB; undefined when the session has none
   */
  join(source: number, marker: Uint8Array | undefined): OutMember {
    const member = new OutMember(source)
    member.withdrawn = this.#out.withdrawals.end
    this.#members.set(source, member)
    // Its own routes are not set apart in what was packed before.
    if ((this.#rib.source(source)?.best ?? 0) > 0) this.#announcementChunks.clear()
    if (marker !== undefined) this.#mark(member, marker)
    return member
  }

  /** Removes a neighbour whose session ended. */
  leave(member: OutMember): void {
    if (this.#members.get(member.source) !== member) return
    this.#members.delete(member.source)
    this.#sweepWithdrawals()
  }

  /**
   * Sends everything again, for a route refresh (RFC 2918 §4).
   * @param begin goes ahead (BoRR), `end` behind (EoRR, RFC 7313 §4)
   */
  resend(member: OutMember, begin: Uint8Array | undefined, end: Uint8Array | undefined): void {
    if (begin !== undefined) member.queue.push({ bytes: begin, updates: 0 })
    member.announced = 0
    if (end !== undefined) this.#mark(member, end)
  }

  /**
   * Sends the default route with this attribute set as an own one, whatever the table holds and the filter
   * says; 0: as the table has it. Members are sent what follows from it with their next messages.
   */
  originate(attribute: number): void {
    const { attributes, prefixes } = this.#rib
    const former = this.#originated
    if (attribute === former) return
    if (former === 0) {
      this.#default = prefixes.intern(NO_OCTETS, 0, 0)
      this.#rib.hold(this.#default)
    }
    if (attribute !== 0) attributes.retain(attribute)
    this.#originated = attribute
    const prefix = this.#default
    if (attribute === 0) this.#default = -1
    if (prefix < this.#filled) this.#updateOne(prefix)
    if (former !== 0) attributes.release(former)
    if (attribute === 0) this.#rib.unhold(prefix)
    this.#blocks.reclaim()
  }

  /** True when what members are sent of a prefix is the default route that is originated for them. */
  isOriginated(prefix: number): boolean {
    return prefix === this.#default
  }

  /** Works out every route again, after the answers of `shared` or the filter changed. */
  reevaluate(): void {
    this.#exporter.reset()
    const limit = Math.min(this.#filled, this.#rib.prefixes.limit)
    for (let prefix = 0; prefix < limit; prefix++) {
      if (this.#rib.count(prefix) > 0 || prefix === this.#default) this.#updateOne(prefix)
    }
    this.#blocks.reclaim()
  }

  /** Gives the group up: references and prefixes are released. */
  close(): void {
    this.originate(0)
    this.#unsubscribe()
    this.#members.clear()
    this.#out.clear()
    this.#exporter.close()
    this.#filter?.close?.()
    this.#blocks.reclaim()
  }

  /**
   * Withdrawals that wait for a member whose announcements are held back: none of the rest is touched.
   * @returns as next()
   */
  nextWithdrawals(member: OutMember): Packed | undefined {
    if (member.queue.length > 0) return member.queue.shift()
    if (member.revisit.size > 0) this.#passRevisits(member, true)
    while (member.queue.length === 0 && member.withdrawn < this.#out.withdrawals.end) {
      this.#passWithdrawals(member)
    }
    return member.queue.shift()
  }

  /** True when next() has something for the member. */
  ready(member: OutMember): boolean {
    return (
      member.queue.length > 0 ||
      member.revisit.size > 0 ||
      member.withdrawn < this.#out.withdrawals.end ||
      member.announced < this.#out.announcements.end ||
      this.#filled !== NEVER ||
      member.markers.length > 0
    )
  }

  /**
   * The next messages for a member; withdrawals come first.
   * @returns whole messages, which the member is taken to have received; the octets are shared and must not be
   *   changed. Undefined when there is nothing to send.
   */
  next(member: OutMember): Packed | undefined {
    while (member.queue.length === 0) if (!this.#advance(member)) return undefined
    return member.queue.shift()
  }

  /** Outgoing block that a member holds for a prefix, or 0. */
  advertised(member: OutMember, prefix: number): number {
    return member.has(prefix) && this.#out.rows.known(prefix) ? this.#out.rows.block[prefix] : 0
  }

  /** An outgoing block in readable form. */
  attributes(block: number): PathAttributes {
    return readOutgoing(this.#blocks, block, this.treatment.as4)
  }

  #mark(member: OutMember, marker: Uint8Array): void {
    member.markers.push(marker)
    member.markAt = this.#filled === NEVER ? this.#out.announcements.end : NEVER
  }

  #update(batch: ChangeBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (batch.prefixes[i] < this.#filled) this.#updateOne(batch.prefixes[i])
    }
    if (this.#members.size === 0) this.#sweepWithdrawals()
    this.#blocks.reclaim()
  }

  /** Looks at some prefixes that were in the table before the group was. */
  #fill(): void {
    const limit = this.#rib.prefixes.limit
    const end = Math.min(limit, this.#filled + FILL)
    for (let prefix = this.#filled; prefix < end; prefix++) {
      if (this.#rib.best(prefix) !== 0 || prefix === this.#default) this.#updateOne(prefix)
    }
    this.#filled = end
    if (end < limit) return
    this.#filled = NEVER
    for (const member of this.#members.values()) {
      if (member.markAt === NEVER) member.markAt = this.#out.announcements.end
    }
  }

  /** Brings a prefix's state in line with the table. */
  #updateOne(prefix: number): void {
    if (prefix === this.#default) {
      // An own route (source 0), which no filter is asked about.
      this.#out.set(prefix, this.#exporter.outgoing(this.#originated, this.#rib.source(0)!), 0)
      return
    }
    const path = this.#rib.best(prefix)
    if (path === 0 || this.#rib.isSuppressed(prefix)) this.#out.set(prefix, 0, 0)
    else {
      const source = this.#rib.sourceOf(path)
      this.#out.set(prefix, this.#outgoing(prefix, this.#rib.attributeOf(path), source), source)
    }
  }

  /** The outgoing block for a best path; 0 when it is not sent. */
  #outgoing(prefix: number, attribute: number, source: number): number {
    let use = attribute
    const prefixes = this.#rib.prefixes
    if (this.#filter !== undefined) {
      if (!this.#exporter.permits(attribute, this.#rib.source(source)!)) return 0
      prefixes.writeAddress(prefix, this.#address, 0)
      use = this.#filter.apply(this.#address, 0, prefixes.length(prefix), attribute)
      if (use === 0) return 0
    }
    const block = this.#exporter.outgoing(use, this.#rib.source(source)!)
    if (block === 0) return 0
    // RFC 4271 §9.2, RFC 8654 §4: what does not fit a message is not sent.
    const { maximumMessage } = this.treatment
    if (this.#blocks.lengths[block] < maximumMessage - 64) return block
    const needed = 1 + ((prefixes.length(prefix) + 7) >>> 3)
    return nlriRoom(this.#blocks, block, maximumMessage) >= needed ? block : 0
  }

  /** One step for a member, into its queue. @returns false when there is nothing left */
  #advance(member: OutMember): boolean {
    if (member.revisit.size > 0) this.#passRevisits(member)
    else if (member.withdrawn < this.#out.withdrawals.end) this.#passWithdrawals(member)
    else if (member.markers.length > 0 && member.announced >= member.markAt) {
      for (const bytes of member.markers) member.queue.push({ bytes, updates: 1 })
      member.markers = []
    } else if (member.announced < this.#out.announcements.end) this.#passAnnouncements(member)
    else if (this.#filled !== NEVER) this.#fill()
    else return false
    return true
  }

  /** @param held what is to be announced waits */
  #passRevisits(member: OutMember, held = false): void {
    const { rows } = this.#out
    const announce: number[] = []
    const withdraw: number[] = []
    const waiting = new Set<number>()
    for (const prefix of member.revisit) {
      if (!rows.known(prefix) || rows.block[prefix] === 0) continue
      if (rows.position[prefix] > member.announced) continue
      const own = rows.source[prefix] === member.source
      if (own && member.clear(prefix)) withdraw.push(prefix)
      else if (!own && !member.has(prefix)) {
        if (held) {
          waiting.add(prefix)
          continue
        }
        member.set(prefix)
        announce.push(prefix)
      }
    }
    member.revisit = waiting
    this.#packer.clear()
    this.#packer.withdraw(Int32Array.from(withdraw), 0, withdraw.length)
    for (const prefix of announce) this.#packer.announce(rows.block[prefix], Int32Array.of(prefix), 0, 1)
    if (this.#packer.length > 0) member.queue.push(this.#packer.take())
  }

  #passWithdrawals(member: OutMember): void {
    const start = member.withdrawn
    const chunk = this.#withdrawalChunks.get(start) ?? this.#packWithdrawals(start)
    if (--chunk.waiting <= 0) this.#withdrawalChunks.remove(start)
    const { prefixes } = chunk
    let held = 0
    for (let i = 0; i < prefixes.length; i++) if (member.has(prefixes[i])) held++
    if (held === prefixes.length) {
      if (held > 0) member.queue.push(chunk)
      for (let i = 0; i < held; i++) member.clear(prefixes[i])
    } else if (held > 0) {
      const own = prefixes.filter((prefix) => member.clear(prefix))
      this.#packer.clear()
      this.#packer.withdraw(own, 0, own.length)
      member.queue.push(this.#packer.take())
    }
    member.withdrawn = chunk.end
    this.#out.withdrawnFront = Math.max(this.#out.withdrawnFront, chunk.end)
    if (start === this.#out.withdrawnFloor) this.#sweepWithdrawals()
  }

  #packWithdrawals(start: number): Chunk {
    const { entries } = this.#out.withdrawals
    const end = Math.min(this.#out.withdrawals.end, start + this.#chunkEntries)
    const live = new Int32Array(end - start)
    let count = 0
    for (let i = start; i < end; i++) {
      const prefix = entries[i]
      if (this.#out.passWithdrawal(prefix, i + 1)) live[count++] = prefix
    }
    this.#packer.clear()
    this.#packer.withdraw(live, 0, count)
    return this.#keep(this.#withdrawalChunks, start, end, live.slice(0, count), new Int32Array(0), new Set())
  }

  #passAnnouncements(member: OutMember): void {
    const start = member.announced
    const known = this.#announcementChunks.get(start)
    // A short piece of old news is not worth a message of its own when much more waits behind it.
    const short =
      known !== undefined &&
      known.end - start < this.#chunkEntries / 4 &&
      this.#out.announcements.end - known.end > this.#chunkEntries
    const chunk = known === undefined || short ? this.#packAnnouncements(start) : known
    if (--chunk.waiting <= 0) this.#announcementChunks.remove(start)
    if (chunk.sources.has(member.source)) this.#passMixed(member, chunk)
    else {
      member.setAll(chunk.prefixes, 0, chunk.prefixes.length)
      if (chunk.updates > 0) member.queue.push(chunk)
    }
    member.announced = chunk.end
    this.#out.announcedFront = Math.max(this.#out.announcedFront, chunk.end)
  }

  /** A chunk with routes from the member itself: those are left out, and withdrawn where it held others. */
  #passMixed(member: OutMember, chunk: Chunk): void {
    const { runs, prefixes, bytes } = chunk
    const withdraw: number[] = []
    const pieces: Packed[] = []
    let from = 0
    let offset = 0
    let updates = 0
    for (let run = 0; run < runs.length; run += 4) {
      const end = runs[run + 1]
      if (runs[run] === member.source) {
        for (let i = from; i < end; i++) if (member.clear(prefixes[i])) withdraw.push(prefixes[i])
      } else {
        member.setAll(prefixes, from, end - from)
        pieces.push({ bytes: bytes.subarray(offset, runs[run + 2]), updates: runs[run + 3] - updates })
      }
      from = end
      offset = runs[run + 2]
      updates = runs[run + 3]
    }
    if (withdraw.length > 0) {
      this.#packer.clear()
      this.#packer.withdraw(Int32Array.from(withdraw), 0, withdraw.length)
      member.queue.push(this.#packer.take())
    }
    member.queue.push(...pieces)
  }

  #packAnnouncements(start: number): Chunk {
    const { rows } = this.#out
    const buckets = this.#buckets
    const { entries } = this.#out.announcements
    const limit = this.#out.announcements.end
    buckets.clear()
    let octets = 0
    let live = 0
    let end = start
    while (end < limit && live < this.#chunkEntries && octets < CHUNK_OCTETS) {
      const prefix = entries[end++]
      if (!this.#out.passAnnouncement(prefix, end)) continue
      const block = rows.block[prefix]
      const source = this.#members.has(rows.source[prefix]) ? rows.source[prefix] : NO_MEMBER
      if (buckets.add(prefix, block, source)) octets += this.#blocks.lengths[block] + 32
      live++
    }
    buckets.arrange()
    this.#packer.clear()
    const runs: number[] = []
    const sources = new Set<number>()
    for (let bucket = 0; bucket < buckets.count; bucket++) {
      const from = buckets.starts[bucket]
      const to = buckets.starts[bucket + 1]
      const source = buckets.sources[bucket]
      this.#packer.announce(buckets.blocks[bucket], buckets.prefixes, from, to - from)
      if (runs.length > 0 && runs[runs.length - 4] === source) runs.length -= 4
      runs.push(source, to, this.#packer.length, this.#packer.updates)
      sources.add(source)
    }
    const prefixes = buckets.prefixes.slice(0, live)
    return this.#keep(this.#announcementChunks, start, end, prefixes, Int32Array.from(runs), sources)
  }

  /** Makes a chunk of what was packed; it is kept when others wait for it. */
  #keep(
    cache: ChunkCache,
    start: number,
    end: number,
    prefixes: Int32Array,
    runs: Int32Array,
    sources: ReadonlySet<number>,
  ): Chunk {
    const announcing = cache === this.#announcementChunks
    let waiting = 0
    for (const member of this.#members.values()) {
      if ((announcing ? member.announced : member.withdrawn) <= start) waiting++
    }
    const chunk = { ...this.#packer.take(), start, end, prefixes, runs, sources, waiting }
    cache.remove(start)
    if (waiting > 1) cache.add(chunk)
    return chunk
  }

  /** Lets withdrawn prefixes go that every member has passed. */
  #sweepWithdrawals(): void {
    const out = this.#out
    let floor = out.withdrawals.end
    for (const member of this.#members.values()) floor = Math.min(floor, member.withdrawn)
    if (!out.sweep(floor)) return
    this.#withdrawalChunks.clear()
    for (const member of this.#members.values()) member.withdrawn = 0
  }

  /** Keeps the log of announcements from growing where that helps; members' places move with it. */
  #compact(): void {
    const members = [...this.#members.values()]
    const marks = new Set(members.flatMap((member) => [member.announced, member.markAt]))
    marks.delete(NEVER)
    const moved = this.#out.compact(marks)
    if (moved === undefined) return
    for (const member of members) {
      member.announced = moved.get(member.announced)!
      member.markAt = moved.get(member.markAt) ?? NEVER
    }
    this.#announcementChunks.clear()
  }
}
