/**
 * The table of path attributes: one row a type code that ecmpd interprets. Everything that differs between
 * attributes stands here; the loops over a block (scan-attributes.ts, canonical.ts, read-attributes.ts,
 * write-attributes.ts) know only rows.
 */
import { aggregator, as4Aggregator, as4Path, asPath } from './as-rows.js'
import {
  ANY_LENGTH,
  type AttributeRow,
  malformed,
  OPTIONAL,
  OPTIONAL_TRANSITIVE,
  readChunks,
  readU32List,
  USUAL,
  u32At,
  WELL_KNOWN,
  writeChunks,
  writeU32,
  writeU32List,
} from './attribute-row.js'
import { AttributeCode, UpdateError } from './codes.js'
import { mayRepeat, scanCommunities } from './community.js'
import { mpReach, mpUnreach, nextHop } from './next-hop.js'

const origin: AttributeRow = {
  ...USUAL,
  code: AttributeCode.ORIGIN,
  name: 'ORIGIN',
  flags: WELL_KNOWN,
  min: 1,
  max: 1,
  rule: 'RFC 7606 §7.1',
  scan(bytes, start, end, _context, out) {
    const value = bytes[start]
    if (value > 2) {
      return malformed(
        origin,
        out,
        bytes,
        start,
        end,
        `has value ${value}`,
        UpdateError.InvalidORIGINAttribute,
      )
    }
    out.origin = value
    return true
  },
  read(bytes, start, _end, draft) {
    draft.origin = bytes[start]
  },
  write({ origin: value }, _as4, out) {
    if (value === undefined) return false
    out.u8(value)
    return true
  },
}

const med: AttributeRow = {
  ...USUAL,
  code: AttributeCode.MULTI_EXIT_DISC,
  name: 'MULTI_EXIT_DISC',
  flags: OPTIONAL,
  rule: 'RFC 7606 §7.4',
  scan(bytes, start, _end, _context, out) {
    out.hasMed = true
    out.med = u32At(bytes, start)
    return true
  },
  read(bytes, start, _end, draft) {
    draft.med = u32At(bytes, start)
  },
  write: ({ med: value }, _as4, out) => writeU32(value, out),
}

const localPref: AttributeRow = {
  ...USUAL,
  code: AttributeCode.LOCAL_PREF,
  name: 'LOCAL_PREF',
  flags: WELL_KNOWN,
  rule: 'RFC 7606 §7.5',
  internalOnly: true,
  scan(bytes, start, _end, _context, out) {
    out.hasLocalPref = true
    out.localPref = u32At(bytes, start)
    return true
  },
  read(bytes, start, _end, draft) {
    draft.localPref = u32At(bytes, start)
  },
  write: ({ localPref: value }, _as4, out) => writeU32(value, out),
}

const atomicAggregate: AttributeRow = {
  ...USUAL,
  code: AttributeCode.ATOMIC_AGGREGATE,
  name: 'ATOMIC_AGGREGATE',
  flags: WELL_KNOWN,
  min: 0,
  max: 0,
  onFault: 'discard',
  rule: 'RFC 7606 §7.6',
  read(_bytes, _start, _end, draft) {
    draft.atomicAggregate = true
  },
  write: ({ atomicAggregate: value }) => value === true,
}

const communities: AttributeRow = {
  ...USUAL,
  code: AttributeCode.COMMUNITIES,
  name: 'COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  unit: 4,
  max: ANY_LENGTH,
  rule: 'RFC 7606 §7.8',
  scan(bytes, start, end, _context, out) {
    out.communityFlags = scanCommunities(bytes, start, end)
    return true
  },
  read(bytes, start, end, draft) {
    draft.communities = readU32List(bytes, start, end)
  },
  write: ({ communities: list }, _as4, out) => writeU32List(list, out),
}

const originatorId: AttributeRow = {
  ...USUAL,
  code: AttributeCode.ORIGINATOR_ID,
  name: 'ORIGINATOR_ID',
  flags: OPTIONAL,
  rule: 'RFC 7606 §7.9',
  internalOnly: true,
  scan(bytes, start, _end, _context, out) {
    out.hasOriginatorId = true
    out.originatorId = u32At(bytes, start)
    return true
  },
  read(bytes, start, _end, draft) {
    draft.originatorId = u32At(bytes, start)
  },
  write: ({ originatorId: value }, _as4, out) => writeU32(value, out),
}

const clusterList: AttributeRow = {
  ...USUAL,
  code: AttributeCode.CLUSTER_LIST,
  name: 'CLUSTER_LIST',
  flags: OPTIONAL,
  unit: 4,
  max: ANY_LENGTH,
  rule: 'RFC 7606 §7.10',
  internalOnly: true,
  scan(_bytes, start, end, _context, out) {
    out.clusterListLength = (end - start) >>> 2
    return true
  },
  read(bytes, start, end, draft) {
    draft.clusterList = readU32List(bytes, start, end)
  },
  write: ({ clusterList: list }, _as4, out) => writeU32List(list, out),
}

