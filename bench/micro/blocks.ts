import { NextHopSets } from '../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../src/rib/attributes/next-hops.js'
import type { DecodeContext } from '../../src/wire/types.js'

/** A session with an eBGP neighbor in AS 64512. */
export const context: DecodeContext = {
  id: 1,
  peerType: 'ebgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
}

/** A block as the Internet's table has them: ORIGIN, AS_PATH of five, NEXT_HOP, three communities; distinct by `n`. */
export function block(n: number, nextHop: readonly number[] = [192, 0, 2, 1]): Uint8Array {
  const path = [64512, 3356, 1299, 100_000 + (n >>> 8), 200_000 + n]
  const octets = [0x40, 1, 1, 0, 0x40, 2, 2 + 4 * path.length, 2, path.length]
  for (const as of path) octets.push((as >>> 24) & 255, (as >>> 16) & 255, (as >>> 8) & 255, as & 255)
  octets.push(0x40, 3, 4, ...nextHop, 0xc0, 8, 12)
  for (let i = 0; i < 3; i++) octets.push(0xfd, 0xe8, n & 255, i)
  return Uint8Array.from(octets)
}

/** The /24 of a number, as NLRI octets: 1.0.0.0/24 is 0. */
export function nlri(n: number): readonly number[] {
  const address = 0x010000 + n
  return [24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255]
}

/** `count` /24s one behind the other, in order. */
export function manyNlri(count: number): Uint8Array {
  const octets = new Uint8Array(count * 4)
  for (let n = 0; n < count; n++) octets.set(nlri(n), n * 4)
  return octets
}

/** Next hops of which each is a gateway that can be reached. */
export function reachableNextHops(): { nextHops: NextHops; nextHopSets: NextHopSets } {
  const nextHopSets = new NextHopSets()
  const nextHops = new NextHops(nextHopSets)
  nextHops.onNew = (id) =>
    nextHops.resolve(id, { reachable: true, metric: 0, gateway: { address: nextHops.text(id) } })
  return { nextHops, nextHopSets }
}
