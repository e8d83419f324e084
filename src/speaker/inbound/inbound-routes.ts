/**
 * The inbound side of one neighbor: its families as routes come in, the import filters, what it is as a source of
 * paths, and the reader of the session that is up. Nobody else writes any of it.
 */

import type { Family } from '../../ip/family.js'
import { REASON_POLICY, VALID } from '../../rib/store/reasons.js'
import type { Source } from '../../rib/store/types.js'
import type { RouteFilter } from '../../rib/table.js'
import type { Negotiated } from '../../session/types.js'
import type { FamilyOptions } from '../model/options.js'
import type { ConnectionDriver } from '../peer/connection-driver.js'
import type { Peer } from '../peer/peer.js'
import type { RetainedRoutes } from '../retention/retained-routes.js'
import { type FamilyIn, familyIn } from './family-in.js'
import { renewFilter } from './import-filter.js'
import type { InboundParts } from './inbound-parts.js'
import { UpdateIn } from './update-in.js'

/** What comes from a neighbor, from its configuration to its removal. */
export class InboundRoutes {
  readonly #parts: InboundParts
  readonly #peer: Peer
  readonly #source: number
  readonly #retained: RetainedRoutes
  readonly #families = new Map<Family, FamilyIn>()
  #session: UpdateIn | undefined

  /**
   * @param source the neighbor's index as a source of paths, from 1 on
   * @throws RangeError for an import policy that is none
   */
  constructor(parts: InboundParts, peer: Peer, source: number, retained: RetainedRoutes) {
    this.#parts = parts
    this.#peer = peer
    this.#source = source
    this.#retained = retained
    for (const options of peer.options.families) {
      this.#families.set(options.family, familyIn(options, parts.tables.rib(options.family)))
    }
  }

  get families(): ReadonlyMap<Family, Readonly<FamilyIn>> {
    return this.#families
  }

  /** End-of-RIB is here for every negotiated family. */
  get complete(): boolean {
    for (const { negotiated, endOfRibReceived } of this.#families.values()) {
      if (negotiated && !endOfRibReceived) return false
    }
    return true
  }

  /** The session is up. @returns who reads its UPDATEs */
  established(driver: ConnectionDriver, terms: Negotiated): UpdateIn {
    for (const family of this.#families.values()) {
      family.negotiated = terms.families.includes(family.family)
      family.addPathReceive = terms.addPath.receive.includes(family.family)
      family.endOfRibReceived = false
      family.overLimit = false
      family.limitSaid = 'nothing'
      this.#renewFilter(family)?.close?.()
      if (family.negotiated || family.rib.source(this.#source) !== undefined) this.#setSource(family, terms)
    }
    const neighbor = {
      peer: this.#peer,
      source: this.#source,
      families: this.#families,
      retained: this.#retained,
    }
    this.#session = new UpdateIn(this.#parts, neighbor, driver, terms)
    return this.#session
  }

  /** The session has ended; its paths are the retention side's. */
  down(): void {
    this.#session?.close()
    this.#session = undefined
    for (const family of this.#families.values()) {
      family.negotiated = false
      family.addPathReceive = false
    }
  }

  /**
   * Takes new options of a family over; the session goes on, and paths stay as they are used (see reapply).
   * @returns whether the neighbor became a client of the reflector, or is none any more
   */
  change(options: FamilyOptions): boolean {
    const family = this.#families.get(options.family)
    if (family === undefined) return false
    family.options = options
    const known = family.rib.source(this.#source)?.source
    return known !== undefined && this.#changeSource(family, known)
  }

  /**
   * The options of a family or the drain of the neighbor changed: looks again which paths are used.
   * @param filtered the import policy, or what is added to it, is another one
   */
  reapply(name: Family, filtered: boolean): void {
    const family = this.#families.get(name)
    if (family === undefined) return
    const former = filtered ? this.#renewFilter(family) : undefined
    this.#reapply(family)
    former?.close?.()
  }

  /**
   * Looks again which of the paths that came in the session that is up are used.
   * @param type only when the neighbor is of this type; left out: whatever it is
   */
  reapplyAll(type?: 'ibgp' | 'ebgp'): void {
    if (type !== undefined && this.#session?.terms.peerType !== type) return
    for (const family of this.#families.values()) if (family.negotiated) this.#reapply(family)
  }

  /** Links, addresses or routes of the machine changed: which next hops can be used is asked anew. */
  nextHopsChanged(): void {
    if (this.#session?.validity.nextHopsMoved()) this.reapplyAll()
  }

  /** Whether AS_SETs are rejected has changed. */
  asSetsChanged(): void {
    this.#session?.renewContext()
  }

  /** Looks whether there are more paths than the neighbor may have, after its limit may have changed. */
  checkLimit(name: Family): void {
    const family = this.#families.get(name)
    if (family !== undefined && this.#session !== undefined) {
      this.#parts.limit.check(this.#peer, this.#source, family)
    }
  }

  /** The neighbor is forgotten: its paths go at once. */
  close(): void {
    for (const { filter } of this.#families.values()) filter?.close?.()
    const { tables } = this.#parts
    const ribs = [...tables.ribs()].filter((rib) => rib.source(this.#source) !== undefined)
    for (const rib of ribs) rib.dropSource(this.#source, Number.MAX_SAFE_INTEGER)
    tables.decide()
    for (const rib of ribs) rib.removeSource(this.#source)
  }

  #renewFilter(family: FamilyIn): RouteFilter | undefined {
    const { tables, options } = this.#parts
    return renewFilter(family, this.#peer, tables.attributes, options().localAs)
  }

  #setSource(family: FamilyIn, terms: Negotiated): void {
    family.rib.setSource({
      index: this.#source,
      type: terms.peerType,
      routerId: terms.routerId,
      address: this.#peer.address,
      remoteAs: terms.remoteAs,
      ...this.#sourceTerms(family),
    })
  }

  /** @returns whether it became a client, or is none any more */
  #changeSource(family: FamilyIn, known: Source): boolean {
    const { weight, client } = this.#sourceTerms(family)
    if (weight === known.weight && client === known.client) return false
    family.rib.setSource({ ...known, weight, client })
    return client !== known.client
  }

  /** What the options say of the neighbor as a source of paths. */
  #sourceTerms({ options }: FamilyIn): Pick<Source, 'weight' | 'client'> {
    return { weight: this.#peer.options.weight, client: options.routeReflectorClient ?? false }
  }

  #reapply(family: FamilyIn): void {
    if (family.rib.source(this.#source) === undefined) return
    const validity = this.#session?.validity
    family.rib.reapply(
      this.#source,
      family.filter,
      (attribute, former) => {
        if (validity !== undefined) return validity.reason(family, attribute)
        // Paths kept for a restart: what was wrong with them is known from the session that brought them.
        return former === REASON_POLICY ? VALID : former
      },
      this.#parts.clock.wall(),
    )
  }
}
