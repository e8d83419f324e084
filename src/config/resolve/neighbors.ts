/** Neighbors, listen ranges and groups of a document as the speaker's options. */

import type { Family } from '../../ip/family.js'
import type { ListenRange, NeighborOptions } from '../../speaker/model/options.js'
import type { Settings } from '../document/schema.js'
import type { Found } from '../settings/setting.js'
import { neighborOptions } from '../settings/table.js'
import type { Path } from '../text/diagnostic.js'
import { readAddress, readAs, readPrefix } from '../text/values.js'
import { familiesOf } from './families.js'
import { defaultsOf, firstOf, type Layer, lacksGroup, layersOf } from './layers.js'
import { passwordOf } from './passwords.js'
import { placeOf, type Resolution } from './resolution.js'
import { capabilitiesOf, localAsOf } from './session-options.js'
import { longLivedOf, restartOf, timersOf } from './timers.js'

/** The configured neighbors, duplicates refused. */
export function resolveNeighbors(localAs: number, context: Resolution): readonly NeighborOptions[] {
  const seen = new Map<string, Path>()
  return (context.document.neighbors ?? []).flatMap((entry, i) => {
    const path: Path = ['neighbors', i]
    const read = readAddress(entry.address)
    if ('problem' in read) {
      context.error([...path, 'address'], read.problem, read.hint)
      return []
    }
    const { text, family } = read.value
    const first = seen.get(text)
    if (first !== undefined) {
      const where = `it is on line ${context.line(first)} already`
      context.error([...path, 'address'], `duplicate neighbor ${text}`, where)
      return []
    }
    seen.set(text, [...path, 'address'])
    const layers = layersOf(entry, entry.group, path, context)
    const as = firstOf(layers, 'remoteAs')
    if (as === undefined && !lacksGroup(entry.group, context)) {
      context.error(path, `neighbor ${text} has no \`remoteAs\``, 'add `remoteAs`, or a `group` that has one')
    }
    return [{ address: text, ...template(layers, family, as, localAs, text, context) }]
  })
}

/** The listen ranges, duplicates refused. */
export function resolveRanges(localAs: number, context: Resolution): readonly ListenRange[] {
  const seen = new Map<string, Path>()
  return (context.document.listenRanges ?? []).flatMap((entry, i) => {
    const path: Path = ['listenRanges', i]
    const read = readPrefix(entry.prefix)
    if ('problem' in read) {
      context.error([...path, 'prefix'], read.problem, read.hint)
      return []
    }
    const { text, family } = read.value
    const first = seen.get(text)
    if (first !== undefined) {
      const where = `it is on line ${context.line(first)} already`
      context.error([...path, 'prefix'], `duplicate listen range ${text}`, where)
      return []
    }
    seen.set(text, [...path, 'prefix'])
    const layers = layersOf(entry, entry.group, path, context)
    const as = firstOf(layers, 'remoteAs') ?? { value: 'external', path }
    return [{ prefix: text, template: template(layers, family, as, localAs, text, context) }]
  })
}

/** Checks groups that no neighbor uses, so that their mistakes don't wait for the first one. */
export function checkGroups(context: Resolution): void {
  const { neighbors = [], listenRanges = [], groups = {} } = context.document
  const entries = [...neighbors, ...listenRanges]
  const used = new Set(entries.map((entry) => entry.group))
  const unused = Object.entries(groups).filter(([name]) => !used.has(name))
  for (const [name, settings] of unused) {
    const layers = [{ settings, path: ['groups', name] }, ...defaultsOf(context)]
    template(layers, 'ipv4-unicast', undefined, 0, name, context)
  }
  if (entries.length === 0) template(defaultsOf(context), 'ipv4-unicast', undefined, 0, 'a neighbor', context)
}

function template(
  layers: readonly Layer[],
  family: Family,
  as: Found<number | string> | undefined,
  localAs: number,
  name: string,
  context: Resolution,
): Omit<NeighborOptions, 'address'> {
  const own = localAsOf(layers, localAs, context)
  const ownAs = own.localAs
  const remoteAs = as === undefined ? 0 : remoteAsOf(as, ownAs, context)
  if (remoteAs === localAs && ownAs !== localAs) {
    const hint = 'leave the local AS out, or let paths with the own AS in (allowAsIn, allowas-in)'
    context.warn(as!.path, `${name} is in AS ${localAs}, this speaker’s own: its paths count as loops`, hint)
  }
  const internal = remoteAs !== 0 && remoteAs === ownAs
  const at = placeOf(internal, name, context)
  const local = firstOf(layers, 'localAddress')
  const families = familiesOf(layers, family, at, context)
  return {
    ...neighborOptions((key) => firstOf(layers, key as keyof Settings), at),
    remoteAs,
    ...own,
    ...(local === undefined ? {} : { localAddress: localAddress(local, family, context) }),
    ...shutdownOf(firstOf(layers, 'shutdown')?.value),
    ...passwordOf(layers, context),
    timers: timersOf(layers, context),
    families,
    gracefulRestart: {
      ...restartOf([
        ...layers.map((layer) => layer.settings.gracefulRestart),
        context.document.gracefulRestart,
      ]),
      ...longLivedOf([
        ...layers.map((layer) => layer.settings.longLivedGracefulRestart),
        context.document.longLivedGracefulRestart,
      ]),
    },
    ...capabilitiesOf(
      layers,
      families.map((one) => one.family),
      context,
    ),
  }
}

function numberOf(found: Found<number | string>, context: Resolution): number {
  const read = readAs(found.value)
  if ('value' in read) return read.value
  context.error(found.path, read.problem, read.hint)
  return 0
}

function remoteAsOf(found: Found<number | string>, ownAs: number, context: Resolution): number {
  if (found.value === 'internal') return ownAs
  return found.value === 'external' ? 0 : numberOf(found, context)
}

function localAddress(found: Found<string>, family: Family, context: Resolution): string {
  const read = readAddress(found.value)
  if ('problem' in read) {
    context.error(found.path, read.problem, read.hint)
    return found.value
  }
  if (read.value.family !== family) {
    const hint = 'both ends of a connection are of one family'
    context.error(
      found.path,
      `localAddress ${read.value.text} can't reach an ${ipName(family)} neighbor`,
      hint,
    )
  }
  return read.value.text
}

const ipName = (family: Family) => (family === 'ipv4-unicast' ? 'IPv4' : 'IPv6')

function shutdownOf(value: Settings['shutdown']): { shutdown?: { message?: string } } {
  if (value === undefined || value === false) return {}
  return { shutdown: value === true || value.trim() === '' ? {} : { message: value.trim() } }
}
