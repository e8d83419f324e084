/**
 * How a neighbor is named: by its address ('192.0.2.1', 'fe80::1%eth0') and, where two speakers stand behind one
 * address, by the AS number too ('192.0.2.1#65001'). Maps, events, journal, metrics, the API's paths and commands
 * all use the same key; what people type is read and looked up here, so that it means the same everywhere.
 */

import { canonicalAddress, parseAddress } from '../ip/address.js'

/**
 * Names one neighbor among all of this speaker's: the canonical text of its address, with a zone for link-local
 * ones, and '#' with its AS number (plain decimal) where the address alone would name several.
 */
export type NeighborKey = string

/** What a key is made of, as people type it. */
export interface NeighborName {
  /** Canonical text. */
  readonly address: string
  /** 1 to 4294967295; left out: whichever neighbor has the address. */
  readonly remoteAs?: number
}

/** A neighbor that can be looked up by a name. */
export interface NamedNeighbor {
  readonly key: NeighborKey
  /** Canonical text. */
  readonly address: string
  /** 0: not known before it has sent its OPEN. */
  readonly remoteAs: number
}

/** The neighbor that a text names, or why there is none. */
export type FoundNeighbor<T> =
  | { readonly neighbor: T }
  | {
      /** 'malformed': the text is no name. 'unknown': nobody has it. 'ambiguous': several have the address. */
      readonly reason: 'malformed' | 'unknown' | 'ambiguous'
      /** What is wrong, for people: one sentence without a period. */
      readonly text: string
      /** What to write instead, for people. */
      readonly remedy: string
    }

/** The form of a name, for messages that say what to write. */
export const NEIGHBOR_NAME_FORM = 'Write 192.0.2.1 or 2001:db8::1'

/**
 * The key of a neighbor.
 * @param address canonical text
 * @param remoteAs 1 to 4294967295, where another neighbor has the same address
 */
export function neighborKey(address: string, remoteAs?: number): NeighborKey {
  return remoteAs === undefined ? address : `${address}#${remoteAs}`
}

/**
 * Reads what a person typed: an address in any spelling, and '#AS' behind it where one AS is meant.
 * @returns undefined for a text that is neither
 */
export function parseNeighborName(text: string): NeighborName | undefined {
  const [, before, digits] = /^(.*)#(\d{1,10})$/s.exec(text) ?? []
  if (digits === undefined) {
    const address = canonicalAddress(text)
    return address === undefined ? undefined : { address }
  }
  const address = canonicalAddress(before)
  const remoteAs = Number(digits)
  if (address === undefined || remoteAs < 1 || remoteAs > 0xffff_ffff) return undefined
  return { address, remoteAs }
}

/**
 * The neighbor that a text names. 'ADDRESS#AS' finds one whose key is the bare address, too: what was written
 * down stays right whether or not the address is shared.
 */
export function findNeighbor<T extends NamedNeighbor>(
  neighbors: Iterable<T>,
  text: string,
): FoundNeighbor<T> {
  const name = parseNeighborName(text)
  if (name === undefined) {
    return { reason: 'malformed', text: `Not an IP address: ${text}`, remedy: NEIGHBOR_NAME_FORM }
  }
  const { address, remoteAs } = name
  // An interface may be called 'a#1': the whole text is a bare address then.
  const whole = remoteAs === undefined ? address : canonicalAddress(text)
  const found: T[] = []
  for (const neighbor of neighbors) {
    if (neighbor.key === whole) return { neighbor }
    if (neighbor.address !== address) continue
    if (remoteAs === undefined || neighbor.remoteAs === remoteAs) found.push(neighbor)
  }
  if (found.length === 1) return { neighbor: found[0] }
  if (found.length === 0) {
    const remedy = '`ecmpd show ip bgp summary` or GET /api/v1/neighbors lists them'
    return { reason: 'unknown', text: `No neighbor ${neighborKey(address, remoteAs)}`, remedy }
  }
  const keys = found.map(({ key }) => key).sort(compareNeighborKeys)
  const list = `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`
  const said = `${address} names ${keys.length} neighbors: ${list}`
  return { reason: 'ambiguous', text: said, remedy: `Write one of them, such as ${keys[0]}` }
}

/**
 * The order of lists of neighbors: IPv4 before IPv6, by number, then by zone, then by AS number.
 * @returns below 0 when `a` stands before `b`, 0 for equal ones
 */
export function compareNeighborKeys(a: NeighborKey, b: NeighborKey): number {
  const one = parts(a)
  const other = parts(b)
  const length = one.bytes.length - other.bytes.length
  if (length !== 0) return length
  for (let i = 0; i < one.bytes.length; i++) {
    if (one.bytes[i] !== other.bytes[i]) return one.bytes[i] - other.bytes[i]
  }
  if (one.zone !== other.zone) return one.zone < other.zone ? -1 : 1
  return one.remoteAs - other.remoteAs
}

/** A key taken apart; a text that is none has no octets, and stands before all keys. */
function parts(key: NeighborKey): { bytes: Uint8Array; zone: string; remoteAs: number } {
  const name = parseNeighborName(key)
  const address = name === undefined ? undefined : parseAddress(name.address)
  return {
    bytes: address?.bytes ?? new Uint8Array(0),
    zone: address?.zone ?? '',
    remoteAs: name?.remoteAs ?? 0,
  }
}
