/**
 * Capabilities of the OPEN (RFC 5492 §4): one row a code. A row reads a value of exactly the right shape; for
 * any other value the capability is kept as unknown, with its octets, and has no effect. That is what RFC
 * 5492 §3 asks for capabilities that a speaker does not know, and it keeps one odd capability from costing
 * the session.
 */
import { CapabilityCode } from './codes.js'
import { decodeUtf8, encodeUtf8 } from './printable.js'
import type { Reader } from './reader.js'
import type { Capability } from './types.js'
import { Writer } from './writer.js'

type Known = Exclude<Capability, { name: 'unknown' }>

interface Row<C extends Known> {
  readonly code: C['code']
  readonly name: C['name']
  /** Reads the whole value; undefined when its shape is wrong. The reader's failure is checked by the caller. */
  read(value: Reader): C | undefined
  write(capability: C, out: Writer): void
}

type Named<N extends Known['name']> = Extract<Known, { name: N }>

/** A capability without a value. */
function bare(code: 2 | 6 | 70, name: 'route-refresh' | 'extended-message' | 'enhanced-route-refresh') {
  return { code, name, read: () => ({ code, name }), write: () => undefined }
}

/** Reads tuples of `size` octets to the end; undefined when a piece is left over. */
function tuples<T>(value: Reader, size: number, read: () => T): T[] | undefined {
  if (value.left % size !== 0) return undefined
  const list: T[] = []
  while (value.left > 0) list.push(read())
  return list
}

/** RFC 4760 §8: AFI, a reserved octet, SAFI. */
const multiprotocol: Row<Named<'multiprotocol'>> = {
  code: CapabilityCode.Multiprotocol,
  name: 'multiprotocol',
  read(value) {
    const afi = value.u16()
    value.u8()
    return { code: 1, name: 'multiprotocol', afi, safi: value.u8() }
  },
  write: ({ afi, safi }, out) => void out.u16(afi).u8(0).u8(safi),
}

/** RFC 8950 §4: AFI, SAFI (two octets), next hop AFI. */
const extendedNextHop: Row<Named<'extended-next-hop'>> = {
  code: CapabilityCode.ExtendedNextHop,
  name: 'extended-next-hop',
  read(value) {
    const list = tuples(value, 6, () => ({ afi: value.u16(), safi: value.u16(), nextHopAfi: value.u16() }))
    return list && { code: 5, name: 'extended-next-hop', tuples: list }
  },
  write(capability, out) {
    for (const { afi, safi, nextHopAfi } of capability.tuples) out.u16(afi).u16(safi).u16(nextHopAfi)
  },
}

/** RFC 9234 §4.1. */
const role: Row<Named<'role'>> = {
  code: CapabilityCode.Role,
  name: 'role',
  read: (value) => ({ code: 9, name: 'role', role: value.u8() }),
  write: (capability, out) => void out.u8(capability.role),
}

/** RFC 4724 §3: flags (R, N) and 12 bits of time, then AFI, SAFI, flags (F) a family. */
const gracefulRestart: Row<Named<'graceful-restart'>> = {
  code: CapabilityCode.GracefulRestart,
  name: 'graceful-restart',
  read(value) {
    const head = value.u16()
    const families = tuples(value, 4, () => ({
      afi: value.u16(),
      safi: value.u8(),
      forwarding: (value.u8() & 0x80) !== 0,
    }))
    return (
      families && {
        code: 64,
        name: 'graceful-restart',
        restarting: (head & 0x8000) !== 0,
        notification: (head & 0x4000) !== 0,
        time: head & 0x0fff,
        families,
      }
    )
  },
  write({ restarting, notification, time, families }, out) {
    out.u16((restarting ? 0x8000 : 0) | (notification ? 0x4000 : 0) | Math.min(time, 0x0fff))
    for (const { afi, safi, forwarding } of families)
      out
        .u16(afi)
        .u8(safi)
        .u8(forwarding ? 0x80 : 0)
  },
}

/** RFC 6793 §3. */
const fourOctetAs: Row<Named<'four-octet-as'>> = {
  code: CapabilityCode.FourOctetAS,
  name: 'four-octet-as',
  read: (value) => ({ code: 65, name: 'four-octet-as', as: value.u32() }),
  write: (capability, out) => void out.u32(capability.as),
}

