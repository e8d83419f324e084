import type { Path } from './diagnostic.js'
import { didYouMean } from './nearest.js'
import type { Resolution } from './resolution.js'
import type { Settings } from './schema.js'

/** Settings at one place of the document; layers are read from the most specific one down. */
export interface Layer {
  readonly settings: Settings
  readonly path: Path
}

/** A value and where it stands. */
export interface Found<T> {
  readonly value: T
  readonly path: Path
}

/** A neighbour's or range's own settings, its group's, and those of all. */
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
    else {
      const hint =
        didYouMean(group, Object.keys(groups)) ??
        (context.dialect === 'ios' ? `neighbor ${group} peer-group` : 'define it under `groups`')
      context.error([...path, 'group'], `there is no group \`${group}\``, hint)
    }
  }
  return [...layers, ...defaultsOf(context)]
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
