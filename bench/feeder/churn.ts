import { announcement } from '../bytes/messages.js'
import { nlri4 } from '../bytes/prefixes.js'
import type { ChurnSpec } from './protocol.js'
import type { Session } from './session.js'

/** Attributes of the change with this number. */
export const changeCommunity = (number: number): number => number >>> 0

/**
 * Sends changes at an even rate: host routes in turn, each time with the other next hop and with the change's
 * number as community. What is due is written every millisecond or so.
 */
export async function churn(spec: ChurnSpec, session: Session): Promise<void> {
  const total = spec.rate * spec.seconds
  const began = performance.now()
  let sent = 0
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) * spec.rate) / 1000))
    const batch: Buffer[] = []
    for (; sent < due; sent++) batch.push(changeMessage(spec, session.peer.as, sent))
    if (batch.length) session.write(Buffer.concat(batch))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** UPDATE of a change. */
export function changeMessage(spec: ChurnSpec, as: number, number: number): Buffer {
  const round = Math.floor(number / spec.prefixes)
  const nextHop = spec.nextHops[(round + 1) % 2]
  const nlri = nlri4(0x10000000 + (number % spec.prefixes), 32)
  return announcement({ asPath: [as], nextHop, communities: [changeCommunity(number)] }, 'ipv4-unicast', nlri)
}
