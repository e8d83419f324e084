/** Why a session or an attempt ended: for views and for the log. */

import { said } from '../../session/reasons.js'
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
  const { notification, reason, text, remedy } = end
  const why = { at, reason, text, ...(remedy !== undefined && { remedy }) }
  if (notification === undefined) return why
  const { direction, code, subcode, data } = notification
  const message: NotificationMessage = { type: 'notification', code, subcode, data }
  return {
    ...why,
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
  if (notification === undefined) return said(end)
  const { direction, code, subcode, data } = notification
  return `${said(end)}; ${direction} ${describeNotification({ type: 'notification', code, subcode, data })}`
}
