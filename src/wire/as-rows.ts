/** Rows of the attributes that hold AS numbers: AS_PATH and AGGREGATOR, and their 4-octet companions (RFC 6793). */
import { formatIPv4, parseIPv4 } from '../ip/address.js'
import { readPath, writePath } from './as-path.js'
import {
  ANY_LENGTH,
  type AttributeRow,
  malformed,
  OPTIONAL_TRANSITIVE,
  USUAL,
  u32At,
  WELL_KNOWN,
} from './attribute-row.js'
import { AS_TRANS, AttributeCode, UpdateError } from './codes.js'
import { AS_CONFED_SEQUENCE, type AsPathSegment } from './types.js'

export const asPath: AttributeRow = {
  ...USUAL,
  code: AttributeCode.AS_PATH,
  name: 'AS_PATH',
  flags: WELL_KNOWN,
  min: 0,
  max: ANY_LENGTH,
  rule: 'RFC 7606 §7.2',
  scan(bytes, start, end, context, out) {
    const path = out.pathScan
    let problem = path.read(bytes, start, end, context.as4 ? 4 : 2) ? '' : path.problem
    // RFC 5065 §5: ecmpd is in no confederation, so nobody may send such segments.
    if (path.confederation) problem = 'has confederation segments from outside a confederation (RFC 5065 §5)'
    else if (path.sets && context.rejectAsSet) problem ||= 'has an AS_SET (RFC 9774 §3)'
    if (problem !== '') {
      return malformed(asPath, out, bytes, start, end, problem, UpdateError.MalformedAS_PATH)
    }
    out.path = bytes
    out.pathStart = start
    out.pathLength = end - start
    out.asPathHops = path.hops
    out.firstAs = path.firstAs
    out.originAs = path.originAs
    return true
  },
  read(bytes, start, end, draft) {
    draft.asPath = readPath(bytes, start, end)
  },
  write({ asPath: segments }, as4, out) {
    if (segments === undefined) return false
    writePath(segments, out, as4 ? 4 : 2, AS_TRANS)
    return true
  },
}

export const aggregator: AttributeRow = {
  ...USUAL,
  code: AttributeCode.AGGREGATOR,
  name: 'AGGREGATOR',
  flags: OPTIONAL_TRANSITIVE,
  unit: 2,
  min: 6,
  max: 8,
  onFault: 'discard',
  rule: 'RFC 7606 §7.7',
  scan(bytes, start, end, context, out) {
    const due = context.as4 ? 8 : 6
    if (end - start !== due) {
      const text = `has ${end - start} octets instead of ${due}`
      return malformed(aggregator, out, bytes, start, end, text, UpdateError.AttributeLengthError)
    }
    for (let at = start; at < end - 4; at++) if (bytes[at] !== 0) return true
    return malformed(aggregator, out, bytes, start, end, 'holds AS 0 (RFC 7607 §2)')
  },
  read(bytes, start, _end, draft) {
    draft.aggregator = { as: u32At(bytes, start), address: formatIPv4(u32At(bytes, start + 4)) }
  },
  write({ aggregator: value }, as4, out) {
    if (value === undefined) return false
    if (as4) out.u32(value.as)
    else out.u16(value.as > 65535 ? AS_TRANS : value.as)
    out.u32(parseIPv4(value.address) ?? 0)
    return true
  },
}

export const as4Path: AttributeRow = {
  ...USUAL,
  code: AttributeCode.AS4_PATH,
  name: 'AS4_PATH',
  flags: OPTIONAL_TRANSITIVE,
  unit: 2,
  min: 6,
  max: ANY_LENGTH,
  onFault: 'discard',
  rule: 'RFC 6793 §6',
  scan(bytes, start, end, context, out) {
    if (context.as4) {
      return malformed(as4Path, out, bytes, start, end, 'came from a speaker of 4-octet AS numbers')
    }
    const path = out.pathScan
    if (!path.read(bytes, start, end, 4)) return malformed(as4Path, out, bytes, start, end, path.problem)
    if (path.sets && context.rejectAsSet) {
      malformed(withdrawingAs4Path, out, bytes, start, end, 'has an AS_SET')
    } else if (path.confederation) {
      malformed(as4Path, out, bytes, start, end, 'has confederation segments, which are left out')
    }
    return true
  },
  read: () => undefined,
  write({ asPath: segments }, as4, out) {
    if (as4 || segments === undefined) return false
    const plain = segments.filter(({ type }) => type < AS_CONFED_SEQUENCE)
    if (!plain.some((segment: AsPathSegment) => segment.asns.some((as) => as > 65535))) return false
    writePath(plain, out, 4, AS_TRANS)
    return true
  },
}

const withdrawingAs4Path: AttributeRow = { ...as4Path, onFault: 'withdraw', rule: 'RFC 9774 §3' }

export const as4Aggregator: AttributeRow = {
  ...USUAL,
  code: AttributeCode.AS4_AGGREGATOR,
  name: 'AS4_AGGREGATOR',
  flags: OPTIONAL_TRANSITIVE,
  min: 8,
  max: 8,
  onFault: 'discard',
  rule: 'RFC 6793 §6',
  scan(bytes, start, end, context, out) {
    if (context.as4) {
      return malformed(as4Aggregator, out, bytes, start, end, 'came from a speaker of 4-octet AS numbers')
    }
    if (u32At(bytes, start) !== 0) return true
    return malformed(as4Aggregator, out, bytes, start, end, 'holds AS 0 (RFC 7607 §2)')
  },
  read: () => undefined,
  write({ aggregator: value }, as4, out) {
    if (as4 || value === undefined || value.as <= 65535) return false
    out.u32(value.as).u32(parseIPv4(value.address) ?? 0)
    return true
  },
}
