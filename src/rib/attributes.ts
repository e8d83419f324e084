/**
 * Attribute sets: every distinct block of path attributes is parsed once, stored once in canonical octets
 * (wire/canonical.ts), and known by a number. What the decision and the export need of it stands in columns
 * indexed by that number.
 *
 * References: paths and Adj-RIB-Out hold them (`retain`, `release`). A set that nobody holds lives until the
 * next reclaim(), which Rib.decide() calls at its end: so intern() and announce() belong into one turn.
 */
import { pathContains } from '../wire/as-path.js'
import { type AttributeScan, CommunityFlag } from '../wire/scan.js'
import { BlockStore } from './block-store.js'
import { growInt32, growUint8, growUint16, growUint32 } from './columns.js'
import type { NextHops } from './next-hops.js'

/** Bits of the `flags` column. The communities stand above, in CommunityFlag's order. */
export const ATTR_HAS_MED = 1
export const ATTR_HAS_LOCAL_PREF = 2
export const ATTR_HAS_ORIGINATOR = 4
const COMMUNITY_SHIFT = 3
export const ATTR_NO_EXPORT = CommunityFlag.NoExport << COMMUNITY_SHIFT
export const ATTR_NO_ADVERTISE = CommunityFlag.NoAdvertise << COMMUNITY_SHIFT
export const ATTR_NO_EXPORT_SUBCONFED = CommunityFlag.NoExportSubconfed << COMMUNITY_SHIFT
export const ATTR_GRACEFUL_SHUTDOWN = CommunityFlag.GracefulShutdown << COMMUNITY_SHIFT
export const ATTR_LLGR_STALE = CommunityFlag.LlgrStale << COMMUNITY_SHIFT
export const ATTR_NO_LLGR = CommunityFlag.NoLlgr << COMMUNITY_SHIFT

export class AttributeTable {
  /** Canonical octets by id. */
  readonly blocks: BlockStore
  readonly nextHops: NextHops
  /** ATTR_… bits. */
  flags: Uint16Array
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  origin: Uint8Array
  /** AS_PATH length as compared: a set counts 1, confederation segments 0. */
  hops: Uint16Array
  /** Neighbouring AS: the first of a path that opens with a sequence; else 0. */
  firstAsOf: Uint32Array
  /** The last AS of a path that ends with a sequence; else 0. */
  originAs: Uint32Array
  /** MULTI_EXIT_DISC, LOCAL_PREF, ORIGINATOR_ID; meaningful with their ATTR_HAS_… bit. */
  med: Uint32Array
  localPref: Uint32Array
  originatorId: Uint32Array
  /** Cluster ids in CLUSTER_LIST. */
  clusterLength: Uint16Array
  /** NextHops id, 0 for none. */
  nextHop: Int32Array
  /** Where in the block the value of AS_PATH stands. */
  pathStart: Uint16Array
  pathLength: Uint16Array
  #capacity: number

  /**
   * @param capacity sets to make room for at once; the table grows by itself
   * @param seed any 32-bit number; a secret one keeps peers from choosing colliding blocks
   */
  constructor(nextHops: NextHops, capacity = 1024, seed = 0) {
    this.nextHops = nextHops
    this.blocks = new BlockStore(capacity, seed)
    const rows = this.blocks.capacity
    this.#capacity = rows
    this.flags = new Uint16Array(rows)
    this.origin = new Uint8Array(rows)
    this.hops = new Uint16Array(rows)
    this.firstAsOf = new Uint32Array(rows)
    this.originAs = new Uint32Array(rows)
    this.med = new Uint32Array(rows)
    this.localPref = new Uint32Array(rows)
    this.originatorId = new Uint32Array(rows)
    this.clusterLength = new Uint16Array(rows)
    this.nextHop = new Int32Array(rows)
    this.pathStart = new Uint16Array(rows)
    this.pathLength = new Uint16Array(rows)
  }

