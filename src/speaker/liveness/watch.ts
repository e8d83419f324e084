/** Follows the sources of liveness (ports/liveness.ts) and says what changes because of their word. */

import type { Clock } from '../../ports/clock.js'
import type { Death, Liveness, NeighborDeath } from '../../ports/liveness.js'
import type { Log } from '../../ports/log.js'
import type { Events } from '../events/events.js'
import { type DeathRecord, Deaths, deathCause, deathText } from './deaths.js'

/** What the watch needs of the speaker, and what it makes it do. */
export interface WatchParts {
  readonly clock: Clock
  readonly log: Log
  readonly events: Events
  /** Empty: nothing is followed, and nobody is ever dead. */
  readonly sources: readonly Liveness[]
  /** A source says that a neighbor is dead, or worse than before: its session ends. */
  neighborDied(address: string, source: Liveness, death: NeighborDeath): void
  /** No source keeps the neighbor down any longer. */
  neighborReleased(address: string): void
  /** Paths through the gateway are out of use (`deaths` has it), or can be used again. */
  gatewayChanged(address: string): void
}

/** Who is dead. A neighbor or gateway is alive when no source says otherwise. */
export class LivenessWatch {
  readonly neighbors = new Deaths<NeighborDeath>()
  readonly gateways = new Deaths<Death>()
  readonly #parts: WatchParts
  #ends: (() => void)[] = []

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  /** Begins to follow: deaths that are known already count from now on. */
  start(): void {
    for (const source of this.#parts.sources) {
      const end = source.follow({
        neighbor: (address, death) => this.#neighbor(source, address, death),
        gateway: (address, death) => this.#gateway(source, address, death),
      })
      this.#ends.push(end)
    }
  }

  stop(): void {
    for (const end of this.#ends) end()
    this.#ends = []
  }

  /** Why a neighbor is to have no session, one sentence; undefined: it may (strict mode). */
  keptDown(address: string): string | undefined {
    if (this.neighbors.empty) return undefined
    const strict = this.neighbors.of(address).filter(({ death }) => death.strict)
    return strict.length === 0 ? undefined : deathText(address, strict)
  }

  #neighbor(source: Liveness, address: string, death: NeighborDeath | undefined): void {
    const keptDown = this.keptDown(address) !== undefined
    const before = this.neighbors.note(address, source, death, this.#parts.clock.wall())
    if (death !== undefined) {
      const worse =
        (death.forwardingDead && before?.death.forwardingDead === false) ||
        (death.strict && before?.death.strict !== true)
      if (before === undefined || worse) this.#parts.neighborDied(address, source, death)
    }
    // Alive, or dead without `strict` any more.
    if (keptDown && this.keptDown(address) === undefined) this.#parts.neighborReleased(address)
    this.#tell('neighbor', address, source, before, death, this.neighbors.of(address))
  }

  #gateway(source: Liveness, address: string, death: Death | undefined): void {
    const was = this.gateways.of(address).length > 0
    const before = this.gateways.note(address, source, death, this.#parts.clock.wall())
    const records = this.gateways.of(address)
    if (was !== records.length > 0) this.#parts.gatewayChanged(address)
    this.#tell('gateway', address, source, before, death, records)
  }

  /** Says what a source has said, unless it is only another cause. @param records of all sources, now */
  #tell(
    subject: 'neighbor' | 'gateway',
    address: string,
    source: Liveness,
    before: DeathRecord | undefined,
    death: Death | undefined,
    records: readonly DeathRecord[],
  ): void {
    if ((before === undefined) === (death === undefined)) return
    const { log, events } = this.#parts
    const { name } = source
    const fields = { [subject]: address, source: name }
    if (death !== undefined) log.warn(fields, `${subject} ${address} is dead: ${deathCause(source, death)}`)
    else if (records.length === 0) log.info(fields, `${subject} ${address} is alive again: ${name}`)
    else log.info(fields, `${subject} ${deathText(address, records)}; alive, says ${name}`)
    events.add({
      ...{ type: 'liveness', subject, address, source: name },
      ...{ change: death === undefined ? 'alive' : 'dead', dead: records.length > 0 },
      cause: death?.cause,
    })
  }
}
