/**
 * BGP messages put together by hand, octet by octet from the RFCs' drawings: nothing of src/ is used, so
 * that a mistake in the codec cannot hide itself.
 */

export const u8 = (value: number): number[] => [value & 255]
export const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255]
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)]

/** '192.0.2.1' → four octets. */
export const ipv4 = (text: string): number[] => text.split('.').map(Number)

/** '2001:db8::1' → sixteen octets; no embedded IPv4. */
export function ipv6(text: string): number[] {
  const [head, tail] = text.split('::')
  const groups = (part: string | undefined) =>
    part === undefined || part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const left = groups(head)
  const right = groups(tail)
  const middle = new Array<number>(8 - left.length - right.length).fill(0)
  return [...left, ...(text.includes('::') ? middle : []), ...right].flatMap(u16)
}

/** 'a.b.c.d/n' or IPv6 as NLRI: the length and the octets that it covers. */
export function nlri(prefix: string): number[] {
  const [address, length] = prefix.split('/')
  const octets = address.includes(':') ? ipv6(address) : ipv4(address)
  return [Number(length), ...octets.slice(0, Math.ceil(Number(length) / 8))]
}

/** 'ff 00' or 'ff00' → octets. */
export const hex = (text: string): number[] =>
  (text.replace(/\s+/g, '').match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16))

export const toHex = (bytes: Uint8Array | readonly number[]): string => Buffer.from(bytes).toString('hex')

/** A message with a correct header. */
export function message(type: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([...new Array<number>(16).fill(255), ...u16(19 + body.length), type, ...body])
}

export const KEEPALIVE = message(4, [])

/** One capability as it stands in the optional parameter. */
export const capability = (code: number, value: readonly number[] = []): number[] => [
  code,
  value.length,
  ...value,
]
export const multiprotocol = (afi: number, safi = 1): number[] => capability(1, [...u16(afi), 0, safi])
export const routeRefresh = (): number[] => capability(2)
export const fourOctetAs = (as: number): number[] => capability(65, u32(as))
export const hostName = (name: string): number[] => {
  const octets = [...new TextEncoder().encode(name)]
  return capability(73, [octets.length, ...octets, 0])
}

/** Graceful restart (RFC 4724 §3). */
export function gracefulRestart(options: {
  time: number
  restarting?: boolean
  notification?: boolean
  /** Pairs of AFI and F bit; SAFI is unicast. */
  families?: readonly { afi: number; forwarding: boolean }[]
}): number[] {
  const flags = (options.restarting ? 0x80 : 0) | (options.notification ? 0x40 : 0)
  return capability(64, [
    flags | ((options.time >>> 8) & 15),
    options.time & 255,
    ...(options.families ?? []).flatMap((family) => [...u16(family.afi), 1, family.forwarding ? 0x80 : 0]),
  ])
}

/** Long-lived graceful restart (RFC 9494 §3); SAFI is unicast. */
export const longLived = (
  ...families: readonly { afi: number; forwarding: boolean; time: number }[]
): number[] =>
  capability(
    71,
    families.flatMap(({ afi, forwarding, time }) => [
      ...[...u16(afi), 1, forwarding ? 0x80 : 0],
      ...[(time >>> 16) & 255, ...u16(time & 0xffff)],
    ]),
  )

export interface RawOpen {
  readonly as: number
  readonly routerId: string
  readonly hold?: number
  readonly version?: number
  /** All in one optional parameter. Default: multiprotocol IPv4, route refresh, four-octet AS. */
  readonly capabilities?: readonly number[][]
}

export function open(options: RawOpen): Uint8Array {
  const capabilities = (
    options.capabilities ?? [multiprotocol(1), routeRefresh(), fourOctetAs(options.as)]
  ).flat()
  const parameters = capabilities.length > 0 ? [2, capabilities.length, ...capabilities] : []
  return message(1, [
    options.version ?? 4,
    ...u16(options.as > 65535 ? 23456 : options.as),
    ...u16(options.hold ?? 90),
    ...ipv4(options.routerId),
    parameters.length,
    ...parameters,
  ])
}

export const notification = (code: number, subcode: number, data: readonly number[] = []): Uint8Array =>
  message(3, [code, subcode, ...data])

/** One attribute; the extended length form when it is needed. */
export function attribute(flags: number, code: number, value: readonly number[]): number[] {
  if (value.length > 255) return [flags | 0x10, code, ...u16(value.length), ...value]
  return [flags, code, value.length, ...value]
}

export const origin = (value = 0): number[] => attribute(0x40, 1, [value])
/** AS_PATH of one AS_SEQUENCE with four-octet numbers; empty for no numbers. */
export const asPath = (...asns: number[]): number[] =>
  attribute(0x40, 2, asns.length === 0 ? [] : [2, asns.length, ...asns.flatMap(u32)])
export const nextHop = (address: string): number[] => attribute(0x40, 3, ipv4(address))
export const med = (value: number): number[] => attribute(0x80, 4, u32(value))
export const localPref = (value: number): number[] => attribute(0x40, 5, u32(value))
export const communities = (...values: number[]): number[] => attribute(0xc0, 8, values.flatMap(u32))
export const mpReachIpv6 = (gateway: string, ...prefixes: string[]): number[] =>
  attribute(0x80, 14, [...u16(2), 1, 16, ...ipv6(gateway), 0, ...prefixes.flatMap(nlri)])
export const mpUnreachIpv6 = (...prefixes: string[]): number[] =>
  attribute(0x80, 15, [...u16(2), 1, ...prefixes.flatMap(nlri)])

/** UPDATE (RFC 4271 §4.3). */
export function update(parts: {
  withdrawn?: readonly string[]
  attributes?: readonly number[][]
  announced?: readonly string[]
}): Uint8Array {
  const withdrawn = (parts.withdrawn ?? []).flatMap(nlri)
  const attributes = (parts.attributes ?? []).flat()
  return message(2, [
    ...u16(withdrawn.length),
    ...withdrawn,
    ...u16(attributes.length),
    ...attributes,
    ...(parts.announced ?? []).flatMap(nlri),
  ])
}

/** Announces IPv4 prefixes with the attributes that a node sends. */
export const announce = (as: number, gateway: string, ...prefixes: string[]): Uint8Array =>
  update({ attributes: [origin(), asPath(as), nextHop(gateway)], announced: prefixes })
export const withdraw = (...prefixes: string[]): Uint8Array => update({ withdrawn: prefixes })
/** End-of-RIB for IPv4 (RFC 4724 §2). */
export const END_OF_RIB = update({})
export const endOfRibIpv6 = (): Uint8Array => update({ attributes: [attribute(0x80, 15, [...u16(2), 1])] })

/** A received message, header taken off. */
export interface RawMessage {
  readonly type: number
  readonly body: Uint8Array
  /** Whole message in hex. */
  readonly hex: string
}

/** Splits a stream into messages by their length field. */
export class RawSplitter {
  #rest: Uint8Array = new Uint8Array(0)

  push(chunk: Uint8Array): RawMessage[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length)
    bytes.set(this.#rest)
    bytes.set(chunk, this.#rest.length)
    const messages: RawMessage[] = []
    let at = 0
    while (bytes.length - at >= 19) {
      const length = bytes[at + 16] * 256 + bytes[at + 17]
      if (length < 19) throw new Error(`a message of ${length} octets: ${toHex(bytes.subarray(at))}`)
      if (bytes.length - at < length) break
      const whole = bytes.slice(at, at + length)
      messages.push({ type: whole[18], body: whole.slice(19), hex: toHex(whole) })
      at += length
    }
    this.#rest = bytes.slice(at)
    return messages
  }
}