  /** Attribute sets in the table. */
  get size(): number {
    return this.blocks.size
  }

  /** Takes `count` references to a set. */
  retain(id: number, count = 1): void {
    this.blocks.retain(id, count)
  }

  /** Gives `count` references back. */
  release(id: number, count = 1): void {
    this.blocks.release(id, count)
  }

  /** Frees the sets that nobody holds. */
  reclaim(): void {
    this.blocks.reclaim()
  }

  /** AS number of the first AS_SEQUENCE element; 0 for an empty path. */
  firstAs(id: number): number {
    return this.firstAsOf[id]
  }

  /** True when `as` stands anywhere in AS_PATH. */
  hasAs(id: number, as: number): boolean {
    const start = this.blocks.offset(id) + this.pathStart[id]
    return pathContains(this.blocks.slab(id), start, this.pathLength[id], as)
  }

  /** True when two sets have the same AS_PATH. */
  sameAsPath(a: number, b: number): boolean {
    if (a === b) return true
    const length = this.pathLength[a]
    if (length !== this.pathLength[b]) return false
    const left = this.blocks.slab(a)
    const right = this.blocks.slab(b)
    let leftAt = this.blocks.offset(a) + this.pathStart[a]
    let rightAt = this.blocks.offset(b) + this.pathStart[b]
    for (let i = 0; i < length; i++) if (left[leftAt++] !== right[rightAt++]) return false
    return true
  }

  /**
   * The id of a block in canonical form, given now if it is new.
   * @param scan what scanning just these octets found
   */
  internCanonical(bytes: Uint8Array, start: number, end: number, scan: AttributeScan): number {
    const known = this.blocks.find(bytes, start, end)
    return known !== 0 ? known : this.#add(bytes, start, end, scan)
  }

  #add(bytes: Uint8Array, start: number, end: number, scan: AttributeScan): number {
    const id = this.blocks.add(bytes, start, end)
    if (id >= this.#capacity) this.#grow()
    this.flags[id] =
      (scan.hasMed ? ATTR_HAS_MED : 0) |
      (scan.hasLocalPref ? ATTR_HAS_LOCAL_PREF : 0) |
      (scan.hasOriginatorId ? ATTR_HAS_ORIGINATOR : 0) |
      (scan.communityFlags << COMMUNITY_SHIFT)
    this.origin[id] = scan.origin
    this.hops[id] = scan.asPathHops
    this.firstAsOf[id] = scan.firstAs
    this.originAs[id] = scan.originAs
    this.med[id] = scan.med
    this.localPref[id] = scan.localPref
    this.originatorId[id] = scan.originatorId
    this.clusterLength[id] = scan.clusterListLength
    this.pathStart[id] = scan.pathLength === 0 ? 0 : scan.pathStart - start
    this.pathLength[id] = scan.pathLength
    this.nextHop[id] =
      scan.reachAfi !== 0
        ? this.nextHops.intern(bytes, scan.reachNextHopStart, scan.reachNextHopLength)
        : this.nextHops.intern(bytes, scan.nextHopStart, scan.nextHopLength)
    return id
  }

  #grow(): void {
    const capacity = this.blocks.capacity
    this.#capacity = capacity
    this.flags = growUint16(this.flags, capacity)
    this.origin = growUint8(this.origin, capacity)
    this.hops = growUint16(this.hops, capacity)
    this.firstAsOf = growUint32(this.firstAsOf, capacity)
    this.originAs = growUint32(this.originAs, capacity)
    this.med = growUint32(this.med, capacity)
    this.localPref = growUint32(this.localPref, capacity)
    this.originatorId = growUint32(this.originatorId, capacity)
    this.clusterLength = growUint16(this.clusterLength, capacity)
    this.nextHop = growInt32(this.nextHop, capacity)
    this.pathStart = growUint16(this.pathStart, capacity)
    this.pathLength = growUint16(this.pathLength, capacity)
  }
}
