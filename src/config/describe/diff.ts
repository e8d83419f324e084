/**
 * What differs between two configurations, and what that means for each session, as `config diff` and a
 * reload say it.
 */

import type { NeighborOptions } from '../../speaker/model/options.js'
import { type Consequence, consequence, same, shutOrStarted } from '../../speaker/reload/difference.js'
import type { Config } from '../model/model.js'
import { passwordsOf } from '../text/secrets.js'
import { describe } from './describe.js'

/** One difference of two configurations. */
export interface ConfigChange {
  /** 'neighbors[192.168.95.210].timers.hold', in the words of the YAML document. */
  readonly path: string
  readonly kind: 'added' | 'removed' | 'changed'
  /** Values as text; a secret is never among them. */
  readonly before?: string
  readonly after?: string
  /**
   * What it means for the neighbor's session: nothing, taken over by the running session, or a new session.
   * Absent for what concerns no neighbor.
   */
  readonly session?: Consequence
}

type Leaves = ReadonlyMap<string, string>

/**
 * The difference of two configurations, as `config diff` and a reload report it. Defaults count as what they
 * are: writing one out is no change. The order of neighbors does not matter.
 */
export function diffConfigs(before: Config, after: Config): readonly ConfigChange[] {
  const [old, now] = [describe(before), describe(after)]
  const { neighbors: oldNeighbors = [], listenRanges: oldRanges = [], ...oldRest } = old
  const { neighbors: nowNeighbors = [], listenRanges: nowRanges = [], ...nowRest } = now
  const options = [before, after].map(({ bgp }) => new Map(bgp.neighbors.map((one) => [one.address, one])))
  const identity = before.bgp.localAs !== after.bgp.localAs || before.bgp.routerId !== after.bgp.routerId
  const meaning = (address: string) => session(options[0].get(address), options[1].get(address), identity)
  return [
    ...leafChanges('', leavesOf(oldRest), leavesOf(nowRest)),
    ...tokenChange(before, after),
    ...listChanges('neighbors', keyed(oldNeighbors, 'address'), keyed(nowNeighbors, 'address'), meaning),
    ...listChanges('listenRanges', keyed(oldRanges, 'prefix'), keyed(nowRanges, 'prefix')),
    ...passwordChanges(before, after),
  ]
}

/** 'changed neighbors[192.168.95.210].timers.hold: 90 -> 9 (session kept)'. */
export function formatChange(change: ConfigChange): string {
  const { path, kind, before, after } = change
  const value = kind === 'changed' ? `${before} -> ${after}` : (after ?? before)
  const note =
    change.session === undefined ? '' : change.session === 'reset' ? ' (new session)' : ' (session kept)'
  return `${kind} ${path}${value === undefined ? '' : `: ${value}`}${note}`
}

function session(before: NeighborOptions | undefined, after: NeighborOptions | undefined, identity: boolean) {
  if (before === undefined || after === undefined) return 'reset'
  return identity || shutOrStarted(before, after) ? 'reset' : consequence(before, after)
}

function keyed<K extends string>(entries: readonly Record<K, string>[], key: K): ReadonlyMap<string, object> {
  return new Map(entries.map((entry) => [entry[key], entry]))
}

function listChanges(
  name: string,
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
  meaning?: (key: string) => Consequence,
): readonly ConfigChange[] {
  const changes: ConfigChange[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key), after.get(key)]
    const path = `${name}[${key}]`
    if (old === undefined) changes.push({ path, kind: 'added', ...titleOf(now, 'after') })
    else if (now === undefined) changes.push({ path, kind: 'removed', ...titleOf(old, 'before') })
    else if (!same(old, now)) {
      const what = meaning === undefined ? {} : { session: meaning(key) }
      for (const change of leafChanges(path, leavesOf(old), leavesOf(now)))
        changes.push({ ...change, ...what })
    }
  }
  return changes
}

/** 'AS 64512, k8s-master-0'. */
function titleOf(entry: object | undefined, side: 'before' | 'after') {
  const { remoteAs, description } = (entry ?? {}) as { remoteAs?: number | string; description?: string }
  const as = typeof remoteAs === 'number' ? `AS ${remoteAs}` : `${remoteAs} AS`
  return { [side]: [as, description].filter((part) => part !== undefined).join(', ') }
}

function leafChanges(path: string, before: Leaves, after: Leaves): readonly ConfigChange[] {
  const changes: ConfigChange[] = []
  for (const leaf of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(leaf), after.get(leaf)]
    if (old === now) continue
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    const whole = path === '' ? leaf : `${path}.${leaf}`
    changes.push({
      path: whole,
      kind,
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    })
  }
  return changes
}

/** Values by path; a list is one value. */
function leavesOf(value: object, path = ''): Leaves {
  const leaves = new Map<string, string>()
  for (const [key, child] of Object.entries(value)) {
    // A key that is an address has dots and colons of its own.
    const whole = path === '' ? key : /[.:]/.test(key) ? `${path}[${key}]` : `${path}.${key}`
    if (typeof child === 'object' && child !== null && !Array.isArray(child)) {
      for (const [leaf, text] of leavesOf(child, whole)) leaves.set(leaf, text)
    } else if (child !== undefined) leaves.set(whole, JSON.stringify(child))
  }
  return leaves
}

function tokenChange(before: Config, after: Config): readonly ConfigChange[] {
  const [old, now] = [before.api.token, after.api.token]
  if (old === now) return []
  const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
  return [
    { path: 'api.token', kind, ...(kind === 'changed' ? { before: 'a secret', after: 'another one' } : {}) },
  ]
}

/** Passwords of neighbors and ranges that are in both configurations. */
function passwordChanges(before: Config, after: Config): readonly ConfigChange[] {
  const [old, now] = [passwordsOf(before), passwordsOf(after)]
  const names = ({ bgp }: Config) => [
    ...bgp.neighbors.map(({ address }) => `neighbors[${address}]`),
    ...bgp.listenRanges.map(({ prefix }) => `listenRanges[${prefix}]`),
  ]
  const known = new Set(names(before))
  return names(after).flatMap((name): readonly ConfigChange[] => {
    const [was, is] = [old.get(name)?.password, now.get(name)?.password]
    if (was === is || !known.has(name)) return []
    const session = name.startsWith('neighbors') ? { session: 'reset' as const } : {}
    const path = `${name}.password`
    if (was === undefined) return [{ path, kind: 'added', ...session }]
    if (is === undefined) return [{ path, kind: 'removed', ...session }]
    return [{ path, kind: 'changed', before: 'a secret', after: 'another one', ...session }]
  })
}
