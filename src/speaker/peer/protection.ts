/** What protects the connections of a neighbor (TCP-MD5, GTSM), from its options: for the transport and for people. */

import type { Protection, ProtectionRule } from '../../ports/transport.js'
import type { NeighborOptions, NeighborTemplate, SpeakerOptions } from '../model/options.js'

type Settings = Pick<NeighborOptions, 'password' | 'ttl' | 'ttlSecurity' | 'ebgpMultihop' | 'connectedCheck'>

/** The largest TTL: what comes with it has passed no router (RFC 5082 §3). */
const MAX_TTL = 255

/** What the kernel is asked to do for a neighbor's connections. */
export function protectionOf({ password, ttl, ttlSecurity, ebgpMultihop }: Settings): Protection {
  const key = password === undefined ? {} : { password }
  if (ttlSecurity !== undefined) return { ...key, ttl: MAX_TTL, minTtl: MAX_TTL + 1 - ttlSecurity }
  const sent = ttl ?? (ebgpMultihop > 1 ? ebgpMultihop : undefined)
  return sent === undefined ? key : { ...key, ttl: sent }
}

/** The same options for connections that the kernel does not see. */
export function unprotected(options: NeighborTemplate): NeighborTemplate {
  return { ...options, password: undefined, passwordFrom: undefined, ttlSecurity: undefined }
}

/**
 * Rules for the transport: every neighbor has one, also where it asks for nothing, since an address goes
 * before the range it lies in.
 */
export function protectionRules({ neighbors, listenRanges }: SpeakerOptions): readonly ProtectionRule[] {
  return [
    ...neighbors.map((neighbor) => ({ remote: neighbor.address, ...protectionOf(neighbor) })),
    ...listenRanges.map(({ prefix, template }) => ({ remote: prefix, ...protectionOf(template) })),
  ]
}

/** What may keep a protected neighbor from answering: a kernel drops what is not as it has to be without a word. */
export function protectionQuestions({ password, ttlSecurity }: Settings): readonly string[] {
  return [
    ...(password === undefined ? [] : ['has it the same password (TCP-MD5)']),
    ...(ttlSecurity === undefined ? [] : [`does it send with TTL ${MAX_TTL} (ttl-security)`]),
  ]
}

/** True when the neighbor has to be on a directly connected network. */
export function isSingleHop({ ebgpMultihop, ttlSecurity, connectedCheck }: Settings): boolean {
  return ebgpMultihop === 1 && (ttlSecurity ?? 1) === 1 && connectedCheck !== false
}
