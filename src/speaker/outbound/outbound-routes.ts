/**
 * The outbound side of one neighbor: what it is sent of each family, as the session, the options and the state of the
 * speaker have it. Nobody else writes any of it.
 */

import type { Family } from '../../ip/family.js'
import type { Negotiated } from '../../session/types.js'
import type { FamilyOptions, SpeakerOptions } from '../model/options.js'
import type { ConnectionDriver, UpdateSender } from '../peer/connection-driver.js'
import type { Peer } from '../peer/peer.js'
import type { Resender, RetainedRoutes } from '../retention/retained-routes.js'
import { exportSession, intervalOf } from './export-session.js'
import type { RouteSender, UpdateOut } from './update-out.js'

/** What the outbound sides of all neighbors share. */
export interface OutboundParts {
  readonly updateOut: UpdateOut
  options(): SpeakerOptions
  /** The whole speaker is in maintenance. */
  maintenance(): boolean
}

/** One family of a neighbor, as routes go out. */
export interface FamilyOut {
  readonly family: Family
  options: FamilyOptions
  /** The own NLRI carry path identifiers (RFC 7911), in the session that is up. */
  addPathSend: boolean
  /** In the session that is up or, without one, in the last. */
  endOfRibSent: boolean
  /** What is sent, while the family is negotiated. */
  sender: RouteSender | undefined
}

/** What goes to a neighbor, from its configuration to its removal. */
export class OutboundRoutes implements UpdateSender, Resender {
  readonly #parts: OutboundParts
  readonly #peer: Peer
  readonly #source: number
  readonly #retained: RetainedRoutes
  readonly #families = new Map<Family, FamilyOut>()
  #session: { readonly driver: ConnectionDriver; readonly terms: Negotiated } | undefined

  /** @param source the neighbor's index as a source of paths: none of these goes back to it */
  constructor(parts: OutboundParts, peer: Peer, source: number, retained: RetainedRoutes) {
    this.#parts = parts
    this.#peer = peer
    this.#source = source
    this.#retained = retained
    for (const options of peer.options.families) {
      const { family } = options
      const out = { family, options, addPathSend: false, endOfRibSent: false, sender: undefined }
      this.#families.set(family, out)
    }
  }

  get families(): ReadonlyMap<Family, Readonly<FamilyOut>> {
    return this.#families
  }

  /** The session is up: all routes go out, then the End-of-RIB, then changes. */
  established(driver: ConnectionDriver, terms: Negotiated): void {
    this.#session = { driver, terms }
    const session = this.#exportSession(driver, terms)
    for (const out of this.#families.values()) {
      const { family, options } = out
      out.addPathSend = terms.addPath.send.includes(family)
      out.endOfRibSent = false
      if (!terms.families.includes(family)) continue
      out.sender = this.#parts.updateOut.open(session, options, {
        markerSent: () => {
          out.endOfRibSent = true
          this.#retained.endOfRibSent(family)
        },
        resent: () => this.#retained.resent(family),
      })
    }
  }

  /** The session has ended. */
  down(): void {
    this.#session = undefined
    for (const out of this.#families.values()) {
      if (out.sender !== undefined) this.#parts.updateOut.close(out.sender)
      out.sender = undefined
      out.addPathSend = false
    }
  }

  /** The connection takes octets again. */
  writable(): void {
    for (const { sender } of this.#families.values()) {
      if (sender !== undefined) this.#parts.updateOut.pump(sender)
    }
  }

  /** Sends all routes of a family again. */
  resend(family: Family): void {
    const sender = this.#families.get(family)?.sender
    if (sender !== undefined) this.#parts.updateOut.resend(sender)
  }

  /**
   * Takes new options of a family over; the session goes on.
   * @param otherwise they, or those of the whole neighbor, change what it is sent
   */
  change(options: FamilyOptions, otherwise: boolean): void {
    const out = this.#families.get(options.family)
    if (out === undefined) return
    out.options = options
    if (otherwise) this.#renew(out)
    out.sender?.mrai.change(intervalOf(this.#peer.options))
  }

  /**
   * What all routes are sent with has changed: sends the difference.
   * @param type only when the neighbor is of this type; left out: whatever it is
   */
  renew(type?: 'ibgp' | 'ebgp'): void {
    if (type !== undefined && this.#session?.terms.peerType !== type) return
    for (const out of this.#families.values()) this.#renew(out)
  }

  #renew({ sender, options }: FamilyOut): void {
    if (this.#session === undefined || sender === undefined) return
    const { driver, terms } = this.#session
    this.#parts.updateOut.change(sender, this.#exportSession(driver, terms), options)
  }

  #exportSession(driver: ConnectionDriver, terms: Negotiated) {
    const { options, maintenance } = this.#parts
    return exportSession(this.#peer, this.#source, driver, terms, options(), maintenance())
  }
}
