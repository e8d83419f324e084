/** Why a session or an attempt ended: for views and for the log. */

import type { End } from '../../session/types.js'
import { errorName } from '../../wire/codes.js'
import { describeNotification, hardResetReason, shutdownText } from '../../wire/notification.js'
import { hex } from '../../wire/printable.js'
import type { NotificationMessage } from '../../wire/types.js'
import type { LastError } from '../model/session-record.js'

/**
 * The end of a session or attempt as people read it.
 * @param wall milliseconds since 1970
 */
export function lastErrorOf(end: End, wall: number): LastError {
  const at = new Date(wall).toISOString()
  const { notification } = end
  if (notification === undefined) return { at, text: end.text }
  const { direction, code, subcode, data } = notification
  const message: NotificationMessage = { type: 'notification', code, subcode, data }
  return {
    at,
    text: end.text,
    notification: {
      direction,
      code,
      subcode,
      name: errorName(code, subcode),
      message: shutdownText(hardResetReason(message) ?? message),
      data: hex(data, data.length),
    },
  }
}

/** The end in one line for the log: the sentence, then the NOTIFICATION behind it. */
export function endText(end: End): string {
  const { notification } = end
  if (notification === undefined) return end.text
  const { direction, code, subcode, data } = notification
  return `${end.text}; ${direction} ${describeNotification({ type: 'notification', code, subcode, data })}`
}
