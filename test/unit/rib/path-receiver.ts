/** A neighbor that negotiated ADD-PATH: keeps what it is sent by prefix and identifier. */
import type { Family } from '../../../src/ip/family.js'
import { decodeUpdate } from '../../../src/wire/decode.js'
import type { DecodeContext, PathAttributes } from '../../../src/wire/types.js'
import { split } from './receiver.js'

export class PathReceiver {
  /** Attributes by identifier, by prefix text. */
  readonly routes = new Map<string, Map<number, PathAttributes>>()
  readonly context: DecodeContext
  readonly family: Family
  endOfRibs = 0
  /** Announcements of what it already had. */
  duplicates = 0
  /** Paths held. */
  count = 0
  largest = 0

  constructor(context: DecodeContext, family: Family = 'ipv4-unicast') {
    this.context = context
    this.family = family
  }

  /** The paths of a prefix, by identifier. */
  paths(prefix: string): ReadonlyMap<number, PathAttributes> {
    return this.routes.get(prefix) ?? new Map()
  }

  /** @throws Error for a malformed message, or one that withdraws what was not there */
  take(bytes: Uint8Array): void {
    for (const message of split(bytes)) {
      this.largest = Math.max(this.largest, message.length)
      const update = decodeUpdate(message, this.context, [this.family])
      if (update.verdict !== 'none') throw new Error(`sent with a fault: ${update.faults[0].text}`)
      if (update.endOfRib !== undefined) {
        this.endOfRibs++
        continue
      }
      for (const { prefix, pathId } of update.withdrawn) {
        if (!this.routes.get(prefix)?.delete(pathId ?? -1)) {
          throw new Error(`${prefix} ${pathId} is withdrawn but was not there`)
        }
        this.count--
      }
      for (const { prefix, pathId } of update.announced) {
        if (pathId === undefined) throw new Error(`${prefix} has no path identifier`)
        const paths = this.routes.get(prefix) ?? new Map<number, PathAttributes>()
        this.routes.set(prefix, paths)
        const known = paths.get(pathId)
        if (known === undefined) this.count++
        else if (JSON.stringify(known) === JSON.stringify(update.attributes)) this.duplicates++
        paths.set(pathId, update.attributes)
      }
    }
  }
}
