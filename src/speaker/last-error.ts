import type { End } from '../session/types.js'
import { notificationName, shutdownCommunication } from '../wire/notification.js'
import type { LastError } from './views.js'

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('')

/**
 * The end of a session or attempt as people read it.
 * @param wall milliseconds since 1970
 */
export function lastErrorOf(end: End, wall: number): LastError {
  const at = new Date(wall).toISOString()
  const { notification } = end
  if (notification === undefined) return { at, text: end.text }
  const { direction, code, subcode, data } = notification
  return {
    at,
    text: end.text,
    notification: {
      direction,
      code,
      subcode,
      name: notificationName(code, subcode),
      message: shutdownCommunication(code, subcode, data),
      data: hex(data),
    },
  }
}
