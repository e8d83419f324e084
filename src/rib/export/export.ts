/**
 * What an update group sends for an attribute set: whether at all, and with which outgoing attributes. The
 * answer depends on the set and, for own and reflected routes, on where the path came from; it is worked out
 * once for each and kept until the set is freed.
 *
 * Outgoing blocks are octets ready for the wire, interned in one BlockStore for all groups: one octet with the
 * length of the next hop for MP_REACH_NLRI, that next hop, then the other attributes in ascending order. A
 * length of 0 means that NEXT_HOP stands among the attributes and NLRI behind them.
 */
import { POLICY_EXPORTED } from '../../wire/policy-flags.js'
import { learnsOnlyForCustomers } from '../../wire/role.js'
import {
  ATTR_HAS_OTC,
  ATTR_LLGR_STALE,
  ATTR_NO_ADVERTISE,
  ATTR_NO_EXPORT,
  ATTR_NO_EXPORT_SUBCONFED,
  type AttributeTable,
} from '../attributes/attributes.js'
import type { BlockStore } from '../attributes/block-store.js'
import { growInt32, grownCapacity } from '../store/columns.js'
import type { SourceState } from '../store/sources.js'
import { Rewrite } from './rewrite.js'
import type { ExportTreatment } from './treatment.js'

const UNKNOWN = 0
const NOT_SENT = -1

/** Outgoing attributes of one update group, as described at the head of this file. */
export class Exporter {
  readonly treatment: ExportTreatment
  readonly #attributes: AttributeTable
  readonly #blocks: BlockStore
  readonly #rewrite: Rewrite
  readonly #unsubscribe: () => void
  /** By attribute set: UNKNOWN, NOT_SENT or the outgoing block, on which a reference is held. */
  #outgoing: Int32Array
  /** By attribute set: the kind of origin that #outgoing was worked out for. */
  #kind: Int32Array

  /**
   * @param blocks store of outgoing blocks, shared by all groups
   * @param shared whether a next hop (NextHops id) lies on a subnet shared with the members
   */
  constructor(
    treatment: ExportTreatment,
    attributes: AttributeTable,
    blocks: BlockStore,
    shared: (nextHop: number) => boolean,
  ) {
    this.treatment = treatment
    this.#attributes = attributes
    this.#blocks = blocks
    this.#rewrite = new Rewrite(treatment, attributes, shared)
    this.#outgoing = new Int32Array(attributes.blocks.capacity)
    this.#kind = new Int32Array(attributes.blocks.capacity)
    this.#unsubscribe = attributes.blocks.onFree((id) => this.#forget(id))
  }

  /** Gives up everything that is kept. */
  close(): void {
    this.#unsubscribe()
    this.reset()
  }

  /** Forgets every answer, after the subnets or the own address changed. */
  reset(): void {
    for (let id = 0; id < this.#outgoing.length; id++) this.#forget(id)
  }

  /**
   * The outgoing block for a path.
   * @param attribute its attribute set
   * @param source where the path came from
   * @returns a block id, or 0 when such a path is not sent; the caller takes its own reference
   */
  outgoing(attribute: number, source: SourceState): number {
    if (attribute >= this.#outgoing.length) this.#grow(attribute)
    const kind = this.#kindOf(source)
    const known = this.#outgoing[attribute]
    if (known !== UNKNOWN && this.#kind[attribute] === kind) return known === NOT_SENT ? 0 : known
    this.#forget(attribute)
    const block = this.#make(attribute, source)
    this.#kind[attribute] = kind
    this.#outgoing[attribute] = block === 0 ? NOT_SENT : block
    if (block !== 0) this.#blocks.retain(block)
    return block
  }

  /**
   * Propagation rules that no policy lifts, for a path as it is in the table: communities that a policy adds on
   * the way out are meant for the neighbor.
   */
  permits(attribute: number, source: SourceState): boolean {
    return this.#permitted(attribute, source)
  }

  #make(attribute: number, source: SourceState): number {
    // What an export policy has made was looked at before.
    const made = (this.#attributes.policyFlags[attribute] & POLICY_EXPORTED) !== 0
    if (!made && !this.#permitted(attribute, source)) return 0
    const length = this.#rewrite.write(attribute, source.source)
    return length === 0 ? 0 : this.#blocks.intern(this.#rewrite.bytes, 0, length)
  }

  /** Propagation rules that no policy lifts. */
  #permitted(attribute: number, { source }: SourceState): boolean {
    const flags = this.#attributes.flags[attribute]
    const { type, remoteAs, reflector, role, changes } = this.treatment
    if ((flags & ATTR_NO_ADVERTISE) !== 0) return false
    if ((flags & ATTR_LLGR_STALE) !== 0 && this.treatment.longLived === 'withheld') return false
    if (type === 'ebgp') {
      // RFC 9234 §5: what is only for customers goes to no provider, peer or route server.
      if (role !== undefined && learnsOnlyForCustomers(role) && (flags & ATTR_HAS_OTC) !== 0) return false
      if ((flags & (ATTR_NO_EXPORT | ATTR_NO_EXPORT_SUBCONFED)) !== 0) return false
      if (changes?.loops === true || changes?.asOverride === true) return true
      return !this.#attributes.hasAs(attribute, remoteAs)
    }
    // RFC 4271 §9.2: iBGP routes stay with iBGP neighbors; a reflector hands a client's to all, the rest to
    // clients (RFC 4456 §6).
    if (source.type !== 'ibgp') return true
    if (reflector === undefined) return false
    if (source.client !== true) return reflector.clients
    return !reflector.clients || reflector.clientToClient !== false
  }

  /** Paths of one kind with one attribute set are sent alike. */
  #kindOf({ source }: SourceState): number {
    if (source.type === 'local') return 1
    if (source.type === 'ebgp' || this.treatment.type === 'ebgp') return 2
    return 3 + source.index
  }

  #forget(attribute: number): void {
    if (attribute >= this.#outgoing.length) return
    const known = this.#outgoing[attribute]
    if (known > 0) this.#blocks.release(known)
    this.#outgoing[attribute] = UNKNOWN
  }

  #grow(attribute: number): void {
    const capacity = Math.max(this.#attributes.blocks.capacity, grownCapacity(attribute, attribute + 1))
    this.#outgoing = growInt32(this.#outgoing, capacity)
    this.#kind = growInt32(this.#kind, capacity)
  }
}
