/** Makes a document of what a switch's lines have set, with the switch's own defaults written out. */

import { didYouMean } from '../../../grammar/nearest.js'
import { FAMILIES, type Family, familyOfText } from '../../../ip/family.js'
import type { Document, FamilySettings, NeighborEntry, RangeEntry, Settings } from '../../document/schema.js'
import type { ReadDocument } from '../../document/yaml.js'
import { IOS_TIMERS } from '../../model/defaults.js'
import type { Environment } from '../../model/environment.js'
import type { Path, Report } from '../../text/diagnostic.js'
import { readAddPath } from './add-path.js'
import type { Cells } from './cells.js'
import { type CombinedReading, policiesOf, sourceOf } from './combined.js'
import { announceOf } from './own-routes.js'
import { Placed } from './placed.js'

/**
 * Makes a document of what the lines have set, with the switch's own defaults written out: 60/180, no
 * multipath, graceful restart as a helper, everything accepted from and announced to every activated neighbor,
 * third-party next hops included.
 * @returns undefined when there is no `router bgp`
 */
export function toDocument(cells: Cells, report: Report, environment: Environment): ReadDocument | undefined {
  const as = cells.get(['as'])
  if (as === undefined) {
    const hint = 'begin with `router bgp 64513`, 64513 being the switch’s AS number'
    report.add('error', { line: 1, column: 1 }, '', 'there is no `router bgp`', hint)
    return undefined
  }
  const placed = new Placed(cells)
  const document = new Builder(cells, placed, report, environment).build(as.value as number)
  return { document, locate: (path) => placed.locate(path) }
}

class Builder {
  readonly #cells: Cells
  readonly #placed: Placed
  readonly #report: Report
  readonly #reading: CombinedReading

  constructor(cells: Cells, placed: Placed, report: Report, environment: Environment) {
    this.#cells = cells
    this.#placed = placed
    this.#report = report
    this.#reading = { cells, placed, report, environment }
  }

