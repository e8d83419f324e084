/**
 * Validates a block of path attributes (RFC 7606 §3, §4, §5.2) and says what the hot path needs of it. The
 * loop owns the cursor: whatever a row thinks of a value, the next attribute starts where the lengths say.
 * A clean block allocates nothing.
 */
import {
  type AttributeRow,
  attributeFault,
  EXTENDED_LENGTH,
  OPTIONAL,
  PARTIAL,
  TRANSITIVE,
} from './attribute-row.js'
import { ATTRIBUTES, attributeName } from './attributes.js'
import { AS_TRANS, AttributeCode, UpdateError } from './codes.js'
import { NO_DATA, resetFault } from './fault.js'
import type { AttributeScan } from './scan.js'
import type { DecodeContext, Verdict } from './types.js'

/**
 * @param bytes holds the block in [start, end)
 * @param hasNlri whether the UPDATE's NLRI field holds prefixes: NEXT_HOP is then mandatory
 * @param out gets everything; its former content is lost
 */
export function scanAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasNlri: boolean,
  context: DecodeContext,
  out: AttributeScan,
): void {
  out.reset()
  let previous = -1
  for (let at = start; at < end && out.verdict !== 'reset'; ) {
    const flags = bytes[at]
    const code = bytes[at + 1]
    const extended = (flags & EXTENDED_LENGTH) !== 0
    const value = extended ? at + 4 : at + 3
    if (value > end) {
      framingFault(out, bytes, at, end, `${end - at} octets are left, too few for an attribute`)
      break
    }
    const length = extended ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2]
    const next = value + length
    if (next > end) {
      framingFault(out, bytes, at, end, `${attributeName(code)} reaches past the end of the attributes`)
      break
    }
    if (code <= previous || extended !== length > 255) out.canonical = false
    previous = code
    if (!out.see(code)) repeated(out, bytes, at, next, code)
    else {
      const row = ATTRIBUTES[code]
      if (row === undefined) scanUnknown(out, bytes, at, value, next)
      else if (scanKnown(row, bytes, at, value, next, flags, context, out)) {
        if ((flags & 0x2f) !== 0) checkLowFlags(out, flags)
        out.keep(code, flags, value, next)
      }
    }
    at = next
  }
  if (!context.as4) widen(end - start, out)
  if (out.verdict !== 'reset') finish(hasNlri, out)
}

function scanKnown(
  row: AttributeRow,
  bytes: Uint8Array,
  at: number,
  value: number,
  next: number,
  flags: number,
  context: DecodeContext,
  out: AttributeScan,
): boolean {
  const length = next - value
  if (row.internalOnly && context.peerType === 'ebgp') {
    const text = 'came from an external neighbor'
    return rowFault(row, 'discard', UpdateError.OptionalAttributeError, out, bytes, at, next, text)
  }
  if ((flags & (OPTIONAL | TRANSITIVE)) !== row.flags) {
    const text = `has flags 0x${flags.toString(16)}, not 0x${row.flags.toString(16)} (RFC 7606 §3 c)`
    return rowFault(row, row.onFault, UpdateError.AttributeFlagsError, out, bytes, at, next, text)
  }
  if (length < row.min || length > row.max || (row.unit !== 1 && length % row.unit !== 0)) {
    const text = `has ${length} octets, which it can't have`
    return rowFault(row, row.onFault, UpdateError.AttributeLengthError, out, bytes, at, next, text)
  }
  return row.scan(bytes, value, next, context, out)
}

function rowFault(
  row: AttributeRow,
  verdict: Verdict,
  subcode: number,
  out: AttributeScan,
  bytes: Uint8Array,
  at: number,
  next: number,
  text: string,
): false {
  const data = bytes.slice(at, next)
  out.add(attributeFault(verdict, row.subcode || subcode, row.code, row.rule, `${row.name} ${text}`, data))
  return false
}

/** Partial belongs to optional transitive attributes alone, the low four bits to none (RFC 4271 §4.3). */
function checkLowFlags(out: AttributeScan, flags: number): void {
  const optionalTransitive = OPTIONAL | TRANSITIVE
  if ((flags & 0x0f) !== 0 || (flags & optionalTransitive) !== optionalTransitive) out.canonical = false
}

/** RFC 4271 §5 and §6.3: optional ones are passed on with Partial, or dropped; a well-known one is an error. */
function scanUnknown(out: AttributeScan, bytes: Uint8Array, at: number, value: number, next: number): void {
  const flags = bytes[at]
  const code = bytes[at + 1]
  if ((flags & OPTIONAL) === 0) {
    out.add({
      ...resetFault(
        3,
        UpdateError['UnrecognizedWell-knownAttribute'],
        'RFC 4271 §6.3',
        `well-known attribute ${code} is not known`,
        bytes.slice(at, next),
      ),
      attribute: code,
    })
    return
  }
  if ((flags & TRANSITIVE) === 0) {
    out.canonical = false
    return
  }
  if ((flags & 0x2f) !== PARTIAL) out.canonical = false
  out.keep(code, flags, value, next)
}

