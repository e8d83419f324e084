/** Who is dead, by whose word and since when: what the sources of liveness say, kept until they take it back. */

import type { Death, Liveness } from '../../ports/liveness.js'

/** A death as one source says it. */
export interface DeathRecord<D extends Death = Death> {
  readonly source: Pick<Liveness, 'name' | 'bfd'>
  readonly death: D
  /** Wall time at which this source said it first, milliseconds. */
  readonly since: number
}

const NONE: readonly never[] = []

/** The deaths of neighbors, or of gateways, by address. */
export class Deaths<D extends Death> {
  readonly #records = new Map<string, readonly DeathRecord<D>[]>()

  /** True when nobody is dead. */
  get empty(): boolean {
    return this.#records.size === 0
  }

  /** Every source's word, the earliest first; empty for one that is alive. */
  of(address: string): readonly DeathRecord<D>[] {
    return this.#records.get(address) ?? NONE
  }

  /**
   * Notes what a source says.
   * @param death undefined: it is alive
   * @param wall milliseconds since 1970
   * @returns what the same source said before; undefined: that it was alive
   */
  note(address: string, source: Liveness, death: D | undefined, wall: number): DeathRecord<D> | undefined {
    const records = this.of(address)
    const before = records.find((record) => record.source.name === source.name)
    const others = records.filter((record) => record !== before)
    if (death !== undefined) {
      const after = { source, death, since: before?.since ?? wall }
      this.#records.set(
        address,
        [...others, after].sort((a, b) => a.since - b.since),
      )
    } else if (others.length > 0) this.#records.set(address, others)
    else this.#records.delete(address)
    return before
  }
}

/** 'BFD: control detection time expired'. */
export function deathCause(source: Pick<Liveness, 'name'>, death: Death): string {
  return `${source.name}: ${death.cause}`
}

/** '192.0.2.1 is dead: BFD: control detection time expired; neighbor table: FAILED'. */
export function deathText(
  address: string,
  records: readonly { readonly source: Pick<Liveness, 'name'>; readonly death: Death }[],
): string {
  return `${address} is dead: ${records.map(({ source, death }) => deathCause(source, death)).join('; ')}`
}
