/** How the attributes of a session are to be read. Sessions that are read alike share the answer. */

import type { Negotiated } from '../../session/types.js'
import type { DecodeContext } from '../../wire/types.js'

/** Decode contexts by content: equal ones are one object, so that attribute blocks are known across sessions. */
export class DecodeContexts {
  readonly #known = new Map<string, DecodeContext>()

  /**
   * The context of a session with these terms.
   * @param rejectAsSet routes with an AS_SET are treated as withdrawn (RFC 9774)
   */
  of(terms: Negotiated, rejectAsSet: boolean): DecodeContext {
    const { peerType, as4 } = terms
    const extendedNextHop = terms.extendedNextHop.receive
    const key = `${peerType} ${as4} ${extendedNextHop} ${rejectAsSet}`
    let context = this.#known.get(key)
    if (context === undefined) {
      context = { id: this.#known.size, peerType, as4, rejectAsSet, extendedNextHop, aigp: false }
      this.#known.set(key, context)
    }
    return context
  }
}
