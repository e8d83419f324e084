import type { BlockStore } from '../attributes/block-store.js'
import { Exporter } from '../export/export.js'
import type { ExportTreatment } from '../export/treatment.js'
import type { Rib, RouteFilter } from '../table.js'
import { nlriRoom } from './bucket.js'

/**
 * What an update group sends for one path, if anything: the propagation rules, then export policy, then the
 * rewriting of attributes, then whether it fits a message.
 */
export class Egress {
  readonly treatment: ExportTreatment
  readonly #rib: Rib
  readonly #blocks: BlockStore
  readonly #exporter: Exporter
  readonly #filter: RouteFilter | undefined
  readonly #address = new Uint8Array(16)
  /** Octets of a path identifier in front of each prefix. */
  readonly #identifier: number

  /** Parameters as AdjOut takes them. */
  constructor(
    rib: Rib,
    blocks: BlockStore,
    treatment: ExportTreatment,
    shared: (nextHop: number) => boolean,
    filter: RouteFilter | undefined,
  ) {
    this.treatment = treatment
    this.#rib = rib
    this.#blocks = blocks
    this.#filter = filter
    this.#exporter = new Exporter(treatment, rib.attributes, blocks, shared)
    this.#identifier = treatment.addPath === undefined ? 0 : 4
  }

  /**
   * @param attribute attribute set of a path
   * @param source where it came from
   * @returns the outgoing block (export.ts); 0 when it is not sent
   */
  block(prefix: number, attribute: number, source: number): number {
    let use = attribute
    const prefixes = this.#rib.prefixes
    if (this.#filter !== undefined) {
      if (!this.#exporter.permits(attribute, this.#rib.source(source)!)) return 0
      prefixes.writeAddress(prefix, this.#address, 0)
      use = this.#filter.apply(this.#address, 0, prefixes.length(prefix), attribute)
      if (use === 0) return 0
    }
    const block = this.#exporter.outgoing(use, this.#rib.source(source)!)
    if (block === 0) return 0
    // RFC 4271 §9.2, RFC 8654 §4: what does not fit a message is not sent.
    const { maximumMessage } = this.treatment
    if (this.#blocks.lengths[block] < maximumMessage - 64) return block
    const needed = this.#identifier + 1 + ((prefixes.length(prefix) + 7) >>> 3)
    return nlriRoom(this.#blocks, block, maximumMessage) >= needed ? block : 0
  }

  /** The block of an own route (source 0) that no filter is asked about. */
  ownBlock(attribute: number): number {
    return this.#exporter.outgoing(attribute, this.#rib.source(0)!)
  }

  /** Forgets every answer: those of `shared` or the filter changed. */
  reset(): void {
    this.#exporter.reset()
  }

  /** Gives up what is kept. */
  close(): void {
    this.#exporter.close()
    this.#filter?.close?.()
  }
}
