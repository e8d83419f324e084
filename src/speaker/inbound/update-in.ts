/**
 * Reads the UPDATEs of one session: from the octets of a message, as the connection hands them over, into the
 * Adj-RIB-In. What becomes of a malformed attribute is decided here, by the verdict of its fault (wire/).
 */

import { AFI_IPV4, bitsOf, type Family, familyOf, SAFI_UNICAST } from '../../ip/family.js'
import type { Negotiated } from '../../session/types.js'
import { checkNlri, type NlriField, nlriFault } from '../../wire/nlri.js'
import type { DecodeContext, Fault } from '../../wire/types.js'
import { endOfRibOf, splitUpdate, type UpdateFields, updateLengthFault } from '../../wire/update.js'
import type { ConnectionDriver, UpdateReader } from '../peer/connection-driver.js'
import type { FaultVerdict } from '../peer/faults.js'
import type { Peer } from '../peer/peer.js'
import { isSingleHop } from '../peer/protection.js'
import type { RetainedRoutes } from '../retention/retained-routes.js'
import type { FamilyIn } from './family-in.js'
import type { InboundParts } from './inbound-parts.js'
import { Validity } from './validity.js'

/** Whom a session is with. */
export interface UpdateInNeighbor {
  readonly peer: Peer
  /** Its index as a source of paths. */
  readonly source: number
  readonly families: ReadonlyMap<Family, FamilyIn>
  readonly retained: RetainedRoutes
}

/**
 * Takes UPDATEs apart and brings them into the tables. The order of work is RFC 7606's: structure first, then
 * the attributes, whose strongest fault decides what becomes of the routes; what is only wrong for this
 * neighbor (a loop, an unusable next hop) makes the routes be stored and not used (validity.ts).
 */
export class UpdateIn implements UpdateReader {
  readonly validity: Validity
  readonly #parts: InboundParts
  readonly #neighbor: UpdateInNeighbor
  readonly #driver: ConnectionDriver
  readonly terms: Negotiated
  /** Changes when AS_SETs are rejected from now on, or no longer. */
  #context: DecodeContext
  /** AFI * 256 + SAFI of families that were not negotiated and came nevertheless. */
  readonly #ignoredFamilies = new Set<number>()
  /** The session has ended, perhaps in the middle of a message. */
  #over = false

  constructor(parts: InboundParts, neighbor: UpdateInNeighbor, driver: ConnectionDriver, terms: Negotiated) {
    this.#parts = parts
    this.#neighbor = neighbor
    this.#driver = driver
    this.terms = terms
    this.#context = this.#contextOf()
    const { peer } = neighbor
    const { local, counterpart } = driver.connection
    const singleHop = terms.peerType === 'ebgp' && isSingleHop(peer.options)
    if (singleHop) parts.tracking.adjacent(peer.address, local.address)
    const nextHop = { remote: peer.address, local: local.address, counterpart, singleHop }
    this.validity = new Validity(parts, peer, terms, nextHop)
  }

  /** Whether AS_SETs are rejected has changed: what follows is read accordingly. */
  renewContext(): void {
    this.#context = this.#contextOf()
  }

  /** The session has ended: the rest of a message that is being read is left. */
  close(): void {
    this.#over = true
  }

