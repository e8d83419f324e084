/**
 * A default route that is sent whatever the table holds (`default-originate`), and the conditions that it depends on.
 */

import type { CompiledPolicy } from '../../policy/route-policy.js'
import { compilePolicy } from '../../policy/route-policy.js'
import type { RouteRule } from '../../policy/types.js'
import type { ChangeBatch } from '../../rib/store/types.js'
import type { Rib } from '../../rib/table.js'
import type { DefaultOriginateOptions } from '../model/announce-options.js'

/** ORIGIN IGP, no AS_PATH. */
const PLAIN = { origin: 0, asPath: [] }
const NO_OCTETS = new Uint8Array(0)

/** An entry of the route map: which prefixes of the table meet its conditions, and what it makes of the route. */
interface Entry {
  readonly permits: boolean
  /** Undefined: there are no conditions. */
  readonly filter: CompiledPolicy | undefined
  /** 1 for each prefix whose best path meets them; `count` of them. */
  met: Uint8Array
  count: number
  readonly attribute: number
}

/**
 * A default route that neighbors of one update group are sent, and what decides about it (see
 * DefaultOriginateOptions): one look for each change of the table, never one over the table but at the start.
 */
export class DefaultRoute {
  readonly #rib: Rib
  readonly #changed: (attribute: number) => void
  readonly #entries: Entry[]
  readonly #unsubscribe: () => void
  readonly #octets = new Uint8Array(16)
  #attribute = 0

  /** @param changed is called with the attribute set to send the default route with, 0: not at all; at once, too */
  constructor(rib: Rib, options: DefaultOriginateOptions, changed: (attribute: number) => void) {
    this.#rib = rib
    this.#changed = changed
    const rules = options.routeMap?.rules ?? [{ seq: 10, action: 'permit', match: {}, set: {} }]
    this.#entries = rules.map((rule) => this.#entry(rule))
    const conditional = this.#entries.some(({ filter }) => filter !== undefined)
    if (conditional) {
      for (let prefix = 0; prefix < rib.prefixes.limit; prefix++) {
        if (rib.best(prefix) !== 0) this.#look(prefix)
      }
    }
    this.#unsubscribe = conditional ? rib.subscribe((batch) => this.#update(batch)) : () => {}
    this.#decide()
  }

  close(): void {
    this.#unsubscribe()
    for (const { filter, attribute } of this.#entries) {
      filter?.close?.()
      this.#rib.attributes.release(attribute)
    }
  }

  #entry(rule: RouteRule): Entry {
    const { attributes, family } = this.#rib
    const map = (entry: RouteRule) => ({ routeMap: { name: '', rules: [entry] } })
    const conditions = Object.keys(rule.match).length > 0
    const { match, set, seq } = rule
    const plain = attributes.internAttributes(PLAIN)
    attributes.retain(plain)
    const maker = compilePolicy(map({ seq, action: 'permit', match: {}, set }), family, attributes, 'out')
    const attribute = maker?.apply(NO_OCTETS, 0, 0, plain) ?? plain
    attributes.retain(attribute)
    attributes.release(plain)
    maker?.close?.()
    return {
      permits: rule.action === 'permit',
      filter: conditions
        ? compilePolicy(map({ seq, action: 'permit', match, set: {} }), family, attributes, 'out')
        : undefined,
      met: new Uint8Array(conditions ? 1024 : 0),
      count: 0,
      attribute,
    }
  }

  #update(batch: ChangeBatch): void {
    for (let i = 0; i < batch.count; i++) this.#look(batch.prefixes[i])
    this.#decide()
  }

  #look(prefix: number): void {
    const rib = this.#rib
    const path = rib.best(prefix)
    if (path !== 0) rib.prefixes.writeAddress(prefix, this.#octets, 0)
    for (const entry of this.#entries) {
      const { filter } = entry
      if (filter === undefined) continue
      const meets =
        path !== 0 && filter.apply(this.#octets, 0, rib.prefixes.length(prefix), rib.attributeOf(path)) !== 0
      if (prefix >= entry.met.length) {
        const grown = new Uint8Array(Math.max(prefix + 1, entry.met.length * 2))
        grown.set(entry.met)
        entry.met = grown
      }
      const value = meets ? 1 : 0
      entry.count += value - entry.met[prefix]
      entry.met[prefix] = value
    }
  }

  #decide(): void {
    const entry = this.#entries.find(({ filter, count }) => filter === undefined || count > 0)
    const attribute = entry?.permits ? entry.attribute : 0
    if (attribute === this.#attribute) return
    this.#attribute = attribute
    this.#changed(attribute)
  }
}
