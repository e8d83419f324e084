import type { Family } from '../../ip/family.js'
import { MessageType } from '../../wire/codes.js'

const HEADER = 19
/** Large enough for every message made here. */
const LONGEST = 4096

/** What tells one table of a rehearsal from another. */
export interface TableShape {
  readonly family: Family
  /** The neighbor's AS, in which every path begins; undefined: an iBGP neighbor. */
  readonly as: number | undefined
  /** Address octets of the next hop: 4 or 16. */
  readonly nextHop: Uint8Array
  /** Prefixes are preceded by a path identifier (RFC 7911 §3). */
  readonly addPath: boolean
}

/** How UPDATEs of a table are made. */
export interface Portion {
  /** Number of the first UPDATE: others bring other attribute sets. */
  readonly first: number
  readonly count: number
  /** Prefixes in each; 0: 1 to 8, as they come in the Internet's table. */
  readonly prefixes: number
  /** Distinct attribute sets over all of them. */
  readonly sets: number
}

/**
 * UPDATEs of a table that looks like the Internet's: IPv4 in the NLRI field, IPv6 in MP_REACH_NLRI (RFC 4760 §3).
 * Equal arguments make equal octets; two tables of one family have the same prefixes.
 */
export function* announcements(shape: TableShape, portion: Portion): Generator<Uint8Array> {
  let prefix = portion.first * 8
  for (let i = 0; i < portion.count; i++) {
    const count = portion.prefixes || 1 + ((i * 5) % 8)
    const routes = nlri(shape, prefix, count)
    prefix += portion.prefixes || 8
    const attributes = attributeSet(shape, portion.first + (i % portion.sets))
    if (shape.family === 'ipv4-unicast') yield update([], attributes, routes)
    else {
      const value = [0, 2, 1, 16, ...shape.nextHop, 0, ...routes]
      const head = [0x90, 14, value.length >>> 8, value.length & 255]
      yield update([], [...head, ...value, ...attributes], [])
    }
  }
}

/** UPDATEs that withdraw what `announcements` of the same arguments announce. */
export function* withdrawals(shape: TableShape, portion: Portion): Generator<Uint8Array> {
  let prefix = portion.first * 8
  for (let i = 0; i < portion.count; i++) {
    const routes = nlri(shape, prefix, portion.prefixes || 1 + ((i * 5) % 8))
    prefix += portion.prefixes || 8
    if (shape.family === 'ipv4-unicast') yield update(routes, [], [])
    else {
      const value = [0, 2, 1, ...routes]
      yield update([], [0x90, 15, value.length >>> 8, value.length & 255, ...value], [])
    }
  }
}

function nlri({ family, addPath }: TableShape, first: number, count: number): number[] {
  const octets: number[] = []
  for (let number = first; number < first + count; number++) {
    if (addPath) octets.push(0, 0, 0, 1 + (number & 1))
    if (family === 'ipv4-unicast') {
      // From 16.0.0.0 on; one in eight is a /20 or a /32.
      const kind = number & 7
      const [a, b, c] = [16 + ((number >>> 16) & 63), (number >>> 8) & 255, number & 255]
      if (kind === 3) octets.push(20, a, b, c & 0xf0)
      else if (kind === 6) octets.push(32, a, b, c, 1)
      else octets.push(24, a, b, c)
    } else {
      // Within 2001:db8::/32, as /48 and /64.
      const [b, c] = [(number >>> 8) & 255, number & 255]
      if ((number & 3) === 1) octets.push(64, 0x20, 1, 0x0d, 0xb8, b, c, (number >>> 16) & 255, 0)
      else octets.push(48, 0x20, 1, 0x0d, 0xb8, b, c)
    }
  }
  return octets
}

/** Number `number` of a neighbor's attribute sets: of different lengths, some of them not in canonical form. */
function attributeSet({ family, as, nextHop }: TableShape, number: number): number[] {
  const asns = as === undefined ? [] : [as]
  for (let hop = number % 5; hop >= 0; hop--) asns.push(3000 + ((number * 7 + hop * 131) % 50_000))
  asns.push(200_000 + number)
  const path = [2, asns.length, ...asns.flatMap(word)]
  // Many routers set Extended Length wherever they may.
  const header = number % 4 === 0 ? [0x50, 2, 0, path.length] : [0x40, 2, path.length]
  const octets = [0x40, 1, 1, number % 6 === 0 ? 2 : 0, ...header, ...path]
  if (family === 'ipv4-unicast') octets.push(0x40, 3, 4, ...nextHop)
  if (number % 3 === 0) octets.push(0x80, 4, 4, ...word(number % 1000))
  if (as === undefined) octets.push(0x40, 5, 4, 0, 0, 0, 100)
  if (number % 16 === 5) octets.push(0x40, 6, 0)
  if (number % 8 === 5) octets.push(0xc0, 7, 8, ...word(200_000 + number), 192, 0, 2, 1)
  const communities = number % 7
  if (communities > 0) {
    octets.push(0xc0, 8, 4 * communities)
    for (let i = 0; i < communities; i++) octets.push(...word((64_000 + i) * 65_536 + (number % 5000)))
  }
  if (number % 32 === 9) octets.push(0xc0, 32, 12, ...word(200_000 + number), 0, 0, 0, 1, 0, 0, 0, 2)
  return octets
}

function word(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

function update(withdrawn: number[], attributes: number[], routes: number[]): Uint8Array {
  const length = HEADER + 4 + withdrawn.length + attributes.length + routes.length
  if (length > LONGEST) throw new RangeError(`an UPDATE of ${length} octets`)
  const bytes = new Uint8Array(length).fill(0xff, 0, 16)
  bytes[16] = length >>> 8
  bytes[17] = length
  bytes[18] = MessageType.Update
  bytes[HEADER] = withdrawn.length >>> 8
  bytes[HEADER + 1] = withdrawn.length
  bytes.set(withdrawn, HEADER + 2)
  const at = HEADER + 2 + withdrawn.length
  bytes[at] = attributes.length >>> 8
  bytes[at + 1] = attributes.length
  bytes.set(attributes, at + 2)
  bytes.set(routes, length - routes.length)
  return bytes
}
