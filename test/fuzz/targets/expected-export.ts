import { Buffer } from 'node:buffer'
import { parseAddress } from '../../../src/ip/address.js'
import type { Negotiated } from '../../../src/session/types.js'
import type { AsPathSegment, PathAttributes } from '../../../src/wire/types.js'
import { ipv4, u16, u32 } from '../../support/raw-bytes.js'
import type { HeardRoute } from './heard-routes.js'

/** What a neighbor is to be sent for a path, by RFC 4271 §5.1 and RFC 6793 §4.2.2. */
export interface ExportRule {
  readonly terms: Negotiated
  readonly localAs: number
  readonly defaultLocalPref: number
  /** Octets of the next hop to send. */
  readonly nextHop: Uint8Array
}

const hex = (octets: readonly number[] | Uint8Array): string => Buffer.from(octets).toString('hex')

const WELL_KNOWN = 0x40
const OPTIONAL = 0x80
const TRANSITIVE = 0xc0
const AS_TRANS = 23456

/** True when propagation rules let a path with these attributes go to the neighbor. */
export function mayGo(a: PathAttributes, from: 'ebgp' | 'ibgp', terms: Negotiated): boolean {
  const has = (community: number) => a.communities?.includes(community) === true
  if (has(0xffffff02)) return false
  if (terms.peerType === 'ibgp') return from === 'ebgp'
  if (has(0xffffff01) || has(0xffffff03)) return false
  return !(a.asPath ?? []).some(({ asns }) => asns.includes(terms.remoteAs))
}

/** The route as the neighbor should hear it. */
export function outgoing(a: PathAttributes, rule: ExportRule): HeardRoute {
  const { terms, localAs, nextHop } = rule
  const external = terms.peerType === 'ebgp'
  const found = new Map<number, string>()
  const put = (code: number, flags: number, value: readonly number[]) => {
    const partial = flags === TRANSITIVE && a.partial?.includes(code) ? 0x20 : 0
    found.set(code, `${(flags | partial).toString(16)}:${hex(value)}`)
  }
  if (a.origin !== undefined) put(1, WELL_KNOWN, [a.origin])
  const path = external ? prepend(a.asPath ?? [], localAs) : (a.asPath ?? [])
  const wide = path.some(({ asns }) => asns.some((as) => as > 65535))
  put(2, WELL_KNOWN, pathOctets(path, terms.as4))
  if (!terms.as4 && wide) put(17, TRANSITIVE, pathOctets(path, true))
  if (a.med !== undefined && !external) put(4, OPTIONAL, u32(a.med))
  if (!external) put(5, WELL_KNOWN, u32(a.localPref ?? rule.defaultLocalPref))
  if (a.atomicAggregate) put(6, WELL_KNOWN, [])
  if (a.aggregator !== undefined) {
    const { as, address } = a.aggregator
    put(7, TRANSITIVE, [...(terms.as4 ? u32(as) : u16(as > 65535 ? AS_TRANS : as)), ...ipv4(address)])
    if (!terms.as4 && as > 65535) put(18, TRANSITIVE, [...u32(as), ...ipv4(address)])
  }
  if (a.communities !== undefined) put(8, TRANSITIVE, a.communities.flatMap(u32))
  if (a.originatorId !== undefined && !external) put(9, OPTIONAL, u32(a.originatorId))
  if (a.clusterList !== undefined && !external) put(10, OPTIONAL, a.clusterList.flatMap(u32))
  for (const [code, list] of [
    [16, a.extendedCommunities],
    [25, a.ipv6ExtendedCommunities],
  ] as const) {
    const kept = (list ?? []).filter((one) => !external || (one[0] & 0x40) === 0)
    if (kept.length > 0)
      put(
        code,
        TRANSITIVE,
        kept.flatMap((one) => [...one]),
      )
  }
  if (a.largeCommunities !== undefined) put(32, TRANSITIVE, a.largeCommunities.flat().flatMap(u32))
  if (a.otc !== undefined) put(35, TRANSITIVE, u32(a.otc))
  for (const { code, value } of a.unknown ?? []) if (code !== 26) found.set(code, `e0:${hex(value)}`)
  return { nextHop: hex(nextHop), attributes: found }
}

/** Octets that the route's attributes take in a message, next hop included. */
export function attributeOctets({ nextHop, attributes }: HeardRoute): number {
  let total = nextHop.length === 8 ? 7 : 9 + nextHop.length / 2
  for (const text of attributes.values()) {
    const length = (text.length - text.indexOf(':') - 1) / 2
    total += length + (length > 255 ? 4 : 3)
  }
  return total
}

function prepend(path: readonly AsPathSegment[], as: number): AsPathSegment[] {
  const [first, ...rest] = path
  if (first?.type !== 2 || first.asns.length === 255) return [{ type: 2, asns: [as] }, ...path]
  return [{ type: 2, asns: [as, ...first.asns] }, ...rest]
}

function pathOctets(path: readonly AsPathSegment[], as4: boolean): number[] {
  return path.flatMap(({ type, asns }) => [
    type,
    asns.length,
    ...asns.flatMap((as) => (as4 ? u32(as) : u16(as > 65535 ? AS_TRANS : as))),
  ])
}

/** Octets of the global next hop of a path, else of its link-local one. */
export function nextHopOctets({ nextHop, linkLocalNextHop }: PathAttributes): Uint8Array {
  return parseAddress(nextHop ?? linkLocalNextHop ?? '')?.bytes ?? new Uint8Array(0)
}
