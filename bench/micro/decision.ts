import { PrefixTable } from '../../src/ip/prefix-table.js'
import { AttributeTable } from '../../src/rib/attributes/attributes.js'
import { Rib } from '../../src/rib/table.js'
import { block, context, manyNlri, reachableNextHops } from './blocks.js'
import type { Case } from './measure.js'

/** A table with `paths` paths for each of `prefixes` prefixes, each from a neighbor of its own. */
class Table {
  readonly rib: Rib
  readonly #attributes: AttributeTable
  readonly #nlri: Uint8Array

  constructor(prefixes: number, paths: number) {
    const { nextHops, nextHopSets } = reachableNextHops()
    this.#attributes = new AttributeTable(nextHops)
    this.#nlri = manyNlri(prefixes)
    const parts = { prefixes: new PrefixTable('ipv4-unicast'), attributes: this.#attributes }
    this.rib = new Rib(
      { ...parts, nextHops, nextHopSets },
      {
        maximumPathsEbgp: 10,
        maximumPathsIbgp: 1,
        multipathRelax: false,
        alwaysCompareMed: false,
        missingMedAsWorst: false,
        ignoreAsPath: false,
        compareRouterId: true,
        defaultLocalPref: 100,
      },
    )
    for (let source = 1; source <= paths; source++) this.announce(source)
  }

  /** All prefixes from one neighbor, decided. */
  announce(source: number): void {
    const host = [192, 168, source >>> 8, source & 255]
    const address = host.join('.')
    this.rib.setSource({
      index: source,
      type: 'ebgp',
      routerId: source,
      address,
      remoteAs: 64512,
      weight: 0,
    })
    const octets = block(1, host)
    const { id } = this.#attributes.intern(octets, 0, octets.length, true, context)
    this.rib.announce(source, this.#nlri, 0, this.#nlri.length, false, id, 0, undefined, 0)
    this.rib.decide()
  }

  withdraw(source: number): void {
    this.rib.withdraw(source, this.#nlri, 0, this.#nlri.length, false)
    this.rib.decide()
  }
}

/** A path comes, and the best one goes, among so many of its prefix (rib/decision/selection.ts, rib/decision/decide.ts). */
export function decisionCases(): Case[] {
  return [
    { prefixes: 20_000, paths: 0 },
    { prefixes: 20_000, paths: 3 },
    { prefixes: 2000, paths: 100 },
    { prefixes: 500, paths: 1000 },
  ].flatMap(({ prefixes, paths }) => {
    const table = new Table(prefixes, paths)
    const cases: Case[] = [
      {
        name: `decision: a path beside ${paths} comes and goes`,
        operations: prefixes,
        run() {
          table.announce(paths + 1)
          table.withdraw(paths + 1)
        },
      },
    ]
    if (paths > 0) {
      cases.push({
        name: `decision: the best of ${paths} goes and comes back`,
        operations: prefixes,
        run() {
          table.withdraw(1)
          table.announce(1)
        },
      })
    }
    return cases
  })
}
