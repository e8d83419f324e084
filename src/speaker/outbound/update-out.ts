/** From the Adj-RIB-Out to the connection: writing to each member of an update group. */

import type { Family } from '../../ip/family.js'
import type { Clock } from '../../ports/clock.js'
import type { AdvertisedChange, RouteAttributes } from '../../ports/observer.js'
import { BlockStore } from '../../rib/attributes/block-store.js'
import { AdvertisedNlri } from '../../rib/out/advertised-nlri.js'
import { Packer } from '../../rib/out/bucket.js'
import type { OutMember } from '../../rib/out/out-member.js'
import { MessageType } from '../../wire/codes.js'
import { encodeEndOfRib } from '../../wire/update.js'
import type { FamilyOptions } from '../model/options.js'
import type { SpeakerSizes } from '../model/sizes.js'
import type { SentPiece, SentWatch } from '../observers/sent-watch.js'
import { sentAttributes } from '../observers/values.js'
import type { ConnectionDriver } from '../peer/connection-driver.js'
import type { NextHopTracking } from '../tables/next-hop-tracking.js'
import type { Tables } from '../tables/tables.js'
import { MraiTimer } from '../turn/mrai-timer.js'
import type { Task, Work } from '../turn/work.js'
import type { ExportSession } from './export-session.js'
import { maximumOf, type UpdateGroup, UpdateGroups } from './update-groups.js'

/** Milliseconds that writing to one neighbor may take in one turn. */
const PUMP_BUDGET = 4

/** Rows that are looked at for one piece of what a neighbor has been sent. */
const SENT_STEP = 1024

/** Stands in the place of a marker where something is to be done, not sent, when a dump is complete. */
const DUMPED = new Uint8Array(0)

/** What a neighbor is sent of one family, from Established on. */
export interface RouteSender {
  readonly family: Family
  readonly driver: ConnectionDriver
  /** Undefined: nothing is exported; the End-of-RIB alone went out. */
  group: UpdateGroup | undefined
  member: OutMember | undefined
  /** What the neighbor holds from a former policy, to be withdrawn where the new one does not send it. */
  former: { readonly nlri: AdvertisedNlri; readonly maximumMessage: number } | undefined
  readonly marker: Uint8Array
  markerSent(): void
  /** A dump that was asked for again is complete. */
  resent(): void
  /** The End-of-RIB went out. */
  endOfRibSent: boolean
  /** Writing that goes on in slices. */
  task: Task | undefined
  /** Between runs of announcements. */
  readonly mrai: MraiTimer
}

/**
 * Sends routes to neighbors: those that are treated alike form an update group with one Adj-RIB-Out, and
 * each is written to as its connection takes octets. A neighbor that does not read holds up nobody and costs
 * no memory: what changes meanwhile replaces what it has not seen.
 */
export class UpdateOut {
  readonly #clock: Clock
  readonly #work: Work
  readonly #tables: Tables
  readonly #sent: SentWatch
  readonly #blocks: BlockStore
  readonly #groups: UpdateGroups
  readonly #senders = new Set<RouteSender>()
  readonly #seed: number
  /** Nothing is sent yet. */
  #deferred = false
  #opened = 0

  /** @param sent those who want to know what is sent */
  constructor(
    clock: Clock,
    work: Work,
    tracking: NextHopTracking,
    tables: Tables,
    sent: SentWatch,
    seed: number,
  ) {
    this.#sent = sent
    this.#clock = clock
    this.#work = work
    this.#tables = tables
    this.#seed = seed
    this.#blocks = new BlockStore(1024, seed)
    this.#groups = new UpdateGroups(tracking, tables, this.#blocks)
  }

  /**
   * Starts to send: all routes, then End-of-RIB, then changes. The End-of-RIB leaves at once when there is
   * nothing to send: a restarting neighbor waits for it.
   */
  open(
    session: ExportSession,
    options: FamilyOptions,
    told: Pick<RouteSender, 'markerSent' | 'resent'>,
  ): RouteSender {
    const sender: RouteSender = {
      family: options.family,
      driver: session.driver,
      group: undefined,
      member: undefined,
      former: undefined,
      marker: encodeEndOfRib(options.family),
      endOfRibSent: false,
      task: undefined,
      mrai: new MraiTimer(this.#clock, session.interval, this.#seed + this.#opened++, () =>
        this.pump(sender),
      ),
      ...told,
    }
    this.#senders.add(sender)
    if (sendsNothing(options)) this.#sendEndOfRib(sender)
    else this.#join(sender, session, options, sender.marker)
    return sender
  }

