/**
 * The tables of both families and the round that decides what has changed: the middle of the way of an UPDATE, between
 * reading it (inbound/) and what follows from it (change-bus.ts).
 */

import { FAMILIES, type Family } from '../../ip/family.js'
import { PrefixTable } from '../../ip/prefix-table.js'
import type { Clock } from '../../ports/clock.js'
import type { FibPort } from '../../ports/fib.js'
import { AttributeTable } from '../../rib/attributes/attributes.js'
import { NextHopSets } from '../../rib/attributes/next-hop-sets.js'
import { NextHops } from '../../rib/attributes/next-hops.js'
import { Rib } from '../../rib/table.js'
import type { DecisionOptions } from '../model/options.js'
import type { SpeakerSizes } from '../model/sizes.js'
import type { Work } from '../turn/work.js'
import { ChangeBus } from './change-bus.js'

/** Prefixes decided between two looks at the clock. */
const DECIDE_STEP = 1024
/** Milliseconds that deciding may take in one turn; a small change is far below. */
const DECIDE_BUDGET = 8

/** Both families' tables with what they share, and the turn-wise running of the decision over them. */
export class Tables {
  readonly nextHops: NextHops
  readonly attributes: AttributeTable
  readonly bus: ChangeBus
  readonly #clock: Clock
  readonly #work: Work
  readonly #ribs: ReadonlyMap<Family, Rib>
  /** Called after each round of decisions. */
  #decided = () => {}
  /** Called after each batch. */
  #batch = () => {}
  #deciding = false
  #working = false

  /**
   * @param seed of the hash tables: an unsigned 32-bit number that neighbors can't guess
   */
  constructor(parts: {
    clock: Clock
    work: Work
    fib: FibPort | undefined
    decision: DecisionOptions
    seed: number
  }) {
    const { decision, seed } = parts
    this.#clock = parts.clock
    this.#work = parts.work
    const nextHopSets = new NextHopSets()
    this.nextHops = new NextHops(nextHopSets)
    this.attributes = new AttributeTable(this.nextHops, 1024, seed)
    this.bus = new ChangeBus(parts.fib)
    const shared = { attributes: this.attributes, nextHops: this.nextHops, nextHopSets }
    this.#ribs = new Map(
      FAMILIES.map((family) => {
        const rib = new Rib({ prefixes: new PrefixTable(family, 1024, seed), ...shared }, decision)
        this.bus.attach(rib)
        return [family, rib]
      }),
    )
  }

  /**
   * Names who goes on with what was decided; nobody before this.
   * @param after.batch runs after each batch of a round: what it changes in the tables is decided in the same round
   * @param after.decided runs after each round of decisions, when the kernel has its lines
   */
  follow(after: { batch(): void; decided(): void }): void {
    this.#batch = after.batch
    this.#decided = after.decided
  }

  rib(family: Family): Rib {
    return this.#ribs.get(family) as Rib
  }

  ribs(): Iterable<Rib> {
    return this.#ribs.values()
  }

  /**
   * Decides what has changed and hands on what follows from it: the kernel at once, so that no packet waits
   * for a batch to fill. What does not fit the turn goes on in slices.
   */
  decide(): void {
    if (this.#deciding) return
    this.#deciding = true
    try {
      // Slices go on with it anyway: a thousand timers or ends of sessions in one turn add nothing to that.
      if (!this.#working || !this.#work.exhausted()) this.#decideSlice()
      // Without a decision, too: attribute sets of routes that nobody took (a family not negotiated) must go.
      this.attributes.reclaim()
      this.#decided()
    } finally {
      this.#deciding = false
    }
    if (this.#working || !this.pending) return
    this.#working = true
    this.#work.add({
      // The end of each slice decides, and tells the kernel.
      step: () => {
        this.#decideSlice()
        return !this.pending
      },
      done: () => {
        this.#working = false
      },
    })
  }

  /** How much the tables hold. */
  sizes(): Pick<SpeakerSizes, 'prefixes' | 'paths' | 'attributeSets' | 'nextHops' | 'nextHopSets'> {
    let prefixes = 0
    let paths = 0
    for (const rib of this.#ribs.values()) {
      prefixes += rib.prefixes.size
      paths += rib.pathCount
    }
    const nextHopSets = this.rib('ipv4-unicast').nextHopSets.size
    return {
      prefixes,
      paths,
      attributeSets: this.attributes.size,
      nextHops: this.nextHops.count,
      nextHopSets,
    }
  }

  /** True while prefixes wait for the decision. */
  get pending(): boolean {
    for (const rib of this.#ribs.values()) if (rib.pending > 0) return true
    return false
  }

  #decideSlice(): void {
    const end = this.#clock.now() + DECIDE_BUDGET
    for (const rib of this.#ribs.values()) {
      while (rib.pending > 0) {
        rib.decide(DECIDE_STEP)
        this.#batch()
        if (this.#clock.now() >= end) return
      }
    }
  }
}
