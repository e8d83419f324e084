/** Attributes and gateways as people write them, for events and views. */

import { AS_CONFED_SEQUENCE, AS_CONFED_SET, AS_SET, type AsPathSegment } from '../../wire/types.js'

/** '64512 {64513,64514}'; confederation segments in round and square brackets; '' for an empty path. */
export function asPathText(segments: readonly AsPathSegment[] | undefined): string {
  return (segments ?? []).map(segmentText).join(' ')
}

function segmentText({ type, asns }: AsPathSegment): string {
  if (type === AS_SET) return `{${asns.join(',')}}`
  if (type === AS_CONFED_SET) return `[${asns.join(',')}]`
  if (type === AS_CONFED_SEQUENCE) return `(${asns.join(' ')})`
  return asns.join(' ')
}

const WELL_KNOWN = new Map([
  [0xffff0000, 'graceful-shutdown'],
  [0xffff0006, 'llgr-stale'],
  [0xffff0007, 'no-llgr'],
  [0xffff029a, 'blackhole'],
  [0xffffff01, 'no-export'],
  [0xffffff02, 'no-advertise'],
  [0xffffff03, 'no-export-subconfed'],
  [0xffffff04, 'no-peer'],
])

/** 'no-export', else '64512:100' (RFC 1997). */
export function communityText(value: number): string {
  return WELL_KNOWN.get(value) ?? `${value >>> 16}:${value & 0xffff}`
}

/** 'a:b:c' (RFC 8092 §5). */
export function largeCommunityText(value: readonly [number, number, number]): string {
  return value.join(':')
}

/**
 * Route target and route origin as 'rt:64512:1' and 'ro:192.0.2.1:1' (RFC 4360 §4, §5, RFC 5668), anything
 * else as 16 hexadecimal digits.
 * @param value 8 octets
 */
export function extendedCommunityText(value: Uint8Array): string {
  const view = new DataView(value.buffer, value.byteOffset, 8)
  const kind = value[1] === 2 ? 'rt' : value[1] === 3 ? 'ro' : undefined
  if (kind !== undefined) {
    switch (value[0]) {
      case 0:
        return `${kind}:${view.getUint16(2)}:${view.getUint32(4)}`
      case 1:
        return `${kind}:${value.slice(2, 6).join('.')}:${view.getUint16(6)}`
      case 2:
        return `${kind}:${view.getUint32(2)}:${view.getUint16(6)}`
    }
  }
  return Array.from(value, (octet) => octet.toString(16).padStart(2, '0')).join('')
}

/** A gateway as people write it: 'fe80::1%eth0' where the interface belongs to it. */
export function gatewayText(gateway: { readonly address: string; readonly interface?: string }): string {
  return gateway.interface === undefined ? gateway.address : `${gateway.address}%${gateway.interface}`
}
