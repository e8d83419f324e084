/**
 * Attribute sets: every distinct block of path attributes is parsed once, stored once in canonical octets
 * (wire/canonical.ts), and known by a number. What the decision and the export need of it stands in columns
 * indexed by that number.
 *
 * References: paths and Adj-RIB-Out hold them (`retain`, `release`). A set that nobody holds lives until the
 * next reclaim(), which Rib.decide() calls at its end: so intern() and announce() belong into one turn.
 */
import { familyOf } from '../../ip/family.js'
import { pathContains, pathCount } from '../../wire/as-path.js'
import { Block, CANONICAL_CONTEXT, canonicalize, type NextHopForm } from '../../wire/canonical.js'
import { AttributeCode } from '../../wire/codes.js'
import { NO_FAULTS } from '../../wire/fault.js'
import { isPolicyFlags, policyFlagsAttribute } from '../../wire/policy-flags.js'
import { readCanonical } from '../../wire/read-attributes.js'
import { AttributeScan, CommunityFlag } from '../../wire/scan.js'
import { scanAttributes } from '../../wire/scan-attributes.js'
import type { DecodeContext, PathAttributes } from '../../wire/types.js'
import { writeAttributes } from '../../wire/write-attributes.js'
import { growInt32, growUint8, growUint16, growUint32 } from '../store/columns.js'
import type { AttributeSets, InternResult } from '../store/types.js'
import { BlockStore } from './block-store.js'
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
/** Stands above the communities. */
export const ATTR_HAS_OTC = 1 << 12
export const ATTR_ATOMIC_AGGREGATE = 1 << 13

/** Contexts with ids below this are remembered with the sets that were valid in them. */
const REMEMBERED_CONTEXTS = 32

