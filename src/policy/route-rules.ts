/**
 * Prefix list, AS path list and route map of a neighbor, ready for the hot path.
 *
 * What becomes of a route depends on its attribute set and on which prefix conditions its prefix meets. For each
 * set the answers are kept as a small tree: an inner node asks one prefix condition, a leaf says what comes out.
 * The tree grows as routes ask; a route whose like was seen before costs a look at the conditions on the way and
 * nothing is allocated. It goes when the set is freed.
 */
import type { Family } from '../ip/family.js'
import { POLICY_WEIGHT } from '../wire/policy-flags.js'
import type { PathAttributes } from '../wire/types.js'
import { changeOf, type RouteDraft } from './changes.js'
import { asPathCondition, type Condition, conditionsOf } from './conditions.js'
import { PrefixRules } from './prefix-rules.js'
import type { NamedList, PrefixRule, RouteRule, RulePolicy } from './types.js'

/** Attribute sets as policies see them (rib/attributes/attributes.ts). */
export interface PolicyAttributes {
  get(id: number): PathAttributes
  /** What earlier policies noted on a set (wire/policy-flags.ts). */
  policyFlagsOf(id: number): number
  internAttributes(attributes: PathAttributes, policyFlags: number): number
  retain(id: number): void
  release(id: number): void
  /** Calls `listener` with each id that is freed. @returns undo */
  onFree(listener: (id: number) => void): () => void
}

/** A condition on the prefix. */
type PrefixCondition = (bytes: Uint8Array, offset: number, bits: number) => boolean

interface Entry {
  readonly permits: boolean
  /** Indices of prefix conditions; one of each list must hold. */
  readonly prefixes: readonly (readonly number[])[]
  readonly conditions: readonly Condition[]
  readonly change: ((draft: RouteDraft) => RouteDraft) | undefined
  /** Index of the entry to go on with after a match; -1: none. */
  readonly next: number
}

const LEAF = -1
const FREE = -2

export class RouteRules {
  readonly #attributes: PolicyAttributes
  readonly #unsubscribe: () => void
  readonly #prefixConditions: PrefixCondition[] = []
  readonly #known = new Map<string, number>()
  readonly #prefixList: number = -1
  readonly #asPathList: Condition | undefined
  readonly #entries: readonly Entry[] | undefined
  /** Root node by attribute set; 0 for none yet. */
  #root = new Int32Array(1024)
  /** Of a node: the prefix condition that it asks, LEAF or FREE. */
  #ask = new Int32Array(256)
  /** Node for an answer, 0 for none yet; of a leaf #yes is what comes out, of a free node the next free one. */
  #yes = new Int32Array(256)
  #no = new Int32Array(256)
  #limit = 1
  #free = 0

  /** @throws RangeError for a prefix rule, SyntaxError for a regular expression that can't be compiled */
  constructor(policy: RulePolicy, family: Family, attributes: PolicyAttributes, direction: 'in' | 'out') {
    const { prefixList, asPathList, routeMap } = policy
    this.#attributes = attributes
    if (prefixList !== undefined) this.#prefixList = this.#listCondition(prefixList, family)
    if (asPathList !== undefined) this.#asPathList = asPathCondition(asPathList)
    if (routeMap !== undefined) {
      const { rules } = routeMap
      this.#entries = rules.map((rule) => this.#entry(rule, rules, family, direction))
    }
    this.#unsubscribe = attributes.onFree((id) => this.#forget(id))
  }

  /** As CompiledPolicy says. */
  apply(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    let node = attribute < this.#root.length ? this.#root[attribute] : 0
    while (node !== 0 && this.#ask[node] >= 0) {
      const holds = this.#prefixConditions[this.#ask[node]](bytes, offset, bits)
      node = holds ? this.#yes[node] : this.#no[node]
    }
    return node !== 0 ? this.#yes[node] : this.#grow(bytes, offset, bits, attribute)
  }

