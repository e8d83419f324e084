/** A source of liveness for tests: who is dead is what the test says. */

import type { Death, Liveness, LivenessListener, NeighborDeath } from '../ports/liveness.js'

/** Calls neighbors and gateways dead, and alive again. Addresses are canonical text, with a zone if link-local. */
export class ManualLiveness implements Liveness {
  readonly name: string
  readonly bfd: boolean
  readonly #listeners = new Set<LivenessListener>()
  readonly #neighbors = new Map<string, NeighborDeath>()
  readonly #gateways = new Map<string, Death>()

  /**
   * @param name for people, and unique among the sources of a speaker
   * @param bfd sessions end as BFD ends them
   */
  constructor(name = 'BFD', bfd = name === 'BFD') {
    this.name = name
    this.bfd = bfd
  }

  follow(listener: LivenessListener): () => void {
    this.#listeners.add(listener)
    for (const [address, death] of this.#neighbors) listener.neighbor(address, death)
    for (const [address, death] of this.#gateways) listener.gateway(address, death)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** @param death left out: it is alive */
  neighbor(address: string, death?: NeighborDeath): void {
    if (death === undefined) this.#neighbors.delete(address)
    else this.#neighbors.set(address, death)
    for (const listener of this.#listeners) listener.neighbor(address, death)
  }

  /** @param cause half a sentence; left out: it is alive */
  gateway(address: string, cause?: string): void {
    const death = cause === undefined ? undefined : { cause }
    if (death === undefined) this.#gateways.delete(address)
    else this.#gateways.set(address, death)
    for (const listener of this.#listeners) listener.gateway(address, death)
  }
}
