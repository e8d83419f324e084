/**
 * Rewrites an attribute set for a neighbor: octets in, octets out, one pass over the attributes in ascending
 * order. RFC 4271 §5.1 says what each attribute becomes at the AS border, RFC 4456 §8 what a reflector adds,
 * RFC 6793 §4.2.2 what a neighbor with 2-octet AS numbers gets.
 */
import { EXTENDED_LENGTH, OPTIONAL, TRANSITIVE } from '../../wire/attribute-row.js'
import { AS_TRANS, AttributeCode } from '../../wire/codes.js'
import { Community } from '../../wire/community.js'
import { isPolicyFlags, POLICY_MED } from '../../wire/policy-flags.js'
import { addsOtcOnEgress } from '../../wire/role.js'
import { AS_SEQUENCE } from '../../wire/types.js'
import {
  ATTR_HAS_LOCAL_PREF,
  ATTR_HAS_ORIGINATOR,
  ATTR_LLGR_STALE,
  type AttributeTable,
} from '../attributes/attributes.js'
import type { Source } from '../store/types.js'
import { changedPath, changesPath } from './export-changes.js'
import { nextHopSent } from './next-hop-sent.js'
import type { ExportTreatment } from './treatment.js'

/** Set in the first octet of an extended community that stays within an AS (RFC 4360 §2). */
const NON_TRANSITIVE = 0x40
const NONE = new Uint8Array(0)
const NO_COMMUNITIES: readonly number[] = []
const NO_EXPORT: readonly number[] = [Community.NO_EXPORT]
const GRACEFUL_SHUTDOWN: readonly number[] = [Community.GRACEFUL_SHUTDOWN]

/** Rewrites attribute octets for export, as described at the head of this file. */
export class Rewrite {
  /** The outgoing block; its length is what write() returned. */
  bytes = new Uint8Array(8192)
  readonly #treatment: ExportTreatment
  readonly #attributes: AttributeTable
  readonly #shared: (nextHop: number) => boolean
  /** Own AS numbers as eBGP neighbors see them, the outermost first. */
  readonly #own: readonly number[]
  #length = 0
  /** Codes below this have been written, or need not be. */
  #done = 0
  #attribute = 0
  #source: Source | undefined
  #nextHop: Uint8Array = NONE
  /** The new AS_PATH with 4-octet numbers. */
  #path = new Uint8Array(1024)
  #pathLength = 0
  /** Communities that the treatment adds to those of the set; LOCAL_PREF is 0 with them. */
  #added: readonly number[] = NO_COMMUNITIES
  /** AS number and address of an AGGREGATOR whose AS does not fit two octets. */
  #aggregator: Uint8Array = NONE

  constructor(treatment: ExportTreatment, attributes: AttributeTable, shared: (nextHop: number) => boolean) {
    this.#treatment = treatment
    this.#attributes = attributes
    this.#shared = shared
    const { localAs, changes } = treatment
    this.#own = changes?.ownAs === undefined ? [localAs] : [localAs, changes.ownAs]
  }