  /** Gives up what is kept of attribute sets. */
  close(): void {
    this.#unsubscribe()
    for (let id = 0; id < this.#root.length; id++) this.#forget(id)
  }

  /** Nodes in use, for tests. */
  get size(): number {
    let free = 0
    for (let node = this.#free; node !== 0; node = this.#yes[node]) free++
    return this.#limit - 1 - free
  }

  /** Adds the nodes that are missing on a route's way, and says what comes out of it. */
  #grow(bytes: Uint8Array, offset: number, bits: number, attribute: number): number {
    if (attribute >= this.#root.length) {
      const root = new Int32Array(Math.max(attribute + 1, this.#root.length * 2))
      root.set(this.#root)
      this.#root = root
    }
    const answers = new Map<number, boolean>()
    let node = this.#root[attribute]
    let parent = 0
    let holds = false
    for (;;) {
      if (node === 0) {
        node = this.#make(attribute, answers)
        if (parent === 0) this.#root[attribute] = node
        else if (holds) this.#yes[parent] = node
        else this.#no[parent] = node
      }
      const ask = this.#ask[node]
      if (ask < 0) return this.#yes[node]
      holds = this.#prefixConditions[ask](bytes, offset, bits)
      answers.set(ask, holds)
      parent = node
      node = holds ? this.#yes[node] : this.#no[node]
    }
  }

  /** A node that asks the next condition that matters, or a leaf. */
  #make(attribute: number, answers: ReadonlyMap<number, boolean>): number {
    const result = this.#evaluate(attribute, answers)
    if ('ask' in result) return this.#allocate(result.ask, 0)
    if (result.out !== 0 && result.out !== attribute) this.#attributes.retain(result.out)
    return this.#allocate(LEAF, result.out)
  }

  /** The policy as it is read: from the top, as far as the answers go. */
  #evaluate(attribute: number, answers: ReadonlyMap<number, boolean>): { ask: number } | { out: number } {
    let draft: RouteDraft | undefined
    let changed = false
    const read = () => {
      draft ??= this.#read(attribute)
      return draft
    }
    if (this.#prefixList >= 0) {
      const holds = answers.get(this.#prefixList)
      if (holds === undefined) return { ask: this.#prefixList }
      if (!holds) return { out: 0 }
    }
    if (this.#asPathList !== undefined && !this.#asPathList(read().attributes)) return { out: 0 }
    const entries = this.#entries
    let permitted = entries === undefined
    for (let at = 0; entries !== undefined && at >= 0 && at < entries.length; ) {
      const entry = entries[at]
      const unknown = entry.conditions.every((condition) => condition(read().attributes))
        ? askOf(entry, answers)
        : false
      if (typeof unknown === 'number') return { ask: unknown }
      if (!unknown) {
        at++
        continue
      }
      if (!entry.permits) return { out: 0 }
      permitted = true
      if (entry.change !== undefined) {
        draft = entry.change(read())
        changed = true
      }
      at = entry.next
    }
    if (!permitted) return { out: 0 }
    if (!changed || draft === undefined) return { out: attribute }
    return { out: this.#attributes.internAttributes(draft.attributes, draft.policyFlags) }
  }

  /** The set as it comes: a weight stays with it, what only concerns the way out is made anew there. */
  #read(attribute: number): RouteDraft {
    const policyFlags = this.#attributes.policyFlagsOf(attribute)
    return {
      attributes: this.#attributes.get(attribute),
      policyFlags: policyFlags & (POLICY_WEIGHT | 0xffff),
    }
  }

  #entry(rule: RouteRule, rules: readonly RouteRule[], family: Family, direction: 'in' | 'out'): Entry {
    const { prefixLists, prefixLength } = rule.match
    const prefixes: (readonly number[])[] = []
    if (prefixLists !== undefined) prefixes.push(prefixLists.map((list) => this.#listCondition(list, family)))
    if (prefixLength !== undefined) {
      const { ge, le } = prefixLength
      prefixes.push([this.#condition(`length ${ge}-${le}`, () => (_, __, bits) => bits >= ge && bits <= le)])
    }
    const target = rule.continue
    return {
      permits: rule.action === 'permit',
      prefixes,
      conditions: conditionsOf(rule.match),
      change: changeOf(rule.set, direction),
      next: target === undefined ? -1 : rules.findIndex(({ seq }) => seq >= target && seq > rule.seq),
    }
  }

  #listCondition({ rules }: NamedList<PrefixRule>, family: Family): number {
    return this.#condition(JSON.stringify(rules), () => {
      const list = new PrefixRules(rules, family)
      return (bytes, offset, bits) => list.permits(bytes, offset, bits)
    })
  }

  /** Index of a prefix condition; equal ones are asked once. */
  #condition(key: string, make: () => PrefixCondition): number {
    let index = this.#known.get(key)
    if (index === undefined) {
      index = this.#prefixConditions.push(make()) - 1
      this.#known.set(key, index)
    }
    return index
  }

  #allocate(ask: number, yes: number): number {
    let node = this.#free
    if (node !== 0) this.#free = this.#yes[node]
    else {
      node = this.#limit++
      if (node === this.#ask.length) {
        this.#ask = doubled(this.#ask)
        this.#yes = doubled(this.#yes)
        this.#no = doubled(this.#no)
      }
    }
    this.#ask[node] = ask
    this.#yes[node] = yes
    this.#no[node] = 0
    return node
  }

  #forget(attribute: number): void {
    if (attribute >= this.#root.length || this.#root[attribute] === 0) return
    const nodes = [this.#root[attribute]]
    this.#root[attribute] = 0
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      if (this.#ask[node] === LEAF) {
        const out = this.#yes[node]
        if (out !== 0 && out !== attribute) this.#attributes.release(out)
      } else for (const child of [this.#yes[node], this.#no[node]]) if (child !== 0) nodes.push(child)
      this.#ask[node] = FREE
      this.#yes[node] = this.#free
      this.#free = node
    }
  }
}

/** Whether an entry's prefix conditions hold, or the index of the one that has to be asked first. */
function askOf({ prefixes }: Entry, answers: ReadonlyMap<number, boolean>): boolean | number {
  for (const alternatives of prefixes) {
    let met = false
    for (const index of alternatives) {
      const holds = answers.get(index)
      if (holds === undefined) return index
      if (holds) {
        met = true
        break
      }
    }
    if (!met) return false
  }
  return true
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(column.length * 2)
  grown.set(column)
  return grown
}
