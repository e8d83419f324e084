/**
 * Where a setting may stand: at the neighbor, in its group, under `defaults`; the most specific place wins.
 */

import { didYouMean } from '../../grammar/nearest.js'
import type { Document, Settings } from '../document/schema.js'
import type { Found } from '../settings/setting.js'
import type { Path } from '../text/diagnostic.js'
import type { Resolution } from './resolution.js'

/** Settings at one place of the document; layers are read from the most specific one down. */
export interface Layer {
  readonly settings: Settings
  readonly path: Path
}

/** A neighbor's or range's own settings, its group's, and those of all. */
export function layersOf(
  settings: Settings,
  group: string | undefined,
  path: Path,
  context: Resolution,
): readonly Layer[] {
  const layers: Layer[] = [{ settings, path }]
  const groups = context.document.groups ?? {}
  if (group !== undefined) {
    if (Object.hasOwn(groups, group)) layers.push({ settings: groups[group], path: ['groups', group] })
    else unknownGroup(group, path, context)
  }
  return [...layers, ...defaultsOf(context)]
}

/** Whether a neighbor or range is in a group that is nowhere defined: then nothing else is known to be missing. */
export function lacksGroup(group: string | undefined, { document }: Resolution): boolean {
  return group !== undefined && !Object.hasOwn(document.groups ?? {}, group)
}

function unknownGroup(group: string, path: Path, context: Resolution): void {
  const known = Object.keys(context.document.groups ?? {})
  const define = context.dialect === 'ios' ? `neighbor ${group} peer-group` : 'define it under `groups`'
  const others = known.length === 0 ? '' : `; there are ${known.join(', ')}`
  const owner = ownerOf(path, context.document)
  const hint = didYouMean(group, known) ?? `${define}${others}`
  context.error([...path, 'group'], `${owner}: there is no group \`${group}\``, hint)
}

/** Whose settings stand at or above a path, as messages name it: 'neighbor 192.168.95.210', 'group nodes'. */
export function ownerOf([section, key]: Path, { neighbors, listenRanges }: Document): string {
  if (section === 'neighbors') return `neighbor ${neighbors?.[Number(key)]?.address}`
  if (section === 'listenRanges') return `listen range ${listenRanges?.[Number(key)]?.prefix}`
  return section === 'groups' ? `group ${key}` : '`defaults`'
}

/** The settings of all, as the last layer. */
export function defaultsOf(context: Resolution): readonly Layer[] {
  const { defaults } = context.document
  return defaults === undefined ? [] : [{ settings: defaults, path: ['defaults'] }]
}

/** What the most specific place says of a key. */
export function firstOf<K extends keyof Settings>(
  layers: readonly Layer[],
  key: K,
): Found<NonNullable<Settings[K]>> | undefined {
  for (const { settings, path } of layers) {
    const value = settings[key]
    if (value !== undefined) return { value: value as NonNullable<Settings[K]>, path: [...path, key] }
  }
  return undefined
}
