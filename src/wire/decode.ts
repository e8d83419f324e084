/** A whole UPDATE as an object: the cold way, for tests, tools, journals and the log of a malformed one. */
import { bitsOf, type Family, familyOf } from '../ip/family.js'
import { NO_FAULTS, stronger } from './fault.js'
import { checkNlri, type NlriField, type NlriText, nlriFault, readNlri } from './nlri.js'
import { readScanned } from './read-attributes.js'
import { AttributeScan } from './scan.js'
import { scanAttributes } from './scan-attributes.js'
import type { DecodeContext, Fault, PathAttributes, Verdict } from './types.js'
import { endOfRibOf, splitUpdate, UpdateFields, updateLengthFault } from './update.js'

/** A prefix of an UPDATE. */
export interface DecodedRoute extends NlriText {
  readonly family: Family
}

export interface DecodedUpdate {
  readonly withdrawn: readonly DecodedRoute[]
  /** To be taken as withdrawn when the verdict says so. Routes of families that ecmpd does not route are left out. */
  readonly announced: readonly DecodedRoute[]
  /** Next hop that of the NLRI field when it has prefixes, else that of MP_REACH_NLRI. */
  readonly attributes: PathAttributes
  /** Next hop of the routes in MP_REACH_NLRI when the NLRI field has prefixes with their own. */
  readonly reachAttributes?: PathAttributes
  readonly faults: readonly Fault[]
  /** The strongest of `faults`; with 'reset' the lists hold what could be read. */
  readonly verdict: Verdict
  /** Set when the message is an End-of-RIB marker of a family that ecmpd routes. */
  readonly endOfRib?: Family
}

/**
 * Decodes an UPDATE. No octets make it throw.
 * @param bytes holds the message, header included, in [start, end); at least 23 octets
 * @param addPath families whose NLRI carry path identifiers
 */
export function decodeUpdate(
  bytes: Uint8Array,
  context: DecodeContext,
  addPath: readonly Family[] = [],
  start = 0,
  end = bytes.length,
): DecodedUpdate {
  const fields = new UpdateFields()
  if (end - start < 23 || !splitUpdate(bytes, start, end, fields)) {
    const fault = updateLengthFault(start, end)
    return { withdrawn: [], announced: [], attributes: {}, faults: [fault], verdict: 'reset' }
  }
  const decoder = new UpdateDecoder(bytes, fields, context, addPath)
  decoder.field('withdrawn', 'ipv4-unicast', fields.withdrawnStart, fields.withdrawnEnd)
  decoder.field('nlri', 'ipv4-unicast', fields.nlriStart, fields.nlriEnd)
  return decoder.finish()
}

class UpdateDecoder {
  readonly #bytes: Uint8Array
  readonly #fields: UpdateFields
  readonly #addPath: readonly Family[]
  readonly #scan = new AttributeScan()
  readonly #withdrawn: DecodedRoute[] = []
  readonly #announced: DecodedRoute[] = []
  #faults: readonly Fault[] = NO_FAULTS

  constructor(bytes: Uint8Array, fields: UpdateFields, context: DecodeContext, addPath: readonly Family[]) {
    this.#bytes = bytes
    this.#fields = fields
    this.#addPath = addPath
    const hasNlri = fields.nlriEnd > fields.nlriStart
    scanAttributes(bytes, fields.attributesStart, fields.attributesEnd, hasNlri, context, this.#scan)
  }

  field(field: NlriField, family: Family, start: number, end: number): void {
    const addPath = this.#addPath.includes(family)
    const bad = checkNlri(this.#bytes, start, end, bitsOf(family), addPath)
    if (bad >= 0) {
      this.#faults = [...this.#faults, nlriFault(field, this.#bytes, start, end, bad)]
      return
    }
    const list = field === 'nlri' || field === 'reach' ? this.#announced : this.#withdrawn
    const octets = bitsOf(family) / 8
    for (const route of readNlri(this.#bytes, start, end, octets, addPath)) list.push({ family, ...route })
  }

  finish(): DecodedUpdate {
    const scan = this.#scan
    const fields = this.#fields
    const reach = familyOf(scan.reachAfi, scan.reachSafi)
    if (reach !== undefined) this.field('reach', reach, scan.reachStart, scan.reachEnd)
    const unreach = familyOf(scan.unreachAfi, scan.unreachSafi)
    if (unreach !== undefined) this.field('unreach', unreach, scan.unreachStart, scan.unreachEnd)
    const faults = [...scan.faults, ...this.#faults]
    const verdict = faults.reduce<Verdict>((v, f) => (stronger(f.verdict, v) ? f.verdict : v), 'none')
    const hasNlri = fields.nlriEnd > fields.nlriStart
    const marker = endOfRibOf(this.#bytes, fields)
    const endOfRib = familyOf(marker >>> 8, marker & 255)
    const attributes = readScanned(this.#bytes, scan, hasNlri ? 'field' : undefined)
    return {
      withdrawn: this.#withdrawn,
      announced: this.#announced,
      attributes,
      ...(hasNlri && reach !== undefined && { reachAttributes: readScanned(this.#bytes, scan, 'reach') }),
      faults: faults.length === 0 ? NO_FAULTS : faults,
      verdict,
      ...(endOfRib !== undefined && { endOfRib }),
    }
  }
}
