/** ROUTE-REFRESH (RFC 2918 §3, RFC 7313 §3.2). */
import { ErrorCode, MessageType, RefreshError } from './codes.js'
import { type Decoded, resetFault } from './fault.js'
import { beginMessage, finishMessage, HEADER_LENGTH } from './message.js'
import type { RouteRefreshMessage } from './types.js'

/** Message subtypes (RFC 7313 §4). */
const RefreshSubtype = { Request: 0, BeginningOfRefresh: 1, EndOfRefresh: 2 } as const

/** The whole message, header included (RFC 2918 §3, RFC 7313 §3.2). Subtype and SAFI are octets, AFI 16 bits. */
export function encodeRouteRefresh(message: Omit<RouteRefreshMessage, 'type'>): Uint8Array {
  const writer = beginMessage(MessageType.RouteRefresh)
  return finishMessage(writer.u16(message.afi).u8(message.subtype).u8(message.safi))
}

/**
 * Octets behind the fourth (route filters of RFC 5291, which ecmpd does not offer) are ignored in a request.
 * Subtypes other than 0 to 2 come out as they are, for the receiver to ignore.
 * @param enhanced whether the peer announced Enhanced Route Refresh: only then is a marker of the wrong
 *   length an error (RFC 7313 §5)
 */
export function decodeRouteRefresh(
  bytes: Uint8Array,
  start: number,
  end: number,
  enhanced: boolean,
): Decoded<RouteRefreshMessage> {
  const body = start + HEADER_LENGTH
  const subtype = bytes[body + 2]
  const isMarker = subtype === RefreshSubtype.BeginningOfRefresh || subtype === RefreshSubtype.EndOfRefresh
  if (enhanced && isMarker && end - body !== 4) {
    return {
      fault: resetFault(
        ErrorCode['ROUTE-REFRESHMessageError'],
        RefreshError.InvalidMessageLength,
        'RFC 7313 §5',
        `a ROUTE-REFRESH of subtype ${subtype} has ${end - body} octets instead of 4`,
        bytes.slice(start, end),
      ),
    }
  }
  const afi = (bytes[body] << 8) | bytes[body + 1]
  return { message: { type: 'route-refresh', afi, subtype, safi: bytes[body + 3] } }
}
