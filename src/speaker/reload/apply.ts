/** Carries out the difference of two configurations, in the order that harms the least. */

import type { ApplyReport } from '../model/apply-report.js'
import type { NeighborOptions, SpeakerOptions } from '../model/options.js'
import { dynamicOptions, rangeFor } from '../peer/listen-ranges.js'
import { consequence, difference, shutOrStarted } from './difference.js'

/** What applying a configuration does to a speaker. */
export interface Applicable {
  /** Options of the neighbors that came from listen ranges. */
  dynamic(): readonly NeighborOptions[]
  add(options: NeighborOptions): void
  /** @param what the text for log and neighbor */
  remove(address: string, what: string): void
  /** Takes new options over; the session goes on. */
  change(address: string, options: NeighborOptions): void
  /** Takes new options over and ends the session, which comes back with them. */
  reset(address: string, options: NeighborOptions): void
  /** The rules of the decision changed. */
  decide(): void
  /** Own routes changed. */
  announce(): void
  /** Whether AS_SETs are rejected changed. */
  rereadAsSets(): void
  /** The cluster id or client-to-client reflection changed. */
  reflect(): void
}

/**
 * Applies the difference of two configurations to a speaker whose options are `after` already, neighbor by
 * neighbor; what the difference does not concern is not touched.
 */
export function applyDifference(
  before: SpeakerOptions,
  after: SpeakerOptions,
  speaker: Applicable,
): ApplyReport {
  const change = difference(before, after)
  const dynamic = new Map(speaker.dynamic().map((options) => [options.address, options]))
  const removed: string[] = []
  const changed: string[] = []
  const reset: string[] = []
  for (const { address } of change.removed) {
    speaker.remove(address, 'removed from the configuration')
    removed.push(address)
  }
  if (change.decision) speaker.decide()
  if (change.announce) speaker.announce()
  if (change.reflection) speaker.reflect()
  if (change.asSets) speaker.rereadAsSets()
  for (const { after: options } of change.reset) {
    speaker.reset(options.address, options)
    reset.push(options.address)
  }
  for (const { before: was, after: options } of change.changed) {
    speaker.change(options.address, options)
    const list = shutOrStarted(was, options) ? reset : changed
    list.push(options.address)
  }
  for (const options of change.added) {
    // It was a guest until now: it gets a session by its own options.
    if (dynamic.delete(options.address))
      speaker.remove(options.address, 'configured as a neighbor of its own')
    speaker.add(options)
  }
  if (change.listenRanges || change.identity) {
    for (const [address, options] of dynamic) {
      const range = rangeFor(after.listenRanges, address)
      if (range === undefined) {
        speaker.remove(address, 'no longer in a listen range')
        removed.push(address)
        continue
      }
      const next = dynamicOptions(range, address)
      const what = change.identity ? 'reset' : consequence(options, next)
      if (what === 'in place') {
        speaker.change(address, next)
        const list = shutOrStarted(options, next) ? reset : changed
        list.push(address)
      } else if (what === 'reset') {
        speaker.reset(address, next)
        reset.push(address)
      }
    }
  }
  return {
    added: change.added.map(({ address }) => address),
    removed,
    changed,
    reset,
    unchanged: change.unchanged,
  }
}