/** Interned attribute sets, as described at the head of this file. */
export class AttributeTable implements AttributeSets {
  /** Canonical octets by id. */
  readonly blocks: BlockStore
  readonly nextHops: NextHops
  /** ATTR_… bits. */
  flags: Uint16Array
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  origin: Uint8Array
  /** AS_PATH length as compared: a set counts 1, confederation segments 0. */
  hops: Uint16Array
  /** Neighboring AS: the first of a path that opens with a sequence; else 0. */
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
  /** What policy noted (wire/policy-flags.ts). */
  policyFlags: Uint32Array
  /** Bit n: a session with context n sent exactly these octets with NLRI, and they were without fault. */
  #validIn: Uint32Array
  #capacity: number
  readonly #scan = new AttributeScan()
  readonly #canonicalScan = new AttributeScan()
  readonly #block = new Block()
  readonly #result: InternResult = {
    id: 0,
    reachId: 0,
    verdict: 'none',
    faults: NO_FAULTS,
    reachAfi: 0,
    reachSafi: 0,
    reachStart: 0,
    reachEnd: 0,
    unreachAfi: 0,
    unreachSafi: 0,
    unreachStart: 0,
    unreachEnd: 0,
  }

  /**
   * @param capacity sets to make room for at once; the table grows by itself
   * @param seed any 32-bit number; a secret one keeps peers from choosing colliding blocks
   */
  constructor(nextHops: NextHops, capacity = 1024, seed = 0) {
    this.nextHops = nextHops
    this.blocks = new BlockStore(capacity, seed)
    this.blocks.onFree((id) => nextHops.release(this.nextHop[id]))
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
    this.policyFlags = new Uint32Array(rows)
    this.#validIn = new Uint32Array(rows)
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

  /** How often `as` stands in AS_PATH, sets included. */
  countAs(id: number, as: number): number {
    const start = this.blocks.offset(id) + this.pathStart[id]
    return pathCount(this.blocks.slab(id), start, this.pathLength[id], as)
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
   * Interns the path attributes of an UPDATE. A block that a session of the same context sent before is found
   * by its octets and not looked into again.
   * @param bytes the message; attributes lie in [start, end)
   * @param hasNlri whether the NLRI field holds prefixes (mandatory attributes, RFC 7606 §3 d)
   * @returns one object, reused by the next call
   */
  intern(
    bytes: Uint8Array,
    start: number,
    end: number,
    hasNlri: boolean,
    context: DecodeContext,
  ): InternResult {
    const result = this.#result
    result.id = 0
    result.reachId = 0
    result.verdict = 'none'
    result.faults = NO_FAULTS
    result.reachAfi = 0
    result.unreachAfi = 0
    if (!hasNlri && start === end) return result
    const bit = context.id >= 0 && context.id < REMEMBERED_CONTEXTS ? 1 << context.id : 0
    let known = 0
    if (hasNlri) {
      known = this.blocks.find(bytes, start, end)
      if (known !== 0 && (this.#validIn[known] & bit) !== 0) {
        result.id = known
        return result
      }
    }
    const scan = this.#scan
    scanAttributes(bytes, start, end, hasNlri, context, scan)
    this.#describe(scan)
    if (scan.verdict === 'reset' || scan.verdict === 'withdraw') return result
    if (hasNlri) {
      if (scan.canonical) {
        result.id = known !== 0 ? known : this.#add(bytes, start, end, scan)
        this.#validIn[result.id] |= bit
      } else result.id = this.#internScanned(bytes, scan, 'field')
    }
    if (scan.reachEnd > scan.reachStart && familyOf(scan.reachAfi, scan.reachSafi) !== undefined) {
      result.reachId = this.#internScanned(bytes, scan, 'reach')
      if (!hasNlri) result.id = result.reachId
    }
    return result
  }

  /** Calls `listener` with each id that is freed, while the set can still be read. @returns undo */
  onFree(listener: (id: number) => void): () => void {
    return this.blocks.onFree(listener)
  }

  /** What policy noted on a set (wire/policy-flags.ts). */
  policyFlagsOf(id: number): number {
    return this.policyFlags[id]
  }

  /** The readable form, without policy flags; made anew each time. */
  get(id: number): PathAttributes {
    const start = this.blocks.offset(id)
    const read = readCanonical(this.blocks.slab(id), start, start + this.blocks.lengths[id])
    if (this.policyFlags[id] === 0) return read
    const unknown = read.unknown?.filter(({ flags, code }) => !isPolicyFlags(flags, code))
    return { ...read, unknown: unknown === undefined || unknown.length === 0 ? undefined : unknown }
  }

  /**
   * Interns a set built by hand (policy, own routes).
   * @param policyFlags POLICY_… bits (wire/policy-flags.ts)
   */
  internAttributes(attributes: PathAttributes, policyFlags = 0): number {
    if (policyFlags === 0) return this.#internWritten(attributes)
    const unknown = [policyFlagsAttribute(policyFlags), ...(attributes.unknown ?? [])]
    const id = this.#internWritten({ ...attributes, unknown })
    this.policyFlags[id] = policyFlags
    return id
  }

  #internWritten(attributes: PathAttributes): number {
    const octets = writeAttributes(attributes)
    return this.#internCanonical(octets, octets.length)
  }

  #describe(scan: AttributeScan): void {
    const result = this.#result
    result.verdict = scan.verdict
    result.faults = scan.faults
    result.reachAfi = scan.reachAfi
    result.reachSafi = scan.reachSafi
    result.reachStart = scan.reachStart
    result.reachEnd = scan.reachEnd
    result.unreachAfi = scan.unreachAfi
    result.unreachSafi = scan.unreachSafi
    result.unreachStart = scan.unreachStart
    result.unreachEnd = scan.unreachEnd
  }

  #internScanned(bytes: Uint8Array, scan: AttributeScan, form: NextHopForm): number {
    canonicalize(bytes, scan, form, this.#block)
    return this.#internCanonical(this.#block.bytes, this.#block.length)
  }

  /** The id of a block in canonical form, `length` octets from the front of `bytes`. */
  #internCanonical(bytes: Uint8Array, length: number): number {
    const known = this.blocks.find(bytes, 0, length)
    if (known !== 0) return known
    scanAttributes(bytes, 0, length, false, CANONICAL_CONTEXT, this.#canonicalScan)
    return this.#add(bytes, 0, length, this.#canonicalScan)
  }

  /** Stores a block that the last find() did not know. @param scan what scanning just these octets found */
  #add(bytes: Uint8Array, start: number, end: number, scan: AttributeScan): number {
    const id = this.blocks.add(bytes, start, end)
    if (id >= this.#capacity) this.#grow()
    this.flags[id] =
      (scan.hasMed ? ATTR_HAS_MED : 0) |
      (scan.hasLocalPref ? ATTR_HAS_LOCAL_PREF : 0) |
      (scan.hasOriginatorId ? ATTR_HAS_ORIGINATOR : 0) |
      (scan.hasOtc ? ATTR_HAS_OTC : 0) |
      (scan.has(AttributeCode.ATOMIC_AGGREGATE) ? ATTR_ATOMIC_AGGREGATE : 0) |
      (scan.communityFlags << COMMUNITY_SHIFT)
    this.origin[id] = Math.max(0, scan.origin)
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
    this.nextHops.retain(this.nextHop[id])
    this.policyFlags[id] = 0
    this.#validIn[id] = 0
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
    this.policyFlags = growUint32(this.policyFlags, capacity)
    this.#validIn = growUint32(this.#validIn, capacity)
  }
}
