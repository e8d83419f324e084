/**
 * Addresses that are not ordinary unicast. BGP carries them now and then by mistake: as a prefix they are
 * ignored one by one, as a next hop they make a route unusable (RFC 4271 §6.3, RFC 6890, RFC 7454 §6.1).
 */

/** Why an address is no ordinary unicast one; undefined when it is. */
export type SpecialUse = 'this-network' | 'loopback' | 'link-local' | 'multicast' | 'reserved' | 'mapped'

/**
 * Special use of the address at `offset`.
 * @param octets 4 or 16
 */
export function specialUse(bytes: Uint8Array, offset: number, octets: number): SpecialUse | undefined {
  return octets === 4 ? specialIPv4(bytes, offset) : specialIPv6(bytes, offset)
}

function specialIPv4(bytes: Uint8Array, offset: number): SpecialUse | undefined {
  const first = bytes[offset]
  if (first === 0) return 'this-network'
  if (first === 127) return 'loopback'
  if (first === 169 && bytes[offset + 1] === 254) return 'link-local'
  if (first >= 240) return 'reserved'
  return first >= 224 ? 'multicast' : undefined
}

function specialIPv6(bytes: Uint8Array, offset: number): SpecialUse | undefined {
  const first = bytes[offset]
  if (first === 0xff) return 'multicast'
  if (first === 0xfe) return (bytes[offset + 1] & 0xc0) === 0x80 ? 'link-local' : undefined
  if (first !== 0) return undefined
  for (let i = 1; i < 10; i++) if (bytes[offset + i] !== 0) return undefined
  const last = bytes[offset + 15]
  let middle = 0
  for (let i = 12; i < 15; i++) middle |= bytes[offset + i]
  if (bytes[offset + 10] === 255 && bytes[offset + 11] === 255) return 'mapped'
  if (bytes[offset + 10] !== 0 || bytes[offset + 11] !== 0 || middle !== 0) return undefined
  if (last === 0) return 'this-network'
  return last === 1 ? 'loopback' : undefined
}

/**
 * True for a prefix that no BGP speaker should announce: it lies inside 0/8 (the default route does not),
 * 127/8, 224/3, ::/128, ::1/128, ::ffff:0:0/96, fe80::/10 or ff00::/8.
 * @param offset of the first address octet; octets behind the last needed one are not read
 * @param width address width in bits, 32 or 128
 */
export function isMartian(bytes: Uint8Array, offset: number, bits: number, width: number): boolean {
  if (width === 32) {
    if (bits < 3) return false
    const first = bytes[offset] & (0xff00 >>> Math.min(bits, 8))
    return first >= 224 || (bits >= 8 && (first === 0 || first === 127))
  }
  if (bits >= 8 && bytes[offset] === 0xff) return true
  if (bits >= 10 && bytes[offset] === 0xfe && (bytes[offset + 1] & 0xc0) === 0x80) return true
  if (bits < 96 || bytes[offset] !== 0) return false
  for (let i = 1; i < 10; i++) if (bytes[offset + i] !== 0) return false
  if (bytes[offset + 10] === 255 && bytes[offset + 11] === 255) return true
  return bits === 128 && specialIPv6(bytes, offset) !== undefined
}