  build(as: number): Document {
    const groups = this.#groups()
    const document: Document = {
      as,
      ...this.#placed.plain('routerId'),
      ...this.#placed.plain('hostName'),
      maximumPaths: { ebgp: this.#paths('ebgp'), ibgp: this.#paths('ibgp') },
      ...this.#placed.plain('multipathRelax'),
      ...this.#placed.section('bestPath'),
      ...this.#placed.plain('defaultLocalPref'),
      ...this.#placed.plain('maintenance'),
      ...this.#placed.plain('selectionDeferralTime'),
      ...this.#placed.plain('clusterId'),
      ...this.#placed.plain('clientToClientReflection'),
      ...this.#placed.plain('rejectAsSets'),
      gracefulRestart: { enabled: true, ...this.#placed.values(['gracefulRestart'], ['gracefulRestart']) },
      ...this.#placed.plain('ebgpRequiresPolicy'),
      ...this.#placed.section('longLivedGracefulRestart'),
      defaults: {
        ...this.#placed.values(['defaults'], ['defaults']),
        // Where a policy is required, everything is no default.
        ...(this.#cells.get(['ebgpRequiresPolicy'])?.value === true ? {} : { export: 'all' as const }),
        nextHop: 'third-party',
        timers: { ...IOS_TIMERS, ...this.#placed.values(['timers'], ['defaults', 'timers']) },
      },
      ...(Object.keys(groups).length === 0 ? {} : { groups }),
      neighbors: this.#cells.children(['neighbors']).flatMap((address, i) => this.#neighbor(address, i)),
      ...this.#ranges(),
      ...this.#placed.plain('listenLimit'),
      ...announceOf(this.#cells, this.#report, (path, position) => this.#placed.place(path, position)),
      ...this.#placed.lists('prefixLists'),
      ...this.#placed.lists('asPathLists'),
      ...this.#placed.lists('communityLists'),
      ...this.#placed.routeMaps(),
    }
    this.#placed.place(['as'], this.#cells.get(['as'])!.position)
    this.#checkRestart()
    return document
  }

  /** ecmpd has one width for both families. */
  #paths(kind: 'ebgp' | 'ibgp'): number {
    const cells = this.#cells.below(['maximumPaths', kind])
    const last = cells.at(-1)
    if (last === undefined) return 1
    this.#placed.place(['maximumPaths', kind], last.position)
    const other = cells.find((cell) => cell.value !== last.value)
    if (other !== undefined) {
      const hint = 'ecmpd has one width for both families'
      const message = `maximum-paths ${String(last.value)} contradicts line ${other.position.line}`
      this.#report.add('error', last.position, '', message, hint)
    }
    return last.value as number
  }

  #groups(): Record<string, Settings> {
    const groups: Record<string, Settings> = Object.create(null)
    const declared = this.#cells.children(['groups'])
    for (const name of declared) {
      const from = ['groups', name]
      if (this.#cells.get([...from, 'declared']) === undefined) {
        const known = declared.filter((one) => this.#cells.get(['groups', one, 'declared']) !== undefined)
        const hint =
          didYouMean(name, known) ?? `neighbor ${name} peer-group; an address such as 192.168.95.210`
        const { position } = this.#cells.below(from)[0]
        this.#report.add('error', position, '', `% Invalid input: there is no peer group \`${name}\``, hint)
      }
      const families = this.#sections(from, ['groups', name])
      for (const family of FAMILIES) {
        this.#addPath(
          families,
          family,
          [
            [...from, 'families', family, 'addPath'],
            ['addPath', family],
          ],
          ['groups', name],
        )
      }
      const settings = this.#settings(from, ['groups', name])
      groups[name] = { ...settings, ...(Object.keys(families).length === 0 ? {} : { families }) }
    }
    return { ...groups }
  }

  /** Settings of a neighbor or group, without families and update-source. */
  #settings(from: readonly string[], to: Path): Settings {
    const timers = this.#placed.values([...from, 'timers'], [...to, 'timers'])
    const { declared, updateSource, ...plain } = this.#placed.values(from, to)
    return { ...plain, ...(Object.keys(timers).length === 0 ? {} : { timers }) } as Settings
  }

  /** Family sections with something in them. */
  #sections(from: readonly string[], to: Path, group?: string): Partial<Record<Family, FamilySettings>> {
    const sections: Partial<Record<Family, FamilySettings>> = {}
    for (const family of FAMILIES) {
      const path = [...to, 'families', family]
      const values = policiesOf(
        this.#placed.values([...from, 'families', family], path),
        path,
        group,
        family,
        this.#reading,
      )
      if (Object.keys(values).length > 0) sections[family] = values as FamilySettings
    }
    return sections
  }

  #neighbor(address: string, i: number): readonly NeighborEntry[] {
    const from = ['neighbors', address]
    const to: Path = ['neighbors', i]
    const first = this.#cells.below(from)[0]
    this.#placed.place([...to, 'address'], first.position)
    const group = this.#cells.get([...from, 'group'])?.value as string | undefined
    const settings = this.#settings(from, to)
    if (this.#cells.get([...from, 'remoteAs']) === undefined && !this.#hasAs(group)) {
      const message = `% Invalid input: neighbor ${address} has no remote-as`
      this.#report.add('error', first.position, '', message, `neighbor ${address} remote-as <AS>`)
      return []
    }
    const own = familyOfText(address)
    return [
      {
        address,
        ...settings,
        ...sourceOf(from, group, own, to, this.#reading),
        ...this.#families(from, to, group, own),
      },
    ]
  }

  /** Also true of a group that is nowhere defined: that, then, is what is wrong. */
  #hasAs(group: string | undefined): boolean {
    if (group === undefined) return false
    const unknown = this.#cells.below(['groups', group]).length === 0
    return unknown || this.#cells.get(['groups', group, 'remoteAs']) !== undefined
  }

