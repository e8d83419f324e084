/** A table with what it stands on, and short ways to fill it. */
import type { Family } from '../../../src/ip/family.js'
import { parsePrefix } from '../../../src/ip/prefix.js'
import { PrefixTable } from '../../../src/ip/prefix-table.js'
import { AttributeTable } from '../../../src/rib/attributes/attributes.js'
import { NextHopSets } from '../../../src/rib/attributes/next-hop-sets.js'
import { NextHops } from '../../../src/rib/attributes/next-hops.js'
import type { DecisionParameters } from '../../../src/rib/decision/decide.js'
import { VALID } from '../../../src/rib/store/reasons.js'
import type { Source } from '../../../src/rib/store/types.js'
import { Rib } from '../../../src/rib/table.js'
import type { DecodeContext, PathAttributes } from '../../../src/wire/types.js'

export const DEFAULTS: DecisionParameters = {
  maximumPathsEbgp: 10,
  maximumPathsIbgp: 1,
  multipathRelax: false,
  alwaysCompareMed: false,
  missingMedAsWorst: false,
  ignoreAsPath: false,
  compareRouterId: true,
  defaultLocalPref: 100,
}

export const EBGP_CONTEXT: DecodeContext = {
  id: 1,
  peerType: 'ebgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
}

/** Attributes of a path: ORIGIN IGP, one sequence, a next hop. */
export function path(nextHop: string, asns: readonly number[], more: PathAttributes = {}): PathAttributes {
  return { origin: 0, asPath: asns.length === 0 ? [] : [{ type: 2, asns }], nextHop, ...more }
}

/** Source `index` with router id and address made of it. */
export function source(index: number, more: Partial<Source> = {}): Source {
  return {
    index,
    type: 'ebgp',
    routerId: index,
    address: `192.0.2.${index}`,
    remoteAs: 64512,
    weight: 0,
    ...more,
  }
}

/** NLRI octets of prefixes. */
export function nlri(...prefixes: string[]): Uint8Array {
  const octets: number[] = []
  for (const text of prefixes) {
    const { bytes, length } = parsePrefix(text)!
    octets.push(length, ...bytes.subarray(0, (length + 7) >>> 3))
  }
  return Uint8Array.from(octets)
}

export class World {
  readonly nextHopSets = new NextHopSets()
  readonly nextHops = new NextHops(this.nextHopSets)
  readonly attributes = new AttributeTable(this.nextHops, 16)
  readonly prefixes: PrefixTable
  readonly rib: Rib
  now = 1000

  readonly #answers = new Map<string, { reachable: boolean; metric: number }>()

  constructor(
    options: Partial<DecisionParameters> = {},
    family: Family = 'ipv4-unicast',
    rankedPaths?: number,
  ) {
    this.nextHops.onNew = (id) => this.#answer(id)
    this.prefixes = new PrefixTable(family, 16)
    this.rib = new Rib(
      {
        prefixes: this.prefixes,
        attributes: this.attributes,
        nextHops: this.nextHops,
        nextHopSets: this.nextHopSets,
        rankedPaths,
      },
      { ...DEFAULTS, ...options },
    )
  }

  /** Says whether a next hop can be reached. */
  resolve(text: string, reachable: boolean, metric = 0): void {
    // Next hops go with the last set that has them, and come back: the answer stays.
    this.#answers.set(text, { reachable, metric })
    for (let id = 1; id <= this.nextHops.size; id++) if (this.nextHops.text(id) === text) this.#answer(id)
  }

  #answer(id: number): void {
    const address = this.nextHops.text(id)
    const { reachable, metric } = this.#answers.get(address) ?? { reachable: true, metric: 0 }
    this.nextHops.resolve(id, { reachable, metric, gateway: reachable ? { address } : undefined })
  }

  announce(from: number, prefix: string, attributes: PathAttributes, reason = VALID): void {
    const octets = nlri(prefix)
    const id = this.attributes.internAttributes(attributes)
    this.rib.announce(from, octets, 0, octets.length, false, id, reason, undefined, this.now)
  }

  withdraw(from: number, prefix: string): void {
    const octets = nlri(prefix)
    this.rib.withdraw(from, octets, 0, octets.length, false)
  }

  /** Id of a prefix, -1 when it is not in the table. */
  id(prefix: string): number {
    const { bytes, length } = parsePrefix(prefix)!
    return this.prefixes.find(bytes, 0, length)
  }

  /** Source indexes of a prefix's multipath set, best first. */
  multipath(prefix: string): number[] {
    const id = this.id(prefix)
    const sources: number[] = []
    if (id < 0) return sources
    for (let at = this.rib.best(id); at !== 0; at = this.rib.next(at)) {
      if (this.rib.isMultipath(at)) sources.push(this.rib.sourceOf(at))
    }
    if (sources.length !== this.rib.multipath(id)) throw new Error('the multipath set has another length')
    return sources
  }

  /** Source index of the best path, or undefined. */
  best(prefix: string): number | undefined {
    return this.multipath(prefix)[0]
  }

  /** Addresses of the gateways of a prefix. */
  gateways(prefix: string): string[] {
    const id = this.id(prefix)
    return id < 0 ? [] : (this.rib.nextHopSet(id)?.gateways.map(({ address }) => address) ?? [])
  }

  /** Decides, and says which prefixes changed, sorted. */
  decide(max?: number): string[] {
    const texts: string[] = []
    const unsubscribe = this.rib.subscribe((batch) => {
      for (let i = 0; i < batch.count; i++) texts.push(this.prefixes.text(batch.prefixes[i]))
    })
    this.rib.decide(max)
    unsubscribe()
    return texts.sort()
  }
}
