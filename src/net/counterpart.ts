import type { NetworkInterfaceInfo } from 'node:os'

/** Addresses that mean something on one link only. */
const LINK_LOCAL = /^(fe[89ab]|169\.254\.)/i
/** IPv6 addresses that are not for the Internet (RFC 4193). */
const UNIQUE_LOCAL = /^f[cd]/i

/**
 * The address of the other IP version on the interface that has `local`: routes of that version get it as
 * next hop on a session over this one. A global address comes before a unique local one; link-local ones and
 * the loopback interface are left out.
 * @param local canonical address, perhaps with a zone
 * @param interfaces as node:os tells them
 */
export function counterpartOf(
  local: string,
  interfaces: NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[]>,
): string | undefined {
  const [address] = local.split('%', 1)
  const wanted = address.includes(':') ? 'IPv4' : 'IPv6'
  for (const entries of Object.values(interfaces)) {
    if (entries?.some((one) => one.address === address) !== true) continue
    const others = entries.filter(
      (one) => one.family === wanted && !one.internal && !LINK_LOCAL.test(one.address),
    )
    return (others.find((one) => !UNIQUE_LOCAL.test(one.address)) ?? others[0])?.address
  }
  return undefined
}