  /**
   * Writes the outgoing block of a set (format: export.ts) into `bytes`.
   * @returns its length; 0 when the neighbor can't be given a next hop or the block exceeds 65535 octets
   */
  write(attribute: number, source: Source): number {
    this.#attribute = attribute
    const nextHop = nextHopSent(attribute, source, this.#treatment, this.#attributes, this.#shared)
    if (nextHop.length === 0) return 0
    this.#source = source
    this.#nextHop = nextHop
    this.#aggregator = NONE
    this.#added = this.#addedCommunities(attribute)
    this.#done = 0
    this.#length = 0
    this.#preparePath()
    const { blocks } = this.#attributes
    const octets = blocks.slab(attribute)
    const start = blocks.offset(attribute)
    const end = start + blocks.lengths[attribute]
    if (nextHop.length === 4) this.#octet(0)
    else {
      this.#octet(nextHop.length)
      for (const octet of nextHop) this.#octet(octet)
    }
    for (let at = start; at < end; ) {
      const flags = octets[at]
      const code = octets[at + 1]
      const extended = (flags & EXTENDED_LENGTH) !== 0
      const value = extended ? at + 4 : at + 3
      const next = value + (extended ? (octets[at + 2] << 8) | octets[at + 3] : octets[at + 2])
      this.#made(code)
      this.#learned(octets, flags, code, value, next)
      this.#done = code + 1
      at = next
    }
    this.#made(256)
    return this.#length <= 65535 ? this.#length : 0
  }

  #addedCommunities(attribute: number): readonly number[] {
    const { gracefulShutdown, longLived } = this.#treatment
    const stale = (this.#attributes.flags[attribute] & ATTR_LLGR_STALE) !== 0
    const added = stale && longLived === 'marked' ? NO_EXPORT : NO_COMMUNITIES
    return gracefulShutdown === true ? [...added, ...GRACEFUL_SHUTDOWN] : added
  }

  /** Writes, in order, the attributes below `code` that are made here rather than copied. */
  #made(code: number): void {
    const { type, as4 } = this.#treatment
    if (this.#due(AttributeCode.AS_PATH, code)) this.#writePath()
    if (this.#due(AttributeCode.NEXT_HOP, code) && this.#nextHop.length === 4) {
      this.#header(TRANSITIVE, AttributeCode.NEXT_HOP, 4)
      for (const octet of this.#nextHop) this.#octet(octet)
    }
    if (this.#due(AttributeCode.LOCAL_PREF, code) && type === 'ibgp') this.#writeLocalPref()
    if (this.#due(AttributeCode.COMMUNITIES, code) && this.#added.length > 0)
      this.#writeCommunities(NONE, 0, 0)
    if (this.#due(AttributeCode.ORIGINATOR_ID, code) && this.#reflected()) this.#writeOriginator()
    if (this.#due(AttributeCode.CLUSTER_LIST, code) && this.#reflected()) this.#writeClusterList(NONE, 0, 0)
    if (this.#due(AttributeCode.AS4_PATH, code) && !as4) this.#writeAs4Path()
    if (this.#due(AttributeCode.AS4_AGGREGATOR, code) && this.#aggregator.length > 0) {
      this.#copy(OPTIONAL | TRANSITIVE, AttributeCode.AS4_AGGREGATOR, this.#aggregator, 0, 8)
    }
    if (this.#due(AttributeCode.ONLY_TO_CUSTOMER, code) && this.#addsOtc()) {
      this.#header(OPTIONAL | TRANSITIVE, AttributeCode.ONLY_TO_CUSTOMER, 4)
      this.#word(this.#treatment.localAs)
    }
  }

  /** True once for each code, when the pass has come to it. */
  #due(made: number, code: number): boolean {
    if (made >= code || made < this.#done) return false
    this.#done = made + 1
    return true
  }

  /** Writes what becomes of a stored attribute. */
  #learned(octets: Uint8Array, flags: number, code: number, value: number, end: number): void {
    const { changes } = this.#treatment
    const external = this.#treatment.type === 'ebgp'
    switch (code) {
      case AttributeCode.AS_PATH:
        this.#writePath()
        return
      case AttributeCode.NEXT_HOP:
        if (this.#nextHop.length === 4) this.#copy(flags, code, this.#nextHop, 0, 4)
        return
      case AttributeCode.MP_REACH_NLRI:
        return
      case AttributeCode.MULTI_EXIT_DISC:
        // RFC 4271 §5.1.4: that of another AS goes no further.
        if (
          !external ||
          this.#source?.type === 'local' ||
          this.#hasPolicyFlag(POLICY_MED) ||
          changes?.medUnchanged
        )
          this.#copy(flags, code, octets, value, end)
        return
      case AttributeCode.LOCAL_PREF:
        if (!external) this.#writeLocalPref()
        return
      case AttributeCode.AGGREGATOR:
        this.#writeAggregator(flags, octets, value)
        return
      case AttributeCode.ORIGINATOR_ID:
        if (!external) this.#copy(flags, code, octets, value, end)
        return
      case AttributeCode.CLUSTER_LIST:
        if (external) return
        if (this.#reflected()) this.#writeClusterList(octets, value, end)
        else this.#copy(flags, code, octets, value, end)
        return
      case AttributeCode.COMMUNITIES:
        this.#writeKept(flags, octets, value, end)
        return
      case AttributeCode.LARGE_COMMUNITIES:
        if (changes?.communities?.large !== false)
          this.#copy(flags & ~EXTENDED_LENGTH, code, octets, value, end)
        return
      case AttributeCode.EXTENDED_COMMUNITIES:
        if (changes?.communities?.extended === false) return
        if (external) this.#copyTransitive(flags, code, octets, value, end, 8)
        else this.#copy(flags, code, octets, value, end)
        return
      case AttributeCode.IPV6_EXTENDED_COMMUNITIES:
        if (changes?.communities?.extended === false) return
        if (external) this.#copyTransitive(flags, code, octets, value, end, 20)
        else this.#copy(flags, code, octets, value, end)
        return
      case AttributeCode.AIGP:
        // RFC 7311 §3.4: only over sessions where it is enabled.
        return
      default:
        if (!isPolicyFlags(flags, code)) this.#copy(flags & ~EXTENDED_LENGTH, code, octets, value, end)
    }
  }

  /** RFC 9234 §5: the own AS as Only to Customer, on what has none. */
  #addsOtc(): boolean {
    const { type, role } = this.#treatment
    return type === 'ebgp' && role !== undefined && addsOtcOnEgress(role)
  }

  /** What the export policy noted. */
  #hasPolicyFlag(flag: number): boolean {
    return (this.#attributes.policyFlags[this.#attribute] & flag) !== 0
  }

  #reflected(): boolean {
    return this.#treatment.type === 'ibgp' && this.#source?.type === 'ibgp'
  }

  #preparePath(): void {
    const { type, remoteAs, changes } = this.#treatment
    const { blocks, pathStart, pathLength } = this.#attributes
    const external = type === 'ebgp'
    let octets = blocks.slab(this.#attribute)
    let at = blocks.offset(this.#attribute) + pathStart[this.#attribute]
    let length = pathLength[this.#attribute]
    if (external && changes !== undefined && changesPath(changes)) {
      octets = changedPath(octets, at, length, changes, remoteAs, this.#own)
      at = 0
      length = octets.length
    }
    const end = at + length
    if (length + 10 > this.#path.length) this.#path = new Uint8Array(length * 2)
    const path = this.#path
    let to = 0
    // A route without a path is an own one: it needs a neighboring AS.
    if (external && (length === 0 || changes?.asPathUnchanged !== true)) {
      const own = this.#own
      path[to++] = AS_SEQUENCE
      // RFC 4271 §5.1.2: a new segment when the first is no sequence or is full.
      const joins = length > 0 && octets[at] === AS_SEQUENCE && octets[at + 1] + own.length <= 255
      path[to++] = joins ? octets[at + 1] + own.length : own.length
      for (const as of own) {
        path[to++] = as >>> 24
        path[to++] = as >>> 16
        path[to++] = as >>> 8
        path[to++] = as
      }
      if (joins) at += 2
    }
    for (; at < end; at++) path[to++] = octets[at]
    this.#pathLength = to
  }

  #writePath(): void {
    const path = this.#path
    const length = this.#pathLength
    if (this.#treatment.as4) {
      this.#copy(TRANSITIVE, AttributeCode.AS_PATH, path, 0, length)
      return
    }
    let narrow = 0
    for (let at = 0; at < length; at += 2 + path[at + 1] * 4) narrow += 2 + path[at + 1] * 2
    this.#header(TRANSITIVE, AttributeCode.AS_PATH, narrow)
    for (let at = 0; at < length; ) {
      const next = at + 2 + path[at + 1] * 4
      this.#octet(path[at])
      this.#octet(path[at + 1])
      for (let as = at + 2; as < next; as += 4) {
        const wide = path[as] !== 0 || path[as + 1] !== 0
        this.#octet(wide ? AS_TRANS >>> 8 : path[as + 2])
        this.#octet(wide ? AS_TRANS & 255 : path[as + 3])
      }
      at = next
    }
  }

  /** RFC 6793 §4.2.2: only when a number did not fit. Confederation segments never get this far. */
  #writeAs4Path(): void {
    const path = this.#path
    for (let at = 0; at < this.#pathLength; ) {
      const next = at + 2 + path[at + 1] * 4
      for (let as = at + 2; as < next; as += 4) {
        if (path[as] === 0 && path[as + 1] === 0) continue
        this.#copy(OPTIONAL | TRANSITIVE, AttributeCode.AS4_PATH, path, 0, this.#pathLength)
        return
      }
      at = next
    }
  }

  #writeLocalPref(): void {
    const { flags, localPref } = this.#attributes
    const has = (flags[this.#attribute] & ATTR_HAS_LOCAL_PREF) !== 0
    this.#header(TRANSITIVE, AttributeCode.LOCAL_PREF, 4)
    if (this.#added.length > 0) this.#word(0)
    else this.#word(has ? localPref[this.#attribute] : this.#treatment.defaultLocalPref)
  }

  /** What a neighbor that is sent no communities gets all the same is what this speaker adds. */
  #writeKept(flags: number, octets: Uint8Array, start: number, end: number): void {
    const kept = this.#treatment.changes?.communities?.standard === false ? start : end
    if (this.#added.length > 0) this.#writeCommunities(octets, start, kept)
    else if (kept > start) this.#copy(flags, AttributeCode.COMMUNITIES, octets, start, kept)
  }

  /** The communities in [start, end) and those that are added, each once. */
  #writeCommunities(octets: Uint8Array, start: number, end: number): void {
    const missing = this.#added.filter((community) => !hasCommunity(octets, start, end, community))
    this.#header(OPTIONAL | TRANSITIVE, AttributeCode.COMMUNITIES, end - start + missing.length * 4)
    for (let at = start; at < end; at++) this.#octet(octets[at])
    for (const community of missing) this.#word(community)
  }

  #writeOriginator(): void {
    if ((this.#attributes.flags[this.#attribute] & ATTR_HAS_ORIGINATOR) !== 0) return
    this.#header(OPTIONAL, AttributeCode.ORIGINATOR_ID, 4)
    this.#word(this.#source?.routerId ?? 0)
  }

  #writeClusterList(octets: Uint8Array, start: number, end: number): void {
    this.#header(OPTIONAL, AttributeCode.CLUSTER_LIST, 4 + end - start)
    this.#word(this.#treatment.reflector?.clusterId ?? 0)
    for (let at = start; at < end; at++) this.#octet(octets[at])
  }

  #writeAggregator(flags: number, octets: Uint8Array, value: number): void {
    const code = AttributeCode.AGGREGATOR
    if (this.#treatment.as4) {
      this.#copy(flags, code, octets, value, value + 8)
      return
    }
    const wide = octets[value] !== 0 || octets[value + 1] !== 0
    if (wide) this.#aggregator = octets.slice(value, value + 8)
    this.#header(flags, code, 6)
    this.#octet(wide ? AS_TRANS >>> 8 : octets[value + 2])
    this.#octet(wide ? AS_TRANS & 255 : octets[value + 3])
    for (let at = value + 4; at < value + 8; at++) this.#octet(octets[at])
  }

  /** RFC 4360 §6: what is not transitive stays within the AS. */
  #copyTransitive(
    flags: number,
    code: number,
    octets: Uint8Array,
    start: number,
    end: number,
    size: number,
  ): void {
    let kept = 0
    for (let at = start; at < end; at += size) if ((octets[at] & NON_TRANSITIVE) === 0) kept += size
    if (kept === 0) return
    this.#header(flags & ~EXTENDED_LENGTH, code, kept)
    for (let at = start; at < end; at += size) {
      if ((octets[at] & NON_TRANSITIVE) !== 0) continue
      for (let i = at; i < at + size; i++) this.#octet(octets[i])
    }
  }

  #copy(flags: number, code: number, octets: Uint8Array, start: number, end: number): void {
    this.#header(flags & ~EXTENDED_LENGTH, code, end - start)
    this.#room(end - start)
    const bytes = this.bytes
    let to = this.#length
    for (let at = start; at < end; at++) bytes[to++] = octets[at]
    this.#length = to
  }

  #header(flags: number, code: number, length: number): void {
    this.#octet(length > 255 ? flags | EXTENDED_LENGTH : flags)
    this.#octet(code)
    if (length > 255) this.#octet(length >>> 8)
    this.#octet(length)
  }

  #word(value: number): void {
    this.#octet(value >>> 24)
    this.#octet(value >>> 16)
    this.#octet(value >>> 8)
    this.#octet(value)
  }

  #octet(value: number): void {
    this.#room(1)
    this.bytes[this.#length++] = value
  }

  #room(count: number): void {
    if (this.#length + count <= this.bytes.length) return
    const bytes = new Uint8Array((this.#length + count) * 2)
    bytes.set(this.bytes)
    this.bytes = bytes
  }
}

function hasCommunity(octets: Uint8Array, start: number, end: number, community: number): boolean {
  for (let at = start; at < end; at += 4) {
    const value = ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0
    if (value === community) return true
  }
  return false
}
