import type { Family } from '../ip/family.js'
import type {
  FamilyOptions,
  GracefulRestartOptions,
  ListenRange,
  NeighborOptions,
  TimerOptions,
} from '../speaker/options.js'
import { BGP_PORT, GRACEFUL_RESTART, TIMERS } from './defaults.js'
import type { Path } from './diagnostic.js'
import { didYouMean } from './nearest.js'
import { resolvePolicy } from './policies.js'
import type { Resolution } from './resolution.js'
import type { FamilySettings, Settings } from './schema.js'
import { readAddress, readAs, readPrefix } from './values.js'

/** Settings at one place of the document; layers are read from the most specific one down. */
interface Layer {
  readonly settings: Settings
  readonly path: Path
}

type Restart = Settings['gracefulRestart']

/** A value and where it stands. */
interface Found<T> {
  readonly value: T
  readonly path: Path
}

/** The configured neighbours, duplicates refused. */
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
      context.error([...path, 'address'], `duplicate neighbour ${text}`, where)
      return []
    }
    seen.set(text, [...path, 'address'])
    const layers = layersOf(entry, entry.group, path, context)
    const as = firstOf(layers, 'remoteAs')
    if (as === undefined) {
      context.error(
        path,
        `neighbour ${text} has no \`remoteAs\``,
        'add `remoteAs`, or a `group` that has one',
      )
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

/** Checks groups that no neighbour uses, so that their mistakes don't wait for the first one. */
export function checkGroups(context: Resolution): void {
  const used = new Set(
    [...(context.document.neighbors ?? []), ...(context.document.listenRanges ?? [])].map((e) => e.group),
  )
  for (const [name, settings] of Object.entries(context.document.groups ?? {})) {
    if (used.has(name)) continue
    const layers = [{ settings, path: ['groups', name] }, ...defaultsOf(context)]
    template(layers, 'ipv4-unicast', undefined, 0, name, context)
  }
}

function layersOf(
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
      const hint = didYouMean(group, Object.keys(groups)) ?? 'define it under `groups`'
      context.error([...path, 'group'], `there is no group \`${group}\``, hint)
    }
  }
  return [...layers, ...defaultsOf(context)]
}

function defaultsOf(context: Resolution): readonly Layer[] {
  const { defaults } = context.document
  return defaults === undefined ? [] : [{ settings: defaults, path: ['defaults'] }]
}

function firstOf<K extends keyof Settings>(
  layers: readonly Layer[],
  key: K,
): Found<NonNullable<Settings[K]>> | undefined {
  for (const { settings, path } of layers) {
    const value = settings[key]
    if (value !== undefined) return { value: value as NonNullable<Settings[K]>, path: [...path, key] }
  }
  return undefined
}

function template(
  layers: readonly Layer[],
  family: Family,
  as: Found<number | string> | undefined,
  localAs: number,
  name: string,
  context: Resolution,
): Omit<NeighborOptions, 'address'> {
  const own = firstOf(layers, 'localAs')
  const ownAs = own === undefined ? localAs : numberOf(own, context)
  const remoteAs = as === undefined ? 0 : remoteAsOf(as, ownAs, context)
  const internal = remoteAs !== 0 && remoteAs === ownAs
  const local = firstOf(layers, 'localAddress')
  const multihop = firstOf(layers, 'ebgpMultihop')
  if (internal && multihop !== undefined) {
    context.warn(multihop.path, `\`ebgpMultihop\` has no effect on ${name}, which is iBGP`)
  }
  const description = firstOf(layers, 'description')?.value
  return {
    ...(description === undefined ? {} : { description }),
    remoteAs,
    localAs: ownAs,
    port: firstOf(layers, 'port')?.value ?? BGP_PORT,
    ...(local === undefined ? {} : { localAddress: localAddress(local, family, context) }),
    passive: firstOf(layers, 'passive')?.value ?? false,
    ...shutdownOf(firstOf(layers, 'shutdown')?.value),
    ebgpMultihop: multihop?.value ?? 1,
    timers: timersOf(layers, context),
    families: familiesOf(layers, family, internal, context),
    gracefulRestart: restartOf([
      ...layers.map((layer) => layer.settings.gracefulRestart),
      context.document.gracefulRestart,
    ]),
    weight: firstOf(layers, 'weight')?.value ?? 0,
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
      `localAddress ${read.value.text} can't reach an ${ipName(family)} neighbour`,
      hint,
    )
  }
  return read.value.text
}

