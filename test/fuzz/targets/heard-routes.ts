import { Buffer } from 'node:buffer'

/** A route as a neighbor of the speaker hears it. */
export interface HeardRoute {
  /** Octets of the next hop, hexadecimal. */
  readonly nextHop: string
  /** Flags without Extended Length, and value, hexadecimal, by type code; next hops and MP_* left out. */
  readonly attributes: ReadonlyMap<number, string>
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex')

/**
 * The table of a neighbor to which the speaker sends, kept from the UPDATEs as they come. It is written from the
 * RFC's drawings alone (RFC 4271 §4.3, RFC 4760 §3, §4), so that a mistake of the speaker's can't hide.
 */
export class HeardRoutes {
  /** By 'AFI NLRI', the NLRI in hexadecimal, with a path identifier '#ID' behind it. */
  readonly routes = new Map<string, HeardRoute>()
  /** End-of-RIBs heard, by AFI. */
  readonly ends = new Set<number>()
  /** Announcements and withdrawals so far. */
  changes = 0

  /** AFIs whose NLRI have path identifiers in front (RFC 7911 §3). */
  readonly #pathIds: ReadonlySet<number>

  constructor(pathIds: ReadonlySet<number> = new Set()) {
    this.#pathIds = pathIds
  }

  /** Takes an UPDATE without its header. @throws Error when it is not well-formed */
  update(body: Uint8Array): void {
    const withdrawnLength = u16(body, 0)
    const withdrawn = body.subarray(2, 2 + withdrawnLength)
    const attributesLength = u16(body, 2 + withdrawnLength)
    const attributes = body.subarray(4 + withdrawnLength, 4 + withdrawnLength + attributesLength)
    const nlri = body.subarray(4 + withdrawnLength + attributesLength)
    if (attributes.length !== attributesLength)
      throw new Error('heard: attributes are longer than the UPDATE')
    if (body.length === 4) this.ends.add(1)
    for (const prefix of prefixes(withdrawn, this.#pathIds.has(1))) this.#withdraw(1, prefix)
    const found = new Map<number, string>()
    let nextHop = ''
    let last = -1
    let reach: { afi: number; nextHop: string; prefixes: string[] } | undefined
    for (let at = 0; at < attributes.length; ) {
      const flags = attributes[at]
      const code = attributes[at + 1]
      const long = (flags & 0x10) !== 0
      const length = long ? u16(attributes, at + 2) : attributes[at + 2]
      const start = at + (long ? 4 : 3)
      const value = attributes.subarray(start, start + length)
      if (value.length !== length) throw new Error(`heard: attribute ${code} is longer than the attributes`)
      at = start + length
      if (code === 14) {
        const afi = u16(value, 0)
        const hop = value.subarray(4, 4 + value[3])
        reach = {
          afi,
          nextHop: hex(hop),
          prefixes: prefixes(value.subarray(5 + value[3]), this.#pathIds.has(afi)),
        }
      } else if (code === 15) {
        const afi = u16(value, 0)
        if (value.length === 3 && attributes.length === at) this.ends.add(afi)
        for (const prefix of prefixes(value.subarray(3), this.#pathIds.has(afi))) this.#withdraw(afi, prefix)
      } else {
        if (code <= last) throw new Error(`heard: attribute ${code} behind ${last}`)
        last = code
        if (code === 3) nextHop = hex(value)
        else found.set(code, `${(flags & 0xef).toString(16)}:${hex(value)}`)
      }
    }
    for (const prefix of prefixes(nlri, this.#pathIds.has(1)))
      this.#announce(1, prefix, { nextHop, attributes: found })
    for (const prefix of reach?.prefixes ?? []) {
      this.#announce(reach!.afi, prefix, { nextHop: reach!.nextHop, attributes: found })
    }
  }

  #announce(afi: number, prefix: string, route: HeardRoute): void {
    this.changes++
    this.routes.set(`${afi} ${prefix}`, route)
  }

  /** RFC 4271 does not forbid it, but what was never announced need not be withdrawn. */
  #withdraw(afi: number, prefix: string): void {
    this.changes++
    if (!this.routes.delete(`${afi} ${prefix}`))
      throw new Error(`heard: ${prefix} withdrawn, which was not there`)
  }
}

function u16(bytes: Uint8Array, at: number): number {
  if (at + 2 > bytes.length) throw new Error('heard: an UPDATE ends too early')
  return bytes[at] * 256 + bytes[at + 1]
}

function prefixes(nlri: Uint8Array, withIds: boolean): string[] {
  const list: string[] = []
  for (let at = 0; at < nlri.length; ) {
    const id = withIds ? `#${hex(nlri.subarray(at, at + 4))}` : ''
    if (withIds) at += 4
    const end = at + 1 + Math.ceil(nlri[at] / 8)
    if (end > nlri.length) throw new Error('heard: a prefix is cut')
    list.push(`${hex(nlri.subarray(at, end))}${id}`)
    at = end
  }
  return list
}
