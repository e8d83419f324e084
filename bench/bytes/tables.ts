import type { Family } from '../../src/ip/family.js'
import { type AttributeSet, Updates } from './messages.js'
import { hosts4, internet4, internet6, packed4, prefixText } from './prefixes.js'
import { random, shuffle } from './random.js'

/** Which table a neighbor announces. */
export interface TableSpec {
  /**
   * 'packed': /24s, full messages, few attribute sets; 'internet': lengths, AS paths, communities and group
   * sizes like the Internet's; 'hosts': /32s from 16.0.0.0 on with one attribute set; 'file': UPDATEs of a
   * recording (see recording.ts).
   */
  readonly kind: 'packed' | 'internet' | 'hosts' | 'file'
  readonly family: Family
  readonly prefixes: number
  readonly sets: number
  /** 'hosts': how many of them to leave out at the beginning. */
  readonly first?: number
  /** The feeder's AS; undefined: iBGP, the path is empty or begins with another AS. */
  readonly as?: number
  readonly nextHop: string
  /** 'file': path of the recording. */
  readonly file?: string
}

/** What a receiver of the table must have for a prefix. */
export interface Sample {
  readonly prefix: string
  readonly asPath: readonly number[]
  readonly nextHop: string
  /** '65000:1', ascending by number. */
  readonly communities: readonly string[]
}

/** A table as octets, with what it must lead to. */
export interface Table {
  readonly family: Family
  /** UPDATEs, without End-of-RIB. */
  readonly bytes: Buffer
  readonly updates: number
  /** Distinct prefixes. */
  readonly prefixes: number
  /** How many of them have a path with an AS_SET. */
  readonly asSets: number
  /** How many others have AS 0 in the path (RFC 7607) or are no unicast prefix, such as 0.0.0.0/32. */
  readonly faulty: number
  /** Distinct attribute sets. */
  readonly sets: number
  readonly samples: readonly Sample[]
  /** UPDATEs that withdraw all of it. */
  withdrawals(): Buffer
  /** Sum of the prefixes' hashes (see `nlriHash`). */
  readonly hash: number
}

const SEED = 20_240_229

/** Hash of a prefix in NLRI form, 32 bits (FNV-1a). Sums of them don't depend on the order. */
export function nlriHash(octets: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ octets[i], 0x01000193)
  return hash >>> 0
}

/** Text of a community. */
export const communityText = (value: number): string => `${value >>> 16}:${value & 65535}`

/** A sample of one prefix with its attribute set. */
function sampleOf(nlri: Uint8Array, set: AttributeSet, family: Family): Sample {
  return {
    prefix: prefixText(nlri, family),
    asPath: set.asPath,
    nextHop: set.nextHop,
    communities: [...set.communities].sort((a, b) => a - b).map(communityText),
  }
}

/** Sizes of so many groups that together have so many members, each at least one, like the Internet's. */
export function groupSizes(members: number, groups: number, next: () => number): number[] {
  const mean = members / groups
  const weights = Array.from({ length: groups }, () => {
    const dice = next()
    if (dice < 0.4) return 1
    if (dice < 0.6) return 2
    if (dice < 0.8) return 3 + Math.floor(next() * 3)
    if (dice < 0.95) return 6 + Math.floor(next() * 5)
    return 11 + Math.floor(next() * 30)
  })
  const scale = mean / 4.05
  const sizes = weights.map((weight) => Math.max(1, Math.round(weight * scale)))
  // Rounding leaves a difference; the groups in turn give or take one.
  let rest = members - sizes.reduce((sum, size) => sum + size, 0)
  for (let i = 0; rest !== 0; i = (i + 1) % groups) {
    const step = Math.sign(rest)
    if (sizes[i] + step < 1) continue
    sizes[i] += step
    rest -= step
  }
  return sizes
}

/** An attribute set like those of the Internet; distinct for each number. */
function internetSet(spec: TableSpec, number: number, next: () => number): AttributeSet {
  const path = spec.as === undefined ? [] : [spec.as]
  const hops = 1 + Math.floor(next() * 3) + Math.floor(next() * 3)
  for (let hop = 0; hop < hops; hop++) path.push(1 + Math.floor(next() * 60_000))
  // The origin AS tells the sets apart.
  path.push(131_072 + number)
  const communities = new Set<number>()
  for (let i = Math.floor(next() * 8); i > 0; i--) {
    communities.add((((1 + Math.floor(next() * 60_000)) << 16) | Math.floor(next() * 65_000)) >>> 0)
  }
  return {
    asPath: path,
    nextHop: spec.nextHop,
    communities: [...communities].sort((a, b) => a - b),
    med: next() < 0.3 ? Math.floor(next() * 1000) : undefined,
    origin: next() < 0.85 ? 0 : 2,
    localPref: spec.as === undefined ? 100 : undefined,
  }
}

function plainSet(spec: TableSpec, number: number): AttributeSet {
  const asPath = spec.as === undefined ? [] : [spec.as]
  if (spec.sets > 1) asPath.push(65_000 + number)
  const localPref = spec.as === undefined ? 100 : undefined
  return { asPath, nextHop: spec.nextHop, communities: [((64_512 << 16) | number) >>> 0], localPref }
}

/**
 * Makes a table; the same specification gives the same octets.
 * @throws RangeError when it can't be had, such as more sets than prefixes
 */
export function makeTable(spec: TableSpec): Table {
  const { kind, family, prefixes: count, sets } = spec
  if (sets > count || sets < 1) throw new RangeError(`${sets} attribute sets for ${count} prefixes`)
  const next = random(SEED)
  const prefixes =
    kind === 'packed'
      ? packed4(count)
      : kind === 'hosts'
        ? hosts4(count, spec.first)
        : family === 'ipv4-unicast'
          ? internet4(count, SEED)
          : internet6(count, SEED)
  const sizes =
    kind === 'internet'
      ? groupSizes(count, sets, next)
      : Array.from(
          { length: sets },
          (_, i) => Math.floor(((i + 1) * count) / sets) - Math.floor((i * count) / sets),
        )
  const groups: { set: AttributeSet; start: number; end: number }[] = []
  let start = 0
  for (const [number, size] of sizes.entries()) {
    const set = kind === 'internet' ? internetSet(spec, number, next) : plainSet(spec, number)
    groups.push({ set, start, end: start + size })
    start += size
  }
  // A router sends its sets in the order of its hash tables.
  if (kind === 'internet') shuffle(groups, next)
  const updates = new Updates()
  for (const group of groups) updates.announce(group.set, family, prefixes.slice(group.start, group.end))
  const samples = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const group = groups[Math.round(share * (groups.length - 1))]
    return sampleOf(prefixes[share === 1 ? group.end - 1 : group.start], group.set, family)
  })
  return {
    family,
    bytes: updates.bytes(),
    updates: updates.count,
    prefixes: count,
    asSets: 0,
    faulty: 0,
    sets,
    samples,
    hash: prefixes.reduce((sum, nlri) => (sum + nlriHash(nlri, 0, nlri.length)) >>> 0, 0),
    withdrawals() {
      const gone = new Updates()
      gone.withdraw(family, prefixes)
      return gone.bytes()
    },
  }
}
