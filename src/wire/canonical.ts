/**
 * Canonical form of a block of path attributes: what ecmpd stores. Equal sets have equal octets whatever
 * session they came from, and the octets can be sent on.
 *
 * - attributes in ascending order, each once, with exact flags and the shortest length form;
 * - AS_PATH and AGGREGATOR with 4-octet AS numbers, AS4_PATH and AS4_AGGREGATOR merged into them;
 * - discarded and unknown non-transitive attributes gone, unknown transitive ones marked Partial;
 * - large communities without duplicates;
 * - the next hop as NEXT_HOP when it is an IPv4 address, else as MP_REACH_NLRI of AFI 2, SAFI 1 without NLRI,
 *   whatever family the prefixes have.
 */
import { AFI_IPV6, familyOf, SAFI_UNICAST } from '../ip/family.js'
import { EXTENDED_LENGTH, OPTIONAL, PARTIAL, TRANSITIVE } from './attribute-row.js'
import { ATTRIBUTES } from './attributes.js'
import { AttributeCode } from './codes.js'
import { copyDistinct } from './community.js'
import type { AttributeScan } from './scan.js'
import { aggregatedByOld } from './scan-attributes.js'
import type { DecodeContext } from './types.js'

/**
 * Which routes of the message the set is for: 'field' those of the NLRI field (NEXT_HOP), 'reach' those of
 * MP_REACH_NLRI. A message may have both kinds, with a next hop each.
 */
export type NextHopForm = 'field' | 'reach'

/** The context in which canonical octets can be scanned and read again. */
export const CANONICAL_CONTEXT: DecodeContext = {
  id: -1,
  peerType: 'ibgp',
  as4: true,
  rejectAsSet: false,
  extendedNextHop: true,
  aigp: true,
}

/** Octets that are made anew each time; the buffer grows and is reused. */
export class Block {
  bytes: Uint8Array = new Uint8Array(4096)
  length = 0
}

/**
 * Writes the canonical form of a scanned block whose verdict is 'none' or 'discard'. When `scan.canonical` is
 * true the scanned octets are that already.
 * @param bytes what was scanned, unchanged since
 */
export function canonicalize(bytes: Uint8Array, scan: AttributeScan, form: NextHopForm, out: Block): void {
  sortCodes(scan)
  out.length = 0
  // An IPv4 next hop in MP_REACH_NLRI (RFC 4760 §3) takes the place of NEXT_HOP.
  const reach = form === 'reach' && familyOf(scan.reachAfi, scan.reachSafi) !== undefined
  let moved = reach && scan.reachNextHopLength === 4
  for (let i = 0; i < scan.count; i++) {
    const code = scan.codes[i]
    if (moved && code > AttributeCode.NEXT_HOP) {
      writeNextHop(bytes, scan, out)
      moved = false
    }
    const start = scan.valueStart(code)
    const end = scan.valueEnd(code)
    switch (code) {
      case AttributeCode.AS_PATH:
        copy(out, TRANSITIVE, code, scan.path, scan.pathStart, scan.pathStart + scan.pathLength)
        break
      case AttributeCode.NEXT_HOP:
        if (form === 'field') copy(out, TRANSITIVE, code, bytes, start, end)
        break
      case AttributeCode.MP_REACH_NLRI:
        if (reach && scan.reachNextHopLength !== 4) writeReach(bytes, scan, out)
        break
      case AttributeCode.AGGREGATOR:
        writeAggregator(bytes, scan, start, end, out)
        break
      case AttributeCode.AS4_PATH:
      case AttributeCode.AS4_AGGREGATOR:
        break
      case AttributeCode.LARGE_COMMUNITIES:
        writeDistinct(bytes, scan, start, end, out)
        break
      default:
        copy(out, storedFlags(scan, code), code, bytes, start, end)
    }
  }
  if (moved) writeNextHop(bytes, scan, out)
}

/** Flags without the bits that do not count; Partial is kept, and set on attributes nobody here understands. */
function storedFlags(scan: AttributeScan, code: number): number {
  const row = ATTRIBUTES[code]
  if (row === undefined) return OPTIONAL | TRANSITIVE | PARTIAL
  return row.flags === (OPTIONAL | TRANSITIVE) ? row.flags | (scan.flags(code) & PARTIAL) : row.flags
}

/** Insertion sort: the codes nearly always come ascending. */
function sortCodes(scan: AttributeScan): void {
  const { codes, count } = scan
  for (let i = 1; i < count; i++) {
    const code = codes[i]
    let at = i
    for (; at > 0 && codes[at - 1] > code; at--) codes[at] = codes[at - 1]
    codes[at] = code
  }
}

function header(out: Block, flags: number, code: number, length: number): number {
  const needed = out.length + 4 + length
  if (needed > out.bytes.length) {
    const grown = new Uint8Array(needed * 2)
    grown.set(out.bytes.subarray(0, out.length))
    out.bytes = grown
  }
  const bytes = out.bytes
  let at = out.length
  bytes[at++] = length > 255 ? flags | EXTENDED_LENGTH : flags
  bytes[at++] = code
  if (length > 255) bytes[at++] = length >>> 8
  bytes[at++] = length
  out.length = at + length
  return at
}

function copy(out: Block, flags: number, code: number, bytes: Uint8Array, start: number, end: number): void {
  let at = header(out, flags, code, end - start)
  const target = out.bytes
  for (let i = start; i < end; i++) target[at++] = bytes[i]
}

function writeNextHop(bytes: Uint8Array, scan: AttributeScan, out: Block): void {
  const start = scan.reachNextHopStart
  copy(out, TRANSITIVE, AttributeCode.NEXT_HOP, bytes, start, start + 4)
}

function writeReach(bytes: Uint8Array, scan: AttributeScan, out: Block): void {
  const { reachNextHopStart: start, reachNextHopLength: length } = scan
  let at = header(out, OPTIONAL, AttributeCode.MP_REACH_NLRI, length + 5)
  const target = out.bytes
  target[at++] = 0
  target[at++] = AFI_IPV6
  target[at++] = SAFI_UNICAST
  target[at++] = length
  for (let i = 0; i < length; i++) target[at++] = bytes[start + i]
  target[at] = 0
}

function writeAggregator(
  bytes: Uint8Array,
  scan: AttributeScan,
  start: number,
  end: number,
  out: Block,
): void {
  const code = AttributeCode.AGGREGATOR
  const flags = storedFlags(scan, code)
  if (end - start === 8) {
    copy(out, flags, code, bytes, start, end)
  } else if (scan.has(AttributeCode.AS4_AGGREGATOR) && !aggregatedByOld(scan, bytes)) {
    const as4 = AttributeCode.AS4_AGGREGATOR
    copy(out, flags, code, bytes, scan.valueStart(as4), scan.valueEnd(as4))
  } else {
    const at = header(out, flags, code, 8)
    out.bytes[at] = 0
    out.bytes[at + 1] = 0
    for (let i = 0; i < 6; i++) out.bytes[at + 2 + i] = bytes[start + i]
  }
}

function writeDistinct(bytes: Uint8Array, scan: AttributeScan, start: number, end: number, out: Block): void {
  const code = AttributeCode.LARGE_COMMUNITIES
  const distinct = new Uint8Array(end - start)
  copy(out, storedFlags(scan, code), code, distinct, 0, copyDistinct(bytes, start, end, distinct, 0))
}
