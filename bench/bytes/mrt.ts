import { readMrt } from '../../src/wire/mrt.js'
import type { MrtRecord } from '../../src/wire/mrt-types.js'
import { Updates } from './messages.js'
import { v4 } from './prefixes.js'

const AS_PATH = 2
const NEXT_HOP = 3
const LOCAL_PREF = 5
const AGGREGATOR = 7
const AS4_PATH = 17
const AS4_AGGREGATOR = 18
/** What a session between different ASes does not carry, or not with four-octet AS numbers. */
const DROPPED = new Set([LOCAL_PREF, AGGREGATOR, AS4_PATH, AS4_AGGREGATOR])

interface Entry {
  readonly peer: string
  readonly as: number
  readonly nlri: Uint8Array
  readonly attributes: Uint8Array
  readonly as4: boolean
}

function* entries(octets: Uint8Array): Generator<Entry> {
  let peers: Extract<MrtRecord, { kind: 'peers' }>['peers'] = []
  for (const record of readMrt(octets)) {
    if (record.kind === 'peers') peers = record.peers
    if (record.kind === 'rib' && record.afi === 1 && record.safi === 1) {
      for (const { peer, attributes } of record.entries) {
        const { address, as } = peers[peer]
        yield { peer: `${address} ${as}`, as, nlri: record.nlri, attributes, as4: true }
      }
    }
    if (record.kind === 'table' && record.afi === 1) {
      for (const { peerAddress, peerAs, nlri, attributes } of record.entries) {
        yield { peer: `${peerAddress} ${peerAs}`, as: peerAs, nlri, attributes, as4: false }
      }
    }
  }
}

/**
 * An attribute block as an eBGP neighbor would send it: its own next hop, AS numbers of four octets.
 * @returns undefined when the path does not begin with the neighbor's AS, as behind a route server
 */
function asSent(entry: Entry, nextHop: string): number[] | undefined {
  const { attributes, as4 } = entry
  const block = Buffer.from(attributes.buffer, attributes.byteOffset, attributes.length)
  const out: number[] = []
  let first: number | undefined
  for (let at = 0; at < block.length; ) {
    const extended = block[at] & 0x10
    const value = at + (extended ? 4 : 3)
    const end = value + (extended ? block.readUInt16BE(at + 2) : block[at + 2])
    const [flags, type] = block.subarray(at, at + 2)
    let octets: number[] = [...block.subarray(value, end)]
    at = end
    if (DROPPED.has(type)) continue
    if (type === NEXT_HOP) octets = v4(nextHop)
    if (type === AS_PATH) {
      if (!as4) octets = widened(octets)
      if (octets[0] === 2 && octets[1] > 0) first = Buffer.from(octets).readUInt32BE(2)
    }
    out.push(flags | 0x10, type, octets.length >> 8, octets.length & 255, ...octets)
  }
  return first === entry.as ? out : undefined
}

/** Segments with AS numbers of two octets, made four. */
function widened(octets: readonly number[]): number[] {
  const out: number[] = []
  for (let at = 0; at < octets.length; at += 2 + 2 * octets[at + 1]) {
    out.push(octets[at], octets[at + 1])
    for (let i = 0; i < octets[at + 1]; i++) out.push(0, 0, octets[at + 2 + 2 * i], octets[at + 3 + 2 * i])
  }
  return out
}

/**
 * The IPv4 table of the neighbor that has most prefixes in an MRT table dump (TABLE_DUMP, TABLE_DUMP_V2), as
 * UPDATEs with one message or more for each attribute set.
 * @param octets the file, not compressed
 * @param nextHop what stands for the neighbor's next hops
 * @throws Error when it holds no such table
 */
export function mrtUpdates(
  octets: Uint8Array,
  nextHop: string,
): { readonly octets: Buffer; readonly as: number } {
  const sizes = new Map<string, number>()
  for (const { peer } of entries(octets)) sizes.set(peer, (sizes.get(peer) ?? 0) + 1)
  const [largest] = [...sizes].sort(([, a], [, b]) => b - a)
  if (!largest) throw new Error('the MRT file holds no table of IPv4 prefixes')
  const groups = new Map<string, Uint8Array[]>()
  let as = 0
  for (const entry of entries(octets)) {
    if (entry.peer !== largest[0]) continue
    as = entry.as
    const block = asSent(entry, nextHop)
    if (!block) continue
    const key = Buffer.from(block).toString('latin1')
    const group = groups.get(key)
    if (group) group.push(entry.nlri)
    else groups.set(key, [entry.nlri])
  }
  const updates = new Updates()
  for (const [key, nlri] of groups) updates.announceBlock([...Buffer.from(key, 'latin1')], nlri)
  return { octets: updates.bytes(), as }
}
