/** Packet sockets of Linux (packet(7)), which node:net does not have. */

import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import { SNAP } from './filter.js'

/** A packet as the kernel handed it over. */
export interface Packet {
  /** From the IP header on, at most 128 octets; used again for the next one. */
  readonly bytes: Uint8Array
  /** Number of the interface that it came by. */
  readonly index: number
}

/** Sees packets that arrive. */
export interface PacketSocket {
  /** Hands over what has arrived, at most `most` packets. */
  read(most: number, each: (packet: Packet) => void): void
  close(): void
}

/** Opens a packet socket. @throws Error, a phrase for people */
export type OpenPacketSocket = (protocol: 'ipv4' | 'ipv6', filter: Uint8Array) => PacketSocket

/** What is used of koffi. */
interface Koffi {
  load(path: null): { func(signature: string): (...values: unknown[]) => number }
  struct(name: string, members: Record<string, string>): unknown
  errno(): number
}

const AF_PACKET = 17
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
const MSG_DONTWAIT = 0x40
/** Ethernet's numbers of both protocols. */
const PROTOCOLS = { ipv4: 0x0800, ipv6: 0x86dd }
/** sizeof(struct sockaddr_ll): family, protocol, interface, hardware type, packet type, address. */
const SOCKADDR_LL = 20
/** Packets for another machine, seen by an interface that takes everything. */
const PACKET_OTHERHOST = 3

interface Calls {
  open(protocol: number, filter: Uint8Array): number
  receive(descriptor: number, into: Uint8Array, from: Uint8Array): number
  close(descriptor: number): void
}

let loaded: Calls | undefined

/**
 * Opens a packet socket for one protocol. It sees packets that arrive where the IP layer gets them: before its
 * firewall (nftables and iptables of the families ip, ip6 and inet), behind XDP and tc. Sockets for all protocols
 * would see them sooner, and what is sent as well: a forwarded packet would be copied for them.
 * @param filter see filter.ts
 * @throws Error, a phrase for people: without CAP_NET_RAW, without koffi
 */
export const openPacketSocket: OpenPacketSocket = (protocol, filter) => {
  loaded ??= bind()
  const { receive, close } = loaded
  const descriptor = loaded.open(PROTOCOLS[protocol], filter)
  const bytes = new Uint8Array(SNAP)
  const from = new Uint8Array(SOCKADDR_LL)
  const view = new DataView(from.buffer)
  const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
  return {
    read(most, each) {
      for (let count = 0; count < most; count++) {
        const length = receive(descriptor, bytes, from)
        if (length < 0) return
        if (from[10] === PACKET_OTHERHOST) continue
        each({ bytes: bytes.subarray(0, length), index: view.getInt32(4, little) })
      }
    },
    close: () => close(descriptor),
  }
}

function bind(): Calls {
  let koffi: Koffi
  try {
    koffi = createRequire(import.meta.url)('koffi') as Koffi
  } catch (error) {
    const why = (error as Error).message.split('\n')[0]
    throw new Error(`the package koffi does not load (${why}): \`npm install koffi\` in ecmpd's directory`)
  }
  koffi.struct('ecmpd_sock_fprog', { len: 'uint16_t', filter: 'void *' })
  const library = koffi.load(null)
  const socket = library.func('int socket(int, int, int)')
  const attach = library.func('int setsockopt(int, int, int, const ecmpd_sock_fprog *, uint32_t)')
  const bindTo = library.func('int bind(int, const void *, uint32_t)')
  const recvfrom = library.func('int64_t recvfrom(int, void *, size_t, int, void *, void *)')
  const close = library.func('int close(int)')
  const checked = (name: string, result: number): number => {
    if (result >= 0) return result
    throw new Error(`${name}: ${getSystemErrorName(-koffi.errno())}`)
  }
  const size = new Uint32Array([SOCKADDR_LL])
  return {
    open(protocol, filter) {
      // Without a protocol nothing arrives until the filter is there.
      const flags = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC
      const descriptor = checked('no packet socket', socket(AF_PACKET, flags, 0))
      try {
        const program = { len: filter.length / 8, filter }
        checked('its filter', attach(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, 16))
        checked('its protocol', bindTo(descriptor, linkAddress(protocol), SOCKADDR_LL))
      } catch (error) {
        close(descriptor)
        throw error
      }
      return descriptor
    },
    receive(descriptor, into, from) {
      size[0] = SOCKADDR_LL
      return Number(recvfrom(descriptor, into, into.length, MSG_DONTWAIT, from, size))
    },
    close: (descriptor) => void close(descriptor),
  }
}

/** struct sockaddr_ll for one protocol on all interfaces. */
function linkAddress(protocol: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_LL)
  new Uint16Array(bytes.buffer, 0, 1)[0] = AF_PACKET
  new DataView(bytes.buffer).setUint16(2, protocol)
  return bytes
}