/** RFC 7606 §3 g. */
function repeated(out: AttributeScan, bytes: Uint8Array, at: number, next: number, code: number): void {
  const fatal = code === AttributeCode.MP_REACH_NLRI || code === AttributeCode.MP_UNREACH_NLRI
  out.add(
    attributeFault(
      fatal ? 'reset' : 'discard',
      UpdateError.MalformedAttributeList,
      code,
      'RFC 7606 §3 g',
      `${attributeName(code)} occurs more than once`,
      fatal ? NO_DATA : bytes.slice(at, next),
    ),
  )
}

/** RFC 7606 §4. */
function framingFault(out: AttributeScan, bytes: Uint8Array, at: number, end: number, text: string): void {
  out.add({
    verdict: 'withdraw',
    code: 3,
    subcode: UpdateError.MalformedAttributeList,
    data: bytes.slice(at, end),
    rule: 'RFC 7606 §4',
    text,
  })
}

function finish(hasNlri: boolean, out: AttributeScan): void {
  const reachable = hasNlri || out.reachEnd > out.reachStart
  if (reachable) {
    // RFC 7606 §3 d; RFC 4760 §3 makes NEXT_HOP a matter of the NLRI field.
    if (!out.saw(AttributeCode.ORIGIN)) missing(out, AttributeCode.ORIGIN)
    if (!out.saw(AttributeCode.AS_PATH)) missing(out, AttributeCode.AS_PATH)
    if (hasNlri && !out.saw(AttributeCode.NEXT_HOP)) missing(out, AttributeCode.NEXT_HOP)
  } else out.escalate()
  if (out.nextHopLength !== 0 && out.reachAfi !== 0) out.canonical = false
}

function missing(out: AttributeScan, code: number): void {
  out.add(
    attributeFault(
      'withdraw',
      UpdateError['MissingWell-knownAttribute'],
      code,
      'RFC 7606 §3 d',
      `${attributeName(code)} is missing`,
      Uint8Array.of(code),
    ),
  )
}

/** What the rest of a block may gain when it is made canonical: an AGGREGATOR with more octets, longer lengths. */
const MARGIN = 16

/**
 * Brings what a 2-octet speaker sent to 4-octet AS numbers (RFC 6793 §4.2.3).
 * @param octets of the block
 */
function widen(octets: number, out: AttributeScan): void {
  if (out.has(AttributeCode.AGGREGATOR)) out.canonical = false
  if (out.has(AttributeCode.AS4_PATH) || out.has(AttributeCode.AS4_AGGREGATOR)) out.canonical = false
  if (!out.has(AttributeCode.AS_PATH)) return
  if (out.pathLength > 0) out.canonical = false
  const { path: bytes, pathStart: start, asPathHops: hops, pathScan, widePath } = out
  const end = start + out.pathLength
  let lead = Number.POSITIVE_INFINITY
  let as4Start = 0
  let as4End = 0
  if (usesAs4(out, bytes)) {
    as4Start = out.valueStart(AttributeCode.AS4_PATH)
    as4End = out.valueEnd(AttributeCode.AS4_PATH)
    pathScan.read(bytes, as4Start, as4End, 4)
    if (pathScan.hops <= hops) lead = hops - pathScan.hops
    else as4End = as4Start
  }
  widePath.merge(bytes, start, end, lead, as4Start, as4End)
  if (octets - out.pathLength + widePath.length + MARGIN > 65535) {
    out.add(
      attributeFault(
        'withdraw',
        UpdateError.MalformedAS_PATH,
        AttributeCode.AS_PATH,
        'RFC 6793 §4.2.3',
        `AS_PATH of ${hops} hops does not fit with 4-octet AS numbers`,
        NO_DATA,
      ),
    )
    out.pathLength = 0
    return
  }
  pathScan.read(widePath.bytes, 0, widePath.length, 4)
  out.path = widePath.bytes
  out.pathStart = 0
  out.pathLength = widePath.length
  out.asPathHops = pathScan.hops
  out.firstAs = pathScan.firstAs
  out.originAs = pathScan.originAs
}

/** AS4_PATH counts unless AGGREGATOR and AS4_AGGREGATOR show that an old speaker aggregated since. */
function usesAs4(out: AttributeScan, bytes: Uint8Array): boolean {
  return out.has(AttributeCode.AS4_PATH) && !aggregatedByOld(out, bytes)
}

/**
 * True when both aggregator attributes of a 2-octet session are there and AGGREGATOR names a real AS: then
 * neither AS4_ attribute counts (RFC 6793 §4.2.3).
 */
export function aggregatedByOld(out: AttributeScan, bytes: Uint8Array): boolean {
  if (!out.has(AttributeCode.AGGREGATOR) || !out.has(AttributeCode.AS4_AGGREGATOR)) return false
  const at = out.valueStart(AttributeCode.AGGREGATOR)
  return ((bytes[at] << 8) | bytes[at + 1]) !== AS_TRANS
}