/** RFC 7911 §4: AFI, SAFI, Send/Receive. Modes other than 1 to 3 come out as they are, to be ignored. */
const addPath: Row<Named<'add-path'>> = {
  code: CapabilityCode.AddPath,
  name: 'add-path',
  read(value) {
    const families = tuples(value, 4, () => ({ afi: value.u16(), safi: value.u8(), mode: value.u8() }))
    return families && { code: 69, name: 'add-path', families }
  },
  write(capability, out) {
    for (const { afi, safi, mode } of capability.families) out.u16(afi).u8(safi).u8(mode)
  },
}

/** RFC 9494 §3: AFI, SAFI, flags (F), 24 bits of time a family. */
const longLived: Row<Named<'long-lived-graceful-restart'>> = {
  code: CapabilityCode.LongLivedGracefulRestart,
  name: 'long-lived-graceful-restart',
  read(value) {
    const families = tuples(value, 7, () => ({
      afi: value.u16(),
      safi: value.u8(),
      forwarding: (value.u8() & 0x80) !== 0,
      time: value.u24(),
    }))
    return families && { code: 71, name: 'long-lived-graceful-restart', families }
  },
  write(capability, out) {
    for (const { afi, safi, forwarding, time } of capability.families) {
      out
        .u16(afi)
        .u8(safi)
        .u8(forwarding ? 0x80 : 0)
        .u24(Math.min(time, 0xffffff))
    }
  },
}

/** draft-walton-bgp-hostname-capability: host and domain, each behind a length octet. */
const fqdn: Row<Named<'fqdn'>> = {
  code: CapabilityCode.FQDN,
  name: 'fqdn',
  read(value) {
    const host = decodeUtf8(value.take(value.u8()))
    const domain = decodeUtf8(value.take(value.u8()))
    return host === undefined || domain === undefined ? undefined : { code: 73, name: 'fqdn', host, domain }
  },
  write(capability, out) {
    const host = encodeUtf8(capability.host, 253)
    const domain = encodeUtf8(capability.domain, 253 - host.length)
    out.u8(host.length).bytes(host).u8(domain.length).bytes(domain)
  },
}

/** draft-abraitis-bgp-version-capability: a text behind a length octet. */
const softwareVersion: Row<Named<'software-version'>> = {
  code: CapabilityCode.SoftwareVersion,
  name: 'software-version',
  read(value) {
    const version = decodeUtf8(value.take(value.u8()))
    return version === undefined ? undefined : { code: 75, name: 'software-version', version }
  },
  write(capability, out) {
    const version = encodeUtf8(capability.version, 254)
    out.u8(version.length).bytes(version)
  },
}

const ROWS = new Map<number, Row<Known>>(
  [
    multiprotocol,
    bare(CapabilityCode.RouteRefresh, 'route-refresh'),
    extendedNextHop,
    bare(CapabilityCode.ExtendedMessage, 'extended-message'),
    role,
    gracefulRestart,
    fourOctetAs,
    addPath,
    bare(CapabilityCode.EnhancedRouteRefresh, 'enhanced-route-refresh'),
    longLived,
    fqdn,
    softwareVersion,
  ].map((row) => [row.code, row as unknown as Row<Known>]),
)

/**
 * Appends the capabilities that fill a Capabilities parameter to `list`.
 * @returns false when the framing is broken: a piece of a header or a value is missing
 */
export function decodeCapabilities(parameter: Reader, list: Capability[]): boolean {
  while (parameter.left > 0) {
    const code = parameter.u8()
    const value = parameter.sub(parameter.u8())
    if (parameter.failed) return false
    const start = value.offset
    const capability = ROWS.get(code)?.read(value)
    if (capability !== undefined && !value.failed && value.left === 0) list.push(capability)
    else list.push({ code, name: 'unknown', data: value.bytes.slice(start, value.end) })
  }
  return true
}

/**
 * One capability as it stands in the parameter: code, length, value. Also the data of a NOTIFICATION 2/7.
 * @throws RangeError when the value exceeds 255 octets (a list with too many families)
 */
export function encodeCapability(capability: Capability): Uint8Array {
  const out = new Writer(64).u8(capability.code).u8(0)
  if (capability.name === 'unknown') out.bytes(capability.data)
  else ROWS.get(capability.code)?.write(capability, out)
  if (out.length > 257) {
    throw new RangeError(`capability ${capability.code} has ${out.length - 2} octets; 255 are the most`)
  }
  out.patch8(1, out.length - 2)
  return out.take()
}
