/**
 * Own routes as a whole: follows the options and the routes of this machine, and keeps the tables of own routes up to
 * date.
 */

import { formatIPv4 } from '../../ip/address.js'
import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { Log } from '../../ports/log.js'
import type { MachineRouteChange, MachineRoutes } from '../../ports/machine-routes.js'
import type { Rib } from '../../rib/table.js'
import type { SpeakerOptions } from '../model/options.js'
import type { Work } from '../turn/work.js'
import { type OwnIdentity, OwnTable } from './own-table.js'

/** Routes of the machine that are looked at in one go; more of them wait for their turn. */
const AT_ONCE = 500
/** Milliseconds that a start waits for the first reading of the machine's routes. */
const LONGEST_WAIT = 2000

export interface OwnRoutesParts {
  readonly clock: Clock
  readonly log: Log
  readonly work: Work
  /** Left out: nobody knows the machine's routes. */
  readonly machine: MachineRoutes | undefined
  readonly ribs: Iterable<Rib>
  options(): SpeakerOptions
  /** Paths have changed: they are to be decided. */
  decide(): void
}

/**
 * Routes that the speaker itself originates: networks, redistributed routes of the machine, aggregates. They are
 * paths of source 0 in the tables, without next hop: neighbors get the own address, the kernel gets nothing.
 */
export class OwnRoutes {
  readonly #parts: OwnRoutesParts
  readonly #tables = new Map<Family, OwnTable>()
  #options: SpeakerOptions
  #identity: OwnIdentity
  #unfollow: (() => void) | undefined
  /** The machine's routes are known. */
  #known = false
  /** Called when the machine's routes have come for the first time. */
  #read: (() => void) | undefined
  /** Prefixes that wait to be refreshed, by family. */
  readonly #waiting = new Map<Family, Set<string>>()
  #working = false

  constructor(parts: OwnRoutesParts) {
    this.#parts = parts
    this.#options = parts.options()
    this.#identity = identityOf(this.#options)
    for (const rib of parts.ribs) {
      this.#tables.set(rib.family, new OwnTable(rib, this.#identity, () => parts.clock.wall()))
      this.#waiting.set(rib.family, new Set())
    }
  }

  /**
   * Puts the own routes into the tables; resolves when those of the machine are among them, or are too long in
   * coming, so that a neighbor's first dump has them.
   */
  async start(): Promise<void> {
    this.#configure()
    if (this.#unfollow === undefined) return
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(LONGEST_WAIT, () => {
        this.#parts.log.warn({}, 'the routes of this machine are not known yet: they are announced later')
        resolve()
      })
      this.#read = () => {
        cancel()
        resolve()
      }
    })
  }

  /**
   * The options changed.
   * @returns whether neighbors may have to be sent other routes of the tables than before
   */
  changed(): boolean {
    const options = this.#parts.options()
    if (options.localAs !== this.#options.localAs || options.routerId !== this.#options.routerId) {
      this.#identity = identityOf(options)
    }
    this.#options = options
    return this.#configure()
  }

  /** After a decision: aggregates follow their more specific routes. */
  follow(): void {
    for (const table of this.#tables.values()) table.follow()
  }

  close(): void {
    this.#unfollow?.()
    this.#unfollow = undefined
  }

  #configure(): boolean {
    const { announce } = this.#options
    let suppression = false
    let needed = false
    for (const table of this.#tables.values()) {
      suppression = table.configure(announce, this.#identity) || suppression
      needed ||= table.needsMachine
    }
    if (needed) {
      this.#followMachine()
      if (this.#known) this.#sayWaiting()
    } else if (this.#unfollow !== undefined) {
      this.#unfollow()
      this.#unfollow = undefined
      this.#known = false
      for (const table of this.#tables.values())
        for (const prefix of table.noted()) table.note(prefix, undefined)
    }
    return suppression
  }

  #followMachine(): void {
    const { machine, log } = this.#parts
    if (this.#unfollow !== undefined) return
    if (machine === undefined) {
      log.error({}, 'the routes of this machine can’t be read here: what depends on them is not announced')
      return
    }
    this.#unfollow = machine.follow((changes) => this.#machineChanged(changes))
  }

  #machineChanged(changes: readonly MachineRouteChange[]): void {
    for (const { family, prefix, route } of changes) {
      if (this.#tables.get(family)?.note(prefix, route)) this.#waiting.get(family)?.add(prefix)
    }
    if (this.#refresh()) this.#parts.decide()
    else this.#refreshLater()
    if (!this.#known) {
      this.#known = true
      this.#sayWaiting()
    }
    this.#read?.()
    this.#read = undefined
  }

  /** Who configures a network and sees nothing of it has to learn why. */
  #sayWaiting(): void {
    for (const table of this.#tables.values()) {
      for (const prefix of table.waiting()) {
        this.#parts.log.warn(
          { prefix },
          `network ${prefix} is not announced: this machine has no route for exactly this prefix; add one, or announce it without (ifInTable: false, \`no bgp network import-check\`)`,
        )
      }
    }
  }

  #refreshLater(): void {
    if (this.#working) return
    this.#working = true
    // The end of each slice decides.
    this.#parts.work.add({
      step: () => this.#refresh(),
      done: () => {
        this.#working = false
      },
    })
  }

  /** Refreshes some of the waiting prefixes. @returns true when none is left */
  #refresh(): boolean {
    let left = AT_ONCE
    for (const [family, waiting] of this.#waiting) {
      const table = this.#tables.get(family)!
      for (const prefix of waiting) {
        if (left-- === 0) return false
        waiting.delete(prefix)
        table.refresh(prefix)
      }
    }
    return true
  }
}

function identityOf({ localAs, routerId }: SpeakerOptions): OwnIdentity {
  return { localAs, routerId, routerAddress: formatIPv4(routerId) }
}
