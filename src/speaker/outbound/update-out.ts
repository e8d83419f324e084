/** From the Adj-RIB-Out to the connection: update groups, and the writing to each of their members. */

import { parseAddress } from '../../ip/address.js'
import type { Family } from '../../ip/family.js'
import { compilePolicy, policyKey } from '../../policy/route-policy.js'
import type { Clock } from '../../ports/clock.js'
import type { AdvertisedChange, RouteAttributes } from '../../ports/observer.js'
import type { Connection } from '../../ports/transport.js'
import { BlockStore } from '../../rib/attributes/block-store.js'
import { type ExportTreatment, treatmentKey } from '../../rib/export/treatment.js'
import { AdjOut } from '../../rib/out/adj-out.js'
import { Packer } from '../../rib/out/bucket.js'
import { HeldRoutes } from '../../rib/out/held-routes.js'
import type { OutMember } from '../../rib/out/out-member.js'
import { MessageType } from '../../wire/codes.js'
import { MAX_EXTENDED_LENGTH, MAX_LENGTH } from '../../wire/message.js'
import type { Role } from '../../wire/role.js'
import { encodeEndOfRib } from '../../wire/update.js'
import type { FamilyOptions } from '../model/options.js'
import type { SpeakerSizes } from '../model/sizes.js'
import type { SentPiece, SentWatch } from '../observers/sent-watch.js'
import { sentAttributes } from '../observers/values.js'
import type { Link } from '../peer/connection-driver.js'
import type { Resolve } from '../tables/resolve.js'
import type { Tables } from '../tables/tables.js'
import { Pace } from '../turn/pace.js'
import type { Task, Work } from '../turn/work.js'
import { DefaultRoute } from './default-route.js'
import { exportChanges } from './export-changes.js'

/** Milliseconds that writing to one neighbor may take in one turn. */
const PUMP_BUDGET = 4

/** Rows that are looked at for one piece of what a neighbor has been sent. */
const SENT_STEP = 1024

/** Stands in the place of a marker where something is to be done, not sent, when a dump is complete. */
const DUMPED = new Uint8Array(0)

interface Group {
  readonly id: number
  readonly key: string
  readonly adj: AdjOut
  readonly defaultRoute: DefaultRoute | undefined
  /** 'third-party': its members' shared subnets decide about next hops. */
  readonly looksAtSubnets: boolean
}

/** What decides which group a neighbor is in. */
interface Plan {
  readonly treatment: ExportTreatment
  readonly key: string
  /** Its shared subnets decide about next hops, and the link that it is on. */
  readonly subnets: boolean
  readonly link: string | undefined
}

/** What a neighbor is sent of one family, from Established on. */
export interface Outlet {
  readonly family: Family
  readonly link: Link
  /** Undefined: nothing is exported; the End-of-RIB alone went out. */
  group: Group | undefined
  member: OutMember | undefined
  /** What the neighbor holds from a former policy, to be withdrawn where the new one does not send it. */
  former: { readonly held: HeldRoutes; readonly maximumMessage: number } | undefined
  readonly marker: Uint8Array
  markerSent(): void
  /** A dump that was asked for again is complete. */
  resent(): void
  /** The End-of-RIB went out. */
  marked: boolean
  /** Writing that goes on in slices. */
  task: Task | undefined
  /** Between runs of announcements. */
  readonly pace: Pace
}

/** What an outlet depends on beside the neighbor's family options. */
export interface OutletSession {
  readonly link: Link
  readonly source: number
  readonly type: 'ebgp' | 'ibgp'
  readonly remoteAs: number
  readonly localAs: number
  /** The real AS where it is shown, too. */
  readonly ownAs: number | undefined
  readonly as4: boolean
  readonly extendedNextHop: boolean
  readonly extendedMessage: boolean
  readonly role: Role | undefined
  readonly singleHop: boolean
  readonly defaultLocalPref: number
  /** See ExportTreatment. */
  readonly longLived: ExportTreatment['longLived']
  /** Routes are announced with GRACEFUL_SHUTDOWN. */
  readonly gracefulShutdown: boolean
  /** Own cluster (RFC 4456), unsigned 32 bits, and whether routes of clients go to other clients. */
  readonly clusterId: number
  readonly clientToClient: boolean
  /** Seconds between runs of announcements; 0: none. */
  readonly interval: number
  /** Whether both sides agreed that path identifiers are sent (RFC 7911 §4). */
  addPath(family: Family): boolean
}

