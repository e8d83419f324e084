/**
 * Prefix lists ready for the hot path: prefixes come as octets, nothing is allocated, and the time does not grow
 * with the number of rules but with the number of different prefix lengths among them.
 */
import type { Family } from '../ip/family.js'
import { parsePrefix } from '../ip/prefix.js'
import { PrefixTable } from '../ip/prefix-table.js'
import type { PrefixRule } from './types.js'

/** A prefix list of one family: the first rule that matches decides, what matches none is not permitted. */
export class PrefixRules {
  /** The rules' prefixes; a rule that covers a route is found by looking up the route cut to its length. */
  readonly #table: PrefixTable
  /** Different lengths of rules' prefixes, ascending. */
  readonly #lengths: readonly number[]
  /** First rule of each prefix id, and the next rule of the same prefix; -1 at the end. */
  readonly #first: number[] = []
  readonly #next: number[] = []
  readonly #ge: number[] = []
  readonly #le: number[] = []
  readonly #permits: boolean[] = []

  /**
   * Compiles the rules of one family; those of the other match nothing.
   * @throws RangeError for a rule whose prefix is none, or whose lengths are not prefix length ≤ ge ≤ le ≤ width
   */
  constructor(rules: readonly PrefixRule[], family: Family) {
    this.#table = new PrefixTable(family, rules.length)
    const lengths = new Set<number>()
    const last: number[] = []
    for (const rule of rules) {
      const prefix = parsePrefix(rule.prefix)
      if (prefix === undefined) throw new RangeError(`'${rule.prefix}' in a prefix list is no prefix`)
      const width = prefix.bytes.length * 8
      if (rule.ge < prefix.length || rule.le < rule.ge || rule.le > width) {
        throw new RangeError(
          `prefix list entry ${rule.prefix}: lengths ${rule.ge} to ${rule.le} must lie between ${prefix.length} and ${width}, in this order`,
        )
      }
      if (prefix.family !== family) continue
      const id = this.#table.intern(prefix.bytes, 0, prefix.length)
      const index = this.#ge.length
      this.#ge.push(rule.ge)
      this.#le.push(rule.le)
      this.#permits.push(rule.action === 'permit')
      this.#next.push(-1)
      if (last[id] === undefined) this.#first[id] = index
      else this.#next[last[id]] = index
      last[id] = index
      lengths.add(prefix.length)
    }
    this.#lengths = [...lengths].sort((a, b) => a - b)
  }

  /** @param bytes address octets of a prefix from `offset`, of which those that hold its `bits` bits are read */
  permits(bytes: Uint8Array, offset: number, bits: number): boolean {
    let match = -1
    for (const length of this.#lengths) {
      if (length > bits) break
      const id = this.#table.find(bytes, offset, length)
      if (id < 0) continue
      let rule = this.#first[id]
      while (rule >= 0 && (bits < this.#ge[rule] || bits > this.#le[rule])) rule = this.#next[rule]
      if (rule >= 0 && (match < 0 || rule < match)) match = rule
    }
    return match >= 0 && this.#permits[match]
  }
}