  /**
   * One UPDATE.
   * @param bytes holds it in [start, end), header included
   */
  receive(bytes: Uint8Array, start: number, end: number): void {
    const { fields } = this.#parts
    if (!splitUpdate(bytes, start, end, fields)) {
      this.#reset(updateLengthFault(start, end), bytes, start, end)
      return
    }
    const { withdrawnStart, withdrawnEnd, attributesStart, attributesEnd, nlriStart, nlriEnd } = fields
    const hasNlri = nlriEnd > nlriStart
    const hasWithdrawn = withdrawnEnd > withdrawnStart
    // RFC 4760 §8: these fields, too, only mean something when IPv4 was announced by both.
    const ipv4 = hasNlri || hasWithdrawn ? this.#family(AFI_IPV4, SAFI_UNICAST) : undefined
    const addPath4 = ipv4?.addPathReceive ?? false
    let fault =
      check('withdrawn', bytes, withdrawnStart, withdrawnEnd, 32, addPath4) ??
      check('nlri', bytes, nlriStart, nlriEnd, 32, addPath4)
    if (fault !== undefined) {
      this.#reset(fault, bytes, start, end)
      return
    }
    if (attributesEnd - attributesStart <= 7 && this.#endOfRib(bytes, fields)) return

    const { source, peer } = this.#neighbor
    this.#parts.tracking.reading(peer.address)
    const { attributes } = this.#parts.tables
    const result = attributes.intern(bytes, attributesStart, attributesEnd, hasNlri, this.#context)
    const { verdict, reachStart, reachEnd, unreachStart, unreachEnd } = result
    const reach = this.#family(result.reachAfi, result.reachSafi)
    const unreach = this.#family(result.unreachAfi, result.unreachSafi)
    if (verdict === 'reset') fault = result.faults.find((one) => one.verdict === 'reset')
    else {
      if (unreach !== undefined) fault = checkFamily('unreach', bytes, unreachStart, unreachEnd, unreach)
      if (reach !== undefined) fault ??= checkFamily('reach', bytes, reachStart, reachEnd, reach)
    }
    if (fault !== undefined) {
      this.#reset(fault, bytes, start, end)
      return
    }

    // The result object serves the next UPDATE again: what is needed of it is taken now.
    const broken = verdict === 'withdraw'
    const id = broken ? 0 : result.id
    const reachId = broken ? 0 : result.reachId
    const found = result.faults
    if (hasWithdrawn && ipv4 !== undefined) {
      ipv4.rib.withdraw(source, bytes, withdrawnStart, withdrawnEnd, addPath4)
    }
    if (unreach !== undefined) {
      unreach.rib.withdraw(source, bytes, unreachStart, unreachEnd, unreach.addPathReceive)
    }
    if (hasNlri && ipv4 !== undefined) this.#take(ipv4, bytes, nlriStart, nlriEnd, id)
    const reached = reach !== undefined && reachEnd > reachStart
    if (reached) this.#take(reach, bytes, reachStart, reachEnd, reachId)
    if (found.length === 0) return
    const announced = [
      ...(hasNlri && ipv4 !== undefined ? [{ family: ipv4, start: nlriStart, end: nlriEnd }] : []),
      ...(reached ? [{ family: reach, start: reachStart, end: reachEnd }] : []),
    ]
    const what: FaultVerdict = broken ? 'withdraw' : 'discard'
    this.#parts.faults.update(peer, found, what, bytes, start, end, announced)
  }

  /** What is so wrong that the session must end (RFC 7606 §2, RFC 4271 §6.3). */
  #reset(fault: Fault, bytes: Uint8Array, start: number, end: number): void {
    this.#parts.faults.update(this.#neighbor.peer, [fault], 'reset', bytes, start, end, [])
    this.#driver.fault(fault)
  }

  /** Announces routes with attribute set `attribute`, or withdraws them when it is 0. */
  #take(family: FamilyIn, bytes: Uint8Array, start: number, end: number, attribute: number): void {
    // Going over a limit may have ended the session in the middle of this message.
    if (family.overLimit || this.#over) return
    const { source, peer } = this.#neighbor
    const { rib, addPathReceive } = family
    if (attribute === 0) {
      rib.withdraw(source, bytes, start, end, addPathReceive)
      return
    }
    const reason = this.validity.reason(family, attribute)
    const now = this.#parts.clock.wall()
    // Asked once here rather than for each prefix.
    const filter = family.filter?.passes?.(attribute) === true ? undefined : family.filter
    const martians = rib.announce(source, bytes, start, end, addPathReceive, attribute, reason, filter, now)
    if (martians > 0) this.#parts.faults.martians(peer, bytes, { family, start, end })
    if (family.options.maximumPrefix > 0) this.#parts.limit.check(peer, source, family)
  }

  /** @returns whether the UPDATE was an End-of-RIB (RFC 4724 §2) */
  #endOfRib(bytes: Uint8Array, fields: UpdateFields): boolean {
    const marker = endOfRibOf(bytes, fields)
    if (marker === 0) return false
    const family = this.#family(marker >>> 8, marker & 255)
    if (family === undefined) return true
    const { peer, source, retained } = this.#neighbor
    if (!family.endOfRibReceived) {
      const received = family.rib.source(source)?.received ?? 0
      this.#parts.log.info(
        { neighbor: peer.key, family: family.family },
        `neighbor ${peer.name} End-of-RIB for ${family.family}: ${received} prefixes`,
      )
    }
    family.endOfRibReceived = true
    retained.endOfRib(family.family)
    this.#parts.endOfRib()
    return true
  }

  /** The family of an AFI and SAFI; undefined for one that was not negotiated: the log says so once. */
  #family(afi: number, safi: number): FamilyIn | undefined {
    if (afi === 0) return undefined
    const family = familyOf(afi, safi)
    const known = family === undefined ? undefined : this.#neighbor.families.get(family)
    if (known?.negotiated) return known
    const key = afi * 256 + safi
    const ignored = this.#ignoredFamilies
    // RFC 4760 §7 allows to end the session; practice is to ignore the routes.
    if (!this.#over && ignored.size < 16 && !ignored.has(key)) {
      ignored.add(key)
      const { peer } = this.#neighbor
      const name = family ?? `AFI ${afi} SAFI ${safi}`
      const text = `neighbor ${peer.name} sends routes of ${name}, which was not negotiated: they are ignored`
      this.#parts.log.warn({ neighbor: peer.key }, text)
    }
    return undefined
  }

  #contextOf(): DecodeContext {
    const { contexts, options } = this.#parts
    return contexts.of(this.terms, options().rejectAsSets ?? true)
  }
}

function check(
  field: NlriField,
  bytes: Uint8Array,
  start: number,
  end: number,
  bits: number,
  addPath: boolean,
): Fault | undefined {
  if (start === end) return undefined
  const at = checkNlri(bytes, start, end, bits, addPath)
  return at < 0 ? undefined : nlriFault(field, bytes, start, end, at)
}

function checkFamily(
  field: NlriField,
  bytes: Uint8Array,
  start: number,
  end: number,
  family: FamilyIn,
): Fault | undefined {
  return check(field, bytes, start, end, bitsOf(family.family), family.addPathReceive)
}