const ipName = (family: Family) => (family === 'ipv4-unicast' ? 'IPv4' : 'IPv6')

function shutdownOf(value: Settings['shutdown']): { shutdown?: { message?: string } } {
  if (value === undefined || value === false) return {}
  return { shutdown: value === true || value === '' ? {} : { message: value } }
}

/**
 * Timers of a neighbour. Where a more specific place sets the hold time alone, the keepalive that stands
 * below it follows, to a third of the hold time (RFC 4271 §10).
 */
function timersOf(layers: readonly Layer[], context: Resolution): TimerOptions {
  const timer = (key: keyof NonNullable<Settings['timers']>) => {
    for (const [depth, { settings, path }] of layers.entries()) {
      const value = settings.timers?.[key]
      if (value !== undefined) return { value, path: [...path, 'timers', key], depth }
    }
    return undefined
  }
  const hold = timer('hold')
  const keepalive = timer('keepalive')
  const holdTime = hold?.value ?? TIMERS.holdTime
  const third = holdTime === 0 ? 0 : Math.max(1, Math.floor(holdTime / 3))
  const sendHold = timer('sendHold')
  if (holdTime === 1 || holdTime === 2) {
    context.error(hold!.path, `hold time ${holdTime} is not allowed`, '0, or at least 3 (RFC 4271 §4.2)')
  }
  if (sendHold !== undefined && sendHold.value !== 0 && sendHold.value <= holdTime) {
    const hint = 'it is the last resort, after the hold timer (RFC 9687)'
    context.error(sendHold.path, `sendHold ${sendHold.value} is not above hold ${holdTime}`, hint)
  }
  let interval = third
  if (keepalive !== undefined) {
    const inherited = hold !== undefined && keepalive.depth > hold.depth
    interval = inherited ? Math.min(keepalive.value, third) : keepalive.value
    checkKeepalive(keepalive.path, interval, holdTime, context)
  }
  return {
    holdTime,
    keepalive: interval,
    connectRetry: timer('connectRetry')?.value ?? TIMERS.connectRetry,
    openHold: timer('openHold')?.value ?? TIMERS.openHold,
    idleHold: timer('idleHold')?.value ?? TIMERS.idleHold,
    sendHold: sendHold?.value ?? TIMERS.sendHold,
  }
}

function checkKeepalive(path: Path, keepalive: number, hold: number, context: Resolution): void {
  if (keepalive > hold) {
    const hint = hold === 0 ? 'hold 0 goes with keepalive 0' : `at most a third: ${Math.floor(hold / 3)}`
    context.error(path, `keepalive ${keepalive} is above hold ${hold}`, hint)
  } else if (keepalive === 0 && hold !== 0) {
    context.error(path, `keepalive 0 lets hold ${hold} run out`, `use ${Math.floor(hold / 3)}, or hold 0`)
  } else if (keepalive * 3 > hold) {
    context.warn(
      path,
      `keepalive ${keepalive} is above a third of hold ${hold}`,
      `${Math.floor(hold / 3)} is used`,
    )
  }
}

/** The first place that says something of graceful restart wins, key by key. */
export function restartOf(entries: readonly Restart[]): GracefulRestartOptions {
  let result: Partial<GracefulRestartOptions> = {}
  for (const entry of entries) {
    if (entry === undefined) continue
    const fields =
      typeof entry === 'boolean' ? { enabled: entry } : { ...entry, enabled: entry.enabled ?? true }
    result = { ...fields, ...result }
  }
  return { ...GRACEFUL_RESTART, ...result }
}

function familiesOf(
  layers: readonly Layer[],
  own: Family,
  internal: boolean,
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
  return inOrder.map((family) => familyOf(layers, family, internal, context))
}

function familyOf(
  layers: readonly Layer[],
  family: Family,
  internal: boolean,
  context: Resolution,
): FamilyOptions {
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
  return {
    family,
    import: accept === undefined ? 'all' : resolvePolicy(accept.value, accept.path, family, context),
    export:
      announce === undefined
        ? internal
          ? 'all'
          : 'none'
        : resolvePolicy(announce.value, announce.path, family, context),
    nextHop: nextHopOf(sections.map((section) => section.settings)) ?? (internal ? 'third-party' : 'self'),
    maximumPrefix: setting('maximumPrefix')?.value ?? 0,
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
