/**
 * Adj-RIB-Out of an update group: neighbors of one family that are treated alike on export (rib/export/export.ts) share
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
 * How it works: the group has a row for each prefix, or with ADD-PATH for each path that is sent (out-routes.ts).
 * Each row has one entry in a log, either that of announcements or that of withdrawals; a change puts a new entry
 * at the end and the old one becomes void. A member is a position in each log. It is given withdrawals first,
 * then announcements, always as they are now, so a joining member (position 0), a slow one and one that is up to
 * date are the same case. Members at the same position get the same octets: a stretch of the log is packed once
 * (out-chunks.ts) and kept while others may want it and nothing in it moved.
 * A bit for each row says what a member has been sent, for exact withdrawals; that, and the source of
 * each route, is all that differs between members: a route never goes back to where it came from.
 */
import type { PathAttributes } from '../../wire/types.js'
import type { BlockStore } from '../attributes/block-store.js'
import type { ExportTreatment } from '../export/treatment.js'
import type { Rib, RouteFilter } from '../table.js'
import { AdvertisedNlri } from './advertised-nlri.js'
import { BestRoutes } from './best-routes.js'
import type { Packed } from './bucket.js'
import type { Chunk } from './chunk.js'
import { Egress } from './egress.js'
import { OutChunks } from './out-chunks.js'
import { NEVER, OutMember } from './out-member.js'
import type { OutRoutes } from './out-routes.js'
import { OutTable, type OutTableOwner } from './out-table.js'
import { readOutgoing } from './outgoing.js'
import { PathRoutes } from './path-routes.js'

/** Prefixes that one step of the first fill looks at. */
const FILL = 8192
const NO_OCTETS = new Uint8Array(0)

