import { monotonic } from '../../src/demo/client.js'
import { HEADER, NOTIFICATION, UPDATE } from '../bytes/messages.js'
import { nlriHash } from '../bytes/tables.js'
import type { ChangeTimes } from './changes.js'

/** Attribute blocks that are kept. */
const KEPT = 16

/**
 * What a session receives: messages are cut out of the stream, prefixes counted. Reads IPv4 prefixes in the
 * UPDATE itself and IPv6 ones in MP_REACH_NLRI.
 */
export class Inbox {
  updates = 0
  octets = 0
  announced = 0
  withdrawn = 0
  hash = 0
  endOfRib = false
  readonly attributes = new Set<string>()
  #rest: Buffer | undefined
  #lastBlock = ''
  readonly #counting: boolean
  readonly #changes: ChangeTimes | undefined
  readonly #message: (type: number, body: Buffer) => void

  /**
   * @param counting whether UPDATEs are looked into
   * @param message called for each message that is no UPDATE
   * @param changes notes numbered changes
   */
  constructor(counting: boolean, message: (type: number, body: Buffer) => void, changes?: ChangeTimes) {
    this.#counting = counting
    this.#changes = changes
    this.#message = message
  }

  push(chunk: Buffer): void {
    const octets = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    const now = this.#changes ? monotonic() : 0
    let at = 0
    while (octets.length - at >= HEADER) {
      const length = (octets[at + 16] << 8) | octets[at + 17]
      if (octets.length - at < length) break
      const type = octets[at + 18]
      if (type === UPDATE) {
        this.updates++
        this.octets += length
        if (this.#changes) this.#note(octets, at + HEADER, at + length, now)
        else if (this.#counting) this.#update(octets, at + HEADER, at + length)
      } else this.#message(type, octets.subarray(at + HEADER, at + length))
      at += length
      if (type === NOTIFICATION) break
    }
    this.#rest = at < octets.length ? octets.subarray(at) : undefined
  }

  #note(octets: Buffer, start: number, end: number, now: number): void {
    const attributes = start + 4 + octets.readUInt16BE(start)
    const length = octets.readUInt16BE(attributes - 2)
    if (length && attributes + length < end) this.#changes!.note(octets, attributes, attributes + length, now)
  }

  #update(octets: Buffer, start: number, end: number): void {
    const withdrawn = (octets[start] << 8) | octets[start + 1]
    const attributes = start + 4 + withdrawn
    const length = (octets[attributes - 2] << 8) | octets[attributes - 1]
    this.withdrawn += count(octets, start + 2, start + 2 + withdrawn)
    const nlri = attributes + length
    if (withdrawn === 0 && length === 0 && nlri === end) this.endOfRib = true
    if (nlri < end) {
      this.#keep(octets, attributes, nlri)
      this.#announce(octets, nlri, end)
    } else if (length) this.#multiprotocol(octets, attributes, nlri)
  }

  #multiprotocol(octets: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const extended = octets[at] & 0x10
      const type = octets[at + 1]
      const length = extended ? octets.readUInt16BE(at + 2) : octets[at + 2]
      const value = at + (extended ? 4 : 3)
      at = value + length
      // AFI, SAFI, length of the next hop, next hop, an octet of zero, prefixes.
      if (type === 14) this.#announce(octets, value + 5 + octets[value + 3], at)
      if (type === 15 && length === 3) this.endOfRib = true
      else if (type === 15) this.withdrawn += count(octets, value + 3, at)
    }
  }

  #announce(octets: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const next = at + 1 + ((octets[at] + 7) >> 3)
      this.hash = (this.hash + nlriHash(octets, at, next)) >>> 0
      this.announced++
      at = next
    }
  }

  #keep(octets: Buffer, start: number, end: number): void {
    if (this.attributes.size >= KEPT) return
    const block = octets.toString('latin1', start, end)
    if (block === this.#lastBlock) return
    this.#lastBlock = block
    this.attributes.add(octets.toString('hex', start, end))
  }
}

function count(octets: Buffer, start: number, end: number): number {
  let prefixes = 0
  for (let at = start; at < end; at += 1 + ((octets[at] + 7) >> 3)) prefixes++
  return prefixes
}
