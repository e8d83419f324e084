import type { Family } from '../../src/ip/family.js'
import { random } from './random.js'

/** Octets of an IPv4 address in text. */
export const v4 = (address: string): number[] => address.split('.').map(Number)

/** Octets of an IPv6 address in text. */
export function v6(address: string): number[] {
  const [head, tail] = address.split('::').map((half) => (half ? half.split(':') : []))
  const middle = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0')
  const groups = [...head, ...middle, ...(tail ?? [])].map((group) => Number.parseInt(group, 16))
  return groups.flatMap((group) => [group >> 8, group & 255])
}

/** NLRI of an IPv4 prefix given as a number. */
export function nlri4(address: number, length: number): Uint8Array {
  const octets = new Uint8Array(1 + ((length + 7) >> 3))
  octets[0] = length
  for (let i = 1; i < octets.length; i++) octets[i] = (address >>> (32 - 8 * i)) & 255
  return octets
}

/** Text of a prefix in NLRI form. */
export function prefixText(nlri: Uint8Array, family: Family): string {
  const [length] = nlri
  if (family === 'ipv4-unicast') {
    return `${[1, 2, 3, 4].map((i) => nlri[i] ?? 0).join('.')}/${length}`
  }
  const groups = Array.from({ length: 8 }, (_, i) => ((nlri[1 + 2 * i] ?? 0) << 8) | (nlri[2 + 2 * i] ?? 0))
  // The prefixes of these tables end in zeroes, which is the longest run of them.
  while (groups.length && groups.at(-1) === 0) groups.pop()
  const text = groups.map((group) => group.toString(16)).join(':')
  return `${text}${groups.length < 8 ? '::' : ''}/${length}`
}

/** How many of a hundred prefixes of the Internet's IPv4 table have a length (in tenths of a percent). */
const LENGTHS_4: readonly (readonly [length: number, share: number])[] = [
  [24, 610],
  [23, 85],
  [22, 115],
  [21, 50],
  [20, 45],
  [19, 27],
  [18, 15],
  [17, 9],
  [16, 13],
  [15, 1],
]
/** The same of IPv6. */
const LENGTHS_6: readonly (readonly [length: number, share: number])[] = [
  [48, 480],
  [44, 120],
  [40, 100],
  [36, 60],
  [32, 150],
  [29, 50],
  [47, 20],
  [46, 20],
]

/** Lengths as often as their shares say, to be picked from with an even hand. */
const pickable = (shares: readonly (readonly [length: number, share: number])[]): number[] =>
  shares.flatMap(([length, share]) => Array<number>(share).fill(length))

const PICK_4 = pickable(LENGTHS_4)
const PICK_6 = pickable(LENGTHS_6)

/** First octets that a table of the Internet doesn't have, or that the lab itself uses. */
const RESERVED = new Set([10, 127, 169, 172, 192])

/**
 * Distinct IPv4 prefixes with the lengths of the Internet's table, ascending; a third of those shorter than
 * /23 cover others that follow.
 * @throws RangeError when the address space is used up
 */
export function internet4(count: number, seed: number): Uint8Array[] {
  const next = random(seed)
  const list: Uint8Array[] = []
  // Counted in /24s: 2^24 of them.
  let at = 1 << 16
  let within = 0
  while (list.length < count) {
    const length = Math.max(PICK_4[Math.floor(next() * PICK_4.length)], Math.min(24, within + 1))
    const size = 2 ** (24 - length)
    at = Math.ceil(at / size) * size
    if (RESERVED.has(at >> 16)) {
      at = ((at >> 16) + 1) << 16
      within = 0
      continue
    }
    if (at + size > 224 << 16) throw new RangeError(`no room for ${count} prefixes`)
    list.push(nlri4((at << 8) >>> 0, length))
    within = length < 23 && within === 0 && next() < 0.33 ? length : 0
    if (within === 0) at += size
  }
  return list
}

/** Distinct IPv6 prefixes below 2000::/4 with the lengths of the Internet's table, ascending. */
export function internet6(count: number, seed: number): Uint8Array[] {
  const next = random(seed)
  const list: Uint8Array[] = []
  // Counted in /48s from 2000::/4 on; numbers hold 2^44 of them exactly.
  let at = 2 ** 36
  for (; list.length < count; ) {
    const length = PICK_6[Math.floor(next() * PICK_6.length)]
    const size = 2 ** (48 - length)
    at = Math.ceil(at / size) * size
    const octets = new Uint8Array(1 + ((length + 7) >> 3))
    octets[0] = length
    for (let i = 1; i < octets.length; i++) {
      octets[i] = Math.floor(at / 2 ** (48 - 8 * i)) % 256
    }
    octets[1] |= 0x20
    list.push(octets)
    at += size
  }
  return list
}

/** /24s one behind the other from 20.0.0.0 on. */
export function packed4(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => nlri4(0x14000000 + i * 256, 24))
}

/** Host routes one behind the other from 16.0.0.0 on. @param first how many to leave out */
export function hosts4(count: number, first = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => nlri4(0x10000000 + first + i, 32))
}
