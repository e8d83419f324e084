/** The address families of a neighbor and what passes in each. */

import type { Family } from '../../ip/family.js'
import type { FamilyOptions } from '../../speaker/model/options.js'
import type { FamilySettings, Settings } from '../document/schema.js'
import type { Place } from '../settings/setting.js'
import { familyOptions } from '../settings/table.js'
import type { Path } from '../text/diagnostic.js'
import { resolveDefaultOriginate } from './announce.js'
import type { Layer } from './layers.js'
import { resolvePolicy } from './policies.js'
import type { Resolution } from './resolution.js'

/**
 * The address families of a neighbor and what passes in each.
 * @param own family of the neighbor's address, which it speaks unless told otherwise
 * @param at of the neighbor; iBGP: everything is announced by default, and the next hop is kept
 */
export function familiesOf(
  layers: readonly Layer[],
  own: Family,
  at: Omit<Place, 'other'>,
  context: Resolution,
): readonly FamilyOptions[] {
  const listed = layers.find(({ settings }) => settings.families !== undefined)
  const entry = listed?.settings.families
  const names: readonly Family[] =
    entry === undefined ? [own] : Array.isArray(entry) ? entry : (Object.keys(entry) as Family[])
  if (names.length === 0) {
    context.error(
      [...listed!.path, 'families'],
      'no address family',
      'without `families`: that of the address',
    )
  }
  if (own === 'ipv4-unicast' && names.includes('ipv6-unicast')) {
    const hint = 'use a second session over IPv6'
    context.warn(
      [...listed!.path, 'families'],
      'IPv6 routes over an IPv4 session: nodes running Cilium send an IPv4-mapped next hop that can’t be used',
      hint,
    )
  }
  const inOrder = (['ipv4-unicast', 'ipv6-unicast'] as const).filter((family) => names.includes(family))
  return inOrder.map((family) => familyOf(layers, family, at, context))
}

function familyOf(
  layers: readonly Layer[],
  family: Family,
  at: Omit<Place, 'other'>,
  context: Resolution,
): FamilyOptions {
  const { internal } = at
  const sections = layers.flatMap(({ settings, path }) => {
    const section = sectionOf(settings.families, family)
    const general = { settings: settings as FamilySettings, path }
    return section === undefined
      ? [general]
      : [{ settings: section, path: [...path, 'families', family] }, general]
  })
  const setting = <K extends keyof FamilySettings>(key: K) => {
    const found = sections.find(({ settings }) => settings[key] !== undefined)
    return found && { value: found.settings[key]!, path: [...found.path, key] }
  }
  for (const { settings, path } of sections) {
    if (settings.nextHopSelf === true && settings.nextHop !== undefined && settings.nextHop !== 'self') {
      const hint = 'keep one of the two'
      context.error([...path, 'nextHopSelf'], `nextHopSelf contradicts nextHop: ${settings.nextHop}`, hint)
    }
  }
  const accept = setting('import')
  const announce = setting('export')
  const originate = setting('defaultOriginate')
  // RFC 8212 §3: without a policy nothing passes. A policy that says `all` is one.
  const required = !internal && context.document.ebgpRequiresPolicy === true
  const missing = required && (accept === undefined || announce === undefined)
  return {
    family,
    import:
      accept === undefined
        ? required
          ? 'none'
          : 'all'
        : resolvePolicy(accept.value, accept.path, family, context),
    export:
      announce === undefined
        ? internal
          ? 'all'
          : 'none'
        : resolvePolicy(announce.value, announce.path, family, context),
    nextHop: nextHopOf(sections.map((section) => section.settings)) ?? (internal ? 'third-party' : 'self'),
    ...(originate === undefined ? {} : resolveDefaultOriginate(originate.value, originate.path, context)),
    ...limitOf(setting('maximumPrefix')?.value),
    ...reflectionOf(setting('routeReflectorClient'), internal, context),
    ...addPathOf(setting('addPath')?.value),
    ...(missing ? { policyMissing: { import: accept === undefined, export: announce === undefined } } : {}),
    ...familyOptions((key) => setting(key as keyof FamilySettings), at),
  }
}

function reflectionOf(
  client: { readonly value: boolean; readonly path: Path } | undefined,
  internal: boolean,
  context: Resolution,
): Pick<FamilyOptions, 'routeReflectorClient'> {
  if (client?.value !== true) return {}
  if (internal) return { routeReflectorClient: true }
  const hint = 'a route reflector’s clients are in its own AS'
  context.warn(client.path, '`routeReflectorClient` has no effect on an eBGP neighbor', hint)
  return {}
}

function addPathOf(value: FamilySettings['addPath']): Pick<FamilyOptions, 'addPath'> {
  if (value === undefined || (value.receive !== true && value.send === undefined)) return {}
  const { receive = false, send } = value
  const selection = typeof send === 'object' ? send.best : send
  return { addPath: { receive, ...(selection === undefined ? {} : { send: selection }) } }
}

function limitOf(
  value: FamilySettings['maximumPrefix'],
): Pick<
  FamilyOptions,
  'maximumPrefix' | 'maximumPrefixThreshold' | 'maximumPrefixAction' | 'maximumPrefixReceived'
> {
  if (typeof value !== 'object') return { maximumPrefix: value ?? 0 }
  const action = value.warningOnly === true ? 'warning-only' : value.restart
  return {
    maximumPrefix: value.limit,
    ...(value.threshold === undefined ? {} : { maximumPrefixThreshold: value.threshold }),
    ...(action === undefined ? {} : { maximumPrefixAction: action }),
    ...(value.received === true ? { maximumPrefixReceived: true as const } : {}),
  }
}

function sectionOf(families: Settings['families'], family: Family): FamilySettings | undefined {
  return families === undefined || Array.isArray(families) ? undefined : (families[family] ?? undefined)
}

/** `nextHop` and `nextHopSelf` are one setting: the most specific place that has either decides. */
function nextHopOf(sections: readonly FamilySettings[]): FamilyOptions['nextHop'] | undefined {
  for (const { nextHop, nextHopSelf } of sections) {
    if (nextHop !== undefined) return nextHop
    if (nextHopSelf !== undefined) return nextHopSelf ? 'self' : 'third-party'
  }
  return undefined
}
