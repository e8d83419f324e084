/** How a neighbor's connections are protected: TTL, GTSM and TCP-MD5. */

import { parseAddress } from '../../ip/address.js'
import { contains, parsePrefix } from '../../ip/prefix.js'
import type { ListenRange, NeighborOptions } from '../../speaker/model/options.js'
import { type Found, firstOf, type Layer } from './layers.js'
import { passwordOf } from './passwords.js'
import type { Resolution } from './resolution.js'

/** How a neighbor's connections are protected. @param name of the neighbor, for messages */
export function protectionOf(
  layers: readonly Layer[],
  internal: boolean,
  name: string,
  context: Resolution,
): Pick<NeighborOptions, 'ebgpMultihop' | 'ttl' | 'ttlSecurity' | 'password' | 'passwordFrom'> {
  const multihop = firstOf(layers, 'ebgpMultihop')
  const ttl = firstOf(layers, 'ttl')
  const security = firstOf(layers, 'ttlSecurity')
  const switchWords = context.dialect === 'ios'
  if (internal && multihop !== undefined) {
    context.warn(multihop.path, `\`ebgpMultihop\` has no effect on ${name}, which is iBGP`)
  } else if (security !== undefined && multihop !== undefined) {
    const names = switchWords ? 'ttl-security and ebgp-multihop' : '`ttlSecurity` and `ebgpMultihop`'
    exclude(security, names, context)
  }
  if (security !== undefined && ttl !== undefined) exclude(security, '`ttlSecurity` and `ttl`', context)
  return {
    ebgpMultihop: internal ? 1 : (multihop?.value ?? 1),
    ...(ttl === undefined ? {} : { ttl: ttl.value }),
    ...(security === undefined ? {} : { ttlSecurity: security.value }),
    ...passwordOf(layers, context),
  }
}

function exclude(security: Found<number>, names: string, context: Resolution): void {
  const hint = 'TTL security sends 255 and takes what has come over at most so many hops: keep one'
  context.error(security.path, `${names} exclude each other`, hint)
}

/** The kernel asks all addresses of a range for the range's key; a neighbor without one can't get in. */
export function checkRangeKeys(
  neighbors: readonly NeighborOptions[],
  ranges: readonly ListenRange[],
  context: Resolution,
): void {
  const keyed = ranges.flatMap(({ prefix, template }) => {
    const parsed = parsePrefix(prefix)
    return template.password === undefined || parsed === undefined ? [] : [parsed]
  })
  if (keyed.length === 0) return
  for (const [i, { address, password }] of neighbors.entries()) {
    const parsed = parseAddress(address)
    if (password !== undefined || parsed === undefined) continue
    const host = { family: parsed.family, bytes: parsed.bytes, length: parsed.bytes.length * 8 }
    if (!keyed.some((range) => contains(range, host))) continue
    context.warn(
      ['neighbors', i, 'address'],
      `${address} has no password, but lies in a listen range that has one: the kernel refuses its connections`,
      'give it a password too',
    )
  }
}