  #ranges(): { listenRanges?: RangeEntry[] } {
    const prefixes = this.#cells.children(['ranges'])
    if (prefixes.length === 0) return {}
    const listenRanges = prefixes.map((prefix, i) => {
      const cell = this.#cells.get(['ranges', prefix])!
      const to: Path = ['listenRanges', i]
      this.#placed.place([...to, 'prefix'], cell.position)
      this.#placed.place([...to, 'group'], cell.position)
      const group = cell.value as string
      const own = familyOfText(prefix)
      return {
        prefix,
        group,
        ...sourceOf([], group, own, to, this.#reading),
        ...this.#families([], to, group, own),
      }
    })
    return { listenRanges }
  }

  /**
   * The families that are activated: what the neighbor's lines say, else its group's, else the default. A
   * neighbor with none has no session on a switch either: it is shut down, with a warning.
   */
  #families(
    from: readonly string[],
    to: Path,
    group: string | undefined,
    own: Family,
  ): Pick<Settings, 'families' | 'shutdown'> {
    const sections = from.length === 0 ? {} : this.#sections(from, to, group)
    const active = FAMILIES.filter((family) => this.#isActive(from, group, family, own))
    for (const family of FAMILIES) {
      if (sections[family] === undefined || active.includes(family)) continue
      const { position } = this.#cells.below([...from, 'families', family])[0]
      const message = `has no effect: ${from[1]} is not activated in ${family}`
      this.#report.add('warning', position, '', message, `neighbor ${from[1]} activate`)
    }
    if (active.length === 0) {
      const family = own === 'ipv6-unicast' ? 'ipv6' : 'ipv4'
      const name = from[1] ?? `peer-group ${group}`
      const hint = `address-family ${family} / neighbor ${from[1] ?? group} activate`
      const message = `neighbor ${name} is activated in no address family, so there is no session with it`
      this.#report.add('warning', this.#placed.locate(to), '', message, hint)
      return { shutdown: true }
    }
    for (const family of active) {
      const own = [...from, 'families', family, 'addPath']
      // Without a line of its own it has what its group has.
      if (from.length === 0 || (group !== undefined && this.#cells.below(own).length === 0)) continue
      const above = group === undefined ? [] : [['groups', group, 'families', family, 'addPath']]
      this.#addPath(sections, family, [own, ...above, ['addPath', family]], to)
    }
    const entries = active.map((family) => [family, sections[family] ?? {}] as const)
    if (entries.some(([, section]) => Object.keys(section).length > 0)) {
      return { families: Object.fromEntries(entries) }
    }
    const grouped =
      group !== undefined &&
      this.#cells.below(['groups', group, 'families']).length + this.#cells.below(['addPath']).length > 0
    return active.length === 1 && active[0] === own && !grouped ? {} : { families: active }
  }

  /** Puts what the lines about ADD-PATH say into a family's section. */
  #addPath(
    sections: Partial<Record<Family, FamilySettings>>,
    family: Family,
    scopes: readonly (readonly string[])[],
    to: Path,
  ): void {
    const read = readAddPath(this.#cells, scopes)
    if (read === undefined) return
    sections[family] = { ...sections[family], addPath: read.value }
    this.#placed.place([...to, 'families', family, 'addPath'], read.position)
  }

  #isActive(from: readonly string[], group: string | undefined, family: Family, own: Family): boolean {
    const said =
      (from.length > 0 ? this.#cells.get([...from, 'active', family]) : undefined) ??
      (group === undefined ? undefined : this.#cells.get(['groups', group, 'active', family]))
    if (said !== undefined) return said.value as boolean
    const byDefault = this.#cells.get(['defaultFamily', family])?.value as boolean | undefined
    // `bgp default ipv6-unicast` is a word of FRR, where it means every neighbor, whatever its address.
    return family === 'ipv6-unicast' ? byDefault === true : own === family && byDefault !== false
  }

  #checkRestart(): void {
    const [first] = this.#cells.below(['gracefulRestart'])
    if (first === undefined || this.#cells.get(['gracefulRestart', 'enabled'])?.value !== false) return
    const message = 'graceful restart is off, so that its times have no effect'
    this.#report.add(
      'warning',
      first.position,
      '',
      message,
      'remove `no bgp graceful-restart` or `bgp graceful-restart-disable`',
    )
  }
}
