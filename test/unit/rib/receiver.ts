/** A neighbor that keeps what it is sent, and minds what it should not be sent. */
import { decodeUpdate } from '../../../src/wire/decode.js'
import type { DecodeContext, PathAttributes } from '../../../src/wire/types.js'

/** The messages, one behind the other in `bytes`, apart. */
export function split(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at + 16] << 8) | bytes[at + 17]
    messages.push(bytes.subarray(at, at + length))
    at += length
  }
  return messages
}

export class Receiver {
  /** Attributes by prefix text. */
  readonly routes = new Map<string, PathAttributes>()
  readonly context: DecodeContext
  announced = 0
  withdrawn = 0
  updates = 0
  endOfRibs = 0
  /** Announcements of what it already had. */
  duplicates = 0
  largest = 0

  constructor(context: DecodeContext) {
    this.context = context
  }

  /** @throws Error for a malformed message, or one that withdraws what was not there */
  take(bytes: Uint8Array): void {
    for (const message of split(bytes)) {
      this.largest = Math.max(this.largest, message.length)
      const update = decodeUpdate(message, this.context)
      if (update.verdict !== 'none') throw new Error(`sent with a fault: ${update.faults[0].text}`)
      if (update.endOfRib !== undefined) {
        this.endOfRibs++
        continue
      }
      this.updates++
      if (update.withdrawn.length > 0 && update.announced.length > 0) throw new Error('mixed UPDATE')
      for (const { prefix } of update.withdrawn) {
        this.withdrawn++
        if (!this.routes.delete(prefix)) throw new Error(`${prefix} is withdrawn but was not there`)
      }
      for (const { prefix } of update.announced) {
        this.announced++
        const known = this.routes.get(prefix)
        if (JSON.stringify(known) === JSON.stringify(update.attributes)) this.duplicates++
        this.routes.set(prefix, update.attributes)
      }
    }
  }
}
