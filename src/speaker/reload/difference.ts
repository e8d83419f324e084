/**
 * What has changed between two configurations, and what each change asks for: nothing, an update in place, a new
 * session.
 */

import type { FamilyOptions, NeighborOptions, SpeakerOptions } from '../model/options.js'

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

/**
 * Options that are part of the TCP connection or of the OPEN, so that a running session cannot take them
 * over. Times (hold, keepalive, restart) are agreed on at the next session and are no reason to end one.
 */
function essentials(options: Omit<NeighborOptions, 'address'>): unknown {
  return [
    options.remoteAs,
    options.localAs,
    options.localAsStyle,
    options.port,
    options.localAddress,
    options.ebgpMultihop,
    options.ttl,
    options.ttlSecurity,
    options.password,
    options.families.map(sessionTerms).sort(),
    options.role,
    options.connectedCheck,
    options.capabilities,
    options.gracefulRestart.enabled,
    options.gracefulRestart.notification,
    options.gracefulRestart.restarter ?? false,
    options.gracefulRestart.longLived !== undefined,
  ]
}

/** What the OPEN says of a family. */
function sessionTerms({ family, addPath }: FamilyOptions): string {
  return `${family} ${addPath?.receive ?? false} ${addPath?.send !== undefined}`
}

/** What changing `before` into `after` means for the session. */
export function consequence(
  before: Omit<NeighborOptions, 'address'>,
  after: Omit<NeighborOptions, 'address'>,
): Consequence {
  if (same(before, after)) return 'none'
  return same(essentials(before), essentials(after)) ? 'in place' : 'reset'
}

/** Whether the neighbor is shut down by the new options and was not by the old ones, or the other way round. */
export function shutOrStarted(
  before: Pick<NeighborOptions, 'shutdown'>,
  after: Pick<NeighborOptions, 'shutdown'>,
): boolean {
  return (before.shutdown === undefined) !== (after.shutdown === undefined)
}

/** What decides whether and how received paths are used, policy apart. */
export function acceptance(options: NeighborOptions, family: FamilyOptions): unknown {
  return [options.enforceFirstAs, family.allowAsIn]
}

/** What decides about the routes that a neighbor is sent in a family. */
export function exportTerms(options: FamilyOptions): unknown {
  return [
    options.export,
    options.nextHop,
    options.defaultOriginate,
    options.routeReflectorClient ?? false,
    options.addPath?.send,
    options.removePrivateAs,
    options.asOverride,
    options.senderLoopDetection,
    options.sendCommunity,
    options.unchanged,
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
