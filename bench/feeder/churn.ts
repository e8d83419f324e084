import { writeFileSync } from 'node:fs'
import { monotonic } from '../../src/demo/client.js'
import type { ChurnSpec } from './protocol.js'
import type { Session } from './session.js'

/**
 * Sends changes at an even rate: host routes in turn, each time with the other next hop and with the change's
 * number as community. What is due is written every millisecond or so; the messages are made beforehand.
 * When each was written, in milliseconds of the monotonic clock, goes to `spec.file` as doubles.
 */
export async function churn(spec: ChurnSpec, session: Session, messages: readonly Buffer[]): Promise<void> {
  const total = messages.length
  const times = new Float64Array(total)
  const began = monotonic()
  for (let sent = 0; sent < total; ) {
    const now = monotonic()
    const due = Math.min(total, Math.floor(((now - began) * spec.rate) / 1000))
    if (due > sent) {
      times.fill(now, sent, due)
      session.write(Buffer.concat(messages.slice(sent, due)))
      sent = due
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  writeFileSync(spec.file, new Uint8Array(times.buffer))
}