  /** How much is held for neighbors that are sent routes. */
  sizes(): Pick<SpeakerSizes, 'updateGroups' | 'outgoingBlocks'> {
    return { updateGroups: this.#groups.size, outgoingBlocks: this.#blocks.size }
  }

  /** The session has ended. */
  close(sender: RouteSender): void {
    this.#senders.delete(sender)
    if (sender.task !== undefined) this.#work.cancel(sender.task)
    sender.task = undefined
    sender.mrai.close()
    this.#releaseFormer(sender)
    this.#leave(sender)
  }

  /** The export policy changed: sends the difference. */
  change(sender: RouteSender, session: ExportSession, options: FamilyOptions): void {
    const nothing = sendsNothing(options)
    if (!nothing && sender.group?.key === this.#groups.plan(session, options).key) return
    const nlri = this.#advertised(sender)
    this.#leave(sender)
    const former = { nlri, maximumMessage: maximumOf(session) }
    sender.former = undefined
    if (nothing) {
      this.#withdraw(sender, former, () => false)
      if (!sender.endOfRibSent) this.#sendEndOfRib(sender)
      return
    }
    sender.former = former
    // A changed configuration does not wait: some of it takes routes back.
    sender.mrai.close()
    this.#join(sender, session, options, DUMPED)
  }

  /** Sends everything again, for a route refresh; `resent` is called when that is done. */
  resend(sender: RouteSender): void {
    const { group, member } = sender
    if (group === undefined || member === undefined) {
      sender.resent()
      return
    }
    group.adj.resend(member, undefined, DUMPED)
    this.pump(sender)
  }

  /** What each neighbor has been sent so far, piece by piece. */
  *sentSoFar(): Generator<SentPiece, void, void> {
    for (const sender of [...this.#senders]) {
      const { family, driver } = sender
      // The group may be another one from one piece to the next: then all has been told as it was sent.
      const { group, member } = sender
      if (group === undefined || member === undefined) continue
      const values = new Map<number, RouteAttributes>()
      for (let from = 0; sender.group === group && this.#senders.has(sender); from += SENT_STEP) {
        const changes: AdvertisedChange[] = []
        const more = group.adj.forEachAdvertised(member, from, SENT_STEP, (prefix, pathId, block) => {
          const attributes = values.get(block) ?? this.#attributes(block)
          values.set(block, attributes)
          changes.push({ prefix, pathId, attributes })
        })
        yield { session: driver.record, family, changes }
        // Blocks may be given other numbers while others have their turn.
        values.clear()
        if (!more) break
      }
    }
  }

  #attributes(block: number): RouteAttributes {
    const octets = this.#blocks.octets(block)
    const nextHopEnd = 1 + octets[0]
    return sentAttributes(octets.subarray(1, nextHopEnd), octets.subarray(nextHopEnd))
  }

  /** Interfaces changed: next hops are chosen anew where subnets matter. */
  subnetsChanged(): void {
    this.#groups.subnetsChanged()
  }

  /** What the tables suppress, or what a source of routes is to the reflector, has changed. */
  reevaluate(): void {
    this.#groups.reevaluate()
  }

  /**
   * While this speaker is itself back from a restart and does not know all routes again, it announces none
   * (RFC 4724 §4.1): neighbors go on with those that it announced before.
   * @param deferred false: what has come together is sent now
   */
  defer(deferred: boolean): void {
    this.#deferred = deferred
    this.pumpAll()
  }

  /** Writes what is ready to every neighbor whose connection takes it. */
  pumpAll(): void {
    for (const sender of this.#senders) {
      if (sender.member !== undefined && sender.task === undefined) this.pump(sender)
    }
  }

  /** Writes what is ready for one neighbor; what does not fit the turn goes on in slices. */
  pump(sender: RouteSender): void {
    if (this.#deferred || sender.task !== undefined || this.#write(sender)) return
    sender.task = this.#work.add({
      step: () => this.#write(sender),
      done: () => {
        sender.task = undefined
      },
    })
  }

  /** @returns true when the neighbor has everything, or takes no more for now */
  #write(sender: RouteSender): boolean {
    const { driver, mrai } = sender
    const end = this.#clock.now() + PUMP_BUDGET
    for (;;) {
      const { group, member } = sender
      if (group === undefined || member === undefined || driver.full) return true
      const { running: waits } = mrai
      const before = member.announced
      const packed = waits ? group.adj.nextWithdrawals(member) : group.adj.next(member)
      if (member.announced !== before) mrai.announced()
      if (packed === undefined) {
        if (!waits) mrai.rest()
        return true
      }
      if (packed.bytes === DUMPED) this.#dumped(sender, member)
      else {
        if (packed.bytes.length > 0) this.#send(sender, packed.bytes, packed.updates)
        if (packed.bytes === sender.marker) {
          sender.endOfRibSent = true
          sender.markerSent()
        }
      }
      if (this.#clock.now() >= end) return !group.adj.ready(member)
    }
  }

  #send({ driver, family }: RouteSender, bytes: Uint8Array, updates: number): void {
    driver.write(bytes, MessageType.Update, updates)
    if (!this.#sent.watched || driver.over) return
    const addPath = driver.terms?.addPath.send.includes(family) ?? false
    this.#sent.wrote(driver.record, family, addPath, bytes)
  }

  #dumped(sender: RouteSender, member: OutMember): void {
    const { former } = sender
    if (former === undefined) {
      sender.resent()
      return
    }
    sender.former = undefined
    const adj = sender.group?.adj
    this.#withdraw(sender, former, (prefix, pathId) => adj?.holds(member, prefix, pathId) ?? false)
    // What is sent changed before the first dump was complete.
    if (!sender.endOfRibSent) this.#sendEndOfRib(sender)
  }