/**
 * Sends routes to neighbors: those that are treated alike form an update group with one Adj-RIB-Out, and
 * each is written to as its connection takes octets. A neighbor that does not read holds up nobody and costs
 * no memory: what changes meanwhile replaces what it has not seen.
 */
export class UpdateOut {
  readonly #clock: Clock
  readonly #work: Work
  readonly #resolve: Resolve
  readonly #tables: Tables
  readonly #sent: SentWatch
  readonly #blocks: BlockStore
  readonly #groups = new Map<string, Group>()
  readonly #outlets = new Set<Outlet>()
  readonly #seed: number
  #nextGroup = 1
  /** Nothing is sent yet. */
  #deferred = false
  #opened = 0

  /** @param sent those who want to know what is sent */
  constructor(clock: Clock, work: Work, resolve: Resolve, tables: Tables, sent: SentWatch, seed: number) {
    this.#sent = sent
    this.#clock = clock
    this.#work = work
    this.#resolve = resolve
    this.#tables = tables
    this.#seed = seed
    this.#blocks = new BlockStore(1024, seed)
  }

  /**
   * Starts to send: all routes, then End-of-RIB, then changes. The End-of-RIB leaves at once when there is
   * nothing to send: a restarting neighbor waits for it.
   */
  open(session: OutletSession, options: FamilyOptions, told: Pick<Outlet, 'markerSent' | 'resent'>): Outlet {
    const outlet: Outlet = {
      family: options.family,
      link: session.link,
      group: undefined,
      member: undefined,
      former: undefined,
      marker: encodeEndOfRib(options.family),
      marked: false,
      task: undefined,
      pace: new Pace(this.#clock, session.interval, this.#seed + this.#opened++, () => this.pump(outlet)),
      ...told,
    }
    this.#outlets.add(outlet)
    if (sendsNothing(options)) this.#mark(outlet)
    else this.#join(outlet, session, options, outlet.marker)
    return outlet
  }

  /** How much is held for neighbors that are sent routes. */
  sizes(): Pick<SpeakerSizes, 'updateGroups' | 'outgoingBlocks'> {
    return { updateGroups: this.#groups.size, outgoingBlocks: this.#blocks.size }
  }

  /** The session has ended. */
  close(outlet: Outlet): void {
    this.#outlets.delete(outlet)
    if (outlet.task !== undefined) this.#work.cancel(outlet.task)
    outlet.task = undefined
    outlet.pace.close()
    this.#releaseFormer(outlet)
    this.#leave(outlet)
  }

  /** The export policy changed: sends the difference. */
  change(outlet: Outlet, session: OutletSession, options: FamilyOptions): void {
    const nothing = sendsNothing(options)
    if (!nothing && outlet.group?.key === this.#planOf(session, options).key) return
    const held = this.#held(outlet)
    this.#leave(outlet)
    const former = { held, maximumMessage: maximumOf(session) }
    outlet.former = undefined
    if (nothing) {
      this.#withdraw(outlet, former, () => false)
      if (!outlet.marked) this.#mark(outlet)
      return
    }
    outlet.former = former
    // A changed configuration does not wait: some of it takes routes back.
    outlet.pace.close()
    this.#join(outlet, session, options, DUMPED)
  }

  /** Sends everything again, for a route refresh; `resent` is called when that is done. */
  resend(outlet: Outlet): void {
    const { group, member } = outlet
    if (group === undefined || member === undefined) {
      outlet.resent()
      return
    }
    group.adj.resend(member, undefined, DUMPED)
    this.pump(outlet)
  }

  /** What each neighbor has been sent so far, piece by piece. */
  *sentSoFar(): Generator<SentPiece, void, void> {
    for (const outlet of [...this.#outlets]) {
      const { family, link } = outlet
      // The group may be another one from one piece to the next: then all has been told as it was sent.
      const { group, member } = outlet
      if (group === undefined || member === undefined) continue
      const values = new Map<number, RouteAttributes>()
      for (let from = 0; outlet.group === group && this.#outlets.has(outlet); from += SENT_STEP) {
        const changes: AdvertisedChange[] = []
        const more = group.adj.heldBy(member, from, SENT_STEP, (prefix, pathId, block) => {
          const attributes = values.get(block) ?? this.#attributes(block)
          values.set(block, attributes)
          changes.push({ prefix, pathId, attributes })
        })
        yield { session: link.record, family, changes }
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
    for (const group of this.#groups.values()) if (group.looksAtSubnets) group.adj.reevaluate()
  }

  /** What the tables suppress, or what a source of routes is to the reflector, has changed. */
  reevaluate(): void {
    for (const group of this.#groups.values()) group.adj.reevaluate()
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
    for (const outlet of this.#outlets) {
      if (outlet.member !== undefined && outlet.task === undefined) this.pump(outlet)
    }
  }

  /** Writes what is ready for one neighbor; what does not fit the turn goes on in slices. */
  pump(outlet: Outlet): void {
    if (this.#deferred || outlet.task !== undefined || this.#write(outlet)) return
    outlet.task = this.#work.add({
      step: () => this.#write(outlet),
      done: () => {
        outlet.task = undefined
      },
    })
  }

  /** @returns true when the neighbor has everything, or takes no more for now */
  #write(outlet: Outlet): boolean {
    const { link, pace } = outlet
    const end = this.#clock.now() + PUMP_BUDGET
    for (;;) {
      const { group, member } = outlet
      if (group === undefined || member === undefined || link.full) return true
      const { held } = pace
      const before = member.announced
      const packed = held ? group.adj.nextWithdrawals(member) : group.adj.next(member)
      if (member.announced !== before) pace.announced()
      if (packed === undefined) {
        if (!held) pace.rest()
        return true
      }
      if (packed.bytes === DUMPED) this.#dumped(outlet, member)
      else {
        if (packed.bytes.length > 0) this.#send(outlet, packed.bytes, packed.updates)
        if (packed.bytes === outlet.marker) {
          outlet.marked = true
          outlet.markerSent()
        }
      }
      if (this.#clock.now() >= end) return !group.adj.ready(member)
    }
  }

  #send({ link, family }: Outlet, bytes: Uint8Array, updates: number): void {
    link.write(bytes, MessageType.Update, updates)
    if (!this.#sent.watched || link.over) return
    const addPath = link.terms?.addPath.send.includes(family) ?? false
    this.#sent.wrote(link.record, family, addPath, bytes)
  }

  #dumped(outlet: Outlet, member: OutMember): void {
    const { former } = outlet
    if (former === undefined) {
      outlet.resent()
      return
    }
    outlet.former = undefined
    const adj = outlet.group?.adj
    this.#withdraw(outlet, former, (prefix, pathId) => adj?.holds(member, prefix, pathId) ?? false)
    // What is sent changed before the first dump was complete.
    if (!outlet.marked) this.#mark(outlet)
  }

  #mark(outlet: Outlet): void {
    this.#send(outlet, outlet.marker, 1)
    outlet.marked = true
    outlet.markerSent()
  }

  #join(outlet: Outlet, session: OutletSession, options: FamilyOptions, marker: Uint8Array): void {
    const group = this.#groupOf(this.#planOf(session, options), options)
    outlet.group = group
    outlet.member = group.adj.join(session.source, marker)
    this.pump(outlet)
  }

  /** How a neighbor's routes are treated; those with one key share a group. */
  #planOf(session: OutletSession, options: FamilyOptions): Plan {
    const { family } = options
    const { connection } = session.link
    const remote = connection.remote.address
    const treatment: ExportTreatment = {
      family,
      type: session.type,
      remoteAs: session.remoteAs,
      localAs: session.localAs,
      as4: session.as4,
      extendedNextHop: session.extendedNextHop,
      maximumMessage: maximumOf(session),
      nextHop: options.nextHop,
      ownAddress: parseAddress(ownAddress(connection, family, session.extendedNextHop))?.bytes ?? NO_ADDRESS,
      defaultLocalPref: session.defaultLocalPref,
      role: session.role,
      gracefulShutdown: session.gracefulShutdown,
      reflector:
        session.type === 'ibgp'
          ? {
              clusterId: session.clusterId,
              clients: options.routeReflectorClient ?? false,
              clientToClient: session.clientToClient,
            }
          : undefined,
      changes: exportChanges(session.ownAs, options),
      longLived: session.longLived,
      addPath: session.addPath(family) ? (options.addPath?.send ?? 1) : undefined,
    }
    const subnets = options.nextHop === 'third-party' && session.type === 'ebgp'
    const link = subnets && session.singleHop ? this.#resolve.linkOf(remote) : undefined
    const { defaultOriginate } = options
    const policy = `${policyKey(options.export)} ${defaultOriginate === undefined ? '' : JSON.stringify(defaultOriginate)}`
    const key = treatmentKey(treatment, policy, subnets ? (link ?? '-') : '')
    return { treatment, key, subnets, link }
  }

  #groupOf({ treatment, key, subnets, link }: Plan, options: FamilyOptions): Group {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const rib = this.#tables.rib(options.family)
    const shared = (nextHop: number) =>
      link !== undefined && this.#resolve.linkOf(rib.nextHops.text(nextHop)) === link
    const filter = compilePolicy(options.export, options.family, rib.attributes, 'out')
    const { defaultOriginate } = options
    const adj = new AdjOut(rib, this.#blocks, treatment, shared, filter)
    const group = {
      id: this.#nextGroup++,
      key,
      adj,
      defaultRoute:
        defaultOriginate === undefined
          ? undefined
          : new DefaultRoute(rib, defaultOriginate, (attribute) => adj.originate(attribute)),
      looksAtSubnets: subnets,
    }
    this.#groups.set(key, group)
    return group
  }

  #leave(outlet: Outlet): void {
    const { group, member } = outlet
    outlet.group = undefined
    outlet.member = undefined
    if (group === undefined || member === undefined) return
    group.adj.leave(member)
    if (group.adj.size > 0) return
    group.adj.close()
    group.defaultRoute?.close()
    this.#groups.delete(group.key)
  }

  /** What the neighbor holds from us, in its group and from earlier ones; the caller releases it. */
  #held({ family, group, member, former }: Outlet): HeldRoutes {
    const known = member !== undefined && group !== undefined
    const held = known ? group.adj.held(member) : new HeldRoutes(this.#tables.rib(family), false)
    if (former === undefined) return held
    if (!known) return former.held
    held.addMissing(former.held, (prefix, pathId) => group.adj.holds(member, prefix, pathId))
    former.held.release()
    return held
  }

  #releaseFormer(outlet: Outlet): void {
    outlet.former?.held.release()
    outlet.former = undefined
  }

  /** Withdraws what the neighbor holds and is not sent any more, and gives the rest up. */
  #withdraw(
    outlet: Outlet,
    { held, maximumMessage }: NonNullable<Outlet['former']>,
    kept: (prefix: number, pathId: number) => boolean,
  ): void {
    const gone = held.missing(kept)
    if (gone.length > 0) {
      const packer = new Packer(held, this.#blocks, maximumMessage)
      packer.withdraw(gone, 0, gone.length)
      const { bytes, updates } = packer.take()
      this.#send(outlet, bytes, updates)
    }
    held.release()
  }
}

const NO_ADDRESS = new Uint8Array(0)

const sendsNothing = (options: FamilyOptions) =>
  options.export === 'none' && options.defaultOriginate === undefined

/** The own address for next hops of a family: that of the session where it is of the family's IP version. */
function ownAddress(connection: Connection, family: Family, extendedNextHop: boolean): string {
  const { local, counterpart } = connection
  const fits = local.address.includes(':')
    ? family === 'ipv6-unicast' || extendedNextHop
    : family === 'ipv4-unicast'
  return fits ? local.address : (counterpart ?? local.address)
}

function maximumOf(session: OutletSession): number {
  return session.extendedMessage ? MAX_EXTENDED_LENGTH : MAX_LENGTH
}
