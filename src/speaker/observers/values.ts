/**
 * Rows of the tables as values that may be kept (ports/observer.ts): numbers are given again to others, these are
 * not. Equal parts are one object: an attribute set as long as it is in the table, a source, a set of gateways, and
 * the last path made of each source when the next one differs in nothing, as those of one UPDATE do.
 */

import { formatAddress } from '../../ip/address.js'
import type { ObservedNextHops, PathState, RouteAttributes, RouteSource } from '../../ports/observer.js'
import type { AttributeTable } from '../../rib/attributes/attributes.js'
import type { NextHopSet } from '../../rib/attributes/next-hop-sets.js'
import { REASON_TEXTS, VALID } from '../../rib/store/reasons.js'
import type { Source } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'
import { AttributeCode } from '../../wire/codes.js'

/** No gateways. */
export const NO_NEXT_HOPS: ObservedNextHops = Object.freeze([])

/** Octets of the marks that policy has left in front of a set (wire/policy-flags.ts): header and a word. */
const MARKS_OCTETS = 7
const EXTENDED_LENGTH = 0x10

/** Makes and shares values, as described at the head of this file. */
export class RouteValues {
  readonly #attributes: AttributeTable
  /** By attribute set. */
  readonly #sets: (RouteAttributes | undefined)[] = []
  readonly #sources = new WeakMap<Source, RouteSource>()
  readonly #gateways = new WeakMap<NextHopSet, ObservedNextHops>()
  /** The path made last, by source index. */
  readonly #last: (PathState | undefined)[] = []
  #unsubscribe: (() => void) | undefined

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes
  }

  /** Before the first value is asked for, and after forget(). */
  begin(): void {
    this.#unsubscribe ??= this.#attributes.onFree((id) => {
      this.#sets[id] = undefined
    })
  }

  /** Nobody asks any more. */
  forget(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#sets.length = 0
    this.#last.length = 0
  }

  /** @param id attribute set, not 0 */
  attributes(id: number): RouteAttributes {
    const known = this.#sets[id]
    if (known !== undefined) return known
    const { blocks, policyFlags: marks, nextHop, nextHops } = this.#attributes
    const stored = blocks.octets(id)
    const octets = stored.slice(marks[id] === 0 ? 0 : MARKS_OCTETS)
    const made = attributesOf(octets, nextHops.text(nextHop[id]), nextHops.linkLocal(nextHop[id]))
    this.#sets[id] = made
    return made
  }

  source(source: Source): RouteSource {
    const known = this.#sources.get(source)
    if (known !== undefined) return known
    const { type, remoteAs, routerId, address } = source
    const made = { neighbor: type === 'local' ? undefined : address, type, remoteAs, routerId }
    this.#sources.set(source, made)
    return made
  }

  nextHops(set: NextHopSet | undefined): ObservedNextHops {
    if (set === undefined) return NO_NEXT_HOPS
    const known = this.#gateways.get(set)
    if (known !== undefined) return known
    const made = set.gateways.map((gateway) => ({ ...gateway, weight: 1 }))
    this.#gateways.set(set, made)
    return made
  }

  path(rib: Rib, path: number): PathState {
    const index = rib.sourceOf(path)
    const last = this.#last[index]
    if (last !== undefined && this.matches(last, rib, path)) return last
    const used = rib.isAccepted(path) ? this.attributes(rib.attributeOf(path)) : undefined
    const reason = rib.reasonOf(path)
    const valid = reason === VALID
    const made: PathState = {
      source: this.source(rib.source(index)!.source),
      pathId: rib.pathIdOf(path),
      received: this.attributes(rib.receivedAttributeOf(path)),
      used,
      valid,
      ...(valid ? {} : { reason: REASON_TEXTS[reason] }),
      best: rib.isBest(path),
      multipath: rib.isMultipath(path),
      stale: rib.isStale(path),
      since: Math.floor(rib.sinceOf(path) * 1000),
    }
    this.#last[index] = made
    return made
  }

  /** Whether a value made before still says what is so of a path; nothing is made for the answer. */
  matches(state: PathState, rib: Rib, path: number): boolean {
    const source = rib.source(rib.sourceOf(path))!.source
    return (
      state.received === this.#sets[rib.receivedAttributeOf(path)] &&
      state.used === (rib.isAccepted(path) ? this.#sets[rib.attributeOf(path)] : undefined) &&
      (state.reason ?? REASON_TEXTS[VALID]) === REASON_TEXTS[rib.reasonOf(path)] &&
      state.best === rib.isBest(path) &&
      state.multipath === rib.isMultipath(path) &&
      state.stale === rib.isStale(path) &&
      state.since === Math.floor(rib.sinceOf(path) * 1000) &&
      state.pathId === rib.pathIdOf(path) &&
      state.source === this.#sources.get(source)
    )
  }
}

/** True when two sets have the same gateways, whether they are one object or not. */
export function sameNextHops(a: ObservedNextHops, b: ObservedNextHops): boolean {
  if (a === b) return true
  return (
    a.length === b.length &&
    a.every(({ address, interface: name, weight }, i) => {
      const other = b[i]
      return address === other.address && name === other.interface && weight === other.weight
    })
  )
}

/**
 * Attributes as they were sent, in the form of RouteAttributes.
 * @param nextHop octets of the next hop that stands in MP_REACH_NLRI, none where it stands among the attributes
 * @param rest well-formed attributes in ascending order, that one left out; not kept
 */
export function sentAttributes(nextHop: Uint8Array, rest: Uint8Array): RouteAttributes {
  if (nextHop.length === 0) {
    const at = offsetOf(rest, AttributeCode.NEXT_HOP)
    const plain = rest[at + 1] === AttributeCode.NEXT_HOP
    return attributesOf(rest.slice(), plain ? formatAddress(rest, at + 3, 4) : '', undefined)
  }
  const at = offsetOf(rest, AttributeCode.MP_REACH_NLRI)
  const length = nextHop.length + 5
  const octets = new Uint8Array(rest.length + 3 + length)
  octets.set(rest.subarray(0, at))
  octets.set([0x80, AttributeCode.MP_REACH_NLRI, length, 0, 2, 1, nextHop.length], at)
  octets.set(nextHop, at + 7)
  octets.set(rest.subarray(at), at + 3 + length)
  const linkLocal = nextHop.length === 32 ? formatAddress(nextHop, 16, 16) : undefined
  return attributesOf(octets, formatAddress(nextHop, 0, Math.min(16, nextHop.length)), linkLocal)
}

function attributesOf(
  octets: Uint8Array,
  nextHop: string,
  linkLocalNextHop: string | undefined,
): RouteAttributes {
  return linkLocalNextHop === undefined ? { octets, nextHop } : { octets, nextHop, linkLocalNextHop }
}

/** Where an attribute with this type code stands, or would stand. */
function offsetOf(octets: Uint8Array, code: number): number {
  let at = 0
  while (at < octets.length && octets[at + 1] < code) {
    const extended = (octets[at] & EXTENDED_LENGTH) !== 0
    at += extended ? 4 + ((octets[at + 2] << 8) | octets[at + 3]) : 3 + octets[at + 2]
  }
  return at
}