const extendedCommunities: AttributeRow = {
  ...USUAL,
  code: AttributeCode.EXTENDED_COMMUNITIES,
  name: 'EXTENDED_COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  unit: 8,
  min: 8,
  max: ANY_LENGTH,
  rule: 'RFC 7606 §7.14',
  read(bytes, start, end, draft) {
    draft.extendedCommunities = readChunks(bytes, start, end, 8)
  },
  write: ({ extendedCommunities: list }, _as4, out) => writeChunks(list, out),
}

const ipv6ExtendedCommunities: AttributeRow = {
  ...USUAL,
  code: AttributeCode.IPV6_EXTENDED_COMMUNITIES,
  name: 'IPV6_EXTENDED_COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  unit: 20,
  min: 20,
  max: ANY_LENGTH,
  rule: 'RFC 7606 §7.15',
  read(bytes, start, end, draft) {
    draft.ipv6ExtendedCommunities = readChunks(bytes, start, end, 20)
  },
  write: ({ ipv6ExtendedCommunities: list }, _as4, out) => writeChunks(list, out),
}

/** Offset of the first AIGP TLV (type 1) among the TLVs in [start, end); -1 none, -2 broken framing. */
function findAigp(bytes: Uint8Array, start: number, end: number): number {
  let found = -1
  for (let at = start; at < end; ) {
    if (end - at < 3) return -2
    const length = (bytes[at + 1] << 8) | bytes[at + 2]
    if (length < 3 || length > end - at) return -2
    if (bytes[at] === 1 && length !== 11) return -2
    if (bytes[at] === 1 && found < 0) found = at
    at += length
  }
  return found
}

const aigp: AttributeRow = {
  ...USUAL,
  code: AttributeCode.AIGP,
  name: 'AIGP',
  flags: OPTIONAL,
  min: 3,
  max: ANY_LENGTH,
  onFault: 'discard',
  rule: 'RFC 7311 §3.2',
  scan(bytes, start, end, context, out) {
    if (!context.aigp) return malformed(aigp, out, bytes, start, end, 'is not enabled for this session')
    const at = findAigp(bytes, start, end)
    if (at === -2) return malformed(aigp, out, bytes, start, end, 'has a TLV of wrong length')
    if (at < 0) return true
    for (let i = at + 3; i < at + 11; i++) if (bytes[i] !== 255) return true
    return malformed(aigp, out, bytes, start, end, 'has the largest metric there is')
  },
  read(bytes, start, end, draft) {
    const at = findAigp(bytes, start, end)
    if (at >= 0) draft.aigp = (BigInt(u32At(bytes, at + 3)) << 32n) | BigInt(u32At(bytes, at + 7))
    else
      draft.unknown = [
        ...(draft.unknown ?? []),
        { code: 26, flags: OPTIONAL, value: bytes.slice(start, end) },
      ]
  },
  write({ aigp: value }, _as4, out) {
    if (value === undefined) return false
    out.u8(1).u16(11)
    out.u32(Number((value >> 32n) & 0xffffffffn)).u32(Number(value & 0xffffffffn))
    return true
  },
}

const largeCommunities: AttributeRow = {
  ...USUAL,
  code: AttributeCode.LARGE_COMMUNITIES,
  name: 'LARGE_COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  unit: 12,
  min: 12,
  max: ANY_LENGTH,
  rule: 'RFC 8092 §6',
  scan(bytes, start, end, _context, out) {
    // Duplicates are no fault; they go when the block is made canonical (RFC 8092 §3).
    if (mayRepeat(bytes, start, end)) out.canonical = false
    return true
  },
  read(bytes, start, end, draft) {
    const list: [number, number, number][] = []
    for (let at = start; at < end; at += 12) {
      list.push([u32At(bytes, at), u32At(bytes, at + 4), u32At(bytes, at + 8)])
    }
    draft.largeCommunities = list
  },
  write({ largeCommunities: list }, _as4, out) {
    if (list === undefined || list.length === 0) return false
    for (const [a, b, c] of list) out.u32(a).u32(b).u32(c)
    return true
  },
}

const onlyToCustomer: AttributeRow = {
  ...USUAL,
  code: AttributeCode.ONLY_TO_CUSTOMER,
  name: 'ONLY_TO_CUSTOMER',
  flags: OPTIONAL_TRANSITIVE,
  rule: 'RFC 9234 §5',
  scan(_bytes, _start, _end, _context, out) {
    out.hasOtc = true
    return true
  },
  read(bytes, start, _end, draft) {
    draft.otc = u32At(bytes, start)
  },
  write: ({ otc }, _as4, out) => writeU32(otc, out),
}

/** All rows, ascending by type code. */
export const ATTRIBUTE_ROWS: readonly AttributeRow[] = [
  origin,
  asPath,
  nextHop,
  med,
  localPref,
  atomicAggregate,
  aggregator,
  communities,
  originatorId,
  clusterList,
  mpReach,
  mpUnreach,
  extendedCommunities,
  as4Path,
  as4Aggregator,
  ipv6ExtendedCommunities,
  aigp,
  largeCommunities,
  onlyToCustomer,
]

/** Rows by type code; undefined for attributes that ecmpd only passes on or drops. */
export const ATTRIBUTES: readonly (AttributeRow | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  ATTRIBUTE_ROWS.find((row) => row.code === code),
)

/** 'AS_PATH', or 'attribute 99'. */
export function attributeName(code: number): string {
  return ATTRIBUTES[code]?.name ?? `attribute ${code}`
}
