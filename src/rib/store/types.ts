import type { Family } from '../../ip/family.js'
import type { DecodeContext, Fault, PathAttributes, Verdict } from '../../wire/types.js'

/** A source of paths as the decision process sees it. */
export interface Source {
  /** Dense, given by the RIB owner; reused after removal. 0 is the speaker itself. */
  readonly index: number
  readonly type: 'ebgp' | 'ibgp' | 'local'
  /** Neighbor's BGP Identifier. */
  readonly routerId: number
  /** Neighbor's address, for the last tie-break and for views. */
  readonly address: string
  readonly remoteAs: number
  readonly weight: number
  /** A route reflector's client (RFC 4456). */
  readonly client?: boolean
}

/** The result of interning an UPDATE's path attributes; one object, reused by the next call. */
export interface InternResult {
  /**
   * Attribute set id, ≥ 1, of the prefixes in the NLRI field (or, without such, of those in MP_REACH_NLRI);
   * 0 when there is none (no attributes, or verdict withdraw or reset).
   */
  id: number
  /** Attribute set id of the prefixes in MP_REACH_NLRI: an UPDATE with both kinds has two next hops. */
  reachId: number
  verdict: Verdict
  faults: readonly Fault[]
  /** NLRI of MP_REACH_NLRI and MP_UNREACH_NLRI as offsets into the message; afi 0 when absent. */
  reachAfi: number
  reachSafi: number
  reachStart: number
  reachEnd: number
  unreachAfi: number
  unreachSafi: number
  unreachStart: number
  unreachEnd: number
}

/** Interned attribute sets: parsed once per distinct block, numbers for the decision in typed arrays. */
export interface AttributeSets {
  /**
   * @param bytes the message; attributes lie in [start, end)
   * @param hasNlri whether the NLRI field holds prefixes (mandatory attributes, RFC 7606 §3 d)
   */
  intern(
    bytes: Uint8Array,
    start: number,
    end: number,
    hasNlri: boolean,
    context: DecodeContext,
  ): InternResult
  /** The readable form; cached weakly or not at all. */
  get(id: number): PathAttributes
  /** Interns a set built by hand (policy, own routes), with what policy notes on it (wire/policy-flags.ts). */
  internAttributes(attributes: PathAttributes, policyFlags?: number): number
  /** AS number of the first AS_SEQUENCE element; 0 for an empty path. */
  firstAs(id: number): number
  /** True when `as` stands anywhere in AS_PATH. */
  hasAs(id: number, as: number): boolean
  readonly size: number
}

/** Prefixes whose best path or multipath set changed in one decision run. Valid until the next run. */
export interface ChangeBatch {
  readonly family: Family
  /** Table version after the run. */
  readonly version: number
  readonly count: number
  /** Prefix ids, `count` of them. */
  readonly prefixes: Int32Array
}
