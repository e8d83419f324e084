/**
 * Address families that ecmpd routes: unicast IPv4 and IPv6 (RFC 4760 §3). The string form is used in
 * configuration, API and views; the numbers stand on the wire.
 */
export type Family = 'ipv4-unicast' | 'ipv6-unicast'

/** All families in their fixed order (IPv4 first). */
export const FAMILIES: readonly Family[] = ['ipv4-unicast', 'ipv6-unicast']

/** Address Family Identifiers (IANA "Address Family Numbers"). */
export const AFI_IPV4 = 1
export const AFI_IPV6 = 2
/** Subsequent Address Family Identifier for unicast (RFC 4760 §6). */
export const SAFI_UNICAST = 1

/** AFI of a family: 1 for IPv4, 2 for IPv6. */
export function afiOf(family: Family): number {
  return family === 'ipv4-unicast' ? AFI_IPV4 : AFI_IPV6
}

/**
 * Family of a wire pair.
 * @param afi 16-bit AFI
 * @param safi 8-bit SAFI
 * @returns the family, or undefined for a pair that ecmpd does not route
 */
export function familyOf(afi: number, safi: number): Family | undefined {
  if (safi !== SAFI_UNICAST) return undefined
  if (afi === AFI_IPV4) return 'ipv4-unicast'
  return afi === AFI_IPV6 ? 'ipv6-unicast' : undefined
}

/** Address width in bits: 32 or 128. */
export function bitsOf(family: Family): number {
  return family === 'ipv4-unicast' ? 32 : 128
}

/** Family of an address or a prefix in text: the one with colons is IPv6. @param text one that is valid */
export function familyOfText(text: string): Family {
  return text.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast'
}