/** Adj-RIB-Out of one update group, as described at the head of this file. */
export class AdjOut {
  readonly treatment: ExportTreatment
  readonly #rib: Rib
  readonly #blocks: BlockStore
  readonly #egress: Egress
  readonly #out: OutTable
  readonly #routes: OutRoutes
  readonly #members = new Map<number, OutMember>()
  readonly #chunks: OutChunks
  /** Prefix ids below this have been looked at; NEVER when the first fill is complete. */
  #filled = 0
  /** Prefix id of the default route while one is originated for this group; else -1. */
  #default = -1
  /** Attribute set that it is sent with. */
  #originated = 0
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
    chunkEntries?: number,
  ) {
    this.treatment = treatment
    this.#rib = rib
    this.#blocks = blocks
    this.#egress = new Egress(rib, blocks, treatment, shared, filter)
    const owner: OutTableOwner = {
      opened: (row) => this.#routes.opened(row),
      closed: (row) => this.#routes.closed(row),
      moved: (position, announced) => this.#chunks.invalidate(position, announced),
      sourceChanged: (row, former, source) => {
        // Only those two neighbors see a difference.
        this.#members.get(former)?.revisit.add(row)
        this.#members.get(source)?.revisit.add(row)
      },
    }
    this.#out = new OutTable(blocks, owner, () => this.#compact())
    const { addPath, maximumMessage } = treatment
    this.#routes =
      addPath === undefined
        ? new BestRoutes(rib, this.#egress, this.#out)
        : new PathRoutes(rib, this.#egress, this.#out, addPath)
    this.#chunks = new OutChunks(this.#out, this.#routes, blocks, this.#members, maximumMessage, chunkEntries)
    this.#unsubscribe = this.#routes.follow(
      (prefix) => {
        if (prefix < this.#filled) this.#updateOne(prefix)
      },
      () => this.#updated(),
    )
  }

  /** Number of members. */
  get size(): number {
    return this.#members.size
  }

  /**
   * Adds a neighbor; it gets all routes, then `marker`.
   * @param source its index as a source of routes
   * @param marker End-of-RIB; undefined when the session has none
   */
  join(source: number, marker: Uint8Array | undefined): OutMember {
    const member = new OutMember(source)
    member.withdrawn = this.#out.withdrawals.end
    this.#members.set(source, member)
    // Its own routes are not set apart in what was packed before.
    if (this.#routes.hasFrom(source)) this.#chunks.clearAnnouncements()
    if (marker !== undefined) this.#addMarker(member, marker)
    return member
  }

  /** Removes a neighbor whose session ended. */
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
    if (end !== undefined) this.#addMarker(member, end)
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
      this.#rib.retainPrefix(this.#default)
    }
    if (attribute !== 0) attributes.retain(attribute)
    this.#originated = attribute
    const prefix = this.#default
    if (attribute === 0) this.#default = -1
    if (prefix < this.#filled) this.#updateOne(prefix)
    if (former !== 0) attributes.release(former)
    if (attribute === 0) this.#rib.releasePrefix(prefix)
    this.#blocks.reclaim()
  }

  /** True when what members are sent of a prefix is the default route that is originated for them. */
  isOriginated(prefix: number): boolean {
    return prefix === this.#default
  }

  /** Works out every route again, after the answers of `shared` or the filter changed. */
  reevaluate(): void {
    this.#egress.reset()
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
    this.#egress.close()
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

  /** What a member holds of a prefix: outgoing blocks with path identifiers, 0 without ADD-PATH. */
  advertisedPaths(
    member: OutMember,
    prefix: number,
  ): readonly { readonly block: number; readonly pathId: number }[] {
    const { rows } = this.#out
    return this.#routes
      .rowsOf(prefix)
      .filter((row) => member.has(row) && rows.known(row) && rows.block[row] !== 0)
      .map((row) => ({ block: rows.block[row], pathId: this.#routes.pathIdOf(row) }))
  }

  /** Whether a member holds a route from us. @param pathId 0 without ADD-PATH */
  holds(member: OutMember, prefix: number, pathId: number): boolean {
    const row = this.#routes.find(prefix, pathId)
    return row >= 0 && member.has(row)
  }

  /**
   * Calls `visit` with what a member holds, as it is to have it now, in the rows from `from` on.
   * @param count rows to look at
   * @param visit gets the prefix as text, the path identifier (0 without ADD-PATH) and the outgoing block
   * @returns whether there are more rows
   */
  forEachAdvertised(
    member: OutMember,
    from: number,
    count: number,
    visit: (prefix: string, pathId: number, block: number) => void,
  ): boolean {
    const { rows } = this.#out
    const routes = this.#routes
    const end = Math.min(routes.limit, from + count)
    for (let row = from; row < end; row++) {
      if (!member.has(row) || !rows.known(row) || rows.block[row] === 0) continue
      visit(this.#rib.prefixes.text(routes.prefixOf(row)), routes.pathIdOf(row), rows.block[row])
    }
    return end < routes.limit
  }

  /** Everything that a member holds, to be withdrawn later; its prefixes are kept until release(). */
  advertisedNlri(member: OutMember): AdvertisedNlri {
    const nlri = new AdvertisedNlri(this.#rib, this.treatment.addPath !== undefined)
    const routes = this.#routes
    for (let row = 0; row < routes.limit; row++) {
      if (member.has(row)) nlri.add(routes.prefixOf(row), routes.pathIdOf(row))
    }
    return nlri
  }

  /** An outgoing block in readable form. */
  attributes(block: number): PathAttributes {
    return readOutgoing(this.#blocks, block, this.treatment.as4)
  }

  #addMarker(member: OutMember, marker: Uint8Array): void {
    member.markers.push(marker)
    member.markerAt = this.#filled === NEVER ? this.#out.announcements.end : NEVER
  }

  #updated(): void {
    if (this.#members.size === 0) this.#sweepWithdrawals()
    this.#blocks.reclaim()
  }

  /** Looks at some prefixes that were in the table before the group was. */
  #fill(): void {
    const limit = this.#rib.prefixes.limit
    const end = Math.min(limit, this.#filled + FILL)
    for (let prefix = this.#filled; prefix < end; prefix++) {
      if (this.#rib.count(prefix) > 0 || prefix === this.#default) this.#updateOne(prefix)
    }
    this.#filled = end
    if (end < limit) return
    this.#filled = NEVER
    for (const member of this.#members.values()) {
      if (member.markerAt === NEVER) member.markerAt = this.#out.announcements.end
    }
  }

  /** Brings a prefix's state in line with the table. */
  #updateOne(prefix: number): void {
    if (prefix === this.#default) this.#routes.replace(prefix, this.#egress.ownBlock(this.#originated))
    else this.#routes.update(prefix)
  }

  /** One step for a member, into its queue. @returns false when there is nothing left */
  #advance(member: OutMember): boolean {
    if (member.revisit.size > 0) this.#passRevisits(member)
    else if (member.withdrawn < this.#out.withdrawals.end) this.#passWithdrawals(member)
    else if (member.markers.length > 0 && member.announced >= member.markerAt) {
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
    for (const row of member.revisit) {
      if (!rows.known(row) || rows.block[row] === 0) continue
      if (rows.position[row] > member.announced) continue
      const own = rows.source[row] === member.source
      if (own && member.clear(row)) withdraw.push(row)
      else if (!own && !member.has(row)) {
        if (held) {
          waiting.add(row)
          continue
        }
        member.set(row)
        announce.push(row)
      }
    }
    member.revisit = waiting
    const packed = this.#chunks.pack(Int32Array.from(withdraw), announce)
    if (packed.updates > 0) member.queue.push(packed)
  }

  #passWithdrawals(member: OutMember): void {
    const start = member.withdrawn
    const chunk = this.#chunks.withdrawals(start)
    const { rows } = chunk
    let held = 0
    for (let i = 0; i < rows.length; i++) if (member.has(rows[i])) held++
    if (held === rows.length) {
      if (held > 0) member.queue.push(chunk)
      for (let i = 0; i < held; i++) member.clear(rows[i])
    } else if (held > 0) {
      const own = rows.filter((row) => member.clear(row))
      member.queue.push(this.#chunks.pack(own, []))
    }
    member.withdrawn = chunk.end
    this.#out.withdrawnFront = Math.max(this.#out.withdrawnFront, chunk.end)
    if (start === this.#out.withdrawnFloor) this.#sweepWithdrawals()
  }

  #passAnnouncements(member: OutMember): void {
    const chunk = this.#chunks.announcements(member.announced)
    if (chunk.sources.has(member.source)) this.#passMixed(member, chunk)
    else {
      member.setAll(chunk.rows, 0, chunk.rows.length)
      if (chunk.updates > 0) member.queue.push(chunk)
    }
    member.announced = chunk.end
    this.#out.announcedFront = Math.max(this.#out.announcedFront, chunk.end)
  }

  /** A chunk with routes from the member itself: those are left out, and withdrawn where it held others. */
  #passMixed(member: OutMember, chunk: Chunk): void {
    const { runs, rows, bytes } = chunk
    const withdraw: number[] = []
    const pieces: Packed[] = []
    let from = 0
    let offset = 0
    let updates = 0
    for (let run = 0; run < runs.length; run += 4) {
      const end = runs[run + 1]
      if (runs[run] === member.source) {
        for (let i = from; i < end; i++) if (member.clear(rows[i])) withdraw.push(rows[i])
      } else {
        member.setAll(rows, from, end - from)
        pieces.push({ bytes: bytes.subarray(offset, runs[run + 2]), updates: runs[run + 3] - updates })
      }
      from = end
      offset = runs[run + 2]
      updates = runs[run + 3]
    }
    if (withdraw.length > 0) {
      member.queue.push(this.#chunks.pack(Int32Array.from(withdraw), []))
    }
    member.queue.push(...pieces)
  }

  /** Lets withdrawn rows go that every member has passed. */
  #sweepWithdrawals(): void {
    const out = this.#out
    let floor = out.withdrawals.end
    for (const member of this.#members.values()) floor = Math.min(floor, member.withdrawn)
    if (!out.sweep(floor)) return
    this.#chunks.clearWithdrawals()
    for (const member of this.#members.values()) member.withdrawn = 0
  }

  /** Keeps the log of announcements from growing where that helps; members' places move with it. */
  #compact(): void {
    const members = [...this.#members.values()]
    const marks = new Set(members.flatMap((member) => [member.announced, member.markerAt]))
    marks.delete(NEVER)
    const moved = this.#out.compact(marks)
    if (moved === undefined) return
    for (const member of members) {
      member.announced = moved.get(member.announced)!
      member.markerAt = moved.get(member.markerAt) ?? NEVER
    }
    this.#chunks.clearAnnouncements()
  }
}