  #sendEndOfRib(sender: RouteSender): void {
    this.#send(sender, sender.marker, 1)
    sender.endOfRibSent = true
    sender.markerSent()
  }

  #join(sender: RouteSender, session: ExportSession, options: FamilyOptions, marker: Uint8Array): void {
    const group = this.#groups.of(this.#groups.plan(session, options), options)
    sender.group = group
    sender.member = group.adj.join(session.source, marker)
    this.pump(sender)
  }

  #leave(sender: RouteSender): void {
    const { group, member } = sender
    sender.group = undefined
    sender.member = undefined
    if (group !== undefined && member !== undefined) this.#groups.leave(group, member)
  }

  /** What the neighbor holds from us, in its group and from earlier ones; the caller releases it. */
  #advertised({ family, group, member, former }: RouteSender): AdvertisedNlri {
    const known = member !== undefined && group !== undefined
    const nlri = known
      ? group.adj.advertisedNlri(member)
      : new AdvertisedNlri(this.#tables.rib(family), false)
    if (former === undefined) return nlri
    if (!known) return former.nlri
    nlri.addMissing(former.nlri, (prefix, pathId) => group.adj.holds(member, prefix, pathId))
    former.nlri.release()
    return nlri
  }

  #releaseFormer(sender: RouteSender): void {
    sender.former?.nlri.release()
    sender.former = undefined
  }

  /** Withdraws what the neighbor holds and is not sent any more, and gives the rest up. */
  #withdraw(
    sender: RouteSender,
    { nlri, maximumMessage }: NonNullable<RouteSender['former']>,
    kept: (prefix: number, pathId: number) => boolean,
  ): void {
    const gone = nlri.missing(kept)
    if (gone.length > 0) {
      const packer = new Packer(nlri, this.#blocks, maximumMessage)
      packer.withdraw(gone, 0, gone.length)
      const { bytes, updates } = packer.take()
      this.#send(sender, bytes, updates)
    }
    nlri.release()
  }
}

const sendsNothing = (options: FamilyOptions) =>
  options.export === 'none' && options.defaultOriginate === undefined
