import { formatAddress } from '../ip/address.js'
import { formatPrefix, type Prefix } from '../ip/prefix.js'
import type { Protection } from '../ports/transport.js'
import { codeOf } from './errors.js'
import {
  IPPROTO_TCP,
  IPV4_HOPS,
  IPV6_HOPS,
  int,
  isHost,
  md5Signature,
  TCP_MD5SIG,
  TCP_MD5SIG_EXT,
} from './kernel-structs.js'
import type { Libc } from './libc.js'

/**
 * Sets the TCP-MD5 key (RFC 2385) that a socket shares with the addresses of a prefix, in place of one that it
 * had. On a listener it holds for the connections to come.
 * @throws Error, one sentence with the remedy and without the key
 */
export function setKey(system: Libc, descriptor: number, prefix: Prefix, password: string): void {
  const key = Buffer.from(password)
  const option = isHost(prefix) ? TCP_MD5SIG : TCP_MD5SIG_EXT
  const struct = md5Signature(prefix, key)
  try {
    system.setOption(descriptor, IPPROTO_TCP, option, struct)
  } catch (error) {
    throw keyError(error, prefix)
  } finally {
    key.fill(0)
    struct.fill(0)
  }
}

/** Removes a key; none there is as good. */
export function clearKey(system: Libc, descriptor: number, prefix: Prefix): void {
  const option = isHost(prefix) ? TCP_MD5SIG : TCP_MD5SIG_EXT
  try {
    system.setOption(descriptor, IPPROTO_TCP, option, md5Signature(prefix, new Uint8Array()))
  } catch {
    // Nothing can be done about it, and nothing else fails when it does: the kernel has no such key.
  }
}

/**
 * Sets TTLs or hop limits: `ttl` of what is sent, -1 for the system's own, `minTtl` of what is taken, 0 for any.
 * @throws Error, one sentence
 */
export function setHops(
  system: Libc,
  descriptor: number,
  ipv6: boolean,
  { ttl, minTtl }: Pick<Protection, 'ttl' | 'minTtl'>,
): void {
  const options = ipv6 ? IPV6_HOPS : IPV4_HOPS
  try {
    if (ttl !== undefined) system.setOption(descriptor, options.level, options.ttl, int(ttl))
    if (minTtl !== undefined) system.setOption(descriptor, options.level, options.minTtl, int(minTtl))
  } catch (error) {
    throw sentence(error, `the kernel refuses TTL security (${codeOf(error)}): take ttlSecurity away`)
  }
}

/** TTL or hop limit with which the last segment of an accepted connection's handshake came. @throws Error */
export function arrivedWith(system: Libc, descriptor: number, ipv6: boolean): number {
  const options = ipv6 ? IPV6_HOPS : IPV4_HOPS
  return system.getInteger(descriptor, options.level, options.arrivedWith)
}

function keyError(error: unknown, prefix: Prefix): Error {
  const host = isHost(prefix)
  const who = host ? formatAddress(prefix.bytes) : formatPrefix(prefix.bytes, prefix.length)
  switch (codeOf(error)) {
    case 'ENOPROTOOPT':
      return sentence(
        error,
        host
          ? `this kernel has no TCP-MD5 for ${who} (CONFIG_TCP_MD5SIG): run another kernel, or take the password away on both sides`
          : `this kernel has no TCP-MD5 for a whole prefix such as ${who} (Linux 4.13 with CONFIG_TCP_MD5SIG): run another kernel, or configure the neighbors one by one`,
      )
    case 'ENOMEM':
    case 'ENOBUFS':
      return sentence(
        error,
        `the kernel has no room for the TCP-MD5 key of ${who}: raise it with \`sysctl -w net.core.optmem_max=1048576\`, then reload`,
      )
    case 'EPERM':
    case 'EACCES':
      return sentence(error, `the system forbids TCP-MD5 for ${who} (a kernel in FIPS mode has no MD5)`)
    default:
      return sentence(error, `the kernel refuses the TCP-MD5 key of ${who} (${codeOf(error)})`)
  }
}

function sentence(cause: unknown, text: string): Error {
  return Object.assign(new Error(text), { code: codeOf(cause) })
}
