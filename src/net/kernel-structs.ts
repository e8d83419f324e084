import { endianness } from 'node:os'
import { type Prefix, parsePrefix } from '../ip/prefix.js'

/** Numbers and layouts of Linux's socket API (include/uapi/linux/{in,in6,tcp,socket}.h). */

const IPPROTO_IP = 0
export const IPPROTO_TCP = 6
const IPPROTO_IPV6 = 41

/** Key of one address. */
export const TCP_MD5SIG = 14
/** Key of one address or, by a flag, of all of a prefix (Linux 4.13). */
export const TCP_MD5SIG_EXT = 32

/** Options that exist for both versions of IP under names of their own. */
export interface HopOptions {
  readonly level: number
  /** TTL or hop limit of what is sent; -1: the system's. */
  readonly ttl: number
  /** Least TTL or hop limit of what is taken; 0: any. */
  readonly minTtl: number
  /**
   * TTL or hop limit of multicast, of which a TCP socket has no need. On an accepted one Linux keeps in its place
   * the one with which the last segment of the handshake came (tcp_v4_syn_recv_sock, tcp_v6_syn_recv_sock).
   */
  readonly arrivedWith: number
}

export const IPV4_HOPS: HopOptions = { level: IPPROTO_IP, ttl: 2, minTtl: 21, arrivedWith: 33 }
export const IPV6_HOPS: HopOptions = { level: IPPROTO_IPV6, ttl: 16, minTtl: 73, arrivedWith: 18 }

/** Most octets of a TCP-MD5 key (TCP_MD5SIG_MAXKEYLEN). */
const MD5_KEY_MAX = 80

const AF_INET = 2
const AF_INET6 = 10
/** sizeof(struct sockaddr_storage). */
const STORAGE = 128
/** sizeof(struct tcp_md5sig): address, flags, prefix length, key length, interface, key. */
const MD5SIG = STORAGE + 8 + MD5_KEY_MAX
const FLAG_PREFIX = 1

const LITTLE = endianness() === 'LE'

/** An int as the kernel reads it. */
export function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value, LITTLE)
  return bytes
}

/**
 * An address or prefix as the kernel's calls need it.
 * @param remote 'a.b.c.d', IPv6, 'fe80::1%eth0' (the zone is left out), or a prefix of one of these
 * @returns undefined for any other text
 */
export function kernelPrefix(remote: string): Prefix | undefined {
  const plain = remote.replace(/%[^/]*/, '')
  if (plain.includes('/')) return parsePrefix(plain)
  return parsePrefix(`${plain}/${plain.includes(':') ? 128 : 32}`)
}

/**
 * struct sockaddr_storage with port 0, holding struct sockaddr_in or sockaddr_in6.
 * @param address 4 or 16 octets
 */
export function sockaddr(address: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(STORAGE)
  const ipv6 = address.length === 16
  new DataView(bytes.buffer).setUint16(0, ipv6 ? AF_INET6 : AF_INET, LITTLE)
  bytes.set(address, ipv6 ? 8 : 4)
  return bytes
}

/**
 * struct tcp_md5sig.
 * @param prefix whose segments are signed; a host route stands for one address
 * @param key 0 to 80 octets; none: the key of this prefix is removed
 */
export function md5Signature(prefix: Prefix, key: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(MD5SIG)
  bytes.set(sockaddr(prefix.bytes))
  const view = new DataView(bytes.buffer)
  if (!isHost(prefix)) {
    bytes[STORAGE] = FLAG_PREFIX
    bytes[STORAGE + 1] = prefix.length
  }
  view.setUint16(STORAGE + 2, key.length, LITTLE)
  bytes.set(key, STORAGE + 8)
  return bytes
}

/** True for a prefix that is one address. */
export function isHost(prefix: Prefix): boolean {
  return prefix.length === prefix.bytes.length * 8
}
