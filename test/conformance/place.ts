import type { Case, PeerSpec, Setup } from './case.js'
import type { Speaker } from './conversation.js'
import { DUT_AS, type Model, type NeighborModel } from './model.js'

/** A case's peers by name. */
export interface Place {
  readonly speakers: Readonly<Record<string, Speaker>>
  /** Number that no other case of the setup has: its prefixes come from it. */
  readonly number: number
}

const OBSERVERS: Readonly<Record<'external' | 'internal', PeerSpec>> = {
  external: { as: 65009 },
  internal: { as: 'internal' },
}

/** The tester's address of a number, 2 to 60000. */
export const testerAddress = (number: number): string => `10.99.${number >> 8}.${number & 255}`
export const testerAddress6 = (number: number): string => `2001:db8:99::${number.toString(16)}`

function speaker(name: string, spec: PeerSpec, index: number, number: number, setup: Setup): Speaker {
  const { as = 65001 + index } = spec
  const internal = as === 'internal'
  return {
    name,
    address: testerAddress(number),
    address6: testerAddress6(number),
    as: internal ? (setup.as ?? DUT_AS) : as,
    internal,
  }
}

/** The observers of a setup. */
export const observerSpeaker = (kind: 'external' | 'internal', setup: Setup): Speaker =>
  speaker(kind, OBSERVERS[kind], 0, kind === 'external' ? 2 : 3, setup)

/**
 * Gives every peer of a setup's cases an address of its own, always the same one.
 * @param cases all cases of the setup, in their order
 * @returns places by the cases' ids
 */
export function places(setup: Setup, cases: readonly Case[]): Map<string, Place> {
  let next = 10
  return new Map(
    cases.map((one, number) => {
      const speakers = Object.entries(one.peers).map(([name, spec], index) => [
        name,
        speaker(name, spec, index, next++, setup),
      ])
      return [one.id, { number, speakers: Object.fromEntries(speakers) }]
    }),
  )
}

function neighbor(spec: PeerSpec, { address, address6, as }: Speaker): NeighborModel {
  const { passive = true, families = ['ipv4', 'ipv6'], hold = 90, options = {}, over6 = false } = spec
  return { address: over6 ? address6 : address, as, passive, families, hold, options }
}

/** What the device under test is told for the cases that are played. */
export function modelOf(setup: Setup, cases: readonly Case[], place: ReadonlyMap<string, Place>): Model {
  const { name: _name, parallel: _parallel, smallBuffers: _small, ...options } = setup
  const peers = cases.flatMap((one) =>
    Object.entries(one.peers)
      .filter(([, spec]) => !spec.unknown)
      .map(([name, spec]) => neighbor(spec, place.get(one.id)!.speakers[name])),
  )
  const observers = (['external', 'internal'] as const).map((kind) =>
    neighbor(OBSERVERS[kind], observerSpeaker(kind, setup)),
  )
  return { ...options, neighbors: [...observers, ...peers] }
}
