/**
 * What has changed between two configurations, and what each change asks for: nothing, an update in place, a new
 * session.
 */

import { termsOf } from '../model/changes.js'
import {
  FAMILY_CHANGES,
  type FamilyOptions,
  NEIGHBOR_CHANGES,
  type NeighborOptions,
  type NeighborTemplate,
  type SpeakerOptions,
} from '../model/options.js'

/** What a change of a neighbor's options asks for, weakest first. */
export type Consequence = 'none' | 'in place' | 'reset'

/** Structural equality of plain values: objects, arrays, numbers, texts. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  // A field that is absent and one that is undefined say the same.
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys) {
    if (!same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false
  }
  return true
}

/** What changing `before` into `after` means for the session. */
export function consequence(before: NeighborTemplate, after: NeighborTemplate): Consequence {
  if (same(before, after)) return 'none'
  const terms = (options: NeighborTemplate) => termsOf(NEIGHBOR_CHANGES, 'session', options)
  return same(terms(before), terms(after)) ? 'in place' : 'reset'
}

/** Whether the neighbor is shut down by the new options and was not by the old ones, or the other way round. */
export function shutOrStarted(
  before: Pick<NeighborOptions, 'shutdown'>,
  after: Pick<NeighborOptions, 'shutdown'>,
): boolean {
  return (before.shutdown === undefined) !== (after.shutdown === undefined)
}

/** What decides whether and how received paths are used. */
export function acceptance(options: NeighborTemplate, family: FamilyOptions): unknown {
  return [termsOf(NEIGHBOR_CHANGES, 'import', options), termsOf(FAMILY_CHANGES, 'import', family)]
}

/** What decides about the routes that a neighbor is sent in a family. @param neighbor what it says of all families */
export function exportTerms(family: FamilyOptions, neighbor?: NeighborTemplate): unknown {
  return [
    termsOf(FAMILY_CHANGES, 'export', family),
    ...(neighbor === undefined ? [] : [termsOf(NEIGHBOR_CHANGES, 'export', neighbor)]),
  ]
}

/** The difference of two configurations, neighbor by neighbor. */
export interface Difference {
  readonly added: readonly NeighborOptions[]
  readonly removed: readonly NeighborOptions[]
  readonly changed: readonly { readonly before: NeighborOptions; readonly after: NeighborOptions }[]
  readonly reset: readonly { readonly before: NeighborOptions; readonly after: NeighborOptions }[]
  readonly unchanged: number
  readonly decision: boolean
  /** Own routes. */
  readonly announce: boolean
  /** Cluster id or client-to-client reflection. */
  readonly reflection: boolean
  /** Whether AS_SETs are rejected. */
  readonly asSets: boolean
  /** Own AS or router id: nothing of the old speaker survives that, every session is reset. */
  readonly identity: boolean
  readonly listenRanges: boolean
}

/** Compares two configurations. The order of neighbors does not matter. */
export function difference(before: SpeakerOptions, after: SpeakerOptions): Difference {
  const old = new Map(before.neighbors.map((neighbor) => [neighbor.address, neighbor]))
  const identity = before.localAs !== after.localAs || before.routerId !== after.routerId
  const added: NeighborOptions[] = []
  const changed: { before: NeighborOptions; after: NeighborOptions }[] = []
  const reset: { before: NeighborOptions; after: NeighborOptions }[] = []
  let unchanged = 0
  for (const neighbor of after.neighbors) {
    const was = old.get(neighbor.address)
    old.delete(neighbor.address)
    if (was === undefined) {
      added.push(neighbor)
      continue
    }
    const what = identity ? 'reset' : consequence(was, neighbor)
    if (what === 'none') unchanged++
    else if (what === 'reset') reset.push({ before: was, after: neighbor })
    else changed.push({ before: was, after: neighbor })
  }
  return {
    added,
    removed: [...old.values()],
    changed,
    reset,
    unchanged,
    decision: !same(before.decision, after.decision),
    announce: identity || !same(before.announce, after.announce),
    reflection: !same(
      [before.clusterId, before.clientToClientReflection ?? true],
      [after.clusterId, after.clientToClientReflection ?? true],
    ),
    asSets: (before.rejectAsSets ?? true) !== (after.rejectAsSets ?? true),
    identity,
    listenRanges: !same([before.listenRanges, before.listenLimit], [after.listenRanges, after.listenLimit]),
  }
}
