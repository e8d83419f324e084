/**
 * What the hot path knows of a block of path attributes: a verdict and numbers, no objects. One AttributeScan
 * is filled again and again; offsets are into the octets that were scanned.
 */
import { PathScan, WidePath } from './as-path.js'
import { NO_FAULTS, stronger } from './fault.js'
import type { Fault, Verdict } from './types.js'

/** Bits of `communityFlags`: well-known communities that a block carries. */
export const CommunityFlag = {
  NoExport: 1,
  NoAdvertise: 2,
  NoExportSubconfed: 4,
  GracefulShutdown: 8,
  LlgrStale: 16,
  NoLlgr: 32,
  Blackhole: 64,
} as const

/** A hostile block can have thousands of faults; people need the first few and the one that decides. */
const MOST_FAULTS = 16

/** What a scan found in a block, as numbers; one object, filled anew by each scan. */
export class AttributeScan {
  /** What to do with the UPDATE (RFC 7606 §2); the strongest of `faults`. */
  verdict: Verdict = 'none'
  /** Shared and empty when there is none. */
  faults: readonly Fault[] = NO_FAULTS
  /** True when the octets are in canonical form already (canonical.ts). */
  canonical = true

  /** 0 IGP, 1 EGP, 2 INCOMPLETE; -1 when absent. */
  origin = -1
  /** The AS path with 4-octet numbers: `pathLength` octets of `path` from `pathStart`. */
  path: Uint8Array = EMPTY
  pathStart = 0
  pathLength = 0
  /** Length for the decision (RFC 4271 §9.1.2.2 a, RFC 5065 §5.3). */
  asPathHops = 0
  /** First AS of a path that opens with a sequence; else 0. */
  firstAs = 0
  /** Last AS of a path that ends with a sequence; else 0. */
  originAs = 0

  hasMed = false
  med = 0
  hasLocalPref = false
  localPref = 0
  hasOriginatorId = false
  originatorId = 0
  /** ONLY_TO_CUSTOMER is there (RFC 9234 §5). */
  hasOtc = false
  /** How many cluster ids CLUSTER_LIST holds; 0 when absent. They start at valueStart(10). */
  clusterListLength = 0

  /** Address octets of NEXT_HOP; nextHopLength 0 when absent, else 4. */
  nextHopStart = 0
  nextHopLength = 0
  /** MP_REACH_NLRI: next hop octets (4, 16 or 32 for a routed family) and NLRI; reachAfi 0 when absent. */
  reachAfi = 0
  reachSafi = 0
  reachNextHopStart = 0
  reachNextHopLength = 0
  reachStart = 0
  reachEnd = 0
  /** MP_UNREACH_NLRI; unreachAfi 0 when absent. */
  unreachAfi = 0
  unreachSafi = 0
  unreachStart = 0
  unreachEnd = 0

  /** Bits of CommunityFlag. */
  communityFlags = 0

  /** Codes of the attributes that stay, in order of arrival: `count` of them. */
  readonly codes: Uint8Array = new Uint8Array(256)
  count = 0

  /** For the scanner: the path read last, and room for a widened one. */
  readonly pathScan = new PathScan()
  readonly widePath = new WidePath()

  #generation = 0
  readonly #seen = new Int32Array(256)
  readonly #kept = new Int32Array(256)
  readonly #flags = new Uint8Array(256)
  readonly #starts = new Int32Array(256)
  readonly #ends = new Int32Array(256)

  /** Makes the object ready for the next block. */
  reset(): void {
    this.verdict = 'none'
    this.faults = NO_FAULTS
    this.canonical = true
    this.origin = -1
    this.path = EMPTY
    this.pathStart = 0
    this.pathLength = 0
    this.asPathHops = 0
    this.firstAs = 0
    this.originAs = 0
    this.hasMed = false
    this.med = 0
    this.hasLocalPref = false
    this.localPref = 0
    this.hasOriginatorId = false
    this.originatorId = 0
    this.hasOtc = false
    this.clusterListLength = 0
    this.nextHopStart = 0
    this.nextHopLength = 0
    this.reachAfi = 0
    this.reachSafi = 0
    this.reachNextHopStart = 0
    this.reachNextHopLength = 0
    this.reachStart = 0
    this.reachEnd = 0
    this.unreachAfi = 0
    this.unreachSafi = 0
    this.unreachStart = 0
    this.unreachEnd = 0
    this.communityFlags = 0
    this.count = 0
    if (++this.#generation > 0x7ffffff0) {
      this.#generation = 1
      this.#seen.fill(0)
      this.#kept.fill(0)
    }
  }

  /** Notes that an attribute occurs. @returns false when it did already */
  see(code: number): boolean {
    if (this.#seen[code] === this.#generation) return false
    this.#seen[code] = this.#generation
    return true
  }

  /** True when the attribute occurred, sound or not. */
  saw(code: number): boolean {
    return this.#seen[code] === this.#generation
  }

  /** Notes that an attribute stays. */
  keep(code: number, flags: number, start: number, end: number): void {
    this.#kept[code] = this.#generation
    this.#flags[code] = flags
    this.#starts[code] = start
    this.#ends[code] = end
    this.codes[this.count++] = code
  }

  /** True when the block has the attribute, sound and not discarded. */
  has(code: number): boolean {
    return this.#kept[code] === this.#generation
  }

  /** Flags of an attribute that `has` confirms. */
  flags(code: number): number {
    return this.#flags[code]
  }

  /** Offset of the value of an attribute that `has` confirms. */
  valueStart(code: number): number {
    return this.#starts[code]
  }

  /** Offset behind the value of an attribute that `has` confirms. */
  valueEnd(code: number): number {
    return this.#ends[code]
  }

  /** Records a fault; the strongest verdict wins (RFC 7606 §3 h). */
  add(fault: Fault): void {
    this.canonical = false
    const weighsMore = stronger(fault.verdict, this.verdict)
    if (this.faults.length >= MOST_FAULTS && !weighsMore) return
    this.faults = [...this.faults, fault]
    if (weighsMore) this.verdict = fault.verdict
  }

  /** Turns withdrawals into resets: without reachable NLRI there is nothing to withdraw (RFC 7606 §5.2). */
  escalate(): void {
    if (this.verdict !== 'withdraw') return
    this.verdict = 'reset'
    this.faults = this.faults.map((fault) =>
      fault.verdict === 'withdraw' ? { ...fault, verdict: 'reset', rule: `${fault.rule}, §5.2` } : fault,
    )
  }
}

const EMPTY = new Uint8Array(0)
